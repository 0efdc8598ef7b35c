import CausalHistory
import Foundation
import GRDB
import RecordModel

/// What putting a file with malformed pages together anew came to.
public struct SalvageReport: Hashable, Sendable {
    /// A record that could not be read.
    public struct LostRecord: Hashable, Sendable {
        /// The record.
        public let record: RecordKey
        /// Whether it held changes of this replica that were never sent.
        public let isUnsent: Bool
    }

    /// What SQLite found wrong about the file.
    public var problems: [String] = []
    /// Where the malformed file is kept.
    public var kept = ""
    /// How many records were read.
    public var records = 0
    /// The records that could not be read.
    public var lost: [LostRecord] = []
    /// The tables of which something could not be read.
    public var incomplete: [String] = []
    /// Whether the replica goes on under a new identity, since it cannot be sure who it is.
    public var hasNewIdentity = false

    /// Creates the report of nothing.
    public init() {}
}

/// Putting a file together anew whose pages the disk has damaged.
///
/// Spec: `Protocol/spec/08-storage.md` §8.
extension ReplicaStore {
    /// Whether a file's pages hold together, as SQLite sees it.
    /// - Returns: What is wrong; empty where it is whole.
    public static func malformations(of path: String) throws -> [String] {
        do {
            return try StoreError.translating {
                let queue = try DatabaseQueue(path: path)
                let found = try queue.inDatabase { db in
                    try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
                }
                try queue.close()
                return found
            }
        } catch StoreError.damaged(let detail) {
            return [detail]
        }
    }

    /// Puts a file with malformed pages together anew from all that can be read of it; the malformed one
    /// is kept beside it.
    ///
    /// Records come over as they are, each with the digest of when it was written; what derives from them is
    /// made anew; counters and chains are left to `StoreWriter.mendCounters` and `mendChains`. What could not be
    /// read and was sent once comes back with the next exchange, as the fingerprints differ. A replica that
    /// cannot be sure who it is takes a new identity.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - environment: Time and randomness.
    ///   - schema: The kinds and fields by which records are indexed.
    /// - Returns: What was done; nil where the file is whole, which then stays as it is.
    /// - Throws: `StoreError.noReplica`; `.damaged` where nothing can be read of it, which stays as it is then;
    ///   `.diskFull`, `.io`.
    /// - Complexity: O(*n*) in the size of the file.
    public static func salvage(
        _ path: String,
        environment: StoreEnvironment = .system,
        schema: Schema = .builtIn
    ) throws -> SalvageReport? {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError.noReplica(path: path)
        }
        let problems = try malformations(of: path)
        if problems.isEmpty { return nil }
        var report = SalvageReport()
        report.problems = problems
        let fresh = path + ".salvaged"
        let copy = path + ".salvaging"
        for file in [fresh, copy] { remove(file) }
        defer { remove(copy) }
        do {
            for suffix in ["", "-wal"]
            where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }
            let store = try ReplicaStore(creating: fresh, environment: environment, schema: schema)
            store.checkpoint()
            try mendHeader(of: copy, like: fresh)
            report = try Salvage(from: copy, to: store).run()
            report.problems = problems
            store.checkpoint()
            try store.close()
            report.kept = try moveAside(path, as: "damaged")
            try FileManager.default.moveItem(atPath: fresh, toPath: path)
            remove(fresh)
        } catch {
            remove(fresh)
            throw error
        }
        // The file is another, and goes on as the one that it was, or has said already that it does not.
        let store = try ReplicaStore(opening: path, environment: environment, schema: schema)
        WitnessFile(besideStoreAt: path).write(try store.read { try $0.sequence })
        try store.close()
        return report
    }

    /// Puts the constants of SQLite's header in their place, where a file's first bytes are not one's.
    ///
    /// Where the page cannot be read with them it takes the place of a new file's: the tables of two files of
    /// one version begin at the same pages.
    private static func mendHeader(of path: String, like fresh: String) throws {
        guard let model = FileManager.default.contents(atPath: fresh)?.prefix(4_096),
            let handle = FileHandle(forUpdatingAtPath: path)
        else { throw StoreError.io(detail: "cannot open \(path) for writing") }
        func isReadable() -> Bool {
            do {
                let queue = try DatabaseQueue(path: path)
                let sql = "SELECT count(*) FROM sqlite_master WHERE name = 'record'"
                let count = try queue.inDatabase { try Int.fetchOne($0, sql: sql) }
                try queue.close()
                return count == 1
            } catch {
                return false
            }
        }
        func write(_ bytes: Data, at offset: UInt64) throws {
            try handle.seek(toOffset: offset)
            try handle.write(contentsOf: bytes)
            try handle.synchronize()
        }
        defer { try? handle.close() }
        if isReadable() { return }
        try write(model[0..<24], at: 0)
        // Without a valid size SQLite goes by the file's; a free list that may be malformed is left out.
        try write(Data([0, 0, 0, 1, 0, 0, 0, 0]) + Data(count: 8), at: 24)
        try write(model[40..<100], at: 40)
        try write(Data(count: 4), at: 92)
        if isReadable() { return }
        try write(model[100...], at: 100)
        guard isReadable() else {
            throw StoreError.damaged(
                detail: "its first page cannot be read; the file was left as it is"
            )
        }
    }
}

