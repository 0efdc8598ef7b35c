import Interchange
import RecordModel
import Testing

/// The chunk sizes at which every reader must give the same rows.
let chunkSizes = [1, 2, 3, 7, 64, 1000, ByteSource.chunkSize]

/// Why a test that reads public data was skipped.
let dataIsAbsent: Comment = "the public data is not here; ATTACHE_TEST_DATA names its folder"

extension ByteSource {
    init(_ text: String, chunkSize: Int = ByteSource.chunkSize) {
        self.init(bytes: Array(text.utf8), name: "sample", chunkSize: chunkSize)
    }
}

extension RecordReader {
    /// Every result up to the end of the file.
    func results() throws -> [RowResult] {
        var reader = self
        var results: [RowResult] = []
        while let result = try reader.next() { results.append(result) }
        return results
    }

    func rows() throws -> [ImportedRow] {
        try results().compactMap { if case .record(let row) = $0 { row } else { nil } }
    }

    /// The lines and reasons of the rows that were refused.
    func refusals() throws -> [(line: Int, reason: String)] {
        try results().compactMap {
            if case .refused(let line, let reason) = $0 { (line, reason) } else { nil }
        }
    }
}

extension ImportedRow {
    subscript(_ field: String) -> RowValue? { fields.first { $0.name == field }?.value }

    /// The value of a field that is given as JSON.
    func json(_ field: String) -> JSONValue? {
        if case .json(let value)? = self[field] { value } else { nil }
    }
}

func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }
