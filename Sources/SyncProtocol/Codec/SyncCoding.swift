import Foundation
import RecordModel

extension SyncRequest {
    /// Encodes the message; equal messages have equal bytes.
    ///
    /// Encoded form: `Protocol/schema/sync.proto`.
    /// - Throws: `WireError.tooLarge` beyond `Limits.messageBytes`.
    public func encoded() throws(WireError) -> [UInt8] {
        var wire = WireSyncRequest()
        wire.schema = schema
        wire.token = Data(token)
        wire.spaces = spaces.map { $0.encoded() }
        wire.byteLimit = byteLimit
        wire.versions = versions
        return try MessageCoding.encode(wire)
    }

    /// Decodes and checks a message that nobody vouches for.
    /// - Throws: `WireError`; `.unsupportedVersion` where the sender speaks none of our versions.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        let wire = try MessageCoding.decode(bytes, as: WireSyncRequest.self, shape: .sync)
        try Check.offer(wire.versions)
        try Check.count(wire.token.count, atMost: Limits.tokenBytes, "token")
        try Check.count(wire.spaces.count, atMost: Limits.spaces, "spaces")
        self.init(schema: wire.schema)
        token = [UInt8](wire.token)
        byteLimit = wire.byteLimit
        versions = wire.versions
        for space in wire.spaces { spaces.append(try SpaceRequest(decoding: space)) }
        try Check.distinct(spaces.map(\.space))
    }
}

extension SyncResponse {
    /// Encodes the message; equal messages have equal bytes.
    ///
    /// Encoded form: `Protocol/schema/sync.proto`.
    /// - Throws: `WireError.tooLarge` beyond `Limits.messageBytes`.
    public func encoded() throws(WireError) -> [UInt8] {
        var wire = WireSyncResponse()
        wire.token = Data(token)
        wire.time = time.milliseconds
        wire.spaces = spaces.map { $0.encoded() }
        wire.openConflicts = openConflicts
        wire.version = ProtocolVersion.current
        return try MessageCoding.encode(wire)
    }

    /// Decodes and checks a message that nobody vouches for.
    /// - Throws: `WireError`.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        let wire = try MessageCoding.decode(bytes, as: WireSyncResponse.self, shape: .answer)
        try Check.answer(wire.version)
        try Check.count(wire.token.count, atMost: Limits.tokenBytes, "token")
        try Check.count(wire.spaces.count, atMost: Limits.spaces, "spaces")
        let milliseconds = try Check.time(wire.time, "answer")
        self.init(
            token: [UInt8](wire.token),
            time: HybridTime(milliseconds: milliseconds),
            spaces: [],
            openConflicts: wire.openConflicts
        )
        for space in wire.spaces { spaces.append(try SpaceResponse(decoding: space)) }
        try Check.distinct(spaces.map(\.space))
    }
}
