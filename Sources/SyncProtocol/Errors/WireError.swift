/// Why bytes from outside are refused, or a message cannot be sent.
///
/// Each case has the facts that explain it; `code` is what crosses the wire.
public enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end inside what is named.
    case truncated(String)
    /// The bytes are not what the specification demands; the text says where and what.
    case malformed(String)
    /// There is more of something than the limit.
    case tooLarge(String, limit: Int)
    /// A signature does not belong to what it should stand under.
    case badSignature(String)
    /// A frame's first byte names no encoding.
    case unknownEncoding(UInt8)
    /// A frame is compressed with a preset dictionary that is not held here.
    case unknownDictionary(UInt32)
    /// The peer speaks none of our versions.
    case unsupportedVersion(offered: [UInt32])

    /// The error's code in the table of the protocol.
    public var code: WireErrorCode {
        switch self {
        case .truncated: .truncated
        case .malformed, .unknownEncoding: .malformed
        case .tooLarge: .tooLarge
        case .badSignature: .badSignature
        case .unknownDictionary: .unknownDictionary
        case .unsupportedVersion(let offered):
            ProtocolVersion.choose(offered: offered) == .peerTooOld
                ? .protocolTooOld : .unsupportedVersion
        }
    }

    /// The error with its facts, in words.
    public var description: String {
        switch self {
        case .truncated(let what): "\(what): cut short"
        case .malformed(let what): what
        case .tooLarge(let what, let limit): "\(what): more than \(limit)"
        case .badSignature(let what): "the signature of the \(what) does not verify"
        case .unknownEncoding(let byte): "frame: unknown encoding \(byte)"
        case .unknownDictionary(let id): "frame: unknown dictionary \(id)"
        case .unsupportedVersion(let offered):
            "the peer speaks the versions \(offered), here are spoken \(ProtocolVersion.spoken)"
        }
    }
}
