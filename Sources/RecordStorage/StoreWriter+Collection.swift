import CausalHistory
import Foundation
import GRDB
import RecordModel

/// What was given up below a stable cut.
public struct CollectionReport: Hashable, Sendable {
    /// The deleted records that went for good.
    public var gone: [RecordKey] = []
    /// In how many records items that had been taken out went.
    public var thinned = 0

    /// Creates the report of nothing.
    public init() {}

    /// How many deleted records went for good.
    public var records: Int { gone.count }
}

extension StoreReader {
    /// The greatest stable cut of a space below which this store has given up what was deleted.
    public func forgotten(of space: SpaceName) throws -> VersionVector {
        let select = try db.cachedStatement(sql: "SELECT forgotten FROM space WHERE name = ?")
        guard let row = try Row.fetchOne(select, arguments: [space.text]) else {
            throw StoreError.unknownSpace(space.text)
        }
        return try (row[0] as Data?).map(VectorCodec.decode) ?? VersionVector()
    }

    /// Whether this store has published a cut of a space with a hash.
    public func hasPublished(cut hash: UInt64, of space: SpaceName) throws -> Bool {
        let select = try db.cachedStatement(
            sql: """
                SELECT 1 FROM cut JOIN space ON space.id = cut.space WHERE name = ? AND hash = ?
                """
        )
        let arguments: StatementArguments = [space.text, Int64(bitPattern: hash)]
        return try Int.fetchOne(select, arguments: arguments) != nil
    }
}

/// Giving up what all replicas have seen deleted, and the late return of one that had not.
///
/// Spec: `Protocol/spec/03-merge.md` §8, `05-sync.md` §8.
extension StoreWriter {
    /// Gives up what lies below a stable cut: records that were deleted, and items that were taken out.
    ///
    /// Nothing happens where this store's own knowledge does not cover the cut, or where it has
    /// forgotten as much already. Contexts stay whole.
    /// - Complexity: O(*n*) in the records that were deleted or have an item taken out; where a record
    ///   goes, one walk over the journal.
    @discardableResult
    public func forget(_ cut: VersionVector, in space: SpaceName) throws -> CollectionReport {
        var report = CollectionReport()
        if cut.isEmpty { return report }
        let forgotten = try reader.forgotten(of: space)
        let isKnown = try reader.knowledge(of: space).covers(cut) || !Rule.cutIsKnown.holds
        guard isKnown, !forgotten.covers(cut) else { return report }
        let ledger = try ledger(of: space)
        let greater = forgotten.merged(with: cut)
        try setForgotten(greater, ledger)
        let select = "SELECT id FROM record WHERE space = ? AND collectable = 1"
        for row in try Int64.fetchAll(db, sql: select, arguments: [ledger.row]) {
            guard let record = try reader.record(row: row) else { continue }
            if record.state.isSettled(below: greater) {
                try drop(record, ledger)
                report.gone.append(record.key)
            } else if try thin(record, below: greater) {
                report.thinned += 1
            }
        }
        if report.records > 0 { try dropLooseJournal() }
        return report
    }

    /// Remembers how far a space was given up, and that peers may state it by its hash.
    func setForgotten(_ vector: VersionVector, _ ledger: SpaceLedger) throws {
        try db.cachedStatement(sql: "UPDATE space SET forgotten = ? WHERE id = ?")
            .execute(arguments: [VectorCodec.encode(vector), ledger.row])
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO cut VALUES (?, ?)")
            .execute(arguments: [ledger.row, Int64(bitPattern: vector.hash64)])
    }

    /// Takes a record out of the store with all that derives from it, its journal aside.
    func drop(_ record: StoredRecord, _ ledger: SpaceLedger) throws {
        let entry = indexing.entry(of: record.state)
        try updateSearch(record.row, from: entry, to: .empty)
        try updateLookup(record.row, from: entry, to: .empty)
        try updateReferences(record.row, from: entry, to: .empty)
        if record.digest.value != 0 {
            ledger.fingerprint.remove(record.digest)
            ledger.isChanged = true
        }
        for sql in [
            "DELETE FROM past WHERE record = ?", "DELETE FROM refusal WHERE record = ?",
            "DELETE FROM record WHERE id = ?",
        ] {
            try db.cachedStatement(sql: sql).execute(arguments: [record.row])
        }
    }

    /// Takes out what the journal says of records that are gone: a row's number may be used again.
    func dropLooseJournal() throws {
        try db.execute(
            sql: """
                DELETE FROM change_record WHERE NOT EXISTS
                    (SELECT 1 FROM record WHERE record.id = change_record.record)
                """
        )
    }

    /// Takes the items out of a record that were taken out below a cut.
    ///
    /// It is no news for anybody, so that the record keeps its place in the sequence.
    private func thin(_ record: StoredRecord, below cut: VersionVector) throws -> Bool {
        let state = record.state.withoutAbsentItems(below: cut)
        guard state != record.state else { return false }
        try db.cachedStatement(sql: "UPDATE record SET state = ?, collectable = ? WHERE id = ?")
            .execute(arguments: [
                Data(try StateCodec.encode(state, interner)), state.isCollectable, record.row,
            ])
        return true
    }

    // MARK: Late return

    /// Remembers that the other side, to which this one returns late, has records.
    public func notePresent(
        _ uids: some Sequence<RecordUID>,
        at peer: Int64,
        in space: SpaceName
    ) throws {
        let row = try ledger(of: space).row
        let insert = try db.cachedStatement(sql: "INSERT OR IGNORE INTO present VALUES (?, ?, ?)")
        for uid in uids {
            try insert.execute(arguments: [row, peer, Int64(bitPattern: uid.value)])
        }
    }

