import RecordModel

/// One page on a country, for a visit: agreements and how they stand, programmes, money, people met, open
/// matters, lines to take, and what expires.
struct CountryReport: Report {
    static let sources = [
        ReportSource(
            "agreement",
            "countries",
            "status",
            "type",
            "signed",
            "expires",
            "notice_days",
            "commitments"
        ),
        ReportSource(
            "collaboration",
            "countries",
            "status",
            "type",
            "start",
            "end",
            "budget",
            "lead"
        ),
        ReportSource(
            "engagement",
            "country",
            "at",
            "type",
            "participants",
            "follow_ups",
            "outcome"
        ),
        ReportSource("opportunity", "country", "status", "deadline"),
        ReportSource("priority", "countries", "country_group", "valid_from", "valid_to"),
        ReportSource("message", "countries", "text", "language", "valid_from", "valid_until"),
        ReportSource(
            "contact",
            "country_of_residence",
            "employer",
            "position",
            isCounted: true
        ),
    ]

    private let options: ReportOptions
    private let country: String
    private let since: CivilDate
    private let horizon: CivilDate
    private var sums = MoneySums()
    private var rows: [Part: [(order: String, row: ReportRow)]] = [:]
    private var contacts = 0
    private var met: [String: (last: CivilDate, count: Int)] = [:]

    private enum Part: String, CaseIterable {
        case agreements, programmes, money, people, open, lines, expiring, facts

        var heading: String {
            switch self {
            case .agreements: "Agreements"
            case .programmes: "Programmes and projects"
            case .money: "Money of these, by currency"
            case .people: "People met"
            case .open: "Open commitments and follow-ups"
            case .lines: "Lines to take"
            case .expiring: "Expiring"
            case .facts: "In figures"
            }
        }
    }

    init(_ options: ReportOptions) {
        self.options = options
        country = options.country ?? ""
        since = options.today.adding(months: -(options.months ?? 12))
        horizon = options.today.adding(months: options.months ?? 12)
    }

    mutating func take(_ record: ReportRecord) {
        switch record.kind {
        case "agreement" where record.texts("countries").contains(country): takeAgreement(record)
        case "collaboration" where record.texts("countries").contains(country):
            takeCollaboration(record)
        case "engagement" where record.text("country") == country: takeEngagement(record)
        case "opportunity" where record.text("country") == country: takeOpportunity(record)
        case "priority" where record.countriesOfPriority.contains(country):
            guard record.isValid(on: options.today, from: "valid_from", to: "valid_to") else {
                return
            }
            add(.facts, "0", "priority", record, detail: nil, date: record.text("valid_to"))
        case "message" where record.texts("countries").contains(country): takeMessage(record)
        case "contact":
            let isCounted = record.text("standing") != "deceased" && ConsentStanding(record).isGiven
            if record.text("country_of_residence") == country, isCounted { contacts += 1 }
        default: break
        }
    }

    private mutating func takeAgreement(_ record: ReportRecord) {
        let detail = [record.text("type"), record.text("status")].compactMap(\.self)
        add(
            .agreements,
            record.text("signed") ?? "",
            "signed",
            record,
            detail: detail,
            date: record.text("signed")
        )
        if let end = record.day("expires"), end <= horizon {
            add(.expiring, end.text, "expires", record, detail: nil, date: end.text)
            if let notice = record.noticeDeadline, notice >= options.today {
                add(.expiring, notice.text, "notice by", record, detail: nil, date: notice.text)
            }
        }
        for commitment in record.items("commitments") where commitment.isOpenCommitment {
            let isOverdue = commitment.isOverdueCommitment(on: options.today)
            let detail = [commitment["side"], isOverdue ? "overdue" : commitment["status"]]
            add(
                .open,
                commitment["due"] ?? "9999",
                commitment.text,
                record,
                detail: detail.compactMap(\.self),
                date: commitment["due"]
            )
        }
    }

