import RecordModel

/// Priorities and what serves them, and the running collaborations and open opportunities that serve
/// none.
///
/// A collaboration serves the priorities that it names; an opportunity those of its field and country,
/// since it names none.
struct AlignmentReport: Report {
    static let sources = [
        ReportSource(
            "priority",
            "research_fields",
            "countries",
            "country_group",
            "valid_from",
            "valid_to",
            "lead"
        ), ReportSource("collaboration", "status", "priorities", "lead"),
        ReportSource("opportunity", "status", "research_fields", "country"),
    ]

    private let today: CivilDate
    private var priorities: [ReportRecord] = []
    private var counts: [String: Int] = [:]
    private var unaligned: [ReportRow] = []
    private var opportunities: [ReportRecord] = []

    init(_ options: ReportOptions) {
        today = options.today
    }

    mutating func take(_ record: ReportRecord) {
        switch record.kind {
        case "priority":
            if record.isValid(on: today, from: "valid_from", to: "valid_to") {
                priorities.append(record)
            }
        case "collaboration":
            guard record.isRunningCollaboration else { return }
            for reference in record.texts("priorities") { counts[reference, default: 0] += 1 }
            if record.texts("priorities").isEmpty { noteUnaligned(record) }
        default:
            if [nil, "open", "applied"].contains(record.text("status")) {
                opportunities.append(record)
            }
        }
    }

    private mutating func noteUnaligned(_ record: ReportRecord) {
        unaligned.append(
            ReportRow(
                [
                    .text(record.kind), .text(record.id), .text(record.title), .text(record.owner),
                    ReportValue(record.text("lead")),
                ],
                conflicts: record.conflicts
            )
        )
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        var copy = self
        var open: [String: Int] = [:]
        for opportunity in opportunities {
            let served = priorities.filter { Self.serves(opportunity, $0) }
            for priority in served { open[priority.uid, default: 0] += 1 }
            if served.isEmpty { copy.noteUnaligned(opportunity) }
        }
        let rows = try priorities.map { priority in
            let number = try counts.reduce(0) { sum, entry in
                sum + (try priority.isNamed(by: entry.key, names) ? entry.value : 0)
            }
            let found = open[priority.uid] ?? 0
            return ReportRow(
                [
                    .text(priority.id), .text(priority.title), ReportValue(priority.text("lead")),
                    .number(number), .number(found), number + found == 0 ? "idle" : .none,
                ],
                conflicts: priority.conflicts
            )
        }
        return [
            ReportSection(
                "priorities",
                "Priorities",
                columns: ["id", "title", "lead", "collaborations", "opportunities", "mark"],
                rows: rows
            ),
            ReportSection(
                "unaligned",
                "Serving no priority",
                columns: ["kind", "id", "title", "owner", "lead"],
                rows: copy.unaligned
            ),
        ]
    }

    private static func serves(_ opportunity: ReportRecord, _ priority: ReportRecord) -> Bool {
        let countries = priority.countriesOfPriority
        let isThere = opportunity.text("country").map {
            countries.isEmpty || countries.contains($0)
        }
        return (isThere ?? true)
            && opportunity.texts("research_fields").contains { field in
                priority.texts("research_fields").contains { FieldNames.overlap($0, field) }
            }
    }
}
