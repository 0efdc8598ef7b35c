import CausalHistory
import Crypto
import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

/// Why headquarters does not serve a request; each has a code of `Protocol/spec/07-errors.md`.
public enum AuthenticationFailure: Error, Hashable, Sendable {
    /// No replica of that identity is enrolled.
    case unknownReplica
    /// The replica was retired.
    case retired
    /// The signature does not fit the request.
    case badSignature
    /// The request's time is too far from headquarters' clock, which is given.
    case clockSkew(now: HybridTime)
    /// The request was seen before.
    case replayed
    /// The token is unknown, used, expired or another desk's.
    case badToken
}

/// Why headquarters did not issue a token.
public enum TokenFailure: Error, Hashable, Sendable {
    /// The code is not 2 to 8 letters and digits, a letter first.
    case badDeskCode(String)
    /// The name cannot be a space's.
    case badSpaceName(String)
    /// A replica of that desk is enrolled.
    case deskInUse(String)
}

/// Headquarters' replica as the other side of every desk's exchange.
public struct HeadquartersReplica: Sendable {
    /// The store.
    public let store: ReplicaStore
    /// Headquarters' key, which the desks pin.
    public let identity: ReplicaIdentity

    /// How far a request's time may be from headquarters' clock, in milliseconds.
    ///
    /// Within it, requests are told from replayed ones by their nonces.
    public static let requestWindow: UInt64 = 300_000

    /// Creates the side of a store with its key.
    public init(store: ReplicaStore, identity: ReplicaIdentity) {
        self.store = store
        self.identity = identity
    }

    /// Makes a new, empty headquarters: its store and key.
    public static func create(
        at path: String,
        environment: StoreEnvironment = .system,
        schema: Schema = .builtIn
    ) throws -> HeadquartersReplica {
        let store = try ReplicaStore(creating: path, environment: environment, schema: schema)
        let identity = try ReplicaIdentity.create(besideStoreAt: path)
        try store.write { writer in
            try writer.set("role", to: "headquarters")
            try writer.set("desk", to: "HQ")
            try writer.set("replica", to: Digest128(environment.random128()).hex)
            try writer.addSpace(.allMissions)
        }
        return HeadquartersReplica(store: store, identity: identity)
    }

    /// The number by which desks remember headquarters: the first 16 bytes of its key's hash.
    public var replica: [UInt8] { Array(SHA256.hash(data: identity.publicKey).prefix(16)) }

    // MARK: Tokens and enrolment

    /// Issues a single-use token for one desk.
    ///
    /// - Parameters:
    ///   - desk: The desk's code.
    ///   - mission: The mission, by default the desk's code in lower case.
    ///   - spaces: The spaces granted besides the mission's own; nil for `all-missions`.
    ///   - hasAllSpaces: Whether every space is granted, those to come included.
    ///   - replaces: Whether an earlier replica of the desk is retired by the enrolment.
    ///   - lifetime: How long the token is valid, in milliseconds.
    /// - Returns: The token.
    /// - Throws: `TokenFailure`, and what the store reports.
    public func issueToken(
        desk: String,
        mission: String? = nil,
        spaces: [String]? = nil,
        hasAllSpaces: Bool = false,
        replaces: Bool = false,
        lifetime: UInt64 = 14 * 86_400_000
    ) throws -> EnrolmentToken {
        let desk = desk.uppercased()
        guard Self.isDeskCode(desk) else { throw TokenFailure.badDeskCode(desk) }
        let missionName = try Self.spaceName(mission?.lowercased() ?? desk.lowercased())
        let names = try spaces.map { try $0.map(Self.spaceName) } ?? [.allMissions]
        let secret = Digest128(store.environment.random128()).bytes
        guard let token = EnrolmentToken(secret: secret, publicKey: identity.publicKey) else {
            preconditionFailure("a secret of \(secret.count) bytes is not a token's")
        }
        try store.write { writer in
            let isInUse = try writer.reader.peers().contains {
                $0.desk == desk && !$0.isRetired
            }
            guard !isInUse || replaces else { throw TokenFailure.deskInUse(desk) }
            for space in [missionName] + names { try addSpace(space, writer) }
            let now = store.environment.now().milliseconds
            try writer.putEnrolment(
                StoredEnrolment(
                    desk: desk,
                    mission: missionName,
                    spaces: Set([missionName] + names).sorted(),
                    hasAllSpaces: hasAllSpaces,
                    expires: HybridTime(milliseconds: now &+ lifetime),
                    replaces: replaces
                ),
                secretHash: Self.hash(of: token.secret)
            )
        }
        return token
    }

