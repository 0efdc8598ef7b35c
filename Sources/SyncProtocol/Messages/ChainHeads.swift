import CausalHistory
import RecordModel

/// The hash by which two replicas compare the chains of everything that both hold, in 8 bytes.
///
/// Equal counters of one actor may hide two histories, where a store went back in time; the digests
/// of their chains differ. Chains are cumulative: where the digests at a counter are equal, all
/// before it are.
///
/// Spec: `Protocol/spec/04-proof.md` §3.
public enum ChainHeads {
    /// Hashes the chain digests at what two vectors have in common.
    ///
    /// - Parameters:
    ///   - knowledge: What the desk knows.
    ///   - told: What headquarters said last that it knows.
    ///   - digest: The first 4 bytes of an actor's chain digest at a counter, nil where it is missing.
    /// - Returns: The hash, which is of what headquarters said too; 0 where a digest is missing.
    /// - Throws: What reading a digest throws.
    public static func hash(
        of knowledge: VersionVector,
        told: VersionVector,
        digest: (Dot) throws -> UInt32?
    ) rethrows -> UInt64 {
        let shared = knowledge.intersection(told).entries
        var writer = ByteWriter(capacity: 24 * shared.count + 8)
        writer.bigEndian(told.hash64)
        for entry in shared {
            guard let digest = try digest(Dot(entry.actor, entry.counter)) else { return 0 }
            writer.bigEndian(entry.actor.value)
            writer.varint(entry.counter)
            writer.bigEndian(digest)
        }
        return UInt64(truncatingIfNeeded: Digest128(hashing: writer.bytes).value >> 64)
    }

    /// The digests at what two vectors have in common, one segment for each actor.
    /// - Throws: What reading a digest throws.
    public static func segments(
        of knowledge: VersionVector,
        told: VersionVector,
        digest: (Dot) throws -> UInt32?
    ) rethrows -> [ChainSegment] {
        try knowledge.intersection(told).entries.compactMap { entry in
            try digest(Dot(entry.actor, entry.counter)).map { digest in
                ChainSegment(
                    actor: entry.actor,
                    first: entry.counter,
                    digests: [digest],
                    head: nil
                )
            }
        }
    }
}
