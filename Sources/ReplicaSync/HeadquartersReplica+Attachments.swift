import RecordModel
import RecordStorage
import SyncProtocol

/// What headquarters takes of attachments.
public struct AttachmentLimits: Hashable, Sendable {
    /// Bytes of one attachment.
    public var attachmentBytes = ContentLimits.attachmentBytes
    /// Bytes of all attachments that came from one desk.
    public var deskBytes: UInt64 = 4_000_000_000
    /// Bytes of attachments in one answer.
    public var answerBytes = 2 << 20

    /// Creates the limits that suit a ministry's headquarters.
    public init() {}
}

/// Headquarters' side of an exchange of attachments.
///
/// Spec: `Protocol/spec/10-attachments.md` §3 and §4.
extension HeadquartersReplica {
    /// Answers what a desk says and asks about attachments: keeps the pieces that it pushes in one
    /// transaction, and sends the bytes that it wants.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - peer: The desk, which has proven who it is.
    ///   - limits: What is taken.
    /// - Returns: An answer to each part.
    /// - Throws: What the store reports.
    public func answer(
        _ request: AttachmentRequest,
        from peer: StoredPeer,
        limits: AttachmentLimits = AttachmentLimits()
    ) throws -> AttachmentResponse {
        let wish = request.byteLimit == 0 ? Int.max : Int(request.byteLimit)
        var room = min(limits.answerBytes, wish)
        let wrong = try keepPieces(of: request, from: peer, limits)
        try dropDamaged(in: request, for: peer, room: room)
        let response = try store.read { reader in
            AttachmentResponse(
                parts: try request.parts.map { part in
                    if wrong.contains(part.hash) { return .refused(part.hash, .wrongHash) }
                    return try reader.answer(to: part, of: peer, limits, room: &room)
                }
            )
        }
        try noteHolder(peer, request, response)
        return response
    }

    /// Keeps the pieces that may be kept; what was not is told by what is held afterwards.
    /// - Returns: The attachments that came to their end and were not what their hashes name.
    private func keepPieces(
        of request: AttachmentRequest,
        from peer: StoredPeer,
        _ limits: AttachmentLimits
    ) throws -> Set<AttachmentHash> {
        guard request.parts.contains(where: \.isPush) else { return [] }
        return try store.write { writer in
            var wrong: Set<AttachmentHash> = []
            for part in request.parts {
                guard case .push(let bytes, let offset) = part.act,
                    try writer.reader.refusal(of: part, by: peer, limits) == nil,
                    try writer.reader.held(part.hash, by: peer)?.isWhole != true
                else { continue }
                let outcome = try writer.keepPiece(
                    bytes,
                    at: offset,
                    of: part.hash,
                    size: part.size,
                    from: peer.row
                )
                switch outcome {
                case .held: break
                case .whole: try writer.noteHolder(peer.desk, of: part.hash)
                case .wrong: wrong.insert(part.hash)
                }
            }
            return wrong
        }
    }

    /// Remembers who has the bytes now: who was sent the last of them, and who has named them somewhere else
    /// since.
    private func noteHolder(
        _ peer: StoredPeer,
        _ request: AttachmentRequest,
        _ response: AttachmentResponse
    ) throws {
        let has = zip(request.parts, response.parts).filter { part, answer in
            guard answer.code.isEmpty, answer.size > 0, answer.held == answer.size else {
                return false
            }
            guard case .want(let offset) = part.act else { return true }
            return offset + UInt64(answer.bytes.count) == answer.size
        }.map(\.0.hash)
        let news = try store.read { reader in
            try has.filter { hash in
                try !reader.isHolder(peer.desk, of: hash)
                    || reader.isNamedAnew(hash, by: peer.desk)
            }
        }
        guard !news.isEmpty else { return }
        try store.write { writer in
            for hash in news { try writer.noteHolder(peer.desk, of: hash) }
        }
    }

    /// Looks at what is sent from its start on whether it is what its hash names; a copy that the disk has
    /// changed goes, so that a desk which holds it sends it anew.
    ///
    /// What there is no room for in this answer is not looked at: a request must not cost more than it gets.
    private func dropDamaged(
        in request: AttachmentRequest,
        for peer: StoredPeer,
        room: Int
    ) throws {
        let damaged = try store.read { reader in
            var damaged: [StoredAttachment] = []
            var left = room
            for part in request.parts where left > 0 {
                guard case .want(let offset) = part.act,
                    try reader.isNamed(part.hash, toPeer: peer.row),
                    let stored = try reader.wholeAttachment(part.hash)
                else { continue }
                left -= min(StoreReader.pieceBytes, Int(stored.size - min(offset, stored.size)))
                if offset == 0, try !reader.isIntact(stored) { damaged.append(stored) }
            }
            return damaged
        }
        guard !damaged.isEmpty else { return }
        try store.write { writer in
            for attachment in damaged { try writer.drop(attachment) }
        }
    }
}

extension AttachmentPart {
    fileprivate var isPush: Bool { if case .push = act { true } else { false } }
}

extension AttachmentAnswer {
    fileprivate static func refused(
        _ hash: AttachmentHash,
        _ code: WireErrorCode
    ) -> AttachmentAnswer {
        var answer = AttachmentAnswer(hash: hash)
        answer.code = code.rawValue
        return answer
    }
}

extension StoreReader {
    /// What headquarters holds of an attachment as a desk that pushes it is told: all only where the desk has
    /// proven to have the bytes itself.
    fileprivate func held(
        _ hash: AttachmentHash,
        by peer: StoredPeer
    ) throws -> StoredAttachment? {
        if let whole = try wholeAttachment(hash), try isHolder(peer.desk, of: hash) { return whole }
        return try partialAttachment(hash, from: peer.row)
    }

    /// Why a part is not served, nil where it is.
    fileprivate func refusal(
        of part: AttachmentPart,
        by peer: StoredPeer,
        _ limits: AttachmentLimits
    ) throws -> WireErrorCode? {
        guard try isNamed(part.hash, toPeer: peer.row) else { return .notNamed }
        if case .want = part.act { return nil }
        guard part.size <= limits.attachmentBytes else { return .tooLarge }
        if try held(part.hash, by: peer) == nil {
            let used = try attachmentBytes(from: peer.row)
            guard part.size <= limits.deskBytes - min(used, limits.deskBytes) else {
                return .quotaExceeded
            }
        }
        return nil
    }

    fileprivate func answer(
        to part: AttachmentPart,
        of peer: StoredPeer,
        _ limits: AttachmentLimits,
        room: inout Int
    ) throws -> AttachmentAnswer {
        if let refusal = try refusal(of: part, by: peer, limits) {
            return .refused(part.hash, refusal)
        }
        var answer = AttachmentAnswer(hash: part.hash)
        guard case .want(let offset) = part.act else {
            let stored = try held(part.hash, by: peer)
            answer.size = stored?.size ?? part.size
            answer.held = stored?.held ?? 0
            return answer
        }
        guard try isGiven(part.hash, toPeer: peer.row) || isHolder(peer.desk, of: part.hash),
            let stored = try wholeAttachment(part.hash)
        else { return answer }
        answer.size = stored.size
        answer.held = stored.held
        if offset < stored.size, room > 0 {
            answer.bytes = try piece(of: stored, from: offset, count: min(room, Self.pieceBytes))
            room -= answer.bytes.count
        }
        return answer
    }

    /// Bytes of one attachment in an answer: what a desk keeps in one row.
    fileprivate static let pieceBytes = 256 << 10
}
