import Interchange
import RecordModel
import RecordStorage

/// Records of all missions that may be one: people, and organisations under two names, with score,
/// evidence by field and both owners.
///
/// Pairs are found by comparison, as `duplicates` finds them. Organisations are paired besides where they
/// have one ROR id or web domain, however different their names are. What the gate does not admit is not
/// compared.
struct DuplicatesReport {
    let sections: [ReportSection]
    /// `RESTRICTED` where a row names a record that bears this label; else nil.
    let handling: String?

    private static let columns = [
        "id", "name", "owner", "other", "other_name", "other_owner", "score", "proposal",
        "evidence",
    ]

    init(_ records: ReportReader) throws {
        let viewer = records.viewer
        let finder = try DuplicateFinder(viewer)
        var sections: [ReportSection] = []
        var isRestricted = false
        for (name, subject) in LinkageReading.subjects {
            guard let kind = viewer.reader.schema.kind(named: name) else { continue }
            let source =
                subject == .organisation
                ? ReportSource(name, "ror", "domains", isCounted: true)
                : ReportSource(name, isCounted: true)
            var restricted: Set<RecordUID> = []
            var keys = SharedKeys()
            let found = try finder.pairs(of: kind, subject) { held in
                guard let record = try records.record(of: held, source) else { return false }
                if record.text("handling").map(HandlingLabel.isRestricted) ?? false {
                    restricted.insert(held.uid)
                }
                if subject == .organisation { keys.take(record, as: held.uid) }
                return true
            }
            var known: Set<RecordPair> = []
            var rows: [ReportRow] = []
            func add(
                _ one: RecordLabel,
                _ other: RecordLabel,
                score: String?,
                proposal: String?,
                evidence: [String]
            ) {
                known.insert(RecordPair(one.uid, other.uid))
                if restricted.contains(one.uid) || restricted.contains(other.uid) {
                    isRestricted = true
                }
                rows.append(
                    ReportRow([
                        .text(one.id), ReportValue(one.title), ReportValue(one.owner),
                        .text(other.id), ReportValue(other.title), ReportValue(other.owner),
                        score.map(ReportValue.decimal) ?? .none, ReportValue(proposal),
                        ReportValue(evidence),
                    ])
                )
            }
            for pair in found {
                add(
                    pair.first,
                    pair.second,
                    score: pair.comparison.scoreText,
                    proposal: pair.comparison.verdict.rawValue,
                    evidence: pair.comparison.evidence.map(\.text)
                )
            }
            for (pair, shared) in keys.pairs
            where !known.contains(pair) && !finder.areTwo(pair.first, pair.second) {
                let ends = try [pair.first, pair.second].map(viewer.recordLabel)
                    .sorted(by: RecordLabel.precedes)
                add(ends[0], ends[1], score: nil, proposal: "review", evidence: shared)
            }
            let isPeople = subject == .person
            sections.append(
                ReportSection(
                    isPeople ? "people" : "organisations",
                    isPeople ? "People" : "Organisations",
                    columns: Self.columns,
                    rows: rows
                )
            )
        }
        self.sections = sections
        handling = isRestricted ? "RESTRICTED" : nil
    }
}

/// Organisations that share a ROR id or a web domain.
struct SharedKeys {
    private var firsts: [String: RecordUID] = [:]
    private var evidence: [RecordPair: [String]] = [:]
    /// The pairs in the order in which they came up.
    private var order: [RecordPair] = []

    /// Takes in an organisation.
    mutating func take(_ record: ReportRecord, as uid: RecordUID) {
        let domains = Set(record.texts("domains").map { "domain " + $0.lowercased() })
        let keys = domains.union(record.text("ror").map { ["ror:" + $0] } ?? [])
        for key in keys {
            // Against the first alone: as many pairs as records, and together they tell the same.
            guard let first = firsts[key] else {
                firsts[key] = uid
                continue
            }
            let pair = RecordPair(first, uid)
            if evidence[pair] == nil { order.append(pair) }
            evidence[pair, default: []].append(key)
        }
    }

    /// The pairs, each with what it shares.
    var pairs: [(pair: RecordPair, shared: [String])] {
        order.map { ($0, evidence[$0, default: []].sorted()) }
    }
}
