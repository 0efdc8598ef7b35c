import CausalHistory
import Foundation
import RecordModel
import RecordStorage

/// What tells a person or organisation from others, where no identifier does: names, addresses,
/// numbers, employer.
///
/// An e-mail address is no person: an address that several share, or one that belongs to an office,
/// joins nobody. Two are the same only where the name is the same and something else is, too.
struct Portrait: Sendable {
    /// Hashes of the names, in the form in which they are compared.
    private(set) var names: Set<UInt64> = []
    /// Whether one of the names has several words, as those of single persons have.
    private(set) var hasFullName = false
    private var addresses: Set<String> = []
    private var numbers: Set<String> = []
    private var employer: String?
    private var country: String?
    private var city: String?
    private var orcid: String?
    private var birthDate: String?

    /// How much speaks for two being the same.
    enum Likeness {
        /// Name, and an address or number that is one person's.
        case strong
        /// Name and employer, or an organisation's name and place.
        case weak
        case none
    }

    /// Creates a portrait by the canonical texts of fields: of a register its value, of a set the
    /// first part of each item.
    init(kind: Kind, texts: (String) -> [String]) {
        for name in texts("preferred_name") + texts("names") + texts("name") {
            let words = Self.words(name)
            guard !words.isEmpty else { continue }
            if words.count > 1 { hasFullName = true }
            names.insert(UInt64(bitPattern: Int64(Self.hash(kind, words))))
        }
        guard !names.isEmpty else { return }
        addresses = Set(texts("emails").filter { !Self.isShared($0) })
        numbers = Set(texts("phones").filter { $0.hasPrefix("+") })
        employer = texts("employer").first.map { Self.words($0).joined(separator: " ") }
        country = (texts("country") + texts("country_of_residence")).first
        city = texts("city").first.map(SearchFold.fold)
        orcid = texts("orcid").first
        birthDate = texts("birth_date").first
        if kind.name == "organisation" { addresses.formUnion(texts("urls").compactMap(Self.host)) }
        isOrganisation = kind.name == "organisation"
    }

    private var isOrganisation = false

    /// Whether the kind's records are told apart so.
    static func applies(to kind: Kind) -> Bool {
        kind.name == "contact" || kind.name == "organisation"
    }

    /// Tells how much speaks for another one, of the same name, being the same.
    func likeness(to other: Portrait) -> Likeness {
        guard !names.isDisjoint(with: other.names), !contradicts(other) else { return .none }
        if !addresses.isDisjoint(with: other.addresses) { return .strong }
        if isOrganisation {
            let isElsewhere = Self.differ(country, other.country) || Self.differ(city, other.city)
            return isElsewhere ? .none : .weak
        }
        if !numbers.isDisjoint(with: other.numbers) { return .strong }
        guard hasFullName, let employer, employer == other.employer else { return .none }
        // With addresses that differ they may be two people of one name in a large house.
        return addresses.isEmpty || other.addresses.isEmpty ? .weak : .none
    }

    private func contradicts(_ other: Portrait) -> Bool {
        if Self.differ(orcid, other.orcid) { return true }
        guard let birthDate, let otherDate = other.birthDate, birthDate != otherDate,
            let left = EDTF(birthDate)?.bounds, let right = EDTF(otherDate)?.bounds
        else { return false }
        return left.upper < right.lower || right.upper < left.lower
    }

    private static func differ(_ left: String?, _ right: String?) -> Bool {
        guard let left, let right else { return false }
        return left != right
    }

    /// The words of a name in alphabetical order, without titles.
    ///
    /// “Malik, Dr. Ayesha” has those of “Ayesha Malik”.
    private static func words(_ name: String) -> [String] {
        SearchFold.words(of: SearchFold.fold(name)).map(String.init)
            .filter { !titles.contains($0) }
            .sorted()
    }

    private static func hash(_ kind: Kind, _ words: [String]) -> Int64 {
        LookupKey(scheme: kind.name, words.joined(separator: " ").utf8).hash
    }

    private static let titles: Set = [
        "dr", "prof", "professor", "mr", "mrs", "ms", "miss", "sir", "herr", "frau", "phd", "engr",
        "ing", "dipl", "h", "e", "the", "gmbh", "ltd", "inc", "llc",
    ]

    private static func isShared(_ address: String) -> Bool {
        guard let at = address.firstIndex(of: "@") else { return true }
        let name = address[..<at].prefix { $0.isLetter }
        return offices.contains(String(name))
    }

    /// What stands before the `@` of an office's address.
    private static let offices: Set = [
        "info", "office", "contact", "kontakt", "mail", "email", "admin", "administration", "sales",
        "support", "hello", "help", "helpdesk", "enquiries", "enquiry", "inquiries", "press",
        "presse", "media", "webmaster", "postmaster", "noreply", "no", "hr", "jobs", "team",
        "secretary", "secretariat", "sekretariat", "reception", "registrar", "embassy", "consulate",
        "pr", "dean", "director", "general", "service", "services", "marketing", "post", "buero",
    ]

    /// The host of a web address, without `www.`.
    private static func host(_ address: String) -> String? {
        guard let mark = address.firstRange(of: "://") else { return nil }
        let host = address[mark.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != ":" }
        return host.hasPrefix("www.") ? String(host.dropFirst(4)) : String(host)
    }
}

extension Portrait {
    /// Creates the portrait of a record that is here.
    init(_ held: HeldRecord, kind: Kind) {
        self.init(kind: kind) { name in
            guard let field = kind.field(named: name) else { return [] }
            return held.parts.flatMap { part in
                part.state.entries(of: field.number).flatMap { entry in
                    entry.siblings.siblings.compactMap { sibling -> String? in
                        guard case .value(let bytes) = sibling.version.content else { return nil }
                        if field.isRegister { return String(decoding: bytes, as: UTF8.self) }
                        return field.parts(of: Item(key: entry.key.item, value: bytes))?.first?.text
                    }
                }
            }
        }
    }

    /// Creates the portrait of a row.
    init(kind: Kind, inputs: [(field: Field, input: FieldInput)]) {
        self.init(kind: kind) { name in
            var texts: [String] = []
            for (field, input) in inputs where field.name == name {
                switch input {
                case .cleared: break
                case .register(let bytes): texts.append(String(decoding: bytes, as: UTF8.self))
                case .items(let items):
                    texts += items.compactMap { item in
                        field.parts(of: Item(key: item.key ?? [], value: item.value))?.first?.text
                    }
                }
            }
            return texts
        }
    }
}
