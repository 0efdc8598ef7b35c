import CausalHistory
import Foundation
import GRDB
import RecordModel

/// Mending counters and chains from what else the file holds.
///
/// Spec: `Protocol/spec/08-storage.md` §8.
extension StoreWriter {
    /// Raises the counters of this replica's own actors to the greatest that its records and journal show:
    /// whatever an own actor wrote was written here.
    ///
    /// - Returns: The spaces whose counter was raised.
    /// - Throws: What the store reports.
    /// - Complexity: O(*n*) in the versions of the records.
    public func mendCounters() throws -> [SpaceName] {
        var mended: [SpaceName] = []
        for space in try reader.spaces() {
            guard let actor = space.actor else { continue }
            let ledger = try ledger(of: space.name)
            let number = try interner.number(of: actor)
            let latest = "SELECT max(counter) FROM change WHERE actor = ?"
            let inJournal = try Int64.fetchOne(db, sql: latest, arguments: [number]) ?? 0
            var greatest = max(UInt64(inJournal), ledger.counter)
            try reader.forEachRecord(space: space.name) { record in
                for dot in record.state.dots where dot.actor == actor {
                    greatest = max(greatest, dot.counter)
                }
                return true
            }
            guard greatest > ledger.counter else { continue }
            try setKnowledge(ledger.row, number, greatest)
            ledger.counter = greatest
            ledger.isChanged = true
            if let head = try wholeDigest(number, greatest) { ledger.head = head }
            mended.append(space.name)
        }
        return mended
    }

    /// Mends the lines of the journal that do not fit the chains of this replica's own actors, from the
    /// versions that they wrote, or from the digests before and after.
    ///
    /// - Returns: How many lines were mended; and the spaces whose chain stays broken.
    /// - Throws: What the store reports.
    /// - Complexity: O(*n*) in the own changes that are not settled.
    public func mendChains() throws -> (mended: Int, broken: [SpaceName]) {
        try flush()
        var mended = 0
        var broken: [SpaceName] = []
        for space in try reader.spaces() {
            guard let actor = space.actor,
                try !reader.chainProblems(of: actor, in: space).isEmpty
            else { continue }
            mended += try mendChain(of: actor, in: space)
            try flush()
            let mendedSpace = try reader.space(space.name)
            if try !reader.chainProblems(of: actor, in: mendedSpace).isEmpty {
                broken.append(space.name)
            }
        }
        return (mended, broken)
    }

