/// An identifier that an authority gives, as ORCID iD, ROR id, ISNI, DOI.
public struct Identifier: Hashable, Sendable {
    /// The scheme's name in lower case.
    public let scheme: String
    /// The identifier in the scheme's canonical form.
    public let value: String
    /// Whether the check digits are right; true where the scheme has none.
    public let isChecked: Bool

    /// Creates an identifier of a known scheme from its bare form, its URL or `scheme:value`; nil
    /// where it is malformed.
    public init?(scheme: String, _ text: String) {
        let bare = Self.withoutAddress(text, scheme: scheme)
        let reading: (value: String, isChecked: Bool)? =
            switch scheme {
            case "orcid": Self.orcid(bare)
            case "isni": Self.isni(bare)
            case "ror": Self.ror(bare)
            case "doi": Self.doi(bare).map { ($0, true) }
            case "wikidata": Self.wikidata(bare).map { ($0, true) }
            default: bare.isEmpty ? nil : (bare, true)
            }
        guard let reading else { return nil }
        self.scheme = scheme
        value = reading.value
        isChecked = reading.isChecked
    }

    /// Creates an identifier from `scheme:value` or a known scheme's URL; nil for other text.
    public init?(_ text: String) {
        for (scheme, hosts) in Self.hosts
        where hosts.contains(where: { Self.path(of: text, at: $0) != nil }) {
            self.init(scheme: scheme, text)
            return
        }
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let scheme = String(text[..<colon]).asciiLowercased()
        let value = CanonicalText.trimmed(String(text[text.index(after: colon)...]))
        let isScheme = scheme.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2d }
        guard isScheme, scheme.utf8.first.map(isLetter) == true, !value.hasPrefix("//") else {
            return nil
        }
        self.init(scheme: scheme, value)
    }

    /// `scheme:value`.
    public var text: String { "\(scheme):\(value)" }

    // MARK: Schemes

    private static let hosts: [(scheme: String, hosts: [String])] = [
        ("orcid", ["orcid.org/"]), ("ror", ["ror.org/"]),
        ("doi", ["doi.org/", "dx.doi.org/"]), ("isni", ["isni.org/isni/", "www.isni.org/isni/"]),
        ("wikidata", ["www.wikidata.org/wiki/", "www.wikidata.org/entity/"]),
    ]

    private static func path(of text: String, at host: String) -> Substring? {
        let start = text.prefix(host.utf8.count + 8).asciiLowercasedText
        for address in ["https://" + host, "http://" + host, host] where start.hasPrefix(address) {
            return text.dropFirst(address.count)
        }
        return nil
    }

    private static func withoutAddress(_ text: String, scheme: String) -> String {
        let text = CanonicalText.trimmed(text)
        let hosts = hosts.first { $0.scheme == scheme }?.hosts ?? []
        for host in hosts {
            if let path = path(of: text, at: host) { return String(path) }
        }
        let prefix = scheme + ":"
        guard text.prefix(prefix.count).asciiLowercasedText == prefix else { return text }
        return CanonicalText.trimmed(String(text.dropFirst(prefix.count)))
    }

    private static func orcid(_ text: String) -> (String, Bool)? {
        guard let (digits, isChecked) = isni(text) else { return nil }
        let groups = stride(from: 0, to: 16, by: 4).map { digits.dropFirst($0).prefix(4) }
        return (groups.joined(separator: "-"), isChecked)
    }

    /// 15 digits and a check digit after ISO 7064 MOD 11-2, where X stands for 10.
    private static func isni(_ text: String) -> (String, Bool)? {
        let characters = text.utf8.filter { $0 != 0x20 && $0 != 0x2d }
        guard characters.count == 16, characters.dropLast().allSatisfy(isDigit),
            let last = characters.last, isDigit(last) || last | 0x20 == UInt8(ascii: "x")
        else { return nil }
        let sum = characters.dropLast().reduce(0) { ($0 + Int($1 - UInt8(ascii: "0"))) * 2 % 11 }
        let expected = (12 - sum) % 11
        let found = isDigit(last) ? Int(last - UInt8(ascii: "0")) : 10
        let canonical = String(decoding: characters, as: UTF8.self).asciiUppercased()
        return (canonical, found == expected)
    }

    /// A zero, six characters of Crockford's base 32 and two check digits (98 minus the number's
    /// hundredfold modulo 97).
    private static func ror(_ text: String) -> (String, Bool)? {
        let text = text.asciiLowercased()
        let characters = Array(text.utf8)
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        guard characters.count == 9, characters[0] == UInt8(ascii: "0"),
            let check = decimal(characters[7...])
        else { return nil }
        var number = 0
        for character in characters[1..<7] {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            number = number * 32 + digit
        }
        return (text, check == 98 - number * 100 % 97)
    }

    private static func doi(_ text: String) -> String? {
        let text = text.asciiLowercased()
        guard text.hasPrefix("10."), let slash = text.firstIndex(of: "/"),
            text[..<slash].utf8.count > 3, text.index(after: slash) < text.endIndex,
            !text.contains(where: \.isWhitespace)
        else { return nil }
        return CanonicalText.composed(text)
    }

    private static func wikidata(_ text: String) -> String? {
        let text = text.asciiUppercased()
        guard text.hasPrefix("Q"), text.utf8.count <= 13, decimal(text.utf8.dropFirst()) != nil
        else { return nil }
        return text
    }
}

extension Substring {
    /// The text with ASCII letters in lower case.
    fileprivate var asciiLowercasedText: String { String(self).asciiLowercased() }
}
