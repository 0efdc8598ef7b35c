import RecordModel

/// An identifier by which people or imports name a record, as the index holds it.
///
/// The index keeps 64 bits of a hash and not the identifier: short rows of one size, and no second
/// copy of an e-mail address to forget.
public struct LookupKey: Hashable, Comparable, Sendable {
    /// The FNV-1a hash of scheme and identifier.
    public let hash: Int64

    /// Creates the key of an identifier in a scheme (`short`, `orcid`, `ror`, `email`, `import`).
    @inlinable
    public init(scheme: String, _ identifier: some Collection<UInt8>) {
        // Speed matters here, secrecy does not: FNV-1a, and the reader compares the record itself.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in scheme.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0x3a) &* 0x100_0000_01b3
        for byte in identifier { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        self.hash = Int64(bitPattern: hash)
    }

    /// Orders keys by their hashes.
    public static func < (left: LookupKey, right: LookupKey) -> Bool { left.hash < right.hash }
}
