/// A message's bytes as they travel: one byte that names the encoding, then the encoded message.
///
/// Encodings: 0, the message as it is; 1, one zlib stream (RFC 1950); 2, one byte that is the number
/// of a preset dictionary, then a deflate stream (RFC 1951) that begins with it in its window.
/// Spec: `Protocol/spec/05-sync.md` §1.
public enum Frame {
    /// Wraps a message, compressed where that makes it smaller.
    ///
    /// The level is zlib's. The links that matter carry 8 KB a second: a page's bytes cost its
    /// sender far more than the time that a lower level saves.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - level: zlib's level, 0 to 9.
    ///   - dictionary: One that the receiver has; nil where that is not known.
    /// - Returns: The shortest frame.
    /// - Throws: `WireError.tooLarge` where a receiver would refuse the frame.
    public static func encode(
        _ message: [UInt8],
        level: Int32 = 6,
        dictionary: PresetDictionary? = nil
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
        if let dictionary, message.count <= PresetDictionary.reach,
            let deflated = Zlib.deflate(message, level: level, after: dictionary),
            deflated.count + 2 < frame.count
        {
            frame = [2, dictionary.number] + deflated
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
            guard let number = frame.dropFirst().first else { throw .truncated("frame") }
            guard let dictionary = PresetDictionary(number: number) else {
                throw .unknownDictionary(UInt32(number))
            }
            let stream = frame.dropFirst(2)
            let limit = inflationLimit(of: stream.count)
            return try Zlib.inflate(stream, limit: limit, after: dictionary)
        case .some(let byte):
            throw .unknownEncoding(byte)
        }
    }

    /// The dictionary that a frame was made with, which its sender therefore has; nil for none and
    /// for one that is not held here.
    public static func dictionary(of frame: [UInt8]) -> PresetDictionary? {
        guard frame.count > 2, frame[0] == 2 else { return nil }
        return PresetDictionary(number: frame[1])
    }

    /// From which length a column gains more by a code of its own than the code takes, 60 to 80 bytes.
    private static let ownBlockLength = 2_048

    /// How many bytes so many compressed ones may become.
    private static func inflationLimit(of count: Int) -> Int {
        min(Limits.messageBytes, max(Limits.inflationFree, Limits.inflationRatio * count))
    }
}