    /// Makes lines of the journal that are missing from the versions that their changes wrote.
    ///
    /// - Returns: How many.
    /// - Throws: What the store reports.
    /// - Complexity: O(*n*) in the versions of the records.
    func rebuildJournal() throws -> Int {
        let before = db.totalChangesCount
        let line = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO change VALUES (?, ?, ?, ?, zeroblob(0))"
        )
        let touch = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO change_record VALUES (?, ?, ?, ?)"
        )
        let own = Set(try Int64.fetchAll(db, sql: "SELECT id FROM actor WHERE is_own"))
        let rows = try Int64.fetchAll(db, sql: "SELECT id FROM record")
        for row in rows {
            guard let record = try reader.record(row: row) else { continue }
            var writes: [Dot: [(key: FieldKey, sibling: Sibling)]] = [:]
            for past in try reader.pastVersions(row: row) {
                writes[past.sibling.dot, default: []].append((past.key, past.sibling))
            }
            for entry in record.state.fields {
                for sibling in entry.siblings.siblings {
                    writes[sibling.dot, default: []].append((entry.key, sibling))
                }
            }
            for (dot, written) in writes {
                let actor = try interner.number(of: dot.actor)
                guard let attribution = written.first?.sibling.version.attribution,
                    try !hasLeftJournal(actor, dot.counter)
                else { continue }
                try line.execute(arguments: [
                    actor, Int64(dot.counter), Int64(bitPattern: attribution.time.milliseconds),
                    try interner.number(of: attribution),
                ])
                let digest = RecordChange(uid: record.key.uid, retelling: written).digest
                try touch.execute(arguments: [
                    actor, Int64(dot.counter), row, own.contains(actor) ? digest.data : nil,
                ])
            }
        }
        return db.totalChangesCount - before
    }

    /// Writes again, under a new actor, what own actors wrote and cannot prove any more: nobody else has it, and
    /// nobody would take it without its digest.
    ///
    /// - Parameters:
    ///   - space: A space whose chain is broken; the replica has a new identity already.
    ///   - actor: The actor that wrote there.
    ///   - replica: The number that the replica had.
    ///   - attribution: Who writes it.
    /// - Returns: How many records had such changes.
    /// - Throws: What the store reports.
    @discardableResult
    public func writeUnprovenAgain(
        in space: SpaceName,
        of actor: ActorID,
        replica: [UInt8],
        attribution: Attribution
    ) throws -> Int {
        let ledger = try ledger(of: space)
        let number = try interner.number(of: actor)
        let known = try reader.knowledge(of: space).counter(of: actor)
        var proven: UInt64 = 0
        for stretch in try reader.chains(of: actor, after: 0) where stretch.first <= known {
            proven = min(known, stretch.first + UInt64(stretch.digests.count) - 1)
        }
        guard proven < known else { return 0 }
        if proven > 0 {
            try setKnowledge(ledger.row, number, proven)
        } else {
            try db.execute(
                sql: "DELETE FROM knowledge WHERE space = ? AND actor = ?",
                arguments: [ledger.row, number]
            )
        }
        return try takeOver(from: replica, in: space, attribution: attribution)
    }

    private func wholeDigest(_ actor: Int64, _ counter: UInt64) throws -> Digest128? {
        let sql = "SELECT digest FROM change WHERE actor = ? AND counter = ?"
        return try Data.fetchOne(db, sql: sql, arguments: [actor, Int64(counter)])
            .flatMap { Digest128(bytes: $0) }
    }

    /// Goes along a chain and takes, of each line, what fits its digest.
    ///
    /// Where none is held or none fits, what the line says counts once a later digest, or the chain's head,
    /// follows from it.
    private func mendChain(of actor: ActorID, in space: StoredSpace) throws -> Int {
        let number = try interner.number(of: actor)
        let ledger = try ledger(of: space.name)
        let settled = try reader.forgotten(of: space.name).counter(of: actor)
        var previous = Chain.origin(actor: actor, space: space.name)
        if settled > 0 {
            guard let digest = try wholeDigest(number, settled) else { return 0 }
            previous = digest
        }
        var mended = 0
        var computed: [(counter: UInt64, digest: Digest128)] = []
        func confirm() throws {
            for (counter, digest) in computed {
                try db.execute(
                    sql: "UPDATE change SET digest = ? WHERE actor = ? AND counter = ?",
                    arguments: [digest.data, number, Int64(counter)]
                )
            }
            mended += computed.count
            computed = []
        }
        let last = try reader.knowledge(of: space.name).counter(of: actor)
        guard settled < last else { return 0 }
        for counter in (settled + 1)...last {
            let dot = Dot(actor, counter)
            guard let line = try JournalLine(dot, number, reader) else { return mended }
            if let stored = try wholeDigest(number, counter),
                let version = line.version(after: previous, is: stored)
            {
                try confirm()
                if try write(version, of: dot, number) { mended += 1 }
                previous = stored
            } else {
                previous = line.stored.digest(after: previous, dot)
                computed.append((counter, previous))
            }
        }
        if ledger.head == previous {
            try confirm()
        } else if computed.isEmpty {
            ledger.head = previous
            ledger.isChanged = true
            mended += 1
        }
        return mended
    }

    /// Writes a line of the journal as it was once; false where it is so already.
    private func write(_ version: JournalLine.Version, of dot: Dot, _ actor: Int64) throws -> Bool {
        guard version.isMended else { return false }
        try db.execute(
            sql: "UPDATE change SET time = ?, attribution = ? WHERE actor = ? AND counter = ?",
            arguments: [
                Int64(bitPattern: version.attribution.time.milliseconds),
                try interner.number(of: version.attribution), actor, Int64(dot.counter),
            ]
        )
        for touch in version.touches {
            try db.execute(
                sql: """
                    UPDATE change_record SET digest = ?
                    WHERE actor = ? AND counter = ? AND record = ?
                    """,
                arguments: [touch.digest.data, actor, Int64(dot.counter), touch.row]
            )
        }
        return true
    }
}

