import RecordModel

/// Agreements with two or more versions: under which administrations each was made and how long it
/// lasted; of the present one, the commitments that are overdue on either side.
struct RenegotiatedReport: Report {
    static let sources = [ReportSource("agreement", "versions", "commitments", "status")]

    private let today: CivilDate
    private var rows: [ReportRow] = []

    init(_ options: ReportOptions) {
        today = options.today
    }

    private struct Version {
        let number: String
        let date: CivilDate?
        let item: ReportRecord.Item
    }

    mutating func take(_ record: ReportRecord) {
        let versions = record.items("versions").map { item in
            Version(number: item["n"] ?? "", date: CivilDate(reporting: item["date"]), item: item)
        }.sorted { left, right in
            if let one = left.date, let other = right.date, one != other { return one < other }
            return Int(left.number) ?? 0 < Int(right.number) ?? 0
        }
        guard versions.count > 1 else { return }
        for (index, version) in versions.enumerated() {
            let isLast = index == versions.count - 1
            let hasEnded = ["lapsed", "terminated", "superseded"].contains(record.text("status"))
            // How long the last one of an ended agreement lasted is not recorded.
            let end = isLast ? (hasEnded ? nil : today) : versions[index + 1].date
            let days = version.date.flatMap { start in end.map { $0.days(since: start) } }
            rows.append(
                ReportRow(
                    [
                        .text(record.id), .text(record.title), ReportValue(version.number),
                        ReportValue(version.date), days.map(ReportValue.number) ?? .none,
                        ReportValue(version.item["administration_home"]),
                        ReportValue(version.item["administration_counterpart"]),
                        ReportValue(version.item["reason"] ?? version.item["what_changed"]),
                        isLast ? overdue(record, side: "home") : .none,
                        isLast ? overdue(record, side: "counterpart") : .none,
                    ],
                    conflicts: record.conflicts
                )
            )
        }
    }

    private func overdue(_ record: ReportRecord, side: String) -> ReportValue {
        .number(
            record.items("commitments").count { commitment in
                let isOfSide = [side, "both"].contains(commitment["side"] ?? "both")
                return isOfSide && commitment.isOverdueCommitment(on: today)
            }
        )
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let columns = [
            "id", "title", "n", "date", "days", "home", "counterpart", "reason", "late_home",
            "late_counterpart",
        ]
        return [ReportSection("renegotiated", columns: columns, rows: rows)]
    }
}

extension ReportRecord.Item {
    /// Whether a commitment is still to be met.
    var isOpenCommitment: Bool { !["met", "waived"].contains(self["status"]) }

    /// Whether a commitment is to be met and its day is past, or somebody has called it overdue.
    func isOverdueCommitment(on today: CivilDate) -> Bool {
        guard isOpenCommitment else { return false }
        return self["status"] == "overdue"
            || CivilDate(reporting: self["due"]).map { $0 < today } ?? false
    }

    /// Whether a follow-up or milestone is still to be done.
    var isUndone: Bool { self["done"] == nil }

    /// Whether a follow-up or milestone is to be done and its day is past.
    func isOverdue(on today: CivilDate) -> Bool {
        isUndone && CivilDate(reporting: self["due"]).map { $0 < today } ?? false
    }
}
