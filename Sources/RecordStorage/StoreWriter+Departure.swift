import Foundation
import GRDB
import RecordModel

/// Leaving a space that was taken from this replica.
///
/// Spec: `Protocol/spec/05-sync.md` §10.
extension StoreWriter {
    /// Removes a space with all that is held of it: records, history, journal, knowledge, what is
    /// remembered of peers, and this replica's own actor there.
    ///
    /// Who the actors are stays known, since other spaces' records may name their desks. Bytes of attachments
    /// that headquarters does not have stay, too, for the day when the space is granted again. A space of
    /// that name that is added later is a new one. `purgeErased` wipes what is left on the disk.
    ///
    /// - Returns: How many visible records went.
    /// - Throws: `StoreError.unknownSpace`; what the store reports.
    /// - Complexity: O(*n*) in the records of the space and their history.
    public func remove(_ space: SpaceName) throws -> Int {
        let ledger = try ledger(of: space)
        try wipeFreedPages()
        var visible = 0
        var last: Int64 = 0
        while true {
            let rows = try Int64.fetchAll(
                db,
                sql: "SELECT id FROM record WHERE space = ? AND id > ? ORDER BY id LIMIT 500",
                arguments: [ledger.row, last]
            )
            guard let reached = rows.last else { break }
            for row in rows {
                guard let record = try reader.record(row: row) else { continue }
                if !record.state.isHidden { visible += 1 }
                try drop(record, ledger)
            }
            last = reached
        }
        for table in ["change_record", "change", "chain"] {
            try db.execute(
                sql: """
                    DELETE FROM \(table) WHERE actor IN (SELECT id FROM actor WHERE space = ?)
                    """,
                arguments: [ledger.row]
            )
        }
        try dropLooseJournal()
        for table in ["knowledge", "peer_space", "cut", "present", "damaged"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE space = ?", arguments: [ledger.row])
        }
        try freeAttachments(keepingUnsent: true)
        try db.execute(
            sql: "UPDATE actor SET space = NULL, is_own = 0 WHERE space = ?",
            arguments: [ledger.row]
        )
        try db.execute(sql: "DELETE FROM space WHERE id = ?", arguments: [ledger.row])
        forget(space)
        return visible
    }
}
