import RecordModel

/// What missions did: engagements in a span of months, follow-ups that are overdue, outreach by language
/// and audience, and the countries in which there was none.
struct ActivityReport: Report {
    static let sources = [
        ReportSource("mission", "code", "country", "accreditations"),
        ReportSource(
            "engagement",
            "type",
            "at",
            "mission",
            "country",
            "follow_ups",
            "audience",
            "language",
            "reach"
        ),
    ]

    private struct Line {
        var engagements = 0
        var outreach = 0
        var last: CivilDate?
        var open = 0
        var overdue = 0
    }

    private struct Audience: Hashable {
        let language: String
        let audience: String
    }

    private let options: ReportOptions
    private let since: CivilDate
    private var lines: [String: Line] = [:]
    private var overdue: [(due: CivilDate, row: ReportRow)] = []
    private var outreach: [Audience: (count: Int, reach: Int, last: CivilDate)] = [:]
    private var reached: Set<String> = []
    private var accredited: Set<String> = []

    init(_ options: ReportOptions) {
        self.options = options
        since = options.today.adding(months: -(options.months ?? 12))
    }

    private static let outward: Set<String?> = ["outreach", "event", "training"]

    mutating func take(_ record: ReportRecord) {
        if record.kind == "mission" {
            accredited.formUnion(record.texts("accreditations") + record.texts("country"))
            if let code = record.text("code")?.lowercased() { lines[code] = lines[code] ?? Line() }
            return
        }
        let mission = (record.text("mission") ?? record.owner).lowercased()
        var line = lines[mission] ?? Line()
        for followUp in record.items("follow_ups") where followUp.isUndone {
            line.open += 1
            guard followUp.isOverdue(on: options.today),
                let due = CivilDate(reporting: followUp["due"])
            else { continue }
            line.overdue += 1
            overdue.append((due, row(of: followUp, due: due, in: record, mission)))
        }
        if let day = record.day("at"), day >= since, day <= options.today {
            line.engagements += 1
            line.last = max(line.last ?? day, day)
            if Self.outward.contains(record.text("type")) {
                line.outreach += 1
                note(record, on: day)
            }
        }
        lines[mission] = line
    }

    private func row(
        of followUp: ReportRecord.Item,
        due: CivilDate,
        in record: ReportRecord,
        _ mission: String
    ) -> ReportRow {
        ReportRow(
            [
                ReportValue(due), .number(options.today.days(since: due)), .text(mission),
                ReportValue(followUp["owner"]), .text(record.id), ReportValue(followUp["what"]),
            ],
            conflicts: record.conflicts
        )
    }

    private mutating func note(_ record: ReportRecord, on day: CivilDate) {
        let key = Audience(
            language: record.text("language") ?? "",
            audience: record.text("audience") ?? ""
        )
        let known = outreach[key]
        let reach = record.text("reach").flatMap { Int($0) } ?? 0
        outreach[key] = (
            (known?.count ?? 0) + 1, (known?.reach ?? 0) &+ max(0, reach),
            max(known?.last ?? day, day)
        )
        if let country = record.text("country") { reached.insert(country) }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        [
            ReportSection(
                "missions",
                "Missions since \(since.text)",
                columns: ["mission", "engagements", "outreach", "last", "open", "overdue"],
                rows: lines.sorted { $0.key < $1.key }.map { mission, line in
                    ReportRow([
                        .text(mission), .number(line.engagements), .number(line.outreach),
                        ReportValue(line.last), .number(line.open), .number(line.overdue),
                    ])
                }
            ),
            ReportSection(
                "overdue",
                "Follow-ups overdue",
                columns: ["due", "days", "mission", "owner", "id", "what"],
                rows: overdue.sorted { $0.due < $1.due }.map(\.row)
            ),
            ReportSection(
                "outreach",
                "Outreach by language and audience",
                columns: ["language", "audience", "engagements", "reach", "last"],
                rows: outreach.sorted {
                    ($0.key.language, $0.key.audience) < ($1.key.language, $1.key.audience)
                }.map { key, sum in
                    ReportRow([
                        ReportValue(key.language), ReportValue(key.audience), .number(sum.count),
                        .number(sum.reach), ReportValue(sum.last),
                    ])
                }
            ),
            ReportSection(
                "unreached",
                "Accredited countries without outreach",
                columns: ["country"],
                rows: accredited.subtracting(reached).sorted().map { ReportRow([.text($0)]) }
            ),
        ]
    }
}
