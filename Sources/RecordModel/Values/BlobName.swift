/// What a value of the type `blob` says of a file: the SHA-256 of its bytes, their number, the media
/// type and the name.
public struct BlobName: Hashable, Sendable {
    /// The hash, 64 hexadecimal digits in lower case.
    public let hash: String
    /// The number of bytes.
    public let size: String
    /// The media type in lower case.
    public let mediaType: String
    /// The file's name.
    public let name: String

    /// Creates a file's name from `hash size media-type name`, or nil for other text.
    public init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4 else { return nil }
        self.init(
            hash: String(words[0]),
            size: String(words[1]),
            mediaType: String(words[2]),
            name: String(words[3])
        )
    }

    /// Creates a file's name from its parts, or nil where one of them is none.
    public init?(hash: String, size: String, mediaType: String, name: String) {
        let hash = hash.asciiLowercased()
        guard AttachmentHash(hexadecimal: hash) != nil, let size = UInt64(size),
            !mediaType.isEmpty, !mediaType.contains(" "), let first = name.first,
            !first.isWhitespace
        else { return nil }
        self.hash = hash
        self.size = String(size)
        self.mediaType = mediaType.asciiLowercased()
        self.name = name
    }

    /// The canonical text.
    public var text: String { "\(hash) \(size) \(mediaType) \(name)" }
}
