import CausalHistory
import Foundation
import GRDB
import RecordModel

/// Headquarters' journal of long ago: a file beside the store that is only ever added to.
///
/// What leaves the store's journal is written here first, and is on the disk before it leaves. A batch
/// that is given twice, as after a crash in between, is there once. The names are those that actors had
/// when it was written. It verifies itself: each row's digest is counted in a sum, and the store remembers
/// the sum after the last batch.
///
/// Spec: `Protocol/spec/08-storage.md` §7.
public final class JournalArchive: Sendable {
    /// How far an archive has come.
    public struct Mark: Hashable, Sendable {
        /// The number of the batch.
        public let batch: Int
        /// How many changes there are.
        public let changes: Int
        /// How many superseded versions there are.
        public let versions: Int
        /// The sum of the digests of all rows.
        public let sum: Fingerprint

        /// The mark before the first batch.
        static let none = Mark(batch: 0, changes: 0, versions: 0, sum: Fingerprint())

        /// The mark as the store remembers it.
        public var text: String { "\(batch) \(sum.hex)" }
    }

    /// Where the file is.
    public let path: String
    private let queue: DatabaseQueue

    private static let applicationID = 0x4154_4a31

    /// The archive's file beside a store's.
    public static func path(ofStoreAt path: String) -> String { path + ".journal" }

    /// Opens an archive, made where there is none.
    /// - Throws: `StoreError.foreignFile`, `.damaged`, `.diskFull`, `.io`.
    public init(at path: String) throws {
        self.path = path
        queue = try StoreError.translating {
            var configuration = Configuration()
            configuration.busyMode = .timeout(ReplicaStore.patienceSeconds)
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { db in
                let found = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                if found == Self.applicationID { return }
                let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
                guard found == 0, isEmpty else { throw StoreError.foreignFile(path: path) }
                try db.inTransaction {
                    try db.execute(sql: Self.tables)
                    return .commit
                }
            }
            return queue
        }
    }

    /// Opens the archive beside a store, nil where there is none.
    /// - Throws: `StoreError.foreignFile`, `.damaged`, `.io`.
    public convenience init?(besideStoreAt path: String) throws {
        let path = Self.path(ofStoreAt: path)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        try self.init(at: path)
    }

    /// - `change`: the changes, with the records that each wrote.
    /// - `version`: superseded versions. `digest` stays where a value has to go.
    /// - `batch`: what had been written after each batch.
    private static let tables = """
        PRAGMA application_id = \(applicationID);
        CREATE TABLE actor(id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE);
        CREATE TABLE attribution(
            id INTEGER PRIMARY KEY, author TEXT NOT NULL, reason INTEGER NOT NULL,
            note TEXT NOT NULL, UNIQUE (author, reason, note));
        CREATE TABLE space(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE change(
            actor INTEGER NOT NULL, counter INTEGER NOT NULL, digest BLOB NOT NULL,
            time INTEGER, attribution INTEGER, touches BLOB NOT NULL,
            PRIMARY KEY (actor, counter, digest)) WITHOUT ROWID;
        CREATE TABLE version(
            space INTEGER NOT NULL, uid INTEGER NOT NULL, number INTEGER NOT NULL,
            item BLOB NOT NULL, actor INTEGER NOT NULL, counter INTEGER NOT NULL,
            digest BLOB NOT NULL, cell BLOB,
            PRIMARY KEY (space, uid, number, item, actor, counter, digest)) WITHOUT ROWID;
        CREATE TABLE batch(
            number INTEGER PRIMARY KEY, written INTEGER NOT NULL, changes INTEGER NOT NULL,
            versions INTEGER NOT NULL, sum BLOB NOT NULL);
        """

    // MARK: Adding

