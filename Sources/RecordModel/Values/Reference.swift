/// A reference to a record, which may not be here yet.
///
/// Canonical text: `uid:` and 16 hexadecimal digits, `ror:…`, `orcid:…`, or a short id.
public enum Reference: Hashable, Sendable {
    /// By the record's number.
    case uid(RecordUID)
    /// By what an authority calls it.
    case identifier(Identifier)
    /// By the name that its desk gave it, as `ber-214`, or `ber-214~9f3c` where two have that.
    case shortID(String)

    /// The schemes by which records can be referred to.
    private static let schemes: Set = ["ror", "orcid"]

    /// Creates a reference from one of its forms (the bare 16 digits of a number, and the
    /// addresses of identifiers included), or nil for other text.
    public init?(_ text: String) {
        let bare = text.asciiLowercased()
        if let uid = RecordUID(hexadecimal: bare.hasPrefix("uid:") ? bare.dropFirst(4) : bare[...])
        {
            self = .uid(uid)
        } else if let identifier = Identifier(text), Self.schemes.contains(identifier.scheme) {
            self = .identifier(identifier)
        } else if Self.isShortID(bare) {
            self = .shortID(bare)
        } else {
            return nil
        }
    }

    /// The canonical text.
    public var text: String {
        switch self {
        case .uid(let uid): "uid:\(uid)"
        case .identifier(let identifier): identifier.text
        case .shortID(let text): text
        }
    }

    /// Whether a text is a desk's code, a hyphen and a number, and perhaps `~` and some digits of
    /// the record's number.
    private static func isShortID(_ text: String) -> Bool {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, (2...8).contains(halves[0].utf8.count),
            halves[0].utf8.first.map(isLetter) == true,
            halves[0].utf8.allSatisfy({ isLetter($0) || isDigit($0) })
        else { return false }
        let ends = halves[1].split(separator: "~", omittingEmptySubsequences: false)
        guard (1...10).contains(ends[0].utf8.count), ends[0].utf8.allSatisfy(isDigit),
            ends[0].utf8.first != UInt8(ascii: "0")
        else { return false }
        guard ends.count == 2 else { return ends.count == 1 }
        let isHex = ends[1].utf8.allSatisfy { isDigit($0) || (0x61...0x66).contains($0) }
        return (1...16).contains(ends[1].utf8.count) && isHex
    }
}
