import RecordModel

/// Puts together what several columns of another program's file say of one record.
///
/// Nothing is lost: what no field can take goes to `extra` under its column's name.
struct CSVComposer {
    let kind: Kind
    /// What is doubtful about cells, each with its column.
    private(set) var warnings: [String] = []
    private var texts: [CSVHeading.Concept: (text: String, column: String)] = [:]
    private var items: [Contribution] = []
    private var labels: [CSVHeading: String] = [:]
    /// Posts beside the main one, by their number.
    private var posts: [Int: Post] = [:]
    private var addresses: [CSVAddress] = []
    private var extra: [JSONValue] = []

    /// A value of a set that is a column's own.
    private struct Contribution {
        let field: String
        let heading: CSVHeading
        let values: [String]
        let column: String
    }

    /// A post of which organisation and title stand in two columns.
    private struct Post {
        var organisation: String?
        var title: String?
        let column: String
    }

    init(kind: Kind) {
        self.kind = kind
    }

    // MARK: Taking cells in

    /// Keeps a cell as it is.
    mutating func keep(_ text: String, of column: String, _ warning: String? = nil) {
        extra.append(
            .object([
                JSONMember("name", .string(column)), JSONMember("value", .string(text.plainLine)),
            ])
        )
        if let warning { warnings.append("“\(column)”: \(warning)") }
    }

    /// Returns a cell of a date in the form that fields take, any other as it is; nil where it was
    /// kept as it stands since it cannot be told what it means.
    mutating func date(
        _ text: String,
        as type: ValueType,
        of column: String,
        _ order: SpreadsheetDate.Order?
    ) -> String? {
        guard type.isDate else { return text }
        switch SpreadsheetDate.read(text, order: order) {
        case .date(let date, let remark):
            if let remark { warnings.append("“\(column)”: “\(text)”: \(remark)") }
            guard type == .instant else { return date }
            return SpreadsheetDate.time(in: text).map { "\(date)T\($0)" } ?? text
        case .nothing: return nil
        case .ambiguous:
            keep(text, of: column, "in “\(text)” day and month cannot be told apart; kept as it is")
            return nil
        case .other: return text
        }
    }

    /// Takes a cell of a heading that is known.
    mutating func take(
        _ text: String,
        _ heading: CSVHeading,
        _ column: String,
        _ order: SpreadsheetDate.Order?
    ) {
        let text = text.trimmed
        if heading.isLabel {
            labels[heading] = text
            return
        }
        switch heading.concept {
        case .email: add(text, "emails", heading, column, CSVValues.addresses)
        case .phone: add(text, "phones", heading, column, CSVValues.phones)
        case .url: add(text, "urls", heading, column, CSVValues.links)
        case .labels: add(text, "tags", heading, column, CSVValues.labels)
        case .keywords: takeKeywords(text, heading, column)
        case .languages: add(text, "languages", heading, column, CSVValues.list)
        case .nationality: add(text, "nationality", heading, column, CSVValues.list)
        case .notes: add(text, "notes", heading, column) { [$0] }
        case .address(let part): takeAddress(text, part, heading, column)
        case .willing(let offer):
            if let answer = CSVValues.answer(text) {
                if answer { add(offer, "willing_to", heading, column) { [$0] } }
            } else {
                keep(text, of: column, "“\(text)” is neither yes nor no")
            }
        case .gender:
            guard let word = CSVValues.gender(text) else { return keep(text, of: column) }
            if !word.isEmpty { texts[.gender] = (word, column) }
        case .birthday:
            if let date = date(text, as: .edtf, of: column, order) {
                texts[.birthday] = (date, column)
            }
        case .organisation where heading.number ?? 1 > 1:
            posts[heading.number ?? 0, default: Post(column: column)].organisation = text
        case .position where heading.number ?? 1 > 1:
            posts[heading.number ?? 0, default: Post(column: column)].title = text
        case .field(let field) where kind.field(named: field)?.type.isDate == true:
            if let date = date(text, as: kind.field(named: field)?.type ?? .text, of: column, order)
            {
                texts[heading.concept] = (date, column)
            }
        case .residence where texts[.residence] != nil: keep(text, of: column)
        default: texts[heading.concept] = (text, column)
        }
    }

