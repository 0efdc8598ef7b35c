import Foundation
import RecordModel

extension AttachmentRequest {
    /// Encodes the message; equal messages have equal bytes.
    ///
    /// Encoded form: `Protocol/schema/attachments.proto`.
    /// - Throws: `WireError.tooLarge` beyond `Limits.messageBytes`.
    public func encoded() throws(WireError) -> [UInt8] {
        var wire = WireAttachmentRequest()
        wire.parts = parts.map { part in
            var wire = WireAttachmentPart()
            wire.hash = Data(part.hash.bytes)
            wire.size = part.size
            switch part.act {
            case .ask: break
            case .push(let bytes, let offset):
                wire.bytes = Data(bytes)
                wire.offset = offset
            case .want(let offset):
                wire.wanted = true
                wire.offset = offset
            }
            return wire
        }
        wire.byteLimit = byteLimit
        wire.versions = versions
        return try MessageCoding.encode(wire)
    }

    /// Decodes and checks a message that nobody vouches for.
    /// - Throws: `WireError`; `.unsupportedVersion` where the sender speaks none of our versions.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        let wire = try MessageCoding.decode(
            bytes,
            as: WireAttachmentRequest.self,
            shape: .attachments
        )
        try Check.offer(wire.versions)
        try Check.count(wire.parts.count, atMost: Limits.attachments, "attachments")
        var parts: [AttachmentPart] = []
        for part in wire.parts { parts.append(try part.decoded()) }
        guard Set(parts.map(\.hash)).count == parts.count else {
            throw .malformed("attachments: one twice")
        }
        self.init(parts: parts, byteLimit: wire.byteLimit)
        versions = wire.versions
    }
}

extension WireAttachmentPart {
    fileprivate func decoded() throws(WireError) -> AttachmentPart {
        let hash = try Check.attachment(hash)
        try Check.attachmentSize(size)
        let act: AttachmentPart.Act
        if bytes.isEmpty {
            if wanted {
                guard offset <= Limits.attachmentBytes else {
                    throw .malformed("attachment: the offset \(offset)")
                }
                act = .want(from: offset)
            } else {
                guard offset == 0 else { throw .malformed("attachment: an offset of nothing") }
                act = .ask
            }
        } else {
            guard !wanted, offset <= size, UInt64(bytes.count) <= size - offset else {
                throw .malformed("attachment: a piece outside of it")
            }
            act = .push([UInt8](bytes), at: offset)
        }
        return AttachmentPart(hash: hash, size: size, act: act)
    }
}

extension AttachmentResponse {
    /// Encodes the message; equal messages have equal bytes.
    ///
    /// Encoded form: `Protocol/schema/attachments.proto`.
    /// - Throws: `WireError.tooLarge` beyond `Limits.messageBytes`.
    public func encoded() throws(WireError) -> [UInt8] {
        var wire = WireAttachmentResponse()
        wire.parts = parts.map { part in
            var wire = WireAttachmentAnswer()
            wire.hash = Data(part.hash.bytes)
            wire.size = part.size
            wire.held = part.held
            wire.bytes = Data(part.bytes)
            wire.code = part.code
            return wire
        }
        wire.version = ProtocolVersion.current
        return try MessageCoding.encode(wire)
    }

    /// Decodes and checks a message that nobody vouches for.
    /// - Throws: `WireError`.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        let wire = try MessageCoding.decode(
            bytes,
            as: WireAttachmentResponse.self,
            shape: .attachments
        )
        try Check.answer(wire.version)
        try Check.count(wire.parts.count, atMost: Limits.attachments, "attachments")
        var parts: [AttachmentAnswer] = []
        for part in wire.parts {
            var answer = AttachmentAnswer(hash: try Check.attachment(part.hash))
            try Check.attachmentSize(part.size)
            try Check.count(part.code.utf8.count, atMost: Limits.codeBytes, "code")
            guard part.held <= part.size else {
                throw .malformed("attachment: more is held than there is")
            }
            guard UInt64(part.bytes.count) <= part.size else {
                throw .malformed("attachment: a piece outside of it")
            }
            answer.size = part.size
            answer.held = part.held
            answer.bytes = [UInt8](part.bytes)
            answer.code = part.code
            parts.append(answer)
        }
        self.init(parts: parts)
    }
}

extension Check {
    fileprivate static func attachment(_ bytes: Data) throws(WireError) -> AttachmentHash {
        guard let hash = AttachmentHash(bytes: bytes) else {
            throw .malformed("attachment: a hash that is not 32 bytes")
        }
        return hash
    }

    fileprivate static func attachmentSize(_ size: UInt64) throws(WireError) {
        guard size <= Limits.attachmentBytes else {
            throw .tooLarge("attachment", limit: Int(Limits.attachmentBytes))
        }
    }
}
