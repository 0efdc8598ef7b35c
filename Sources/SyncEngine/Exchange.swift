import CausalHistory
import RecordModel
import SyncProtocol

/// What a replica reads of one space, in one snapshot, to tell a peer.
public struct SpaceReading: Hashable, Sendable {
    /// The space.
    public var space: SpaceName
    /// What the peer is known to hold.
    public var peerKnowledge: VersionVector
    /// The actors that the peer has named itself, so that they need no introduction.
    public var met: VersionVector
    /// The local sequence after which records are looked at.
    public var after: UInt64
    /// Records that the peer asked for whole.
    public var whole: [RecordUID]
    /// About how many bytes of records to take at most; 0 for none.
    public var byteLimit: Int
    /// Behind what the chains are shown: what the peer knows, or was shown before in this session; nil
    /// where none are.
    ///
    /// A page never comes before the digests of what it holds: the peer may get no further than it.
    public var chainsShown: VersionVector?
    /// Whether chains are shown that are held beyond the replica's own knowledge, though the peer knows
    /// as many transactions of their actors: it may know others.
    public var showsHeld = false
    /// Whether records that the disk has changed are left out, and no page is the last then.
    public var leavesOutDamage = false
    /// Whether the peer returns late and is told of every record: whole, where anything of it is beyond
    /// the peer's knowledge, else by its number.
    public var tellsAll = false
    /// Whether records go whole, as into a file.
    public var isWhole = false

    /// Creates a reading.
    public init(
        space: SpaceName,
        peerKnowledge: VersionVector,
        met: VersionVector,
        after: UInt64,
        whole: [RecordUID],
        byteLimit: Int,
        chainsShown: VersionVector?
    ) {
        self.space = space
        self.peerKnowledge = peerKnowledge
        self.met = met
        self.after = after
        self.whole = whole
        self.byteLimit = byteLimit
        self.chainsShown = chainsShown
    }
}

/// What was read of one space.
public struct SpaceSnapshot: Hashable, Sendable {
    /// The space.
    public var space: SpaceName
    /// The replica's knowledge, read in the same transaction as the page.
    public var knowledge: VersionVector
    /// The changes that the peer lacks.
    public var page: Page
    /// Whether the page reaches the head of the sequence.
    public var isLast: Bool
    /// The sequence that the page reaches.
    public var reached: UInt64
    /// Chain digests behind what the peer was shown.
    public var chains: [ChainSegment]
    /// The hash of the chain heads at what both sides hold, which a desk states; 0 where it cannot.
    public var heads: UInt64 = 0
    /// The actors of the page, or on the last page of the knowledge, that are new to the peer.
    public var actors: [ActorIntroduction]
    /// The greatest stable cut that was applied.
    public var forgotten: VersionVector
    /// The records of which a peer that returns late is told by their number.
    public var present: [RecordUID] = []
    /// Whether a record was left out that the disk has changed: no page is the last then.
    public var leavesOut = false
    /// The fingerprint, in the same transaction.
    public var fingerprint: Fingerprint

    /// Creates a snapshot.
    public init(
        space: SpaceName,
        knowledge: VersionVector,
        page: Page,
        isLast: Bool,
        reached: UInt64,
        chains: [ChainSegment],
        actors: [ActorIntroduction],
        forgotten: VersionVector,
        fingerprint: Fingerprint
    ) {
        self.space = space
        self.knowledge = knowledge
        self.page = page
        self.isLast = isLast
        self.reached = reached
        self.chains = chains
        self.actors = actors
        self.forgotten = forgotten
        self.fingerprint = fingerprint
    }
}

/// A stretch of a late return: what the other side has, from one record to another.
///
/// Spec: `Protocol/spec/05-sync.md` §8.
public struct LateStretch: Hashable, Sendable {
    /// The records that the other side has, beside those of the page.
    public var present: [RecordUID]
    /// What the other side knows, and so has seen of each record that it tells whole.
    public var seen: VersionVector
    /// The cut to apply at the end, once all has been told; nil before.
    public var cut: VersionVector?

    /// Creates a stretch.
    public init(present: [RecordUID], seen: VersionVector, cut: VersionVector?) {
        self.present = present
        self.seen = seen
        self.cut = cut
    }
}

/// What a replica does with a page that it received, in one transaction.
public struct SpaceApplication: Hashable, Sendable {
    /// The space.
    public var space: SpaceName
    /// The changes.
    public var page: Page
    /// The chains to compare first.
    public var chains: [ChainSegment]
    /// The actors to remember.
    public var actors: [ActorIntroduction]
    /// The knowledge to raise to after a last page, unless a record is still needed whole.
    public var raise: VersionVector?
    /// What the peer knows, whether or not the page is the last.
    public var shown: VersionVector
    /// What to remember of the peer, for the next exchange.
    public var memory: PeerMemory
    /// The stable cut to apply before the page; empty for none.
    public var cut = VersionVector()
    /// The records that this side had asked for whole: they are taken though all their changes are known.
    public var asked: Set<RecordUID> = []
    /// Where this side returns late: what the other has told.
    public var late: LateStretch?

