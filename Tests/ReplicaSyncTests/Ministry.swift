import CausalHistory
import Crypto
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import StorageTestSupport
import SyncEngine
import SyncProtocol
import TestSupport

/// A headquarters and desks on real files, joined by a wire of real bytes that can be cut.
final class Ministry {
    /// Where the link breaks in an exchange.
    enum Cut: Hashable {
        /// The n-th request does not arrive.
        case request(Int)
        /// The n-th answer does not arrive.
        case response(Int)
    }

    struct LinkBroken: Error {}

    let directory = TemporaryDirectory()
    private(set) var headquarters: HeadquartersReplica
    private(set) var desks: [String: DeskReplica] = [:]
    private var seeds: UInt64
    /// The frames of each exchange, request and answer in turn.
    private(set) var transcripts: [(desk: String, frames: [[UInt8]])] = []
    /// The spaces that desks left.
    private(set) var departures: [Departure] = []

    init(seed: UInt64 = 1, schema: Schema = .builtIn) throws {
        seeds = seed &* 1000
        headquarters = try HeadquartersReplica.create(
            at: directory.path("hq"),
            environment: .seeded(seeds),
            schema: schema
        )
    }

    @discardableResult
    func addDesk(
        _ code: String,
        spaces: [String]? = nil,
        mission: String? = nil,
        schema: Schema = .builtIn
    ) throws
        -> DeskReplica
    {
        seeds += 1
        let store = try ReplicaStore(
            creating: directory.path(code),
            environment: .seeded(seeds),
            schema: schema
        )
        let identity = try ReplicaIdentity.create(besideStoreAt: store.path)
        let random = Digest128(store.environment.random128())
        try store.write { writer in
            try writer.set("desk", to: code)
            try writer.set("replica", to: random.hex)
            try writer.set("mission_space", to: code.lowercased())
            if let own = SpaceName(code.lowercased()) { try writer.addSpace(own) }
        }
        let desk = DeskReplica(store: store, identity: identity)
        let token = try headquarters.issueToken(desk: code, mission: mission, spaces: spaces)
        let response = try headquarters.enrol(try desk.enrolRequest(token))
        try desk.didEnrol(response, url: "http://headquarters.invalid")
        desks[code] = desk
        return desk
    }

    /// Puts another replica in a desk's place, as a restored file would.
    func replace(_ code: String, by replica: DeskReplica) {
        desks[code] = replica
    }

    /// Puts another store in headquarters' place.
    func replaceHeadquarters(by replica: HeadquartersReplica) {
        headquarters = replica
    }

    /// Puts a copy of headquarters' store in its place, as a restored backup.
    func restoreHeadquarters(from copy: String) throws {
        let restored = HeadquartersReplica(
            store: try ReplicaStore(
                opening: copy,
                environment: headquarters.store.environment
            ),
            identity: headquarters.identity
        )
        try restored.noteRestored()
        replaceHeadquarters(by: restored)
    }

    func desk(_ code: String) throws -> DeskReplica {
        guard let desk = desks[code] else { throw LinkBroken() }
        return desk
    }

    /// Runs one exchange, every message through its bytes.
    @discardableResult
    func sync(_ code: String, byteLimit: Int = 1 << 20, cut: Cut? = nil) throws -> SessionSummary {
        let desk = try desk(code)
        guard let peer = try desk.headquarters() else { throw LinkBroken() }
        if try desk.hasUnsaidIdentity(), let request = try desk.successionRequests().first {
            _ = try headquarters.enrol(try EnrolRequest(decoding: try request.encoded()))
            try desk.didSayIdentity()
        }
        let replica = try desk.replicaID()
        transcripts.append((code, []))
        func crossed(_ message: [UInt8]) throws -> [UInt8] {
            let frame = try Frame.encode(message)
            transcripts[transcripts.count - 1].frames.append(frame)
            return try Frame.decode(frame)
        }
        var session = try desk.beginSession(with: peer, byteLimit: byteLimit)
        var action = session.start()
        var round = 0
        while true {
            switch action {
            case .read(let readings):
                action = session.didRead(try desk.read(readings))
            case .send(let request):
                round += 1
                if cut == .request(round) { throw LinkBroken() }
                let arrived = try SyncRequest(decoding: try crossed(try request.encoded()))
                guard
                    let known = try headquarters.store.read({ reader in
                        try reader.peer(replica: replica.bytes)
                    })
                else { throw LinkBroken() }
                let answer = try headquarters.answer(arrived, from: known, byteLimit: byteLimit)
                if cut == .response(round) { throw LinkBroken() }
                action = session.didReceive(
                    try SyncResponse(decoding: try crossed(try answer.encoded()))
                )
            case .compare(let comparisons):
                action = session.didCompare(try desk.compare(comparisons))
            case .apply(let applications, let token):
                action = session.didApply(
                    try desk.apply(applications, token: token, of: peer)
                )
            case .finish(let summary):
                departures += try desk.leave(summary.revocations, of: peer)
                try desk.finish(with: peer, clockSkew: nil)
                return summary
            }
        }
    }

    /// Writes fields of a contact at a desk.
    @discardableResult
    func write(
        _ values: [UInt32: String],
        of uid: UInt64,
        at code: String,
        in space: SpaceName = .allMissions
    ) throws -> ChangeID? {
        try desk(code).store.write { writer in
            var steps: [RecordEdit.Step] = [.write(.life, .alive)]
            for (number, text) in values.sorted(by: { $0.key < $1.key }) {
                steps.append(.write(FieldKey(number), .value(Array(text.utf8))))
            }
            return try writer.commit(
                [RecordEdit(uid: RecordUID(uid), kind: 1, steps: steps)],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: code)
            )
        }
    }

    /// Deletes a record at a desk.
    func delete(
        _ uid: UInt64,
        at code: String,
        in space: SpaceName = .allMissions
    ) throws {
        try desk(code).store.write { writer in
            _ = try writer.commit(
                [RecordEdit(uid: RecordUID(uid), kind: 1, steps: [.delete])],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: code)
            )
        }
    }

    /// The live values of a field at a desk, or at headquarters (`HQ`).
    func values(
        of number: UInt32,
        _ uid: UInt64,
        at code: String,
        in space: SpaceName = .allMissions
    ) throws -> Set<String> {
        let store = code == "HQ" ? headquarters.store : try desk(code).store
        let record = try store.read { reader in
            try reader.record(RecordKey(space: space, uid: RecordUID(uid)))
        }
        let siblings = record?.state.siblings(of: FieldKey(number)) ?? []
        return Set(
            siblings.compactMap {
                $0.version.content.bytes.map { String(decoding: $0, as: UTF8.self) }
            }
        )
    }

    /// The fingerprint of a space at a desk or at headquarters.
    func fingerprint(at code: String, of space: SpaceName = .allMissions) throws -> Fingerprint {
        let store = code == "HQ" ? headquarters.store : try desk(code).store
        return try store.read { try $0.space(space).fingerprint }
    }
}
