import CausalHistory
import Crypto
import Foundation
import RecordModel

extension ActorIntroduction {
    /// Introduces an actor of a space, signed with its replica's key.
    ///
    /// Spec: `Protocol/spec/06-authentication.md`.
    /// - Throws: Whatever the cryptographic library does.
    public static func signed(
        actor: ActorID,
        replica: ReplicaID,
        space: SpaceName,
        desk: String,
        key: Curve25519.Signing.PrivateKey
    ) throws -> ActorIntroduction {
        var introduction = ActorIntroduction(
            actor: actor,
            replica: replica,
            desk: desk,
            publicKey: [UInt8](key.publicKey.rawRepresentation),
            signature: []
        )
        introduction.signature = [UInt8](
            try key.signature(for: introduction.statement(space: space))
        )
        return introduction
    }

    /// Checks that the key in the introduction signed it for a space.
    ///
    /// Whether the key is the replica's is for the receiver to know.
    /// - Throws: `WireError.badSignature`, also where a branch's name is not made of its origin.
    public func verify(space: SpaceName) throws(WireError) {
        if let branch, branch.name != actor { throw .badSignature("name of a branch") }
        try Signing.verify(
            signature,
            of: statement(space: space),
            publicKey: publicKey,
            "actor statement"
        )
    }

    /// The bytes under the signature.
    private func statement(space: SpaceName) -> [UInt8] {
        var writer = Signing.statement("attache actor 1")
        writer.bigEndian((branch?.root ?? actor).value)
        writer.bigEndian(replica.value)
        writer.string(space.text)
        writer.string(desk)
        return writer.bytes
    }
}
