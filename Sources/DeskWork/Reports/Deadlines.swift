import Interchange
import RecordModel
import RecordStorage

/// The days on which something of a record falls due, as entries of a calendar.
///
/// An agreement has its expiry, the last day of notice and its commitments, a collaboration its end and its
/// milestones, an opportunity its deadline, an engagement its follow-ups, an event its first day. The uid of
/// an entry is made of the record's number and of what it is, so that it stays the same everywhere.
struct Deadlines {
    /// What is read of each kind.
    static let sources = [
        ReportSource(
            "agreement",
            "status",
            "expires",
            "notice_days",
            "auto_renews",
            "commitments",
            "countries"
        ),
        ReportSource("collaboration", "status", "end", "milestones", "countries"),
        ReportSource("opportunity", "status", "deadline", "url"),
        ReportSource("engagement", "follow_ups"), ReportSource("event", "start", "place"),
        ReportSource("priority", "indicators", "valid_to"),
    ]

    private let record: ReportRecord

    init(_ record: ReportRecord) {
        self.record = record
    }

    /// The entries, in the order of their days.
    var entries: [CalendarEntry] {
        let entries: [CalendarEntry] =
            switch record.kind {
            case "agreement": agreement
            case "collaboration": collaboration
            case "opportunity": event("deadline", "Deadline", record.day("deadline"))
            case "engagement":
                tasks("follow_ups", "Follow-up", text: "what", done: "done")
            case "event": event("event", "Event", record.firstDay("start"))
            case "priority": tasks("indicators", "Target", text: "text", done: "reached")
            default: []
            }
        return entries.sorted { ($0.day?.text ?? "~", $0.uid) < ($1.day?.text ?? "~", $1.uid) }
    }

    private var agreement: [CalendarEntry] {
        let commitments = tasks("commitments", "Commitment", text: "text", done: nil)
        if ["lapsed", "terminated", "superseded"].contains(record.text("status")) { return [] }
        let what = record.isTrue("auto_renews") ? "Renews" : "Expires"
        return event("expires", what, record.day("expires"))
            + event("notice", "Last day of notice", record.noticeDeadline) + commitments
    }

    private var collaboration: [CalendarEntry] {
        if ["closed", "cancelled"].contains(record.text("status")) { return [] }
        return event("end", "Ends", record.lastDay("end"))
            + tasks("milestones", "Milestone", text: "text", done: "done")
    }

    private func event(_ name: String, _ what: String, _ day: CivilDate?) -> [CalendarEntry] {
        guard let day else { return [] }
        return [entry(name, .event, day, "\(what): \(record.title)", "")]
    }

    private func tasks(
        _ field: String,
        _ what: String,
        text: String,
        done: String?
    ) -> [CalendarEntry] {
        record.items(field).compactMap { item in
            // What is done without a day said is done all the same.
            let day = done.flatMap { CivilDate(reporting: item[$0]) }
            if item["status"] == "waived" { return nil }
            let due = CivilDate(reporting: item["due"])
            let finished = day ?? (item["status"] == "met" ? due ?? record.changed.day : nil)
            let owner = item["owner"] ?? item["side"]
            return entry(
                "\(field)-\(item.key)",
                .task(done: finished),
                due,
                "\(what): \(item[text] ?? item.text)",
                owner.map { "\(record.title) (\($0))" } ?? record.title
            )
        }
    }

    private func entry(
        _ name: String,
        _ kind: CalendarEntry.Kind,
        _ day: CivilDate?,
        _ summary: String,
        _ description: String
    ) -> CalendarEntry {
        let mark =
            record.conflicts.isEmpty
            ? "" : " (in conflict: \(record.conflicts.joined(separator: ", ")))"
        return CalendarEntry(
            uid: "\(record.uid)-\(name)@attache",
            changed: Instant(
                seconds: Int(min(record.changed.milliseconds / 1000, 253_402_300_799))
            ),
            kind: kind,
            day: day,
            summary: summary,
            description: (description.isEmpty ? record.id : "\(record.id): \(description)") + mark,
            category: record.kind
        )
    }
}

extension ReportReader {
    /// Writes the deadlines of the records of some kinds as one calendar.
    ///
    /// - Parameters:
    ///   - kinds: The kinds.
    ///   - bytes: Takes the calendar.
    ///   - isAsked: Which records are asked for.
    ///   - isWritten: Which of their entries are written.
    /// - Returns: How many entries were written.
    /// - Throws: What the store reports.
    func writeCalendar(
        of kinds: [String],
        to bytes: inout [UInt8],
        where isAsked: (HeldRecord) throws -> Bool = { _ in true },
        writing isWritten: (ReportRecord, CalendarEntry) -> Bool = { _, _ in true }
    ) throws -> Int {
        let writer = CalendarWriter()
        var count = 0
        writer.begin(&bytes)
        for source in Deadlines.sources where kinds.contains(source.kind) {
            try forEach(source, where: isAsked) { record in
                for entry in Deadlines(record).entries where isWritten(record, entry) {
                    writer.write(entry, to: &bytes)
                    count += 1
                }
            }
        }
        writer.end(&bytes)
        return count
    }
}

extension Reporter {
    /// Returns the deadlines that the report “expiring” lists, as a calendar.
    public func calendar(expiring options: ReportOptions) throws -> [UInt8] {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let gate = ReportGate(isForPartners: options.isForPartners)
            let records = ReportReader(viewer, gate: gate, readsChanges: true)
            let horizon = options.today.adding(months: options.months ?? 6)
            var bytes: [UInt8] = []
            let kinds = ["agreement", "collaboration"]
            _ = try records.writeCalendar(
                of: kinds,
                to: &bytes,
                writing: { record, entry in
                    guard entry.kind == .event, let day = entry.day else { return false }
                    let isThere = options.country.map(record.texts("countries").contains) ?? true
                    return isThere && day <= horizon
                }
            )
            return bytes
        }
    }
}
