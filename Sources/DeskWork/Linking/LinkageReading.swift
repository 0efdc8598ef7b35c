import CausalHistory
import Foundation
import Interchange
import RecordModel
import RecordStorage

/// Reads of a record what linkage compares: all its parts, and of a conflict every version.
struct LinkageReading {
    private let held: HeldRecord
    private let kind: Kind

    /// The kinds of which doubles are sought.
    static let subjects: [(kind: String, subject: LinkageRecord.Subject)] = [
        ("contact", .person), ("organisation", .organisation),
    ]

    private init(_ held: HeldRecord, _ kind: Kind) {
        self.held = held
        self.kind = kind
    }

    /// Returns what is compared of a record; nil for one of another kind.
    static func record(of held: HeldRecord) -> LinkageRecord? {
        guard let subject = subjects.first(where: { $0.kind == held.kindName })?.subject
        else { return nil }
        let reading = LinkageReading(held, held.kind)
        return subject == .person ? reading.person() : reading.organisation()
    }

    // MARK: Kinds

    private func person() -> LinkageRecord {
        var record = LinkageRecord(.person)
        record.names = texts("preferred_name").map { PersonNames.name($0) }
        for item in items("names") {
            if let given = item["given"], let family = item["family"] {
                record.names.append(
                    PersonNames.name(
                        given: given,
                        family: family,
                        patronymic: item["patronymic"] ?? ""
                    )
                )
            } else if let text = item["text"] {
                record.names.append(PersonNames.name(text))
            }
        }
        record.names = distinct(record.names)
        record.identifiers = texts("orcid").map { ("orcid", $0) }
        record.otherIdentifiers = texts("ids")
        record.emails = items("emails").compactMap { $0["value"] }
        record.phones = items("phones").compactMap { $0["value"] }
        record.links = items("urls").compactMap { $0["value"] }.map { $0.lowercased() }
        record.birthDate = texts("birth_date").first
        record.addresses = items("addresses").map(address)
        record.cities = texts("city")
        record.countries = texts("country_of_residence")
        record.employers =
            texts("employer")
            + items("affiliations").compactMap { $0["organisation"] }.filter {
                Reference($0) == nil
            }
        record.gender = texts("gender").first { $0 == "female" || $0 == "male" }
        return record
    }

    private func organisation() -> LinkageRecord {
        var record = LinkageRecord(.organisation)
        let names =
            texts("name")
            + items("names").filter { $0["type"] != "acronym" }
            .compactMap { $0["text"] }
        let acronyms = items("names").filter { $0["type"] == "acronym" }.compactMap { $0["text"] }
        record.names = distinct(names.map(OrganisationNames.name))
        record.acronyms =
            acronyms.map(SearchFold.fold) + names.compactMap(OrganisationNames.acronym)
        record.identifiers = texts("ror").map { ("ror", $0) }
        record.otherIdentifiers = texts("ids")
        record.emails = items("emails").compactMap { $0["value"] }
        record.phones = items("phones").compactMap { $0["value"] }
        let sites = items("urls").filter { $0["type"] != "wikipedia" }.compactMap { $0["value"] }
        record.links = distinct(texts("domains") + sites.map(LinkageReading.host))
        record.cities = texts("city")
        record.countries = texts("country")
        return record
    }

    private func address(_ parts: [String: String]) -> LinkageRecord.Address {
        var address = LinkageRecord.Address()
        address.text = parts["text"] ?? ""
        address.street = parts["street"] ?? ""
        address.city = parts["city"] ?? ""
        address.region = parts["region"] ?? ""
        address.postcode = parts["postcode"] ?? ""
        return address
    }

    /// The host of a web address, without `www`.
    private static func host(_ text: String) -> String {
        let folded = text.lowercased()
        var host = folded[...]
        if let scheme = folded.range(of: "://") { host = folded[scheme.upperBound...] }
        if host.hasPrefix("www.") { host = host.dropFirst(4) }
        return String(host.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
    }

    // MARK: Fields

    private func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }

    /// The values of a register, or of a set of single values.
    private func texts(_ name: String) -> [String] {
        guard let field = kind.field(named: name) else { return [] }
        let found = held.parts.flatMap { part in
            part.state.entries(of: field.number).flatMap { entry in
                entry.siblings.siblings.compactMap { sibling -> String? in
                    guard let bytes = sibling.version.content.bytes else { return nil }
                    return String(
                        decoding: field.isRegister ? bytes : entry.key.item,
                        as: UTF8.self
                    )
                }
            }
        }
        return distinct(found)
    }

    /// The items of a set, their parts by name.
    private func items(_ name: String) -> [[String: String]] {
        guard let field = kind.field(named: name) else { return [] }
        let found = held.parts.flatMap { part in
            part.state.entries(of: field.number).flatMap { entry in
                entry.siblings.siblings.compactMap { sibling -> [String: String]? in
                    guard let bytes = sibling.version.content.bytes,
                        let parts = field.parts(of: Item(key: entry.key.item, value: bytes))
                    else { return nil }
                    return Dictionary(
                        parts.compactMap { text in
                            field.part(number: text.number).map { ($0.name, text.text) }
                        },
                        uniquingKeysWith: { first, _ in first }
                    )
                }
            }
        }
        return distinct(found)
    }
}
