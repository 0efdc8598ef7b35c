import CausalHistory
import DeskSync
import Dispatch
import Foundation
import HeadquartersServer
import Logging
import RecordModel
import RecordStorage
import ReplicaSync
import ServiceLifecycle
import SyncProtocol
import Synchronization
import TestSupport

/// A headquarters that serves on a free port of the loopback, and desks on files of their own.
final class OnlineMinistry: Sendable {
    struct NotListening: Error {}

    let directory: TemporaryDirectory
    let headquarters: HeadquartersReplica
    /// Where the service listens.
    let url: String
    private let group: ServiceGroup
    private let seeds = Mutex<UInt64>(1)

    private init(
        directory: TemporaryDirectory,
        headquarters: HeadquartersReplica,
        url: String,
        group: ServiceGroup
    ) {
        self.directory = directory
        self.headquarters = headquarters
        self.url = url
        self.group = group
    }

    var port: Int { URL(string: url)?.port ?? 0 }

    /// Tells the service to stop, as a signal does.
    func stop() async { await group.triggerGracefulShutdown() }

    /// Lets nobody else write to headquarters' store for a while.
    func occupyStore(for seconds: Double) {
        let release = occupyStore()
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: seconds)
            release()
        }
    }

    /// Lets nobody else write to headquarters' store until what is returned is called.
    func occupyStore() -> @Sendable () -> Void {
        let store = headquarters.store
        let begun = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            try? store.write { _ in
                begun.signal()
                ended.wait()
            }
        }
        begun.wait()
        return { ended.signal() }
    }

    /// Runs a body beside the service, which is told to stop afterwards and has to end.
    static func run(
        _ limits: ServiceLimits = ServiceLimits(),
        _ body: (OnlineMinistry) async throws -> Void
    ) async throws {
        let directory = TemporaryDirectory()
        let headquarters = try HeadquartersReplica.create(
            at: directory.path("hq"),
            environment: shifted(seed: 1000)
        )
        let (listening, continuation) = AsyncStream<String>.makeStream()
        let service = try HeadquartersService(
            replica: headquarters,
            configuration: HeadquartersConfiguration(
                port: 0,
                allowsPlainHTTP: true,
                limits: limits
            ),
            logger: quiet
        ) { url in continuation.yield(url) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: [service], logger: quiet)
        )
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { continuation.finish() }
                try await group.run()
            }
            var urls = listening.makeAsyncIterator()
            guard let url = await urls.next() else { throw NotListening() }
            let result: Result<Void, any Error>
            do {
                result = .success(
                    try await body(
                        OnlineMinistry(
                            directory: directory,
                            headquarters: headquarters,
                            url: url,
                            group: group
                        )
                    )
                )
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    private static let quiet = Logger(label: "attache.test") { _ in SwiftLogNoOpLogHandler() }

    /// The system's clock, set forward, and random numbers of a seed.
    static func shifted(seed: UInt64, by milliseconds: Int64 = 0) -> StoreEnvironment {
        let generator = Mutex(SeededGenerator(seed: seed))
        return StoreEnvironment(
            now: {
                let now = Int64(Date().timeIntervalSince1970 * 1000) + milliseconds
                return HybridTime(milliseconds: UInt64(clamping: now))
            },
            random: { generator.withLock { $0.next() } }
        )
    }

    // MARK: Desks

    /// Makes a desk's replica, which nobody knows yet.
    func makeDesk(_ code: String, clockAhead milliseconds: Int64 = 0) throws -> ReplicaStore {
        let seed = seeds.withLock { seeds -> UInt64 in
            seeds += 1
            return seeds
        }
        let store = try ReplicaStore(
            creating: directory.path("\(code)-\(seed)"),
            environment: Self.shifted(seed: seed, by: milliseconds)
        )
        _ = try ReplicaIdentity.create(besideStoreAt: store.path)
        let replica = ReplicaID(store.environment.random128())
        try store.write { writer in
            try writer.set("desk", to: code)
            try writer.set("replica", to: replica.description)
            try writer.set("mission_space", to: code.lowercased())
            if let own = SpaceName(code.lowercased()) { try writer.addSpace(own) }
        }
        return store
    }

    /// A client that does not wait long.
    static func client(
        retry: RetryPolicy = RetryPolicy(attempts: 3, first: .milliseconds(10)),
        timeouts: SyncTimeouts = SyncTimeouts(connect: .seconds(2), stall: .seconds(10)),
        onEvent: @escaping @Sendable (SyncEvent) -> Void = { _ in }
    ) -> SyncClient {
        var settings = SyncSettings(environment: [:], onEvent: onEvent)
        settings.retry = retry
        settings.timeouts = timeouts
        return SyncClient(settings: settings)
    }

    /// Makes a desk and enrols it over HTTP.
    func enrolledDesk(
        _ code: String,
        clockAhead milliseconds: Int64 = 0
    ) async throws
        -> ReplicaStore
    {
        let store = try makeDesk(code, clockAhead: milliseconds)
        let token = try headquarters.issueToken(desk: code)
        _ = try await Self.client().enrol(store, at: url, token: token.text)
        return store
    }

    /// Writes the name of a contact.
    static func write(
        _ name: String,
        of uid: UInt64,
        in store: ReplicaStore,
        _ space: SpaceName = .allMissions
    ) throws {
        _ = try store.write { writer in
            try writer.commit(
                [
                    RecordEdit(
                        uid: RecordUID(uid),
                        kind: 1,
                        steps: [
                            .write(.life, .alive),
                            .write(FieldKey(20), .value(Array(name.utf8))),
                        ]
                    )
                ],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
    }

    /// Writes many contacts, with text that does not compress away, in one change.
    static func write(contacts count: Int, in store: ReplicaStore) throws {
        var generator = SeededGenerator(seed: 77)
        let edits = (0..<count).map { index in
            let noise = (0..<12).map { _ in String(generator.next(), radix: 36) }
            return RecordEdit(
                uid: RecordUID(UInt64(1000 + index)),
                kind: 1,
                steps: [
                    .write(.life, .alive),
                    .write(FieldKey(20), .value(Array(noise.joined(separator: " ").utf8))),
                ]
            )
        }
        _ = try store.write { writer in
            try writer.commit(
                edits,
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
    }

    /// The names that a store shows of a contact.
    static func names(
        of uid: UInt64,
        in store: ReplicaStore,
        _ space: SpaceName = .allMissions
    ) throws -> Set<String> {
        let record = try store.read { reader in
            try reader.record(RecordKey(space: space, uid: RecordUID(uid)))
        }
        let siblings = record?.state.siblings(of: FieldKey(20)) ?? []
        return Set(
            siblings.compactMap { sibling in
                sibling.version.content.bytes.map { String(decoding: $0, as: UTF8.self) }
            }
        )
    }

    static func fingerprint(of store: ReplicaStore) throws -> Fingerprint {
        try store.read { try $0.space(.allMissions).fingerprint }
    }

    // MARK: Requests by hand

    /// The body of a request that a desk might send, as it is signed.
    static func sealed(
        _ frame: [UInt8]? = nil,
        of store: ReplicaStore,
        after milliseconds: Int64 = 0,
        path: String = Endpoint.sync
    ) throws -> [UInt8] {
        let desk = DeskReplica(
            store: store,
            identity: try ReplicaIdentity.load(besideStoreAt: store.path)
        )
        let now = Int64(clamping: store.environment.now().milliseconds)
        return try SignedRequest.seal(
            try frame ?? Frame.encode(SyncRequest(schema: 1).encoded()),
            method: Endpoint.method,
            path: path,
            replica: try desk.replicaID(),
            time: HybridTime(milliseconds: UInt64(clamping: now + milliseconds)),
            nonce: store.environment.random(),
            key: desk.identity.privateKey
        ).body
    }
}
