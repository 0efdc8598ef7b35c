import CausalHistory

/// A proof that two replicas hold the same: the sum modulo 2^128 of the digests of a space's
/// visible records.
///
/// A sum can be kept up to date record by record and in any order. It guards against accidents;
/// against forgery there are the chains. The empty space has the sum zero.
///
/// Spec: `Protocol/spec/04-proof.md` §1.
public struct Fingerprint: Hashable, Sendable {
    /// The sum.
    public private(set) var sum: UInt128

    /// Creates a fingerprint from a sum, by default that of an empty space.
    public init(sum: UInt128 = 0) {
        self.sum = sum
    }

    /// Counts a record's digest in.
    public mutating func add(_ digest: Digest128) {
        sum &+= digest.value
    }

    /// Takes a record's digest out.
    public mutating func remove(_ digest: Digest128) {
        sum &-= digest.value
    }

    /// The sum as 16 big-endian bytes.
    public var bytes: [UInt8] { Digest128(sum).bytes }

    /// The sum as 32 hexadecimal digits.
    public var hex: String { Digest128(sum).hex }
}

extension RecordState {
    /// The digest of all that a person can come to see of the record; zero for a hidden one.
    ///
    /// It covers the record's number, its kind and every live version (field, item, dot, content),
    /// absent items left out: those and hidden records go away at the stable cut, at different
    /// moments in different replicas.
    /// Spec: `Protocol/spec/04-proof.md` §1.
    /// - Complexity: O(*n*) in the bytes of the record; one SHA-256.
    public func digest(uid: RecordUID) -> Digest128 {
        if isHidden { return Digest128(0) }
        var writer = ByteWriter(capacity: 1024)
        writer.string("attache record")
        writer.bigEndian(uid.value)
        writer.varint(UInt64(kind))
        for entry in fields {
            for sibling in entry.siblings.siblings where sibling.version.content != .absent {
                writer.varint(UInt64(entry.key.number))
                writer.string(entry.key.item)
                writer.bigEndian(sibling.dot.actor.value)
                writer.varint(sibling.dot.counter)
                sibling.version.content.write(to: &writer)
            }
        }
        return Digest128(hashing: writer.bytes)
    }
}