    /// Creates an application.
    public init(
        space: SpaceName,
        page: Page,
        chains: [ChainSegment],
        actors: [ActorIntroduction],
        raise: VersionVector?,
        shown: VersionVector,
        memory: PeerMemory
    ) {
        self.space = space
        self.page = page
        self.chains = chains
        self.actors = actors
        self.raise = raise
        self.shown = shown
        self.memory = memory
    }
}

/// Headquarters' digests at what both sides hold, where the two sides' chains differ.
public struct SpaceComparison: Hashable, Sendable {
    /// The space.
    public var space: SpaceName
    /// The digest of each actor at the last counter that both hold.
    public var chains: [ChainSegment]

    /// Creates a comparison.
    public init(space: SpaceName, chains: [ChainSegment]) {
        self.space = space
        self.chains = chains
    }
}

/// What comparing headquarters' chains with a desk's found.
public struct ChainAgreement: Hashable, Sendable {
    /// Up to where the chains agree, for each space in which some do not.
    public var shared: [SpaceName: VersionVector] = [:]
    /// Whether the desk's own actor was used elsewhere, so that it writes under new ones from now on.
    public var hasNewActors = false

    /// Creates the agreement of chains that do not differ.
    public init() {}
}

/// What comparing the chains of a message with those known here found.
public struct Reconciliation: Hashable, Sendable {
    /// The message, with the branches in it under their names.
    public var application: SpaceApplication
    /// Whether a branch was set apart on either side.
    public var isForked = false
    /// Whether this replica's own actor was used elsewhere.
    public var hasNewActor = false

    /// Creates the reconciliation of a message whose chains do not differ.
    public init(_ application: SpaceApplication) {
        self.application = application
    }
}

/// What a desk remembers of headquarters for one space, between exchanges.
public struct PeerMemory: Hashable, Sendable {
    /// The knowledge that the last answer stated, nil before the first.
    ///
    /// While the token of that answer verifies, headquarters knows at least this.
    public var knowledge: VersionVector?
    /// The local sequence up to which headquarters has everything.
    public var pushed: UInt64
    /// The sequence in headquarters' store up to which everything was taken.
    public var pulled: UInt64
    /// Which side returns late, while it is told what the other has.
    public var lateness: Lateness
    /// The sequence of the side that tells up to which it has told.
    public var lateCursor: UInt64

    /// Creates a memory; by default that of a peer never met.
    public init(
        knowledge: VersionVector? = nil,
        pushed: UInt64 = 0,
        pulled: UInt64 = 0,
        lateness: Lateness = .none,
        lateCursor: UInt64 = 0
    ) {
        self.knowledge = knowledge
        self.pushed = pushed
        self.pulled = pulled
        self.lateness = lateness
        self.lateCursor = lateCursor
    }

    /// The memory from which an ordinary exchange goes on after a late return: all is looked at again.
    public func afterLateReturn(pulled: UInt64) -> PeerMemory {
        PeerMemory(knowledge: knowledge, pulled: pulled)
    }
}

/// What applying a page did.
public struct SpaceResult: Hashable, Sendable {
    /// The space.
    public var space: SpaceName
    /// How many records changed.
    public var merged: Int
    /// How many conflicts for a person the records have more than before.
    public var newConflicts: Int
    /// The records that are needed whole.
    public var needed: [RecordUID]
    /// Whether any branch was set apart, in what the peer sent or in what is held here.
    public var isForked: Bool
    /// Whether the replica writes under a new actor, since its own was used elsewhere.
    public var hasNewActor: Bool
    /// The replica's knowledge afterwards.
    public var knowledge: VersionVector
    /// The fingerprint afterwards.
    public var fingerprint: Fingerprint

    /// Creates a result.
    public init(
        space: SpaceName,
        merged: Int = 0,
        newConflicts: Int = 0,
        needed: [RecordUID] = [],
        isForked: Bool = false,
        hasNewActor: Bool = false,
        knowledge: VersionVector,
        fingerprint: Fingerprint
    ) {
        self.space = space
        self.merged = merged
        self.newConflicts = newConflicts
        self.needed = needed
        self.isForked = isForked
        self.hasNewActor = hasNewActor
        self.knowledge = knowledge
        self.fingerprint = fingerprint
    }
}
