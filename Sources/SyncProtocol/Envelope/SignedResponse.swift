import Crypto
import Foundation
import RecordModel

/// An answer's body: headquarters' signature, then the frame.
///
/// Encoded form, 65 bytes and the frame: version 1, Ed25519 signature 64. The signature covers the
/// request's nonce, the replica and the HTTP status, so that an answer fits one request alone.
/// Spec: `Protocol/spec/06-authentication.md`.
public struct SignedResponse: Hashable, Sendable {
    /// The signature.
    public let signature: [UInt8]
    /// The frame.
    public let frame: [UInt8]

    /// The size of what stands before the frame.
    public static let prefixBytes = 65
    /// The version of the prefix's form, its first byte.
    static let version: UInt8 = 1

    /// Signs the answer to a request.
    /// - Throws: Whatever the cryptographic library does.
    public static func seal(
        _ frame: [UInt8],
        status: UInt16,
        nonce: UInt64,
        replica: ReplicaID,
        key: Curve25519.Signing.PrivateKey
    ) throws -> SignedResponse {
        let statement = statement(frame, status: status, nonce: nonce, replica: replica)
        return SignedResponse(
            signature: [UInt8](try key.signature(for: statement)),
            frame: frame
        )
    }

    private init(signature: [UInt8], frame: [UInt8]) {
        self.signature = signature
        self.frame = frame
    }

    /// Reads a body; nothing is verified yet.
    /// - Throws: `WireError.truncated`, `.malformed` for another form of prefix, or `.tooLarge`.
    public init(parsing body: [UInt8]) throws(WireError) {
        guard body.count <= Limits.frameBytes + Self.prefixBytes else {
            throw .tooLarge("answer", limit: Limits.frameBytes)
        }
        guard let first = body.first else { throw .truncated("answer") }
        guard first == Self.version else { throw .malformed("answer: the prefix's form \(first)") }
        guard body.count >= Self.prefixBytes else { throw .truncated("answer") }
        signature = Array(body[1..<Self.prefixBytes])
        frame = Array(body[Self.prefixBytes...])
    }

    /// The body's bytes.
    public var body: [UInt8] { [Self.version] + signature + frame }

    /// Checks that headquarters answered the request with a nonce of this replica by this status.
    /// - Throws: `WireError.badSignature`.
    public func verify(
        publicKey: [UInt8],
        status: UInt16,
        nonce: UInt64,
        replica: ReplicaID
    ) throws(WireError) {
        let statement = Self.statement(frame, status: status, nonce: nonce, replica: replica)
        try Signing.verify(signature, of: statement, publicKey: publicKey, "answer")
    }

    private static func statement(
        _ frame: [UInt8],
        status: UInt16,
        nonce: UInt64,
        replica: ReplicaID
    ) -> [UInt8] {
        var writer = Signing.statement("attache response 1")
        writer.bigEndian(nonce)
        writer.bigEndian(replica.value)
        writer.bigEndian(status)
        writer.raw(Array(SHA256.hash(data: frame)))
        return writer.bytes
    }
}
