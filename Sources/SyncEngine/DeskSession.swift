import CausalHistory
import RecordModel
import SyncProtocol

/// How one space stands at the end of a session.
public enum SpaceStanding: Hashable, Sendable {
    /// Both sides know the same and have the same fingerprint.
    case verified
    /// The desk wrote while the session ran: nothing is wrong, the next session compares.
    case busy
    /// Both sides know the same and differ.
    case diverged
    /// Headquarters never granted the space to this desk.
    case notGranted
    /// Headquarters took the space from this desk.
    case revoked
    /// The chains differ in a way that the two sides could not settle.
    case forked
    /// Headquarters did not take changes that are not this desk's to write.
    case forged
    /// A record that the disk has changed was not sent.
    case damaged
}

/// What a session did.
public struct SessionSummary: Hashable, Sendable {
    /// Distinct changes and records sent and acknowledged.
    public var sentChanges = 0
    /// Records sent and acknowledged.
    public var sentRecords = 0
    /// Distinct changes received.
    public var receivedChanges = 0
    /// Records received.
    public var receivedRecords = 0
    /// Conflicts that the merged records have more than before.
    public var newConflicts = 0
    /// Requests that were answered.
    public var roundTrips = 0
    /// Edits that headquarters did not accept.
    public var refusals: [Refusal] = []
    /// How each space stands.
    public var standings: [SpaceName: SpaceStanding] = [:]
    /// Whether this replica was found to be restored or copied, and writes under new actors now.
    public var hasNewActors = false
    /// In how many spaces two histories of one actor were set apart.
    public var forks = 0
    /// The spaces that were taken from this desk, with headquarters' digests at what both hold.
    public var revocations: [SpaceName: [ChainSegment]] = [:]

    /// Creates the summary of a session that did nothing.
    public init() {}

    /// Whether every space that this desk has is proven to be equal on both sides.
    public var isVerified: Bool {
        let kept = standings.values.filter { $0 != .revoked }
        return !kept.isEmpty && kept.allSatisfy { $0 == .verified }
    }
}

/// The desk's half of an exchange with headquarters, as a state machine without input or output.
///
/// The owner performs each action and reports its event; a session that is cut anywhere is dropped
/// and a new one goes on from what the replica remembers. In each round every unfinished space
/// sends a page and takes one; a small two-way exchange is one round.
///
/// Spec: `Protocol/spec/05-sync.md`.
public struct DeskSession: Sendable {
    /// What the owner has to do next.
    public enum Action: Hashable, Sendable {
        /// Read these spaces, then report `didRead`.
        case read([SpaceReading])
        /// Send this request, then report `didReceive`.
        case send(SyncRequest)
        /// Apply these pages, one transaction each, and remember the token; then `didApply`.
        case apply([SpaceApplication], token: [UInt8])
        /// Compare headquarters' chains with this replica's, then report `didCompare`.
        case compare([SpaceComparison])
        /// The exchange is over.
        case finish(SessionSummary)
    }

    private struct Progress {
        var memory: PeerMemory
        /// Records that headquarters asked for whole.
        var wanted: [RecordUID] = []
        /// Records that this desk needs whole.
        var needed: [RecordUID] = []
        var outgoing: SpaceSnapshot?
        var response: SpaceResponse?
        var isPushed = false
        /// Whether headquarters left changes out that are not this desk's to write.
        var isForged = false
        /// Whether this desk left a record out that the disk has changed.
        var leavesOut = false
        /// Whether something was left out, so that headquarters must not take all as known.
        var isHeldBack: Bool { (isForged && Rule.leftOutHoldsBack.holds) || leavesOut }
        /// What headquarters was shown the chains of in this session.
        var shown = VersionVector()
        /// Whether no page of this session was sent yet.
        var isFirst = true
        /// Whether headquarters may have set histories apart since it was met: what is held of pages whose
        /// last one never came is compared, too.
        var isSuspect = false
        /// What headquarters has of the chains that it compares next; nil where it compares none.
        var compared: VersionVector?
        /// How often the chains were compared.
        var comparisons = 0
        var isDone = false
        /// Where the next exchange begins to push: a record that was left out is met again.
        var pushedForGood: UInt64

        init(_ memory: PeerMemory) {
            self.memory = memory
            pushedForGood = memory.pushed
        }

