import CausalHistory
import Foundation
import GRDB
import RecordModel

/// A transaction as the journal has it.
public struct StoredChange: Sendable {
    /// The event.
    public let dot: Dot
    /// Who made it, when and why; nil where only its digest has arrived.
    public let attribution: Attribution?
    /// The first 4 bytes of its chain digest; nil where that has not arrived.
    public let digest: UInt32?
    /// The rows of the records that it wrote.
    public let rows: [Int64]
}

/// A superseded version with its place.
public struct PastVersion: Sendable {
    /// The field or item.
    public let key: FieldKey
    /// The version.
    public let sibling: Sibling
}

/// An import as the replica remembers it.
public struct StoredImportRun: Sendable {
    /// Its name.
    public let run: String
    /// When it began.
    public let started: HybridTime
    /// The files, as they were named.
    public let files: String
    /// What it came to, as JSON; nil where it has not ended.
    public let summary: String?

    /// Creates an import.
    public init(run: String, started: HybridTime, files: String, summary: String?) {
        self.run = run
        self.started = started
        self.files = files
        self.summary = summary
    }
}

extension StoreReader {
    private static let changeColumns = "change.actor, counter, time, attribution, digest"

    private func storedChange(_ row: Row) throws -> StoredChange {
        let actor: Int64 = row[0]
        let counter: Int64 = row[1]
        let time: Int64? = row[2]
        let sort: Int64? = row[3]
        let digest: Data = row[4]
        var attribution: Attribution?
        if let time, let sort {
            attribution = try interner.attribution(
                sort,
                time: HybridTime(milliseconds: UInt64(bitPattern: time))
            )
        }
        let select = try db.cachedStatement(
            sql: "SELECT record FROM change_record WHERE actor = ? AND counter = ?"
        )
        return StoredChange(
            dot: Dot(try interner.actor(actor), UInt64(counter)),
            attribution: attribution,
            digest: Self.short(digest),
            rows: try Int64.fetchAll(select, arguments: [actor, counter])
        )
    }

