import Crypto
import Foundation
import RecordModel

/// What stands at the start of an exchange file: from whom to whom it goes, and the proof.
///
/// Encoded form, 112 bytes: `ATTACHE1` 8, sender 16, receiver 16, time 8, Ed25519 signature 64. Behind it
/// stand frames, each behind its length in 4 bytes. The signature covers all of them.
/// Spec: `Protocol/spec/05-sync.md` §9.
public struct SignedFile: Hashable, Sendable {
    /// The replica that wrote the file.
    public let sender: ReplicaID
    /// The replica that it is for.
    public let receiver: ReplicaID
    /// When it was written, by the sender's clock.
    public let time: HybridTime
    /// The signature over all the rest.
    public let signature: [UInt8]

    /// The size of the prefix.
    public static let prefixBytes = 112
    /// The first bytes of an exchange file.
    public static let magic = Array("ATTACHE1".utf8)

    /// Signs a file.
    ///
    /// - Parameters:
    ///   - content: The hash of everything behind the prefix.
    ///   - sender: The replica that writes it.
    ///   - receiver: The replica that it is for.
    ///   - time: The sender's time.
    ///   - key: The sender's key.
    /// - Returns: The prefix.
    /// - Throws: Whatever the cryptographic library does.
    public static func seal(
        _ content: SHA256Digest,
        from sender: ReplicaID,
        to receiver: ReplicaID,
        time: HybridTime,
        key: Curve25519.Signing.PrivateKey
    ) throws -> SignedFile {
        let statement = statement(content, from: sender, to: receiver, time: time)
        return SignedFile(
            sender: sender,
            receiver: receiver,
            time: time,
            signature: [UInt8](try key.signature(for: statement))
        )
    }

    private init(
        sender: ReplicaID,
        receiver: ReplicaID,
        time: HybridTime,
        signature: [UInt8]
    ) {
        self.sender = sender
        self.receiver = receiver
        self.time = time
        self.signature = signature
    }

    /// Reads a prefix; nothing is verified yet.
    /// - Throws: `WireError.truncated`, or `.malformed` where it is none.
    public init(parsing prefix: [UInt8]) throws(WireError) {
        guard prefix.starts(with: Self.magic) else { throw .malformed("exchange file: its start") }
        var reader = ByteReader(prefix)
        do throws(ByteError) {
            _ = try reader.raw(Self.magic.count)
            sender = ReplicaID(try reader.bigEndian())
            receiver = ReplicaID(try reader.bigEndian())
            time = HybridTime(milliseconds: try reader.bigEndian())
            signature = try reader.raw(64)
        } catch {
            throw .truncated("exchange file")
        }
    }

    /// The prefix's bytes.
    public var prefix: [UInt8] {
        var writer = ByteWriter(capacity: Self.prefixBytes)
        writer.raw(Self.magic)
        writer.bigEndian(sender.value)
        writer.bigEndian(receiver.value)
        writer.bigEndian(time.milliseconds)
        writer.raw(signature)
        return writer.bytes
    }

    /// Checks that the replica with a public key wrote this file.
    /// - Throws: `WireError.badSignature`.
    public func verify(_ content: SHA256Digest, publicKey: [UInt8]) throws(WireError) {
        let statement = Self.statement(content, from: sender, to: receiver, time: time)
        try Signing.verify(signature, of: statement, publicKey: publicKey, "exchange file")
    }

    /// The frames of a file's content, which is everything behind the prefix.
    /// - Throws: `WireError.truncated`, `.tooLarge`.
    public static func frames(in content: ArraySlice<UInt8>) throws(WireError) -> [[UInt8]] {
        var reader = ByteReader(Array(content))
        var frames: [[UInt8]] = []
        do throws(ByteError) {
            while !reader.isAtEnd {
                let length = Int(try reader.bigEndian(UInt32.self))
                if length > Limits.frameBytes { break }
                frames.append(try reader.raw(length))
            }
        } catch {
            throw .truncated("exchange file")
        }
        guard reader.isAtEnd else { throw .tooLarge("frame", limit: Limits.frameBytes) }
        return frames
    }

    /// A frame as it stands in a file: behind its length.
    public static func part(_ frame: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(capacity: frame.count + 4)
        writer.bigEndian(UInt32(frame.count))
        writer.raw(frame)
        return writer.bytes
    }

    private static func statement(
        _ content: SHA256Digest,
        from sender: ReplicaID,
        to receiver: ReplicaID,
        time: HybridTime
    ) -> [UInt8] {
        var writer = Signing.statement("attache file 1")
        writer.bigEndian(sender.value)
        writer.bigEndian(receiver.value)
        writer.bigEndian(time.milliseconds)
        writer.raw(Array(content))
        return writer.bytes
    }
}
