import Foundation
import GRDB
import RecordModel
import Synchronization

/// What a store takes from the world outside: time and randomness.
public struct StoreEnvironment: Sendable {
    /// The wall clock.
    public let now: @Sendable () -> HybridTime
    /// 64 random bits.
    public let random: @Sendable () -> UInt64

    /// Creates an environment of a given clock and source of randomness.
    public init(
        now: @escaping @Sendable () -> HybridTime,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.random = random
    }

    /// The system's clock and random numbers.
    public static let system = StoreEnvironment(
        now: {
            HybridTime(milliseconds: UInt64(max(0, Date().timeIntervalSince1970 * 1000)))
        },
        random: { UInt64.random(in: .min ... .max) }
    )

    /// 128 random bits.
    public func random128() -> UInt128 {
        UInt128(random()) << 64 | UInt128(random())
    }
}

/// A replica's file: a SQLite database in which every change is one durable transaction.
///
/// Reads see a consistent snapshot and never wait; writes of this process queue, and wait for
/// those of other processes up to `patience`. A write that returns is on disk (`synchronous=FULL`).
///
/// Spec: `Protocol/spec/08-storage.md`.
public final class ReplicaStore: Sendable {
    /// Where the file is.
    public let path: String
    /// Time and randomness.
    public let environment: StoreEnvironment
    /// The kinds and fields by which records are read and indexed.
    public let schema: Schema
    /// What says in the file by which schema it is indexed.
    let stamp: SchemaStamp

    private let pool: DatabasePool
    /// What says beside the file how far it has come, once it is kept.
    let witness = Mutex<WitnessFile?>(nil)

    /// How long a write waits for another process.
    public static let patienceSeconds: TimeInterval = 5

