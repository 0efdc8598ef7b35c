import RecordModel

/// Assessments as a sheet of strengths, weaknesses, opportunities and threats, the newest first, each with
/// its date and evidence.
struct SWOTReport: Report {
    static let sources = [
        ReportSource(
            "assessment",
            "quadrant",
            "research_field",
            "country",
            "statement",
            "evidence",
            "date"
        )
    ]

    private static let quadrants = [
        ("strength", "Strengths"), ("weakness", "Weaknesses"), ("opportunity", "Opportunities"),
        ("threat", "Threats"),
    ]

    private let options: ReportOptions
    private var rows: [String: [(date: CivilDate, row: ReportRow)]] = [:]

    init(_ options: ReportOptions) {
        self.options = options
    }

    mutating func take(_ record: ReportRecord) {
        guard let quadrant = record.text("quadrant") else { return }
        if let country = options.country, record.text("country") != country { return }
        if let group = options.group, !group.countries.contains(record.text("country") ?? "") {
            return
        }
        if let field = options.field,
            !(record.text("research_field").map { FieldNames.isWithin($0, field) } ?? false)
        {
            return
        }
        let row = ReportRow(
            [
                ReportValue(record.text("date")), .text(record.id),
                ReportValue(record.text("country")), ReportValue(record.text("research_field")),
                ReportValue(record.text("statement") ?? record.title),
                ReportValue(record.text("evidence")),
            ],
            conflicts: record.conflicts
        )
        rows[quadrant, default: []].append((record.day("date") ?? .epoch, row))
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let columns = ["date", "id", "country", "field", "statement", "evidence"]
        return Self.quadrants.map { name, heading in
            let sorted = (rows[name] ?? []).sorted { $0.date > $1.date }
            return ReportSection(name, heading, columns: columns, rows: sorted.map(\.row))
        }
    }
}
