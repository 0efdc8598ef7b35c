import RecordModel

/// Where government, academia and industry do not meet: running collaborations whose parties are all of one
/// sector, and organisations with which two or more missions were in touch in 90 days.
struct SiloReport: Report {
    static let sources = [
        ReportSource("engagement", "at", "mission", "related"),
        ReportSource("collaboration", "status", "parties", "lead"),
        ReportSource("organisation", "sector"),
    ]

    /// How long a visit is fresh enough that another mission's should have been agreed with it.
    private static let days = 90

    private let today: CivilDate
    private var running: [ReportRecord] = []
    private var touched: [String: Set<String>] = [:]

    init(_ options: ReportOptions) {
        today = options.today
    }

    mutating func take(_ record: ReportRecord) {
        switch record.kind {
        case "engagement":
            guard let day = record.day("at"), day <= today, today.days(since: day) <= Self.days
            else {
                return
            }
            let mission = (record.text("mission") ?? record.owner).lowercased()
            for reference in record.texts("related") {
                touched[reference, default: []].insert(mission)
            }
        case "collaboration": if record.isRunningCollaboration { running.append(record) }
        default: break
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        var single: [ReportRow] = []
        for record in running {
            let parties = record.texts("parties")
            let sectors = try parties.map { try names.record($0)?.text("sector") }
            // Where the sector of a party is not known, nothing can be said.
            guard !sectors.isEmpty, !sectors.contains(nil), Set(sectors).count == 1 else {
                continue
            }
            single.append(
                ReportRow(
                    [
                        .text(record.id), .text(record.title), ReportValue(sectors[0]),
                        .number(parties.count), ReportValue(record.text("lead")),
                    ],
                    conflicts: record.conflicts
                )
            )
        }
        return [
            ReportSection(
                "one_sector",
                "Collaborations of one sector",
                columns: ["id", "title", "sector", "parties", "lead"],
                rows: single
            ),
            ReportSection(
                "met_twice",
                "Organisations met by several missions in \(Self.days) days",
                columns: ["id", "name", "missions"],
                rows: try metTwice(names)
            ),
        ]
    }

    private func metTwice(_ names: ReportNames) throws -> [ReportRow] {
        var missions: [String: (record: ReportRecord, codes: Set<String>)] = [:]
        for (reference, codes) in touched {
            guard let record = try names.record(reference), record.kind == "organisation" else {
                continue
            }
            missions[record.uid, default: (record, [])].codes.formUnion(codes)
        }
        return missions.values.filter { $0.codes.count > 1 }
            .sorted { ($0.record.title, $0.record.uid) < ($1.record.title, $1.record.uid) }
            .map { record, codes in
                ReportRow([.text(record.id), .text(record.title), .list(codes.sorted())])
            }
    }
}
