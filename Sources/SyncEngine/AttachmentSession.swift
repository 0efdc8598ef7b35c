import RecordModel
import SyncProtocol

/// A desk's side of an exchange of attachments, as a state machine without input or output.
///
/// It asks what headquarters holds of what the desk has to give, pushes the rest in pieces, and takes what
/// the desk wants in pieces, both in the same requests. Every piece that was kept is kept for good: a session
/// that is cut is begun anew, and goes on at the bytes that are missing.
///
/// Spec: `Protocol/spec/10-attachments.md` §3.
public struct AttachmentSession: Sendable {
    /// What the owner has to do next.
    public enum Action: Hashable, Sendable {
        /// Send these parts, the pieces filled in from the store; then report `didReceive`.
        case send([PlannedPart], byteLimit: UInt32)
        /// Keep what came, in one transaction; then report `didKeep` with what became of each piece.
        case keep(AttachmentNews)
        /// The exchange has come to its end.
        case finish
    }

    /// A part of a request before its bytes are read.
    public struct PlannedPart: Hashable, Sendable {
        /// What is asked for.
        public enum Act: Hashable, Sendable {
            /// To say how much headquarters holds.
            case ask
            /// To keep a piece.
            case push(from: UInt64, count: Int)
            /// To send bytes.
            case want(from: UInt64)
        }

        /// Which bytes are meant.
        public let hash: AttachmentHash
        /// How many they are; 0 where that is not known.
        public let size: UInt64
        /// What is asked for.
        public let act: Act
    }

    /// An attachment that the desk gives or wants.
    public struct Task: Hashable, Sendable {
        /// Which bytes are meant.
        public let hash: AttachmentHash
        /// How many they are; 0 where that is not known.
        public let size: UInt64
        /// How many of them are here, from the start.
        public let held: UInt64

        /// Creates a task.
        public init(hash: AttachmentHash, size: UInt64, held: UInt64 = 0) {
            self.hash = hash
            self.size = size
            self.held = held
        }
    }

    private struct Outgoing {
        let hash: AttachmentHash
        let size: UInt64
        /// How much headquarters holds; nil before it was asked.
        var acknowledged: UInt64?
    }

    private struct Incoming {
        let hash: AttachmentHash
        var size: UInt64
        var held: UInt64
    }

    /// How many bytes of attachments a request and an answer hold; the owner may change it between rounds.
    public var byteLimit: Int
    /// What was done.
    public private(set) var summary = AttachmentSummary()
    private var outgoing: [Outgoing]
    private var incoming: [Incoming]
    /// The parts of the request that is under way.
    private var asked: [PlannedPart] = []

    /// How many bytes a piece has at most: what a row of the store holds.
    public static let pieceBytes = 256 << 10

    /// Creates a session.
    ///
    /// - Parameters:
    ///   - outgoing: What headquarters may lack, in the order in which it goes.
    ///   - incoming: What the desk wants, in the order in which it is wanted.
    ///   - byteLimit: How many bytes of attachments go in one request or answer.
    public init(outgoing: [Task], incoming: [Task], byteLimit: Int) {
        self.outgoing = outgoing.map { Outgoing(hash: $0.hash, size: $0.size) }
        self.incoming = incoming.map { Incoming(hash: $0.hash, size: $0.size, held: $0.held) }
        self.byteLimit = byteLimit
    }

    /// Begins.
    public mutating func start() -> Action { next() }

    private mutating func next() -> Action {
        asked = []
        var room = max(byteLimit, 1)
        for file in outgoing where asked.count < Limits.attachments {
            guard let start = file.acknowledged else {
                asked.append(PlannedPart(hash: file.hash, size: file.size, act: .ask))
                continue
            }
            guard room > 0 else { continue }
            let count = Int(min(file.size - start, UInt64(min(room, Self.pieceBytes))))
            asked.append(
                PlannedPart(hash: file.hash, size: file.size, act: .push(from: start, count: count))
            )
            room -= count
        }
        var answered: UInt64 = 0
        for file in incoming
        where asked.count < Limits.attachments && answered < UInt64(max(byteLimit, 1)) {
            asked.append(PlannedPart(hash: file.hash, size: 0, act: .want(from: file.held)))
            // What is of an unknown size may fill the answer.
            answered += file.size > file.held ? file.size - file.held : UInt64(byteLimit)
        }
        if asked.isEmpty { return .finish }
        return .send(asked, byteLimit: UInt32(clamping: max(byteLimit, 1)))
    }

    /// Takes headquarters' answer.
    /// - Throws: `WireError.malformed` where it is not one to what was asked.
    public mutating func didReceive(
        _ response: AttachmentResponse
    ) throws(WireError) -> Action {
        guard response.parts.map(\.hash) == asked.map(\.hash) else {
            throw .malformed("attachments: an answer to other parts than were asked for")
        }
        var news = AttachmentNews()
        var isProgress = false
        for (part, answer) in zip(asked, response.parts) {
            switch part.act {
            case .ask, .push: isProgress = take(answer, part, &news) || isProgress
            case .want(let offset): isProgress = take(answer, from: offset, &news) || isProgress
            }
        }
        guard isProgress else {
            // Who answers nothing new now will not in the next round.
            throw .malformed("attachments: an answer that brings nothing")
        }
        return .keep(news)
    }

