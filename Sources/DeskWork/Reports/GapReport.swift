import RecordModel

/// Where diaspora and collaborations miss each other: fields and countries with contacts and no
/// collaboration, and collaborations to which no diaspora expert belongs.
struct GapReport: Report {
    static let sources = [
        ReportSource(
            "contact",
            "country_of_residence",
            "research_fields",
            "roles",
            isCounted: true
        ),
        ReportSource("collaboration", "status", "countries", "research_fields", "people"),
    ]

    private struct Cell: Hashable {
        let field: String
        let country: String
    }

    private let options: ReportOptions
    private var contacts: [Cell: Int] = [:]
    /// The fields in which collaborations run, by country.
    private var collaborations: [String: Set<String>] = [:]
    private var running: [ReportRecord] = []

    init(_ options: ReportOptions) {
        self.options = options
    }

    mutating func take(_ record: ReportRecord) {
        if record.kind == "contact" {
            guard record.text("standing") != "deceased", ConsentStanding(record).isGiven,
                let country = record.text("country_of_residence")
            else { return }
            for field in Set(record.texts("research_fields")) {
                contacts[Cell(field: field, country: country), default: 0] += 1
            }
        } else {
            guard record.isRunningCollaboration else { return }
            running.append(record)
            for field in record.texts("research_fields") {
                for country in record.texts("countries") {
                    collaborations[country, default: []].insert(field)
                }
            }
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let least =
            options.isForPartners
            ? max(options.minimum, ReportValue.leastCount) : max(1, options.minimum)
        let cells = contacts.filter { cell, count in
            count >= least && isAsked([cell.field], [cell.country])
                && !(collaborations[cell.country] ?? []).contains {
                    FieldNames.overlap($0, cell.field)
                }
        }.keys.sorted { left, right in
            let (one, other) = (contacts[left] ?? 0, contacts[right] ?? 0)
            if one != other { return one > other }
            return left.field == right.field
                ? left.country < right.country : FieldNames.precedes(left.field, right.field)
        }
        let unmet = ReportSection(
            "no_collaboration",
            "Contacts and no collaboration",
            columns: ["field", "name", "country", "contacts"],
            rows: cells.map { cell in
                ReportRow([
                    .text(cell.field), ReportValue(FieldNames.research(cell.field)),
                    .text(cell.country), .number(contacts[cell] ?? 0),
                ])
            }
        )
        var lonely: [ReportRow] = []
        for record in running
        where isAsked(record.texts("research_fields"), record.texts("countries")) {
            if try hasExpert(record, names) { continue }
            lonely.append(
                ReportRow(
                    [
                        .text(record.id), .text(record.title),
                        ReportValue(record.texts("research_fields")),
                        ReportValue(record.texts("countries")),
                    ],
                    conflicts: record.conflicts
                )
            )
        }
        // Whether a person belongs to a collaboration is nothing for partners.
        if options.isForPartners { return [unmet] }
        let columns = ["id", "title", "fields", "countries"]
        return [
            unmet,
            ReportSection(
                "no_expert",
                "Collaborations and no diaspora expert",
                columns: columns,
                rows: lonely
            ),
        ]
    }

    private func hasExpert(_ record: ReportRecord, _ names: ReportNames) throws -> Bool {
        try record.texts("people").contains { person in
            try names.record(person)?.texts("roles").contains("diaspora") ?? false
        }
    }

    private func isAsked(_ fields: [String], _ countries: [String]) -> Bool {
        (options.field.map { asked in fields.contains { FieldNames.isWithin($0, asked) } } ?? true)
            && (options.country.map(countries.contains) ?? true)
            && (options.group.map { !$0.countries.isDisjoint(with: countries) } ?? true)
    }
}

extension ReportRecord {
    /// Whether a collaboration is planned or running.
    var isRunningCollaboration: Bool {
        [nil, "pipeline", "implementation", "finalisation", "suspended"].contains(text("status"))
    }
}