    /// Adds a batch, as one durable transaction; what is there already is left out.
    /// - Returns: How far the archive has come.
    /// - Throws: `StoreError.diskFull`, `.io`, `.damaged`.
    public func append(_ history: SettledHistory, at time: HybridTime) throws -> Mark {
        try StoreError.translating {
            var mark = Mark.none
            try queue.inDatabase { db in
                try db.inTransaction(.immediate) {
                    let before = try Self.mark(db) ?? .none
                    var sum = before.sum
                    let names = Names(db)
                    var (changes, versions) = (0, 0)
                    for change in history.changes where try Self.insert(change, names) {
                        sum.add(change.archiveDigest)
                        changes += 1
                    }
                    for version in history.versions where try Self.insert(version, names) {
                        sum.add(version.archiveDigest)
                        versions += 1
                    }
                    mark = Mark(
                        batch: before.batch + 1,
                        changes: before.changes + changes,
                        versions: before.versions + versions,
                        sum: sum
                    )
                    try db.execute(
                        sql: "INSERT INTO batch VALUES (?, ?, ?, ?, ?)",
                        arguments: [
                            mark.batch, Int64(bitPattern: time.milliseconds), mark.changes,
                            mark.versions, Data(sum.bytes),
                        ]
                    )
                    return .commit
                }
            }
            return mark
        }
    }

    /// The numbers of actors, attributions and spaces inside the file.
    private final class Names {
        let db: Database
        let interner: Interner
        private var spaces: [SpaceName: Int64] = [:]
        private var spaceNames: [Int64: SpaceName] = [:]

        init(_ db: Database) {
            self.db = db
            interner = Interner(db)
        }

        func number(of space: SpaceName) throws -> Int64 {
            if let number = spaces[space] { return number }
            try db.execute(
                sql: "INSERT OR IGNORE INTO space(name) VALUES (?)",
                arguments: [space.text]
            )
            let sql = "SELECT id FROM space WHERE name = ?"
            let number = try Int64.fetchOne(db, sql: sql, arguments: [space.text]) ?? 0
            spaces[space] = number
            return number
        }

        func space(_ number: Int64) throws -> SpaceName {
            if let name = spaceNames[number] { return name }
            let sql = "SELECT name FROM space WHERE id = ?"
            guard let text = try String.fetchOne(db, sql: sql, arguments: [number]),
                let name = SpaceName(text)
            else { throw StoreError.damaged(detail: "space \(number) of the archive is missing") }
            spaceNames[number] = name
            return name
        }
    }

