import Foundation
import RecordModel

/// What a card says, as the fields of a contact or an organisation.
///
/// What no field takes, properties and parameters, is kept in `extra` by its header
/// (`TEL;TYPE=pager`) and value, and ``CardComposer`` writes it back. Pictures, sounds and keys
/// are left out with a warning that says so.
///
/// Source: RFC 2426, 6350, 6474, 6715, 8605 and 9554; vCard 2.1.
struct CardMapping {
    let kind: String
    /// The properties, each with the label that its group gives it.
    let properties: [VCardProperty]
    let version: String
    private(set) var uid: String?
    var fields = CardFields()
    var warnings: [String]

    /// Reads a card.
    /// - Throws: `Refusal` where it is neither of a person nor of an organisation.
    init(_ card: VCard, kind: String? = nil) throws(Refusal) {
        properties = CardGroups(card).properties
        version = card.version
        warnings = card.warnings
        let own = try Self.kind(of: card)
        self.kind = kind ?? own
        mapNames()
        mapWork()
        mapPlaces()
        for property in properties { map(property) }
        mapIdentifiers()
        takeOwnFields()
    }

    private static func kind(of card: VCard) throws(Refusal) -> String {
        let word = card.first("KIND") ?? card.first("X-ADDRESSBOOKSERVER-KIND")
        let isCompany = card.first("X-ABSHOWAS")?.text.trimmed.uppercased() == "COMPANY"
        switch word?.text.trimmed.lowercased() {
        case nil, "", "individual": return isCompany ? "organisation" : "contact"
        case "org", "organization": return "organisation"
        case "group":
            let members = (card.all("MEMBER") + card.all("X-ADDRESSBOOKSERVER-MEMBER")).count
            let size = members == 1 ? "1 member" : "\(members) members"
            throw Refusal("is a group of \(size), not a person or an organisation")
        case let other?:
            throw Refusal("is of kind “\(VCardText.line(other))”, not a person or an organisation")
        }
    }

    var isContact: Bool { kind == "contact" }

    /// The properties of a name that hold something.
    func all(_ name: String) -> [VCardProperty] {
        properties.filter { $0.name == name && !$0.isBlank }
    }

    // MARK: Property by property

    /// What is about the card or its file, not about whom it describes, or is read elsewhere.
    private static let passedOver: Set = [
        "VERSION", "PRODID", "REV", "PROFILE", "NAME", "KIND", "MEMBER", "UID",
        "X-ADDRESSBOOKSERVER-KIND", "X-ADDRESSBOOKSERVER-MEMBER", "X-ABSHOWAS",
        "FN", "N", "SORT-STRING", "ORG", "TITLE", "ROLE", "ADR", "LABEL",
    ]

    private mutating func map(_ property: VCardProperty) {
        if let bytes = property.omittedBytes {
            let size = bytes < 1024 ? "\(bytes) bytes" : "\(bytes / 1024) KiB"
            warnings.append("\(property.name.lowercased()) of \(size) left out")
            return
        }
        guard !property.isBlank, !Self.passedOver.contains(property.name),
            !property.name.hasPrefix(CardOwnField.prefix)
        else { return }
        switch property.name {
        case "EMAIL": mapEmail(property)
        case "TEL": mapPhone(property)
        case "URL", "SOCIALPROFILE", "X-SOCIALPROFILE", "X-ORCID": mapURL(property)
        case "NOTE":
            let text = VCardText.lines(property.text)
            if !text.trimmed.isEmpty { fields.append("notes", .string(text)) }
            keepRest(of: property)
        case "CATEGORIES":
            for category in property.list { fields.add("tags", VCardText.line(category)) }
            keepRest(of: property)
        case "EXPERTISE":
            fields.add("keywords", VCardText.line(property.text))
            keepRest(of: property)
        case "BDAY" where isContact: mapBirthday(property)
        case "DEATHDATE" where isContact:
            fields.set("standing", "deceased")
            keep(property)
        case "GENDER" where isContact, "X-GENDER" where isContact, "X-WAB-GENDER" where isContact:
            mapGender(property)
        case "LANG" where isContact:
            if let tag = ValueType.lang.checked(property.text) {
                fields.add("languages", [("lang", .string(tag))])
                keepRest(of: property)
            } else {
                keep(property)
            }
        default: keep(property)
        }
    }

    private mutating func mapEmail(_ property: VCardProperty) {
        let words = CardWords(property)
        let type = words.first(of: ["work", "home", "other"])
        let isPrimary = isContact && isPreferred(property, in: "emails")
        fields.add(
            "emails",
            [
                ("value", .line(property.text)),
                ("type", .line(isContact || type == nil || type == "work" ? type : "other")),
                ("primary", isPrimary ? .bool(true) : nil),
            ]
        )
        keepRest(of: property, using: type)
    }

    private mutating func mapPhone(_ property: VCardProperty) {
        let words = CardWords(property)
        var type = words.first(of: ["fax", "cell", "work", "home", "other"])
        let used = type
        if type == nil, !words.significant.isEmpty { type = "other" }
        if type == "cell" { type = isContact ? "mobile" : "other" }
        if !isContact, type == "home" { type = "other" }
        var number = property.text.trimmed
        if number.lowercased().hasPrefix("tel:") { number = String(number.dropFirst(4)) }
        fields.add(
            "phones",
            [
                ("value", .line(number)), ("type", .line(type)),
                (
                    "primary",
                    isContact && isPreferred(property, in: "phones") ? .bool(true) : nil
                ),
            ]
        )
        keepRest(of: property, using: used)
    }