    /// Opens a replica, and indexes it anew as far as it was indexed by another schema.
    ///
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - environment: Time and randomness.
    ///   - schema: The kinds and fields; a record of others is carried as it is.
    /// - Throws: `StoreError.noReplica`, `.foreignFile`, `.newerFormat`, `.damaged`, `.busy`, `.io`.
    public init(
        opening path: String,
        environment: StoreEnvironment = .system,
        schema: Schema = .builtIn
    ) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError.noReplica(path: path)
        }
        try Self.checkHeader(of: path)
        self.path = path
        self.environment = environment
        self.schema = schema
        stamp = SchemaStamp(of: schema)
        pool = try Self.open(path)
        let format = try StoreError.translating {
            try pool.read { db in
                (
                    application: try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
                    version: try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                )
            }
        }
        guard format.application == StoreFormat.applicationID else {
            throw StoreError.foreignFile(path: path)
        }
        guard format.version <= StoreFormat.version else {
            throw StoreError.newerFormat(found: format.version, supported: StoreFormat.version)
        }
        if format.version < StoreFormat.version {
            try StoreError.translating { try StoreFormat.migrator.migrate(pool) }
        }
        // A transaction indexes first what another schema had indexed.
        if try read({ try !$0.isIndexedBySchema }) { try write { _ in } }
    }

    /// Creates an empty replica at a path where no file is.
    /// - Throws: `StoreError.replicaExists`, `.diskFull`, `.io`.
    public init(
        creating path: String,
        environment: StoreEnvironment = .system,
        schema: Schema = .builtIn
    ) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw StoreError.replicaExists(path: path)
        }
        self.path = path
        self.environment = environment
        self.schema = schema
        stamp = SchemaStamp(of: schema)
        pool = try Self.open(path)
        do {
            try StoreError.translating {
                try StoreFormat.migrator.migrate(pool)
                try pool.write { db in
                    try db.execute(
                        sql: "INSERT INTO clock VALUES (1, ?, 0, 0)",
                        arguments: [Int64(bitPattern: environment.random())]
                    )
                    try StoreWriter(db, store: self).stampSchema()
                }
            }
        } catch {
            // A half-made file would stand in the way of the next attempt.
            try? pool.close()
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
            throw error
        }
    }

    private static func open(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patienceSeconds)
        configuration.maximumReaderCount = 4
        configuration.foreignKeysEnabled = false
        return try StoreError.translating {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB sets NORMAL on the writer of a WAL database after its own preparation, under
            // which the last commits may be lost with the power.
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -16000")
                // 16 MB of log: an import's pages are written back a few times, not at each commit.
                try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
                guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
                    throw StoreError.io(detail: "the database does not accept synchronous = FULL")
                }
            }
            return pool
        }
    }

    private static func checkHeader(of path: String) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw StoreError.io(detail: "cannot open \(path) for reading")
        }
        defer { try? handle.close() }
        let header = try handle.read(upToCount: 16) ?? Data()
        guard header == Data("SQLite format 3\0".utf8) else {
            throw StoreError.foreignFile(path: path)
        }
    }

    /// Runs a body on a consistent snapshot.
    /// - Throws: What the body throws; `StoreError` for what the database reports.
    public func read<T>(_ body: (StoreReader) throws -> T) throws -> T {
        try StoreError.translating {
            try pool.read { db in try body(StoreReader(db, store: self)) }
        }
    }

    /// Runs a body as one durable transaction: all that it writes is kept, or nothing is.
    ///
    /// What another process has indexed by another schema since is first indexed by this one's.
    /// - Throws: What the body throws, after the transaction was rolled back; `StoreError` for what
    ///   the database reports.
    public func write<T>(_ body: (StoreWriter) throws -> T) throws -> T {
        try StoreError.translating {
            try pool.writeWithoutTransaction { db in
                var result: (T, sequence: UInt64)?
                try db.inTransaction(.immediate) {
                    let writer = try StoreWriter(db, store: self)
                    if try !writer.reader.isIndexedBySchema { try writer.indexBySchema() }
                    let value = try body(writer)
                    try writer.flush()
                    result = (value, writer.currentSequence)
                    return .commit
                }
                guard let (value, sequence) = result else {
                    throw StoreError.io(detail: "the transaction was lost")
                }
                witness.withLock { $0 }?.note(sequence)
                return value
            }
        }
    }

    /// Copies the database, as one consistent snapshot, into a new file while work goes on.
    /// - Throws: `StoreError.replicaExists`, `.diskFull`, `.io`.
    public func copy(
        to destination: String,
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws {
        guard !FileManager.default.fileExists(atPath: destination) else {
            throw StoreError.replicaExists(path: destination)
        }
        try StoreError.translating {
            var configuration = Configuration()
            configuration.busyMode = .timeout(Self.patienceSeconds)
            let queue = try DatabaseQueue(path: destination, configuration: configuration)
            try pool.backup(to: queue) { state in
                progress(state.completedPageCount, state.totalPageCount)
            }
            try queue.close()
        }
    }

    /// Moves what the write-ahead log holds into the database file, where no reader prevents it.
    public func checkpoint() {
        // A reader that is open makes this a later checkpoint's work; nothing is lost by that.
        _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
    }

    /// Lets the file grow no more, as on a full disk, or grow again: for tests.
    package func setDiskFull(_ isFull: Bool) throws {
        try pool.writeWithoutTransaction { db in
            let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(isFull ? count : 1 << 30)")
        }
    }

    /// Joins the segments of the search index where there are many, as after thousands of new records: a
    /// search asks each segment for each word.
    ///
    /// It is done in short transactions, beside which others write. Where the disk is full or another
    /// process writes for long, it is left to the next time; nothing is lost by that.
    /// - Complexity: O(*n*) in the index, some 4 ms for each thousand records.
    public func mergeSearchIndex() {
        try? pool.writeWithoutTransaction { db in
            let segments = try Int.fetchOne(db, sql: "SELECT count(DISTINCT segid) FROM search_idx")
            guard segments ?? 0 > Self.segmentLimit else { return }
            // A negative number of pages begins; positive ones go on until nothing is left to do, of
            // which SQLite tells by a single change.
            var pages = -Self.pagesOfAMerge
            var changes = 0
            repeat {
                changes = db.totalChangesCount
                try db.execute(
                    sql: "INSERT INTO search(search, rank) VALUES ('merge', ?)",
                    arguments: [pages]
                )
                pages = Self.pagesOfAMerge
            } while db.totalChangesCount - changes > 1
        }
    }

    /// With so many segments a search is still about as fast as with one.
    private static let segmentLimit = 3
    /// The pages of the index that one transaction writes: 2 MB.
    private static let pagesOfAMerge = 500

    /// Closes the file.
    public func close() throws {
        try StoreError.translating { try pool.close() }
    }
}
