import CausalHistory
import RecordModel
import SyncProtocol

/// What headquarters knows about a request before it looks at a space.
public struct RequestContext: Sendable {
    /// The key that signed the request.
    ///
    /// A replica that was restored or copied has another number and the same key.
    public var publicKey: [UInt8]
    /// Whether changes of others are taken from any desk, since headquarters was restored from a
    /// backup and may have lost them.
    public var acceptsRelays: Bool
    /// Whether this store gave out the request's token.
    public var tokenVerifies: Bool
    /// How much an answer's page may hold, uncompressed.
    public var byteLimit: Int

    /// Creates a context.
    public init(
        publicKey: [UInt8],
        acceptsRelays: Bool = false,
        tokenVerifies: Bool,
        byteLimit: Int
    ) {
        self.publicKey = publicKey
        self.acceptsRelays = acceptsRelays
        self.tokenVerifies = tokenVerifies
        self.byteLimit = byteLimit
    }
}

/// Headquarters' half of an exchange for one space, as a state machine without input or output.
///
/// All its actions are performed in one transaction, so that the knowledge that an answer states is
/// that of its page.
///
/// Spec: `Protocol/spec/05-sync.md`.
public struct HeadquartersSession: Sendable {
    /// What the owner has to do next.
    public enum Action: Sendable {
        /// Compare the message's chains, then report `didReconcile`.
        case reconcile(SpaceApplication)
        /// Take in the page of what was reconciled, then report `didApply`.
        case apply(Reconciliation)
        /// Raise the knowledge of the space; the next action follows at once by `didRaise`.
        case raise(VersionVector)
        /// Read what the desk lacks, then report `didRead`.
        case read(SpaceReading)
        /// Answer, and remember what the desk was told and what it has.
        case answer(SpaceResponse, deskKnowledge: VersionVector?, told: VersionVector?)
    }

    private let request: SpaceRequest
    private let context: RequestContext
    private var verdict = SpaceVerdict.merged
    /// What the last answer to the desk stated, once it is known to have arrived.
    private var told = VersionVector()
    /// The desk's knowledge as it was sent.
    private var stated = VersionVector()
    /// The same with the branches that were set apart in it.
    private var deskKnowledge = VersionVector()
    /// What of it may be taken as known: of another's changes, only those that its owner brought.
    private var raisable = VersionVector()
    private var needed: [RecordUID] = []
    private var isForked = false
    /// The digests at what both sides hold, for a desk that has to compare them first.
    private var heads: [ChainSegment] = []
    /// Whether the two have something in common that the request does not let compare.
    private var isUncompared = false
    /// Whether the request only shows chains: without a comparison no page is taken or given.
    private var comparesOnly = false

    /// Creates a session for one space of a request.
    public init(_ request: SpaceRequest, in context: RequestContext) {
        self.request = request
        self.context = context
    }

    /// Begins.
    ///
    /// - Parameters:
    ///   - isGranted: Whether the desk may read and write the space.
    ///   - told: The knowledge that the last answer to this replica stated, nil before the first.
    ///   - own: Headquarters' knowledge of the space.
    ///   - chained: The greatest counter of each actor whose chain digest is known here; what pages have
    ///     brought whose last one never came is among it.
    ///   - digest: The first 4 bytes of an actor's chain digest at a counter, as it is known here.
    /// - Returns: The first action.
    /// - Throws: What reading throws.
    public mutating func start(
        isGranted: Bool,
        told: VersionVector?,
        own: VersionVector,
        chained: () throws -> VersionVector,
        digest: (Dot) throws -> UInt32?
    ) rethrows -> Action {
        guard isGranted else { return refuse(.notGranted) }
        guard let knowledge = request.knowledge.applied(to: told ?? VersionVector()) else {
            return refuse(.knowledgeUnknown)
        }
        stated = knowledge
        deskKnowledge = knowledge
        guard context.tokenVerifies, let told else {
            verdict = .tokenUnknown
            return try withHeads(own, chained(), digest: digest)
        }
        let heads = try ChainHeads.hash(of: knowledge, told: told, digest: digest)
        comparesOnly = request.heads == 0 && request.page.records.isEmpty && !request.isLast
        guard
            comparesOnly || request.heads == heads && heads != 0
                || !Rule.comparisonBeforePages.holds
        else {
            verdict = .forked
            return try withHeads(own, chained(), digest: digest)
        }
        self.told = told
        return .reconcile(
            SpaceApplication(
                space: request.space,
                page: comparesOnly ? Page() : request.page,
                chains: request.chains,
                actors: request.actors.filter {
                    $0.publicKey == context.publicKey || context.acceptsRelays
                },
                raise: nil,
                shown: knowledge,
                memory: PeerMemory()
            )
        )
    }