        /// Takes what an answer says of a late return.
        ///
        /// - Parameters:
        ///   - answer: Headquarters' answer.
        ///   - reached: The sequence that the request's page reached.
        mutating func goOn(after answer: SpaceResponse, having reached: UInt64) {
            let side: Lateness = answer.verdict == .late ? .desk : .headquarters
            wanted = []
            needed = []
            if memory.lateness != side {
                memory.lateness = side
                memory.lateCursor = 0
            } else if answer.isLast {
                memory = memory.afterLateReturn(pulled: side == .desk ? answer.cursor : 0)
                pushedForGood = 0
                forgetChains()
            } else if side == .desk {
                memory.lateCursor = answer.cursor
            } else {
                // Where headquarters did not take what it was told, it is told from the start again.
                memory.lateCursor = answer.cursor > 0 ? reached : 0
                if answer.cursor == 0 { comparisons += 1 }
            }
        }

        /// Begins to show and to want chains anew: what was sent was not taken.
        mutating func forgetChains() {
            shown = VersionVector()
            isFirst = true
            isSuspect = true
        }

        /// What the replica remembers for the next exchange.
        var lasting: PeerMemory {
            var lasting = memory
            if memory.lateness == .none, Rule.leftOutIsMetAgain.holds {
                lasting.pushed = min(memory.pushed, pushedForGood)
            }
            return lasting
        }
    }

    /// How much a page may hold, uncompressed; changed by the owner as it measures the link.
    public var byteLimit: Int

    private let schema: UInt32
    private var token: [UInt8]
    private var spaces: [SpaceName: Progress]
    /// What the session has done so far.
    public private(set) var summary = SessionSummary()
    private var sentDots = DistinctCount<Dot>()
    private var sentRecords = DistinctCount<RecordUID>()
    private var receivedDots = DistinctCount<Dot>()
    private var receivedRecords = DistinctCount<RecordUID>()
    /// How often a peer that keeps asking for more is followed before the session gives up.
    private static let roundLimit = 1_000_000
    /// How often the chains of one space may be compared before the session gives up on it.
    private static let comparisonLimit = 8
    /// What is applied once the chains were compared.
    private var waiting: [SpaceApplication] = []

    /// Creates a session.
    ///
    /// - Parameters:
    ///   - memories: What the desk remembers of headquarters for each granted space.
    ///   - token: The token of the last answer, empty before the first.
    ///   - schema: The version of the schema that the desk writes by.
    ///   - byteLimit: How much a page may hold, uncompressed.
    ///   - mending: Records that both sides send whole.
    public init(
        memories: [SpaceName: PeerMemory],
        token: [UInt8],
        schema: UInt32,
        byteLimit: Int,
        mending: [SpaceName: Set<RecordUID>] = [:]
    ) {
        self.token = token
        self.schema = schema
        self.byteLimit = byteLimit
        spaces = memories.mapValues { Progress($0) }
        for (space, uids) in mending {
            spaces[space]?.needed = uids.sorted()
            spaces[space]?.wanted = uids.sorted()
        }
    }

    /// Begins the exchange.
    public mutating func start() -> Action {
        read()
    }

    private var unfinished: [SpaceName] {
        spaces.filter { !$0.value.isDone }.keys.sorted()
    }

    private func read() -> Action {
        .read(
            unfinished.compactMap { name in
                spaces[name].map { progress in
                    let tells = progress.memory.lateness == .headquarters
                    // Without a token nothing is known of headquarters: the first request only
                    // asks, since a page against a guess might be the whole store in vain.
                    let isAsking =
                        progress.memory.knowledge == nil || progress.compared != nil
                        || progress.memory.lateness == .desk
                    var reading = SpaceReading(
                        space: name,
                        peerKnowledge: progress.compared ?? progress.memory.knowledge
                            ?? VersionVector(),
                        met: progress.memory.knowledge ?? VersionVector(),
                        after: tells ? progress.memory.lateCursor : progress.memory.pushed,
                        whole: progress.wanted,
                        byteLimit: isAsking ? 0 : byteLimit,
                        chainsShown: progress.compared
                            ?? progress.memory.knowledge?.merged(with: progress.shown)
                    )
                    reading.tellsAll = tells
                    reading.showsHeld = progress.isSuspect
                    reading.leavesOutDamage = true
                    return reading
                }
            }
        )
    }