    private static func short(_ digest: Data) -> UInt32? {
        digest.count < 4 ? nil : digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Returns the name of a change, or nil where its digest has not arrived.
    public func changeID(of dot: Dot) throws -> ChangeID? {
        guard let actor = try interner.existingNumber(of: dot.actor) else { return nil }
        let select = try db.cachedStatement(
            sql: "SELECT digest FROM change WHERE actor = ? AND counter = ?"
        )
        let digest = try Data.fetchOne(select, arguments: [actor, Int64(dot.counter)])
        return digest.flatMap(Self.short).map { ChangeID(dot: dot, digest: $0) }
    }

    /// Returns the changes whose digest begins with hexadecimal digits, oldest first.
    /// - Complexity: O(*n*) in the number of changes.
    public func changes(digestPrefix: String) throws -> [StoredChange] {
        let digits = digestPrefix.lowercased()
        guard !digits.isEmpty, digits.utf8.count <= 8, digits.allSatisfy(\.isHexDigit) else {
            return []
        }
        let sql = """
            SELECT \(Self.changeColumns) FROM change
            WHERE length(digest) >= 4 AND lower(hex(substr(digest, 1, 4))) GLOB ?
            ORDER BY time
            """
        return try Row.fetchAll(db, sql: sql, arguments: [digits + "*"]).map(storedChange)
    }

    /// Returns the changes of one hybrid time: the parts of what a person did at once, where they
    /// are of one replica.
    public func changes(at time: HybridTime) throws -> [StoredChange] {
        let sql = """
            SELECT \(Self.changeColumns) FROM change WHERE time = ? ORDER BY actor, counter
            """
        return try Row.fetchAll(
            db,
            sql: sql,
            arguments: [Int64(bitPattern: time.milliseconds)]
        ).map(storedChange)
    }

    /// Returns the changes made for a reason with a note, newest first.
    public func changes(for reason: ChangeReason, note: String) throws -> [StoredChange] {
        let sql = """
            SELECT \(Self.changeColumns) FROM change
            WHERE attribution IN (SELECT id FROM attribution WHERE reason = ? AND note = ?)
            ORDER BY time DESC, actor, counter DESC
            """
        return try Row.fetchAll(db, sql: sql, arguments: [Int(reason.rawValue), note])
            .map(storedChange)
    }

    /// Returns the rows of the records in which headquarters took something back.
    /// - Complexity: O(1) where it never did; else O(*n*) in the number of changes.
    public func refusedRows() throws -> [Int64] {
        let sorts = try Int64.fetchAll(
            db,
            sql: "SELECT id FROM attribution WHERE reason = ?",
            arguments: [Int(ChangeReason.refusal.rawValue)]
        )
        if sorts.isEmpty { return [] }
        let places = sorts.map { _ in "?" }.joined(separator: ", ")
        let sql = """
            SELECT DISTINCT change_record.record FROM change JOIN change_record
                ON change_record.actor = change.actor AND change_record.counter = change.counter
            WHERE change.attribution IN (\(places)) ORDER BY change_record.record
            """
        return try Int64.fetchAll(db, sql: sql, arguments: StatementArguments(sorts))
    }

    /// Calls a body with the changes since a time, newest first.
    ///
    /// - Parameters:
    ///   - since: The earliest time; nil for all.
    ///   - body: Returns whether to go on.
    /// - Throws: What the body throws; what the store reports.
    public func forEachChange(
        since: HybridTime?,
        _ body: (StoredChange) throws -> Bool
    ) throws {
        let sql = """
            SELECT \(Self.changeColumns) FROM change WHERE time >= ?
            ORDER BY time DESC, change.actor, counter DESC
            """
        let least = Int64(bitPattern: since?.milliseconds ?? 0)
        let cursor = try Row.fetchCursor(db, sql: sql, arguments: [least])
        while let row = try cursor.next() {
            guard try body(try storedChange(row)) else { return }
        }
    }

    /// Returns the superseded versions of a record's part that are kept here.
    public func pastVersions(row: Int64) throws -> [PastVersion] {
        let select = try db.cachedStatement(
            sql: "SELECT number, item, actor, counter, cell FROM past WHERE record = ?"
        )
        return try Row.fetchAll(select, arguments: [row]).map(pastVersion)
    }

    /// Returns the superseded versions of a field or item that are kept here.
    public func pastVersions(of key: FieldKey, row: Int64) throws -> [Sibling] {
        let select = try db.cachedStatement(
            sql: """
                SELECT number, item, actor, counter, cell FROM past
                WHERE record = ? AND number = ? AND item = ?
                """
        )
        return try Row.fetchAll(
            select,
            arguments: [row, Int64(key.number), Data(key.item)]
        ).map { try pastVersion($0).sibling }
    }

    private func pastVersion(_ row: Row) throws -> PastVersion {
        let number: Int64 = row[0]
        guard let number = UInt32(exactly: number) else {
            throw StoreError.damaged(detail: "a past version names no field")
        }
        let item: Data = row[1]
        let counter: Int64 = row[3]
        let cell: Data = row[4]
        let dot = Dot(try interner.actor(row[2]), UInt64(counter))
        return PastVersion(
            key: FieldKey(number, item: [UInt8](item)),
            sibling: Sibling(
                dot: dot,
                version: try StateCodec.decodeCell([UInt8](cell), interner)
            )
        )
    }

    /// Returns a record's part as it stood once everything up to a time was known: of all versions
    /// that are kept here the ones that no other replaces.
    public func record(_ record: StoredRecord, at time: HybridTime) throws -> StoredRecord {
        var versions: [FieldKey: [Sibling]] = [:]
        for entry in record.state.fields { versions[entry.key] = entry.siblings.siblings }
        for past in try pastVersions(row: record.row) {
            versions[past.key, default: []].append(past.sibling)
        }
        let fields = versions.compactMap { key, siblings -> FieldEntry? in
            let known = siblings.filter { $0.version.attribution.time <= time }
            let replaced = Set(known.flatMap(\.version.parents))
            let live = known.filter { !replaced.contains($0.dot) }
            return live.isEmpty ? nil : FieldEntry(key: key, siblings: SiblingSet(live))
        }
        let state = RecordState(
            kind: record.state.kind,
            fields: fields.sorted { $0.key < $1.key },
            context: record.state.context,
            erasure: record.state.erasure
        )
        return StoredRecord(
            row: record.row,
            key: record.key,
            state: state,
            sequence: record.sequence,
            writtenDigest: nil
        )
    }

    /// Returns an import, or nil where none has the name.
    public func importRun(_ run: String) throws -> StoredImportRun? {
        let sql = "SELECT run, started, files, summary FROM import_run WHERE run = ?"
        return try Row.fetchOne(db, sql: sql, arguments: [run]).map { row in
            let started: Int64 = row[1]
            return StoredImportRun(
                run: row[0],
                started: HybridTime(milliseconds: UInt64(bitPattern: started)),
                files: row[2],
                summary: row[3]
            )
        }
    }
}

/// The latest change that this store has of one writer.
public struct LatestChange: Sendable {
    /// The code of the writer's desk.
    public let desk: String
    /// The space in which the writer writes; nil where that is not known.
    public let space: SpaceName?
    /// Whether the writer is this replica, or was before it was restored.
    public let isOwn: Bool
    /// When it was made; nil where none has arrived.
    public let time: HybridTime?
}

extension StoreReader {
    /// Returns the latest change of each writer that somebody introduced.
    /// - Complexity: O(*a* log *n*) in the number of writers and of changes.
    public func latestChanges() throws -> [LatestChange] {
        let select = try db.cachedStatement(
            sql: """
                SELECT time FROM change WHERE actor = ? AND time IS NOT NULL
                ORDER BY counter DESC LIMIT 1
                """
        )
        let actors = try Row.fetchAll(
            db,
            sql: """
                SELECT actor.id, desk, space.name, is_own FROM actor
                LEFT JOIN space ON space.id = actor.space WHERE desk IS NOT NULL ORDER BY desk
                """
        )
        return try actors.map { row in
            let time = try Int64.fetchOne(select, arguments: [row[0] as Int64])
            return LatestChange(
                desk: row[1],
                space: (row[2] as String?).flatMap { SpaceName($0) },
                isOwn: row[3],
                time: time.map { HybridTime(milliseconds: UInt64(bitPattern: $0)) }
            )
        }
    }
}
