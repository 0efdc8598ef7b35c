import CausalHistory
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol
import TestSupport

/// One exchange of a desk, an action at a time, so that it runs beside writes and other exchanges.
final class SimulatedSession {
    /// What a page tells its receiver: of each record all that its sender had seen, or of some fields.
    private struct Told {
        var seen: Set<Int> = []
        var records: [(uid: RecordUID, keys: Set<FieldKey>?)] = []

        init(_ page: Page?, by sender: Set<Int>) {
            seen = sender
            records = (page?.records ?? []).map { delta in
                (delta.uid, delta.isComplete ? nil : Set(delta.fields.map(\.key)))
            }
        }
    }

    let desk: SimulatedReplica
    private let headquarters: SimulatedReplica
    private unowned let world: Simulation
    private let generation: Int
    private let byteLimit: Int
    private let replica: ReplicaID
    private let peer: StoredPeer
    private var session: DeskSession
    private var action: DeskSession.Action
    private var outgoing = Told(nil, by: [])
    private var incoming = Told(nil, by: [])
    /// The records that headquarters held when it answered last.
    private var headquartersHeld: Set<RecordUID> = []

    init(
        of desk: SimulatedReplica,
        with headquarters: SimulatedReplica,
        byteLimit: Int,
        _ world: Simulation
    ) throws {
        self.desk = desk
        self.headquarters = headquarters
        self.byteLimit = byteLimit
        self.world = world
        generation = desk.generation
        let number = try desk.deskReplica.replicaID()
        let isKnown = try headquarters.store.read { try $0.peer(replica: number.bytes) != nil }
        if try !isKnown && desk.deskReplica.successionRequests().isEmpty {
            // Headquarters went back behind the day when the desk came.
            try world.enrol(desk)
        }
        if try desk.deskReplica.hasUnsaidIdentity() || !isKnown {
            for request in try desk.deskReplica.successionRequests() {
                do {
                    _ = try headquarters.headquarters.enrol(request)
                    try desk.deskReplica.didSayIdentity()
                    world.say("\(desk.name) says who it was")
                    break
                } catch AuthenticationFailure.unknownReplica {
                    continue
                } catch AuthenticationFailure.retired {
                    try world.giveUp(desk)
                }
            }
        }
        guard let peer = try desk.deskReplica.headquarters() else { throw Simulation.LinkBroken() }
        self.peer = peer
        replica = try desk.deskReplica.replicaID()
        session = try desk.deskReplica.beginSession(with: peer, byteLimit: byteLimit)
        action = session.start()
    }

    /// Performs the next action; where a full disk prevents it, the session is cut.
    /// - Returns: Whether the session goes on.
    func step(isLossy: Bool) throws -> Bool {
        do {
            return try perform(isLossy: isLossy)
        } catch StoreError.diskFull {
            world.count("sessions that a full disk cut")
            throw Simulation.LinkBroken()
        } catch StoreError.unknownSpace {
            // Another session of the desk has left the space.
            throw Simulation.LinkBroken()
        }
    }

    /// Does something, once more with room on the disk where that was full: what was done before it
    /// filled, in some of its transactions, is done again.
    private func insist<T>(at replica: SimulatedReplica, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch StoreError.diskFull {
            world.count("transactions that a full disk refused")
            try replica.store.setDiskFull(false)
            return try body()
        }
    }