    /// Takes what was read and gives the request to send.
    public mutating func didRead(_ snapshots: [SpaceSnapshot]) -> Action {
        var request = SyncRequest(schema: schema)
        request.token = token
        request.byteLimit = UInt32(clamping: byteLimit)
        for snapshot in snapshots {
            guard var progress = spaces[snapshot.space] else { continue }
            var space = SpaceRequest(
                space: snapshot.space,
                knowledge: KnowledgeUpdate(
                    from: progress.memory.knowledge,
                    to: snapshot.knowledge
                )
            )
            space.page = snapshot.page
            if snapshot.leavesOut { progress.leavesOut = true }
            // Headquarters must not take as known what it has left out.
            space.isLast =
                snapshot.isLast && !progress.isHeldBack
            space.cursor = progress.memory.pulled
            space.chains = snapshot.chains
            space.actors = snapshot.actors
            space.needed = progress.needed
            space.forgottenHash = snapshot.forgotten.isEmpty ? 0 : snapshot.forgotten.hash64
            space.lateness = progress.memory.lateness
            switch progress.memory.lateness {
            case .none: break
            case .desk: space.cursor = progress.memory.lateCursor
            case .headquarters:
                space.present = snapshot.present
                space.forgotten = snapshot.forgotten
            }
            if progress.memory.knowledge != nil, progress.compared == nil {
                space.heads = snapshot.heads
                space.wantsChains = progress.isFirst
                progress.isFirst = false
                progress.isSuspect = false
                progress.shown = snapshot.knowledge
            }
            progress.compared = nil
            progress.outgoing = snapshot
            spaces[snapshot.space] = progress
            request.spaces.append(space)
        }
        return .send(request)
    }

    /// Takes headquarters' answer and gives the pages to apply.
    public mutating func didReceive(_ response: SyncResponse) -> Action {
        summary.roundTrips += 1
        token = response.token
        var applications: [SpaceApplication] = []
        var comparisons: [SpaceComparison] = []
        for answer in response.spaces {
            if answer.verdict == .granted, spaces[answer.space] == nil {
                spaces[answer.space] = Progress(PeerMemory())
                applications.append(
                    SpaceApplication(
                        space: answer.space,
                        page: Page(),
                        chains: [],
                        actors: [],
                        raise: nil,
                        shown: VersionVector(),
                        memory: PeerMemory()
                    )
                )
            }
            guard var progress = spaces[answer.space], !progress.isDone,
                let outgoing = progress.outgoing
            else { continue }
            // Pages are large: what was sent is over, and what came goes with its application alone.
            progress.outgoing?.page = Page()
            progress.response = answer
            progress.response?.page = Page()
            progress.isPushed = false
            switch answer.verdict {
            case .merged, .tokenUnknown, .forged, .forked:
                guard let theirs = answer.knowledge.applied(to: outgoing.knowledge) else {
                    // The answer is not about our request: start this space anew.
                    progress.memory = PeerMemory()
                    progress.forgetChains()
                    break
                }
                let wasTaken = answer.verdict == .merged || answer.verdict == .forged
                if answer.verdict == .forged { progress.isForged = true }
                if wasTaken { note(sent: outgoing) }
                if progress.memory.lateness == .headquarters, wasTaken {
                    // It was not late after all: what it was told was taken in like any page.
                    progress.memory = progress.memory.afterLateReturn(pulled: 0)
                }
                progress.memory.knowledge = theirs
                // A record that headquarters needs whole must be met again if the session is cut.
                if !wasTaken {
                    progress.forgetChains()
                    progress.memory.pushed = 0
                    progress.memory.lateCursor = 0
                    progress.pushedForGood = 0
                } else if answer.needed.isEmpty {
                    progress.memory.pushed = outgoing.reached
                    if !progress.isForged, !progress.leavesOut {
                        progress.pushedForGood = outgoing.reached
                    }
                }
                progress.memory.pulled = answer.cursor
                progress.isPushed = wasTaken && outgoing.isLast
                progress.wanted = answer.needed
                note(received: answer)
                // Without a comparison headquarters takes and gives nothing, unless the two have nothing
                // in common.
                let isCompared = wasTaken || answer.isLast || !answer.page.records.isEmpty
                if !isCompared {
                    comparisons.append(
                        SpaceComparison(space: answer.space, chains: answer.chains)
                    )
                    progress.comparisons += 1
                    if progress.comparisons > Self.comparisonLimit {
                        summary.standings[answer.space] = .forked
                        progress.isDone = true
                    }
                }
                var application = SpaceApplication(
                    space: answer.space,
                    page: answer.page,
                    chains: isCompared ? answer.chains : [],
                    actors: answer.actors,
                    raise: answer.isLast || !Rule.raisedAfterLastPage.holds ? theirs : nil,
                    shown: theirs,
                    memory: progress.lasting
                )
                application.cut = answer.forgotten
                application.asked = Set(progress.needed)
                applications.append(application)
            case .late, .behind:
                guard let theirs = answer.knowledge.applied(to: outgoing.knowledge) else {
                    progress.memory = PeerMemory()
                    progress.forgetChains()
                    break
                }
                progress.memory.knowledge = theirs
                let isToldTo = progress.memory.lateness == .desk
                progress.goOn(after: answer, having: outgoing.reached)
                if progress.comparisons > Self.comparisonLimit {
                    summary.standings[answer.space] = .forked
                    progress.isDone = true
                }
                if isToldTo { note(received: answer) }
                var application = SpaceApplication(
                    space: answer.space,
                    page: isToldTo ? answer.page : Page(),
                    chains: answer.chains,
                    actors: answer.actors,
                    raise: isToldTo && answer.isLast ? theirs : nil,
                    shown: theirs,
                    memory: progress.memory
                )
                if isToldTo {
                    application.late = LateStretch(
                        present: answer.present + answer.page.records.map(\.uid),
                        seen: theirs,
                        cut: answer.isLast ? answer.forgotten : nil
                    )
                }
                applications.append(application)
            case .knowledgeUnknown:
                progress.memory = PeerMemory()
                progress.forgetChains()
            case .granted:
                break
            case .notGranted:
                summary.standings[answer.space] = .notGranted
                progress.isDone = true
            case .revoked where !answer.isLast && progress.memory.knowledge != nil:
                progress.memory = PeerMemory()
            case .revoked:
                summary.standings[answer.space] = .revoked
                summary.revocations[answer.space] = answer.chains
                progress.isDone = true
            }
            summary.refusals += answer.refusals
            spaces[answer.space] = progress
        }
        if comparisons.isEmpty { return .apply(applications, token: token) }
        waiting = applications
        return .compare(comparisons)
    }