/// One file read into another, table by table.
private final class Salvage {
    private let source: DatabaseQueue
    private let store: ReplicaStore
    private var report = SalvageReport()

    /// Tables without which the replica cannot be sure who it is; how far its counters have come, the heads of
    /// the chains prove.
    private static let vital: Set = ["setting", "clock", "space", "actor"]

    init(from path: String, to store: ReplicaStore) throws {
        source = try DatabaseQueue(path: path)
        self.store = store
    }

    func run() throws -> SalvageReport {
        try source.inDatabase { old in
            try store.write { writer in
                try copyAll(from: old, to: writer.db)
                try nameLost(from: old, to: writer.db)
                try writer.db.execute(
                    sql: """
                        UPDATE clock SET sequence = max(
                            sequence, (SELECT coalesce(max(sequence), 0) FROM record),
                            (SELECT coalesce(max(pushed), 0) FROM peer_space))
                        """
                )
            }
        }
        try source.close()
        guard report.records + report.lost.count > 0 || !report.incomplete.contains("record") else {
            throw StoreError.damaged(detail: "no record can be read; the file was left as it is")
        }
        try store.write { writer in
            if report.incomplete.contains("setting") { try retellSettings(writer) }
            if !Set(["change", "change_record"]).isDisjoint(with: report.incomplete) {
                _ = try writer.rebuildJournal()
            }
            try writer.rebuildIndexes()
            if !Self.vital.isDisjoint(with: report.incomplete) {
                try writer.takeNewIdentity()
                report.hasNewIdentity = true
            }
        }
        return report
    }

    /// Tells what desk this is from its actors, authors and peer, where the settings are lost.
    private func retellSettings(_ writer: StoreWriter) throws {
        func retell(_ name: String, _ sql: String) throws {
            guard try writer.reader.setting(name) == nil,
                let value = try String.fetchOne(writer.db, sql: sql)
            else { return }
            try writer.set(name, to: value)
        }
        let own = "FROM actor WHERE is_own AND root IS NULL"
        try retell("desk", "SELECT desk \(own) AND desk IS NOT NULL ORDER BY id DESC LIMIT 1")
        try retell(
            "replica",
            "SELECT lower(hex(replica)) \(own) AND replica IS NOT NULL ORDER BY id DESC LIMIT 1"
        )
        try retell("mission_space", "SELECT mission FROM peer WHERE mission IS NOT NULL")
        try retell(
            "officer",
            """
            SELECT author FROM change JOIN attribution ON attribution.id = change.attribution
            WHERE change.actor IN (SELECT id \(own)) ORDER BY time DESC LIMIT 1
            """
        )
        writer.shortIDs = try ShortIDs(writer.reader)
        try writer.reader.forEachRecord { record in
            for sibling in record.state.siblings(of: .shortID) {
                writer.shortIDs.note(sibling.version.content)
            }
            return true
        }
    }

