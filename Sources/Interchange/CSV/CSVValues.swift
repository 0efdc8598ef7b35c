import RecordModel

/// What stands in cells of other programs' files: lists, answers, types.
enum CSVValues {
    /// Google's mark between several values of one cell.
    private static let mark = ":::"

    /// The parts of a list of words.
    static func list(_ text: String) -> [String] {
        split(text) { ";,|\n\r،、；，".contains($0) }
    }

    /// The e-mail addresses of a cell; of `Name <address>` the address.
    static func addresses(_ text: String) -> [String] {
        split(text) { ";,|\n\r، ".contains($0) && text.contains("@") }
            .map { $0.hasPrefix("<") ? String($0.dropFirst().prefix { $0 != ">" }) : $0 }
            .filter { $0.contains("@") || !text.contains("@") }
    }

    /// The telephone numbers of a cell; a slash parts them only where numbers stand on both sides.
    static func phones(_ text: String) -> [String] {
        split(text) { ";|\n\r،".contains($0) }.flatMap { part -> [String] in
            let numbers = part.split { $0 == "/" || $0 == "," }.map { String($0).trimmed }
            let areNumbers = numbers.allSatisfy { number in number.count(where: \.isNumber) >= 7 }
            return numbers.count > 1 && areNumbers ? numbers : [part]
        }
        .map { number in
            // What programs write for a whole number that was read as a figure.
            number.hasSuffix(".0") && number.dropLast(2).allSatisfy(\.isNumber)
                ? String(number.dropLast(2)) : number
        }
    }

    static func links(_ text: String) -> [String] {
        split(text) { ";|\n\r ".contains($0) }
    }

    /// Labels and categories; the star that Google puts before those of its own goes, and
    /// `myContacts`, which everybody is in.
    static func labels(_ text: String) -> [String] {
        split(text) { ";\n\r".contains($0) }
            .map { $0.hasPrefix("*") ? String($0.dropFirst()).trimmed : $0 }
            .filter { $0 != "myContacts" && !$0.isEmpty }
    }

    private static func split(_ text: String, _ isMark: (Character) -> Bool) -> [String] {
        text.split(separator: mark).flatMap { $0.split(whereSeparator: isMark) }
            .map { String($0).trimmed }
            .filter { !$0.isEmpty }
    }

    /// Whether an answer is yes or no; nil where it is neither.
    static func answer(_ text: String) -> Bool? {
        let word = SearchFold.fold(text).trimmed
        if yes.contains(word) { return true }
        return no.contains(word) ? false : nil
    }

    private static let yes: Set = [
        "yes", "y", "true", "1", "x", "ja", "j", "oui", "o", "✓", "✔", "да", "نعم",
        "ہاں", "جي ہاں", "是", "はい", "evet", "willing", "available",
    ].mapped

    private static let no: Set = [
        "no", "n", "false", "0", "-", "nein", "non", "нет", "لا", "نہیں", "否", "いいえ", "none",
        "n/a", "hayir",
    ].mapped

    /// The word of the field `gender`, empty where a program says that nothing was said, nil for
    /// other text.
    static func gender(_ text: String) -> String? {
        switch SearchFold.fold(text).trimmed {
        case "m", "male", "man", "mannlich", "herr", "homme", "masculin", "مرد", "ذكر", "男", "муж",
            "мужской":
            "male"
        case "f", "w", "female", "woman", "weiblich", "frau", "femme", "feminin", "عورت", "انثى",
            "女", "жен", "женский":
            "female"
        case "other", "divers", "d", "diverse", "non-binary", "autre": "other"
        case "undisclosed", "prefer not to say", "keine angabe": "undisclosed"
        case "unspecified": ""
        default: nil
        }
    }

    /// What a label of Google's or another program's says of an address or number.
    static func type(of label: String) -> String? {
        let words = CSVHeading.words(label.filter { $0 != "*" })
        let types = words.compactMap { CSVVocabulary.types[$0] }
        if let type = types.first(where: { ["fax", "mobile"].contains($0) }) ?? types.first {
            return type
        }
        return words.isEmpty ? nil : words == ["main"] ? "work" : "other"
    }

    static let phoneTypes = [
        "work": "work", "home": "home", "mobile": "mobile", "fax": "fax", "other": "other",
    ]
    static let emailTypes = ["work": "work", "home": "home", "other": "other"]

    /// Whether a suffix belongs to the name and is no degree.
    static func isOfName(_ suffix: String) -> Bool {
        ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v"].contains(suffix.lowercased())
    }

    /// Returns an address with its scheme, which people leave out.
    static func absolute(_ address: String) -> String {
        guard !address.contains("://"), let host = address.split(separator: "/").first,
            host.contains("."), !host.contains("@"), !host.contains(" ")
        else { return address }
        return "https://" + address
    }

    /// Whether an address is a page about the person on a platform.
    static func isProfile(_ address: String) -> Bool {
        ["linkedin.com/", "scholar.google.", "researchgate.net/", "orcid.org/", "xing.com/"]
            .contains { address.lowercased().contains($0) }
    }
}

extension [String] {
    /// The texts as they are compared.
    fileprivate var mapped: Set<String> { Set(map { SearchFold.fold($0) }) }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// The text in one line and without control characters, as `extra` can hold it.
    var plainLine: String {
        let line = oneLine
        guard line.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else {
            return line
        }
        return String(
            String.UnicodeScalarView(
                line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
            )
        )
    }

    /// The text in one line.
    var oneLine: String {
        contains(where: \.isNewline)
            ? split(whereSeparator: \.isNewline).map { String($0).trimmed }.joined(separator: " ")
            : trimmed
    }
}

/// An address that stands in several columns.
struct CSVAddress {
    /// By what its columns belong together.
    struct Slot: Hashable {
        var type: String?
        var number: Int?
    }

    let slot: Slot
    /// The first of its columns.
    let column: String
    private var parts: [CSVHeading.AddressPart: [String]] = [:]

    init(slot: Slot, column: String) {
        self.slot = slot
        self.column = column
    }

    mutating func add(_ text: String, as part: CSVHeading.AddressPart) {
        let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }
        parts[part, default: []] += lines.filter { !$0.isEmpty }
    }

    /// A part in one line, or nil.
    subscript(_ part: CSVHeading.AddressPart) -> String? {
        guard let lines = parts[part], !lines.isEmpty else { return nil }
        return lines.joined(separator: ", ")
    }

    /// Whether the columns make an address: plain columns of city and country alone do not.
    var isPostal: Bool {
        slot != Slot()
            || parts.keys.contains {
                [.formatted, .street, .extended, .box, .postcode].contains($0)
            }
    }

    /// The item of the field `addresses`.
    func item(type: String?) -> JSONValue {
        let street = [self[.street], self[.extended], self[.box]].compactMap { $0 }
            .joined(separator: ", ")
        let place = [self[.postcode], self[.city]].compactMap { $0 }.joined(separator: " ")
        let lines = [street, place, self[.region] ?? "", self[.country] ?? ""]
        let text =
            self[.formatted] ?? lines.filter { !$0.isEmpty }.joined(separator: ", ")
        var members = [JSONMember("text", .string(text))]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { members.append(JSONMember(name, .string(value))) }
        }
        add("type", type.map { CSVValues.emailTypes[$0] ?? "other" })
        add("street", street)
        add("city", self[.city])
        add("region", self[.region])
        add("postcode", self[.postcode])
        // A country that nobody knows stays in the text.
        add("country", self[.country].flatMap { CountryNames.code(of: $0) })
        return .array([.object(members)])
    }
}