    /// Takes which chains are to be shown from where, and gives the pages to apply.
    public mutating func didCompare(_ agreement: ChainAgreement) -> Action {
        for (space, vector) in agreement.shared { spaces[space]?.compared = vector }
        if agreement.hasNewActors { summary.hasNewActors = true }
        defer { waiting = [] }
        return .apply(waiting, token: token)
    }

    /// Takes what applying did and gives the next round, or the end.
    public mutating func didApply(_ results: [SpaceResult]) -> Action {
        for result in results {
            guard var progress = spaces[result.space], let answer = progress.response else {
                continue
            }
            summary.newConflicts += result.newConflicts
            progress.needed = result.needed
            if result.hasNewActor { summary.hasNewActors = true }
            if result.isForked {
                summary.forks += 1
                progress.isPushed = false
                progress.comparisons += 1
                if progress.comparisons > Self.comparisonLimit {
                    summary.standings[result.space] = .forked
                    progress.isDone = true
                }
            } else if progress.isPushed, answer.isLast, progress.needed.isEmpty,
                progress.wanted.isEmpty
            {
                summary.standings[result.space] = standing(of: result, against: answer, progress)
                progress.isDone = true
            }
            spaces[result.space] = progress
        }
        if unfinished.isEmpty || summary.roundTrips >= Self.roundLimit {
            for name in unfinished { summary.standings[name] = .busy }
            return .finish(summary)
        }
        return read()
    }

    private func standing(
        of result: SpaceResult,
        against answer: SpaceResponse,
        _ progress: Progress
    ) -> SpaceStanding {
        if progress.isForged { return .forged }
        if progress.leavesOut { return .damaged }
        guard result.knowledge.hash64 == answer.knowledge.hash else {
            return .busy
        }
        return result.fingerprint == answer.fingerprint ? .verified : .diverged
    }

    private mutating func note(sent snapshot: SpaceSnapshot) {
        let peer = spaces[snapshot.space]?.memory.knowledge ?? VersionVector()
        for record in snapshot.page.records {
            for dot in record.dots where !peer.covers(dot) { sentDots.insert(dot) }
            sentRecords.insert(record.uid)
        }
        summary.sentChanges = sentDots.count
        summary.sentRecords = sentRecords.count
    }

    private mutating func note(received answer: SpaceResponse) {
        let own = spaces[answer.space]?.outgoing?.knowledge ?? VersionVector()
        for record in answer.page.records {
            for dot in record.dots where !own.covers(dot) { receivedDots.insert(dot) }
            receivedRecords.insert(record.uid)
        }
        summary.receivedChanges = receivedDots.count
        summary.receivedRecords = receivedRecords.count
    }
}
