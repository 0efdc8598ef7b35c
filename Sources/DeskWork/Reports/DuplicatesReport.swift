import RecordModel

/// Organisations that stand under two names: two records with one ROR id or one web domain.
///
/// Pairs of people are found by comparison, not by an equal key; what finds them adds a section here.
struct DuplicatesReport: Report {
    static let sources = [ReportSource("organisation", "ror", "domains")]

    private var organisations: [String: [ReportRecord]] = [:]

    init(_ options: ReportOptions) {}

    mutating func take(_ record: ReportRecord) {
        if let ror = record.text("ror") { organisations["ror:" + ror, default: []].append(record) }
        for domain in Set(record.texts("domains").map { $0.lowercased() }) {
            organisations["domain " + domain, default: []].append(record)
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        struct Pair: Hashable {
            let a: String
            let b: String
        }
        var evidence: [Pair: [String]] = [:]
        var records: [String: ReportRecord] = [:]
        for (key, found) in organisations where found.count > 1 {
            // Against the first alone: as many pairs as records, and together they tell the same.
            let sorted = found.sorted { $0.uid < $1.uid }
            for other in sorted.dropFirst() {
                evidence[Pair(a: sorted[0].id, b: other.id), default: []].append(key)
                records[sorted[0].id] = sorted[0]
                records[other.id] = other
            }
        }
        let rows = evidence.sorted { ($0.key.a, $0.key.b) < ($1.key.a, $1.key.b) }
            .map { pair, keys in
                ReportRow([
                    .text(pair.a), ReportValue(records[pair.a]?.title),
                    ReportValue(records[pair.a]?.owner),
                    .text(pair.b), ReportValue(records[pair.b]?.title),
                    ReportValue(records[pair.b]?.owner),
                    ReportValue(keys.sorted()),
                ])
            }
        let columns = ["id", "name", "owner", "other", "other_name", "other_owner", "evidence"]
        return [ReportSection("organisations", columns: columns, rows: rows)]
    }
}