    /// Takes what headquarters holds of an attachment that goes there.
    /// - Returns: Whether the exchange has come on by it.
    private mutating func take(
        _ answer: AttachmentAnswer,
        _ part: PlannedPart,
        _ news: inout AttachmentNews
    ) -> Bool {
        guard let index = outgoing.firstIndex(where: { $0.hash == answer.hash }) else {
            return false
        }
        let file = outgoing[index]
        guard answer.code.isEmpty else {
            summary.refusals.append(AttachmentRefusal(hash: file.hash, code: answer.code))
            outgoing.remove(at: index)
            return true
        }
        let before = file.acknowledged
        let held = min(answer.held, file.size)
        if case .push(let start, _) = part.act, held > start { summary.sentBytes += held - start }
        if held == file.size {
            news.sent.append(file.hash)
            // What headquarters had from another desk was not sent by this one.
            if case .push = part.act { summary.sent += 1 }
            outgoing.remove(at: index)
            return true
        }
        outgoing[index].acknowledged = held
        return before != held
    }

    /// Takes bytes of an attachment that is wanted.
    /// - Returns: Whether the exchange has come on by it.
    private mutating func take(
        _ answer: AttachmentAnswer,
        from offset: UInt64,
        _ news: inout AttachmentNews
    ) -> Bool {
        guard let index = incoming.firstIndex(where: { $0.hash == answer.hash }) else {
            return false
        }
        guard answer.code.isEmpty else {
            summary.refusals.append(AttachmentRefusal(hash: answer.hash, code: answer.code))
            incoming.remove(at: index)
            return true
        }
        guard answer.size > 0, answer.held == answer.size else {
            news.missing.append(answer.hash)
            summary.missing.append(answer.hash)
            incoming.remove(at: index)
            return true
        }
        incoming[index].size = answer.size
        guard !answer.bytes.isEmpty else { return false }
        news.pieces.append(
            AttachmentPiece(
                hash: answer.hash,
                size: answer.size,
                offset: offset,
                bytes: answer.bytes
            )
        )
        return true
    }

    /// Takes what became of the pieces that came.
    public mutating func didKeep(_ outcomes: [AttachmentHash: KeptPiece]) -> Action {
        for (hash, outcome) in outcomes {
            guard let index = incoming.firstIndex(where: { $0.hash == hash }) else { continue }
            switch outcome {
            case .held(let held):
                if held > incoming[index].held {
                    summary.receivedBytes += held - incoming[index].held
                }
                incoming[index].held = held
            case .whole:
                summary.receivedBytes +=
                    incoming[index].size
                    - min(
                        incoming[index].held,
                        incoming[index].size
                    )
                summary.received += 1
                incoming.remove(at: index)
            case .wrong:
                let code = WireErrorCode.wrongHash.rawValue
                summary.refusals.append(AttachmentRefusal(hash: hash, code: code))
                incoming.remove(at: index)
            }
        }
        return next()
    }
}

/// A piece of an attachment that headquarters sent.
public struct AttachmentPiece: Hashable, Sendable {
    /// Which bytes are meant.
    public let hash: AttachmentHash
    /// How many they are.
    public let size: UInt64
    /// Where the piece begins.
    public let offset: UInt64
    /// The piece.
    public let bytes: [UInt8]
}

/// What an answer about attachments brought that is to be kept.
public struct AttachmentNews: Hashable, Sendable {
    /// Bytes that were wanted.
    public var pieces: [AttachmentPiece] = []
    /// What headquarters holds whole from now on.
    public var sent: [AttachmentHash] = []
    /// What headquarters lacks, too.
    public var missing: [AttachmentHash] = []

    /// Creates the account of nothing.
    public init() {}
}

/// What became of a piece that came.
public enum KeptPiece: Hashable, Sendable {
    /// So many bytes are here from the start.
    case held(UInt64)
    /// All are here, and are those that the hash names.
    case whole
    /// All came and are others.
    case wrong
}

/// An attachment that was not taken or given.
public struct AttachmentRefusal: Hashable, Sendable {
    /// Which bytes are meant.
    public let hash: AttachmentHash
    /// The code of `Protocol/spec/07-errors.md`.
    public let code: String
}

/// What an exchange of attachments did.
public struct AttachmentSummary: Hashable, Sendable {
    /// How many went to headquarters to their end.
    public var sent = 0
    /// How many bytes of attachments headquarters took.
    public var sentBytes: UInt64 = 0
    /// How many came to their end.
    public var received = 0
    /// How many bytes of attachments came.
    public var receivedBytes: UInt64 = 0
    /// What was wanted and headquarters lacks.
    public var missing: [AttachmentHash] = []
    /// What was not taken or given.
    public var refusals: [AttachmentRefusal] = []

    /// Creates the account of nothing.
    public init() {}

    /// Adds what another session did, which went on where this one was cut.
    public mutating func add(_ other: AttachmentSummary) {
        sent += other.sent
        sentBytes += other.sentBytes
        received += other.received
        receivedBytes += other.receivedBytes
        missing += other.missing
        refusals += other.refusals
    }
}