    // MARK: Tables

    private func copyAll(from old: Database, to new: Database) throws {
        for table in ["setting", "enrolment", "import_run"] { try copyByName(table, old, new) }
        try copy(TableSalvage("space"), old, new)
        try copyIndexed("space", "id, name, zeroblob(16) AS fingerprint", by: "name", old, new)
        try copy(TableSalvage("actor"), old, new)
        try copyIndexed("actor", "id, uuid", by: "uuid", old, new)
        try copy(TableSalvage("attribution"), old, new)
        try copyIndexed(
            "attribution",
            "id, author, reason, note",
            by: "author, reason, note",
            old,
            new
        )
        try new.execute(sql: "DELETE FROM clock")
        for table in ["clock", "peer", "nonce", "chain", "damaged"] {
            try copy(TableSalvage(table), old, new)
        }
        if try Int.fetchOne(new, sql: "SELECT count(*) FROM clock") == 0 {
            try new.execute(
                sql: "INSERT INTO clock VALUES (1, ?, 0, ?)",
                arguments: [
                    Int64(bitPattern: store.environment.random()),
                    Int64(bitPattern: store.environment.now().milliseconds),
                ]
            )
            note("clock")
        }
        let spaces = try Int64.fetchAll(new, sql: "SELECT id FROM space")
        for space in spaces {
            try copy(TableSalvage("knowledge", key: "actor", group: ("space", space)), old, new)
            try copy(TableSalvage("cut", key: "hash", group: ("space", space)), old, new)
        }
        for peer in try Int64.fetchAll(new, sql: "SELECT id FROM peer") {
            try copy(TableSalvage("peer_space", key: "space", group: ("peer", peer)), old, new)
        }
        try copyRecords(old, new)
        for actor in try Int64.fetchAll(new, sql: "SELECT id FROM actor") {
            for table in ["change", "change_record"] {
                try copy(TableSalvage(table, key: "counter", group: ("actor", actor)), old, new)
            }
        }
        for table in ["past", "refusal"] {
            try copy(TableSalvage(table, key: "record"), old, new)
        }
        try copyAttachments(old, new)
    }

    /// Which records name them follows from the records.
    private func copyAttachments(_ old: Database, _ new: Database) throws {
        try copy(TableSalvage("attachment"), old, new)
        for attachment in try Int64.fetchAll(new, sql: "SELECT id FROM attachment") {
            let group = ("attachment", attachment)
            try copy(TableSalvage("attachment_piece", key: "start", group: group), old, new)
        }
        for table in ["attachment_holder", "attachment_space"] { try copyByName(table, old, new) }
    }

    private func note(_ table: String) {
        if !report.incomplete.contains(table) { report.incomplete.append(table) }
    }

    /// The columns that a table has in both files; none where the old one lacks it.
    private func columns(_ table: String, _ old: Database, _ new: Database) throws -> [String] {
        let sql = "SELECT name FROM pragma_table_info(?)"
        let known = Set(try String.fetchAll(old, sql: sql, arguments: [table]))
        return try String.fetchAll(new, sql: sql, arguments: [table]).filter(known.contains)
    }

