import Crypto
import Foundation
import RecordModel

/// A request's body: a prefix of fixed size that says who asks and proves it, then the frame.
///
/// The prefix is checked before anything of the frame is parsed. Encoded form, 97 bytes and the
/// frame: version 1, replica 16, time 8, nonce 8, Ed25519 signature 64. The signature also covers
/// the method and the path, so that a body serves for one address alone.
/// Spec: `Protocol/spec/06-authentication.md`.
public struct SignedRequest: Hashable, Sendable {
    /// The replica that asks.
    public let replica: ReplicaID
    /// When it asked, by its clock: refused by the receiver where it is far from its own.
    public let time: HybridTime
    /// A random number: a receiver refuses one that it has seen from this replica before.
    public let nonce: UInt64
    /// The signature over all the rest, the method and the path.
    public let signature: [UInt8]
    /// The frame.
    public let frame: [UInt8]

    /// The size of the prefix.
    public static let prefixBytes = 97
    /// The version of the prefix's form, its first byte.
    static let version: UInt8 = 1

    /// Signs a request.
    /// - Throws: Whatever the cryptographic library does.
    public static func seal(
        _ frame: [UInt8],
        method: String,
        path: String,
        replica: ReplicaID,
        time: HybridTime,
        nonce: UInt64,
        key: Curve25519.Signing.PrivateKey
    ) throws -> SignedRequest {
        let statement = statement(
            frame,
            method: method,
            path: path,
            replica: replica,
            time: time,
            nonce: nonce
        )
        return SignedRequest(
            replica: replica,
            time: time,
            nonce: nonce,
            signature: [UInt8](try key.signature(for: statement)),
            frame: frame
        )
    }

    private init(
        replica: ReplicaID,
        time: HybridTime,
        nonce: UInt64,
        signature: [UInt8],
        frame: [UInt8]
    ) {
        self.replica = replica
        self.time = time
        self.nonce = nonce
        self.signature = signature
        self.frame = frame
    }

    /// Reads a body; nothing is verified yet.
    /// - Throws: `WireError.truncated`, `.malformed` for another form of prefix, or `.tooLarge`.
    public init(parsing body: [UInt8]) throws(WireError) {
        guard body.count <= Limits.frameBytes + Self.prefixBytes else {
            throw .tooLarge("request", limit: Limits.frameBytes)
        }
        guard let first = body.first else { throw .truncated("request") }
        guard first == Self.version else { throw .malformed("request: the prefix's form \(first)") }
        var reader = ByteReader(body)
        do throws(ByteError) {
            _ = try reader.byte()
            replica = ReplicaID(try reader.bigEndian())
            time = HybridTime(milliseconds: try reader.bigEndian())
            nonce = try reader.bigEndian()
            signature = try reader.raw(64)
            frame = try reader.raw(reader.remaining)
        } catch {
            throw .truncated("request")
        }
    }

    /// The body's bytes.
    public var body: [UInt8] {
        var writer = ByteWriter(capacity: Self.prefixBytes + frame.count)
        writer.byte(Self.version)
        writer.bigEndian(replica.value)
        writer.bigEndian(time.milliseconds)
        writer.bigEndian(nonce)
        writer.raw(signature)
        writer.raw(frame)
        return writer.bytes
    }

    /// Checks that the replica with a public key made this request for a method and a path.
    /// - Throws: `WireError.badSignature`.
    public func verify(publicKey: [UInt8], method: String, path: String) throws(WireError) {
        let statement = Self.statement(
            frame,
            method: method,
            path: path,
            replica: replica,
            time: time,
            nonce: nonce
        )
        try Signing.verify(signature, of: statement, publicKey: publicKey, "request")
    }

    private static func statement(
        _ frame: [UInt8],
        method: String,
        path: String,
        replica: ReplicaID,
        time: HybridTime,
        nonce: UInt64
    ) -> [UInt8] {
        var writer = Signing.statement("attache request 1")
        writer.string(method)
        writer.string(path)
        writer.bigEndian(replica.value)
        writer.bigEndian(time.milliseconds)
        writer.bigEndian(nonce)
        writer.raw(Array(SHA256.hash(data: frame)))
        return writer.bytes
    }
}

/// What every signature of the protocol has in common.
enum Signing {
    /// Begins the bytes under a signature: a text that names their purpose, and a zero byte.
    static func statement(_ purpose: String) -> ByteWriter {
        var writer = ByteWriter(capacity: 160)
        writer.raw(Array(purpose.utf8))
        writer.byte(0)
        return writer
    }

    /// Checks an Ed25519 signature.
    /// - Throws: `WireError.badSignature`, also for a key that is none.
    static func verify(
        _ signature: [UInt8],
        of statement: [UInt8],
        publicKey: [UInt8],
        _ what: String
    ) throws(WireError) {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey),
            key.isValidSignature(signature, for: statement)
        else { throw .badSignature(what) }
    }
}
