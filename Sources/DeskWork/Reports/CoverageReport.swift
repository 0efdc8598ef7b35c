import RecordModel

/// Contacts by field of research and country, and where a priority finds nobody.
///
/// A contact counts in each of their fields. Active is who was contacted in the last 12 months, willing
/// who offered something that still stands.
struct CoverageReport: Report {
    static let sources = [
        ReportSource(
            "contact",
            "country_of_residence",
            "research_fields",
            "last_contacted",
            "willing_to",
            isCounted: true
        ),
        ReportSource(
            "priority",
            "research_fields",
            "countries",
            "country_group",
            "valid_from",
            "valid_to"
        ),
    ]

    private struct Cell: Hashable {
        let field: String
        /// Empty for a priority of no country.
        let country: String
    }

    private struct Count {
        var contacts = 0
        var active = 0
        var willing = 0
        var conflicts: Set<String> = []
    }

    private let options: ReportOptions
    private var counts: [Cell: Count] = [:]
    private var priorities: [Cell: [String]] = [:]
    private var withoutConsent = 0
    private var unplaced = 0

    init(_ options: ReportOptions) {
        self.options = options
    }

    mutating func take(_ record: ReportRecord) {
        if record.kind == "priority" { takePriority(record) } else { takeContact(record) }
    }

    private mutating func takeContact(_ contact: ReportRecord) {
        guard contact.text("standing") != "deceased" else { return }
        guard ConsentStanding(contact).isGiven else {
            withoutConsent += 1
            return
        }
        let fields = Set(contact.texts("research_fields").map(code))
        guard let country = contact.text("country_of_residence"), !fields.isEmpty else {
            unplaced += 1
            return
        }
        let year = options.today.adding(months: -(options.months ?? 12))
        let isActive = contact.day("last_contacted").map { $0 >= year } ?? false
        let isWilling = contact.items("willing_to").contains { offer in
            CivilDate(reporting: offer["until"]).map { $0 >= options.today } ?? true
        }
        for field in fields where isAsked(field, country) {
            var count = counts[Cell(field: field, country: country)] ?? Count()
            count.contacts += 1
            count.active += isActive ? 1 : 0
            count.willing += isWilling ? 1 : 0
            count.conflicts.formUnion(contact.conflicts)
            counts[Cell(field: field, country: country)] = count
        }
    }

    private mutating func takePriority(_ priority: ReportRecord) {
        guard priority.isValid(on: options.today, from: "valid_from", to: "valid_to") else {
            return
        }
        let countries = priority.countriesOfPriority
        for field in Set(priority.texts("research_fields").map(code)) {
            for country in countries.isEmpty ? [""] : countries where isAsked(field, country) {
                priorities[Cell(field: field, country: country), default: []].append(priority.id)
            }
        }
    }

    private func code(_ field: String) -> String { options.byArea ? FieldNames.top(field) : field }

    private func isAsked(_ field: String, _ country: String) -> Bool {
        (options.field.map { FieldNames.overlap(field, $0) } ?? true)
            && (options.country.map { $0 == country } ?? true)
            && (options.group.map { $0.countries.contains(country) } ?? true)
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        var cells = counts
        // A priority's cell is empty only where nobody is in a field within its own.
        for cell in priorities.keys where !counts.keys.contains(where: { Self.serves($0, cell) }) {
            cells[cell] = Count()
        }
        let order = cells.keys.sorted { left, right in
            left.field == right.field
                ? left.country < right.country : FieldNames.precedes(left.field, right.field)
        }
        let rows = order.map { cell in
            let count = cells[cell] ?? Count()
            let served = priorities.filter { Self.serves(cell, $0.key) }.values.joined()
            func people(_ number: Int) -> ReportValue {
                // What is said of a few would tell who they are.
                let isFew =
                    options.isForPartners && (1..<ReportValue.leastCount).contains(count.contacts)
                return isFew ? .masked : .people(number, isForPartners: options.isForPartners)
            }
            return ReportRow(
                [
                    .text(cell.field), ReportValue(FieldNames.research(cell.field)),
                    ReportValue(cell.country), people(count.contacts), people(count.active),
                    people(count.willing), ReportValue(Array(Set(served)).sorted()),
                    count.contacts == 0 ? "empty" : .none,
                ],
                conflicts: count.conflicts.sorted()
            )
        }
        let columns = [
            "field", "name", "country", "contacts", "active", "willing", "priorities", "mark",
        ]
        return [ReportSection("coverage", columns: columns, rows: rows)]
    }

    /// Whether contacts in a cell serve a priority's cell.
    private static func serves(_ cell: Cell, _ priority: Cell) -> Bool {
        FieldNames.isWithin(cell.field, priority.field)
            && (priority.country.isEmpty || priority.country == cell.country)
    }

    var notes: [String] {
        if options.isForPartners { return [] }
        var notes: [String] = []
        if withoutConsent > 0 {
            notes.append(
                "not counted: \(withoutConsent) without consent or another basis that is here"
            )
        }
        if unplaced > 0 { notes.append("not counted: \(unplaced) without field or country") }
        return notes
    }
}

extension ReportRecord {
    /// The countries of a priority, those of its group included.
    var countriesOfPriority: Set<String> {
        let group = text("country_group").flatMap(CountryGroup.init(named:))
        return Set(texts("countries")).union(group?.countries ?? [])
    }
}
