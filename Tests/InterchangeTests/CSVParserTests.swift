import Foundation
import RecordModel
import TestSupport
import Testing

@testable import Interchange

struct CSVParserTests {
    private func rows(
        _ text: String,
        chunkSize: Int = ByteSource.chunkSize
    ) throws
        -> [CSVParser.Row]
    {
        try rows(ByteSource(text, chunkSize: chunkSize))
    }

    private func rows(_ source: ByteSource) throws -> [CSVParser.Row] {
        var parser = try CSVParser(source)
        var rows: [CSVParser.Row] = []
        while let row = try parser.next() { rows.append(row) }
        return rows
    }

    private func cells(_ text: String) throws -> [[String]] {
        try rows(text).map { row in
            if case .cells(_, let cells) = row { cells } else { ["malformed"] }
        }
    }

    // MARK: Laws

    @Test(arguments: Seeds.first(200))
    func whatIsWrittenReadsBack(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = [
            "a", "ß", "ی", "🙂", "\"", ",", ";", "\t", "\r", "\n", "'", "=", "+", "-", "7", " ",
        ]
        let width = Int.random(in: 1...5, using: &random)
        // The header tells the delimiter, so it is one without line ends.
        let header = (0..<width).map { "column\($0)" }
        let body = (0..<Int.random(in: 0...6, using: &random)).map { _ in
            (0..<width).map { _ in
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? ""
                }.joined()
            }
        }
        var writer = CSVWriter(byteOrderMark: seed.isMultiple(of: 2))
        var bytes: [UInt8] = []
        for row in [header] + body { writer.write(row, to: &bytes) }
        for chunkSize in chunkSizes {
            let source = ByteSource(bytes: bytes, name: "", chunkSize: chunkSize)
            let read = try rows(source).map { row -> [[UInt8]] in
                guard case .cells(_, let cells) = row else { return [] }
                return cells.map { Array(FormulaGuard.unguarded($0).utf8) }
            }
            #expect(read == ([header] + body).map { $0.map { Array($0.utf8) } })
        }
    }

    @Test(arguments: Seeds.first(200))
    func anyBytesGiveTheSameRowsInChunksOfAnySize(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("ab,;\"\"\r\n\n\u{9}".utf8) + [0xFF, 0xEF, 0xBB, 0xBF]
        let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            alphabet.randomElement(using: &random) ?? 0
        }
        let whole = try rows(ByteSource(bytes: bytes, name: ""))
        for chunkSize in chunkSizes {
            #expect(try rows(ByteSource(bytes: bytes, name: "", chunkSize: chunkSize)) == whole)
        }
    }

    // MARK: Scenarios

    @Test(
        .enabled(if: TestData.url("csv/csv-spectrum") != nil, dataIsAbsent),
        arguments: [
            "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines",
            "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
        ]
    )
    func csvSpectrumReadsAsItsJSONSays(name: String) throws {
        let file = try #require(TestData.url("csv/csv-spectrum/\(name).csv"))
        let source = try ByteSource(path: file.path)
        let table = try rows(source).map { row -> [String] in
            if case .cells(_, let cells) = row { cells } else { [] }
        }
        let header = try #require(table.first)
        let objects = table.dropFirst().map { cells in
            JSONValue.object(zip(header, cells).map { JSONMember($0, .string($1)) })
        }
        let expected = try #require(TestData.url("csv/csv-spectrum/\(name).json"))
        let bytes = try [UInt8](Data(contentsOf: expected))
        #expect(.array(Array(objects)) == (try JSONValue(parsing: bytes)))
    }

    @Test(arguments: ["a,b\r\n1,2\r\n", "a,b\n1,2", "a,b\r1,2\r", "\u{FEFF}\n\na,b\r\n\r\n1,2\n\n"])
    func lineEndsAndBlankLinesMakeNoDifference(text: String) throws {
        #expect(try cells(text) == [["a", "b"], ["1", "2"]])
    }

    @Test(arguments: [
        ("a;b\n1,5;2", ["1,5", "2"]), ("a\tb\n1;5\t2,3", ["1;5", "2,3"]),
        ("\"x,y,z\";b\n1,5;2", ["1,5", "2"]), ("a\n1;2", ["1;2"]),
    ])
    func theHeaderTellsTheDelimiter(text: String, second: [String]) throws {
        #expect(try cells(text).last == second)
    }

    @Test func linesCountThoseWithinQuotes() throws {
        let text = "a,b\r\n\"1\r\n\r\n2\",x\n\ny,\"\n\"\rlast,z"
        let lines = try rows(text).map { row in
            if case .cells(let line, _) = row { line } else { 0 }
        }
        #expect(lines == [1, 2, 6, 8])
    }

    @Test func quotesWithinCellsAreText() throws {
        #expect(try cells("a,b\n5\" disk,\"x\"y\"") == [["a", "b"], ["5\" disk", "xy\""]])
    }

    @Test func aQuoteThatIsNeverClosedRefusesTheRow() throws {
        let expected = CSVParser.Row.malformed(
            line: 3,
            reason: "the quote that opens on line 3 is never closed; nothing after it was read"
        )
        #expect(try rows("a,b\n1,2\n3,\"4\n5,6\n").last == expected)
    }

    @Test func bytesThatAreNotTextRefuseTheirRowAlone() throws {
        let bytes = Array("a,b\n1,".utf8) + [0xE9] + Array("\n3,4\n".utf8)
        var parser = try CSVParser(ByteSource(bytes: bytes, name: ""), encoding: .utf8)
        var read: [CSVParser.Row] = []
        while let row = try parser.next() { read.append(row) }
        #expect(read[1] == .malformed(line: 2, reason: "cell 2 is not UTF-8 text"))
        #expect(read[2] == .cells(line: 3, ["3", "4"]))
    }

    @Test func aRowAboveTheLimitIsRefusedAndTheNextIsRead() throws {
        for filler in ["x", ","] {
            let long = String(repeating: filler, count: InterchangeLimits.longestRow + 1)
            let read = try rows("a,b\n\(long)\n3,4\n")
            #expect(read[1] == .malformed(line: 2, reason: "longer than 4 MiB"))
            #expect(read[2] == .cells(line: 3, ["3", "4"]))
        }
    }
}
