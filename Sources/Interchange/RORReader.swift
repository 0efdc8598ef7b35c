import RecordModel

/// A reader of the Research Organization Registry's data, schema 2.x or 1.x, one organisation a
/// line or in the one array of a release.
///
/// Every organisation becomes a record of kind `organisation`, withdrawn ones with their status.
/// Relations are references to ROR ids, whether or not their records are here. Check digits and
/// words are the schema's to judge.
/// Source: the schemas of ror-community/ror-schema.
public struct RORReader: RecordReader {
    private var elements: any JSONElements

    /// Opens a source.
    /// - Throws: the source's error when reading fails.
    public init(_ source: ByteSource) throws {
        elements = try jsonElements(of: source)
    }

    /// The number of bytes read so far.
    public var bytesRead: Int { elements.source.bytesRead }
    /// The size of the file where it is known.
    public var totalBytes: Int? { elements.source.totalBytes }

    /// Returns what the next organisation came to, or nil at the end of the file.
    /// - Throws: the source's error when reading fails.
    public mutating func next() throws -> RowResult? {
        try elements.next()?.rowResult { line, value in
            do throws(Refusal) {
                let organisation = try ROROrganisation(value)
                return .record(
                    ImportedRow(
                        file: elements.source.name,
                        line: line,
                        kind: "organisation",
                        fields: organisation.fields,
                        authority: Authority(scheme: "ror", id: organisation.id),
                        warnings: organisation.warnings
                    )
                )
            } catch {
                return .refused(line: line, reason: error.reason)
            }
        }
    }
}

extension ROROrganisation {
    /// Reads an organisation of either schema.
    init(_ value: JSONValue) throws(Refusal) {
        guard value.object != nil else { throw Refusal("not a JSON object") }
        guard let id = value["id"]?.string.flatMap({ Identifier(scheme: "ror", $0)?.value })
        else {
            throw Refusal("has no ROR id in “id”")
        }
        // Schema 2 put all names into one list.
        if value["names"]?.array != nil {
            try self.init(schema2: value, id: id)
        } else if let name = value["name"]?.string {
            self.init(schema1: value, id: id, name: name)
        } else {
            throw Refusal("has neither “names” (ROR schema 2) nor “name” (schema 1)")
        }
        status = value["status"]?.string?.lowercased()
        types = (value["types"]?.strings ?? []).map { $0.lowercased() }
        established = value["established"]?.year
        for relation in value["relationships"]?.array ?? [] {
            guard let target = relation["id"]?.string, let type = relation["type"]?.string else {
                warnings.append("a relation without id or type was left out")
                continue
            }
            addRelation(to: target, type: type, name: relation["label"]?.string)
        }
    }

    private init(schema2 value: JSONValue, id: String) throws(Refusal) {
        let names = (value["names"]?.array ?? []).compactMap { name in
            name["value"]?.string.map { text in
                (text, name["lang"]?.string, name["types"]?.strings ?? [])
            }
        }
        let displayed = names.first { $0.2.contains("ror_display") }
        guard let title = displayed ?? names.first else { throw Refusal("has no name") }
        self.init(id: id, name: title.0)
        for (text, language, types) in names {
            addName(text, language: language, types: types)
        }
        for identifier in value["external_ids"]?.array ?? [] {
            for each in identifier["all"]?.strings ?? [] {
                addIdentifier(each, register: identifier["type"]?.string ?? "")
            }
        }
        for link in value["links"]?.array ?? [] {
            if let url = link["value"]?.string, let type = link["type"]?.string {
                links.append(Link(url: url, type: type))
            }
        }
        domains = value["domains"]?.strings ?? []
        if let place = value["locations"]?.array?.first?["geonames_details"] {
            country = place["country_code"]?.string
            city = place["name"]?.string
            location = place.coordinates
            if let country, let code = place["country_subdivision_code"]?.string {
                subdivision = "\(country)-\(code)"
            }
        }
    }

    private init(schema1 value: JSONValue, id: String, name: String) {
        self.init(id: id, name: name)
        for label in value["labels"]?.array ?? [] {
            guard let text = label["label"]?.string else { continue }
            addName(text, language: label["iso639"]?.string, types: ["label"])
        }
        // In schema 1 the name itself has no language, unless a label repeats it with one.
        if !names.contains(where: { $0.text == name }) {
            addName(name, language: nil, types: ["label"])
        }
        for (list, type) in [("acronyms", "acronym"), ("aliases", "alias")] {
            for text in value[list]?.strings ?? [] {
                addName(text, language: nil, types: [type])
            }
        }
        for member in value["external_ids"]?.object ?? [] {
            for each in member.value["all"]?.strings ?? [] {
                addIdentifier(each, register: member.name)
            }
        }
        links = (value["links"]?.strings ?? []).map { Link(url: $0, type: "website") }
        if let url = value["wikipedia_url"]?.string, !url.isEmpty {
            links.append(Link(url: url, type: "wikipedia"))
        }
        country = value["country"]?["country_code"]?.string
        if let place = value["addresses"]?.array?.first {
            city = place["city"]?.string ?? place["geonames_city"]?["city"]?.string
            location = place.coordinates
            let code = place["state_code"]?.string
            subdivision = code.flatMap { $0.hasPrefix((country ?? "") + "-") ? $0 : nil }
        }
    }
}

extension JSONValue {
    /// The strings of an array, or the one string where a list of one is written without brackets.
    fileprivate var strings: [String] {
        string.map { [$0] } ?? (array ?? []).compactMap(\.string)
    }

    /// A year with the four digits that a date asks for.
    fileprivate var year: String? {
        guard case .number(let text) = self, text.utf8.count <= 4,
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return String(repeating: "0", count: 4 - text.utf8.count) + text
    }

    /// The members `lat` and `lng` with the source's own digits.
    fileprivate var coordinates: String? {
        guard case .number(let latitude)? = self["lat"], case .number(let longitude)? = self["lng"]
        else { return nil }
        return "\(latitude),\(longitude)"
    }
}
