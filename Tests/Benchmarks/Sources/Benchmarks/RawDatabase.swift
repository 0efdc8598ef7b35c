import GRDBSQLite

/// A database by the C interface of SQLite.
final class RawDatabase {
    private let handle: OpaquePointer

    init(_ path: String) throws {
        var handle: OpaquePointer?
        guard sqlite3_open(path, &handle) == SQLITE_OK, let handle else {
            throw RawWork.Failure(message: "cannot open \(path)")
        }
        self.handle = handle
    }

    deinit { sqlite3_close(handle) }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
    }

    /// The caller finalizes the statement.
    func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement
        else {
            throw failure
        }
        return statement
    }

    /// Runs a statement to its end.
    /// - Returns: How many rows came.
    @discardableResult
    func step(_ statement: OpaquePointer) throws -> Int {
        var rows = 0
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows += 1
            case SQLITE_DONE:
                sqlite3_reset(statement)
                return rows
            default: throw failure
            }
        }
    }

    /// The first column of a query's rows.
    func texts(_ sql: String) throws -> [String] {
        let statement = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        var result: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            if let text = sqlite3_column_text(statement, 0) { result.append(String(cString: text)) }
        }
        return result
    }

    static func bind(_ statement: OpaquePointer, _ place: Int32, _ bytes: [UInt8]?) {
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

    private var failure: RawWork.Failure {
        RawWork.Failure(message: String(cString: sqlite3_errmsg(handle)))
    }
}