    /// Adds a space and grants it to the desks that have every space.
    func addSpace(_ space: SpaceName, _ writer: StoreWriter) throws {
        guard try !writer.reader.spaces().contains(where: { $0.name == space }) else { return }
        try writer.addSpace(space)
        for peer in try writer.reader.peers() where peer.hasAllSpaces {
            try writer.grant(space, toPeer: peer.row)
        }
    }

    static func spaceName(_ text: String) throws -> SpaceName {
        guard let name = SpaceName(text) else { throw TokenFailure.badSpaceName(text) }
        return name
    }

    /// Whether a text is a desk's code: 2 to 8 letters and digits, a letter first.
    public static func isDeskCode(_ text: String) -> Bool {
        (2...8).contains(text.utf8.count) && text.first?.isLetter == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    }

    private static func hash(of secret: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: secret)) }

    /// Enrols a replica that presents a token; the request's signature was verified with the key
    /// that it presents.
    /// - Throws: `AuthenticationFailure.badToken`, and what the store reports.
    public func enrol(_ request: EnrolRequest) throws -> EnrolResponse {
        if let predecessor = request.predecessor { return try succeed(predecessor, request) }
        return try store.write { writer in
            let secretHash = Self.hash(of: request.secret)
            guard let enrolment = try writer.reader.enrolment(secretHash: secretHash),
                enrolment.desk == request.desk.uppercased(),
                enrolment.expires > store.environment.now(),
                // The same replica may ask again: the answer may have been lost.
                enrolment.usedBy == nil || enrolment.usedBy == request.replica.bytes
            else { throw AuthenticationFailure.badToken }
            // A token is no way back for a replica that was retired, nor into another desk's.
            if let known = try writer.reader.peer(replica: request.replica.bytes) {
                guard !known.isRetired, known.desk == enrolment.desk else {
                    throw AuthenticationFailure.badToken
                }
            }
            for peer in try writer.reader.peers()
            where peer.desk == enrolment.desk && !peer.isRetired
                && peer.replica != request.replica.bytes
            {
                guard enrolment.replaces else { throw AuthenticationFailure.badToken }
                try retire(peer, writer)
            }
            try writer.useEnrolment(secretHash: secretHash, by: request.replica.bytes)
            let peer = try writer.putPeer(
                replica: request.replica.bytes,
                desk: enrolment.desk,
                publicKey: request.publicKey,
                mission: enrolment.mission.text,
                hasAllSpaces: enrolment.hasAllSpaces
            )
            let spaces =
                enrolment.hasAllSpaces
                ? try writer.reader.spaces().map(\.name) : enrolment.spaces
            for space in spaces { try writer.grant(space, toPeer: peer) }
            return EnrolResponse(
                publicKey: identity.publicKey,
                mission: enrolment.mission,
                spaces: spaces
            )
        }
    }

    /// Lists a replica that was restored or copied beside the one that it was, with the same grants:
    /// both may be at work, until one is retired.
    private func succeed(
        _ predecessor: ReplicaID,
        _ request: EnrolRequest
    ) throws -> EnrolResponse {
        try store.write { writer in
            guard let known = try writer.reader.peer(replica: predecessor.bytes),
                known.publicKey == request.publicKey
            else { throw AuthenticationFailure.unknownReplica }
            guard !known.isRetired else { throw AuthenticationFailure.retired }
            guard let mission = known.mission.flatMap({ SpaceName($0) }) else {
                throw StoreError.damaged(detail: "a desk without a mission")
            }
            let spaces = try writer.reader.peerSpaces(of: known.row)
            if try writer.reader.peer(replica: request.replica.bytes) == nil {
                let peer = try writer.putPeer(
                    replica: request.replica.bytes,
                    desk: known.desk,
                    publicKey: known.publicKey,
                    mission: mission.text,
                    hasAllSpaces: known.hasAllSpaces
                )
                // What was taken from the one was taken from the other, which may hold it still.
                for space in spaces {
                    try writer.grant(space.space, toPeer: peer, isGranted: space.isGranted)
                }
            }
            return EnrolResponse(
                publicKey: identity.publicKey,
                mission: mission,
                spaces: spaces.filter(\.isGranted).map(\.space)
            )
        }
    }

    // MARK: Requests

    /// Returns the enrolled replica that signed a request.
    ///
    /// Nothing of the request's content is looked at.
    /// - Throws: `AuthenticationFailure`, and what the store reports.
    public func authenticate(
        _ request: SignedRequest,
        method: String,
        path: String,
        replays: ReplayWindow
    ) throws -> StoredPeer {
        guard let peer = try store.read({ try $0.peer(replica: request.replica.bytes) }) else {
            throw AuthenticationFailure.unknownReplica
        }
        do {
            try request.verify(publicKey: peer.publicKey, method: method, path: path)
        } catch {
            throw AuthenticationFailure.badSignature
        }
        guard !peer.isRetired else { throw AuthenticationFailure.retired }
        let now = store.environment.now()
        let distance =
            request.time > now
            ? request.time.milliseconds - now.milliseconds
            : now.milliseconds - request.time.milliseconds
        guard distance <= Self.requestWindow else {
            throw AuthenticationFailure.clockSkew(now: now)
        }
        guard replays.isNew(request.nonce, of: request.replica, at: request.time, now: now) else {
            throw AuthenticationFailure.replayed
        }
        return peer
    }

    /// Answers an exchange: merges what the desk sent and reads what it lacks, one transaction for
    /// each space.
    public func answer(
        _ request: SyncRequest,
        from peer: StoredPeer,
        byteLimit: Int
    ) throws -> SyncResponse {
        if request.schema != peer.schema ?? 0 {
            try store.write { try $0.setSchema(request.schema, ofPeer: peer.row) }
        }
        let tokenVerifies = try verifies(request.token)
        let context = RequestContext(
            publicKey: peer.publicKey,
            acceptsRelays: try acceptsRelays(),
            tokenVerifies: tokenVerifies,
            byteLimit: min(byteLimit, max(Int(request.byteLimit), 1)),
            isDormant: peer.state == "dormant"
        )
        var responses: [SpaceResponse] = []
        for space in request.spaces {
            responses.append(
                space.inspected.isEmpty
                    ? try answer(space, in: context, peer) : try inspect(space, for: peer)
            )
        }
        let asked = Set(request.spaces.map(\.space))
        let granted = try store.read { reader in
            try reader.peerSpaces(of: peer.row).filter(\.isGranted).map(\.space)
        }
        for space in granted where !asked.contains(space) {
            responses.append(
                SpaceResponse(
                    space: space,
                    verdict: .granted,
                    knowledge: KnowledgeUpdate(from: nil, to: VersionVector())
                )
            )
        }
        let conflicts = try store.read { try $0.conflictCount(in: granted) }
        if peer.state == "dormant",
            zip(request.spaces, responses).allSatisfy({ $0.isToldOrKnows($1) })
        {
            // It has begun to be told what it has missed, so that the stable cut waits for it again.
            try store.write { try $0.setState("active", ofPeer: peer.row) }
        }
        if context.acceptsRelays { try noteBrought(by: peer, request, responses) }
        try noteSync(of: peer)
        let token = try issueSyncToken(isKnown: tokenVerifies ? request.token : nil)
        return SyncResponse(
            token: token,
            time: store.environment.now(),
            spaces: responses,
            openConflicts: UInt32(clamping: conflicts)
        )
    }

    /// The introductions that are true: of the desk itself, or of another replica whose key is known.
    func vouched(
        _ actors: [ActorIntroduction],
        for peer: StoredPeer,
        _ writer: StoreWriter
    ) throws -> [ActorIntroduction] {
        if actors.allSatisfy({ $0.publicKey == peer.publicKey && $0.desk == peer.desk }) {
            return actors
        }
        let desks = Dictionary(
            try writer.reader.peers().map { ($0.publicKey, $0.desk) },
            uniquingKeysWith: { first, _ in first }
        )
        return actors.filter { desks[$0.publicKey] == $0.desk }
    }

    /// Whether changes are taken from any desk that holds them, since this store was restored from a
    /// backup not long ago.
    package func acceptsRelays() throws -> Bool {
        guard let text = try store.read({ try $0.setting(Self.relaysUntil) }),
            let until = UInt64(text)
        else { return false }
        guard Rule.relaysAfterARestore.holds else { return false }
        let awaited = try store.read { try $0.setting(Self.relaysAwaited) }
        return store.environment.now().milliseconds < until || awaited != nil
    }

    /// The setting that lists the replicas which have not exchanged since the restore.
    private static let relaysAwaited = "relays_awaited"

    /// Remembers that a desk has brought all that it has since headquarters was restored.
    private func noteBrought(
        by peer: StoredPeer,
        _ request: SyncRequest,
        _ response: [SpaceResponse]
    ) throws {
        guard let awaited = try store.read({ try $0.setting(Self.relaysAwaited) }),
            request.spaces.allSatisfy({ $0.isLast && $0.lateness == .none }),
            response.allSatisfy({ $0.verdict == .merged && $0.needed.isEmpty })
        else { return }
        let left = awaited.split(separator: " ").filter { $0 != hexadecimal(peer.replica) }
        let text = left.isEmpty ? nil : left.joined(separator: " ")
        if text != awaited { try store.write { try $0.set(Self.relaysAwaited, to: text) } }
    }

    /// The setting that says until when relayed changes are taken.
    private static let relaysUntil = "relays_until"

    /// How long after a restore relayed changes are taken at least: 30 days, in milliseconds.
    private static let relayPeriod: UInt64 = 30 * 86_400_000

    /// Makes a store that was restored from a backup fit to go on: it writes under new actors, the
    /// desks see that it is another incarnation and send again what it lost, their own and each other's:
    /// for 30 days, and until every active desk has.
    public func noteRestored() throws {
        let until = store.environment.now().milliseconds &+ Self.relayPeriod
        try store.write { writer in
            try writer.takeNewActors()
            try writer.set(Self.relaysUntil, to: String(until))
            let active = try writer.reader.peers().filter { $0.state == "active" }
            let awaited = active.map { hexadecimal($0.replica) }.joined(separator: " ")
            try writer.set(Self.relaysAwaited, to: awaited.isEmpty ? nil : awaited)
        }
    }

    /// Remembers when a desk was last here, to the minute, so that an idle exchange seldom writes.
    private func noteSync(of peer: StoredPeer) throws {
        let now = store.environment.now().milliseconds
        if let last = peer.lastSync, now >= last.milliseconds, now - last.milliseconds < 60_000 {
            return
        }
        try store.write { try $0.noteSync(peer: peer.row, clockSkew: nil) }
    }

    private func answer(
        _ request: SpaceRequest,
        in context: RequestContext,
        _ peer: StoredPeer
    ) throws -> SpaceResponse {
        var refusals: [Refusal] = []
        return try store.write { writer in
            let reader = writer.reader
            let memory = try reader.peerSpaces(of: peer.row).first { $0.space == request.space }
            var session = HeadquartersSession(request, in: context)
            var action = try session.start(
                isGranted: memory?.isGranted,
                told: memory?.knowledge,
                own: memory == nil ? VersionVector() : try reader.knowledge(of: request.space),
                chained: { try reader.chained(in: request.space) },
                digest: reader.chainDigest
            )
            while true {
                switch action {
                case .reconcile(var application):
                    application.actors = try vouched(application.actors, for: peer, writer)
                    try writer.introduce(application.actors, in: request.space)
                    let reconciliation = try writer.reconcile(application)
                    action = try session.didReconcile(
                        reconciliation,
                        try reader.holding(of: request.space)
                    )
                case .apply(let reconciliation):
                    let result = try writer.take(reconciliation, from: peer.row)
                    refusals = try writer.refuseInvalid(
                        reconciliation.application.page,
                        in: request.space
                    )
                    action = session.didApply(result)
                case .raise(let knowledge):
                    try writer.raiseKnowledge(of: request.space, to: knowledge)
                    action = session.didRaise()
                case .read(let reading):
                    try writer.signActors(identity, desk: "HQ")
                    action = session.didRead(try reader.snapshot(reading))
                case .answer(var response, let deskKnowledge, let told):
                    if let told {
                        try writer.remember(
                            peer: peer.row,
                            space: request.space,
                            told: told,
                            acknowledged: deskKnowledge ?? memory?.acknowledged ?? VersionVector()
                        )
                    }
                    response.refusals = refusals
                    if response.verdict == .behind, request.lateness != .headquarters {
                        try writer.forgetPresent(at: peer.row, in: request.space)
                    }
                    return response
                }
            }
        }
    }

    /// Answers what headquarters holds in ranges of records, and does nothing else.
    private func inspect(_ request: SpaceRequest, for peer: StoredPeer) throws -> SpaceResponse {
        try store.read { reader in
            let isGranted = try reader.peerSpaces(of: peer.row).contains {
                $0.space == request.space && $0.isGranted
            }
            var response = SpaceResponse(
                space: request.space,
                verdict: isGranted ? .merged : .notGranted,
                knowledge: KnowledgeUpdate(from: nil, to: VersionVector())
            )
            response.isLast = false
            if isGranted {
                response.inspections = try reader.inspections(
                    of: request.inspected,
                    in: request.space
                )
            }
            return response
        }
    }

    // MARK: Tokens of answers

    /// Whether this store gave out a token.
    ///
    /// A token that bears headquarters' own seal and that this store cannot have given out is from a
    /// time that it has lost: it was rolled back, and goes on as one that was restored.
    private func verifies(_ token: [UInt8]) throws -> Bool {
        let body = Array(token.dropLast(Self.sealBytes))
        var reader = ByteReader(body)
        guard seal(of: body) == Array(token.suffix(Self.sealBytes)),
            let epoch = try? reader.bigEndian(UInt64.self),
            let nonce = try? reader.bigEndian(UInt64.self), let sequence = try? reader.varint(),
            reader.isAtEnd
        else { return false }
        if try store.read({
            try $0.verifies(sequence: sequence, nonce: nonce, epoch: epoch)
        }) {
            return true
        }
        if try !store.read({ try $0.pastEpochs.contains(epoch) }) { try noteRestored() }
        return false
    }

    private static let sealBytes = 8

    /// What shows that headquarters made a token: nobody else has its key.
    private func seal(of body: [UInt8]) -> [UInt8] {
        let secret = Array("attache token\0".utf8) + identity.privateKey.rawRepresentation
        let key = SymmetricKey(data: SHA256.hash(data: secret))
        let code = HMAC<SHA256>.authenticationCode(for: body, using: key)
        return Array(code.prefix(Self.sealBytes))
    }

    /// Gives the token of the present state; the one that is known where nothing has changed, so
    /// that an idle exchange writes nothing.
    private func issueSyncToken(isKnown token: [UInt8]?) throws -> [UInt8] {
        let sequence = try store.read { try $0.sequence }
        if let token, token.count > 16 {
            var reader = ByteReader(token)
            _ = try? reader.raw(16)
            if try reader.varint() == sequence { return token }
        }
        let nonce = try store.write { try $0.tokenNonce() }
        var writer = ByteWriter(capacity: 24)
        writer.bigEndian(nonce.epoch)
        writer.bigEndian(nonce.nonce)
        writer.varint(nonce.sequence)
        return writer.bytes + seal(of: writer.bytes)
    }
}

