import GRDB

/// Why a replica's file could not be used or written.
public enum StoreError: Error, Hashable, Sendable {
    /// There is no file at the path.
    case noReplica(path: String)
    /// A file is there already.
    case replicaExists(path: String)
    /// The file is not a replica of this product.
    case foreignFile(path: String)
    /// The file was written by a later version.
    case newerFormat(found: Int, supported: Int)
    /// The file's contents contradict themselves.
    case damaged(detail: String)
    /// Another process holds the file for writing longer than the patience of this one.
    case busy
    /// The disk, or the file's allowance, is full; the transaction was rolled back.
    case diskFull
    /// The operating system refused to read or write; the transaction was rolled back.
    case io(detail: String)
    /// More than a record may hold (`ContentLimits`); the transaction was rolled back.
    case tooLarge(detail: String)
    /// There is no such space in this replica.
    case unknownSpace(String)

    /// Translates what SQLite reports.
    init(_ error: DatabaseError) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_FULL: self = .diskFull
        case .SQLITE_CORRUPT: self = .damaged(detail: error.message ?? "malformed database")
        case .SQLITE_NOTADB: self = .damaged(detail: "the file is not a database any more")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            self = .io(detail: error.message ?? "input/output error")
        default:
            self = .io(detail: "\(error)")
        }
    }

    /// Runs a body whose database errors become errors of this type.
    static func translating<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }
}
