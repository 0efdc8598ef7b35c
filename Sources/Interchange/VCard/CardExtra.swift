import RecordModel

/// Rows of `extra` that hold properties of cards: the header as the name, the value as the value.
enum CardExtra {
    /// Parameters that say nothing beyond what a field says.
    static let plainParameters: Set = [
        "TYPE", "VALUE", "PREF", "PID", "INDEX", "CHARSET", "ENCODING", "LANGUAGE", "ALTID",
        CardGroups.label,
    ]

    /// Returns the row of a property.
    static func row(of property: VCardProperty) -> JSONValue {
        let type =
            property.valueType ?? JCardType.standard(property.name, version: "4.0")
        // An address has no escapes (RFC 6350 §4.2), whatever exporters write.
        let value = type == "uri" ? property.text : property.value
        return .object([
            JSONMember("name", .string(VCardText.line(header(of: property)))),
            JSONMember("value", .string(VCardText.line(value))),
        ])
    }

    /// What bounds a card, which a damaged card may seem to hold as a property.
    private static let bounds: Set = ["BEGIN", "END"]

    /// Returns the property of a row, or nil where the row is no property of a card.
    static func property(of row: JSONValue) -> VCardProperty? {
        guard let name = row["name"]?.string, let value = row["value"]?.string,
            name.first?.isUppercase == true || name.contains("."),
            let parts = VCardLineParts(Array("\(name):\(value)".utf8)),
            String(decoding: parts.value, as: UTF8.self) == value, !bounds.contains(parts.name)
        else { return nil }
        let property = VCardProperty(
            parts.name,
            parts.parameters,
            group: parts.group,
            value: value
        )
        return Self.row(of: property) == levelled(name, value) ? property : nil
    }

    private static func levelled(_ name: String, _ value: String) -> JSONValue {
        .object([JSONMember("name", .string(name)), JSONMember("value", .string(value))])
    }

    static func header(of property: VCardProperty) -> String {
        let group = property.group.isEmpty ? "" : property.group + "."
        let standard = JCardType.standard(property.name, version: "4.0")
        // What is so without being said need not be said; the type of the value comes last.
        let type = property.parameters.filter { parameter in
            parameter.name == "VALUE" && parameter.values.map { $0.lowercased() } != [standard]
        }
        let others = property.parameters.filter { $0.name != "VALUE" }
        let parameters = (others + type).map { parameter in
            ";\(parameter.name)="
                + parameter.values.map(VCardText.parameterEncoded).joined(separator: ",")
        }
        return group + property.name + parameters.joined()
    }
}

/// The groups of a card (`item1.TEL`, `item1.X-ABLabel`): a label goes to what it is the label of.
struct CardGroups {
    /// The parameter that holds the label of a property's group.
    static let label = "X-ABLABEL"
    /// The parameter that holds the country that Apple's address book gives an address.
    static let country = "X-ABADR"

    private(set) var properties: [VCardProperty] = []

    init(_ card: VCard) {
        var marks: [String: [VCardParameter]] = [:]
        var members: [String: Int] = [:]
        for property in card.properties where !property.group.isEmpty {
            let group = property.group.lowercased()
            if Self.isMark(property) {
                if !property.isBlank,
                    marks[group]?.contains(where: { $0.name == property.name })
                        != true
                {
                    let text = VCardText.line(property.text)
                    marks[group, default: []].append(
                        VCardParameter(name: property.name, values: [text])
                    )
                }
            } else {
                members[group, default: 0] += 1
            }
        }
        for property in card.properties {
            let group = property.group.lowercased()
            let count = members[group] ?? 0
            if group.isEmpty || count == 0 {
                properties.append(property)
            } else if !Self.isMark(property) {
                var property = property
                let isAddress = property.name == "ADR" || property.name == "LABEL"
                property.parameters += (marks[group] ?? []).filter {
                    $0.name == Self.label || isAddress
                }
                if count == 1 { property.group = "" }
                properties.append(property)
            }
        }
    }

