import CausalHistory
import RecordModel
import SyncProtocol

/// What headquarters knows about a request before it looks at a space.
public struct RequestContext: Sendable {
    /// The replica that signed the request.
    public var replica: ReplicaID
    /// Whether this store gave out the request's token.
    public var tokenVerifies: Bool
    /// How much an answer's page may hold, uncompressed.
    public var byteLimit: Int

    /// Creates a context.
    public init(replica: ReplicaID, tokenVerifies: Bool, byteLimit: Int) {
        self.replica = replica
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
        /// Take in the page, then report `didApply`.
        case apply(Page, chains: [ChainSegment], actors: [ActorIntroduction])
        /// Raise the knowledge of the space; the next action follows at once by `didRaise`.
        case raise(VersionVector)
        /// Read what the desk lacks, then report `didRead`.
        case read(SpaceReading)
        /// Answer, and remember what the desk was told and what it has.
        case answer(SpaceResponse, deskKnowledge: VersionVector?, told: VersionVector)
    }

    private let request: SpaceRequest
    private let context: RequestContext
    private var verdict = SpaceVerdict.merged
    private var deskKnowledge: VersionVector?
    private var needed: [RecordUID] = []

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
    ///   - owner: The replica of an actor, as far as it has been introduced.
    /// - Returns: The first action.
    public mutating func start(
        isGranted: Bool,
        told: VersionVector?,
        own: VersionVector,
        owner: (ActorID) -> ReplicaID?
    ) -> Action {
        guard isGranted else { return refuse(.notGranted) }
        guard let knowledge = request.knowledge.applied(to: told ?? VersionVector()) else {
            return refuse(.knowledgeUnknown)
        }
        deskKnowledge = knowledge
        guard context.tokenVerifies else {
            verdict = .tokenUnknown
            return read(after: 0)
        }
        let introduced = Dictionary(
            request.actors.map { ($0.actor, $0.replica) },
            uniquingKeysWith: { first, _ in first }
        )
        var isOwn: [ActorID: Bool] = [:]
        let accepted = request.page.records.filter { record in
            record.allDotsSatisfy { dot in
                if own.covers(dot) { return true }
                if let known = isOwn[dot.actor] { return known }
                let replica = owner(dot.actor) ?? introduced[dot.actor]
                isOwn[dot.actor] = replica == context.replica
                return replica == context.replica
            }
        }
        if accepted.count < request.page.records.count { verdict = .forged }
        return .apply(
            Page(records: accepted),
            chains: request.chains,
            actors: request.actors.filter { $0.replica == context.replica }
        )
    }

    private func refuse(_ verdict: SpaceVerdict) -> Action {
        .answer(
            SpaceResponse(
                space: request.space,
                verdict: verdict,
                knowledge: KnowledgeUpdate(from: nil, to: VersionVector())
            ),
            deskKnowledge: nil,
            told: VersionVector()
        )
    }

    /// Takes what merging the page did.
    public mutating func didApply(_ result: SpaceResult) -> Action {
        needed = result.needed
        if !result.forks.isEmpty { return refuse(.forked) }
        guard verdict == .merged, request.isLast, needed.isEmpty, let deskKnowledge else {
            return didRaise()
        }
        return .raise(deskKnowledge)
    }

    /// Goes on after the knowledge was raised.
    public mutating func didRaise() -> Action {
        read(after: request.cursor)
    }

    private func read(after cursor: UInt64) -> Action {
        .read(
            SpaceReading(
                space: request.space,
                peerKnowledge: deskKnowledge ?? VersionVector(),
                after: cursor,
                whole: request.needed,
                byteLimit: context.byteLimit
            )
        )
    }

    /// Takes what was read and gives the answer.
    public func didRead(_ snapshot: SpaceSnapshot) -> Action {
        var response = SpaceResponse(
            space: request.space,
            verdict: verdict,
            knowledge: KnowledgeUpdate(
                from: deskKnowledge ?? VersionVector(),
                to: snapshot.knowledge
            )
        )
        response.page = snapshot.page
        response.isLast = snapshot.isLast
        response.cursor = snapshot.reached
        response.fingerprint = snapshot.fingerprint
        response.chains = snapshot.chains
        response.actors = snapshot.actors
        response.needed = needed
        response.forgotten = snapshot.forgotten
        return .answer(
            response,
            deskKnowledge: deskKnowledge,
            told: snapshot.knowledge
        )
    }
}
