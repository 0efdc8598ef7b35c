import CausalHistory
import RecordModel

/// Who an actor is: what a replica must know to show and check the changes of another.
///
/// It is introduced once to each peer, by a statement that the replica's key signs.
public struct ActorIntroduction: Hashable, Sendable {
    /// The actor.
    public var actor: ActorID
    /// The replica whose actor it is.
    public var replica: ReplicaID
    /// The code of the desk.
    public var desk: String
    /// The replica's Ed25519 public key, 32 bytes.
    public var publicKey: [UInt8]
    /// The signature over the statement (`Protocol/spec/06-authentication.md`), 64 bytes.
    public var signature: [UInt8]
    /// Of a branch, what its name is made of; the statement is about its root.
    public var branch: BranchOrigin?

    /// Creates an introduction.
    public init(
        actor: ActorID,
        replica: ReplicaID,
        desk: String,
        publicKey: [UInt8],
        signature: [UInt8],
        branch: BranchOrigin? = nil
    ) {
        self.actor = actor
        self.replica = replica
        self.desk = desk
        self.publicKey = publicKey
        self.signature = signature
        self.branch = branch
    }
}

/// A piece of one actor's hash chain: 4 bytes for each transaction, and the whole digest of the
/// last.
public struct ChainSegment: Hashable, Sendable {
    /// The actor.
    public var actor: ActorID
    /// The counter of the first transaction of the segment, at least 1.
    public var first: UInt64
    /// The first 4 bytes of the digest of each transaction, in order.
    public var digests: [UInt32]
    /// The 16-byte digest of the last of them, where the sender knows it whole.
    public var head: Digest128?

    /// Creates a segment.
    public init(actor: ActorID, first: UInt64, digests: [UInt32], head: Digest128?) {
        self.actor = actor
        self.first = first
        self.digests = digests
        self.head = head
    }
}

/// A vector as it travels: by its difference to one that both sides hold, and by its hash.
public struct KnowledgeUpdate: Hashable, Sendable {
    /// The entries in which the vector differs from the base; a counter of 0 takes one out.
    public var changes: [(actor: ActorID, counter: UInt64)]
    /// Whether the base is the empty vector.
    public var isWhole: Bool
    /// The hash of the resulting vector.
    public var hash: UInt64

    /// Creates the update that leads from a base (nil: from nothing) to a vector.
    public init(from base: VersionVector?, to vector: VersionVector) {
        isWhole = base == nil
        let base = base ?? VersionVector()
        changes = vector.entries.filter { base.counter(of: $0.actor) != $0.counter }
            .map { ($0.actor, $0.counter) }
        changes += base.entries.filter { vector.counter(of: $0.actor) == 0 }.map { ($0.actor, 0) }
        changes.sort { $0.actor < $1.actor }
        hash = vector.hash64
    }

    /// Creates an update from its parts.
    public init(changes: [(actor: ActorID, counter: UInt64)], isWhole: Bool, hash: UInt64) {
        self.changes = changes
        self.isWhole = isWhole
        self.hash = hash
    }

    /// Returns the vector to which the update leads from a base, or nil where the hash disagrees:
    /// the two sides do not remember the same base.
    public func applied(to base: VersionVector) -> VersionVector? {
        var counters: [ActorID: UInt64] = [:]
        if !isWhole { for entry in base.entries { counters[entry.actor] = entry.counter } }
        for change in changes { counters[change.actor] = change.counter }
        let vector = VersionVector(
            counters.map { VersionVector.Entry(actor: $0.key, counter: $0.value) }
        )
        return vector.hash64 == hash ? vector : nil
    }

    /// Whether two updates are the same message.
    public static func == (left: KnowledgeUpdate, right: KnowledgeUpdate) -> Bool {
        left.isWhole == right.isWhole && left.hash == right.hash
            && left.changes.elementsEqual(right.changes, by: ==)
    }

    /// Feeds the message into a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(isWhole)
        hasher.combine(hash)
    }
}

/// The changes of one space that travel in one message, and the chain positions they stand on.
public struct Page: Hashable, Sendable {
    /// The records, in the sender's sequence.
    public var records: [RecordDelta]

    /// Creates a page.
    public init(records: [RecordDelta] = []) {
        self.records = records
    }
}

