import CausalHistory
import Foundation
import GRDB
import RecordModel

/// Writes a replica's file inside one transaction.
///
/// It is only valid inside the body that received it. Derived rows (search, look-up, fingerprint,
/// sequence, journal) change with the state that they derive from, in the same transaction.
public final class StoreWriter {
    /// Reads what the transaction has written so far.
    public let reader: StoreReader
    let db: Database
    let indexing: RecordIndexing
    private var sequence: UInt64
    private var latestTime: HybridTime
    private var clockChanged = false
    private var ledgers: [SpaceName: SpaceLedger] = [:]
    /// The highest number of a short id of this desk that this store has ever held.
    var shortIDs: ShortIDs
    private let statements = RecordStatements()
    /// Whether the transaction has taken values away for good.
    var hasErased = false
    /// The latest change that was put down, which the records of a page mostly share.
    var latestChange: (actor: Int64, counter: UInt64)?
    /// What was known of each space when the transaction first asked.
    var knowledgeAtStart: [SpaceName: VersionVector] = [:]

    /// The last change of each actor that has left the journal, as far as the transaction has asked.
    var journalStarts: [Int64: UInt64] = [:]

    /// What a transaction keeps of one space until it ends.
    final class SpaceLedger {
        let row: Int64
        let name: SpaceName
        var actor: ActorID?
        var counter: UInt64
        var head: Digest128
        var fingerprint: Fingerprint
        var isChanged = false

        init(_ space: StoredSpace, counter: UInt64) {
            row = space.row
            name = space.name
            actor = space.actor
            self.counter = counter
            head = space.head ?? Digest128(0)
            fingerprint = space.fingerprint
        }
    }

    init(_ db: Database, store: ReplicaStore) throws {
        self.db = db
        reader = StoreReader(db, store: store)
        indexing = RecordIndexing(schema: store.schema)
        (sequence, latestTime) = try reader.latest
        shortIDs = try ShortIDs(reader)
    }

    var interner: Interner { reader.interner }

    /// The place of the latest write, this transaction's own included.
    public var currentSequence: UInt64 { sequence }

    /// Writes what the transaction keeps in memory until its end, so that its reader sees it.
    public func flush() throws {
        if hasErased {
            hasErased = false
            try freeAttachments()
        }
        for ledger in ledgers.values where ledger.isChanged {
            try db.cachedStatement(
                sql: "UPDATE space SET actor = ?, head = ?, fingerprint = ? WHERE id = ?"
            ).execute(arguments: [
                try ledger.actor.map(interner.number(of:)), ledger.head.data,
                Data(ledger.fingerprint.bytes), ledger.row,
            ])
        }
        if shortIDs.isChanged { try set(ShortIDs.setting, to: String(shortIDs.highest)) }
        if clockChanged {
            try db.cachedStatement(sql: "UPDATE clock SET sequence = ?, latest_time = ?")
                .execute(arguments: [
                    Int64(sequence), Int64(bitPattern: latestTime.milliseconds),
                ])
        }
    }

    func ledger(of space: SpaceName) throws -> SpaceLedger {
        if let ledger = ledgers[space] { return ledger }
        let stored = try reader.space(space)
        let counter = try stored.actor.map { try self.counter(of: $0, in: stored.row) } ?? 0
        let ledger = SpaceLedger(stored, counter: counter)
        ledgers[space] = ledger
        return ledger
    }

    /// Drops what the transaction keeps of a space whose row is gone.
    func forget(_ space: SpaceName) {
        ledgers[space] = nil
        knowledgeAtStart[space] = nil
    }

    private func counter(of actor: ActorID, in space: Int64) throws -> UInt64 {
        let select = try db.cachedStatement(
            sql: "SELECT counter FROM knowledge WHERE space = ? AND actor = ?"
        )
        let number = try interner.number(of: actor)
        return UInt64(try Int64.fetchOne(select, arguments: [space, number]) ?? 0)
    }

    private func nextSequence() -> Int64 {
        sequence += 1
        clockChanged = true
        return Int64(sequence)
    }

    /// Returns the hybrid time of a new change and remembers it.
    public func nextTime() -> HybridTime {
        latestTime = HybridTime.next(now: reader.store.environment.now(), latest: latestTime)
        clockChanged = true
        return latestTime
    }

    /// Lets the clock of this store run past a time that was received, within the bound.
    public func observe(_ time: HybridTime) {
        let limit =
            reader.store.environment.now().milliseconds &+ HybridTime.boundMilliseconds
        if time > latestTime, time.milliseconds < limit {
            latestTime = time
            clockChanged = true
        }
    }

