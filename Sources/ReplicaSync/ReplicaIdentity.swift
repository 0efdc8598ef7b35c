import Crypto
import Foundation
import RecordModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a replica's key could not be made or used.
public enum IdentityError: Error, Hashable, Sendable {
    /// There is no key file beside the replica.
    case missing(path: String)
    /// The key file does not hold a key.
    case malformed(path: String)
    /// The key file could not be written or read.
    case io(path: String, reason: String)
}

/// The key by which headquarters knows a replica; it never leaves the machine.
public struct ReplicaIdentity: Sendable {
    /// The Ed25519 private key.
    public let privateKey: Curve25519.Signing.PrivateKey

    /// The 32 bytes of the public key.
    public var publicKey: [UInt8] { [UInt8](privateKey.publicKey.rawRepresentation) }

    private static let prefix = "attache-key-1 "

    /// Creates an identity of a key.
    public init(privateKey: Curve25519.Signing.PrivateKey) {
        self.privateKey = privateKey
    }

    /// The key file of the replica at a path.
    public static func keyPath(ofStoreAt path: String) -> String { path + ".key" }

    /// Makes a new key and writes it, readable by its owner alone, beside the replica at a path.
    /// - Throws: `IdentityError.io`, also where a key file is there already.
    public static func create(besideStoreAt path: String) throws -> ReplicaIdentity {
        let identity = ReplicaIdentity(privateKey: Curve25519.Signing.PrivateKey())
        let path = keyPath(ofStoreAt: path)
        let text = prefix + hexadecimal([UInt8](identity.privateKey.rawRepresentation)) + "\n"
        // Exclusive, and private from the first byte on.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            let error = failure(path)
            unlink(path)
            throw error
        }
        return identity
    }

    /// Reads the key beside the replica at a path.
    /// - Throws: `IdentityError`.
    public static func load(besideStoreAt path: String) throws -> ReplicaIdentity {
        let path = keyPath(ofStoreAt: path)
        guard FileManager.default.fileExists(atPath: path) else {
            throw IdentityError.missing(path: path)
        }
        guard let data = FileManager.default.contents(atPath: path) else { throw failure(path) }
        let text = String(decoding: data, as: UTF8.self)
        guard text.hasPrefix(prefix),
            let bytes = bytes(hexadecimal: text.dropFirst(prefix.count).prefix { $0 != "\n" }),
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
        else { throw IdentityError.malformed(path: path) }
        return ReplicaIdentity(privateKey: key)
    }

    private static func failure(_ path: String) -> IdentityError {
        .io(path: path, reason: String(cString: strerror(errno)))
    }
}
