import CSQLite
import GRDB

/// A statement that runs for each record: prepared once for a transaction, bound and read without
/// values in between, which would cost as much as the work itself.
///
/// All other statements go through GRDB.
final class DirectStatement {
    private let sql: String
    private var statement: Statement?

    init(_ sql: String) {
        self.sql = sql
    }

    /// Binds the parameters from the first to the last, and runs to the end or until no more rows
    /// are wanted.
    ///
    /// - Parameters:
    ///   - db: The database.
    ///   - bind: Binds the parameters.
    ///   - visit: Takes from a row what is to be kept of it, and tells whether to go on.
    /// - Throws: `DatabaseError`.
    func run(
        _ db: Database,
        _ bind: (inout Parameters) -> Void,
        _ visit: (Columns) -> Bool = { _ in false }
    ) throws {
        let prepared = try statement ?? db.cachedStatement(sql: sql)
        statement = prepared
        let handle = prepared.sqliteStatement
        var parameters = Parameters(handle)
        bind(&parameters)
        var stepped = sqlite3_step(handle)
        while stepped == SQLITE_ROW, visit(Columns(handle)) { stepped = sqlite3_step(handle) }
        // A reset reports the step's error again, and there is nothing more to learn from it.
        sqlite3_reset(handle)
        guard parameters.status == SQLITE_OK, stepped == SQLITE_DONE || stepped == SQLITE_ROW else {
            let code = parameters.status == SQLITE_OK ? stepped : parameters.status
            throw DatabaseError(
                resultCode: ResultCode(rawValue: code),
                message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))),
                sql: sql
            )
        }
    }

    /// The columns of a row, counted from 0.
    struct Columns {
        private let handle: OpaquePointer

        fileprivate init(_ handle: OpaquePointer) {
            self.handle = handle
        }

        /// The number in a column, 0 for null.
        func number(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

        /// The bytes in a column, or nil for null.
        func bytes(_ column: Int32) -> [UInt8]? {
            if sqlite3_column_type(handle, column) == SQLITE_NULL { return nil }
            let start = sqlite3_column_blob(handle, column)
            let count = Int(sqlite3_column_bytes(handle, column))
            return [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
        }
    }

    /// The parameters of one run.
    struct Parameters {
        private let handle: OpaquePointer
        private var place: Int32 = 0
        fileprivate var status = SQLITE_OK

        fileprivate init(_ handle: OpaquePointer) {
            self.handle = handle
        }

        /// Binds a number.
        mutating func bind(_ number: Int64) {
            place += 1
            note(sqlite3_bind_int64(handle, place, number))
        }

        /// Binds a text.
        mutating func bind(_ text: String) {
            place += 1
            var text = text
            let result = text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    attache_bind_text(handle, place, $0.baseAddress, Int32($0.count))
                }
            }
            note(result)
        }

        /// Binds bytes, or null where there are none.
        mutating func bind(_ bytes: [UInt8]?) {
            place += 1
            guard let bytes else {
                note(sqlite3_bind_null(handle, place))
                return
            }
            let result = bytes.withUnsafeBytes { raw in
                // An empty array may have no address, and no address would bind null.
                raw.isEmpty
                    ? sqlite3_bind_zeroblob(handle, place, 0)
                    : attache_bind_blob(handle, place, raw.baseAddress, Int32(raw.count))
            }
            note(result)
        }

        private mutating func note(_ result: Int32) {
            if status == SQLITE_OK { status = result }
        }
    }
}
