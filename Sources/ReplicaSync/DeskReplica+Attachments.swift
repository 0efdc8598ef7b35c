import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

/// What a desk gives to headquarters and takes from it beside its records.
public struct AttachmentWork: Hashable, Sendable {
    /// What headquarters is not known to hold.
    public var outgoing: [AttachmentSession.Task] = []
    /// What is to be fetched.
    public var incoming: [AttachmentSession.Task] = []
    /// How many are left at headquarters, since they are larger than what is fetched unasked.
    public var larger = 0

    /// Whether there is nothing to exchange.
    public var isEmpty: Bool { outgoing.isEmpty && incoming.isEmpty }

    /// How many attachments are to pass.
    public var count: Int { outgoing.count + incoming.count }

    /// How many bytes are to pass, as far as that is known.
    public var bytes: UInt64 {
        outgoing.reduce(0) { $0 + $1.size }
            + incoming.reduce(0) { $0 + $1.size - min($1.held, $1.size) }
    }
}

/// A desk's attachments as one side of an exchange.
///
/// Spec: `Protocol/spec/10-attachments.md`.
extension DeskReplica {
    /// For how long headquarters is not asked again for what it lacked, an hour, in milliseconds: somebody
    /// else has to send it first.
    private static let askAgainAfter: UInt64 = 3_600_000

    /// Finds what there is to exchange unasked.
    ///
    /// - Parameters:
    ///   - peer: Headquarters.
    ///   - limit: The greatest size that is fetched unasked; one whose size no record states is not.
    /// - Returns: The work.
    /// - Throws: What the store reports.
    public func attachmentWork(with peer: StoredPeer, under limit: UInt64) throws -> AttachmentWork
    {
        let now = store.environment.now().milliseconds
        let askedBefore = HybridTime(milliseconds: now - min(now, Self.askAgainAfter))
        return try store.read { reader in
            var work = AttachmentWork()
            work.outgoing = try reader.unsentAttachments(to: peer.row)
                .map { AttachmentSession.Task(hash: $0.hash, size: $0.size) }
            for (hash, size) in try reader.missingAttachments(
                from: peer.row,
                askedBefore: askedBefore
            ) {
                if size > 0, size <= limit {
                    work.incoming.append(try reader.task(of: hash, size: size))
                } else {
                    work.larger += 1
                }
            }
            return work
        }
    }

    /// The work of fetching some attachments, whatever their sizes; those that are whole are left out.
    public func attachmentWork(fetching hashes: [AttachmentHash]) throws -> AttachmentWork {
        try store.read { reader in
            var work = AttachmentWork()
            for hash in hashes where try reader.attachment(hash)?.isWhole != true {
                work.incoming.append(try reader.task(of: hash, size: 0))
            }
            return work
        }
    }

    /// Fills the parts of a request with the bytes that they push.
    public func request(
        of parts: [AttachmentSession.PlannedPart],
        byteLimit: UInt32
    ) throws -> AttachmentRequest {
        try store.read { reader in
            AttachmentRequest(
                parts: try parts.map { part in
                    let act: AttachmentPart.Act
                    switch part.act {
                    case .ask: act = .ask
                    case .want(let offset): act = .want(from: offset)
                    case .push(let offset, let count):
                        let bytes = try reader.attachment(part.hash).map {
                            try reader.piece(of: $0, from: offset, count: count)
                        }
                        // What is not here any more is asked about, and left.
                        act = bytes.map { $0.isEmpty ? .ask : .push($0, at: offset) } ?? .ask
                    }
                    return AttachmentPart(hash: part.hash, size: part.size, act: act)
                },
                byteLimit: byteLimit
            )
        }
    }

    /// Keeps what an answer about attachments brought, in one transaction.
    public func keep(_ news: AttachmentNews) throws -> [AttachmentHash: KeptPiece] {
        try store.write { writer in
            for hash in news.sent { try writer.noteSent(hash) }
            for hash in news.missing { try writer.noteAsked(hash) }
            var outcomes: [AttachmentHash: KeptPiece] = [:]
            for piece in news.pieces {
                let outcome = try writer.keepPiece(
                    piece.bytes,
                    at: piece.offset,
                    of: piece.hash,
                    size: piece.size,
                    isSent: true
                )
                outcomes[piece.hash] =
                    switch outcome {
                    case .held(let held): .held(held)
                    case .whole: .whole
                    case .wrong: .wrong
                    }
            }
            return outcomes
        }
    }

    /// Forgets which attachments headquarters holds, since it may have lost some: they are offered anew.
    public func forgetSentAttachments() throws {
        try store.write { try $0.forgetSentAttachments() }
    }
}

extension StoreReader {
    fileprivate func task(of hash: AttachmentHash, size: UInt64) throws -> AttachmentSession.Task {
        let part = try attachment(hash)
        let known = part.map { max($0.size, size) } ?? size
        return AttachmentSession.Task(hash: hash, size: known, held: part?.held ?? 0)
    }
}