    private mutating func takeCollaboration(_ record: ReportRecord) {
        let detail = [record.text("type"), record.text("status"), record.text("lead")]
        add(
            .programmes,
            record.text("start") ?? "",
            "since",
            record,
            detail: detail.compactMap(\.self),
            date: record.text("start")
        )
        for row in record.items("budget") { sums.add(row) }
        if record.isRunningCollaboration, let end = record.lastDay("end"), end <= horizon {
            add(.expiring, end.text, "ends", record, detail: nil, date: end.text)
        }
    }

    private mutating func takeEngagement(_ record: ReportRecord) {
        for followUp in record.items("follow_ups") where followUp.isUndone {
            let isOverdue = followUp.isOverdue(on: options.today)
            let detail = [followUp["owner"], isOverdue ? "overdue" : nil]
            add(
                .open,
                followUp["due"] ?? "9999",
                followUp["what"] ?? "",
                record,
                detail: detail.compactMap(\.self),
                date: followUp["due"]
            )
        }
        guard let day = record.day("at"), day >= since, day <= options.today else { return }
        for person in record.texts("participants") {
            let known = met[person]
            met[person] = (max(known?.last ?? day, day), (known?.count ?? 0) + 1)
        }
    }

    private mutating func takeOpportunity(_ record: ReportRecord) {
        guard [nil, "open", "applied"].contains(record.text("status")),
            let deadline = record.day("deadline"), deadline >= options.today
        else { return }
        add(.expiring, deadline.text, "deadline", record, detail: nil, date: deadline.text)
    }

    private mutating func takeMessage(_ record: ReportRecord) {
        guard record.isValid(on: options.today, from: "valid_from", to: "valid_until") else {
            return
        }
        let detail = [record.text("language")].compactMap(\.self)
        let text = record.text("text") ?? ""
        add(.lines, record.title, text, record, detail: detail, date: record.text("valid_until"))
    }

    private mutating func add(
        _ part: Part,
        _ order: String,
        _ what: String,
        _ record: ReportRecord,
        detail: [String]?,
        date: String?
    ) {
        let row = ReportRow(
            [
                .text(record.id), .text(record.title), ReportValue(what),
                ReportValue(detail ?? []), ReportValue(date),
            ],
            conflicts: record.conflicts
        )
        rows[part, default: []].append((order, row))
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        var all = rows.mapValues { $0.sorted { $0.order < $1.order }.map(\.row) }
        all[.money] = sums.currencies.flatMap { currency in
            [("committed", MoneySums.Kind.committed), ("disbursed", .disbursed)].compactMap {
                what,
                kind in
                let amount = sums.amount(currency, kind)
                guard amount != .none else { return nil }
                return ReportRow([
                    .none, .text("\(currency) \(amount.text)"), .text(what), .none, .none,
                ])
            }
        }
        all[.people] = try people(names)
        all[.facts, default: []].append(
            ReportRow([.none, .text("\(contacts)"), "diaspora contacts", .none, .none])
        )
        let columns = ["id", "title", "what", "detail", "date"]
        return Part.allCases.map { part in
            ReportSection(part.rawValue, part.heading, columns: columns, rows: all[part] ?? [])
        }
    }

    /// The people met, the latest first; whose data may not be used does not appear.
    private func people(_ names: ReportNames) throws -> [ReportRow] {
        var rows: [(last: CivilDate, row: ReportRow)] = []
        for (reference, meeting) in met {
            let person = try names.record(reference)
            // A reference to nobody is one whose record is not here, or may not be read.
            if person == nil, Reference(reference) != nil { continue }
            let work = [person?.text("position"), person?.text("employer")].compactMap(\.self)
            rows.append(
                (
                    meeting.last,
                    ReportRow(
                        [
                            ReportValue(person?.id), .text(person?.title ?? reference),
                            .text(meeting.count == 1 ? "met once" : "met \(meeting.count) times"),
                            ReportValue(work), ReportValue(meeting.last),
                        ],
                        conflicts: person?.conflicts ?? []
                    )
                )
            )
        }
        return rows.sorted { ($0.last, $0.row.cells[1].text) > ($1.last, $1.row.cells[1].text) }
            .map(\.row)
    }
}