    // MARK: Settings and spaces

    /// Sets a setting's text; nil takes it away.
    public func set(_ name: String, to value: String?) throws {
        if let value {
            try db.cachedStatement(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?)")
                .execute(arguments: [name, value])
        } else {
            try db.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [name])
        }
    }

    /// Adds an empty space where this replica has none of that name.
    public func addSpace(_ name: SpaceName) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO space(name, fingerprint) VALUES (?, ?)",
            arguments: [name.text, Data(Fingerprint().bytes)]
        )
    }

    /// Returns the actor under which this replica writes in a space, made now where there is none.
    @discardableResult
    public func ownActor(in space: SpaceName) throws -> ActorID {
        let ledger = try ledger(of: space)
        if let actor = ledger.actor { return actor }
        let actor = ActorID(reader.store.environment.random128())
        let desk = try reader.setting("desk")
        let replica = try reader.setting("replica").flatMap { bytes(hexadecimal: $0) }
        let number = try interner.number(of: actor)
        try db.execute(
            sql: """
                UPDATE actor SET space = ?, desk = ?, replica = ?, is_own = 1 WHERE id = ?
                """,
            arguments: [ledger.row, desk, replica.map { Data($0) }, number]
        )
        ledger.actor = actor
        ledger.counter = 0
        ledger.head = Chain.origin(actor: actor, space: space)
        ledger.isChanged = true
        return actor
    }

    // MARK: Records

    /// Stores a record's state and everything that derives from it.
    ///
    /// - Parameters:
    ///   - record: The state and what derives from it.
    ///   - uid: The record's number.
    ///   - oldRow: The row of the state that is replaced.
    ///   - ledger: The space.
    /// - Returns: The row.
    /// - Throws: What the database reports.
    func put(
        _ record: PreparedRecord,
        uid: RecordUID,
        replacing oldRow: Int64?,
        in ledger: SpaceLedger
    ) throws -> Int64 {
        if record.oldDigest != record.digest {
            ledger.fingerprint.remove(record.oldDigest)
            ledger.fingerprint.add(record.digest)
            ledger.isChanged = true
        }
        let new = record.state
        if new.erasure != nil { try beginErasing() }
        for sibling in new.siblings(of: .shortID) { shortIDs.note(sibling.version.content) }
        let sequence = nextSequence()
        let isHidden: Int64 = new.isHidden ? 1 : 0
        let isCollectable: Int64 = new.isCollectable ? 1 : 0
        let after = record.entry
        let row: Int64
        if let oldRow {
            row = oldRow
            try statements.update.run(db) {
                $0.bind(Int64(new.kind))
                $0.bind(sequence)
                $0.bind(isHidden)
                $0.bind(Int64(after.conflicts))
                $0.bind(isCollectable)
                $0.bind(record.bytes)
                $0.bind(record.digest.bytes)
                $0.bind(row)
            }
        } else {
            try statements.insert.run(db) {
                $0.bind(ledger.row)
                $0.bind(Int64(bitPattern: uid.value))
                $0.bind(Int64(new.kind))
                $0.bind(sequence)
                $0.bind(isHidden)
                $0.bind(Int64(after.conflicts))
                $0.bind(isCollectable)
                $0.bind(record.bytes)
                $0.bind(record.digest.bytes)
            }
            row = db.lastInsertedRowID
        }
        try updateSearch(row, from: record.oldEntry, to: after)
        try updateLookup(row, from: record.oldEntry, to: after)
        try updateReferences(row, from: record.oldEntry, to: after)
        if new.erasure != nil { try eraseRemains(of: uid, row: row, in: ledger) }
        return row
    }

    /// Indexes a record's state anew, where nothing of it is indexed.
    func index(_ row: Int64, _ state: RecordState) throws {
        let entry = indexing.entry(of: state)
        try updateSearch(row, from: .empty, to: entry)
        try updateLookup(row, from: .empty, to: entry)
        try updateReferences(row, from: .empty, to: entry)
        try db.cachedStatement(sql: "UPDATE record SET conflicts = ?, is_hidden = ? WHERE id = ?")
            .execute(arguments: [entry.conflicts, state.isHidden, row])
        try recountConflicts(of: state, row: row)
    }

    func updateSearch(
        _ row: Int64,
        from before: IndexEntry,
        to after: IndexEntry
    ) throws {
        guard before.name != after.name || before.body != after.body else { return }
        if !before.name.isEmpty || !before.body.isEmpty {
            try statements.forget.run(db) {
                $0.bind(row)
                $0.bind(before.name)
                $0.bind(before.body)
                $0.bind(before.sounds)
            }
        }
        if !after.name.isEmpty || !after.body.isEmpty {
            try statements.search.run(db) {
                $0.bind(row)
                $0.bind(after.name)
                $0.bind(after.body)
                $0.bind(after.sounds)
            }
        }
    }

    func updateLookup(
        _ row: Int64,
        from before: IndexEntry,
        to after: IndexEntry
    ) throws {
        guard before.keys != after.keys else { return }
        for key in after.keys(beyond: before) {
            try statements.lookup.run(db) {
                $0.bind(key.hash)
                $0.bind(row)
            }
        }
        for key in before.keys(beyond: after) {
            try statements.forgetLookup.run(db) {
                $0.bind(key.hash)
                $0.bind(row)
            }
        }
    }

    /// Keeps versions that a write or a merge superseded.
    func keepPast(_ siblings: [Sibling], of key: FieldKey, row: Int64) throws {
        guard !siblings.isEmpty else { return }
        let insert = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO past VALUES (?, ?, ?, ?, ?, ?)"
        )
        for sibling in siblings {
            try insert.execute(arguments: [
                row, Int64(key.number), Data(key.item),
                try interner.number(of: sibling.dot.actor), Int64(sibling.dot.counter),
                Data(try StateCodec.encode(sibling.version, interner)),
            ])
        }
    }

    // MARK: Knowledge and journal

    /// Raises what this replica knows of a space.
    ///
    /// The store's sequence moves with it, so that a token of before does not verify on a copy
    /// whose knowledge went back.
    public func raiseKnowledge(of space: SpaceName, to vector: VersionVector) throws {
        let ledger = try ledger(of: space)
        let current = try reader.knowledge(of: space)
        let beyond = vector.entries(beyond: current)
        for entry in beyond {
            try setKnowledge(ledger.row, try interner.number(of: entry.actor), entry.counter)
        }
        if !beyond.isEmpty, Rule.raisingMovesSequence.holds { _ = nextSequence() }
    }

    func setKnowledge(_ space: Int64, _ actor: Int64, _ counter: UInt64) throws {
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO knowledge(space, actor, counter) VALUES (?, ?, ?)"
        ).execute(arguments: [space, actor, Int64(counter)])
    }

    func recordChange(
        _ actor: Int64,
        _ counter: UInt64,
        _ attribution: Attribution?,
        digest: Data
    ) throws {
        if digest.isEmpty {
            if let latestChange, latestChange == (actor, counter) { return }
            latestChange = (actor, counter)
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO change(actor, counter, time, attribution, digest) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (actor, counter) DO UPDATE SET
                    time = coalesce(change.time, excluded.time),
                    attribution = coalesce(change.attribution, excluded.attribution),
                    digest = CASE WHEN length(change.digest) >= length(excluded.digest)
                        THEN change.digest ELSE excluded.digest END
                """
        ).execute(arguments: [
            actor, Int64(counter), attribution.map { Int64(bitPattern: $0.time.milliseconds) },
            try attribution.map(interner.number(of:)), digest,
        ])
    }

    func recordTouch(_ actor: Int64, _ counter: UInt64, row: Int64, digest: Digest128?) throws {
        try statements.touch.run(db) {
            $0.bind(actor)
            $0.bind(Int64(counter))
            $0.bind(row)
            $0.bind(digest?.bytes)
        }
    }
}

/// The statements that run for each record.
private struct RecordStatements {
    let insert = DirectStatement(
        """
        INSERT INTO record(
            space, uid, kind, sequence, is_hidden, conflicts, collectable, state, digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    )
    let update = DirectStatement(
        """
        UPDATE record SET kind = ?, sequence = ?, is_hidden = ?, conflicts = ?, collectable = ?,
            state = ?, digest = ?
        WHERE id = ?
        """
    )
    let search = DirectStatement(
        "INSERT INTO search(rowid, name, body, sounds) VALUES (?, ?, ?, ?)"
    )
    let forget = DirectStatement(
        "INSERT INTO search(search, rowid, name, body, sounds) VALUES ('delete', ?, ?, ?, ?)"
    )
    let lookup = DirectStatement("INSERT OR IGNORE INTO lookup VALUES (?, ?)")
    let forgetLookup = DirectStatement("DELETE FROM lookup WHERE hash = ? AND record = ?")
    let touch = DirectStatement("INSERT OR IGNORE INTO change_record VALUES (?, ?, ?, ?)")
}
