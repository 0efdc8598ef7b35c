import ArgumentParser
import Foundation
import RecordModel

/// Reads `FIELD=VALUE` as it is typed: `@FILE` and `-` fetch the value, `@@` is a real `@`.
enum AssignmentReader {
    /// Far above any note that a person writes, far below what fills a memory.
    private static let longestValue = 4 << 20

    /// Returns the changes that arguments name.
    /// - Throws: `ErrorReport` for text that is no change, or a file that cannot be read.
    static func assignments(_ arguments: [String]) throws -> [FieldAssignment] {
        try arguments.map { argument in
            guard let assignment = FieldAssignment(argument) else {
                throw ErrorReport(
                    .usage,
                    "“\(argument)” is no FIELD=VALUE",
                    hint: "attache help values shows how values are typed."
                )
            }
            guard let text = try fetched(assignment.text) else { return assignment }
            let place = argument.dropLast(assignment.text.count)
            return FieldAssignment(place + text) ?? assignment
        }
    }

    /// Returns the value that stands behind `@FILE`, `-` or `@@`; nil where it stands itself.
    private static func fetched(_ value: String) throws -> String? {
        if value.hasPrefix("@@") { return String(value.dropFirst()) }
        if value == "-" { return try text(of: .standardInput, named: "standard input") }
        guard value.hasPrefix("@"), value.count > 1 else { return nil }
        let path = String(value.dropFirst())
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ErrorReport(.io, "\(path) cannot be read", hint: "A real @ is typed as @@.")
        }
        defer { try? file.close() }
        return try text(of: file, named: path)
    }

    private static func text(of file: FileHandle, named name: String) throws -> String {
        var data = Data()
        while let piece = try file.read(upToCount: 1 << 16), !piece.isEmpty {
            data += piece
            guard data.count <= longestValue else {
                throw ErrorReport(.badValue, "\(name) is longer than \(longestValue >> 20) MiB")
            }
        }
        guard var text = String(validating: data, as: UTF8.self) else {
            throw ErrorReport(.badValue, "\(name) is not UTF-8 text")
        }
        if text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
