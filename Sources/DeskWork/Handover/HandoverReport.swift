import RecordModel

/// A value that a successor is to have in place of who goes.
public struct HandoverChange: Hashable, Sendable {
    /// The record.
    public let id: String
    /// Its number, 16 hexadecimal digits.
    let uid: String
    /// The place, as `lead` or `follow_ups[3fa2c1…].owner`.
    public let place: String
    /// Who stands there now; nil for nobody.
    public let old: String?
    /// Who is to stand there.
    public let new: String
}

/// What somebody who is posted away leaves to a successor: open follow-ups, commitments and deadlines, what
/// they lead, and the people whom they know.
///
/// A thing is theirs where it names them, or, where it names nobody, where the record is of their making:
/// of an officer what they added, of a desk what its mission owns.
struct HandoverReport {
    static let sources = [
        ReportSource("collaboration", "lead", "status", "end", "milestones", "agreements"),
        ReportSource("agreement", "status", "expires", "notice_days", "commitments"),
        ReportSource("engagement", "at", "follow_ups"),
        ReportSource("opportunity", "status", "deadline"),
        ReportSource("priority", "lead", "valid_from", "valid_to"),
        ReportSource("contact", "relationship_owner", "position", "employer", "last_contacted"),
        ReportSource("posting", "contact", "mission", "from", "to", "handover_to"),
    ]

    private enum Part: String, CaseIterable {
        case followUps = "follow_ups"
        case commitments, milestones, deadlines, leads, people, postings

        var heading: String {
            switch self {
            case .followUps: "Open follow-ups"
            case .commitments: "Open commitments"
            case .milestones: "Open milestones"
            case .deadlines: "Deadlines in the next 12 months"
            case .leads: "Leads"
            case .people: "Key people"
            case .postings: "Postings"
            }
        }
    }

    private let today: CivilDate
    private let horizon: CivilDate
    private let from: OfficerName
    private let desks: Set<String>
    /// Who takes over; nil where nobody is named yet.
    private let successor: OfficerName?
    /// The successor's own record, where they are named by it.
    private let successorRecord: String?

    private var rows: [Part: [(order: String, row: ReportRow)]] = [:]
    private var agreements: Set<String> = []
    private(set) var changes: [HandoverChange] = []
    /// Fields in conflict that name who goes: a person decides these first.
    private(set) var undecided: [String] = []
    private var postings: [ReportRecord] = []
    /// Whether a text names who goes, of the texts met: officers are few, records many.
    private var known: [String: Bool] = [:]

    init(from: String, to: String?, successorRecord: String?, desks: Set<String>, today: CivilDate)
    {
        self.today = today
        horizon = today.adding(months: 12)
        self.desks = desks
        self.from = OfficerName(from, desks: desks)
        successor = to.map { OfficerName($0, desks: desks) }
        self.successorRecord = successorRecord
    }

    mutating func take(_ record: ReportRecord) {
        switch record.kind {
        case "collaboration": takeCollaboration(record)
        case "agreement": takeAgreement(record)
        case "engagement": takeItems(of: record, "follow_ups", .followUps, what: "what")
        case "opportunity":
            let isOpen = [nil, "open", "applied"].contains(record.text("status"))
            if isOpen, isOwn(record) { addDeadline(record, "deadline", record.day("deadline")) }
        case "priority":
            let isValid = record.isValid(on: today, from: "valid_from", to: "valid_to")
            if isValid, pass(record, "lead") {
                add(.leads, record.title, record, "priority", nil, record.text("valid_to"))
            }
        case "contact":
            guard record.text("standing") != "deceased", pass(record, "relationship_owner") else {
                return
            }
            let work = [record.text("position"), record.text("employer")].compactMap(\.self)
            let last = record.text("last_contacted")
            add(
                .people,
                last.map { "0\($0)" } ?? "1",
                record,
                work.joined(separator: ", "),
                nil,
                last
            )
        default: postings.append(record)
        }
    }

    private mutating func takeCollaboration(_ record: ReportRecord) {
        guard record.isRunningCollaboration else { return }
        takeItems(of: record, "milestones", .milestones, what: "text")
        let isLead = pass(record, "lead")
        guard isLead || (record.text("lead") == nil && isOwn(record)) else { return }
        agreements.formUnion(record.texts("agreements"))
        add(.leads, record.title, record, "collaboration", record.text("lead"), record.text("end"))
        addDeadline(record, "ends", record.lastDay("end"))
    }

