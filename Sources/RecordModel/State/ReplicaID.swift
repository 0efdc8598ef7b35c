/// The identity of a replica: random, made at `init`, new for each incarnation.
public struct ReplicaID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 128-bit number.
    public let value: UInt128

    /// Creates an identity from its number.
    public init(_ value: UInt128) {
        self.value = value
    }

    /// Creates an identity from its 16 bytes, or nil where the count differs.
    public init?(bytes: some Collection<UInt8>) {
        guard let digest = Digest128(bytes: bytes) else { return nil }
        value = digest.value
    }

    /// The 16 big-endian bytes.
    public var bytes: [UInt8] { Digest128(value).bytes }

    /// 32 hexadecimal digits.
    public var description: String { Digest128(value).hex }

    /// Orders identities by their bytes.
    public static func < (left: ReplicaID, right: ReplicaID) -> Bool { left.value < right.value }
}
