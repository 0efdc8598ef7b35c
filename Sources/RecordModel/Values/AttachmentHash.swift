import Crypto

/// The SHA-256 of an attachment's bytes, which names it in every replica.
public struct AttachmentHash: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// How many bytes a hash has.
    public static let length = 32

    /// Creates a hash of its bytes, or nil where they are not 32.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = Array(bytes)
    }

    /// Creates a hash of 64 hexadecimal digits, or nil for other text.
    public init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 2 * Self.length,
            let bytes = RecordModel.bytes(hexadecimal: text)
        else { return nil }
        self.bytes = bytes
    }

    /// The hash as 64 hexadecimal digits.
    public var description: String { hexadecimal(bytes) }

    /// Orders hashes by their bytes.
    public static func < (left: AttachmentHash, right: AttachmentHash) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// Computes an attachment's hash, piece by piece.
public struct AttachmentHasher: Sendable {
    private var state = SHA256()

    /// Creates the hasher of no bytes.
    public init() {}

    /// Adds bytes behind those that were added before.
    public mutating func update(_ bytes: [UInt8]) { state.update(data: bytes) }

    /// The hash of all that was added.
    public func finish() -> AttachmentHash {
        AttachmentHash(digest: state.finalize())
    }
}

extension AttachmentHash {
    fileprivate init(digest: SHA256Digest) { bytes = Array(digest) }
}
