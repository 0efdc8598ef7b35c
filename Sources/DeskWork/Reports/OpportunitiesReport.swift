import RecordModel

/// Opportunities that are open, the nearest deadline first, with how many contacts they fit; and those that
/// ended in the last 12 months, with the reasons.
///
/// A contact fits one who works in its field and whom one may write to.
struct OpportunitiesReport: Report {
    static let sources = [
        ReportSource("contact", "research_fields", "do_not_contact", isCounted: true),
        ReportSource(
            "opportunity",
            "type",
            "status",
            "country",
            "research_fields",
            "deadline",
            "outcome_reason",
            "matched_contacts"
        ),
    ]

    private let options: ReportOptions
    private let since: CivilDate
    private var contacts: [String: Int] = [:]
    private var open: [(deadline: CivilDate?, record: ReportRecord)] = []
    private var ended: [(deadline: CivilDate, record: ReportRecord)] = []

    init(_ options: ReportOptions) {
        self.options = options
        since = options.today.adding(months: -(options.months ?? 12))
    }

    mutating func take(_ record: ReportRecord) {
        if record.kind == "contact" {
            guard record.text("standing") != "deceased", !record.isTrue("do_not_contact"),
                ConsentStanding(record).isGiven
            else { return }
            // A contact of several fields within an area is counted once there.
            let fields = Set(record.texts("research_fields"))
            for code in fields.union(fields.map(FieldNames.top)) { contacts[code, default: 0] += 1 }
            return
        }
        if let country = options.country, record.text("country") != country { return }
        if let field = options.field,
            !record.texts("research_fields").contains(where: { FieldNames.isWithin($0, field) })
        {
            return
        }
        let deadline = record.day("deadline")
        if ["won", "lost", "lapsed"].contains(record.text("status")) {
            let day = deadline ?? options.today
            if day >= since { ended.append((day, record)) }
        } else {
            open.append((deadline, record))
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let order = open.enumerated().sorted { left, right in
            let (one, other) = (left.element.deadline, right.element.deadline)
            if one == other { return left.offset < right.offset }
            guard let one, let other else { return one != nil }
            return one < other
        }
        let openRows = order.map { entry in
            let (deadline, record) = entry.element
            let isPast = deadline.map { $0 < options.today } ?? false
            let fit = record.texts("research_fields").map { contacts[$0] ?? 0 }.max() ?? 0
            return ReportRow(
                [
                    ReportValue(deadline), .text(record.id), .text(record.title),
                    ReportValue(record.text("type")), ReportValue(record.text("country")),
                    ReportValue(record.texts("research_fields")), .number(fit),
                    .number(record.texts("matched_contacts").count), isPast ? "past" : .none,
                ],
                conflicts: record.conflicts
            )
        }
        let endedRows = ended.sorted { $0.deadline > $1.deadline }.map { deadline, record in
            ReportRow(
                [
                    ReportValue(deadline), .text(record.id), .text(record.title),
                    ReportValue(record.text("status")), ReportValue(record.text("outcome_reason")),
                ],
                conflicts: record.conflicts
            )
        }
        return [
            ReportSection(
                "open",
                "Open",
                columns: [
                    "deadline", "id", "title", "type", "country", "fields", "fit", "matched",
                    "mark",
                ],
                rows: openRows
            ),
            ReportSection(
                "ended",
                "Ended since \(since.text)",
                columns: ["deadline", "id", "title", "status", "reason"],
                rows: endedRows
            ),
        ]
    }
}
