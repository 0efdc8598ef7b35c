import CausalHistory
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import Synchronization
import TestSupport

/// The clock and the random numbers of one simulated machine, both of which follow from the seed.
final class Machine: Sendable {
    private let state: Mutex<(time: UInt64, generator: SeededGenerator)>

    init(seed: UInt64) {
        state = Mutex((time: 1_772_000_000_000, generator: SeededGenerator(seed: seed)))
    }

    var environment: StoreEnvironment {
        StoreEnvironment(
            now: { [self] in
                state.withLock { state in
                    state.time += 10
                    return HybridTime(milliseconds: state.time)
                }
            },
            random: { [self] in state.withLock { $0.generator.next() } }
        )
    }

    /// Sets the clock forward or back.
    func jump(by milliseconds: Int64) {
        state.withLock { $0.time = UInt64(max(0, Int64($0.time) + milliseconds)) }
    }
}

/// One replica on a real file, with the writes that it has seen.
final class SimulatedReplica {
    /// What a copy of a replica's file holds.
    struct Copy {
        let path: String
        let seen: Set<Int>
    }

    let name: String
    let desk: String
    let machine: Machine
    let identity: ReplicaIdentity
    let path: String
    private(set) var store: ReplicaStore
    /// The schema by which the process works.
    private(set) var schema: Schema
    /// The writes that the replica has seen, by their numbers in the ground truth.
    var seen: Set<Int>
    /// How often the process was started: sessions of an earlier one are dead.
    private(set) var generation = 0
    var backup: Copy?

    init(
        name: String,
        desk: String,
        machine: Machine,
        identity: ReplicaIdentity,
        store: ReplicaStore,
        seen: Set<Int> = []
    ) {
        self.name = name
        self.desk = desk
        self.machine = machine
        self.identity = identity
        self.store = store
        schema = store.schema
        self.seen = seen
        path = store.path
    }

    var deskReplica: DeskReplica { DeskReplica(store: store, identity: identity) }

    var headquarters: HeadquartersReplica {
        HeadquartersReplica(store: store, identity: identity)
    }

    /// Ends the process at a commit and starts it again.
    func crash() throws {
        try store.close()
        try reopen()
    }

    /// Starts the process again with another schema.
    func work(by schema: Schema) throws {
        self.schema = schema
        try crash()
    }

    private func reopen() throws {
        generation += 1
        store = try ReplicaStore(opening: path, environment: machine.environment, schema: schema)
    }

    /// Copies the file as it stands.
    func copy(to path: String) throws -> Copy {
        try? FileManager.default.removeItem(atPath: path)
        try store.copy(to: path)
        return Copy(path: path, seen: seen)
    }

    /// Puts a copy in the file's place, as when a disk image is rolled back.
    func goBack(to copy: Copy) throws {
        try store.close()
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        try FileManager.default.copyItem(atPath: copy.path, toPath: path)
        seen = copy.seen
        try reopen()
    }

    /// What a person is shown of a record here.
    func shown(_ uid: RecordUID) throws -> GroundTruth.Shown {
        let record = try store.read { reader in
            try reader.record(RecordKey(space: Simulation.space, uid: uid))
        }
        return GroundTruth.Shown(record?.state)
    }

    /// Whether anything of a record is on the file, hidden or not.
    func holds(_ uid: RecordUID) throws -> Bool {
        try store.read { reader in
            try reader.record(RecordKey(space: Simulation.space, uid: uid)) != nil
        }
    }

    /// Whether a place has no value, so that taking it away is no write.
    func isEmpty(_ key: FieldKey, of uid: RecordUID) throws -> Bool {
        let record = try store.read { reader in
            try reader.record(RecordKey(space: Simulation.space, uid: uid))
        }
        return record?.state.siblings(of: key).allSatisfy { $0.version.content.bytes == nil }
            ?? true
    }

    /// Whether the replica holds the space, which may have been taken from it.
    var hasSpace: Bool {
        get throws {
            try store.read { reader in
                try reader.spaces().contains { $0.name == Simulation.space }
            }
        }
    }

    func knowledge() throws -> VersionVector {
        try store.read { try $0.knowledge(of: Simulation.space) }
    }

    func fingerprint() throws -> Fingerprint {
        try store.read { try $0.space(Simulation.space).fingerprint }
    }
}
