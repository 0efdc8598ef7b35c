import CausalHistory

extension VersionVector {
    /// The first 8 bytes of the SHA-256 hash of the entries (16 bytes and a varint each).
    ///
    /// Spec: `Protocol/spec/02-canonical-bytes.md`.
    public var hash64: UInt64 {
        var writer = ByteWriter(capacity: 24 * entries.count)
        for entry in entries {
            writer.bigEndian(entry.actor.value)
            writer.varint(entry.counter)
        }
        return UInt64(truncatingIfNeeded: Digest128(hashing: writer.bytes).value >> 64)
    }
}
