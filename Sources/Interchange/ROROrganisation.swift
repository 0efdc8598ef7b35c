import RecordModel

/// An organisation of the Research Organization Registry, whichever schema its file has.
struct ROROrganisation {
    struct Name: Hashable {
        var text: String
        var language: String?
        /// `label`, `acronym` or `alias`; nil of a name that is displayed and nothing else.
        var type: String?
    }

    struct Link {
        var url: String
        /// `website` or `wikipedia`.
        var type: String
    }

    struct Relation {
        /// The other organisation's bare ROR id.
        var id: String
        /// `parent`, `child`, `related`, `successor` or `predecessor`.
        var type: String
        var name: String?
    }

    /// The bare ROR id.
    var id: String
    /// The name under which ROR displays it.
    var name: String
    var names: [Name] = []
    /// Identifiers elsewhere as `scheme:value`.
    var ids: [String] = []
    var types: [String] = []
    var status: String?
    var established: String?
    var country: String?
    /// The ISO 3166-2 code.
    var subdivision: String?
    var city: String?
    /// Latitude and longitude with the source's own digits.
    var location: String?
    var domains: [String] = []
    var links: [Link] = []
    var relations: [Relation] = []
    var warnings: [String] = []

    init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    /// The registers that `ids` names, by ROR's word for them in either schema.
    private static let registers: Set = ["isni", "wikidata", "fundref", "grid"]

    /// Adds an identifier of another register; those of registers that `ids` does not name are
    /// passed over.
    mutating func addIdentifier(_ value: String, register: String) {
        let register = register.lowercased()
        guard Self.registers.contains(register) else { return }
        if let identifier = Identifier(scheme: register, value) {
            ids.append(identifier.text)
        } else {
            warnings.append("“\(value)” is no identifier of \(register), left out")
        }
    }

    /// Adds a name once for each of its types.
    ///
    /// Text and language are what tells a record's names apart. So the first type keeps the
    /// language, and the second of a name such as “UAR POREA”, label and acronym in one, goes
    /// without.
    mutating func addName(_ text: String, language: String?, types: [String]) {
        let known = ["label", "acronym", "alias"].filter(types.contains)
        addName(Name(text: text, language: language, type: known.first))
        for type in known.dropFirst() {
            addName(Name(text: text, language: nil, type: type))
        }
    }

    private mutating func addName(_ name: Name) {
        let isKnown = names.contains { $0.text == name.text && $0.language == name.language }
        if !isKnown { names.append(name) }
    }

    /// Adds a relation; an organisation outside ROR cannot be referred to and is told.
    mutating func addRelation(to url: String, type: String, name: String?) {
        guard let identifier = Identifier(scheme: "ror", url) else {
            warnings.append("a relation to “\(url)”, which is no ROR id, was left out")
            return
        }
        relations.append(Relation(id: identifier.value, type: type.lowercased(), name: name))
    }

    /// The record's fields, absent ones left out.
    var fields: [ImportedField] {
        let single: [(String, String?)] = [
            ("name", name), ("ror", id), ("status", status), ("established", established),
            ("country", country), ("subdivision", subdivision), ("city", city),
            ("location", location),
        ]
        let several: [(String, [JSONValue])] = [
            ("names", names.map(\.json)), ("ids", ids.map(JSONValue.string)),
            ("types", types.map(JSONValue.string)), ("domains", domains.map(JSONValue.string)),
            ("urls", links.map(\.json)), ("relations", relations.map(\.json)),
        ]
        return single.compactMap { name, value in
            value.map { ImportedField(name: name, value: .json(.string($0))) }
        }
            + several.filter { !$0.1.isEmpty }.map { name, items in
                ImportedField(name: name, value: .json(.array(items)))
            }
    }
}

extension ROROrganisation.Name {
    fileprivate var json: JSONValue {
        item([("text", text), ("lang", language), ("type", type)])
    }
}

extension ROROrganisation.Link {
    fileprivate var json: JSONValue { item([("value", url), ("type", type)]) }
}

extension ROROrganisation.Relation {
    fileprivate var json: JSONValue {
        let reference = JSONValue.object([JSONMember("ref", .string("ror:" + id))])
        let parts = item([("type", type), ("name", name)]).object ?? []
        return .object([JSONMember("organisation", reference)] + parts)
    }
}

private func item(_ parts: [(String, String?)]) -> JSONValue {
    .object(parts.compactMap { name, text in text.map { JSONMember(name, .string($0)) } })
}