    private static func isMark(_ property: VCardProperty) -> Bool {
        property.name == label || property.name == country
    }
}

/// The words that say of what kind an address is: `TYPE` and the label, in lower case.
struct CardWords {
    private(set) var words: [String]
    /// Whether the label says more than a word that is known.
    private(set) var hasUnknownLabel = false

    /// Words that are said of every address of their sort, or that say nothing.
    private static let plain: Set = ["pref", "internet", "voice", "postal", "parcel", "intl"]

    private static let labels: [String: [String]] = [
        "home": ["home"], "work": ["work"], "mobile": ["cell"], "cell": ["cell"],
        "iphone": ["cell"], "other": ["other"], "homefax": ["fax", "home"],
        "home fax": ["fax", "home"], "workfax": ["fax", "work"], "work fax": ["fax", "work"],
        "fax": ["fax"], "profile": ["profile"],
    ]

    init(_ property: VCardProperty) {
        words = property.types.map { $0 == "mobile" ? "cell" : $0 }
        guard let label = property[CardGroups.label] else { return }
        var text = label.lowercased()
        if text.hasPrefix("_$!<"), text.hasSuffix(">!$_") {
            text = String(text.dropFirst(4).dropLast(4))
        }
        if let known = Self.labels[text] {
            words += known
        } else {
            hasUnknownLabel = true
        }
    }

    /// The words that say something, without repeats.
    var significant: [String] {
        var result: [String] = []
        for word in words where !Self.plain.contains(word) && !result.contains(word) {
            result.append(word)
        }
        return result
    }

    /// Returns the first of the given words that is among these.
    func first(of choices: [String]) -> String? { choices.first(where: words.contains) }
}

/// A field that no property of the standards can hold, in a property of our own.
///
/// `X-ATTACHE-STANDING:active`; lists and objects are JSON. `X-OF` is the fingerprint of what the
/// card's other properties made of the field when it was written: where another program changed
/// those, they hold, and of ours only the parts of items that are still there.
struct CardOwnField {
    static let prefix = "X-ATTACHE-"
    /// Before the number of a record that has no other identifier.
    static let uidPrefix = "attache:"

    let field: String
    /// Nil where the field holds nothing.
    let value: JSONValue?
    let basis: String?

    init(field: String, value: JSONValue?, basis: JSONValue?) {
        self.field = field
        self.value = value
        self.basis = basis?.fingerprint
    }

    /// Reads a property; nil where its JSON is none.
    init?(_ property: VCardProperty) {
        let name = property.name.dropFirst(Self.prefix.count)
        let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
        field = isNumber ? "#\(name)" : name.lowercased().replacing("-", with: "_")
        basis = property["X-OF"]
        let text = property.text
        if let first = text.utf8.first, "[{\"".utf8.contains(first) {
            guard let value = try? JSONValue(parsing: text) else { return nil }
            self.value = value
        } else {
            value = text.isEmpty ? nil : .string(text)
        }
        guard !name.isEmpty, field != "life", field != "short_id" else { return nil }
    }

    var property: VCardProperty {
        let name = field.hasPrefix("#") ? String(field.dropFirst()) : field
        let parameters = basis.map { [VCardParameter(name: "X-OF", values: [$0])] } ?? []
        let text =
            switch value {
            case nil: ""
            case .string(let text)? where !"[{\"".utf8.contains(text.utf8.first ?? 0): text
            case let value?: value.text
            }
        return VCardProperty(
            Self.prefix + name.uppercased().replacing("_", with: "-"),
            parameters,
            text: text
        )
    }

    func apply(to fields: inout CardFields) {
        let gathered = fields[field]
        guard gathered?.fingerprint != basis else { return fields.replace(field, with: value) }
        guard let gathered = gathered?.array, let own = value?.array else { return }
        let merged = gathered.map { item in
            own.first {
                $0.object?.first?.value == item.object?.first?.value
                    && item.object != nil
            } ?? item
        }
        fields.replace(field, with: .array(merged))
    }
}
