import RecordModel

/// What there is with each country of a group.
struct RegionReport: Report {
    static let sources = [
        ReportSource("contact", "country_of_residence", isCounted: true),
        ReportSource("collaboration", "countries", "status"),
        ReportSource("agreement", "countries", "status"),
        ReportSource("engagement", "country", "at"),
        ReportSource(
            "priority",
            "countries",
            "country_group",
            "valid_from",
            "valid_to"
        ), ReportSource("opportunity", "country", "status"),
    ]

    private let options: ReportOptions
    private let since: CivilDate
    private var counts: [String: [String: Int]] = [:]

    init(_ options: ReportOptions) {
        self.options = options
        since = options.today.adding(months: -(options.months ?? 12))
    }

    mutating func take(_ record: ReportRecord) {
        for country in countries(of: record)
        where options.group?.countries.contains(country) ?? true {
            counts[country, default: [:]][record.kind, default: 0] += 1
        }
    }

    /// The countries in which a record counts.
    private func countries(of record: ReportRecord) -> Set<String> {
        switch record.kind {
        case "contact":
            guard record.text("standing") != "deceased", ConsentStanding(record).isGiven else {
                return []
            }
            return Set(record.texts("country_of_residence"))
        case "collaboration":
            return record.isRunningCollaboration ? Set(record.texts("countries")) : []
        case "agreement":
            let isInForce = ["in_force", "under_renegotiation"].contains(record.text("status"))
            return isInForce ? Set(record.texts("countries")) : []
        case "engagement":
            let isRecent = record.day("at").map { (since...options.today).contains($0) } ?? false
            return isRecent ? Set(record.texts("country")) : []
        case "priority":
            let isValid = record.isValid(on: options.today, from: "valid_from", to: "valid_to")
            return isValid ? record.countriesOfPriority : []
        default:
            let isOpen = [nil, "open", "applied"].contains(record.text("status"))
            return isOpen ? Set(record.texts("country")) : []
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let countries = options.group?.countries.sorted() ?? counts.keys.sorted()
        let rows = countries.map { country in
            let counts = counts[country] ?? [:]
            func count(_ kind: String) -> ReportValue { .number(counts[kind] ?? 0) }
            return ReportRow([
                .text(country),
                .people(counts["contact"] ?? 0, isForPartners: options.isForPartners),
                count("collaboration"), count("agreement"), count("engagement"), count("priority"),
                count("opportunity"),
            ])
        }
        let columns = [
            "country", "contacts", "collaborations", "agreements", "engagements", "priorities",
            "opportunities",
        ]
        return [ReportSection("region", columns: columns, rows: rows)]
    }
}