    private static func insert(_ change: SettledHistory.Change, _ names: Names) throws -> Bool {
        var touches = ByteWriter(capacity: 12 * change.records.count)
        for touch in change.records {
            touches.varint(UInt64(try names.number(of: touch.record.space)))
            touches.bigEndian(touch.record.uid.value)
            touches.byte(touch.digest == nil ? 0 : 1)
            if let digest = touch.digest { touches.bigEndian(digest.value) }
        }
        try names.db.cachedStatement(
            sql: "INSERT OR IGNORE INTO change VALUES (?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            try names.interner.number(of: change.dot.actor), Int64(change.dot.counter),
            Data(change.digest),
            change.attribution.map { Int64(bitPattern: $0.time.milliseconds) },
            try change.attribution.map(names.interner.number(of:)), Data(touches.bytes),
        ])
        return names.db.changesCount == 1
    }

    private static func insert(_ version: SettledHistory.Version, _ names: Names) throws -> Bool {
        let cell = try StateCodec.encode(version.sibling.version, names.interner)
        try names.db.cachedStatement(
            sql: "INSERT OR IGNORE INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            try names.number(of: version.record.space),
            Int64(bitPattern: version.record.uid.value), Int64(version.field.number),
            Data(version.field.item), try names.interner.number(of: version.sibling.dot.actor),
            Int64(version.sibling.dot.counter), version.archiveDigest.data, Data(cell),
        ])
        return names.db.changesCount == 1
    }

    // MARK: Reading

    /// How far the archive has come.
    public var mark: Mark {
        get throws {
            try StoreError.translating { try queue.read { try Self.mark($0) ?? .none } }
        }
    }

    private static func mark(_ db: Database, batch: Int? = nil) throws -> Mark? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT number, changes, versions, sum FROM batch
                WHERE number = coalesce(?, (SELECT max(number) FROM batch))
                """,
            arguments: [batch]
        )
        return try row.map { row in
            guard let sum = Digest128(bytes: row[3] as Data) else {
                throw StoreError.damaged(detail: "a batch of the archive has no sum")
            }
            return Mark(
                batch: row[0],
                changes: row[1],
                versions: row[2],
                sum: Fingerprint(sum: sum.value)
            )
        }
    }

    /// Returns the superseded versions of a record's part that were archived; those whose values had to go
    /// are left out.
    public func versions(of record: RecordKey) throws -> [PastVersion] {
        try StoreError.translating {
            try queue.read { db in
                let names = Names(db)
                return try Row.fetchAll(
                    db,
                    sql: """
                        SELECT number, item, actor, counter, cell FROM version
                        WHERE space = (SELECT id FROM space WHERE name = ?) AND uid = ?
                            AND cell IS NOT NULL
                        """,
                    arguments: [record.space.text, Int64(bitPattern: record.uid.value)]
                ).map { try Self.version($0, names) }
            }
        }
    }

    private static func version(_ row: Row, _ names: Names) throws -> PastVersion {
        guard let number = UInt32(exactly: row[0] as Int64) else {
            throw StoreError.damaged(detail: "a version of the archive names no field")
        }
        let dot = Dot(try names.interner.actor(row[2]), UInt64(row[3] as Int64))
        let cell = try StateCodec.decodeCell([UInt8](row[4] as Data), names.interner)
        return PastVersion(
            key: FieldKey(number, item: [UInt8](row[1] as Data)),
            sibling: Sibling(dot: dot, version: cell)
        )
    }

    /// Returns what is wrong about the archive: each row is read and counted anew.
    ///
    /// - Parameter remembered: The mark that the store remembers (`Mark.text`).
    /// - Returns: The problems; empty where it is whole.
    /// - Throws: `StoreError.io`.
    /// - Complexity: O(*n*) in its size.
    public func problems(remembered: String?) throws -> [String] {
        do {
            return try StoreError.translating {
                try queue.read { try Self.problems($0, remembered) }
            }
        } catch StoreError.damaged(let detail) {
            return ["the archive cannot be read: \(detail)"]
        }
    }

    private static func problems(_ db: Database, _ remembered: String?) throws -> [String] {
        var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
            .filter { $0 != "ok" }
        let names = Names(db)
        var found = Mark.none.sum
        var (changes, versions) = (0, 0)
        let changeRows = try Row.fetchCursor(
            db,
            sql: "SELECT actor, counter, digest, time, attribution, touches FROM change"
        )
        while let row = try changeRows.next() {
            found.add(try change(row, names).archiveDigest)
            changes += 1
        }
        let versionRows = try Row.fetchCursor(
            db,
            sql: "SELECT number, item, actor, counter, cell, space, uid, digest FROM version"
        )
        while let row = try versionRows.next() {
            versions += 1
            guard let digest = Digest128(bytes: row[7] as Data) else { continue }
            found.add(digest)
            guard row[4] as Data? != nil else { continue }
            let past = try version(row, names)
            let key = RecordKey(
                space: try names.space(row[5]),
                uid: RecordUID(UInt64(bitPattern: row[6] as Int64))
            )
            let whole = SettledHistory.Version(record: key, field: past.key, sibling: past.sibling)
            if whole.archiveDigest != digest {
                problems.append("a version of record \(key.uid) in the archive was altered")
            }
        }
        let last = try mark(db) ?? .none
        if found != last.sum || changes != last.changes || versions != last.versions {
            problems.append(
                "the archive holds \(changes) changes and \(versions) versions, not the "
                    + "\(last.changes) and \(last.versions) that were written"
            )
        }
        if let remembered {
            let batch = remembered.split(separator: " ").first.flatMap { Int($0) }
            if try mark(db, batch: batch)?.text != remembered {
                problems.append("the archive is not the one to which the journal was moved")
            }
        }
        return problems
    }

    private static func change(_ row: Row, _ names: Names) throws -> SettledHistory.Change {
        do {
            var reader = ByteReader([UInt8](row[5] as Data))
            var records: [SettledHistory.Touch] = []
            while !reader.isAtEnd {
                let space = try names.space(Int64(try reader.varint()))
                let uid = RecordUID(try reader.bigEndian(UInt64.self))
                let digest =
                    try reader.byte() == 1 ? Digest128(try reader.bigEndian(UInt128.self)) : nil
                records.append(
                    SettledHistory.Touch(record: RecordKey(space: space, uid: uid), digest: digest)
                )
            }
            var attribution: Attribution?
            if let time = row[3] as Int64?, let sort = row[4] as Int64? {
                attribution = try names.interner.attribution(
                    sort,
                    time: HybridTime(milliseconds: UInt64(bitPattern: time))
                )
            }
            return SettledHistory.Change(
                dot: Dot(try names.interner.actor(row[0]), UInt64(row[1] as Int64)),
                attribution: attribution,
                digest: [UInt8](row[2] as Data),
                records: records
            )
        } catch is ByteError {
            throw StoreError.damaged(detail: "a change of the archive is malformed")
        }
    }

    /// Takes the values of records out, for good; their digests stay.
    public func erase(_ records: [RecordKey]) throws {
        if records.isEmpty { return }
        try StoreError.translating {
            try queue.write { db in
                let update = try db.cachedStatement(
                    sql: """
                        UPDATE version SET cell = NULL
                        WHERE space = (SELECT id FROM space WHERE name = ?) AND uid = ?
                        """
                )
                for record in records {
                    try update.execute(arguments: [
                        record.space.text, Int64(bitPattern: record.uid.value),
                    ])
                }
            }
        }
    }

    /// Writes a consistent copy.
    /// - Throws: `StoreError.replicaExists`, `.diskFull`, `.io`.
    public func copy(to destination: String) throws {
        guard !FileManager.default.fileExists(atPath: destination) else {
            throw StoreError.replicaExists(path: destination)
        }
        try StoreError.translating {
            let copy = try DatabaseQueue(path: destination)
            try queue.backup(to: copy)
            try copy.close()
        }
    }

    /// Closes the file.
    public func close() throws { try StoreError.translating { try queue.close() } }
}

extension SettledHistory.Change {
    /// What the archive's sum counts.
    fileprivate var archiveDigest: Digest128 {
        var writer = ByteWriter(capacity: 128)
        writer.string("attache archived change")
        writer.bigEndian(dot.actor.value)
        writer.varint(dot.counter)
        writer.string(digest)
        writer.byte(attribution == nil ? 0 : 1)
        attribution?.write(to: &writer)
        for touch in records {
            writer.string(touch.record.space.text)
            writer.bigEndian(touch.record.uid.value)
            writer.bigEndian(touch.digest?.value ?? 0)
        }
        return Digest128(hashing: writer.bytes)
    }
}

extension SettledHistory.Version {
    /// What the archive's sum counts.
    fileprivate var archiveDigest: Digest128 {
        var writer = ByteWriter(capacity: 256)
        writer.string("attache archived version")
        writer.string(record.space.text)
        writer.bigEndian(record.uid.value)
        writer.varint(UInt64(field.number))
        writer.string(field.item)
        writer.bigEndian(sibling.dot.actor.value)
        writer.varint(sibling.dot.counter)
        sibling.version.attribution.write(to: &writer)
        writer.count(sibling.version.parents.count)
        for parent in sibling.version.parents {
            writer.bigEndian(parent.actor.value)
            writer.varint(parent.counter)
        }
        sibling.version.content.write(to: &writer)
        return Digest128(hashing: writer.bytes)
    }
}

extension Attribution {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.varint(time.milliseconds)
        writer.string(author)
        writer.byte(reason.rawValue)
        writer.string(note)
    }
}