    private mutating func takeAgreement(_ record: ReportRecord) {
        guard isOwn(record) || record.references.contains(where: agreements.contains),
            !["lapsed", "terminated", "superseded"].contains(record.text("status"))
        else { return }
        for item in record.items("commitments") where item.isOpenCommitment {
            let isOverdue = item.isOverdueCommitment(on: today)
            add(
                .commitments,
                item["due"] ?? "9999",
                record,
                item.text,
                isOverdue ? "\(item["side"] ?? "") overdue" : item["side"],
                item["due"]
            )
        }
        addDeadline(record, "last day of notice", record.noticeDeadline)
        addDeadline(record, "expires", record.day("expires"))
    }

    /// Takes the open rows of a field that name who goes, or nobody in a record of theirs.
    private mutating func takeItems(
        of record: ReportRecord,
        _ field: String,
        _ part: Part,
        what: String
    ) {
        for item in record.items(field) where item.isUndone {
            guard item["owner"].map({ names($0) }) ?? isOwn(record) else { continue }
            let detail =
                item.isOverdue(on: today) ? "\(item["owner"] ?? "") overdue" : item["owner"]
            add(part, item["due"] ?? "9999", record, item[what] ?? item.text, detail, item["due"])
            note(record, field, "\(field)[\(item.key)].owner", old: item["owner"])
        }
    }

    /// Whether a field names who goes; then the successor is to stand there.
    private mutating func pass(_ record: ReportRecord, _ field: String) -> Bool {
        guard let text = record.text(field), names(text) else { return false }
        note(record, field, field, old: text)
        return true
    }

    private mutating func note(
        _ record: ReportRecord,
        _ field: String,
        _ place: String,
        old: String?
    ) {
        guard let successor else { return }
        // To write over versions that nobody compared would decide them unseen.
        if record.conflicts.contains(field) || record.conflicts.contains("life") {
            let name = "\(record.id) \(field)"
            if !undecided.contains(name) { undecided.append(name) }
            return
        }
        let name = OfficerName(old ?? from.text, desks: desks)
        let new = successor.succeeding(name)
        guard new != old else { return }
        changes.append(
            HandoverChange(id: record.id, uid: record.uid, place: place, old: old, new: new)
        )
    }

    /// Whether a record that names nobody is of the making of who goes.
    private mutating func isOwn(_ record: ReportRecord) -> Bool {
        if from.isDesk { return record.owner == from.mission }
        return names(record.author) && (from.mission ?? record.owner) == record.owner
    }

    /// Whether a text names who goes.
    private mutating func names(_ text: String) -> Bool {
        if let known = known[text] { return known }
        let answer = from.covers(OfficerName(text, desks: desks))
        if known.count < Self.knownLimit { known[text] = answer }
        return answer
    }

    private static let knownLimit = 10_000

    private mutating func addDeadline(_ record: ReportRecord, _ what: String, _ day: CivilDate?) {
        guard let day, day >= today, day <= horizon else { return }
        add(.deadlines, day.text, record, what, nil, day.text)
    }

    private mutating func add(
        _ part: Part,
        _ order: String,
        _ record: ReportRecord,
        _ what: String?,
        _ detail: String?,
        _ date: String?
    ) {
        let row = ReportRow(
            [
                ReportValue(date), .text(record.id), .text(record.title), ReportValue(what),
                ReportValue(detail),
            ],
            conflicts: record.conflicts
        )
        rows[part, default: []].append((order, row))
    }

    /// Finds the postings of who goes, which name a person by record.
    mutating func takePostings(_ names: ReportNames) throws {
        for posting in postings where posting.isValid(on: today, from: "from", to: "to") {
            let person = try posting.text("contact").flatMap(names.record)
            let name = OfficerName(person?.title ?? posting.title, desks: desks)
            let isOfDesk = from.isDesk && posting.text("mission")?.lowercased() == from.mission
            guard isOfDesk || (!from.isDesk && from.covers(name)) else { continue }
            add(
                .postings,
                posting.title,
                posting,
                person?.title,
                posting.text("mission"),
                posting.text("to")
            )
            guard let successorRecord, posting.text("handover_to") != successorRecord,
                !posting.conflicts.contains("handover_to")
            else { continue }
            changes.append(
                HandoverChange(
                    id: posting.id,
                    uid: posting.uid,
                    place: "handover_to",
                    old: posting.text("handover_to"),
                    new: successorRecord
                )
            )
        }
    }

    /// What is handed over.
    var sections: [ReportSection] {
        let columns = ["date", "id", "title", "what", "detail"]
        return Part.allCases.map { part in
            let sorted = (rows[part] ?? []).sorted { $0.order < $1.order }
            return ReportSection(
                part.rawValue,
                part.heading,
                columns: columns,
                rows: sorted.map(\.row)
            )
        }
    }
}
