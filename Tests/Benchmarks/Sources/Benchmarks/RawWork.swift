import CRawZlib
import Foundation
import GRDBSQLite
import RecordModel

/// The least that any store must do with the same values: the C interfaces of SQLite and zlib.
struct RawWork {
    struct Failure: Error {
        let message: String
    }

    let insertSeconds: Double
    let insertedBytes: Double
    let linesSeconds: Double
    let linesBytes: Double
    let columnsSeconds: Double
    let columnsBytes: Double
    /// Of a bare query of the search index, and how many rows all queries found.
    let querySeconds: Double
    let queryRows: Double
    /// Of sending the bytes of the columns to a socket of this machine, and how many these are.
    let loopbackSeconds: Double
    let loopbackBytes: Double

    /// Does the work.
    init(_ workload: Workload, at path: String) throws {
        let inserted = try Self.time { try Self.insert(workload, at: path) }
        let lines = Self.time { Self.deflate(workload.lines) }
        let columns = Self.time { Self.deflateColumns(workload) }
        insertSeconds = inserted.seconds
        insertedBytes = Double(inserted.value)
        linesSeconds = lines.seconds
        linesBytes = Double(lines.value)
        columnsSeconds = columns.seconds
        columnsBytes = Double(columns.value)
        let queries = try Self.query(workload, at: path)
        querySeconds = queries.seconds
        queryRows = Double(queries.rows)
        let copied = try Self.time { try Loopback.copy(columns.value) }
        loopbackSeconds = copied.seconds
        loopbackBytes = Double(copied.value)
    }

    private static let names = ["insert", "lines", "columns", "query", "loopback"]

    /// Reads what another process measured.
    init?(_ json: JSONValue) {
        let pairs = Self.names.compactMap { name in
            json[name].flatMap { work in
                work["seconds"]?.double.flatMap { seconds in
                    work["bytes"]?.double.map { (seconds, $0) }
                }
            }
        }
        guard pairs.count == Self.names.count else { return nil }
        (insertSeconds, insertedBytes) = pairs[0]
        (linesSeconds, linesBytes) = pairs[1]
        (columnsSeconds, columnsBytes) = pairs[2]
        (querySeconds, queryRows) = pairs[3]
        (loopbackSeconds, loopbackBytes) = pairs[4]
    }

    var json: JSONValue {
        let pairs = [
            (insertSeconds, insertedBytes), (linesSeconds, linesBytes),
            (columnsSeconds, columnsBytes), (querySeconds, queryRows),
            (loopbackSeconds, loopbackBytes),
        ]
        return .object(
            zip(Self.names, pairs).map { name, pair in
                JSONMember(
                    name,
                    .object([
                        JSONMember("seconds", .number(String(pair.0))),
                        JSONMember("bytes", .number(String(pair.1))),
                    ])
                )
            }
        )
    }

    private static func time<T>(_ work: () throws -> T) rethrows -> (value: T, seconds: Double) {
        let start = ContinuousClock.now
        let value = try work()
        return (value, start.duration(to: .now) / .seconds(1))
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

    /// Searches for the second word of names, a hundred of them spread over the records.
    /// - Returns: The median time of a query, and the rows of all.
    static func query(_ workload: Workload, at path: String) throws -> (seconds: Double, rows: Int)
    {
        let db = try RawDatabase(path)
        let select = try db.prepare(
            "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rank LIMIT 50"
        )
        defer { sqlite3_finalize(select) }
        var times: [Double] = []
        var rows = 0
        for word in workload.searchWords(100) {
            RawDatabase.bind(select, 1, Array("\"\(word)\"".utf8))
            let found = try time { try db.step(select) }
            times.append(found.seconds)
            rows += found.value
        }
        return (EditBench.median(times), rows)
    }
}