/// What a desk sends for one space.
public struct SpaceRequest: Hashable, Sendable {
    /// The space.
    public var space: SpaceName
    /// The desk's knowledge, against what headquarters last acknowledged of it.
    public var knowledge: KnowledgeUpdate
    /// The changes that the desk believes headquarters lacks.
    public var page = Page()
    /// Whether the page is the last: then, and only then, headquarters raises its knowledge.
    public var isLast = true
    /// The sequence in headquarters' store up to which the desk has taken pages.
    public var cursor: UInt64 = 0
    /// Chain digests of the counters between headquarters' knowledge and the desk's.
    public var chains: [ChainSegment] = []
    /// The actors that headquarters may not know.
    public var actors: [ActorIntroduction] = []
    /// Records that the desk needs whole.
    public var needed: [RecordUID] = []
    /// The greatest stable cut that the desk has applied, whole: only where headquarters asked for it.
    public var forgotten = VersionVector()
    /// The hash of that cut, 0 where it is empty.
    public var forgottenHash: UInt64 = 0
    /// Whether one side returns late, and which.
    public var lateness = Lateness.none
    /// The records that the desk holds, told to a headquarters that returns late.
    public var present: [RecordUID] = []
    /// The ranges of records that the desk asks headquarters to look at; then nothing else is done.
    public var inspected: [RecordRange] = []
    /// The hash of the desk's chain heads at what both sides hold; 0 where it is not stated.
    public var heads: UInt64 = 0
    /// Whether the answer is to show headquarters' chains although its page may not be the last.
    public var wantsChains = false
    /// In an exchange file: what the receiver must hold to take the file in.
    public var base = VersionVector()

    /// Creates the request for a space.
    public init(space: SpaceName, knowledge: KnowledgeUpdate) {
        self.space = space
        self.knowledge = knowledge
    }
}

/// A whole request of `POST /v1/sync`.
public struct SyncRequest: Hashable, Sendable {
    /// The version of the record schema that the desk writes by.
    public var schema: UInt32
    /// The token of headquarters' last answer; empty where there was none.
    public var token: [UInt8] = []
    /// The spaces.
    public var spaces: [SpaceRequest] = []
    /// How many bytes of page, uncompressed, the desk wants in one answer at most.
    public var byteLimit: UInt32 = 0
    /// The versions of the protocol that the desk speaks.
    public var versions = ProtocolVersion.spoken

    /// Creates a request.
    public init(schema: UInt32) {
        self.schema = schema
    }
}

/// An edit that headquarters did not accept; the edit stays in its author's review.
public struct Refusal: Hashable, Sendable {
    /// The record.
    public var uid: RecordUID
    /// The field.
    public var key: FieldKey
    /// The dot of the refused version.
    public var dot: Dot
    /// A code of the table in `Protocol/spec/07-errors.md`.
    public var code: String
    /// What is wrong, for a person.
    public var message: String

    /// Creates a refusal.
    public init(uid: RecordUID, key: FieldKey, dot: Dot, code: String, message: String) {
        self.uid = uid
        self.key = key
        self.dot = dot
        self.code = code
        self.message = message
    }
}

/// What a replica holds in a range of records: its parts in figures, or where it is small each record.
public enum RangeInspection: Hashable, Sendable {
    /// The tallies of the range's 16 parts.
    case parts([RangeTally])
    /// The records, ascending, each with the first 8 bytes of its digest.
    case records([(uid: RecordUID, digest: UInt64)])

    /// Up to how many records are named one by one.
    public static let recordLimit = 48

    /// Inspects a range.
    ///
    /// - Parameters:
    ///   - range: The range.
    ///   - digests: Its visible records, ascending, with their digests.
    public init(of range: RecordRange, _ digests: [(uid: RecordUID, digest: Digest128)]) {
        if digests.count <= Self.recordLimit || range.bits >= 60 {
            self = .records(
                digests.map { ($0.uid, UInt64(truncatingIfNeeded: $0.digest.value >> 64)) }
            )
            return
        }
        self = .parts(
            range.parts.map { part in
                RangeTally(
                    digests.lazy.filter {
                        part.first.value <= $0.uid.value && $0.uid.value <= part.last.value
                    }
                    .map(\.digest)
                )
            }
        )
    }

    /// Whether two inspections are the same.
    public static func == (left: RangeInspection, right: RangeInspection) -> Bool {
        switch (left, right) {
        case (.parts(let left), .parts(let right)): left == right
        case (.records(let left), .records(let right)): left.elementsEqual(right, by: ==)
        default: false
        }
    }

    /// Feeds the inspection into a hasher.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .parts(let tallies): hasher.combine(tallies)
        case .records(let records): for record in records { hasher.combine(record.uid) }
        }
    }
}

