import RecordModel

/// Programmes, priorities and accredited countries for which no tech diplomat is posted now, or whose
/// posting ends within 90 days.
struct UncoveredReport: Report {
    static let sources = [
        ReportSource(
            "posting",
            "contact",
            "mission",
            "portfolio_fields",
            "portfolio_countries",
            "from",
            "to"
        ),
        ReportSource("mission", "code", "country", "accreditations"),
        ReportSource(
            "priority",
            "research_fields",
            "countries",
            "country_group",
            "valid_from",
            "valid_to"
        ),
        ReportSource(
            "collaboration",
            "type",
            "status",
            "research_fields",
            "countries",
            "tech_diplomat"
        ),
    ]

    /// How far ahead a posting's end is a matter for today: a successor is not found sooner.
    static let warningDays = 90

    private let today: CivilDate
    private var postings: [ReportRecord] = []
    private var missions: [ReportRecord] = []
    private var priorities: [ReportRecord] = []
    private var programmes: [ReportRecord] = []

    init(_ options: ReportOptions) {
        today = options.today
    }

    mutating func take(_ record: ReportRecord) {
        switch record.kind {
        case "posting":
            if record.isValid(on: today, from: "from", to: "to") { postings.append(record) }
        case "mission": missions.append(record)
        case "priority":
            if record.isValid(on: today, from: "valid_from", to: "valid_to") {
                priorities.append(record)
            }
        default:
            if record.text("type") == "programme", record.isRunningCollaboration {
                programmes.append(record)
            }
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        var rows: [ReportRow] = []
        for programme in programmes {
            let found = try postings(of: programme, names)
            rows += row("programme", programme.id, programme.title, found, programme.conflicts)
        }
        for priority in priorities {
            let found = postings.filter { posting in
                covers(posting, fields: priority.texts("research_fields"))
                    && covers(posting, countries: priority.countriesOfPriority)
            }
            rows += row("priority", priority.id, priority.title, found, priority.conflicts)
        }
        for mission in missions {
            for country in Set(mission.texts("accreditations") + mission.texts("country")).sorted()
            {
                let found = postings.filter { covers($0, countries: [country]) }
                rows += row(
                    "country",
                    mission.id,
                    "\(country) (\(mission.title))",
                    found,
                    mission.conflicts
                )
            }
        }
        let columns = ["what", "id", "title", "covered", "until"]
        return [ReportSection("uncovered", columns: columns, rows: rows)]
    }

    /// A row, unless somebody is posted for longer than the warning.
    private func row(
        _ what: String,
        _ id: String,
        _ title: String,
        _ found: [ReportRecord],
        _ conflicts: [String]
    ) -> [ReportRow] {
        let horizon = today.adding(days: Self.warningDays)
        let ends = found.map { $0.day("to") }
        // One posting without an end covers for good.
        if ends.contains(nil) { return [] }
        let last = ends.compactMap(\.self).max()
        if let last, last > horizon { return [] }
        let covered: ReportValue = last == nil ? "nobody" : "ending"
        return [
            ReportRow(
                [.text(what), .text(id), .text(title), covered, ReportValue(last)],
                conflicts: conflicts
            )
        ]
    }

    /// The postings of a programme's own tech diplomat, or else those whose portfolio it falls into.
    private func postings(of programme: ReportRecord, _ names: ReportNames) throws -> [ReportRecord]
    {
        guard let diplomat = programme.text("tech_diplomat") else {
            return postings.filter { posting in
                covers(posting, fields: programme.texts("research_fields"))
                    && covers(posting, countries: Set(programme.texts("countries")))
            }
        }
        let person = try names.record(diplomat)
        let references = person?.references ?? [diplomat]
        return postings.filter { posting in
            posting.text("contact").map { references.contains($0) } ?? false
        }
    }

    /// Whether a portfolio reaches one of the fields; one without fields reaches all.
    private func covers(_ posting: ReportRecord, fields: [String]) -> Bool {
        let portfolio = posting.texts("portfolio_fields")
        return portfolio.isEmpty || fields.isEmpty
            || fields.contains { field in
                portfolio.contains { FieldNames.overlap(field, $0) }
            }
    }

    /// Whether a portfolio reaches one of the countries; one without countries reaches those to which
    /// the mission is accredited.
    private func covers(_ posting: ReportRecord, countries: Set<String>) -> Bool {
        if countries.isEmpty { return true }
        let portfolio = posting.texts("portfolio_countries")
        if !portfolio.isEmpty { return !countries.isDisjoint(with: portfolio) }
        let code = posting.text("mission")?.lowercased()
        return missions.contains { mission in
            mission.text("code")?.lowercased() == code
                && !countries.isDisjoint(
                    with: mission.texts("accreditations") + mission.texts("country")
                )
        }
    }
}
