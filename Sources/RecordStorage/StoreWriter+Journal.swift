import CausalHistory
import Foundation
import GRDB
import RecordModel

/// What left the journal.
public struct JournalReport: Hashable, Sendable {
    /// How many changes went.
    public var changes = 0
    /// How many superseded versions went.
    public var versions = 0
    /// Whether there is more to take out than one transaction takes.
    public var isPartial = false

    /// Creates the report of nothing.
    public init() {}

    /// Adds what another transaction took out.
    public mutating func add(_ other: JournalReport) {
        changes += other.changes
        versions += other.versions
        isPartial = other.isPartial
    }
}

/// Taking out of the journal what is settled and old.
///
/// A change is settled where the stable cut covers it: every active replica has it, and headquarters too.
/// What stays of it for good is 4 bytes of its digest (`ChainBlocks`), by which histories are told apart.
///
/// Spec: `Protocol/spec/08-storage.md` §7.
extension StoreWriter {
    /// How many changes leave the journal in one transaction at most, so that nobody waits for long.
    private static let changesAtATime = 4_000

    /// Takes the next changes out of the journal that are settled and older than a time, with the versions
    /// that they replaced.
    ///
    /// Of each actor the latest such change stays, from which its chain goes on. Of a field stays what a
    /// conflict stands on, and what the last import wrote.
    ///
    /// - Parameters:
    ///   - limit: Only what was made before it.
    ///   - keep: Is given what leaves before it leaves, and throws where that must not be.
    /// - Returns: What left.
    /// - Throws: What the body throws; what the store reports.
    /// - Complexity: O(*a* log *n*) in the actors and changes, and O(*m*) in the changes that are older
    ///   than the limit.
    @discardableResult
    public func compactJournal(
        before limit: HybridTime,
        keep: (SettledHistory) throws -> Void = { _ in }
    ) throws -> JournalReport {
        var report = JournalReport()
        var history = SettledHistory()
        let floors = try settledFloors(before: limit)
        var rows: Set<Int64> = []
        var ends: [(actor: Int64, last: Int64)] = []
        for (actor, floor) in floors.sorted(by: { $0.key < $1.key }) {
            let room = Self.changesAtATime - history.changes.count
            guard room > 0 else {
                report.isPartial = true
                break
            }
            let changes = try settledChanges(of: actor, below: floor, atMost: room)
            guard let last = changes.last else { continue }
            if changes.count == room { report.isPartial = true }
            ends.append((actor, last.counter))
            history.changes += changes.map(\.change)
            rows.formUnion(changes.lazy.flatMap(\.rows))
        }
        guard !history.changes.isEmpty else { return report }
        let isOld = { (dot: Dot) throws -> Bool in
            guard let number = try self.interner.existingNumber(of: dot.actor),
                let floor = floors[number]
            else { return false }
            return dot.counter < floor
        }
        var past: [PastRow] = []
        for row in rows.sorted() {
            guard let record = try reader.record(row: row) else { continue }
            let replaced = try replaced(in: record, isOld)
            past += replaced
            if record.state.erasure != nil {
                history.erased.append(record.key)
                continue
            }
            for version in replaced {
                history.versions.append(
                    SettledHistory.Version(
                        record: record.key,
                        field: version.key,
                        sibling: version.sibling
                    )
                )
            }
        }
        try keep(history)
        for version in past { try drop(version) }
        for end in ends { try dropChanges(of: end.actor, through: end.last) }
        try set(StoreReader.journalStart, to: String(limit.milliseconds))
        report.changes = history.changes.count
        report.versions = past.count
        return report
    }

    /// The changes before which those of each actor are settled and older than a time.
    private func settledFloors(before limit: HybridTime) throws -> [Int64: UInt64] {
        let time = Int64(bitPattern: limit.milliseconds)
        let old = try Int64.fetchAll(
            db,
            sql: "SELECT DISTINCT actor FROM change INDEXED BY change_time WHERE time < ?",
            arguments: [time]
        )
        if old.isEmpty { return [:] }
        let latest = try db.cachedStatement(
            sql: """
                SELECT counter FROM change
                WHERE actor = ? AND counter <= ? AND time < ? AND length(digest) >= 4
                ORDER BY counter DESC LIMIT 1
                """
        )
        var floors: [Int64: UInt64] = [:]
        for space in try reader.spaces() {
            for entry in try reader.forgotten(of: space.name).entries {
                guard let actor = try interner.existingNumber(of: entry.actor),
                    old.contains(actor),
                    let counter = try Int64.fetchOne(
                        latest,
                        arguments: [actor, Int64(entry.counter), time]
                    )
                else { continue }
                floors[actor] = UInt64(counter)
            }
        }
        return floors
    }

    private func settledChanges(
        of actor: Int64,
        below floor: UInt64,
        atMost count: Int
    ) throws -> [(counter: Int64, rows: [Int64], change: SettledHistory.Change)] {
        let select = try db.cachedStatement(
            sql: """
                SELECT counter, time, attribution, digest FROM change
                WHERE actor = ? AND counter < ? ORDER BY counter LIMIT ?
                """
        )
        let touched = try db.cachedStatement(
            sql: """
                SELECT record, change_record.digest, record.space, record.uid FROM change_record
                JOIN record ON record.id = change_record.record
                WHERE change_record.actor = ? AND change_record.counter = ?
                """
        )
        let id = try interner.actor(actor)
        return try Row.fetchAll(select, arguments: [actor, Int64(floor), count]).map { row in
            let counter: Int64 = row[0]
            let time: Int64? = row[1]
            let sort: Int64? = row[2]
            let touches = try Row.fetchAll(touched, arguments: [actor, counter])
            let records = try touches.map { touch in
                SettledHistory.Touch(
                    record: RecordKey(
                        space: try interner.space(touch[2]),
                        uid: RecordUID(UInt64(bitPattern: touch[3] as Int64))
                    ),
                    digest: (touch[1] as Data?).flatMap { Digest128(bytes: $0) }
                )
            }
            var attribution: Attribution?
            if let time, let sort {
                let milliseconds = UInt64(bitPattern: time)
                attribution = try interner.attribution(
                    sort,
                    time: HybridTime(milliseconds: milliseconds)
                )
            }
            let change = SettledHistory.Change(
                dot: Dot(id, UInt64(counter)),
                attribution: attribution,
                digest: [UInt8](row[3] as Data),
                records: records.sorted { $0.record < $1.record }
            )
            return (counter, touches.map { $0[0] as Int64 }, change)
        }
    }

