import CausalHistory

/// Why a change was made; part of what every replica learns of it.
public enum ChangeReason: UInt8, Hashable, Sendable, CaseIterable {
    /// A person edited the record.
    case edit = 0
    /// A file was imported; the note names the run.
    case importing = 1
    /// Siblings were decided; the note has the rule and what the person said.
    case resolution = 2
    /// Two records were found to be one.
    case merging = 3
    /// Headquarters took back a value that the schema does not allow; the note says why.
    case refusal = 4
    /// An earlier change was taken back; the note names it.
    case undo = 5
}

/// Who made a change, when and why.
///
/// It is a function of a change's dot (and, where a dot was used twice, of the variant).
public struct Attribution: Hashable, Comparable, Sendable {
    /// When, by the hybrid clock of the replica.
    public let time: HybridTime
    /// The officer's name.
    public let author: String
    /// Why.
    public let reason: ChangeReason
    /// More about the reason; empty for an ordinary edit.
    public let note: String

    /// Creates an attribution.
    public init(
        time: HybridTime,
        author: String,
        reason: ChangeReason = .edit,
        note: String = ""
    ) {
        self.time = time
        self.author = author
        self.reason = reason
        self.note = note
    }

    /// Orders by time, then author, reason and note.
    public static func < (left: Attribution, right: Attribution) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if left.author != right.author { return left.author < right.author }
        if left.reason != right.reason { return left.reason.rawValue < right.reason.rawValue }
        return left.note < right.note
    }
}

/// A version that a deletion had seen: the event that wrote it and a short hash of what it wrote.
///
/// The hash tells variants of one dot apart; it stays right after contexts are stripped.
public struct Witness: Hashable, Comparable, Sendable {
    /// The event that wrote the version.
    public let dot: Dot
    /// The first 4 bytes of the hash of the version's content.
    public let hash: UInt32

    /// Creates a witness.
    public init(dot: Dot, hash: UInt32) {
        self.dot = dot
        self.hash = hash
    }

    /// Orders by dot, then hash.
    public static func < (left: Witness, right: Witness) -> Bool {
        left.dot == right.dot ? left.hash < right.hash : left.dot < right.dot
    }
}

/// What a write put into a field.
public enum Content: Hashable, Comparable, Sendable {
    /// A value's canonical bytes.
    case value([UInt8])
    /// The item was taken out of its set.
    case absent
    /// The single value was cleared.
    case cleared
    /// The record was deleted by somebody who had seen just these versions, ascending.
    case deleted([Witness])

    /// The value of the field `life` of a record that lives.
    public static let alive = Content.value(Array("alive".utf8))

    /// The number of the case in every encoding.
    public var tag: UInt8 {
        switch self {
        case .value: 0
        case .absent: 1
        case .cleared: 2
        case .deleted: 3
        }
    }

    /// The value's bytes, or nil where the content is none.
    public var bytes: [UInt8]? {
        if case .value(let bytes) = self { bytes } else { nil }
    }

    /// Whether the content is a deletion of the record.
    public var isDeletion: Bool {
        if case .deleted = self { true } else { false }
    }

    /// Appends the canonical form: the tag, then the value's bytes or the deletion's witnesses.
    ///
    /// Spec: `Protocol/spec/02-canonical-bytes.md` §3.
    public func write(to writer: inout ByteWriter) {
        writer.byte(tag)
        switch self {
        case .value(let bytes):
            writer.string(bytes)
        case .absent, .cleared:
            break
        case .deleted(let witnesses):
            writer.count(witnesses.count)
            for witness in witnesses {
                writer.raw(witness.dot.actor.bytes)
                writer.varint(witness.dot.counter)
                writer.bigEndian(witness.hash)
            }
        }
    }

    /// The first 4 bytes of the SHA-256 hash of the canonical form.
    public var hash32: UInt32 {
        var writer = ByteWriter()
        write(to: &writer)
        return Digest128(hashing: writer.bytes).short
    }

    /// Orders by tag, then by the bytes or the witnesses.
    public static func < (left: Content, right: Content) -> Bool {
        switch (left, right) {
        case (.value(let left), .value(let right)): left.lexicographicallyPrecedes(right)
        case (.deleted(let left), .deleted(let right)): left.lexicographicallyPrecedes(right)
        default: left.tag < right.tag
        }
    }
}

/// A version of one field: what was written, by whom and when, and which versions it replaced.
public struct Cell: Hashable, Comparable, Sendable {
    /// What was written.
    public let content: Content
    /// Who wrote it, when and why.
    public let attribution: Attribution
    /// The dots of the versions that the write replaced, ascending: the base of a review.
    public let parents: [Dot]

    /// Creates a version.
    public init(content: Content, attribution: Attribution, parents: [Dot]) {
        self.content = content
        self.attribution = attribution
        self.parents = parents
    }

    /// Orders by content, then attribution and parents.
    public static func < (left: Cell, right: Cell) -> Bool {
        if left.content != right.content { return left.content < right.content }
        if left.attribution != right.attribution { return left.attribution < right.attribution }
        return left.parents.lexicographicallyPrecedes(right.parents)
    }
}

/// A version in its record: the dot and the cell.
public typealias Sibling = SiblingSet<Cell>.Sibling
