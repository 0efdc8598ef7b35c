import Foundation
import RecordModel
import TestSupport
import Testing

@testable import Interchange

struct JSONLinesTests {
    private func reader(
        _ text: String,
        kind: String? = nil,
        chunkSize: Int = 64
    ) throws
        -> JSONLinesReader
    {
        try JSONLinesReader(ByteSource(text, chunkSize: chunkSize), kind: kind)
    }

    // MARK: Laws

    @Test(arguments: Seeds.first(100))
    func anyBytesGiveTheSameRowsInChunksOfAnySize(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            #"{"kind":"contact","fields":{"city":"Bonn"}}"#, "\n", "\r\n", "[", "]", ",", "{", "}",
            "\"", "\\", " ", "x", "\u{FEFF}", #"{"kind":"a","fields":{}}"#, "1",
        ]
        let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
        let whole = try reader(text, chunkSize: 1 << 16).results()
        for chunkSize in chunkSizes {
            #expect(try reader(text, chunkSize: chunkSize).results() == whole, "\(text)")
        }
    }

    @Test func whatIsWrittenReadsBack() throws {
        let texts = ["Müller\u{2028}x", "a\nb", "\"quoted\"", "\u{0}", "پاکستان"]
        var bytes: [UInt8] = []
        for text in texts {
            let fields = JSONValue.object([JSONMember("city", .string(text))])
            JSONLinesWriter().write(
                .object([JSONMember("kind", .string("contact")), JSONMember("fields", fields)]),
                to: &bytes
            )
        }
        #expect(bytes.split(separator: 0x0A).count == texts.count)
        let rows = try JSONLinesReader(ByteSource(bytes: bytes, name: "")).rows()
        #expect(rows.map { $0.json("city")?.string } == texts)
    }

    // MARK: Scenarios

    @Test func anExportedObjectBecomesARow() throws {
        let line = """
            {"id":"ber-7","uid":"00ff","kind":"contact","space":"ber","life":"alive",\
            "handling":"PERSONAL","fields":{"city":"Bonn","tags":["a"],"#99":"AAE=",\
            "gender":null},"changed":{"by":"x"}}
            """
        let expected = ImportedRow(
            file: "sample",
            line: 1,
            kind: "contact",
            fields: [
                ImportedField(name: "city", value: .json(.string("Bonn"))),
                ImportedField(name: "tags", value: .json(.array([.string("a")]))),
                ImportedField(name: "#99", value: .json(.string("AAE="))),
            ],
            shortID: "ber-7",
            uid: "00ff"
        )
        #expect(try reader(line).results() == [.record(expected)])
    }

    @Test func badLinesAreRefusedAndTheRestGoesOn() throws {
        let text = """
            \u{FEFF}{"kind":"contact","fields":{}}\r
            \r
            {"kind":"contact","fields":
            garbage
            {"fields":{}}
            {"kind":7,"fields":{}}
            {"kind":"contact"}
            7
            {"kind":"contact","fields":{"city":"Bonn"}}
            """
        let reader = try reader(text)
        #expect(try reader.rows().map(\.line) == [1, 9])
        let refusals = try reader.refusals()
        #expect(refusals.map(\.line) == [3, 4, 5, 6, 7, 8])
        #expect(refusals.prefix(2).allSatisfy { $0.reason.hasPrefix("not valid JSON: ") })
        #expect(
            refusals.dropFirst(2).map(\.reason) == [
                "names no “kind”, and none was given", "“kind” is not a string",
                "has no “fields” object", "not a JSON object",
            ]
        )
    }

    @Test func theKindGivenServesLinesThatNameNone() throws {
        let text = "{\"fields\":{}}\n{\"kind\":\"agreement\",\"fields\":{}}"
        #expect(try reader(text, kind: "contact").rows().map(\.kind) == ["contact", "agreement"])
    }

    @Test func aLineAboveTheLimitIsRefusedAndTheNextIsRead() throws {
        let filler = String(repeating: "x", count: InterchangeLimits.longestRow)
        let good = #"{"kind":"a","fields":{}}"#
        for chunkSize in [1000, 1 << 16] {
            let lines = try reader("\(good)\n\"\(filler)\"\n\(good)\n", chunkSize: chunkSize)
            #expect(try lines.rows().map(\.line) == [1, 3])
            #expect(try lines.refusals().map(\.line) == [2])
            let array = try reader("[\(good),\n\"\(filler)\",\n\(good)]", chunkSize: chunkSize)
            #expect(try array.rows().map(\.line) == [1, 3])
            #expect(try array.refusals().map(\.line) == [2])
        }
    }

    @Test func theElementsOfAnArrayAreRows() throws {
        let text = """
             [
              {"kind": "a",
               "fields": {"city": "x]}\\"{["}},
              {"kind": "b", "fields": {}}, 7,
              {"kind": "c" "fields": {}}
              , {"kind": "d", "fields": {}}
            ]

            """
        let reader = try reader(text)
        #expect(try reader.rows().map(\.line) == [2, 4, 6])
        #expect(try reader.refusals().map(\.line) == [4, 5])
    }

    @Test func anArrayThatIsCutShortSaysSo() throws {
        let cut = try reader("[{\"kind\":\"a\",\"fields\":{}},\n{\"kind\":\"b\",").results()
        #expect(
            cut.last
                == .refused(
                    line: 2,
                    reason: "begins here and is never closed; nothing after it was read"
                )
        )
        let between = try reader("[{\"kind\":\"a\",\"fields\":{}},\n").results()
        #expect(between.count == 2)
        #expect(
            between.last
                == .warning(
                    line: 2,
                    message: "the list is not closed: the file may be cut short"
                )
        )
    }

    @Test func progressReachesTheSizeOfTheFile() throws {
        let line = "{\"kind\":\"a\",\"fields\":{}}\n"
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("interchange-\(UInt64.random(in: 0...UInt64.max)).jsonl")
        try Data(String(repeating: line, count: 10_000).utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        var reader = try JSONLinesReader(ByteSource(path: url.path))
        _ = try reader.next()
        #expect(reader.totalBytes == line.utf8.count * 10_000)
        #expect(reader.bytesRead == ByteSource.chunkSize)
        var count = 1
        while try reader.next() != nil { count += 1 }
        #expect(count == 10_000)
        #expect(reader.bytesRead == reader.totalBytes)
    }
}
