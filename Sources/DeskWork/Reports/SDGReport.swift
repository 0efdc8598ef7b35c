import RecordModel

/// Collaborations, outputs, priorities and money by sustainable development goal and target, and the
/// priorities that nothing serves.
struct SDGReport: Report {
    static let sources = [
        ReportSource("priority", "sdg", "valid_from", "valid_to"),
        ReportSource("collaboration", "sdg", "status", "budget", "priorities"),
        ReportSource("output", "sdg"),
    ]

    private struct Line {
        var collaborations = 0
        var running = 0
        var outputs = 0
        var priorities = 0
        var sums = MoneySums()
    }

    private let today: CivilDate
    private var lines: [String: Line] = [:]
    private var priorities: [ReportRecord] = []
    private var served: Set<String> = []

    init(_ options: ReportOptions) {
        today = options.today
    }

    mutating func take(_ record: ReportRecord) {
        let codes = Set(record.texts("sdg"))
        switch record.kind {
        case "priority":
            guard record.isValid(on: today, from: "valid_from", to: "valid_to") else { return }
            priorities.append(record)
        case "collaboration": served.formUnion(record.texts("priorities"))
        default: break
        }
        // A target counts in its goal too, once for a record.
        for code in codes.union(codes.map(FieldNames.top)) {
            var line = lines[code] ?? Line()
            switch record.kind {
            case "priority": line.priorities += 1
            case "output": line.outputs += 1
            default:
                line.collaborations += 1
                line.running += record.isRunningCollaboration ? 1 : 0
                for row in record.items("budget") { line.sums.add(row) }
            }
            lines[code] = line
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let codes = lines.keys.sorted(by: FieldNames.precedes)
        let rows = codes.flatMap { code -> [ReportRow] in
            let line = lines[code] ?? Line()
            let currencies = line.sums.currencies
            return (currencies.isEmpty ? [""] : currencies).enumerated().map { index, currency in
                // The counts stand once, or their sum would grow with the currencies.
                func count(_ number: Int) -> ReportValue { index == 0 ? .number(number) : .none }
                return ReportRow([
                    .text(code), ReportValue(code.contains(".") ? nil : FieldNames.goal(code)),
                    count(line.collaborations), count(line.running), count(line.outputs),
                    count(line.priorities), ReportValue(currency),
                    line.sums.amount(currency, .committed), line.sums.amount(currency, .disbursed),
                ])
            }
        }
        let idle = try priorities.filter { priority in
            let isNamed = try served.contains { try priority.isNamed(by: $0, names) }
            let goals = priority.texts("sdg")
            return !isNamed && !goals.contains { (lines[$0]?.running ?? 0) > 0 }
        }
        return [
            ReportSection(
                "goals",
                "By goal and target",
                columns: [
                    "sdg", "goal", "collaborations", "running", "outputs", "priorities", "currency",
                    "committed", "disbursed",
                ],
                rows: rows
            ),
            ReportSection(
                "idle",
                "Priorities with no activity",
                columns: ["id", "title", "goals"],
                rows: idle.map { priority in
                    ReportRow(
                        [
                            .text(priority.id), .text(priority.title),
                            ReportValue(priority.texts("sdg")),
                        ],
                        conflicts: priority.conflicts
                    )
                }
            ),
        ]
    }

    var notes: [String] {
        lines.isEmpty ? [] : ["a record counts in each of its goals, so that columns do not add up"]
    }
}

extension ReportRecord {
    /// Whether a reference is to this record.
    func isNamed(by reference: String, _ names: ReportNames) throws -> Bool {
        if references.contains(reference) { return true }
        return try names.record(reference)?.uid == uid
    }
}
