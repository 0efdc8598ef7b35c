import CausalHistory
import Foundation
import GRDB
import RecordModel

/// One record's part as it is stored.
public struct StoredRecord: Sendable {
    /// The row, by which indexes name the record.
    public let row: Int64
    /// Its space and number.
    public let key: RecordKey
    /// Its state.
    public let state: RecordState
    /// Its place in the order of arrival in this store.
    public let sequence: UInt64
    /// The digest of the state when it was written; nil where it was written by an earlier version.
    public let writtenDigest: Digest128?

    /// The digest of the state as it was written.
    /// - Complexity: O(1), but O(*n*) in the bytes of a record that an earlier version wrote.
    var digest: Digest128 { writtenDigest ?? state.digest(uid: key.uid) }

    /// Whether the state is not the one that was written: the disk, or somebody, has changed it.
    /// - Complexity: O(*n*) in the bytes of the record, which are hashed.
    public var isDamaged: Bool {
        writtenDigest.map { $0 != state.digest(uid: key.uid) } ?? false
    }
}

/// A space as this replica holds it.
public struct StoredSpace: Sendable {
    /// The row.
    public let row: Int64
    /// The name.
    public let name: SpaceName
    /// The actor under which this replica writes there, where it has written.
    public let actor: ActorID?
    /// The chain digest of that actor's latest transaction.
    public let head: Digest128?
    /// The fingerprint.
    public let fingerprint: Fingerprint
}

/// Reads a replica's file inside one transaction, on one consistent snapshot.
///
/// It is only valid inside the body that received it.
/// - Returns: The rows, best first.
public struct StoreReader {
    let db: Database
    let store: ReplicaStore
    let interner: Interner

    init(_ db: Database, store: ReplicaStore) {
        self.db = db
        self.store = store
        interner = Interner(db)
    }

    /// The kinds and fields by which records are read.
    public var schema: Schema { store.schema }

    // MARK: Settings

