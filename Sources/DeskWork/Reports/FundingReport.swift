import RecordModel

/// Money committed and disbursed, by programme, funder, currency and year.
///
/// The programme is the topmost collaboration above the one that has the money. The year is that in which
/// the period begins, or else that of the figure's date.
struct FundingReport: Report {
    static let sources = [
        ReportSource("collaboration", "budget", "parent", "type", "countries", "research_fields")
    ]

    private let options: ReportOptions
    private var funded: [ReportRecord] = []

    init(_ options: ReportOptions) {
        self.options = options
    }

    mutating func take(_ record: ReportRecord) {
        guard record.kind == "collaboration", !record.items("budget").isEmpty else { return }
        if let country = options.country, !record.texts("countries").contains(country) { return }
        if let field = options.field,
            !record.texts("research_fields").contains(where: { FieldNames.isWithin($0, field) })
        {
            return
        }
        funded.append(record)
    }

    private struct Key: Hashable {
        let id: String
        let funder: String
        let year: String
    }

    private struct Line {
        let title: String
        var sums = MoneySums()
        var conflicts: Set<String> = []
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        var lines: [Key: Line] = [:]
        for record in funded {
            let programme = try top(of: record, names)
            for row in record.items("budget") {
                let key = Key(
                    id: programme.id,
                    funder: try row["source"].map(names.name) ?? "",
                    year: String((row["from"] ?? row["as_of"] ?? "").prefix(4))
                )
                lines[key, default: Line(title: programme.title)].sums.add(row)
                lines[key]?.conflicts.formUnion(record.conflicts)
            }
        }
        let order = lines.sorted { left, right in
            (left.value.title, left.key.id, left.key.funder, left.key.year)
                < (right.value.title, right.key.id, right.key.funder, right.key.year)
        }
        let rows = order.flatMap { key, line in
            line.sums.currencies.map { currency in
                ReportRow(
                    [
                        .text(key.id), .text(line.title), ReportValue(key.funder),
                        ReportValue(key.year), .text(currency),
                        line.sums.amount(currency, .committed),
                        line.sums.amount(currency, .disbursed),
                    ],
                    conflicts: line.conflicts.sorted()
                )
            }
        }
        let columns = ["id", "programme", "funder", "year", "currency", "committed", "disbursed"]
        return [ReportSection("funding", columns: columns, rows: rows)]
    }

    private func top(of record: ReportRecord, _ names: ReportNames) throws -> ReportRecord {
        var top = record
        // A circle of parents, which two desks may make together, ends too.
        for _ in 0..<16 {
            guard let parent = try top.text("parent").flatMap(names.record),
                parent.kind == "collaboration", parent.uid != record.uid
            else { break }
            top = parent
        }
        return top
    }
}
