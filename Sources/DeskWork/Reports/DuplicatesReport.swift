import RecordModel

/// Organisations that stand under two names: two records with one ROR id or one web domain.
///
/// Pairs of people are found by comparison, not by an equal key; what finds them adds a section here.
struct DuplicatesReport: Report {
    static let sources = [ReportSource("organisation", "ror", "domains")]

    /// What a row needs of a record: there may be as many as the registry of research organisations has.
    private struct Entry: Hashable {
        let id: String
        let name: String
        let owner: String
    }

    private struct Pair: Hashable {
        let first: Entry
        let other: Entry
    }

    private var firsts: [String: Entry] = [:]
    private var evidence: [Pair: [String]] = [:]

    init(_ options: ReportOptions) {}

    mutating func take(_ record: ReportRecord) {
        let entry = Entry(id: record.id, name: record.title, owner: record.owner)
        let domains = Set(record.texts("domains").map { "domain " + $0.lowercased() })
        let keys = domains.union(record.text("ror").map { ["ror:" + $0] } ?? [])
        for key in keys {
            // Against the first alone: as many pairs as records, and together they tell the same.
            if let first = firsts[key] {
                evidence[Pair(first: first, other: entry), default: []].append(key)
            } else {
                firsts[key] = entry
            }
        }
    }

    func sections(_ names: ReportNames) throws -> [ReportSection] {
        let rows = evidence.sorted {
            ($0.key.first.id, $0.key.other.id) < ($1.key.first.id, $1.key.other.id)
        }.map { pair, keys in
            ReportRow([
                .text(pair.first.id), ReportValue(pair.first.name), ReportValue(pair.first.owner),
                .text(pair.other.id), ReportValue(pair.other.name), ReportValue(pair.other.owner),
                ReportValue(keys.sorted()),
            ])
        }
        let columns = ["id", "name", "owner", "other", "other_name", "other_owner", "evidence"]
        return [ReportSection("organisations", columns: columns, rows: rows)]
    }
}