    private func perform(isLossy: Bool) throws -> Bool {
        guard desk.generation == generation else { throw Simulation.LinkBroken() }
        switch action {
        case .read(let readings):
            let snapshots = try desk.deskReplica.read(readings)
            outgoing = Told(snapshots.first?.page, by: desk.seen)
            action = session.didRead(snapshots)
        case .send(let request):
            action = session.didReceive(try carry(request, isLossy: isLossy))
        case .compare(let comparisons):
            world.count("comparisons")
            action = session.didCompare(try desk.deskReplica.compare(comparisons))
        case .apply(let applications, let token):
            let end = applications.first { $0.space == Simulation.space && $0.late?.cut != nil }
            let before = try end.map { _ in try held(at: desk) }
            let results = try insist(at: desk) {
                try desk.deskReplica.apply(applications, token: token, of: peer)
            }
            if let before { try settle(before, of: desk, lateTo: headquartersHeld) }
            for result in results {
                learn(incoming, except: result.needed, at: desk)
                if result.isForked { world.count("forks set apart by desks") }
                if result.hasNewActor { world.count("desks that took new actors") }
            }
            action = session.didApply(results)
        case .finish(let summary):
            let departures = try insist(at: desk) {
                try desk.deskReplica.leave(summary.revocations, of: peer)
            }
            try world.note(departures, of: desk)
            if let standing = summary.standings[Simulation.space] {
                world.say("\(desk.name) ends \(standing)")
                world.count("\(standing)")
                if standing == .diverged {
                    world.complaints.append("\(desk.name) and headquarters differ")
                }
            }
            return false
        }
        return true
    }

    private func carry(_ request: SyncRequest, isLossy: Bool) throws -> SyncResponse {
        if isLossy, world.generator.chance(10) { throw Simulation.LinkBroken() }
        let bytes = try spoiled(request).encoded()
        if isLossy, world.profile.contains(.weather), world.generator.chance(10) {
            try changeAByte(of: bytes)
        }
        let answer = spoiled(try deliver(bytes))
        if isLossy, world.generator.chance(10) { _ = try deliver(bytes) }
        if isLossy, world.generator.chance(12) { throw Simulation.LinkBroken() }
        let response = try SyncResponse(decoding: try answer.encoded())
        incoming = Told(
            response.spaces.first { $0.space == Simulation.space }?.page,
            by: headquarters.seen
        )
        return response
    }

    /// Changes a byte of the request on its way, which headquarters must see.
    private func changeAByte(of message: [UInt8]) throws {
        var body = try SignedRequest.seal(
            try Frame.encode(message),
            method: "POST",
            path: Endpoint.sync,
            replica: replica,
            time: desk.store.environment.now(),
            nonce: world.generator.next(),
            key: desk.identity.privateKey
        ).body
        body[world.generator.below(body.count)] ^= UInt8(1 + world.generator.below(255))
        do {
            let request = try SignedRequest(parsing: body)
            try request.verify(
                publicKey: desk.identity.publicKey,
                method: "POST",
                path: Endpoint.sync
            )
        } catch {
            world.count("requests with a byte changed")
            throw Simulation.LinkBroken()
        }
        world.complaints.append("a byte of a request was changed, and nobody saw it")
    }

    private func spoiled(_ request: SyncRequest) -> SyncRequest {
        var request = request
        for index in request.spaces.indices {
            switch world.fault {
            case .recordLeftOut where !request.spaces[index].page.records.isEmpty:
                request.spaces[index].page.records.removeLast()
            case .lastPageTooEarly where request.spaces[index].heads != 0:
                request.spaces[index].isLast = true
            case .chainsHidden: request.spaces[index].chains = []
            default: break
            }
        }
        return request
    }

    private func spoiled(_ response: SyncResponse) -> SyncResponse {
        var response = response
        for index in response.spaces.indices {
            switch world.fault {
            case .fieldLeftOut:
                for place in response.spaces[index].page.records.indices {
                    let count = response.spaces[index].page.records[place].fields.count
                    if count > 1 { response.spaces[index].page.records[place].fields.removeLast() }
                }
            case .contextLeftOut:
                for place in response.spaces[index].page.records.indices {
                    response.spaces[index].page.records[place].context = VersionVector()
                }
            case .lastPageTooEarly where response.spaces[index].verdict == .merged:
                response.spaces[index].isLast = true
            case .chainsHidden: response.spaces[index].chains = []
            default: break
            }
        }
        return response
    }

