import RecordModel

/// The card of a record: properties of the standards as far as they go, and for every field that
/// they do not give back as it is, one of our own.
struct CardComposer {
    var card = VCard(line: 1)
    let isContact: Bool
    let fields: [String: JSONValue]
    /// Properties that an import kept in `extra` and that were not written yet.
    var kept: [VCardProperty] = []

    /// Composes a card.
    ///
    /// - Parameters:
    ///   - kind: `contact`, or another for an organisation.
    ///   - uid: The record's number.
    ///   - fields: The record's fields, as `show --json` prints them.
    ///   - changed: When the record was changed, in RFC 3339, UTC.
    ///   - reading: Writes a card and reads it again, so that it is seen what comes back.
    init(
        kind: String,
        uid: String,
        fields: [JSONMember],
        changed: String? = nil,
        reading: (VCard) -> VCard
    ) {
        isContact = kind == "contact"
        self.fields = Dictionary(
            fields.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        kept = (self.fields["extra"]?.array ?? []).compactMap(CardExtra.property)
        add(VCardProperty("VERSION", text: "4.0"))
        if !isContact { add(VCardProperty("KIND", text: "org")) }
        addIdentifier(uid)
        addNames()
        addWork()
        addAddresses()
        addDetails()
        if let changed {
            let digits = changed.filter { $0 != "-" && $0 != ":" }
            add(VCardProperty("REV", text: digits))
        }
        addKept()
        expandLabels()
        addOwnFields(fields.map(\.name), reading(card))
    }

    private func text(_ field: String) -> String? { fields[field]?.string }

    private func items(_ field: String) -> [JSONValue] { fields[field]?.array ?? [] }

    mutating func add(_ property: VCardProperty) {
        guard !property.value.isEmpty else { return }
        card.properties.append(property)
    }

    /// Adds a property, with what an import kept of it where it means the same.
    private mutating func addMerged(_ property: VCardProperty, typed: String? = nil) {
        guard !property.value.isEmpty else { return }
        guard kept.contains(where: { $0.name == property.name }) else { return add(property) }
        var sample = property
        if let typed { sample.value = VCardText.escaped(typed) }
        let meaning = meaning(of: sample)
        if let index = kept.firstIndex(where: {
            $0.name == property.name && self.meaning(of: $0) == meaning
        }) {
            var known = kept.remove(at: index)
            if typed != nil { known.value = property.value }
            add(known)
        } else {
            add(property)
        }
    }

    /// What a reader makes of a property alone, `extra` aside.
    func meaning(of property: VCardProperty) -> JSONValue? {
        if property.name == "N" {
            let name = CardName(property)
            let language = property["LANGUAGE"] ?? ""
            return .array([name.family, name.given, name.prefix, language].map { .string($0) })
        }
        var card = VCard(line: 1)
        card.properties = [property]
        let kind = isContact ? "contact" : "organisation"
        guard let mapping = try? CardMapping(card, kind: kind) else { return nil }
        let members = mapping.fields.names.filter { $0 != "extra" }.compactMap { name in
            mapping.fields[name].map { JSONMember(name, $0) }
        }
        return members.isEmpty ? nil : JSONValue.object(members).levelled
    }

    // MARK: Who

    private mutating func addIdentifier(_ uid: String) {
        let ids = items("import_ids").compactMap(\.string)
        let known = ids.first { $0.hasPrefix("urn:uuid:") } ?? ids.first
        if let known {
            add(VCardProperty("UID", Self.value("text"), text: known))
            add(CardOwnField(field: "uid", value: .string(uid), basis: nil).property)
        } else {
            add(VCardProperty("UID", Self.value("text"), text: CardOwnField.uidPrefix + uid))
        }
    }

    private static func value(_ type: String) -> [VCardParameter] {
        [VCardParameter(name: "VALUE", values: [type])]
    }

    private mutating func addNames() {
        guard isContact else { return addOrganisationNames() }
        let names = items("names")
        let title = text("preferred_name") ?? names.first?["text"]?.string ?? ""
        // The name that is shown comes first, with its own language where one is said.
        let first = names.first { $0["text"]?.string == title }
        let others = names.filter { $0["text"]?.string != title }
        let isSeveral = names.contains { $0["lang"] != nil } && !others.isEmpty
        add(VCardProperty("FN", parameters(of: first, isSeveral), text: title))
        for name in others {
            add(
                VCardProperty(
                    "FN",
                    parameters(of: name, isSeveral),
                    text: name["text"]?.string ?? ""
                )
            )
        }
        var prefix = text("honorific")
        var sort = text("sort_as")
        for name in [first].compactMap(\.self) + others {
            let family = name["family"]?.string ?? ""
            let given = name["given"]?.string ?? ""
            guard !family.isEmpty || !given.isEmpty else { continue }
            addName([family, given, "", prefix ?? "", ""], parameters(of: name, isSeveral), sort)
            (prefix, sort) = (nil, nil)
        }
        if let prefix { addName(["", "", "", prefix, ""], [], sort) }
    }

    private mutating func addName(
        _ components: [String],
        _ parameters: [VCardParameter],
        _ sort: String?
    ) {
        let sorting = sort.map {
            VCardParameter(name: "SORT-AS", values: [$0.replacing(", ", with: ",")])
        }
        addMerged(
            VCardProperty("N", parameters + [sorting].compactMap(\.self), components: components)
        )
    }

    private func parameters(of name: JSONValue?, _ isSeveral: Bool) -> [VCardParameter] {
        var result: [VCardParameter] = []
        if isSeveral { result.append(VCardParameter(name: "ALTID", values: ["1"])) }
        for (part, parameter) in [("lang", "LANGUAGE"), ("script", "SCRIPT")] {
            if let text = name?[part]?.string {
                result.append(VCardParameter(name: parameter, values: [text]))
            }
        }
        return result
    }

    private mutating func addOrganisationNames() {
        let title = text("name") ?? ""
        add(VCardProperty("FN", text: title))
        addMerged(VCardProperty("ORG", components: [title]))
        for name in items("names") where name["text"]?.string != title {
            let language = name["lang"]?.string.map {
                [VCardParameter(name: "LANGUAGE", values: [$0])]
            }
            add(VCardProperty("FN", language ?? [], text: name["text"]?.string ?? ""))
        }
    }

    // MARK: Where and what

    private mutating func addWork() {
        addMerged(VCardProperty("ORG", components: [text("employer") ?? ""].filter { !$0.isEmpty }))
        addMerged(VCardProperty("TITLE", text: text("position") ?? ""))
        for (index, item) in items("affiliations").enumerated() {
            let organisation = item["organisation"]
            guard let name = organisation?.string ?? organisation?["name"]?.string,
                name != text("employer") || text("position") != nil
            else { continue }
            let title = item["title"]?.string
            let isMain = name == text("employer")
            if isMain {
                if let title, title != text("position") {
                    addMerged(VCardProperty("TITLE", text: title))
                }
                continue
            }
            guard text("employer") != nil else { continue }
            let group = "org\(index + 1)"
            add(VCardProperty("ORG", group: group, text: name))
            if let title { add(VCardProperty("TITLE", group: group, text: title)) }
        }
    }

    private mutating func addAddresses() {
        for item in items("addresses") {
            func part(_ name: String) -> String { item[name]?.string ?? "" }
            let country = part("country")
            var parameters = types([part("type")])
            parameters.append(VCardParameter(name: "LABEL", values: [part("text")]))
            if !country.isEmpty {
                parameters.append(VCardParameter(name: "CC", values: [country]))
            }
            let name = country.isEmpty ? "" : CountryNames.name(of: country)
            let components = [part("street"), part("city"), part("region"), part("postcode"), name]
            addMerged(VCardProperty("ADR", parameters, components: ["", ""] + components))
        }
    }

    private func types(_ words: [String]) -> [VCardParameter] {
        let words = words.filter { !$0.isEmpty }
        return words.isEmpty ? [] : [VCardParameter(name: "TYPE", values: words)]
    }

    private mutating func addDetails() {
        for (field, name) in [("emails", "EMAIL"), ("phones", "TEL"), ("urls", "URL")] {
            for item in items(field) {
                let type = item["type"]?.string ?? ""
                var parameters = types([type == "mobile" ? "cell" : type])
                if item["primary"] == .bool(true) {
                    parameters.append(VCardParameter(name: "PREF", values: ["1"]))
                }
                let value = item["value"]?.string ?? ""
                // A web address has no escapes (RFC 6350 §4.2).
                let isPlain = name == "URL" && !value.contains("\\")
                addMerged(
                    isPlain
                        ? VCardProperty(name, parameters, value: value)
                        : VCardProperty(name, parameters, text: value),
                    typed: item["raw"]?.string
                )
            }
        }
        if let orcid = text("orcid") {
            add(
                VCardProperty(
                    "SOCIALPROFILE",
                    [VCardParameter(name: "SERVICE-TYPE", values: ["ORCID"])],
                    text: "https://orcid.org/" + orcid
                )
            )
        }
        if isContact {
            addMerged(
                VCardProperty(
                    "BDAY",
                    text: text("birth_date").flatMap { VCardDate.basic(edtf: $0) } ?? ""
                )
            )
            let letters = ["male": "M", "female": "F", "other": "O", "undisclosed": "U"]
            addMerged(VCardProperty("GENDER", text: letters[text("gender") ?? ""] ?? ""))
            for item in items("languages") {
                addMerged(VCardProperty("LANG", text: item["lang"]?.string ?? ""))
            }
        }
        for keyword in items("keywords").compactMap(\.string) {
            addMerged(VCardProperty("EXPERTISE", text: keyword))
        }
        let tags = items("tags").compactMap(\.string).map(VCardText.escaped)
        addMerged(VCardProperty("CATEGORIES", value: tags.joined(separator: ",")))
        for note in items("notes").compactMap(\.string) {
            addMerged(VCardProperty("NOTE", text: note))
        }
    }
}
