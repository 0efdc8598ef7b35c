extension CardMapping {
    /// Reads `ORG`, `TITLE` and `ROLE`: the first organisation is the employer, the others are
    /// affiliations, each with the title of its group or its place in the order.
    mutating func mapWork() {
        guard isContact else { return mapOrganisationUnits() }
        let organisations = withoutAlternatives("ORG")
        var titles = withoutAlternatives("TITLE")[...]
        let roles = all("ROLE")
        func title(of organisation: VCardProperty) -> String? {
            let group = organisation.group
            let index =
                group.isEmpty
                ? titles.firstIndex { $0.group.isEmpty } : titles.firstIndex { $0.group == group }
            return index.map { titles.remove(at: $0).text }
        }
        for (index, organisation) in organisations.enumerated() {
            let name = organisation.texts.first { !$0.trimmed.isEmpty } ?? ""
            let title = title(of: organisation)
            if index == 0 {
                fields.set("employer", name)
                fields.set("position", title ?? "")
            } else {
                fields.append("affiliations", CardAffiliation(name, title).json)
            }
            let units = organisation.texts.filter { !$0.trimmed.isEmpty }
            if units.count > 1 {
                keep(organisation)
            } else {
                keepRest(of: organisation, using: "work")
            }
        }
        for title in titles {
            if fields["position"] == nil {
                fields.set("position", title.text)
            } else if let employer = fields["employer"]?.string {
                fields.append("affiliations", CardAffiliation(employer, title.text).json)
            } else {
                keep(title)
            }
        }
        for title in withoutAlternatives("TITLE") { keepRest(of: title, using: "work") }
        for role in roles {
            if fields["position"] == nil {
                fields.set("position", role.text)
                keepRest(of: role, using: "work")
            } else {
                keep(role)
            }
        }
    }

    /// The properties of a name, and of those that say the same in other languages (`ALTID`) the
    /// first; the others are kept.
    private mutating func withoutAlternatives(_ name: String) -> [VCardProperty] {
        var seen: Set<String> = []
        var result: [VCardProperty] = []
        for property in all(name) {
            if let id = property["ALTID"], !seen.insert(id).inserted {
                keep(property)
            } else {
                result.append(property)
            }
        }
        return result
    }

    private mutating func mapOrganisationUnits() {
        for organisation in all("ORG") where organisation.texts.count > 1 { keep(organisation) }
        for property in all("TITLE") + all("ROLE") { keep(property) }
    }
}

import RecordModel

/// An affiliation as a card can say it.
struct CardAffiliation {
    let organisation: String
    let title: String?

    init(_ organisation: String, _ title: String?) {
        self.organisation = organisation
        self.title = title
    }

    var json: JSONValue {
        let members: [(String, JSONValue?)] = [
            ("organisation", .line(organisation)), ("title", .line(title)),
        ]
        return .object(members.compactMap { name, value in value.map { JSONMember(name, $0) } })
    }
}