    /// Brings a request to headquarters.
    private func deliver(_ bytes: [UInt8]) throws -> SyncResponse {
        let side = headquarters.headquarters
        let request = try SyncRequest(decoding: bytes)
        guard let known = try side.store.read({ try $0.peer(replica: replica.bytes) }) else {
            // Headquarters went back behind this replica's enrolment.
            throw Simulation.LinkBroken()
        }
        if known.isRetired { try world.giveUp(desk) }
        let taken = try request.spaces.first.map { try records(takenOf: $0, from: known) } ?? []
        let isTelling = request.spaces.contains { $0.lateness == .headquarters && $0.isLast }
        let before = isTelling ? try held(at: headquarters) : []
        let answer = try insist(at: headquarters) {
            try side.answer(request, from: known, byteLimit: byteLimit)
        }
        let verdict = answer.spaces.first { $0.space == Simulation.space }?.verdict
        world.say(
            "\(desk.name) -> hq: \(outgoing.records.map(\.uid.value)) \(verdict.map { "\($0)" } ?? "")"
        )
        headquartersHeld = try held(at: headquarters)
        if let answered = answer.spaces.first(where: { $0.space == Simulation.space }) {
            if answered.verdict == .late { world.count("late returns") }
            if answered.verdict == .behind { world.count("late returns of headquarters") }
            if answered.verdict == .behind, answered.isLast {
                try settle(before, of: headquarters, lateTo: try held(at: desk))
            }
        }
        let isTold = verdict == .behind && request.spaces.contains { $0.lateness == .headquarters }
        if verdict == .merged || verdict == .forged || isTold {
            let needed = answer.spaces.first { $0.space == Simulation.space }?.needed ?? []
            var told = outgoing
            told.records = told.records.filter { taken.contains($0.uid) }
            learn(told, except: needed, at: headquarters)
        }
        return answer
    }

    /// The records of a page that headquarters is to take from a desk: all their changes are known
    /// already, or of the desk's own key, or headquarters takes relayed ones.
    private func records(
        takenOf request: SpaceRequest,
        from peer: StoredPeer
    ) throws -> Set<RecordUID> {
        let side = headquarters.headquarters
        let relays = try side.acceptsRelays()
        return try side.store.read { reader in
            let knowledge = try reader.knowledge(of: Simulation.space)
            return Set(
                try request.page.records.filter { delta in
                    let key = RecordKey(space: Simulation.space, uid: delta.uid)
                    let state = try reader.record(key)?.state
                    var held = state?.context ?? VersionVector()
                    if let erasure = state?.erasure { held.include(erasure.dot) }
                    let context = delta.context.entries.map { Dot($0.actor, $0.counter) }
                    return try delta.dots.union(context).allSatisfy { dot in
                        if relays || knowledge.covers(dot) || held.covers(dot) { return true }
                        let introduced = request.actors.first { $0.actor == dot.actor }
                        let owner = try reader.owner(of: dot.actor)?.publicKey
                        return (owner ?? introduced?.publicKey) == peer.publicKey
                    }
                }.map(\.uid)
            )
        }
    }

    private func held(at replica: SimulatedReplica) throws -> Set<RecordUID> {
        Set(try Simulation.uids.filter { try replica.holds($0) })
    }

    /// What a side that returned late has learnt of the records that the other lacks: of those that went,
    /// all that the other has seen; those that stay are for a person to decide.
    private func settle(
        _ before: Set<RecordUID>,
        of late: SimulatedReplica,
        lateTo others: Set<RecordUID>
    ) throws {
        let other = late === desk ? headquarters : desk
        for uid in before.subtracting(others) {
            if try late.holds(uid) {
                world.returned.insert(uid)
                world.count("records kept on a late return")
            } else {
                world.count("records gone on a late return")
                late.seen.formUnion(other.seen.filter { world.truth.writes[$0].uid == uid })
            }
        }
    }

    private func learn(
        _ told: Told,
        except needed: [RecordUID],
        at replica: SimulatedReplica
    ) {
        for (uid, keys) in told.records where !needed.contains(uid) {
            replica.seen.formUnion(
                told.seen.filter { number in
                    let write = world.truth.writes[number]
                    return write.uid == uid && keys.map { $0.contains(write.key) } ?? true
                }
            )
        }
    }
}
