import Foundation
import RecordModel
import TestSupport
import Testing

/// The program is killed at some instant of its work, again and again: what it acknowledged stays,
/// nothing is half there, and the same command goes on from where it was.
struct KillTests {
    private static let count = 4_000

    private func people(_ binary: Binary) throws -> String {
        let lines = (1...Self.count).map { number in
            #"{"kind":"contact","fields":{"preferred_name":"Person \#(number)","city":"City \#(number % 90)","emails":["p\#(number)@example.org"],"import_ids":["p:\#(number)"]}}"#
        }
        let path = binary.directory.path("people.jsonl")
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func isSound(_ binary: Binary, _ replica: String) throws -> Bool {
        let report = try binary.run("doctor", "--replica", replica, "--json")
        let isOK = try report.json()["ok"] == .bool(true)
        return report.status == 0 && isOK
    }

    private func records(_ binary: Binary, _ replica: String) throws -> Int {
        let spaces = try binary.run("spaces", "--replica", replica, "--json").json().array ?? []
        return spaces.reduce(0) { sum, space in
            guard case .number(let text)? = space["records"] else { return sum }
            return sum + (Int(text) ?? 0)
        }
    }

    @Test func anImportThatIsKilledGoesOn() throws {
        let binary = Binary()
        try binary.run("init", "--replica", "ber", "--desk", "BER", "--officer", "A")
        let file = try people(binary)
        var before = 0
        var kills = 0
        for delay in stride(from: 0.1, through: 1.6, by: 0.3) {
            let wasRunning = try binary.runAndKill(
                "import",
                file,
                "--replica",
                "ber",
                after: delay
            )
            kills += wasRunning ? 1 : 0
            #expect(try isSound(binary, "ber"))
            let now = try records(binary, "ber")
            #expect(now >= before, "what was there stays")
            before = now
        }
        #expect(kills > 0)
        let last = try binary.run("import", file, "--replica", "ber", "--json").json()
        #expect(last["refused"] == .array([]) && last["held"] == .number(0))
        #expect(try records(binary, "ber") == Self.count)
        #expect(try isSound(binary, "ber"))
    }

    @Test func anExchangeThatIsKilledGoesOn() throws {
        let binary = Binary()
        _ = try binary.ministry("BER", "LON")
        let file = try people(binary)
        try binary.run("import", file, "--replica", "ber", "--space", "all-missions")
        var kills = 0
        for (replica, delay) in [("ber", 0.2), ("ber", 0.6), ("ber", 1.1), ("ber", 0.9)] {
            kills += try binary.runAndKill("sync", "--replica", replica, after: delay) ? 1 : 0
            #expect(try isSound(binary, replica))
        }
        #expect(kills > 0)
        #expect(try binary.run("sync", "--replica", "ber").status == 0)
        for delay in [0.2, 0.7, 1.2, 0.5] {
            _ = try binary.runAndKill("sync", "--replica", "lon", after: delay)
            #expect(try isSound(binary, "lon"))
        }
        let end = try binary.run("sync", "--replica", "lon", "--json").json()
        #expect(end["verified"] == .bool(true))
        #expect(try records(binary, "lon") == Self.count)
        #expect(try isSound(binary, "lon"))
    }
}