    private func insert(
        into table: String,
        _ columns: [String],
        _ new: Database
    ) throws -> Statement {
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        return try new.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO \(table)(\(columns.joined(separator: ", "))) VALUES (\(places))
                """
        )
    }

    private func copy(_ table: TableSalvage, _ old: Database, _ new: Database) throws {
        let columns = try columns(table.name, old, new)
        guard !columns.isEmpty else { return }
        let insert = try insert(into: table.name, columns, new)
        let isWhole = try table.forEachRow(columns, in: old) { row in
            try insert.execute(arguments: Self.values(of: row, from: 1))
        }
        if !isWhole { note(table.name) }
    }

    private static func values(of row: Row, from first: Int) -> StatementArguments {
        StatementArguments(
            (first..<row.count).map { row[$0] as DatabaseValue } as [any DatabaseValueConvertible]
        )
    }

    /// Copies a table whose key is no number: from both ends.
    private func copyByName(_ table: String, _ old: Database, _ new: Database) throws {
        let columns = try columns(table, old, new)
        guard let key = columns.first else { return }
        let insert = try insert(into: table, columns, new)
        for order in ["ASC", "DESC"] {
            do {
                let rows = try Row.fetchCursor(
                    old,
                    sql: """
                        SELECT \(columns.joined(separator: ", ")) FROM \(table) ORDER BY \(key) \(order)
                        """
                )
                while let row = try rows.next() {
                    try insert.execute(arguments: Self.values(of: row, from: 0))
                }
                return
            } catch is DatabaseError {
                note(table)
            }
        }
    }

    /// Copies from an index what a table's own pages have lost.
    private func copyIndexed(
        _ table: String,
        _ columns: String,
        by key: String,
        _ old: Database,
        _ new: Database
    ) throws {
        guard report.incomplete.contains(table) else { return }
        for order in ["ASC", "DESC"] {
            do {
                let ordered = key.split(separator: ",").map { "\($0) \(order)" }
                    .joined(separator: ", ")
                let rows = try Row.fetchCursor(
                    old,
                    sql: "SELECT \(columns) FROM \(table) ORDER BY \(ordered)"
                )
                while let row = try rows.next() {
                    try insert(into: table, Array(row.columnNames), new)
                        .execute(arguments: Self.values(of: row, from: 0))
                }
                return
            } catch is DatabaseError {
                continue
            }
        }
    }

    /// Copies the records whose states can be read; whether each is the one that was written, its digest
    /// tells.
    private func copyRecords(_ old: Database, _ new: Database) throws {
        let columns = try columns("record", old, new)
        guard let state = columns.firstIndex(of: "state"),
            let kind = columns.firstIndex(of: "kind")
        else { return note("record") }
        let insert = try insert(into: "record", columns, new)
        let interner = Interner(new)
        func keep(_ values: [DatabaseValue]) throws -> Bool {
            guard let bytes = Data.fromDatabaseValue(values[state]),
                let number = Int64.fromDatabaseValue(values[kind]),
                (try? StateCodec.decode(
                    [UInt8](bytes),
                    kind: UInt32(truncatingIfNeeded: number),
                    interner
                )) != nil
            else { return false }
            try insert.execute(arguments: StatementArguments(values))
            if new.changesCount == 1 { report.records += 1 }
            return true
        }
        let isWhole = try TableSalvage("record").forEachRow(columns, in: old) { row in
            if try !keep(columns.indices.map { row[$0 + 1] }) { note("record") }
        }
        if isWhole { return }
        note("record")
        try searchPages(for: columns, old, new, keep)
    }

    /// Looks on all pages for the records that cannot be reached any more; that it is the latest state of a record
    /// that is still held, the two indexes prove.
    private func searchPages(
        for columns: [String],
        _ old: Database,
        _ new: Database,
        _ keep: ([DatabaseValue]) throws -> Bool
    ) throws {
        guard let id = columns.firstIndex(of: "id"), let space = columns.firstIndex(of: "space"),
            let uid = columns.firstIndex(of: "uid"),
            let sequence = columns.firstIndex(of: "sequence")
        else { return }
        let held = Set(try Int64.fetchAll(new, sql: "SELECT id FROM record"))
        var uids: [Int64: [Int64]] = [:]
        for row in try rows("id, uid, space", by: "record_uid", ["uid", "space"], old)
        where !held.contains(row[0]) {
            uids[row[0]] = [row[1], row[2]]
        }
        var sequences: [Int64: Int64] = [:]
        for row in try rows("id, sequence", by: "record_sequence", ["space", "sequence"], old) {
            sequences[row[0]] = row[1]
        }
        _ = try? Row.fetchAll(old, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        let expected = uids.filter { sequences[$0.key] != nil }
        if expected.isEmpty { return }
        try LeafPages(of: source.path).forEachRow(
            columns: columns.count,
            where: { expected[$0] != nil }
        ) { row, values in
            guard values.count == columns.count, let names = expected[row],
                Int64.fromDatabaseValue(values[uid]) == names[0],
                Int64.fromDatabaseValue(values[space]) == names[1],
                Int64.fromDatabaseValue(values[sequence]) == sequences[row]
            else { return }
            var values = values
            values[id] = row.databaseValue
            _ = try keep(values)
        }
    }

    /// What an index has of its columns and the rows' numbers: from both ends where it has a hole itself.
    private func rows(
        _ columns: String,
        by index: String,
        _ order: [String],
        _ old: Database
    ) throws -> [[Int64]] {
        var found: [[Int64]] = []
        for direction in ["ASC", "DESC"] {
            do {
                let keys = order.map { "\($0) \(direction)" }.joined(separator: ", ")
                let rows = try Row.fetchCursor(
                    old,
                    sql: "SELECT \(columns) FROM record INDEXED BY \(index) ORDER BY \(keys)"
                )
                while let row = try rows.next() {
                    found.append((0..<row.count).map { row[$0] as Int64? ?? 0 })
                }
                return found
            } catch is DatabaseError {
                continue
            }
        }
        return found
    }

    /// Names the records that the index of numbers has and that could not be read.
    private func nameLost(from old: Database, to new: Database) throws {
        guard report.incomplete.contains("record") else { return }
        let isHeld = try new.cachedStatement(
            sql: "SELECT 1 FROM record WHERE uid = ? AND space = ?"
        )
        let spaces = try Row.fetchAll(new, sql: "SELECT id, name FROM space").reduce(
            into: [Int64: SpaceName]()
        ) { names, row in names[row[0]] = SpaceName(row[1] as String) }
        var lost: [Int64: RecordKey] = [:]
        for row in try rows("id, uid, space", by: "record_uid", ["uid", "space"], old) {
            let known = try Int.fetchOne(isHeld, arguments: [row[1], row[2]])
            guard known == nil, let space = spaces[row[2]] else { continue }
            lost[row[0]] = RecordKey(space: space, uid: RecordUID(UInt64(bitPattern: row[1])))
        }
        for (row, record) in lost {
            report.lost.append(
                SalvageReport.LostRecord(
                    record: record,
                    isUnsent: try holdsUnsent(row, record.space, new)
                )
            )
        }
        report.lost.sort { $0.record < $1.record }
    }

    /// Whether a record's changes include one of this replica that headquarters has not stated to know.
    private func holdsUnsent(_ row: Int64, _ space: SpaceName, _ new: Database) throws -> Bool {
        let told = try Row.fetchAll(
            new,
            sql: """
                SELECT knowledge FROM peer_space JOIN space ON space.id = peer_space.space
                WHERE space.name = ?
                """,
            arguments: [space.text]
        ).compactMap { row in (row[0] as Data?).flatMap { try? VectorCodec.decode($0) } }
        let changes = try Row.fetchAll(
            new,
            sql: """
                SELECT actor.uuid, counter FROM change_record
                JOIN actor ON actor.id = change_record.actor
                WHERE change_record.record = ? AND actor.is_own
                """,
            arguments: [row]
        )
        return changes.contains { change in
            guard let actor = ActorID(bytes: change[0] as Data) else { return false }
            let dot = Dot(actor, UInt64(change[1] as Int64))
            return !told.contains { $0.covers(dot) }
        }
    }
}