/// How headquarters took the request for a space.
public enum SpaceVerdict: UInt8, Hashable, Sendable {
    /// The page was merged.
    case merged = 0
    /// The token did not verify: nothing was merged, the answer starts from the beginning.
    case tokenUnknown = 1
    /// The desk's knowledge did not come out: nothing was merged, it is wanted whole.
    case knowledgeUnknown = 2
    /// The space was never granted: nothing was merged.
    case notGranted = 3
    /// A dot or a chain was not the desk's to write: merging stopped before it.
    case forged = 4
    /// The chains differ, or headquarters lacks what it had: nothing was merged, and the answer
    /// states headquarters' knowledge and its digests at what both sides hold.
    case forked = 5
    /// The desk did not ask for the space: it was granted meanwhile, and is exchanged from now on.
    case granted = 6
    /// The desk does not know what headquarters has given up: nothing was merged, it returns late.
    case late = 7
    /// Headquarters does not know the cut that the desk has applied: nothing was merged, the desk states
    /// it and tells of its records.
    case behind = 8
    /// The space was taken from the desk: nothing was merged. The last such answer states what
    /// headquarters holds of what the desk does, so that the desk can leave.
    case revoked = 9
}

/// Which side of an exchange lacks what the other has given up below a stable cut.
public enum Lateness: UInt8, Hashable, Sendable {
    /// Neither.
    case none = 0
    /// The desk: headquarters tells it which records there are, from the cursor on.
    case desk = 1
    /// Headquarters: the desk tells it.
    case headquarters = 2
}

/// What headquarters answers for one space.
public struct SpaceResponse: Hashable, Sendable {
    /// The space.
    public var space: SpaceName
    /// How the request was taken.
    public var verdict: SpaceVerdict
    /// Headquarters' knowledge, against that of the request; in the last page it is the one read
    /// in the same transaction.
    public var knowledge: KnowledgeUpdate
    /// The changes that the desk lacks.
    public var page = Page()
    /// Whether the page is the last: then the desk raises its knowledge.
    public var isLast = true
    /// The sequence in headquarters' store up to which this page reaches.
    public var cursor: UInt64 = 0
    /// The fingerprint of the space after the merge.
    public var fingerprint = Fingerprint()
    /// Chain digests of the counters between the desk's knowledge and headquarters'.
    public var chains: [ChainSegment] = []
    /// The actors that the desk may not know.
    public var actors: [ActorIntroduction] = []
    /// Records that headquarters needs whole.
    public var needed: [RecordUID] = []
    /// The greatest stable cut that headquarters has applied, where the desk stated another.
    public var forgotten = VersionVector()
    /// The records that headquarters holds, told to a desk that returns late.
    public var present: [RecordUID] = []
    /// Edits that were not accepted.
    public var refusals: [Refusal] = []
    /// What headquarters holds in the ranges that it was asked to look at, in their order.
    public var inspections: [RangeInspection] = []

    /// Creates the answer for a space.
    public init(space: SpaceName, verdict: SpaceVerdict, knowledge: KnowledgeUpdate) {
        self.space = space
        self.verdict = verdict
        self.knowledge = knowledge
    }
}

/// A whole answer of `POST /v1/sync`.
public struct SyncResponse: Hashable, Sendable {
    /// What a later request shows to push against the knowledge that this answer states.
    public var token: [UInt8]
    /// Headquarters' clock, in milliseconds since 1970.
    public var time: HybridTime
    /// The spaces.
    public var spaces: [SpaceResponse]
    /// The number of conflicts that are open at headquarters in the desk's spaces.
    public var openConflicts: UInt32

    /// Creates an answer.
    public init(
        token: [UInt8],
        time: HybridTime,
        spaces: [SpaceResponse],
        openConflicts: UInt32 = 0
    ) {
        self.token = token
        self.time = time
        self.spaces = spaces
        self.openConflicts = openConflicts
    }
}

/// What a desk sends to `POST /v1/enrol`, signed with the key that it presents.
public struct EnrolRequest: Hashable, Sendable {
    /// The secret part of the token that headquarters issued; empty with a predecessor.
    public var secret: [UInt8]
    /// The code of the desk.
    public var desk: String
    /// The replica.
    public var replica: ReplicaID
    /// The replica's Ed25519 public key, 32 bytes.
    public var publicKey: [UInt8]
    /// The id under which headquarters knows the replica, which was restored or copied since.
    public var predecessor: ReplicaID?
    /// The versions of the protocol that the desk speaks.
    public var versions = ProtocolVersion.spoken

    /// Creates a request.
    public init(secret: [UInt8], desk: String, replica: ReplicaID, publicKey: [UInt8]) {
        self.secret = secret
        self.desk = desk
        self.replica = replica
        self.publicKey = publicKey
    }
}

/// What headquarters answers to an enrolment.
public struct EnrolResponse: Hashable, Sendable {
    /// Headquarters' Ed25519 public key, 32 bytes, which the desk pins.
    public var publicKey: [UInt8]
    /// The name of the desk's mission, which is that of its own space.
    public var mission: SpaceName
    /// The spaces that the desk may read and write.
    public var spaces: [SpaceName]

    /// Creates an answer.
    public init(publicKey: [UInt8], mission: SpaceName, spaces: [SpaceName]) {
        self.publicKey = publicKey
        self.mission = mission
        self.spaces = spaces
    }
}
