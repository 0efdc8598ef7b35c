import CausalHistory
import Foundation
import GRDB
import RecordModel

/// What taking in one record's delta did.
public enum MergeOutcome: Hashable, Sendable {
    /// Everything was known already.
    case unchanged
    /// The record changed; the count is of the conflicts it has more than before.
    case merged(newConflicts: Int)
    /// The store lacks the record and the delta is not the whole of it.
    case needed
    /// The store lacks the record because it was dropped as settled: all its dots are known.
    case known
}

extension StoreWriter {
    /// Joins what a peer sent of one record.
    ///
    /// Spec: `Protocol/spec/03-merge.md` §3 and §4.
    public func merge(
        _ delta: RecordDelta,
        into space: SpaceName,
        from knowledge: VersionVector = VersionVector()
    ) throws -> MergeOutcome {
        try merge([delta], into: space, from: knowledge)[0]
    }

    /// Joins what a peer sent of several records, one after the other.
    ///
    /// - Parameters:
    ///   - deltas: The records.
    ///   - space: Their space.
    ///   - knowledge: What the sender knows.
    ///   - tellsAll: Whether the sender tells a store that returns late of all its records: then what it
    ///     knows counts as seen in each of them.
    ///   - asked: Records that were asked for whole, and are taken though all their changes are known.
    /// - Returns: What became of each.
    /// - Throws: What the database reports.
    public func merge(
        _ deltas: [RecordDelta],
        into space: SpaceName,
        from knowledge: VersionVector,
        tellsAll: Bool = false,
        asked: Set<RecordUID> = []
    ) throws -> [MergeOutcome] {
        if deltas.isEmpty { return [] }
        let ledger = try ledger(of: space)
        let forgotten = try reader.forgotten(of: space)
        // Who knows all that is forgotten here has seen it too; a newcomer has not.
        let hasSeen = knowledge.covers(forgotten)
        let seen = tellsAll ? knowledge : hasSeen ? forgotten : VersionVector()
        var outcomes: [MergeOutcome] = []
        outcomes.reserveCapacity(deltas.count)
        var batch: [DeltaInHand] = []
        var uids: Set<RecordUID> = []
        for delta in deltas {
            // A second delta of a record stands on what the first made of it.
            if batch.count == Self.batchSize || !uids.insert(delta.uid).inserted {
                outcomes += try join(batch, ledger, forgotten: forgotten, seen: seen)
                batch = []
                uids = [delta.uid]
            }
            let old = try reader.record(RecordKey(space: space, uid: delta.uid))
            try intern(delta)
            let isKnown =
                try old == nil && !asked.contains(delta.uid)
                && delta.isCovered(by: knowledgeCache(of: space))
            batch.append(DeltaInHand(delta: delta, old: old, isKnown: isKnown))
        }
        outcomes += try join(batch, ledger, forgotten: forgotten, seen: seen)
        return outcomes
    }

    /// Gives numbers to those who wrote a delta; an attribution is a function of the dot, nearly
    /// always, and the rest is found where it is missed.
    private func intern(_ delta: RecordDelta) throws {
        var latest: Dot?
        for entry in delta.fields {
            for sibling in entry.siblings.siblings where sibling.dot != latest {
                _ = try interner.number(of: sibling.dot.actor)
                _ = try interner.number(of: sibling.version.attribution)
                latest = sibling.dot
            }
        }
        for entry in delta.context.entries { _ = try interner.number(of: entry.actor) }
        if let erasure = delta.erasure {
            _ = try interner.number(of: erasure.dot.actor)
            _ = try interner.number(of: erasure.attribution)
        }
    }

    private func join(
        _ batch: [DeltaInHand],
        _ ledger: SpaceLedger,
        forgotten: VersionVector,
        seen: VersionVector
    ) throws -> [MergeOutcome] {
        let numbers = interner.table
        let joined: [JoinedDelta]
        do {
            joined = try concurrentMap(batch) { [indexing] in
                try JoinedDelta($0, forgotten: forgotten, seen: seen, indexing, numbers)
            }
        } catch is UnknownNumber {
            joined = try batch.map {
                try JoinedDelta($0, forgotten: forgotten, seen: seen, indexing, interner)
            }
        }
        return try zip(batch, joined).map { try keep($0, $1, ledger) }
    }

    private func keep(
        _ hand: DeltaInHand,
        _ joined: JoinedDelta,
        _ ledger: SpaceLedger
    ) throws -> MergeOutcome {
        switch joined {
        case .known: return .known
        case .needed: return .needed
        case .unchanged(let old):
            try keepBases(hand.delta.bases, row: old.row, live: old.state)
            try recountConflicts(of: old.state, row: old.row)
            return .unchanged
        case .changed(let record):
            return try keep(hand.delta, record, replacing: hand.old, row: hand.old?.row, ledger)
        case .mended(let damaged, let record):
            try setAside(damaged, ledger)
            return try keep(hand.delta, record, replacing: nil, row: damaged.row, ledger)
        }
    }

