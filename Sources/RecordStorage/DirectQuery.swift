import CSQLite
import GRDB

/// Queries that run for each of many records, or visit many: bound and read without values in between,
/// which would cost more than the query.
enum DirectQuery {
    /// Calls a body with each row, until it returns false.
    ///
    /// - Parameters:
    ///   - sql: The query.
    ///   - db: Where.
    ///   - isKept: Whether the prepared query is kept for the next time; the body must not run it again.
    ///   - bind: Binds the parameters from the first to the last.
    ///   - body: Returns whether to go on.
    /// - Throws: What the body throws; `DatabaseError`.
    static func forEach(
        _ sql: String,
        in db: Database,
        isKept: Bool = true,
        bind: (inout DirectStatement.Parameters) -> Void,
        _ body: (Columns) throws -> Bool
    ) throws {
        let statement =
            try isKept ? db.cachedStatement(sql: sql) : db.makeStatement(sql: sql)
        let handle = statement.sqliteStatement
        var parameters = DirectStatement.Parameters(handle)
        bind(&parameters)
        guard parameters.status == SQLITE_OK else {
            throw DatabaseError(directly: handle, parameters.status, sql)
        }
        // A query that stopped half way would hold its snapshot.
        defer { sqlite3_reset(handle) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: guard try body(Columns(handle: handle)) else { return }
            case SQLITE_DONE: return
            case let code: throw DatabaseError(directly: handle, code, sql)
            }
        }
    }

    /// Calls a body with each row of a query whose parameters are numbers.
    /// - Throws: What the body throws; `DatabaseError`.
    static func forEach(
        _ sql: String,
        _ numbers: [Int64],
        in db: Database,
        isKept: Bool = true,
        _ body: (Columns) throws -> Bool
    ) throws {
        try forEach(
            sql,
            in: db,
            isKept: isKept,
            bind: { for number in numbers { $0.bind(number) } },
            body
        )
    }

    /// Returns what is read of the first row, nil where there is none.
    /// - Throws: What the reading throws; `DatabaseError`.
    static func first<Value>(
        _ sql: String,
        _ numbers: [Int64],
        in db: Database,
        _ read: (Columns) throws -> Value
    ) throws -> Value? {
        var value: Value?
        try forEach(sql, numbers, in: db) { columns in
            value = try read(columns)
            return false
        }
        return value
    }

    /// The columns of one row, valid while it is visited.
    struct Columns {
        fileprivate let handle: OpaquePointer

        /// A number; 0 for null.
        func number(_ place: Int32) -> Int64 { sqlite3_column_int64(handle, place) }

        /// Bytes; nil for null.
        func bytes(_ place: Int32) -> [UInt8]? {
            if sqlite3_column_type(handle, place) == SQLITE_NULL { return nil }
            // An empty blob has no address.
            let address = sqlite3_column_blob(handle, place)
            let count = Int(sqlite3_column_bytes(handle, place))
            return [UInt8](UnsafeRawBufferPointer(start: address, count: count))
        }
    }
}
