import Foundation
import TestSupport
import Testing

/// Reads files of the public test data, which `TestData` finds.
enum PublicData {
    static var isThere: Bool { TestData.url("dates") != nil }

    static let missing: Comment = "the public data is not there (ATTACHE_TEST_DATA)"

    static func lines(_ path: String) throws -> [String] {
        guard let file = TestData.url(path) else { throw CocoaError(.fileNoSuchFile) }
        return try String(contentsOf: file, encoding: .utf8)
            .split(whereSeparator: \.isNewline).map(String.init)
    }

    /// The rows of a CSV file as fields by the header's names; no line breaks inside quotes.
    static func rows(_ path: String) throws -> [[String: String]] {
        let table = try lines(path).map(cells)
        let header = table.first ?? []
        return table.dropFirst().map { row in
            Dictionary(zip(header, row), uniquingKeysWith: { first, _ in first })
        }
    }

    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            if character == "\"" {
                isQuoted.toggle()
            } else if character == ",", !isQuoted {
                cells.append("")
            } else {
                cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
