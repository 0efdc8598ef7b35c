import CausalHistory
import Foundation
import GRDB
import RecordModel

extension StoreReader {
    /// Returns what SQLite finds wrong about the file; empty where it is whole.
    public func integrityProblems() throws -> [String] {
        try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
    }

    /// Returns what is wrong about the chain of one of this replica's own actors: it is computed
    /// anew from the journal.
    public func chainProblems(of actor: ActorID, in space: StoredSpace) throws -> [String] {
        guard let number = try interner.existingNumber(of: actor) else {
            return ["the actor of \(space.name) is missing"]
        }
        // Below the stable cut the journal lacks the records that were given up.
        let settled = try forgotten(of: space.name).counter(of: actor)
        var head = Chain.origin(actor: actor, space: space.name)
        if settled > 0 {
            let sql = "SELECT digest FROM change WHERE actor = ? AND counter = ?"
            let digest = try Data.fetchOne(db, sql: sql, arguments: [number, Int64(settled)])
            guard let known = digest.flatMap({ Digest128(bytes: $0) }) else {
                return ["change \(settled) of \(space.name) is missing from the journal"]
            }
            head = known
        }
        var expected = Int64(settled) + 1
        let select = try db.cachedStatement(
            sql: """
                SELECT counter, time, attribution, digest FROM change
                WHERE actor = ? AND counter > ? ORDER BY counter
                """
        )
        let cursor = try Row.fetchCursor(select, arguments: [number, Int64(settled)])
        while let row = try cursor.next() {
            let counter: Int64 = row[0]
            guard counter == expected, let time: Int64 = row[1], let sort: Int64 = row[2] else {
                return ["change \(expected) of \(space.name) is missing from the journal"]
            }
            head = Chain.next(
                after: head,
                counter: UInt64(counter),
                attribution: try interner.attribution(
                    sort,
                    time: HybridTime(milliseconds: UInt64(bitPattern: time))
                ),
                changes: try changeDigests(number, counter)
            )
            guard row[3] as Data == head.data else {
                return ["change \(counter) of \(space.name) was altered"]
            }
            expected += 1
        }
        let counter = try knowledge(of: space.name).counter(of: actor)
        if UInt64(expected - 1) != counter {
            return [
                "the journal of \(space.name) ends at \(expected - 1), the counter is \(counter)"
            ]
        }
        return head == space.head ?? head ? [] : ["the head of the chain of \(space.name) differs"]
    }

    private func changeDigests(
        _ actor: Int64,
        _ counter: Int64
    ) throws -> [(uid: RecordUID, digest: Digest128)] {
        let select = try db.cachedStatement(
            sql: """
                SELECT record.uid, change_record.digest FROM change_record
                JOIN record ON record.id = change_record.record
                WHERE change_record.actor = ? AND change_record.counter = ?
                """
        )
        return try Row.fetchAll(select, arguments: [actor, counter]).map { row in
            let digest: Data? = row[1]
            return (
                uid: RecordUID(UInt64(bitPattern: row[0] as Int64)),
                digest: digest.flatMap { Digest128(bytes: $0) } ?? Digest128(0)
            )
        }.sorted { $0.uid < $1.uid }
    }

    /// Returns which records' search, look-up and attachment rows are not those of their states.
    /// - Complexity: O(*n* log *n*) in the records.
    public func indexProblems() throws -> [String] {
        let indexing = RecordIndexing(schema: schema)
        var problems: [String] = []
        var keys = 0
        var references = 0
        let isIndexed = try db.cachedStatement(
            sql: "SELECT 1 FROM lookup WHERE hash = ? AND record = ?"
        )
        try forEachRecord { record in
            let entry = indexing.entry(of: record.state)
            let found = try entry.keys.count { key in
                try Int.fetchOne(isIndexed, arguments: [key.hash, record.row]) != nil
            }
            if found != entry.keys.count {
                problems.append("the identifiers of record \(record.key.uid) are not indexed")
            }
            keys += found
            if try self.references(of: record.row) != entry.attachments {
                problems.append("the attachments of record \(record.key.uid) are not indexed")
            }
            references += entry.attachments.count
            return problems.count < 20
        }
        let all = try Int.fetchOne(db, sql: "SELECT count(*) FROM lookup") ?? 0
        if problems.isEmpty, all != keys {
            problems.append("\(all - keys) look-up rows belong to no record")
        }
        let named = try Int.fetchOne(db, sql: "SELECT count(*) FROM attachment_reference") ?? 0
        if problems.isEmpty, named != references {
            problems.append("\(named - references) rows of attachments belong to no record")
        }
        do {
            try db.execute(sql: "INSERT INTO search(search) VALUES ('integrity-check')")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            problems.append("the search index contradicts itself")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            // A snapshot cannot run the check, which counts as a write; the file's own holds it.
        }
        return problems
    }
}

extension StoreWriter {
    /// Takes away what is indexed, as damage does: for tests of `doctor`.
    package func forgetIndexes() throws {
        try db.execute(sql: "INSERT INTO search(search) VALUES ('delete-all')")
        try db.execute(sql: "DELETE FROM lookup")
        try db.execute(sql: "DELETE FROM attachment_reference")
    }

    /// Makes everything that derives from the records anew: search, look-up, conflicts, fingerprints.
    public func rebuildIndexes() throws {
        try forgetIndexes()
        try stampSchema()
        var sums: [SpaceName: Fingerprint] = [:]
        var rows: [Int64] = []
        try reader.forEachRecord { record in
            rows.append(record.row)
            return true
        }
        for row in rows {
            guard let record = try reader.record(row: row) else { continue }
            sums[record.key.space, default: Fingerprint()]
                .add(record.writtenDigest ?? record.state.digest(uid: record.key.uid))
            try index(row, record.state)
        }
        for space in try reader.spaces() {
            let ledger = try ledger(of: space.name)
            ledger.fingerprint = sums[space.name] ?? Fingerprint()
            ledger.isChanged = true
        }
    }
}
