import CRawZlib
import Foundation
import GRDBSQLite
import RecordModel

/// The least that any store must do with the same values: the C interfaces of SQLite and zlib.
struct RawWork {
    struct Failure: Error {
        let message: String
    }

    /// What one piece of the work took and came to.
    struct Measure {
        let seconds: Double
        /// Bytes, or rows of a query.
        let count: Double

        fileprivate static func of(_ work: () throws -> Int) rethrows -> Measure {
            let start = ContinuousClock.now
            let count = try work()
            return Measure(seconds: start.duration(to: .now) / .seconds(1), count: Double(count))
        }
    }

    let insert: Measure
    let lines: Measure
    let columns: Measure
    /// The bytes of the columns sent to a socket of this machine.
    let loopback: Measure

    /// Does the work.
    init(_ workload: Workload, at path: String) throws {
        insert = try .of { try Self.insert(workload, at: path) }
        lines = .of { Self.deflate(workload.lines) }
        let columns = Measure.of { Self.deflateColumns(workload) }
        self.columns = columns
        loopback = try .of { try Loopback.copy(Int(columns.count)) }
    }

    /// Reads what another process measured.
    init?(_ json: JSONValue) {
        let measures = (json.array ?? []).compactMap { json in
            json["seconds"]?.double.flatMap { seconds in
                json["count"]?.double.map { Measure(seconds: seconds, count: $0) }
            }
        }
        guard measures.count == 4 else { return nil }
        (insert, lines) = (measures[0], measures[1])
        (columns, loopback) = (measures[2], measures[3])
    }

    var json: JSONValue {
        .array(
            [insert, lines, columns, loopback].map { measure in
                .object([
                    JSONMember("seconds", .number(String(measure.seconds))),
                    JSONMember("count", .number(String(measure.count))),
                ])
            }
        )
    }

    /// Inserts every row into one table and one search index, in one durable transaction.
    /// - Returns: The bytes of the file.
    static func insert(_ workload: Workload, at path: String) throws -> Int {
        let db = try RawDatabase(path)
        let columns = workload.columns.map { "\"\($0)\" TEXT" }.joined(separator: ", ")
        try db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try db.execute("CREATE TABLE contact(id INTEGER PRIMARY KEY, \(columns))")
        try db.execute(
            """
            CREATE VIRTUAL TABLE search USING fts5(
                name, body, content='', tokenize='unicode61 remove_diacritics 2')
            """
        )
        let marks = [String](repeating: "?", count: workload.columns.count + 1)
        let insert = try db.prepare("INSERT INTO contact VALUES (\(marks.joined(separator: ",")))")
        defer { sqlite3_finalize(insert) }
        let index = try db.prepare("INSERT INTO search(rowid, name, body) VALUES (?, ?, ?)")
        defer { sqlite3_finalize(index) }
        try db.execute("BEGIN IMMEDIATE")
        for (number, row) in workload.rows.enumerated() {
            sqlite3_bind_int64(insert, 1, Int64(number + 1))
            for (column, value) in row.values.enumerated() {
                RawDatabase.bind(insert, Int32(column + 2), value)
            }
            try db.step(insert)
            sqlite3_bind_int64(index, 1, Int64(number + 1))
            RawDatabase.bind(index, 2, Array(row.name.utf8))
            RawDatabase.bind(index, 3, Array(row.body.utf8))
            try db.step(index)
        }
        try db.execute("COMMIT")
        try db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return try fileSize(path)
    }

    /// Compresses bytes in one stream.
    /// - Returns: The compressed length.
    static func deflate(_ bytes: [UInt8], level: Int32 = 6) -> Int {
        var length = compressBound(UInt(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        let status = compress2(&output, &length, bytes, UInt(bytes.count), level)
        return status == Z_OK ? Int(length) : 0
    }

    /// Compresses the values column by column, in blocks of 1,000 records.
    static func deflateColumns(_ workload: Workload, level: Int32 = 6) -> Int {
        var total = 0
        for start in stride(from: 0, to: workload.rows.count, by: 1000) {
            let block = workload.rows[start..<min(start + 1000, workload.rows.count)]
            var bytes: [UInt8] = []
            for column in workload.columns.indices {
                for row in block {
                    bytes += row.values[column] ?? []
                    bytes.append(0)
                }
            }
            total += deflate(bytes, level: level)
        }
        return total
    }

    static func fileSize(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    /// The bare query of the index that `insert` makes: the best 50 rows for one word.
    static let searchQuery = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT 50"

    /// What `searchQuery` takes for a word.
    static func searchPattern(_ word: some StringProtocol) -> [UInt8] { Array("\"\(word)\"".utf8) }
}
