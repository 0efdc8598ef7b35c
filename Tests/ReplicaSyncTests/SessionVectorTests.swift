import CausalHistory
import Conformance
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import Testing

/// Whole exchanges as transcripts, followed by the conformance checker, which knows nothing of stores.
///
/// `ATTACHE_WRITE_VECTORS=Protocol/vectors/sessions swift test --filter SessionVectorTests` writes them
/// anew as examples of the protocol; their keys are random.
struct SessionVectorTests {
    /// A transcript's name, and what is done.
    struct Scenario: CustomStringConvertible, Sendable {
        let description: String
        let play: @Sendable (Ministry) throws -> Void
    }

    static let scenarios = [
        Scenario(description: "session-of-a-first-push-and-an-idle-one") { ministry in
            try ministry.write([20: "Ayesha Malik"], of: 1, at: "BER")
            for desk in ["BER", "PAR", "BER"] { try ministry.sync(desk) }
        },
        Scenario(description: "session-of-a-conflict-and-its-resolution") { ministry in
            try ministry.write([20: "Ayesha Malik", 34: "Berlin"], of: 1, at: "BER")
            for desk in ["BER", "PAR"] { try ministry.sync(desk) }
            try ministry.write([20: "Dr Ayesha Malik", 31: "Institute"], of: 1, at: "BER")
            try ministry.write([20: "Prof Ayesha Malik", 34: "Paris"], of: 1, at: "PAR")
            for desk in ["BER", "PAR", "BER"] { try ministry.sync(desk) }
            try ministry.write([20: "Prof Ayesha Malik"], of: 1, at: "BER")
            for desk in ["BER", "PAR"] { try ministry.sync(desk) }
        },
        Scenario(description: "session-of-several-pages-both-ways") { ministry in
            for uid in 1...6 { try ministry.write([20: "Here \(uid)"], of: UInt64(uid), at: "PAR") }
            try ministry.sync("PAR", byteLimit: 1 << 20)
            for uid in 7...12 {
                try ministry.write([20: "There \(uid)"], of: UInt64(uid), at: "BER")
            }
            for desk in ["BER", "PAR"] { try ministry.sync(desk, byteLimit: 120) }
        },
        Scenario(description: "session-of-deletions-beside-edits") { ministry in
            try ministry.write([20: "Seen"], of: 1, at: "BER")
            try ministry.write([20: "Gone"], of: 2, at: "BER")
            for desk in ["BER", "PAR"] { try ministry.sync(desk) }
            try ministry.delete(1, at: "BER")
            try ministry.delete(2, at: "BER")
            try ministry.write([31: "Not seen by who deleted"], of: 1, at: "PAR")
            for desk in ["BER", "PAR", "BER"] { try ministry.sync(desk) }
            try ministry.write([20: "Seen again"], of: 1, at: "BER")
            for desk in ["BER", "PAR"] { try ministry.sync(desk) }
        },
        Scenario(description: "session-of-a-value-that-is-taken-back") { ministry in
            try ministry.write(
                [20: "Ayesha Malik", 33: "DE", 99: "of a later schema"],
                of: 1,
                at: "BER"
            )
            for desk in ["BER", "PAR"] { try ministry.sync(desk) }
            try ministry.write([33: "not a country"], of: 1, at: "PAR")
            for desk in ["PAR", "BER", "PAR"] { try ministry.sync(desk) }
        },
    ]

    @Test(arguments: scenarios)
    func theCheckerFollowsWhatTheReplicasDo(scenario: Scenario) throws {
        let ministry = try Ministry()
        for desk in ["BER", "PAR"] { try ministry.addDesk(desk) }
        try scenario.play(ministry)
        let space = SpaceName.allMissions
        let knowledge = try ministry.headquarters.store.read { try $0.knowledge(of: space) }
        let actors = zip(["a", "b", "h"], knowledge.entries).map { letter, entry in
            JSONMember(letter, .string(hexadecimal(entry.actor.bytes)))
        }
        let sessions = ministry.transcripts.map { transcript in
            JSONValue.object([
                JSONMember("desk", .string(transcript.desk.lowercased())),
                JSONMember(
                    "frames",
                    .array(transcript.frames.map { .string(hexadecimal($0)) })
                ),
            ])
        }
        var example = [
            JSONMember("name", .string(scenario.description)),
            JSONMember("spec", .string("05-sync.md")), JSONMember("case", .string("session")),
            JSONMember("actors", .object(actors)),
            JSONMember(
                "input",
                .object([
                    JSONMember("space", .string(space.text)),
                    JSONMember("sessions", .array(sessions)),
                ])
            ),
        ]
        let result = try Vector(Array(JSONValue.object(example).text.utf8)).result()
        #expect(result["verified"]?.array?.allSatisfy { $0 == .bool(true) } == true)
        let sums = try ["BER", "PAR"].map { try ministry.fingerprint(at: $0).hex }
        #expect(result["sides"]?["ber"]?["fingerprint"] == .string(sums[0]))
        #expect(result["sides"]?["par"]?["fingerprint"] == .string(sums[1]))
        if let folder = ProcessInfo.processInfo.environment["ATTACHE_WRITE_VECTORS"] {
            example.append(JSONMember("expected", result))
            let file = URL(fileURLWithPath: folder).appendingPathComponent(
                scenario.description + ".json"
            )
            try Data((JSONValue.object(example).prettyText + "\n").utf8).write(to: file)
        }
    }
}
