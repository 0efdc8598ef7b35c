import Foundation
import GRDB
import RecordModel
import TestSupport
import Testing

/// Pages of a replica's file are damaged, one after the other: `doctor` finds it, `--repair` mends it, a second
/// time changes nothing, and the next exchange brings back what could not be read.
@Suite(.serialized)
struct BrokenFileTests {
    private static let count = 400

    /// What is damaged: the pages of which a query of SQLite's own table of pages gives one, and where.
    private struct Damage: CustomStringConvertible {
        let description: String
        let pages: String
        var offset = 0
        var length = 48

        static func page(_ name: String, _ kind: String) -> String {
            "SELECT pageno FROM dbstat WHERE name = '\(name)' AND pagetype = '\(kind)' ORDER BY path"
        }
    }

    private static let damages = [
        Damage(description: "a leaf of the records", pages: Damage.page("record", "leaf")),
        Damage(description: "an index of the records", pages: Damage.page("record_uid", "leaf")),
        Damage(description: "the search index", pages: Damage.page("search_data", "leaf")),
        Damage(description: "the journal", pages: Damage.page("change", "leaf")),
        Damage(description: "the settings", pages: Damage.page("setting", "leaf")),
        Damage(description: "the authors", pages: Damage.page("attribution", "leaf")),
        Damage(description: "the file's header", pages: "SELECT 1"),
        Damage(description: "the table of tables", pages: "SELECT 1", offset: 100),
        Damage(description: "the root of the records", pages: Damage.page("record", "internal")),
    ]

    private func records(_ binary: Binary) throws -> Set<String> {
        let lines = try binary.run("list", "contact", "--replica", "ber", "--json").lines()
        return Set(lines.compactMap { $0["fields"]?["preferred_name"]?.string })
    }

    private func digest(_ binary: Binary, _ desk: String) throws -> String? {
        try binary.run("spaces", "--json", "--replica", desk).json().array?
            .first { $0["name"] == .string("all-missions") }?["digest"]?.string
    }

    private func damage(_ path: String, _ damage: Damage) throws {
        let queue = try DatabaseQueue(path: path)
        let pages = try queue.inDatabase { db in
            _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            return try Int.fetchAll(db, sql: damage.pages)
        }
        try queue.close()
        let page = try #require(pages.isEmpty ? nil : pages[pages.count / 2])
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seek(toOffset: UInt64((page - 1) * 4_096 + damage.offset))
        try handle.write(contentsOf: Data(repeating: 0xa5, count: damage.length))
        try handle.close()
    }

    @Test func aBrokenPageIsFoundAndMendedAndNeverMadeWorse() throws {
        let binary = Binary()
        _ = try binary.ministry("BER", "LON")
        let lines = (1...Self.count).map { number in
            #"{"kind":"contact","fields":{"preferred_name":"Person \#(number)","city":"City \#(number % 90)","import_ids":["p:\#(number)"]}}"#
        }
        let file = binary.directory.path("people.jsonl")
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        try binary.run("import", file, "--replica", "ber", "--space", "all-missions")
        for desk in ["ber", "lon"] { try binary.run("sync", "--replica", desk) }
        let path = binary.directory.path("ber")

        for damage in Self.damages {
            let name = "Unsent \(damage)"
            let added = try binary.run(
                "add",
                "contact",
                "preferred_name=\(name)",
                "--replica",
                "ber",
                "--space",
                "all-missions",
                "--json"
            )
            try #require(added.status == 0, "\(damage): \(added.errors)")
            let id = try #require(added.json()["id"]?.string)
            let shown = try binary.run("show", id, "--replica", "ber", "--json").json()
            let uid = try #require(shown["uid"]?.string)
            try self.damage(path, damage)

            let found = try binary.run("doctor", "--replica", "ber")
            #expect(found.status == 5, "\(damage): \(found.output)")
            let mended = try binary.run("doctor", "--repair", "--replica", "ber")
            #expect(mended.status == 0, "\(damage): \(mended.output)\(mended.errors)")
            let again = try binary.run("doctor", "--repair", "--replica", "ber")
            #expect(again.status == 0 && !again.output.contains("put together anew"), "\(damage)")
            // What only this replica had is there, or it is named.
            #expect(
                try records(binary).contains(name) || mended.output.contains(uid),
                "\(damage): \(mended.output)"
            )
            let sync = try binary.run("sync", "--replica", "ber")
            let second = try binary.run("sync", "--replica", "ber")
            #expect(
                second.output.contains("verified"),
                "\(damage): \(sync.output)\(sync.errors)\(second.output)\(second.errors)"
            )
            try binary.run("sync", "--replica", "lon")
            #expect(try digest(binary, "ber") == digest(binary, "lon"), "\(damage)")
            let names = try records(binary)
            for number in 1...Self.count where !names.contains("Person \(number)") {
                Issue.record("\(damage): person \(number) is gone")
                break
            }
            #expect(try binary.run("doctor", "--replica", "ber").status == 0, "\(damage)")
        }
    }
}