extension SpaceRequest {
    /// Whether a desk that was silent for long is told what it has missed, or knows it.
    fileprivate func isToldOrKnows(_ response: SpaceResponse) -> Bool {
        lateness == .desk || response.verdict != .late
    }
}

extension StoreReader {
    /// What headquarters holds of a space, for a session; where an operator admits a file, nobody is late.
    func holding(of space: SpaceName, isAdmitted: Bool = false) throws -> SpaceHolding {
        var gone: Set<[UInt8]>?
        return SpaceHolding(
            knowledge: try knowledge(of: space),
            forgotten: isAdmitted ? VersionVector() : try forgotten(of: space),
            hasPublished: { try self.hasPublished(cut: $0, of: space) },
            owner: { try self.owner(of: $0)?.publicKey },
            isGone: { actor in
                let retired = try gone ?? Set(self.peers().filter(\.isRetired).map(\.replica))
                gone = retired
                return try self.owner(of: actor).map { retired.contains($0.replica) } ?? false
            },
            context: { uid in
                let state = try self.record(RecordKey(space: space, uid: uid))?.state
                var context = state?.context ?? VersionVector()
                // An erased record has no context, and whoever was told of it brings its erasure back.
                if let erasure = state?.erasure { context.include(erasure.dot) }
                return context
            }
        )
    }
}
