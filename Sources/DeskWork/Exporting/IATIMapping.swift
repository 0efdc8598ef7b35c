import Interchange
import RecordModel

/// Makes an activity of a collaboration, or says what keeps it from being one.
///
/// - Roles: funding, accountable, extending and implementing are the standard's; a host and a partner
///   implement.
/// - Sectors: the standard's purpose codes of research by the area of the field of research, and beside
///   them the fields themselves as a vocabulary of the publisher.
/// - Shares: all countries, and all sectors, have the same, since none is recorded.
/// - Money: what was committed is an outgoing commitment, and a budget where its period is at most a year;
///   what was disbursed is a disbursement.
struct IATIMapping {
    /// What is read of each kind.
    static let sources = [
        ReportSource(
            "collaboration",
            "title",
            "titles",
            "status",
            "start",
            "end",
            "parties",
            "countries",
            "research_fields",
            "sdg",
            "budget",
            "parent",
            "summary",
            "goals"
        ), ReportSource("organisation", "ror", "ids", "sector", "types"),
    ]

    /// The reference of who publishes, with which every identifier begins.
    let reporter: String
    let today: CivilDate
    let names: ReportNames

    /// An activity, and what of the record it does not hold.
    struct Mapped {
        let activity: IATIActivity
        let leftOut: [String]
    }

    /// What keeps a record from being an activity.
    struct Missing: Error, Equatable {
        let reasons: [String]
    }

    private static let statuses = [
        "pipeline": "1", "implementation": "2", "finalisation": "3", "closed": "4",
        "cancelled": "5", "suspended": "6",
    ]

    private static let roles = [
        "funding": "1", "accountable": "2", "extending": "3", "implementing": "4", "host": "4",
        "partner": "4",
    ]

    /// Returns the activity of a collaboration.
    /// - Throws: `Missing` with what the standard requires and the record lacks; what `names` throws.
    func activity(of record: ReportRecord) throws -> Mapped {
        var reasons: [String] = []
        let status = record.text("status").flatMap { Self.statuses[$0] }
        if status == nil { reasons.append("no status") }
        let dates = dates(of: record)
        if let start = record.firstDay("start") {
            if let end = record.lastDay("end"), end < start {
                reasons.append("ends before it starts")
            }
        } else {
            // The standard's rules want one, planned or actual.
            reasons.append("no start")
        }
        let organisations = try record.items("parties").compactMap(organisation)
        if organisations.isEmpty { reasons.append("no party with a role") }
        let countries = record.texts("countries")
        if countries.isEmpty { reasons.append("no country") }
        guard let status, reasons.isEmpty else { throw Missing(reasons: reasons) }
        let goals = record.texts("goals")
        let money = try money(of: record)
        return Mapped(
            activity: IATIActivity(
                identifier: identifier(record),
                changed: Instant(
                    seconds: Int(min(record.changed.milliseconds / 1000, 253_402_300_799))
                ),
                titles: titles(of: record),
                description: record.text("summary") ?? record.title,
                objectives: goals.isEmpty ? nil : goals.joined(separator: "\n"),
                organisations: organisations,
                status: status,
                dates: dates,
                countries: Self.shares(of: countries).map { .init(code: $0, hundredths: $1) },
                sectors: sectors(of: record),
                goals: record.texts("sdg").sorted(by: FieldNames.precedes),
                budgets: money.budgets,
                transactions: money.transactions,
                parent: try parent(of: record)
            ),
            leftOut: money.leftOut
                + record.conflicts.map { "\($0): in conflict, the provisional value was written" }
        )
    }

    /// The record's number, which never changes, behind who publishes.
    private func identifier(_ record: ReportRecord) -> String { "\(reporter)-\(record.uid)" }

    private func parent(of record: ReportRecord) throws -> String? {
        guard let parent = try record.text("parent").flatMap(names.record),
            parent.kind == "collaboration"
        else { return nil }
        return identifier(parent)
    }

    private func titles(of record: ReportRecord) -> [IATIActivity.Narrative] {
        let others = record.items("titles").filter { $0.text != record.title }
        return [.init(record.title)]
            + others.map { item in
                // The standard's list has languages alone, without scripts and regions.
                let language = item["lang"]?.split(separator: "-").first.map(String.init)
                return .init(item.text, language: language)
            }
    }

    /// A start counts as actual once it is past and the activity runs, an end once it is closed.
    private func dates(of record: ReportRecord) -> [IATIActivity.ActivityDate] {
        let status = record.text("status")
        var dates: [IATIActivity.ActivityDate] = []
        if let start = record.firstDay("start") {
            let isActual = start <= today && status != "pipeline"
            dates.append(date(isActual ? "2" : "1", start, record.text("start")))
        }
        if let end = record.lastDay("end") {
            let isActual =
                end <= today && ["finalisation", "closed", "cancelled"].contains(status ?? "")
            dates.append(date(isActual ? "4" : "3", end, record.text("end")))
        }
        return dates
    }

    private func date(
        _ type: String,
        _ day: CivilDate,
        _ text: String?
    ) -> IATIActivity.ActivityDate {
        .init(type: type, day: day, text: text == day.text ? nil : text)
    }

    // MARK: Organisations

    private func organisation(_ party: ReportRecord.Item) throws -> IATIActivity.Organisation? {
        guard let role = party["role"].flatMap({ Self.roles[$0] }) else { return nil }
        return try organisation(party.text, role: role)
    }