    private func keep(
        _ delta: RecordDelta,
        _ record: PreparedRecord,
        replacing old: StoredRecord?,
        row: Int64?,
        _ ledger: SpaceLedger
    ) throws -> MergeOutcome {
        let state = record.state
        let row = try put(record, uid: delta.uid, replacing: row, in: ledger)
        if state.erasure == nil {
            if let old { try keepSuperseded(of: old.state, by: state, row: row) }
            try keepBases(delta.bases, row: row, live: state)
        }
        try journal(delta, row: row)
        let before = try old.map { try conflictCount(of: $0.state, row: row) } ?? 0
        let after = try recountConflicts(of: state, row: row)
        return .merged(newConflicts: max(0, after - before))
    }

    /// Counts a record's conflicts once what its versions replaced is kept: texts that merge over
    /// their base are none.
    /// - Returns: The count, which the record's row has from now on.
    @discardableResult
    func recountConflicts(of state: RecordState, row: Int64) throws -> Int {
        if state.isPlain { return 0 }
        let count = try conflictCount(of: state, row: row)
        if count != indexing.conflictCount(of: state) {
            try db.cachedStatement(sql: "UPDATE record SET conflicts = ? WHERE id = ?")
                .execute(arguments: [count, row])
        }
        return count
    }

    private func conflictCount(of state: RecordState, row: Int64) throws -> Int {
        if state.isPlain { return 0 }
        var failure: (any Error)?
        let count = indexing.conflictCount(of: state) { key, dot in
            do {
                return try reader.pastVersions(of: key, dot: dot, row: row).first?.version.content
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return count
    }

    private func knowledgeCache(of space: SpaceName) throws -> VersionVector {
        if let cached = knowledgeAtStart[space] { return cached }
        let knowledge = try reader.knowledge(of: space)
        knowledgeAtStart[space] = knowledge
        return knowledge
    }

    private func keepSuperseded(
        of old: RecordState,
        by new: RecordState,
        row: Int64
    ) throws {
        // Both are in the order of their keys, and most fields are the same.
        var index = 0
        for entry in old.fields {
            while index < new.fields.count, new.fields[index].key < entry.key { index += 1 }
            let isHeld = index < new.fields.count && new.fields[index].key == entry.key
            let live = isHeld ? new.fields[index].siblings : SiblingSet()
            if live == entry.siblings { continue }
            try keepPast(
                entry.siblings.siblings.filter { !live.siblings.contains($0) },
                of: entry.key,
                row: row
            )
        }
    }

    private func keepBases(_ bases: [BaseCell], row: Int64, live: RecordState) throws {
        for base in bases where !live.siblings(of: base.key).contains(base.sibling) {
            try keepPast([base.sibling], of: base.key, row: row)
        }
    }

    private func journal(_ delta: RecordDelta, row: Int64) throws {
        // Most records come from one change or a few.
        var seen: [Dot] = []
        func note(_ dot: Dot, _ attribution: Attribution) throws {
            if seen.contains(dot) { return }
            seen.append(dot)
            let actor = try interner.number(of: dot.actor)
            observe(attribution.time)
            if try hasLeftJournal(actor, dot.counter) { return }
            try recordChange(actor, dot.counter, attribution, digest: Data())
            try recordTouch(actor, dot.counter, row: row, digest: nil)
        }
        for entry in delta.fields {
            for sibling in entry.siblings.siblings {
                try note(sibling.dot, sibling.version.attribution)
            }
        }
        if let erasure = delta.erasure { try note(erasure.dot, erasure.attribution) }
    }

    // MARK: Chains

    /// Keeps a chain's digest of 4 bytes at a counter where this store has none.
    public func keepChain(actor: ActorID, counter: UInt64, digest: UInt32) throws {
        var writer = ByteWriter(capacity: 4)
        writer.bigEndian(digest)
        try keepChain(actor, counter, Data(writer.bytes))
    }

    /// Keeps a whole chain digest at a counter where this store has none or only 4 bytes.
    public func keepChain(actor: ActorID, counter: UInt64, head: Digest128) throws {
        try keepChain(actor, counter, head.data)
    }

    private func keepChain(_ actor: ActorID, _ counter: UInt64, _ digest: Data) throws {
        let number = try interner.number(of: actor)
        if try hasLeftJournal(number, counter) { return }
        try recordChange(number, counter, nil, digest: digest)
    }

    /// Keeps what a peer said of an actor: whose it is.
    public func introduce(
        actor: ActorID,
        space: SpaceName,
        replica: [UInt8],
        desk: String,
        publicKey: [UInt8],
        signature: [UInt8],
        branch: BranchOrigin? = nil
    ) throws {
        let number = try interner.number(of: actor)
        try db.cachedStatement(
            sql: """
                UPDATE actor SET space = ?, replica = ?, desk = ?, public_key = ?, signature = ?,
                    root = ?, branch = ?
                WHERE id = ? AND signature IS NULL
                """
        ).execute(arguments: [
            try ledger(of: space).row, Data(replica), desk, Data(publicKey), Data(signature),
            branch?.root.data, branch.map { Int64($0.digest) }, number,
        ])
    }
}

extension StoreWriter {
    /// The fingerprint of a space as this transaction has left it.
    public func fingerprint(of space: SpaceName) throws -> Fingerprint {
        try ledger(of: space).fingerprint
    }

    /// The greatest sequence of a record in a space, 0 for none.
    public func recordSequence(in space: SpaceName) throws -> UInt64 {
        let select = try db.cachedStatement(sql: "SELECT max(sequence) FROM record WHERE space = ?")
        return UInt64(
            try Int64.fetchOne(select, arguments: [try ledger(of: space).row]) ?? 0
        )
    }

    /// Gives a space another name, before anything of it has left this machine.
    ///
    /// The chain begins with the space's name, so it is computed anew.
    public func rename(space: SpaceName, to name: SpaceName) throws {
        let stored = try reader.space(space)
        try db.execute(
            sql: "UPDATE space SET name = ? WHERE id = ?",
            arguments: [name.text, stored.row]
        )
        interner.forgetSpaces()
        guard let actor = stored.actor else { return }
        let number = try interner.number(of: actor)
        var head = Chain.origin(actor: actor, space: name)
        let select =
            "SELECT counter, time, attribution FROM change WHERE actor = ? ORDER BY counter"
        for row in try Row.fetchAll(db, sql: select, arguments: [number]) {
            let counter: Int64 = row[0]
            let time = HybridTime(milliseconds: UInt64(bitPattern: row[1] as Int64))
            let changes = try Row.fetchAll(
                db,
                sql: """
                    SELECT record.uid, change_record.digest FROM change_record
                    JOIN record ON record.id = change_record.record
                    WHERE change_record.actor = ? AND change_record.counter = ?
                    """,
                arguments: [number, counter]
            ).map { row in
                (
                    uid: RecordUID(UInt64(bitPattern: row[0] as Int64)),
                    digest: Digest128(bytes: row[1] as Data) ?? Digest128(0)
                )
            }
            head = Chain.next(
                after: head,
                counter: UInt64(counter),
                attribution: try interner.attribution(row[2], time: time),
                changes: changes.sorted { $0.uid < $1.uid }
            )
            try db.execute(
                sql: "UPDATE change SET digest = ? WHERE actor = ? AND counter = ?",
                arguments: [head.data, number, counter]
            )
        }
        try db.execute(
            sql: "UPDATE space SET head = ? WHERE id = ?",
            arguments: [head.data, stored.row]
        )
    }
}

/// A delta with what it meets.
private struct DeltaInHand: Sendable {
    let delta: RecordDelta
    /// The record as it is stored, perhaps damaged.
    let old: StoredRecord?
    /// Whether the store lacks the record and knows all its dots.
    let isKnown: Bool
}

/// What a delta makes of its record: a function of the record as it was.
private enum JoinedDelta: Sendable {
    case known
    case needed
    case unchanged(StoredRecord)
    case changed(PreparedRecord)
    /// What the peer holds is better than what the disk has made of the record.
    case mended(StoredRecord, PreparedRecord)

    init(
        _ hand: DeltaInHand,
        forgotten: VersionVector,
        seen: VersionVector,
        _ indexing: RecordIndexing,
        _ numbers: some Interning
    ) throws {
        let damaged = hand.old.flatMap { $0.isDamaged ? $0 : nil }
        let old = damaged == nil ? hand.old : nil
        let delta = hand.delta
        if damaged != nil, !delta.isComplete, delta.erasure == nil {
            self = .needed
            return
        }
        if old == nil {
            if hand.isKnown, Rule.droppedStaysKnown.holds {
                self = .known
                return
            }
            if !delta.isComplete, Rule.wholeBeforeParts.holds {
                self = .needed
                return
            }
        }
        var state = old?.state ?? RecordState(kind: delta.kind)
        // To have dropped a hidden record is not to have seen its versions superseded: a record that
        // is not held joins with the empty context.
        let isHeld = old != nil || !Rule.emptyContextWhereNotHeld.holds
        let counts = isHeld && Rule.forgottenCountsAsSeen.holds
        state.join(
            delta,
            forgotten: counts ? forgotten : VersionVector(),
            theirForgotten: counts ? seen : VersionVector()
        )
        if let old, old.state == state {
            self = .unchanged(old)
            return
        }
        let record = try PreparedRecord(state, uid: delta.uid, replacing: old, indexing, numbers)
        self = damaged.map { .mended($0, record) } ?? .changed(record)
    }
}
