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
    }

    private static let names = ["insert", "lines", "columns"]

    /// Reads what another process measured.
    init?(_ json: JSONValue) {
        let pairs = Self.names.compactMap { name in
            json[name].flatMap { work in
                work["seconds"]?.double.flatMap { seconds in
                    work["bytes"]?.double.map { (seconds, $0) }
                }
            }
        }
        guard pairs.count == 3 else { return nil }
        (insertSeconds, insertedBytes) = pairs[0]
        (linesSeconds, linesBytes) = pairs[1]
        (columnsSeconds, columnsBytes) = pairs[2]
    }

    var json: JSONValue {
        let pairs = [
            (insertSeconds, insertedBytes), (linesSeconds, linesBytes),
            (columnsSeconds, columnsBytes),
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
        var handle: OpaquePointer?
        guard sqlite3_open(path, &handle) == SQLITE_OK, let db = handle else {
            throw Failure(message: "cannot open \(path)")
        }
        defer { sqlite3_close(db) }
        let columns = workload.columns.map { "\"\($0)\" TEXT" }.joined(separator: ", ")
        try execute(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try execute(db, "CREATE TABLE contact(id INTEGER PRIMARY KEY, \(columns))")
        try execute(
            db,
            """
            CREATE VIRTUAL TABLE search USING fts5(
                name, body, content='', tokenize='unicode61 remove_diacritics 2')
            """
        )
        let marks = [String](repeating: "?", count: workload.columns.count + 1)
        let insert = try prepare(db, "INSERT INTO contact VALUES (\(marks.joined(separator: ",")))")
        defer { sqlite3_finalize(insert) }
        let index = try prepare(db, "INSERT INTO search(rowid, name, body) VALUES (?, ?, ?)")
        defer { sqlite3_finalize(index) }
        try execute(db, "BEGIN IMMEDIATE")
        for (number, row) in workload.rows.enumerated() {
            sqlite3_bind_int64(insert, 1, Int64(number + 1))
            for (column, value) in row.values.enumerated() {
                bind(insert, Int32(column + 2), value)
            }
            try step(db, insert)
            sqlite3_bind_int64(index, 1, Int64(number + 1))
            bind(index, 2, Array(row.name.utf8))
            bind(index, 3, Array(row.body.utf8))
            try step(db, index)
        }
        try execute(db, "COMMIT")
        try execute(db, "PRAGMA wal_checkpoint(TRUNCATE)")
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

    // MARK: SQLite

    private static func execute(_ db: OpaquePointer, _ sql: String) throws {
        guard sqlite3_exec(db, sql, nil, nil, nil) == SQLITE_OK else { throw failure(db) }
    }

    private static func prepare(_ db: OpaquePointer, _ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(db, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw failure(db)
        }
        return statement
    }

    private static func step(_ db: OpaquePointer, _ statement: OpaquePointer) throws {
        guard sqlite3_step(statement) == SQLITE_DONE else { throw failure(db) }
        sqlite3_reset(statement)
    }

    private static func bind(_ statement: OpaquePointer, _ place: Int32, _ bytes: [UInt8]?) {
        guard let bytes else {
            sqlite3_bind_null(statement, place)
            return
        }
        // SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { text in
                _ = sqlite3_bind_text(
                    statement,
                    place,
                    text.baseAddress,
                    Int32(bytes.count),
                    copied
                )
            }
        }
    }

    private static func failure(_ db: OpaquePointer) -> Failure {
        Failure(message: String(cString: sqlite3_errmsg(db)))
    }
}
