/// Part of a space's records: those whose numbers begin with the same bits.
public struct RecordRange: Hashable, Sendable {
    /// The first number.
    public let first: RecordUID
    /// How many leading bits its numbers share, 0 to 60, a multiple of 4.
    public let bits: Int

    /// How many parts a range has.
    public static let fanOut = 16

    /// Creates the range of the numbers that share the leading bits of one.
    public init(first: RecordUID, bits: Int) {
        self.first = first
        self.bits = bits
    }

    /// All records.
    public static let all = RecordRange(first: RecordUID(0), bits: 0)

    /// The last number.
    public var last: RecordUID {
        RecordUID(first.value | (bits == 0 ? UInt64.max : UInt64.max >> UInt64(bits)))
    }

    /// The parts, ascending.
    public var parts: [RecordRange] {
        (0..<UInt64(Self.fanOut)).map { part in
            RecordRange(
                first: RecordUID(first.value | part << UInt64(60 - bits)),
                bits: bits + 4
            )
        }
    }
}

/// The records of a range in two numbers, by which two replicas find where they differ.
public struct RangeTally: Hashable, Sendable {
    /// How many visible records it has.
    public var count: Int
    /// The sum of their digests.
    public var sum: Fingerprint

    /// Creates the tally of digests.
    public init(_ digests: some Sequence<Digest128>) {
        count = 0
        sum = Fingerprint()
        for digest in digests {
            count += 1
            sum.add(digest)
        }
    }

    /// Creates a tally from its parts.
    public init(count: Int, sum: Fingerprint) {
        self.count = count
        self.sum = sum
    }
}