    private mutating func mapURL(_ property: VCardProperty) {
        let address = property.text.trimmed
        if isContact, property.name != "URL" || address.lowercased().contains("//orcid.org/"),
            let orcid = Identifier(scheme: "orcid", address), fields["orcid"] == nil
        {
            fields.set("orcid", orcid.value)
            if property.name != "URL" { return }
        }
        guard property.name != "X-ORCID", property.valueType != "text" else {
            return keep(property)
        }
        let words = CardWords(property)
        var type = words.first(
            of: isContact ? ["work", "profile", "other"] : ["website", "other"]
        )
        if property.name != "URL" { type = isContact ? "profile" : "other" }
        let used = type
        if isContact, type == nil, !words.significant.isEmpty { type = "other" }
        fields.add("urls", [("value", .line(address)), ("type", .line(type))])
        if property.name != "URL" { keep(property) } else { keepRest(of: property, using: used) }
    }

    private mutating func mapBirthday(_ property: VCardProperty) {
        let text = property.text
        let isGregorian = property["CALSCALE"].map { $0.lowercased() == "gregorian" } ?? true
        let omitted = property["X-APPLE-OMIT-YEAR"]
        let date = VCardDate.edtf(text, omittedYear: omitted) ?? VCardDate.approximate(text)
        guard isGregorian, let date else {
            warnings.append("the birthday “\(VCardText.line(text))” is no date, kept in extra")
            return keep(property)
        }
        guard fields["birth_date"] == nil else { return keep(property) }
        fields.set("birth_date", date)
        keepRest(of: property, parameters: ["CALSCALE", "X-APPLE-OMIT-YEAR"])
    }

    private mutating func mapGender(_ property: VCardProperty) {
        let parts = property.texts.map { $0.trimmed.lowercased() }
        let words: [String: String] = [
            "m": "male", "male": "male", "f": "female", "female": "female", "o": "other",
            "other": "other", "u": "undisclosed",
        ]
        let numbers = ["1": "female", "2": "male"]
        let known = property.name == "X-WAB-GENDER" ? numbers[parts[0]] : words[parts[0]]
        guard let known, fields["gender"] == nil else { return keep(property) }
        fields.set("gender", known)
        if parts.dropFirst().contains(where: { !$0.isEmpty }) { keep(property) }
    }

    private func isPreferred(_ property: VCardProperty, in field: String) -> Bool {
        guard property.preference == 1 else { return false }
        return fields[field]?.array?.contains { $0["primary"] == .bool(true) } != true
    }

    // MARK: What no field takes

    /// Keeps a property as it stands.
    mutating func keep(_ property: VCardProperty) {
        fields.append("extra", CardExtra.row(of: property))
    }

    /// Keeps a property that a field has taken where it says more than the field does.
    ///
    /// - Parameters:
    ///   - property: The property.
    ///   - type: The word that the field has taken.
    ///   - parameters: The parameters that the field has taken.
    mutating func keepRest(
        of property: VCardProperty,
        using type: String? = nil,
        parameters: Set<String> = []
    ) {
        let words = CardWords(property)
        let rest = property.parameters.contains {
            !CardExtra.plainParameters.contains($0.name) && !parameters.contains($0.name)
        }
        let others = words.significant.filter { $0 != type }
        if rest || !others.isEmpty || words.hasUnknownLabel { keep(property) }
    }

    // MARK: Identifiers and fields of our own

    /// Gives the card the ids by which it is known when it comes again.
    ///
    /// With a `UID` that is it, with and without `urn:uuid:`, since exporters of 3.0 leave that
    /// out. Else a name and an e-mail address, or a telephone number, make one.
    private mutating func mapIdentifiers() {
        let text = all("UID").first.map { VCardText.line($0.text) } ?? ""
        if text.hasPrefix(CardOwnField.uidPrefix) {
            uid = String(text.dropFirst(CardOwnField.uidPrefix.count))
            return
        }
        if !text.isEmpty {
            fields.add("import_ids", text)
            let uuid = "urn:uuid:"
            if text.lowercased().hasPrefix(uuid) {
                fields.add("import_ids", String(text.dropFirst(uuid.count)))
            }
            return
        }
        let address = fields["emails"]?.array?.first?["value"]?.string
        let contact = address ?? fields["phones"]?.array?.first?["value"]?.string
        let name = fields[isContact ? "preferred_name" : "name"]?.string
        guard fields["orcid"] == nil, let name, let contact else { return }
        let folded = (name + "\n" + contact).lowercased().filter { $0 != " " && $0 != "-" }
        let hash = Digest128(hashing: Array(folded.precomposed.utf8)).bytes.prefix(8)
        fields.add("import_ids", "card:" + hexadecimal(hash))
    }

    private mutating func takeOwnFields() {
        for property in properties where property.name.hasPrefix(CardOwnField.prefix) {
            guard let own = CardOwnField(property) else { continue }
            if own.field == "uid" {
                uid = own.value?.string
            } else {
                own.apply(to: &fields)
            }
        }
    }
}

extension String {
    /// The text in normalisation form C, as Foundation makes it.
    fileprivate var precomposed: String { precomposedStringWithCanonicalMapping }
}

extension ValueType {
    /// Returns the canonical text of a value, or nil where it is none of the type.
    func checked(_ text: String) -> String? {
        var warnings: [ValueWarning] = []
        do throws(ValueError) {
            return try canonical(text, warnings: &warnings)
        } catch {
            return nil
        }
    }
}