    /// A superseded version with what names its row.
    private struct PastRow {
        let row: Int64
        let key: FieldKey
        let sibling: Sibling
    }

    /// The versions of a record of which nothing needs to be told any more: what replaced them is settled
    /// and old.
    private func replaced(
        in record: StoredRecord,
        _ isOld: (Dot) throws -> Bool
    ) throws -> [PastRow] {
        let past = Dictionary(grouping: try reader.pastVersions(row: record.row), by: \.key)
        return try past.flatMap { key, versions -> [PastRow] in
            let live = record.state.siblings(of: key)
            // A person decides about these, and looks at what they stand on.
            guard live.count < 2 else { return [] }
            let all = versions.map(\.sibling) + live
            let imported = all.filter { $0.version.attribution.reason == .importing }
                .max { $0.version.attribution.time < $1.version.attribution.time }
            let old = try all.filter { try isOld($0.dot) }
            let replacedByOld = Set(old.lazy.flatMap(\.version.parents))
            let replacedByAny = Set(all.lazy.flatMap(\.version.parents))
            let latestOld = old.map(\.version.attribution.time).max() ?? .zero
            return try versions.map(\.sibling).filter { version in
                guard version != imported, try isOld(version.dot) else { return false }
                // What replaced it may have been replaced in turn before it came here.
                return live.isEmpty || replacedByOld.contains(version.dot)
                    || !replacedByAny.contains(version.dot)
                        && version.version.attribution.time < latestOld
            }.map { PastRow(row: record.row, key: key, sibling: $0) }
        }
    }

    private func drop(_ version: PastRow) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM past WHERE record = ? AND number = ? AND item = ? AND actor = ?
                    AND counter = ? AND cell = ?
                """
        ).execute(arguments: [
            version.row, Int64(version.key.number), Data(version.key.item),
            try interner.number(of: version.sibling.dot.actor),
            Int64(version.sibling.dot.counter),
            Data(try StateCodec.encode(version.sibling.version, interner)),
        ])
    }

    /// Whether a change has left the journal: it does not come back into it by being told again.
    func hasLeftJournal(_ actor: Int64, _ counter: UInt64) throws -> Bool {
        let last: UInt64
        if let known = journalStarts[actor] {
            last = known
        } else {
            last = try ChainBlocks(db).last(of: actor)
            journalStarts[actor] = last
        }
        guard counter <= last else { return false }
        return try ChainBlocks(db).digest(of: actor, at: counter) != nil
    }

    private func dropChanges(of actor: Int64, through last: Int64) throws {
        let digests = try Row.fetchAll(
            db,
            sql: """
                SELECT counter, digest FROM change
                WHERE actor = ? AND counter <= ? AND length(digest) >= 4 ORDER BY counter
                """,
            arguments: [actor, last]
        ).map { row in
            let digest: Data = row[1]
            return (
                counter: UInt64(row[0] as Int64),
                digest: digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            )
        }
        try ChainBlocks(db).append(digests, of: actor)
        journalStarts[actor] = nil
        for table in ["change", "change_record"] {
            try db.cachedStatement(sql: "DELETE FROM \(table) WHERE actor = ? AND counter <= ?")
                .execute(arguments: [actor, last])
        }
    }
}

extension StoreReader {
    static let journalStart = "journal_start"

    /// The time before which settled changes have left this journal; nil where all are there.
    public var journalStart: HybridTime? {
        get throws {
            try setting(Self.journalStart).flatMap { UInt64($0) }
                .map { HybridTime(milliseconds: $0) }
        }
    }
}

/// What leaves a journal, with the names that it has outside the file.
public struct SettledHistory: Sendable {
    /// A change.
    public struct Change: Hashable, Sendable {
        /// The event.
        public let dot: Dot
        /// Who made it, when and why; nil where only its digest had arrived.
        public let attribution: Attribution?
        /// The digest of the chain: 16 bytes, 4, or none.
        public let digest: [UInt8]
        /// The records that it wrote, ascending.
        public let records: [Touch]
    }

    /// A record that a change wrote.
    public struct Touch: Hashable, Sendable {
        /// The record.
        public let record: RecordKey
        /// The digest of what was written, where it was made here.
        public let digest: Digest128?
    }

    /// A superseded version.
    public struct Version: Hashable, Sendable {
        /// The record.
        public let record: RecordKey
        /// The field or item.
        public let field: FieldKey
        /// The version.
        public let sibling: Sibling
    }

    /// The changes, by actor and counter.
    public internal(set) var changes: [Change] = []
    /// The versions that they replaced.
    public internal(set) var versions: [Version] = []
    /// Records that the changes wrote and that were erased: no value of them is kept anywhere.
    public internal(set) var erased: [RecordKey] = []

    init() {}
}
