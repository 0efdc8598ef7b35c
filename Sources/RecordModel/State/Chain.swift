import CausalHistory

/// What one transaction wrote into one record.
public struct RecordChange: Hashable, Sendable {
    /// The record.
    public let uid: RecordUID
    /// The fields that were written, in ascending order, and what each got.
    public let writes: [(key: FieldKey, content: Content)]

    /// Creates the account of what a transaction wrote into a record.
    public init(uid: RecordUID, writes: [(key: FieldKey, content: Content)]) {
        self.uid = uid
        self.writes = writes
    }

    /// The hash of the writes, which stands for them once values were erased or compacted.
    ///
    /// Spec: `Protocol/spec/04-proof.md` §2.
    public var digest: Digest128 {
        var writer = Self.writer(uid)
        for write in writes { Self.write(write.key, write.content, to: &writer) }
        return Digest128(hashing: writer.bytes)
    }

    /// Returns the digest of what the transaction of a dot wrote into a record, as it stands.
    /// - Complexity: O(*n*) in the number of versions.
    public static func digest(of dot: Dot, in state: RecordState, uid: RecordUID) -> Digest128 {
        var writer = writer(uid)
        for entry in state.fields {
            for sibling in entry.siblings.siblings where sibling.dot == dot {
                write(entry.key, sibling.version.content, to: &writer)
            }
        }
        return Digest128(hashing: writer.bytes)
    }

    private static func writer(_ uid: RecordUID) -> ByteWriter {
        var writer = ByteWriter(capacity: 1024)
        writer.string("attache change")
        writer.bigEndian(uid.value)
        return writer
    }

    private static func write(_ key: FieldKey, _ content: Content, to writer: inout ByteWriter) {
        writer.varint(UInt64(key.number))
        writer.string(key.item)
        content.write(to: &writer)
    }

    /// Whether two accounts name the same record and the same writes.
    public static func == (left: RecordChange, right: RecordChange) -> Bool {
        left.uid == right.uid && left.writes.elementsEqual(right.writes, by: ==)
    }

    /// Feeds the record and its writes into a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(uid)
        for write in writes {
            hasher.combine(write.key)
            hasher.combine(write.content)
        }
    }
}

/// The hash chain of one actor's transactions: what tells a fork, and a journal that was rewritten.
///
/// Spec: `Protocol/spec/04-proof.md` §2.
public enum Chain {
    /// Returns the digest before the first transaction of an actor in a space.
    public static func origin(actor: ActorID, space: SpaceName) -> Digest128 {
        var writer = ByteWriter()
        writer.string("attache chain")
        writer.bigEndian(actor.value)
        writer.string(space.text)
        return Digest128(hashing: writer.bytes)
    }

    /// Returns the digest of a transaction.
    ///
    /// - Parameters:
    ///   - previous: The digest of the transaction before it, or the origin.
    ///   - counter: The transaction's number.
    ///   - attribution: Who made it, when and why.
    ///   - changes: The records that it wrote, with the digest of each one's writes, ascending.
    /// - Returns: The digest.
    /// - Complexity: O(*n*) in the number of records; one SHA-256.
    public static func next(
        after previous: Digest128,
        counter: UInt64,
        attribution: Attribution,
        changes: [(uid: RecordUID, digest: Digest128)]
    ) -> Digest128 {
        var writer = ByteWriter(capacity: 64 + 24 * changes.count)
        writer.bigEndian(previous.value)
        writer.varint(counter)
        writer.varint(attribution.time.milliseconds)
        writer.string(attribution.author)
        writer.byte(attribution.reason.rawValue)
        writer.string(attribution.note)
        for change in changes {
            writer.bigEndian(change.uid.value)
            writer.bigEndian(change.digest.value)
        }
        return Digest128(hashing: writer.bytes)
    }
}
