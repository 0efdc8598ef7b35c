import RecordModel

/// Agreements and collaborations that end in the coming months: the notice deadline first, and what is
/// past and was not settled before all.
struct ExpiringReport: Report {
    static let sources = [
        ReportSource(
            "agreement",
            "status",
            "expires",
            "auto_renews",
            "notice_days",
            "countries",
            "parties"
        ), ReportSource("collaboration", "status", "end", "countries"),
    ]

    private let today: CivilDate
    private let horizon: CivilDate
    private let options: ReportOptions
    private var found: [(deadline: CivilDate, row: ReportRow)] = []

    init(_ options: ReportOptions) {
        self.options = options
        today = options.today
        horizon = options.today.adding(months: options.months ?? 6)
    }

    /// The statuses of what can still end.
    private static let live: Set<String?> = [
        nil, "initialled", "signed", "in_force", "under_renegotiation", "pipeline",
        "implementation",
        "finalisation", "suspended",
    ]

    mutating func take(_ record: ReportRecord) {
        let end = record.kind == "agreement" ? record.day("expires") : record.lastDay("end")
        guard let end, Self.live.contains(record.text("status")) else { return }
        if let country = options.country, !record.texts("countries").contains(country) { return }
        let notice = record.noticeDeadline
        // Once the day of notice is past, what comes next is the end itself.
        let deadline = notice.map { $0 >= today ? $0 : end } ?? end
        guard deadline <= horizon else { return }
        let next: ReportValue =
            end < today ? "past" : notice.map { $0 >= today } ?? false ? "notice" : "end"
        let row = ReportRow(
            [
                ReportValue(deadline), next, .text(record.id), .text(record.title),
                ReportValue(end), ReportValue(notice),
                record.isTrue("auto_renews") ? "yes" : .none, ReportValue(record.text("status")),
                ReportValue(record.texts("countries")),
            ],
            conflicts: record.conflicts
        )
        found.append((deadline, row))
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let rows = found.enumerated().sorted {
            ($0.element.deadline, $0.offset) < ($1.element.deadline, $1.offset)
        }
        let columns = [
            "deadline", "next", "id", "title", "ends", "notice", "renews", "status", "countries",
        ]
        return [ReportSection("expiring", columns: columns, rows: rows.map(\.element.row))]
    }
}

extension ReportRecord {
    /// The last day on which notice of an agreement can be given; nil where none is agreed.
    var noticeDeadline: CivilDate? {
        guard let end = day("expires"), let text = text("notice_days"), let days = Int(text),
            (1...36_500).contains(days)
        else { return nil }
        return end.adding(days: -days)
    }
}