/// A line of the journal as it stands, and as the versions that it wrote tell it.
private struct JournalLine {
    struct Touch {
        let row: Int64
        let uid: RecordUID
        let digest: Digest128
    }

    struct Version {
        let attribution: Attribution
        let touches: [Touch]
        var isMended = false

        func digest(after previous: Digest128, _ dot: Dot) -> Digest128 {
            Chain.next(
                after: previous,
                counter: dot.counter,
                attribution: attribution,
                changes: touches.map { ($0.uid, $0.digest) }
            )
        }
    }

    let dot: Dot
    let stored: Version
    private let others: [Version]

    /// Reads a line; nil where it is missing.
    init?(_ dot: Dot, _ actor: Int64, _ reader: StoreReader) throws {
        self.dot = dot
        let arguments: StatementArguments = [actor, Int64(dot.counter)]
        let line = try Row.fetchOne(
            reader.db,
            sql: "SELECT time, attribution FROM change WHERE actor = ? AND counter = ?",
            arguments: arguments
        )
        let rows = try Row.fetchAll(
            reader.db,
            sql: """
                SELECT record.id, record.uid, change_record.digest FROM change_record
                JOIN record ON record.id = change_record.record
                WHERE change_record.actor = ? AND change_record.counter = ?
                """,
            arguments: arguments
        )
        guard let line, let time = line[0] as Int64?, let sort = line[1] as Int64? else {
            return nil
        }
        var stored: [Touch] = []
        var retold: [Touch] = []
        var told: Attribution?
        for row in rows {
            let uid = RecordUID(UInt64(bitPattern: row[1] as Int64))
            let digest = (row[2] as Data?).flatMap { Digest128(bytes: $0) } ?? Digest128(0)
            stored.append(Touch(row: row[0], uid: uid, digest: digest))
            guard let record = try reader.record(row: row[0]) else { continue }
            var writes: [(key: FieldKey, sibling: Sibling)] = []
            func note(_ key: FieldKey, _ sibling: Sibling) {
                guard sibling.dot == dot else { return }
                writes.append((key, sibling))
                told = sibling.version.attribution
            }
            for entry in record.state.fields {
                for sibling in entry.siblings.siblings { note(entry.key, sibling) }
            }
            for past in try reader.pastVersions(row: row[0]) { note(past.key, past.sibling) }
            let change = RecordChange(uid: uid, retelling: writes)
            retold.append(Touch(row: row[0], uid: uid, digest: change.digest))
        }
        stored.sort { $0.uid < $1.uid }
        retold.sort { $0.uid < $1.uid }
        let attribution = try? reader.interner.attribution(
            sort,
            time: HybridTime(milliseconds: UInt64(bitPattern: time))
        )
        guard let attribution = attribution ?? told else { return nil }
        self.stored = Version(attribution: attribution, touches: stored)
        let toldAttribution = told ?? attribution
        others = [
            Version(attribution: toldAttribution, touches: stored, isMended: true),
            Version(attribution: attribution, touches: retold, isMended: true),
            Version(attribution: toldAttribution, touches: retold, isMended: true),
        ]
    }

    /// What the line said when the chain had a digest.
    func version(after previous: Digest128, is digest: Digest128) -> Version? {
        ([stored] + others).first { $0.digest(after: previous, dot) == digest }
    }
}

extension RecordChange {
    /// What one change wrote, told from its versions wherever they are kept.
    fileprivate init(uid: RecordUID, retelling versions: [(key: FieldKey, sibling: Sibling)]) {
        let writes = versions.map { (key: $0.key, content: $0.sibling.version.content) }
        self.init(
            uid: uid,
            writes: writes.sorted {
                $0.key == $1.key ? $0.content < $1.content : $0.key < $1.key
            }
        )
    }
}
