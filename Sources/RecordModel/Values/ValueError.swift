/// What the reading of a value takes from its surroundings.
public struct ValueContext: Sendable {
    /// The country whose rules a telephone number without country code follows.
    public var region: String?
    /// Another country whose rules are tried where a number does not fit those of `region`: that of
    /// the person's address.
    public var otherRegion: String?
    /// The offset from UTC, in seconds, of a local time given in seconds since 1970 as if it were
    /// UTC; it reads instants without a zone.
    public var utcOffset: @Sendable (Int) -> Int
    /// Whether amounts may be in currencies that ISO 4217 has withdrawn: records that are there
    /// keep them, and imports bring them; a person who types one is told to take another.
    public var acceptsWithdrawnCurrencies = true
    /// Whether a country or language may be given by its name, as the files of others do.
    public var readsNames = false

    /// Creates surroundings; without arguments, those of a place that is nowhere, in UTC.
    public init(
        region: String? = nil,
        utcOffset: @escaping @Sendable (Int) -> Int = { _ in 0 }
    ) {
        self.region = region
        self.utcOffset = utcOffset
    }
}

/// Why a value is refused.
public enum ValueError: Error, Hashable, Sendable {
    /// Nothing stands where a value must.
    case empty
    /// The text is not of the type.
    case malformed(ValueType, text: String)
    /// A character that text must not hold, as a Unicode scalar value.
    case controlCharacter(UInt32)
    /// Text of one line has several.
    case severalLines
    /// A currency does not divide so far.
    case tooManyDecimals(currency: String, allowed: Int)
    /// A currency is no longer one.
    case withdrawnCurrency(String)
    /// JSON of another shape than the field's.
    case wrongShape(expected: String, found: String)
    /// A cell or argument that begins like JSON is none.
    case json(JSONError)
    /// Items have no part of this name.
    case unknownPart(String, accepted: [String])
    /// An item lacks its first part.
    case missingPart(String)
    /// The field is a register and has no items.
    case noItems
    /// More bytes than a value, or the key of an item, may have.
    case tooLong(bytes: Int, limit: Int)
    /// More items than one input may give a field.
    case tooManyItems(limit: Int)
    /// Entries of a log are only ever added (`append_only`).
    case appendOnly

    /// The stable code of the error.
    public var code: String {
        if case .appendOnly = self { "append_only" } else { "bad_value" }
    }

    /// What is wrong and what would be accepted, as a person reads it.
    public var message: String {
        switch self {
        case .empty: "a value is missing"
        case .malformed(let type, let text): type.refusal(of: text)
        case .controlCharacter(let scalar):
            "the control character U+\(padded(hex: scalar)) is not accepted"
        case .severalLines: "text of one line is expected; this has several"
        case .tooManyDecimals(let currency, 0): "\(currency) has no decimals"
        case .tooManyDecimals(let currency, let allowed):
            "\(currency) has at most \(allowed) decimals"
        case .withdrawnCurrency(let currency):
            "\(currency) was withdrawn from ISO 4217; give the amount in a present currency "
                + "(records of its time keep theirs)"
        case .wrongShape(let expected, let found): "expected \(expected), found \(found)"
        case .json(let error): "the JSON cannot be read: \(error.message)"
        case .unknownPart(let name, let accepted):
            "there is no part “\(name)”; parts are \(accepted.joined(separator: ", "))"
        case .missingPart(let name): "the part “\(name)” is missing"
        case .noItems: "the field holds one value, not items"
        case .tooLong(let bytes, let limit):
            "the text has \(bytes) bytes, more than the \(limit) that travel"
        case .tooManyItems(let limit):
            "there are more than \(limit) items in one field; give the rest in further rows"
        case .appendOnly: "entries of this field can only be added"
        }
    }
}

private func padded(hex value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}

extension ValueType {
    /// What is said of a text that is not of this type.
    fileprivate func refusal(of text: String) -> String {
        let shown = text.count > 60 ? "\(text.prefix(60))…" : text
        return "“\(shown)” is not \(expectation)"
    }

    private var expectation: String {
        switch self {
        case .text, .longtext: "text"
        case .int: "an integer, as 14"
        case .bool: "one of true, false, yes, no"
        case .date: "a date, as 2026-03-14"
        case .edtf:
            "a date or partial date, as 2026-03-14, 2026-03, 2026, 1985~, 2018/.. "
                + "or XXXX-04-15"
        case .instant: "a time, as 2026-03-14T09:12 or 2026-03-14T09:12:00+01:00"
        case .money: "an amount with its currency of ISO 4217, as EUR 1200000.00"
        case .enumeration(let words): "one of \(words.joined(separator: ", "))"
        case .country: "a country code of ISO 3166-1, as DE or PK"
        case .lang: "a language tag, as ur, ur-Arab or en-GB"
        case .ford: "a field of research (FORD), as 2 or 2.2"
        case .sdg: "a goal or target of the SDGs, as 9 or 9.5"
        case .email: "an e-mail address"
        case .phone: "a telephone number"
        case .url: "a web address"
        case .id("orcid"): "an ORCID iD, as 0000-0002-1825-0097"
        case .id("ror"): "a ROR id, as 05bbbc791"
        case .id(let scheme?): "an identifier of \(scheme)"
        case .id(nil): "an identifier with its scheme, as isni:0000000403716119"
        case .ref:
            "a reference: a short id as ber-214, 16 hexadecimal digits, ror:… or orcid:…"
        case .refOrText: "a reference or text"
        case .blob: "a file's SHA-256, size, media type and name"
        }
    }
}

/// What was noticed about a value that is accepted all the same.
public enum ValueWarning: Hashable, Sendable {
    /// The text is kept as typed since it is not valid for its type.
    case keptAsTyped(ValueType, text: String)
    /// The check digit of an identifier is wrong.
    case checkDigit(scheme: String, text: String)
    /// A telephone number lacked what was put before it: `+`, or the region's trunk prefix.
    case phoneRepaired(typed: String, number: String)
    /// A telephone number without a country code was read by the rules of the record's country.
    case phoneRegion(typed: String, number: String)
    /// A telephone number has a length that its numbering plan does not know.
    case phoneLength(number: String)
    /// A currency that ISO 4217 has withdrawn.
    case withdrawnCurrency(String)
    /// A two-letter language code that ISO 639 does not know.
    case unknownLanguage(String)
    /// An item stands twice in a list; the later one is kept.
    case repeatedItem(String)

    /// What was noticed, as a person reads it.
    public var message: String {
        switch self {
        case .keptAsTyped(let type, let text):
            "kept as typed: \(type.refusal(of: text))"
        case .checkDigit(let scheme, let text):
            "the check digit of \(scheme) \(text) is wrong; is it mistyped?"
        case .phoneRepaired(let typed, let number):
            "“\(typed)” was read as \(number), since the digits in front are missing; is it right?"
        case .phoneRegion(let typed, let number):
            "“\(typed)” was read as \(number), by the country of the address; is it right?"
        case .phoneLength(let number):
            "\(number) is longer or shorter than numbers of its country are; is it mistyped?"
        case .withdrawnCurrency(let code): "\(code) is no longer a currency of ISO 4217"
        case .unknownLanguage(let code): "“\(code)” is no language of ISO 639; is it mistyped?"
        case .repeatedItem(let text): "“\(text)” stands twice; the later one is kept"
        }
    }
}
