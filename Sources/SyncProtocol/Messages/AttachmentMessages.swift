import RecordModel

/// What a desk says and asks about attachments.
///
/// Encoded form: `Protocol/schema/attachments.proto`. Spec: `Protocol/spec/10-attachments.md`.
public struct AttachmentRequest: Hashable, Sendable {
    /// One for each attachment; no hash twice.
    public var parts: [AttachmentPart]
    /// How many bytes of attachments the desk wants in one answer at most; 0 for no wish.
    public var byteLimit: UInt32
    /// The protocol versions that the desk speaks.
    public var versions: [UInt32] = ProtocolVersion.spoken

    /// Creates a request.
    public init(parts: [AttachmentPart], byteLimit: UInt32 = 0) {
        self.parts = parts
        self.byteLimit = byteLimit
    }
}

/// What a desk says and asks about one attachment.
public struct AttachmentPart: Hashable, Sendable {
    /// What is asked for.
    public enum Act: Hashable, Sendable {
        /// To say how much headquarters holds.
        case ask
        /// To keep a piece that begins at an offset.
        case push([UInt8], at: UInt64)
        /// To answer bytes from an offset on.
        case want(from: UInt64)
    }

    /// Which bytes are meant.
    public var hash: AttachmentHash
    /// How many they are; 0 where the desk does not know.
    public var size: UInt64
    /// What is asked for.
    public var act: Act

    /// Creates a part.
    public init(hash: AttachmentHash, size: UInt64, act: Act) {
        self.hash = hash
        self.size = size
        self.act = act
    }
}

/// Headquarters' answer to a request about attachments: one part for each of the request's.
public struct AttachmentResponse: Hashable, Sendable {
    /// The parts, in the order of the request's.
    public var parts: [AttachmentAnswer]

    /// Creates an answer.
    public init(parts: [AttachmentAnswer]) {
        self.parts = parts
    }
}

/// What headquarters answers about one attachment.
public struct AttachmentAnswer: Hashable, Sendable {
    /// Which bytes are meant.
    public var hash: AttachmentHash
    /// How many they are; 0 where headquarters does not know.
    public var size: UInt64 = 0
    /// How many headquarters holds from the start: all only where it has proven them.
    public var held: UInt64 = 0
    /// Bytes from the offset that was asked for.
    public var bytes: [UInt8] = []
    /// The code of a refusal; empty where there is none.
    public var code = ""

    /// Creates the answer that nothing is held.
    public init(hash: AttachmentHash) {
        self.hash = hash
    }
}