    /// Takes what comparing the chains found, and leaves out what is not this desk's to write.
    ///
    /// - Parameters:
    ///   - reconciliation: The message with its branches under their names.
    ///   - own: Headquarters' knowledge of the space.
    ///   - owner: The public key of an actor's owner, as far as it has been introduced.
    ///   - held: The context of a record, as it is held here.
    /// - Returns: The next action.
    /// - Throws: What reading throws.
    public mutating func didReconcile(
        _ reconciliation: Reconciliation,
        own: VersionVector,
        owner: (ActorID) throws -> [UInt8]?,
        held: (RecordUID) throws -> VersionVector
    ) rethrows -> Action {
        var reconciliation = reconciliation
        isForked = reconciliation.isForked
        deskKnowledge = reconciliation.application.shown
        var isTaken: [ActorID: Bool] = [:]
        func isOfThisDesk(_ actor: ActorID) throws -> Bool {
            if let known = isTaken[actor] { return known }
            let key = try owner(actor)
            let taken = key.map { $0 == context.publicKey || context.acceptsRelays } ?? false
            isTaken[actor] = taken
            return taken
        }
        func isVouched(_ dot: Dot, in record: RecordDelta) throws -> Bool {
            // Pages of its owner whose last one never came may have brought it.
            try own.covers(dot) || isOfThisDesk(dot.actor) || held(record.uid).covers(dot)
        }
        let records = reconciliation.application.page.records
        if !Rule.deltaForStatedKnowledge.holds {
            for dot in records.flatMap(\.dots) { deskKnowledge.include(dot) }
        }
        let accepted = try records.filter { record in
            try record.allDotsSatisfy { try isVouched($0, in: record) }
                && record.context.entries.allSatisfy {
                    try isVouched(Dot($0.actor, $0.counter), in: record)
                }
        }
        if accepted.count < records.count { verdict = .forged }
        reconciliation.application.page = Page(records: accepted)
        raisable = VersionVector(
            try deskKnowledge.entries.filter { entry in
                try own.counter(of: entry.actor) >= entry.counter || isOfThisDesk(entry.actor)
                    || !Rule.raisedAsFarAsVouched.holds
            }
        )
        return .apply(reconciliation)
    }

    /// Answers without having merged anything: tells the desk where headquarters' chains stand, so that
    /// it compares them before it takes a page, and shows its own where they differ.
    private mutating func withHeads(
        _ own: VersionVector,
        _ chained: VersionVector,
        digest: (Dot) throws -> UInt32?
    ) rethrows -> Action {
        isUncompared = !stated.intersection(chained).isEmpty
        if isUncompared {
            heads = try ChainHeads.segments(of: stated, told: own, digest: digest)
            let beyond = try ChainHeads.segments(of: stated, told: chained, digest: digest)
            heads += beyond.filter { !heads.contains($0) }
        }
        return read(after: 0, byteLimit: isUncompared ? 0 : nil)
    }

    private func refuse(_ verdict: SpaceVerdict) -> Action {
        .answer(
            SpaceResponse(
                space: request.space,
                verdict: verdict,
                knowledge: KnowledgeUpdate(from: nil, to: VersionVector())
            ),
            deskKnowledge: nil,
            told: nil
        )
    }

    /// Takes what merging the page did.
    public mutating func didApply(_ result: SpaceResult) -> Action {
        needed = result.needed
        guard verdict == .merged, request.isLast || !Rule.raisedAfterLastPage.holds,
            needed.isEmpty || !Rule.raisedWhenNothingIsNeeded.holds, !comparesOnly
        else {
            return didRaise()
        }
        return .raise(raisable)
    }

    /// Goes on after the knowledge was raised.
    public mutating func didRaise() -> Action {
        // Of a history that was set apart the desk has not met what its cursor has passed.
        read(after: isForked ? 0 : request.cursor, byteLimit: comparesOnly ? 0 : nil)
    }

    private func read(after cursor: UInt64, byteLimit: Int?) -> Action {
        .read(
            SpaceReading(
                space: request.space,
                peerKnowledge: deskKnowledge,
                met: stated,
                after: cursor,
                whole: request.needed,
                byteLimit: byteLimit ?? context.byteLimit,
                chainsShown: chainsShown
            )
        )
    }

    /// Behind what the desk is shown chains: in its first round what it knows, later what it was told.
    private var chainsShown: VersionVector? {
        if isUncompared { return nil }
        if isForked || comparesOnly || request.wantsChains { return deskKnowledge }
        return deskKnowledge.merged(with: told)
    }

    /// Takes what was read and gives the answer.
    public func didRead(_ snapshot: SpaceSnapshot) -> Action {
        var response = SpaceResponse(
            space: request.space,
            verdict: verdict,
            knowledge: KnowledgeUpdate(from: stated, to: snapshot.knowledge)
        )
        response.page = snapshot.page
        response.isLast = snapshot.isLast
        response.cursor = snapshot.reached
        response.fingerprint = snapshot.fingerprint
        response.chains = isUncompared ? heads : snapshot.chains
        response.actors = snapshot.actors
        response.needed = needed
        response.forgotten = snapshot.forgotten
        return .answer(
            response,
            // What was not compared may be another history's.
            deskKnowledge: isUncompared || comparesOnly ? nil : deskKnowledge,
            told: snapshot.knowledge
        )
    }
}
