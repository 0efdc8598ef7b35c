import Foundation
import NetworkTestSupport
import RecordModel
import TestSupport
import Testing

/// The text of an agreement, from the desk that signed it to one far away.
@Suite(.serialized)
struct AttachmentTests {
    /// Bytes that no compression makes shorter, as a scan's.
    private func scan(_ count: Int) -> Data {
        var random = SeededGenerator(seed: 7)
        return Data((0..<count).map { _ in UInt8(random.below(256)) })
    }

    private func only(_ outcome: Binary.Outcome) throws -> JSONValue {
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = try outcome.lines()
        #expect(lines.count == 1)
        return try #require(lines.first)
    }

    @Test func theTextOfAnAgreementIsAttachedInBerlinAndReadInTashkent() async throws {
        let binary = Binary()
        let address = try binary.ministry("BER", "TAS")
        let port = try #require(Int(address.split(separator: ":").last ?? ""))
        func run(_ desk: String, _ arguments: String...) throws -> Binary.Outcome {
            let words = arguments + ["--replica", desk]
            let quoted = words.map { "'\($0)'" }.joined(separator: " ")
            return try binary.run(shell: "exec \"$0\" \(quoted)")
        }

        // Berlin has signed; the scan goes with the agreement, the notes of the talks stay in the mission.
        let id = try run("ber", "add", "agreement", "title=MoU on water", "--space", "all-missions")
            .output.trimmingCharacters(in: .newlines)
        let text = scan(300_000)
        try text.write(to: URL(fileURLWithPath: binary.directory.path("signed.pdf")))
        try Data("What was said.".utf8)
            .write(to: URL(fileURLWithPath: binary.directory.path("notes.txt")))
        let attached = try run("ber", "attach", id, "signed.pdf", "--document", "--json").json()
        #expect(attached["change"] != nil)
        #expect(attached["attachments"]?.array?.first?["size"] == .number("300000"))
        #expect(try run("ber", "attach", id, "notes.txt").status == 0)

        // The link of the mission is cut after every 80 KB; one sync gets all of it across.
        let proxy = try await ShapingProxy.start(to: port)
        proxy.shape.cutUp = 80_000
        let sync = try run("ber", "sync", "--hq", "http://127.0.0.1:\(proxy.port)", "--json")
        #expect(sync.status == 0, "\(sync.errors)")
        let sent = try sync.json()
        #expect(sent["verified"] == .bool(true))
        #expect(sent["attachments"]?["sent"] == .number("2"))
        #expect(proxy.connections > 4)
        #expect(proxy.bytesUp < 500_000, "\(proxy.bytesUp) bytes for 300,000")
        await proxy.stop()

        // Tashkent gets the record, and leaves the scan for its size.
        let received = try run("tas", "sync", "--json").json()
        #expect(received["verified"] == .bool(true))
        #expect(received["attachments"]?["larger"] == .number("1"))
        let listed = try only(run("tas", "attachments", id, "--json"))
        #expect(listed["name"] == .string("signed.pdf"))
        #expect(listed["standing"] == .string("elsewhere"))
        let early = try run("tas", "save", id, "-o", "early.pdf")
        #expect(early.status == 1)
        #expect(early.errors.contains("attache fetch"))

        // When somebody wants to read it, it is fetched, and is what Berlin has signed.
        #expect(try run("tas", "fetch", id).status == 0)
        #expect(try run("tas", "save", id, "-o", "read.pdf").status == 0)
        let read = try Data(contentsOf: URL(fileURLWithPath: binary.directory.path("read.pdf")))
        #expect(read == text)
        for desk in ["ber", "tas"] {
            #expect(try run(desk, "doctor").status == 0)
        }

        // A backup has it, too.
        #expect(try run("tas", "backup", "tas-backup").status == 0)
        let kept = try only(run("tas-backup", "attachments", id, "--json"))
        #expect(kept["standing"] == .string("here"))
    }

    @Test func aDeskWithoutTheSpaceGetsNeitherTheRecordNorTheBytes() throws {
        let binary = Binary()
        _ = try binary.ministry("BER", "TAS")
        try Data("Draft".utf8).write(to: URL(fileURLWithPath: binary.directory.path("draft.txt")))
        let id = try binary.run("add", "agreement", "title=Draft", "--replica", "ber").output
            .trimmingCharacters(in: .newlines)
        try binary.run("attach", id, "draft.txt", "--document", "--replica", "ber")
        #expect(try binary.run("sync", "--replica", "ber").status == 0)
        let hash = try only(binary.run("attachments", "--json", "--replica", "ber"))["hash"]?.string
        // Tashkent has heard of the hash and names it itself.
        let own = try binary.run(
            "add",
            "agreement",
            "title=Guess",
            "document=\(try #require(hash)) 5 text/plain draft.txt",
            "--replica",
            "tas"
        ).output.trimmingCharacters(in: .newlines)
        #expect(try binary.run("sync", "--replica", "tas").status == 0)
        let fetched = try binary.run("fetch", own, "--replica", "tas", "--json")
        #expect(fetched.status == 1)
        #expect(fetched.errors.contains("not_here"))
        #expect(
            try only(binary.run("attachments", own, "--json", "--replica", "tas"))["held"]
                == .number("0")
        )
    }
}
