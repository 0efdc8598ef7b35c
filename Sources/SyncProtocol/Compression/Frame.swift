/// A message's bytes as they travel: one byte that names the encoding, then the encoded message.
///
/// Encodings: 0, the message as it is; 1, one zlib stream (RFC 1950); 2, reserved for a zlib stream
/// with a preset dictionary, behind that dictionary's 4-byte id. Spec: `Protocol/spec/05-sync.md`.
public enum Frame {
    /// Wraps a message, compressed where that makes it smaller.
    ///
    /// The level is zlib's. The links that matter carry 8 KB a second: a page's bytes cost its
    /// sender far more than the time that a lower level saves.
    /// - Throws: `WireError.tooLarge` where a receiver would refuse the frame.
    public static func encode(
        _ message: [UInt8],
        level: Int32 = 6
    ) throws(WireError) -> [UInt8] {
        guard message.count <= Limits.messageBytes else {
            throw .tooLarge("message", limit: Limits.messageBytes)
        }
        let blocks = MessageScan.columnBounds(of: message, from: ownBlockLength)
        var frame: [UInt8]
        if let deflated = Zlib.deflate(message, level: level, blocks: blocks),
            deflated.count < message.count,
            message.count <= inflationLimit(of: deflated.count)
        {
            frame = [1] + deflated
        } else {
            frame = [0] + message
        }
        guard frame.count <= Limits.frameBytes else {
            throw .tooLarge("frame", limit: Limits.frameBytes)
        }
        return frame
    }

    /// Unwraps a message.
    /// - Throws: `WireError.truncated`, `.tooLarge`, `.malformed`, `.unknownEncoding` or
    ///   `.unknownDictionary`.
    public static func decode(_ frame: [UInt8]) throws(WireError) -> [UInt8] {
        guard frame.count <= Limits.frameBytes else {
            throw .tooLarge("frame", limit: Limits.frameBytes)
        }
        switch frame.first {
        case nil:
            throw .truncated("frame")
        case 0:
            return Array(frame.dropFirst())
        case 1:
            let stream = frame.dropFirst()
            return try Zlib.inflate(stream, limit: inflationLimit(of: stream.count))
        case 2:
            guard frame.count >= 5 else { throw .truncated("frame") }
            throw .unknownDictionary(frame[1...4].reduce(0) { $0 << 8 | UInt32($1) })
        case .some(let byte):
            throw .unknownEncoding(byte)
        }
    }

    /// From which length a column gains more by a code of its own than the code takes, 60 to 80 bytes.
    private static let ownBlockLength = 2_048

    /// How many bytes so many compressed ones may become.
    private static func inflationLimit(of count: Int) -> Int {
        min(Limits.messageBytes, max(Limits.inflationFree, Limits.inflationRatio * count))
    }
}
