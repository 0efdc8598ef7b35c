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
}
