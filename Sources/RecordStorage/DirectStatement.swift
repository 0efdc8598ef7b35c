import CSQLite
import GRDB

/// A statement that runs for each record: prepared once for a transaction, and bound without
/// values in between, which would cost as much as the work itself.
///
/// It returns no rows; `DirectQuery` is the same for reading. All other statements go through GRDB.
final class DirectStatement {
    private let sql: String
    private var statement: Statement?

    init(_ sql: String) {
        self.sql = sql
    }

    /// Binds the parameters from the first to the last, and runs to the end.
    /// - Throws: `DatabaseError`.
    func run(_ db: Database, _ bind: (inout Parameters) -> Void) throws {
        let prepared = try statement ?? db.cachedStatement(sql: sql)
        statement = prepared
        let handle = prepared.sqliteStatement
        var parameters = Parameters(handle)
        bind(&parameters)
        let stepped = sqlite3_step(handle)
        // A reset reports the step's error again, and there is nothing more to learn from it.
        sqlite3_reset(handle)
        guard parameters.status == SQLITE_OK, stepped == SQLITE_DONE else {
            let code = parameters.status == SQLITE_OK ? stepped : parameters.status
            throw DatabaseError(directly: handle, code, sql)
        }
    }

    /// The parameters of one run.
    struct Parameters {
        private let handle: OpaquePointer
        private var place: Int32 = 0
        /// The first error of a binding.
        private(set) var status = SQLITE_OK

        init(_ handle: OpaquePointer) {
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

extension DatabaseError {
    /// Creates the error of a statement that was run without GRDB.
    init(directly handle: OpaquePointer, _ code: Int32, _ sql: String) {
        self.init(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))),
            sql: sql
        )
    }
}