    private func organisation(_ text: String, role: String?) throws -> IATIActivity.Organisation? {
        let record = try names.record(text)
        return .init(
            ref: record.flatMap(Self.reference) ?? Self.reference(unknown: text),
            type: record.flatMap(Self.type),
            role: role,
            name: record.map { $0.title.isEmpty ? $0.id : $0.title } ?? text
        )
    }

    /// Whether a text may be an identifier: the standard's rules exclude what has a meaning in addresses.
    static func isReference(_ text: String) -> Bool {
        !text.isEmpty && !text.contains { "/&|?".contains($0) || $0.isWhitespace }
    }

    /// The identifier that an organisation itself publishes with, or that of the registry of research
    /// organisations.
    private static func reference(_ organisation: ReportRecord) -> String? {
        for identifier in organisation.texts("ids") where identifier.hasPrefix("iati:") {
            let bare = String(identifier.dropFirst("iati:".count))
            if isReference(bare) { return bare }
        }
        return organisation.text("ror").map { "XI-ROR-\($0)" }
    }

    /// That of an organisation whose record is not here but whose reference says it.
    private static func reference(unknown text: String) -> String? {
        text.hasPrefix("ror:") ? "XI-ROR-\(text.dropFirst("ror:".count))" : nil
    }

    private static let types = [
        "government": "10", "academia": "80", "industry": "70", "park": "90", "ngo": "22",
        "igo": "40", "other": "90",
    ]

    private static func type(_ organisation: ReportRecord) -> String? {
        if let sector = organisation.text("sector") { return types[sector] }
        let kinds = Set(organisation.texts("types"))
        if kinds.contains("education") || kinds.contains("facility") { return "80" }
        if kinds.contains("government") { return "10" }
        if kinds.contains("company") { return "70" }
        return kinds.contains("nonprofit") ? "22" : nil
    }

    // MARK: Shares

    /// Parts the whole equally; what does not divide goes to the first ones, so that the sum is exact.
    static func shares(of codes: [String]) -> [(code: String, hundredths: Int?)] {
        let whole = 10_000
        guard codes.count > 1 else { return codes.map { ($0, nil) } }
        return codes.enumerated().map { index, code in
            (code, whole / codes.count + (index < whole % codes.count ? 1 : 0))
        }
    }

    /// Where the fields of research are defined: the Frascati Manual of 2015.
    private static let fieldsOfResearch = "https://doi.org/10.1787/9789264239012-en"

    private func sectors(of record: ReportRecord) -> [IATIActivity.Share] {
        let fields = record.texts("research_fields").sorted(by: FieldNames.precedes)
        var purposes: [String] = []
        for purpose in fields.map(Self.purpose) where !purposes.contains(purpose) {
            purposes.append(purpose)
        }
        // What names no field is research all the same.
        if purposes.isEmpty { purposes = [Self.purpose("")] }
        let own = Self.shares(of: fields).map { code, hundredths in
            IATIActivity.Share(
                code: code,
                vocabulary: "99",
                vocabularyURI: Self.fieldsOfResearch,
                name: FieldNames.research(code) ?? code,
                hundredths: hundredths
            )
        }
        return Self.shares(of: purposes).map { .init(code: $0, vocabulary: "1", hundredths: $1) }
            + own
    }

    /// The purpose code of research in a field.
    private static func purpose(_ field: String) -> String {
        switch field {
        case "1.5", "2.7", "2.8": "41082"
        case "5.3": "11182"
        default:
            switch FieldNames.top(field) {
            case "2": "32182"
            case "3": "12182"
            case "4": "31182"
            default: "43082"
            }
        }
    }

    // MARK: Money

    private func money(
        of record: ReportRecord
    ) throws -> (
        budgets: [IATIActivity.Budget], transactions: [IATIActivity.Transaction], leftOut: [String]
    ) {
        var budgets: [IATIActivity.Budget] = []
        var transactions: [IATIActivity.Transaction] = []
        var leftOut: [String] = []
        for row in record.items("budget") {
            guard let money = try? Money(row["amount"] ?? row.text) else { continue }
            let from = CivilDate(reporting: row["from"])
            let to = CivilDate(reporting: row["to"])
            let asOf = CivilDate(reporting: row["as_of"])
            let isDisbursed = row["kind"] == "disbursed"
            if !isDisbursed, let from, let to, from <= to, to.days(since: from) < 366 {
                budgets.append(.init(start: from, end: to, money: money))
            }
            guard let day = isDisbursed ? asOf ?? from : from ?? asOf else {
                leftOut.append("\(money.text): no date")
                continue
            }
            guard day <= today else {
                // A transaction has taken place.
                leftOut.append("\(money.text): \(day.text) is still to come")
                continue
            }
            transactions.append(
                .init(
                    type: isDisbursed ? "3" : "2",
                    day: day,
                    money: money,
                    provider: try row["source"].flatMap { try organisation($0, role: nil) },
                    financeType: ["grant": "110", "loan": "421"][row["instrument"]]
                )
            )
        }
        return (budgets, transactions.sorted { $0.day < $1.day }, leftOut)
    }
}

extension Dictionary where Key == String {
    /// The value of a key that may be absent.
    fileprivate subscript(key: String?) -> Value? { key.flatMap { self[$0] } }
}
