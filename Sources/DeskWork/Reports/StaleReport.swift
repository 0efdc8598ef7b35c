import RecordModel

/// Contacts to get in touch with, and those whose addresses, consent or review need care; by owner.
///
/// A contact was touched when last contacted, or at the latest engagement in which they took part. Who
/// withdrew consent is listed by id alone.
struct StaleReport: Report {
    static let sources = [
        ReportSource("engagement", "participants", "at"),
        ReportSource(
            "contact",
            "last_contacted",
            "emails",
            "review_after",
            "delete_after",
            "relationship_owner"
        ),
    ]

    private let today: CivilDate
    private let least: CivilDate
    private var engaged: [String: CivilDate] = [:]
    private var found: [(owner: String, last: CivilDate?, row: ReportRow)] = []

    init(_ options: ReportOptions) {
        today = options.today
        least = options.today.adding(months: -(options.months ?? 12))
    }

    mutating func take(_ record: ReportRecord) {
        if record.kind == "engagement" {
            guard let day = record.day("at"), day <= today else { return }
            for person in record.texts("participants") {
                engaged[person] = max(engaged[person] ?? day, day)
            }
        } else if record.text("standing") != "deceased" {
            takeContact(record)
        }
    }

    private mutating func takeContact(_ contact: ReportRecord) {
        let days = [contact.day("last_contacted")] + contact.references.map { engaged[$0] }
        let last = days.compactMap(\.self).max()
        let consent = ConsentStanding(contact)
        var reasons: [String] = []
        if last.map({ $0 < least }) ?? true { reasons.append("silent") }
        if contact.items("emails").contains(where: { $0["valid"] == "false" }) {
            reasons.append("bounced")
        }
        if consent.isWithdrawn {
            reasons = ["consent withdrawn"]
        } else if !consent.isGiven {
            reasons.append("no consent")
        }
        if contact.day("delete_after").map({ $0 <= today }) ?? false {
            reasons.append("deletion due")
        } else if contact.day("review_after").map({ $0 <= today }) ?? false {
            reasons.append("review due")
        }
        guard !reasons.isEmpty else { return }
        let owner = contact.text("relationship_owner") ?? contact.owner.uppercased()
        let row = ReportRow(
            [
                .text(owner), .text(contact.id),
                consent.isWithdrawn ? .none : .text(contact.title),
                ReportValue(last), ReportValue(reasons),
            ],
            conflicts: contact.conflicts
        )
        found.append((owner, last, row))
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let order = found.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            if one.owner != other.owner { return one.owner < other.owner }
            let (early, late) = (one.last ?? .epoch, other.last ?? .epoch)
            return early == late ? left.offset < right.offset : early < late
        }
        let columns = ["owner", "id", "name", "last_contacted", "reasons"]
        return [ReportSection("stale", columns: columns, rows: order.map(\.element.row))]
    }
}