    private mutating func add(
        _ text: String,
        _ field: String,
        _ heading: CSVHeading,
        _ column: String,
        _ split: (String) -> [String]
    ) {
        let values = split(text)
        guard kind.field(named: field) != nil else { return keep(text, of: column) }
        items.append(Contribution(field: field, heading: heading, values: values, column: column))
    }

    /// Expertise in a few words is keywords, in sentences a summary.
    private mutating func takeKeywords(_ text: String, _ heading: CSVHeading, _ column: String) {
        let values = CSVValues.list(text)
        if values.contains(where: { $0.utf8.count > 90 }), texts[.biography] == nil {
            texts[.biography] = (text, column)
        } else {
            add(text, "keywords", heading, column, CSVValues.list)
        }
    }

    private mutating func takeAddress(
        _ text: String,
        _ part: CSVHeading.AddressPart,
        _ heading: CSVHeading,
        _ column: String
    ) {
        // In Outlook a number counts the lines of one street, in Google the addresses.
        let isLine = part == .street && !column.contains(" - ")
        let slot = CSVAddress.Slot(
            type: heading.type,
            number: isLine ? nil : heading.number
        )
        let index =
            addresses.firstIndex { $0.slot == slot }
            ?? {
                addresses.append(CSVAddress(slot: slot, column: column))
                return addresses.count - 1
            }()
        addresses[index].add(text, as: isLine && heading.number ?? 1 > 1 ? .extended : part)
    }

    // MARK: Giving fields out

    /// Returns the fields that the cells make, where no column of the field's own name is.
    mutating func fields(beside own: [ImportedField]) -> [ImportedField] {
        var fields: [ImportedField] = []
        func has(_ name: String) -> Bool {
            own.contains { $0.name == name } || fields.contains { $0.name == name }
        }
        for field in names() where field.name == "names" || !has(field.name) {
            fields.append(field)
        }
        for (concept, field) in Self.registers {
            guard let (text, column) = texts.removeValue(forKey: concept) else { continue }
            if has(field) || kind.field(named: field) == nil {
                keep(text, of: column)
            } else {
                let value = field == "expertise_summary" ? text : text.oneLine
                fields.append(
                    ImportedField(name: field, value: .json(.string(value)), column: column)
                )
            }
        }
        if let date = birthDate(), !has("birth_date") { fields.append(date) }
        for field in places() where field.name == "addresses" || !has(field.name) {
            fields.append(field)
        }
        for item in items { fields += values(of: item) }
        for (_, post) in posts.sorted(by: { $0.key < $1.key }) {
            if let field = Self.affiliation(post) {
                fields.append(field)
            } else {
                keep(post.title ?? "", of: post.column)
            }
        }
        for (concept, value) in texts.sorted(by: { $0.value.column < $1.value.column }) {
            if case .field(let name) = concept, kind.field(named: name) != nil, !has(name) {
                fields.append(
                    ImportedField(name: name, value: .text(value.text), column: value.column)
                )
            } else {
                keep(value.text, of: value.column)
            }
        }
        if !extra.isEmpty {
            fields.append(ImportedField(name: "extra", value: .json(.array(extra))))
        }
        return fields
    }

    private static let registers: [(CSVHeading.Concept, String)] = [
        (.prefix, "honorific"), (.organisation, "employer"), (.position, "position"),
        (.residence, "country_of_residence"), (.gender, "gender"),
        (.biography, "expertise_summary"),
    ]

    private mutating func names() -> [ImportedField] {
        func take(_ concept: CSVHeading.Concept) -> String? {
            texts.removeValue(forKey: concept)?.text.oneLine
        }
        let given = [take(.givenName), take(.middleName)].compactMap { $0 }.joined(separator: " ")
        let family = take(.familyName) ?? ""
        var joined = [given, family].filter { !$0.isEmpty }.joined(separator: " ")
        if let suffix = texts[.suffix]?.text, CSVValues.isOfName(suffix), !joined.isEmpty {
            joined += " " + suffix
            texts[.suffix] = nil
        }
        let nickname = take(.nickname)
        let full = take(.fullName) ?? (joined.isEmpty ? nickname : joined)
        var fields: [ImportedField] = []
        func add(_ parts: KeyValuePairs<String, String>) {
            let members = parts.filter { !$0.value.isEmpty }
                .map { JSONMember($0.key, .string($0.value)) }
            fields.append(ImportedField(name: "names", value: .json(.array([.object(members)]))))
        }
        if let full {
            fields.append(ImportedField(name: "preferred_name", value: .json(.string(full))))
        }
        if let full, !joined.isEmpty {
            add(["text": full, "given": given, "family": family])
        }
        if let nickname, nickname != full { add(["text": nickname]) }
        if let maiden = take(.maidenName) {
            add(["text": maiden, "use": "birth", "family": maiden])
        }
        return fields
    }

