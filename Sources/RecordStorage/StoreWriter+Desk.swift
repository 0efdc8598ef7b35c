import Foundation
import GRDB
import RecordModel

extension StoreWriter {
    /// Returns the name of a new record, `ber-214`: one that this store has never held.
    public func nextShortID() -> String { shortIDs.next() }

    /// Keeps what an import is and, at its end, what it came to.
    public func putImportRun(_ run: StoredImportRun) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO import_run VALUES (?, ?, ?, ?)",
            arguments: [
                run.run, Int64(bitPattern: run.started.milliseconds), run.files, run.summary,
            ]
        )
    }

    /// Takes from a copy of a replica what makes it live: it will write under new actors, and peers
    /// see another incarnation.
    ///
    /// So an ordinary restore never uses a dot again that the original uses too.
    public func retireActors() throws {
        try db.execute(sql: "UPDATE space SET actor = NULL, head = NULL")
        try db.execute(sql: "DELETE FROM nonce")
        try db.execute(
            sql: "UPDATE clock SET epoch = ?",
            arguments: [Int64(bitPattern: reader.store.environment.random())]
        )
    }
}
