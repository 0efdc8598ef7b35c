import RecordModel

/// Records by national theme.
struct ThemesReport: Report {
    private static let kinds = [
        "contact", "organisation", "collaboration", "agreement", "opportunity", "priority",
        "output",
    ]

    static let sources = kinds.map { ReportSource($0, "themes", isCounted: true) }

    private let options: ReportOptions
    private var counts: [String: [String: Int]] = [:]

    init(_ options: ReportOptions) {
        self.options = options
    }

    mutating func take(_ record: ReportRecord) {
        if record.kind == "contact" {
            guard record.text("standing") != "deceased", ConsentStanding(record).isGiven else {
                return
            }
        }
        for theme in record.texts("themes") {
            counts[theme, default: [:]][record.kind, default: 0] += 1
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let rows = counts.sorted { $0.key < $1.key }.map { theme, counts in
            ReportRow(
                [.text(theme)]
                    + Self.kinds.map { kind in
                        let count = counts[kind] ?? 0
                        return kind == "contact"
                            ? .people(count, isForPartners: options.isForPartners) : .number(count)
                    }
            )
        }
        let columns = [
            "theme", "contacts", "organisations", "collaborations", "agreements", "opportunities",
            "priorities", "outputs",
        ]
        return [ReportSection("themes", columns: columns, rows: rows)]
    }
}