    /// Returns a setting's text, or nil where it was never set.
    public func setting(_ name: String) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM setting WHERE name = ?"),
            arguments: [name]
        )
    }

    /// The number of this database's incarnation, by which peers tell a restored one.
    public var epoch: UInt64 {
        get throws {
            UInt64(bitPattern: try clock("epoch"))
        }
    }

    static let pastEpochsSetting = "past_epochs"

    /// The numbers of this database's earlier incarnations, the latest last.
    public var pastEpochs: [UInt64] {
        get throws {
            try (setting(Self.pastEpochsSetting) ?? "").split(separator: " ")
                .compactMap { RecordUID(hexadecimal: String($0))?.value }
        }
    }

    /// The place of the latest write in the order of this store.
    public var sequence: UInt64 {
        get throws { UInt64(try clock("sequence")) }
    }

    /// The latest hybrid time in this store.
    public var latestTime: HybridTime {
        get throws {
            HybridTime(milliseconds: UInt64(bitPattern: try clock("latest_time")))
        }
    }

    /// The place of the latest write and the latest hybrid time, in one look.
    var latest: (sequence: UInt64, time: HybridTime) {
        get throws {
            let sql = "SELECT sequence, latest_time FROM clock"
            guard let row = try Row.fetchOne(db.cachedStatement(sql: sql)) else {
                return (0, .zero)
            }
            let time = HybridTime(milliseconds: UInt64(bitPattern: row[1] as Int64))
            return (UInt64(row[0] as Int64), time)
        }
    }

    private func clock(_ column: String) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT \(column) FROM clock")) ?? 0
    }

    // MARK: Spaces and actors

    /// The spaces, by name.
    public func spaces() throws -> [StoredSpace] {
        let sql = "SELECT id, name, actor, head, fingerprint FROM space ORDER BY name"
        return try Row.fetchAll(db.cachedStatement(sql: sql)).map(storedSpace)
    }

    /// Returns a space.
    /// - Throws: `StoreError.unknownSpace`.
    public func space(_ name: SpaceName) throws -> StoredSpace {
        let select = try db.cachedStatement(
            sql: "SELECT id, name, actor, head, fingerprint FROM space WHERE name = ?"
        )
        guard let row = try Row.fetchOne(select, arguments: [name.text]) else {
            throw StoreError.unknownSpace(name.text)
        }
        return try storedSpace(row)
    }

    private func storedSpace(_ row: Row) throws -> StoredSpace {
        let actor: Int64? = row[2]
        let head: Data? = row[3]
        let sum = Digest128(bytes: row[4] as Data)
        guard let name = SpaceName(row[1] as String), let sum else {
            throw StoreError.damaged(detail: "a space's row is malformed")
        }
        return StoredSpace(
            row: row[0],
            name: name,
            actor: try actor.map(interner.actor),
            head: head.flatMap { Digest128(bytes: $0) },
            fingerprint: Fingerprint(sum: sum.value)
        )
    }

    /// The dots that this replica holds or has seen superseded in a space.
    public func knowledge(of space: SpaceName) throws -> VersionVector {
        let row = try self.space(space).row
        let select = try db.cachedStatement(
            sql: "SELECT actor, counter FROM knowledge WHERE space = ?"
        )
        let entries = try Row.fetchAll(select, arguments: [row]).map { row in
            VersionVector.Entry(
                actor: try interner.actor(row[0]),
                counter: UInt64(row[1] as Int64)
            )
        }
        return VersionVector(entries)
    }

    /// Returns the desk whose actor this is, or nil where nobody has introduced it.
    public func desk(of actor: ActorID) throws -> String? {
        let select = try db.cachedStatement(sql: "SELECT desk FROM actor WHERE uuid = ?")
        return try Row.fetchOne(select, arguments: [actor.data])?[0]
    }

    // MARK: Records

    private static let recordColumns = "id, space, uid, kind, sequence, state, digest"
    private static let selectRecord = """
        SELECT \(recordColumns) FROM record
        WHERE uid = ? AND space = (SELECT id FROM space WHERE name = ?)
        """

    private static let selectRow = "SELECT \(recordColumns) FROM record WHERE id = ?"
    private static let selectParts = "SELECT \(recordColumns) FROM record WHERE uid = ?"

    func stored(_ row: Row) throws -> StoredRecord {
        let state = try row.withUnsafeData(atIndex: 5) { $0.map { [UInt8]($0) } ?? [] }
        return try stored(
            row: row[0],
            space: row[1],
            uid: row[2],
            kind: row[3],
            sequence: row[4],
            state: state,
            digest: try row.withUnsafeData(atIndex: 6) { $0.flatMap { Digest128(bytes: $0) } }
        )
    }

    private func stored(_ columns: DirectQuery.Columns) throws -> StoredRecord {
        try stored(
            row: columns.number(0),
            space: columns.number(1),
            uid: columns.number(2),
            kind: columns.number(3),
            sequence: columns.number(4),
            state: columns.bytes(5) ?? [],
            digest: columns.bytes(6).flatMap { Digest128(bytes: $0) }
        )
    }

    private func stored(
        row: Int64,
        space: Int64,
        uid: Int64,
        kind: Int64,
        sequence: Int64,
        state: [UInt8],
        digest: Digest128?
    ) throws -> StoredRecord {
        let state = try StateCodec.decode(
            state,
            kind: UInt32(truncatingIfNeeded: kind),
            interner
        )
        let uid = RecordUID(UInt64(bitPattern: uid))
        return StoredRecord(
            row: row,
            key: RecordKey(space: try interner.space(space), uid: uid),
            state: state,
            sequence: UInt64(bitPattern: sequence),
            writtenDigest: digest
        )
    }

    /// Returns a record's part in a space, or nil where there is none.
    public func record(_ key: RecordKey) throws -> StoredRecord? {
        var found: StoredRecord?
        try DirectQuery.forEach(
            Self.selectRecord,
            in: db,
            bind: {
                $0.bind(Int64(bitPattern: key.uid.value))
                $0.bind(key.space.text)
            },
            { columns in
                found = try stored(columns)
                return false
            }
        )
        return found
    }

    /// Returns all parts of a record that this replica holds, by space.
    public func parts(of uid: RecordUID) throws -> [StoredRecord] {
        var parts: [StoredRecord] = []
        let uid = Int64(bitPattern: uid.value)
        try DirectQuery.forEach(Self.selectParts, [uid], in: db) { columns in
            parts.append(try stored(columns))
            return true
        }
        return parts.count < 2 ? parts : parts.sorted { $0.key < $1.key }
    }

    /// Returns the record's part in a row, or nil where there is none.
    public func record(row: Int64) throws -> StoredRecord? {
        try DirectQuery.first(Self.selectRow, [row], in: db, stored)
    }

    /// Calls a body with each record's part, in the order of arrival, hidden ones included.
    ///
    /// - Parameters:
    ///   - kind: Only this kind; nil for all.
    ///   - space: Only this space; nil for all.
    ///   - sequence: Only what arrived after it.
    ///   - body: Returns whether to go on.
    /// - Throws: What the body throws; `StoreError.unknownSpace`; what the store reports.
    /// - Complexity: O(*n*) in the records visited; one is in memory at a time.
    public func forEachRecord(
        kind: UInt32? = nil,
        space: SpaceName? = nil,
        after sequence: UInt64 = 0,
        _ body: (StoredRecord) throws -> Bool
    ) throws {
        var conditions: [String] = []
        var arguments: [Int64] = []
        var order = "id"
        if let space {
            conditions.append("space = ? AND sequence > ?")
            arguments += [try self.space(space).row, Int64(sequence)]
            order = "sequence"
        }
        if let kind {
            conditions.append("kind = ?")
            arguments += [Int64(kind)]
            // An index holds these alone, and wants to be asked so.
            if kind >= StoreFormat.leastDecisionKind {
                conditions.append(StoreFormat.decisionKinds)
            }
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let sql = "SELECT \(Self.recordColumns) FROM record \(filter) ORDER BY \(order)"
        // The body may visit records itself.
        try DirectQuery.forEach(sql, arguments, in: db, isKept: false) { columns in
            try body(try stored(columns))
        }
    }

    /// The records' parts that hold a conflict for a person, by row.
    public func conflictedRecords() throws -> [StoredRecord] {
        let sql = "SELECT \(Self.recordColumns) FROM record WHERE conflicts > 0 ORDER BY id"
        return try Row.fetchAll(db, sql: sql).map(stored)
    }

    /// The number of conflicts for a person, in the given spaces or in all.
    public func conflictCount(in spaces: [SpaceName]? = nil) throws -> Int {
        guard let spaces else {
            return try Int.fetchOne(
                db,
                sql: "SELECT total(conflicts) FROM record WHERE conflicts > 0"
            ) ?? 0
        }
        let select = try db.cachedStatement(sql: Self.conflictsInSpace)
        return try spaces.reduce(0) { sum, name in
            sum + (try Int.fetchOne(select, arguments: [name.text]) ?? 0)
        }
    }

    /// The plus keeps SQLite from the index by space, which would read every record of it.
    static let conflictsInSpace = """
        SELECT total(conflicts) FROM record WHERE conflicts > 0
        AND +space = (SELECT id FROM space WHERE name = ?)
        """

    /// The number of visible records in a space.
    public func recordCount(in space: SpaceName) throws -> Int {
        let sql = """
            SELECT count(*) FROM record WHERE is_hidden = 0
            AND space = (SELECT id FROM space WHERE name = ?)
            """
        return try Int.fetchOne(db, sql: sql, arguments: [space.text]) ?? 0
    }

    /// The number of distinct visible records, parts counted once.
    public func recordCount() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(DISTINCT uid) FROM record WHERE is_hidden = 0") ?? 0
    }

    // MARK: Finding

    /// Returns the rows of records that an identifier may name, by any of its scheme's keys.
    ///
    /// The index holds hashes, so that the caller must compare the record itself.
    public func candidates(for identifier: LookupKey) throws -> [Int64] {
        var rows: [Int64] = []
        let sql = "SELECT record FROM lookup WHERE hash = ?"
        try DirectQuery.forEach(sql, [identifier.hash], in: db) { columns in
            rows.append(columns.number(0))
            return true
        }
        return rows
    }

    // MARK: Peers' tokens

    /// Returns whether this store gave out a token: its epoch, and the nonce it put beside the
    /// sequence.
    public func verifies(sequence: UInt64, nonce: UInt64, epoch: UInt64) throws -> Bool {
        if !Rule.tokenIsOfThisStore.holds { return true }
        guard epoch == (try self.epoch), let key = Int64(exactly: sequence) else { return false }
        if !Rule.numberBesideSequence.holds { return try sequence <= self.sequence }
        let sql = "SELECT nonce FROM nonce WHERE sequence = ?"
        return try Int64.fetchOne(db, sql: sql, arguments: [key]) == Int64(bitPattern: nonce)
    }
}