    /// Year, month and day in columns of their own, as Thunderbird has them.
    private mutating func birthDate() -> ImportedField? {
        let year = texts.removeValue(forKey: .birthYear)
        let month = texts.removeValue(forKey: .birthMonth)
        let day = texts.removeValue(forKey: .birthDay)
        if let (text, column) = texts.removeValue(forKey: .birthday) {
            return ImportedField(name: "birth_date", value: .json(.string(text)), column: column)
        }
        guard let column = (year ?? month ?? day)?.column else { return nil }
        func digits(_ text: String?, _ width: Int) -> String? {
            text.map { String(repeating: "0", count: max(0, width - $0.utf8.count)) + $0 }
        }
        let parts = [digits(year?.text, 4) ?? "XXXX", digits(month?.text, 2), digits(day?.text, 2)]
        let text = parts.compactMap { $0 }.joined(separator: "-")
        return ImportedField(name: "birth_date", value: .json(.string(text)), column: column)
    }

    /// The addresses; and city and country, where the person lives, from the plain columns or from
    /// the home address.
    private func places() -> [ImportedField] {
        var fields: [ImportedField] = []
        let plain = addresses.first { $0.slot == CSVAddress.Slot() }
        let home = plain ?? addresses.first { type(of: $0) == "home" }
        if let home, kind.field(named: "country_of_residence") != nil {
            if let city = home[.city] {
                fields.append(
                    ImportedField(name: "city", value: .json(.string(city)), column: home.column)
                )
            }
            if let country = home[.country] {
                fields.append(
                    ImportedField(
                        name: "country_of_residence",
                        value: .json(.string(country)),
                        column: home.column
                    )
                )
            }
        }
        for address in addresses where address.isPostal {
            let item = address.item(type: type(of: address))
            fields.append(
                ImportedField(name: "addresses", value: .json(item), column: address.column)
            )
        }
        return fields
    }

    private func type(of address: CSVAddress) -> String? {
        let label = labels.first { key, _ in
            if case .address = key.concept { key.number == address.slot.number } else { false }
        }
        return address.slot.type ?? label.flatMap { CSVValues.type(of: $0.value) }
    }

    private static func affiliation(_ post: Post) -> ImportedField? {
        guard let organisation = post.organisation?.oneLine else { return nil }
        var members = [JSONMember("organisation", .string(organisation))]
        if let title = post.title?.oneLine { members.append(JSONMember("title", .string(title))) }
        return ImportedField(
            name: "affiliations",
            value: .json(.array([.object(members)])),
            column: post.column
        )
    }

    private func values(of item: Contribution) -> [ImportedField] {
        var label = item.heading
        label.isLabel = true
        let isPrimary = labels[label]?.hasPrefix("*") == true
        let type = item.heading.type ?? labels[label].flatMap { CSVValues.type(of: $0) }
        return item.values.enumerated().map { index, value in
            ImportedField(
                name: item.field,
                value: .json(Self.json(value, item.field, type, isPrimary && index == 0)),
                column: item.column
            )
        }
    }

    private static func json(
        _ value: String,
        _ field: String,
        _ type: String?,
        _ isPrimary: Bool
    ) -> JSONValue {
        var members: [JSONMember] = []
        switch field {
        case "emails", "phones":
            members.append(JSONMember("value", .string(value)))
            let types = field == "phones" ? CSVValues.phoneTypes : CSVValues.emailTypes
            if let type { members.append(JSONMember("type", .string(types[type] ?? "other"))) }
            if isPrimary { members.append(JSONMember("primary", .bool(true))) }
        case "urls":
            let address = CSVValues.absolute(value)
            members.append(JSONMember("value", .string(address)))
            if address != value { members.append(JSONMember("raw", .string(value))) }
            if CSVValues.isProfile(value) { members.append(JSONMember("type", .string("profile"))) }
        case "languages": members.append(JSONMember("lang", .string(value)))
        case "willing_to": members.append(JSONMember("what", .string(value)))
        default: return .array([.string(value)])
        }
        return .array([.object(members)])
    }
}
