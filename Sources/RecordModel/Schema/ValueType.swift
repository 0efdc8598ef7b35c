/// What a value is: which texts are accepted, and their canonical form.
///
/// Spec: `Protocol/spec/02-canonical-bytes.md`.
public enum ValueType: Hashable, Sendable {
    /// Text of one line.
    case text
    /// Text of any number of lines.
    case longtext
    /// An integer of 64 bits.
    case int
    /// True or false.
    case bool
    /// A day, as in `2026-03-14`.
    case date
    /// A partial or uncertain date (EDTF), as in `1985~` or `2018/..`.
    case edtf
    /// A moment in UTC.
    case instant
    /// An amount in a currency of ISO 4217.
    case money
    /// One of a list of words; for the policy `strict` a later word is the more restrictive one.
    case enumeration([String])
    /// A country of ISO 3166-1, alpha-2.
    case country
    /// A language tag of BCP 47.
    case lang
    /// A field of research of the OECD's FORD, area or group.
    case ford
    /// A goal or target of the UN's sustainable development goals.
    case sdg
    /// An e-mail address.
    case email
    /// A telephone number, E.164 where it can be told.
    case phone
    /// A web address.
    case url
    /// An identifier: bare where the field fixes its scheme, else `scheme:value`.
    case id(scheme: String?)
    /// A reference to a record.
    case ref
    /// A reference where the text has a reference's form, else text.
    case refOrText
    /// What names a file: hash, size, media type and name; its bytes live elsewhere.
    case blob

    /// The type as the schema file writes it.
    public var notation: String {
        switch self {
        case .text: "text"
        case .longtext: "longtext"
        case .int: "int"
        case .bool: "bool"
        case .date: "date"
        case .edtf: "edtf"
        case .instant: "instant"
        case .money: "money"
        case .enumeration(let words): words.joined(separator: "|")
        case .country: "country"
        case .lang: "lang"
        case .ford: "ford"
        case .sdg: "sdg"
        case .email: "email"
        case .phone: "phone"
        case .url: "url"
        case .id(nil): "id"
        case .id(let scheme?): "id(\(scheme))"
        case .ref: "ref"
        case .refOrText: "ref|text"
        case .blob: "blob"
        }
    }

    private static let plain: [String: ValueType] = {
        let types: [ValueType] = [
            .text, .longtext, .int, .bool, .date, .edtf, .instant, .money, .country, .lang, .ford,
            .sdg, .email, .phone, .url, .id(scheme: nil), .ref, .refOrText, .blob,
        ]
        return Dictionary(uniqueKeysWithValues: types.map { ($0.notation, $0) })
    }()

    /// Creates a type from the schema file's notation, or nil for other text.
    public init?(notation: String) {
        if let type = Self.plain[notation] {
            self = type
        } else if notation.hasPrefix("id("), notation.hasSuffix(")") {
            let scheme = String(notation.dropFirst(3).dropLast())
            guard isSchemaName(scheme) else { return nil }
            self = .id(scheme: scheme)
        } else {
            let words = notation.split(separator: "|", omittingEmptySubsequences: false)
                .map(String.init)
            guard words.count > 1, words.allSatisfy(isSchemaWord),
                Set(words).count == words.count
            else { return nil }
            self = .enumeration(words)
        }
    }

    /// Whether what was typed is kept beside the canonical form where the two differ.
    var keepsRaw: Bool {
        switch self {
        case .email, .phone, .url: true
        default: false
        }
    }
}

/// Whether a text can name a field, part or kind: a lower-case letter, then such, digits and `_`.
func isSchemaName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") || (0x61...0x7a ~= $0) }
}

/// Whether a text can be a word of an enumeration: a name in either case.
func isSchemaWord(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
}
