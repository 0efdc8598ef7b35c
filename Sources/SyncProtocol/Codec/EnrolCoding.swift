import Foundation
import RecordModel

extension EnrolRequest {
    /// Encodes the message; equal messages have equal bytes.
    ///
    /// Encoded form: `Protocol/schema/sync.proto`.
    /// - Throws: `WireError.tooLarge` beyond `Limits.messageBytes`.
    public func encoded() throws(WireError) -> [UInt8] {
        var wire = WireEnrolRequest()
        wire.secret = Data(secret)
        wire.desk = desk
        wire.replica = Data(replica.bytes)
        wire.publicKey = Data(publicKey)
        if let predecessor { wire.predecessor = Data(predecessor.bytes) }
        wire.versions = versions
        return try MessageCoding.encode(wire)
    }

    /// Decodes and checks a message that nobody vouches for.
    /// - Throws: `WireError`; `.unsupportedVersion` where the sender speaks none of our versions.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        let wire = try MessageCoding.decode(bytes, as: WireEnrolRequest.self, shape: .leaf)
        try Check.offer(wire.versions)
        try Check.count(wire.desk.utf8.count, atMost: Limits.deskBytes, "desk")
        let succeeds = !wire.predecessor.isEmpty
        self.init(
            secret: try Check.bytes(
                wire.secret,
                succeeds ? 0 : EnrolmentToken.secretBytes,
                "secret"
            ),
            desk: wire.desk,
            replica: try Check.replica(wire.replica),
            publicKey: try Check.bytes(wire.publicKey, 32, "public key")
        )
        if succeeds { predecessor = try Check.replica(wire.predecessor) }
        versions = wire.versions
    }
}

extension EnrolResponse {
    /// Encodes the message; equal messages have equal bytes.
    ///
    /// Encoded form: `Protocol/schema/sync.proto`.
    /// - Throws: `WireError.tooLarge` beyond `Limits.messageBytes`.
    public func encoded() throws(WireError) -> [UInt8] {
        var wire = WireEnrolResponse()
        wire.publicKey = Data(publicKey)
        wire.mission = mission.text
        wire.spaces = spaces.map(\.text)
        wire.version = ProtocolVersion.current
        return try MessageCoding.encode(wire)
    }

    /// Decodes and checks a message that nobody vouches for.
    /// - Throws: `WireError`.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        let wire = try MessageCoding.decode(bytes, as: WireEnrolResponse.self, shape: .leaf)
        try Check.answer(wire.version)
        try Check.count(wire.spaces.count, atMost: Limits.spaces, "spaces")
        var spaces: [SpaceName] = []
        for space in wire.spaces { spaces.append(try Check.space(space)) }
        try Check.distinct(spaces)
        self.init(
            publicKey: try Check.bytes(wire.publicKey, 32, "public key"),
            mission: try Check.space(wire.mission),
            spaces: spaces
        )
    }
}
