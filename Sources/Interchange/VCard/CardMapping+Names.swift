import RecordModel

extension CardMapping {
    /// Reads `FN` and `N`, in one script or several (RFC 6350 §5.4, RFC 9554 §3 and §4).
    mutating func mapNames() {
        guard isContact else { return mapOrganisationName() }
        let full = all("FN")
        let structured = all("N").map(CardName.init)
        let preferred = full.min { ($0.preference ?? 50) < ($1.preference ?? 50) }
        var rest = structured[...]
        for property in full {
            let language = property["LANGUAGE"]
            var index = rest.firstIndex { name in
                name.language?.lowercased() == language?.lowercased()
                    && name.property["PHONETIC"] == nil
            }
            // Outlook says the language of N and not that of FN.
            if index == nil, structured.count == 1, full.count == 1 { index = rest.indices.first }
            let name = index.map { rest.remove(at: $0) }
            let hasMore = name?.hasParts == true || language != nil || property["SCRIPT"] != nil
            if hasMore || property.text != preferred?.text {
                addName(property.text, name, of: property)
            }
            keepRest(
                of: property,
                parameters: ["LANGUAGE", "ALTID", "SCRIPT", "SORT-AS"]
            )
        }
        for name in rest where name.hasParts { addName(name.text, name, of: name.property) }
        for name in structured {
            fields.set("honorific", name.prefix)
            if let sort = name.property["SORT-AS"] { fields.set("sort_as", Self.spaced(sort)) }
            if name.hasMore {
                keep(name.property)
            } else {
                keepRest(of: name.property, parameters: Self.nameParameters)
            }
        }
        for property in full + all("SORT-STRING") {
            let sort = property.name == "FN" ? property["SORT-AS"] : property.text
            if let sort { fields.set("sort_as", Self.spaced(sort)) }
        }
        fields.set("preferred_name", preferred?.text ?? structured.first?.text ?? "")
        if fields["preferred_name"] == nil { nameByOtherMeans() }
    }

    private static let nameParameters: Set = ["LANGUAGE", "ALTID", "SCRIPT", "SORT-AS"]

    private mutating func addName(
        _ text: String,
        _ name: CardName?,
        of property: VCardProperty
    ) {
        let isPhonetic = name?.property["PHONETIC"] != nil
        fields.add(
            "names",
            [
                ("text", .line(text)),
                ("lang", property["LANGUAGE"].flatMap(ValueType.lang.checked).map { .string($0) }),
                ("script", .line(property["SCRIPT"])),
                ("use", isPhonetic ? .string("translit") : nil),
                ("given", .line(name?.given)), ("family", .line(name?.family)),
            ]
        )
    }

    /// `SORT-AS="Harten,Rene"` as a person writes it.
    private static func spaced(_ text: String) -> String {
        text.split(separator: ",").map(\.trimmed).joined(separator: ", ")
    }

    /// A card without a name is named by what it has.
    private mutating func nameByOtherMeans() {
        for name in ["NICKNAME", "ORG", "EMAIL", "TEL"] {
            guard let property = all(name).first else { continue }
            let text = name == "NICKNAME" ? property.list.first : property.texts.first
            fields.set("preferred_name", text ?? "")
            guard fields["preferred_name"] != nil else { continue }
            return warnings.append("has no name, named by its \(name.lowercased())")
        }
    }

    private mutating func mapOrganisationName() {
        let full = all("FN")
        fields.set("name", full.first?.text ?? all("ORG").first?.texts.first ?? "")
        let organisation = all("N").first.map(CardName.init)?.text
        fields.set("name", organisation ?? "")
        for property in full.dropFirst() {
            let language = property["LANGUAGE"].flatMap(ValueType.lang.checked)
            fields.add(
                "names",
                [("text", .line(property.text)), ("lang", language.map { .string($0) })]
            )
        }
    }
}

/// The components of an `N` property.
struct CardName {
    let property: VCardProperty
    private let components: [[String]]

    init(_ property: VCardProperty) {
        self.property = property
        components = property.components
    }

    private func component(_ index: Int) -> String {
        guard index < components.count else { return "" }
        return VCardText.line(components[index].map(\.trimmed).joined(separator: " "))
    }

    var language: String? { property["LANGUAGE"] }
    var family: String { component(0) }
    var given: String { component(1) }
    var additional: String { component(2) }
    var prefix: String { component(3) }
    var suffix: String { component(4) }

    var hasParts: Bool { !family.isEmpty || !given.isEmpty }

    /// Whether it says what the fields of a contact do not take.
    var hasMore: Bool {
        components.indices.contains {
            $0 != 0 && $0 != 1 && $0 != 3
                && !component($0).isEmpty
        }
    }

    /// The components in the order of the script: the family first where Han, kana or Hangul is.
    var text: String {
        let isEastAsian = (family + given).unicodeScalars.contains { scalar in
            (0x2e80...0x9fff).contains(scalar.value) || (0xac00...0xd7af).contains(scalar.value)
        }
        if isEastAsian { return [family, given].joined() }
        return [prefix, given, additional, family, suffix].filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
