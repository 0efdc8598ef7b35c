/// What a heading of somebody else's file says of its column.
struct CSVHeading: Hashable {
    /// The parts of an address, in the order in which it is written.
    enum AddressPart: Int, Hashable, Comparable {
        case formatted, street, extended, box, postcode, city, region, country

        static func < (left: AddressPart, right: AddressPart) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    enum Concept: Hashable {
        case fullName, givenName, middleName, familyName, prefix, suffix, nickname, maidenName
        /// An honorific or a post: the columns beside it tell.
        case title
        case email, phone, url
        case address(AddressPart)
        case organisation, position
        case birthday, birthYear, birthMonth, birthDay
        case residence, nationality, gender, languages
        case notes, labels, keywords, biography
        /// The offer that `willing_to` names.
        case willing(String)
        case field(String)
        /// Numbers of identity papers, and what must not be kept about people.
        case forbidden
    }

    var concept: Concept
    /// `work`, `home`, `mobile`, `fax`, `other`, where the heading says it.
    var type: String?
    /// The number by which columns belong together, or which a repeated column has.
    var number: Int?
    /// Whether the column holds the type of a value that stands in another one.
    var isLabel = false

    /// Reads a heading, or returns nil where it is not known.
    init?(_ name: String) {
        if let numbered = Self.numbered(name) {
            self = numbered
            return
        }
        let words = Self.words(name)
        let whole = words.joined(separator: " ")
        if let concept = CSVVocabulary.concepts[whole] {
            self.init(concept: concept)
            return
        }
        if let offer = CSVVocabulary.offer(words) {
            self.init(concept: .willing(offer))
            return
        }
        var rest: [String] = []
        var types: [String] = []
        var number: Int?
        for word in words {
            if let type = CSVVocabulary.types[word] {
                types.append(type)
            } else if let value = Int(word), (1...9).contains(value) {
                number = value
            } else if !CSVVocabulary.fillers.contains(word) {
                rest.append(word)
            }
        }
        // A fax at work is a fax, a mobile at work is a mobile.
        let type = types.first { ["fax", "mobile"].contains($0) } ?? types.first
        let isPhone = rest.isEmpty && ["fax", "mobile"].contains(type)
        guard !types.isEmpty || number != nil,
            let concept = isPhone
                ? .phone : CSVVocabulary.concepts[rest.joined(separator: " ")],
            CSVVocabulary.isRepeated(concept)
        else { return nil }
        self.init(concept: concept, type: type, number: number)
    }

    private init(
        concept: Concept,
        type: String? = nil,
        number: Int? = nil,
        isLabel: Bool = false
    ) {
        self.concept = concept
        self.type = type
        self.number = number
        self.isLabel = isLabel
    }

    /// Google's `E-mail 1 - Value`.
    private static func numbered(_ name: String) -> CSVHeading? {
        let halves = name.split(separator: " - ", maxSplits: 1)
        guard halves.count == 2 else { return nil }
        var base = words(String(halves[0]))
        guard let number = base.popLast().flatMap({ Int($0) }) else { return nil }
        let part = words(String(halves[1])).joined(separator: " ")
        let isLabel = part == "type" || part == "label"
        switch (base.joined(separator: " "), part) {
        case ("email", "value"), ("email", "type"), ("email", "label"):
            return CSVHeading(concept: .email, number: number, isLabel: isLabel)
        case ("phone", "value"), ("phone", "type"), ("phone", "label"):
            return CSVHeading(concept: .phone, number: number, isLabel: isLabel)
        case ("website", "value"), ("website", "type"), ("website", "label"):
            return CSVHeading(concept: .url, number: number, isLabel: isLabel)
        case ("organization", "name"): return CSVHeading(concept: .organisation, number: number)
        case ("organization", "title"): return CSVHeading(concept: .position, number: number)
        case ("address", _):
            if isLabel {
                return CSVHeading(concept: .address(.formatted), number: number, isLabel: true)
            }
            guard
                case .address(let part)? = part == "formatted"
                    ? .address(.formatted) : CSVVocabulary.concepts[part]
            else { return nil }
            return CSVHeading(concept: .address(part), number: number)
        default: return nil
        }
    }

    /// The words of a heading: folded, without punctuation, `e-mail` as one.
    static func words(_ name: String) -> [String] {
        let folded = CSVVocabulary.folded(name)
        var words: [String] = []
        for word in folded.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            if word == "mail", words.last == "e" {
                words[words.count - 1] = "email"
            } else {
                words.append(String(word))
            }
        }
        return words
    }
}