    /// Forgets what the other side was found to have.
    public func forgetPresent(at peer: Int64, in space: SpaceName) throws {
        try db.cachedStatement(sql: "DELETE FROM present WHERE space = ? AND peer = ?")
            .execute(arguments: [try ledger(of: space).row, peer])
    }

    /// Settles the records that the other side lacks, at the end of a late return.
    ///
    /// What the other side knew wholly, or what is deleted here too, goes. Of any other something was
    /// never sent: it stays whole, written again under a new actor, its life to be decided.
    ///
    /// - Parameters:
    ///   - peer: The other side, which has told of all its records (`notePresent`).
    ///   - space: The space.
    ///   - knowledge: What the other side knows.
    ///   - attribution: Who writes what stays.
    /// - Returns: How many records went and how many stayed.
    /// - Throws: What the store reports.
    /// - Complexity: O(*n*) in the records of the space.
    public func settleLateReturn(
        to peer: Int64,
        in space: SpaceName,
        knowing knowledge: VersionVector,
        attribution: Attribution
    ) throws -> (gone: Int, kept: Int) {
        let ledger = try ledger(of: space)
        let select = """
            SELECT id FROM record WHERE space = ? AND NOT EXISTS (
                SELECT 1 FROM present WHERE present.space = record.space AND present.peer = ?
                    AND present.uid = record.uid)
            """
        var kept: [RecordEdit] = []
        var gone = 0
        for row in try Int64.fetchAll(db, sql: select, arguments: [ledger.row, peer]) {
            guard let record = try reader.record(row: row), record.state.erasure == nil else {
                continue
            }
            let isKnown =
                record.state.dots.allSatisfy { knowledge.covers($0) }
                && Rule.knownGoesOnLateReturn.holds
            if isKnown || record.state.isHidden || !Rule.unsentStaysOnLateReturn.holds {
                try drop(record, ledger)
                gone += 1
            } else {
                kept.append(record.writtenAgain)
            }
        }
        if gone > 0 { try dropLooseJournal() }
        try takeNewActor(in: space)
        try commit(kept, in: space, attribution: attribution)
        try forgetPresent(at: peer, in: space)
        return (gone, kept.count)
    }

    /// Writes records again as they stand here, under this store's own actor, their life to be decided:
    /// they were deleted and given up elsewhere.
    public func writeAgain(
        _ uids: [RecordUID],
        in space: SpaceName,
        attribution: Attribution
    ) throws {
        let edits = try uids.compactMap { uid in
            try reader.record(RecordKey(space: space, uid: uid))
        }.filter { $0.state.erasure == nil }.map(\.writtenAgain)
        if !edits.isEmpty { try commit(edits, in: space, attribution: attribution) }
    }

    // MARK: Desks that are gone

    /// Writes again what a replica had pushed in exchanges that never ended, as it will not end them.
    ///
    /// - Parameters:
    ///   - replica: The replica's number.
    ///   - space: The space.
    ///   - attribution: Who writes it.
    /// - Returns: How many records had such changes.
    /// - Throws: What the store reports.
    /// - Complexity: O(*n*) in the changes of the replica beyond what is known.
    @discardableResult
    public func takeOver(
        from replica: [UInt8],
        in space: SpaceName,
        attribution: Attribution
    ) throws -> Int {
        guard Rule.goneDeskIsTakenOver.holds else { return 0 }
        let knowledge = try reader.knowledge(of: space)
        var edits: [RecordEdit] = []
        for row in try reader.rows(beyond: knowledge, of: replica, in: space) {
            guard let record = try reader.record(row: row) else { continue }
            let entries = record.state.fields.filter { entry in
                entry.siblings.siblings.contains { !knowledge.covers($0.dot) }
            }
            var steps = entries.map(RecordEdit.Step.again)
            if record.state.isHidden {
                // What is deleted stays so: a deletion names what it saw, which has other dots now.
                steps = entries.filter { $0.key != .life }.map(RecordEdit.Step.again) + [.delete]
            }
            if !entries.isEmpty {
                edits.append(
                    RecordEdit(uid: record.key.uid, kind: record.state.kind, steps: steps)
                )
            }
        }
        try commit(edits, in: space, attribution: attribution)
        return edits.count
    }
}

extension StoreReader {
    /// The rows of the records with changes of a replica that are not known.
    fileprivate func rows(
        beyond knowledge: VersionVector,
        of replica: [UInt8],
        in space: SpaceName
    ) throws -> [Int64] {
        let spaceRow = try self.space(space).row
        let select = "SELECT id FROM actor WHERE space = ? AND replica = ?"
        var rows: Set<Int64> = []
        for number in try Int64.fetchAll(
            db,
            sql: select,
            arguments: [spaceRow, Data(replica)]
        ) {
            let known = knowledge.counter(of: try interner.actor(number))
            rows.formUnion(
                try Int64.fetchAll(
                    db,
                    sql: "SELECT record FROM change_record WHERE actor = ? AND counter > ?",
                    arguments: [number, Int64(known)]
                )
            )
        }
        return rows.sorted()
    }
}

extension StoredRecord {
    /// The edit that writes all of the record again as it stands, and leaves its life to a person:
    /// somebody elsewhere has deleted it.
    fileprivate var writtenAgain: RecordEdit {
        RecordEdit(
            uid: key.uid,
            kind: state.kind,
            steps: state.fields.filter { $0.key != .life }.map(RecordEdit.Step.again)
                + [.restore(.life, [.alive, .deleted([])])]
        )
    }
}

extension RecordEdit.Step {
    /// Writes what a field holds again, siblings as siblings.
    fileprivate static func again(_ entry: FieldEntry) -> RecordEdit.Step {
        .restore(entry.key, entry.siblings.siblings.map(\.version.content))
    }
}
