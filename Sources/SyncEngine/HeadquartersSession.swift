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
    /// Whether the stable cut has stopped waiting for the replica, which was silent for long.
    public var isDormant: Bool

    /// Creates a context.
    public init(
        publicKey: [UInt8],
        acceptsRelays: Bool = false,
        tokenVerifies: Bool,
        byteLimit: Int,
        isDormant: Bool = false
    ) {
        self.publicKey = publicKey
        self.acceptsRelays = acceptsRelays
        self.tokenVerifies = tokenVerifies
        self.byteLimit = byteLimit
        self.isDormant = isDormant
    }
}

/// What headquarters holds of a space when a page comes.
public struct SpaceHolding {
    /// The knowledge.
    public var knowledge: VersionVector
    /// The greatest stable cut that was applied.
    public var forgotten: VersionVector
    /// Whether a cut of a hash was published by this store, or is none.
    public var hasPublished: (UInt64) throws -> Bool
    /// The public key of an actor's owner, as far as it has been introduced.
    public var owner: (ActorID) throws -> [UInt8]?
    /// Whether the replica that wrote under an actor is gone for good.
    public var isGone: (ActorID) throws -> Bool
    /// The context of a record, as it is held here.
    public var context: (RecordUID) throws -> VersionVector

    /// Creates a holding.
    public init(
        knowledge: VersionVector,
        forgotten: VersionVector,
        hasPublished: @escaping (UInt64) throws -> Bool,
        owner: @escaping (ActorID) throws -> [UInt8]?,
        isGone: @escaping (ActorID) throws -> Bool,
        context: @escaping (RecordUID) throws -> VersionVector
    ) {
        self.knowledge = knowledge
        self.forgotten = forgotten
        self.hasPublished = hasPublished
        self.owner = owner
        self.isGone = isGone
        self.context = context
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
    /// Whether the answer tells the desk of every record.
    private var tellsAll = false
    /// Whether headquarters, which returns late, takes what the desk tells of its records; and whether
    /// that was the last of it.
    private var isTold = (taken: false, wholly: false)

    /// Creates a session for one space of a request.
    public init(_ request: SpaceRequest, in context: RequestContext) {
        self.request = request
        self.context = context
    }

    /// Begins.
    ///
    /// - Parameters:
    ///   - isGranted: Whether the desk may read and write the space; nil where it never might.
    ///   - told: The knowledge that the last answer to this replica stated, nil before the first.
    ///   - own: Headquarters' knowledge of the space.
    ///   - chained: The greatest counter of each actor whose chain digest is known here; what pages have
    ///     brought whose last one never came is among it.
    ///   - digest: The first 4 bytes of an actor's chain digest at a counter, as it is known here.
    /// - Returns: The first action.
    /// - Throws: What reading throws.
    public mutating func start(
        isGranted: Bool?,
        told: VersionVector?,
        own: VersionVector,
        chained: () throws -> VersionVector,
        digest: (Dot) throws -> UInt32?
    ) rethrows -> Action {
        guard let isGranted else { return refuse(.notGranted) }
        guard isGranted else { return try takeLeave(told, own, digest: digest) }
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
        comparesOnly =
            request.heads == 0 && request.page.records.isEmpty && !request.isLast
            && request.lateness == .none
        guard
            comparesOnly || request.heads == heads && heads != 0
                || !Rule.comparisonBeforePages.holds
        else {
            verdict = .forked
            return try withHeads(own, chained(), digest: digest)
        }
        self.told = told
        var application = SpaceApplication(
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
        application.cut = request.forgotten
        return .reconcile(application)
    }

    /// Takes what comparing the chains found, and leaves out what is not this desk's to write.
    ///
    /// - Parameters:
    ///   - reconciliation: The message with its branches under their names.
    ///   - held: What headquarters holds.
    /// - Returns: The next action.
    /// - Throws: What reading throws.
    public mutating func didReconcile(
        _ reconciliation: Reconciliation,
        _ held: SpaceHolding
    ) throws -> Action {
        isForked = reconciliation.isForked
        deskKnowledge = reconciliation.application.shown
        if let action = try lateReturn(of: reconciliation, held) { return action }
        let accepted = try accepted(reconciliation, held)
        return .apply(accepted)
    }

    /// What happens instead of an ordinary exchange where one side lacks what the other has given up.
    private mutating func lateReturn(
        of reconciliation: Reconciliation,
        _ held: SpaceHolding
    ) throws -> Action? {
        guard Rule.lateReturnIsTold.holds, !comparesOnly else { return nil }
        if request.lateness == .desk {
            verdict = .late
            tellsAll = true
            return read(after: request.cursor, byteLimit: nil)
        }
        // Who has seen nothing of what was given up, and takes the space for the first time, need not be
        // told what is gone; unless it began to take it before it fell silent.
        let isNew =
            deskKnowledge.intersection(held.forgotten).isEmpty
            && !(context.isDormant && request.cursor > 0)
        if !deskKnowledge.covers(held.forgotten), !isNew {
            verdict = .late
            return read(after: 0, byteLimit: 0)
        }
        let hash = request.forgottenHash
        if try hash == 0 || hash == held.forgotten.hash64 || held.hasPublished(hash) { return nil }
        // Headquarters went back behind that cut.
        guard request.forgotten.hash64 == hash else {
            verdict = .behind
            return read(after: 0, byteLimit: 0)
        }
        let cut = reconciliation.application.cut
        if held.knowledge.covers(cut) {
            var accepted = try accepted(reconciliation, held)
            accepted.application.cut = cut
            return .apply(accepted)
        }
        verdict = .behind
        guard context.acceptsRelays, request.lateness == .headquarters else {
            return read(after: 0, byteLimit: 0)
        }
        var told = try accepted(reconciliation, held)
        isTold = (taken: true, wholly: request.isLast)
        told.application.late = LateStretch(
            present: request.present + request.page.records.map(\.uid),
            seen: deskKnowledge,
            cut: isTold.wholly ? cut : nil
        )
        if isTold.wholly { told.application.raise = raisable }
        return .apply(told)
    }

    /// The message with what is this desk's to write.
    private mutating func accepted(
        _ reconciliation: Reconciliation,
        _ held: SpaceHolding
    ) throws -> Reconciliation {
        var reconciliation = reconciliation
        reconciliation.application.cut = VersionVector()
        let own = held.knowledge
        var isTaken: [ActorID: Bool] = [:]
        func isOfThisDesk(_ actor: ActorID) throws -> Bool {
            if let known = isTaken[actor] { return known }
            let key = try held.owner(actor)
            let taken = key.map { $0 == context.publicKey || context.acceptsRelays } ?? false
            isTaken[actor] = taken
            return taken
        }
        func isVouched(_ dot: Dot, in record: RecordDelta) throws -> Bool {
            // Pages of its owner whose last one never came may have brought it.
            try own.covers(dot) || isOfThisDesk(dot.actor) || held.context(record.uid).covers(dot)
        }
        let records = reconciliation.application.page.records
        if !Rule.deltaForStatedKnowledge.holds {
            for dot in records.flatMap(\.dots) { deskKnowledge.include(dot) }
        }
        let accepted = try records.filter { record in
            try record.allDotsSatisfy { try isVouched($0, in: record) }
                && record.context.entries.allSatisfy {
                    // Of a replica that is gone, headquarters has written again all that it holds.
                    try isVouched(Dot($0.actor, $0.counter), in: record) || held.isGone($0.actor)
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
        return reconciliation
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

    /// Tells a desk from which the space was taken what headquarters holds of what the desk does.
    private func takeLeave(
        _ told: VersionVector?,
        _ own: VersionVector,
        digest: (Dot) throws -> UInt32?
    ) rethrows -> Action {
        var response = SpaceResponse(
            space: request.space,
            verdict: .revoked,
            knowledge: KnowledgeUpdate(from: nil, to: VersionVector())
        )
        if let stated = request.knowledge.applied(to: told ?? VersionVector()) {
            response.knowledge = KnowledgeUpdate(from: stated, to: stated.intersection(own))
            response.chains = try ChainHeads.segments(of: stated, told: own, digest: digest)
        } else {
            response.isLast = false
        }
        return .answer(response, deskKnowledge: nil, told: nil)
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
        if verdict == .behind { return read(after: 0, byteLimit: 0) }
        // Of a desk that tells of its records the last page is not the last of what it has to push.
        guard verdict == .merged, request.lateness == .none,
            request.isLast || !Rule.raisedAfterLastPage.holds,
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
        var reading = SpaceReading(
            space: request.space,
            peerKnowledge: deskKnowledge,
            met: stated,
            after: cursor,
            whole: request.needed,
            byteLimit: byteLimit ?? context.byteLimit,
            chainsShown: chainsShown
        )
        reading.tellsAll = tellsAll
        return .read(reading)
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
        response.isLast = snapshot.isLast || isTold.wholly
        response.cursor = verdict == .behind ? (isTold.taken ? 1 : 0) : snapshot.reached
        response.fingerprint = snapshot.fingerprint
        response.chains = isUncompared ? heads : snapshot.chains
        response.actors = snapshot.actors
        response.needed = needed
        response.present = snapshot.present
        // A newcomer is told with the last page: before, it knows nothing of what was given up.
        let isSeen = snapshot.isLast || deskKnowledge.covers(snapshot.forgotten)
        let tellsCut = tellsAll ? snapshot.isLast : isSeen && [.merged, .forged].contains(verdict)
        let theirs = request.forgottenHash
        if tellsCut, !comparesOnly, !snapshot.forgotten.isEmpty, theirs != snapshot.forgotten.hash64
        {
            response.forgotten = snapshot.forgotten
        }
        return .answer(
            response,
            // What was not compared may be another history's.
            deskKnowledge: isUncompared || comparesOnly ? nil : deskKnowledge,
            told: snapshot.knowledge
        )
    }
}
