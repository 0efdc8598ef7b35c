import CausalHistory
import Interchange
import RecordModel
import RecordStorage

extension Desk {
    /// Returns the pairs of records that may be one, over all that this replica holds.
    ///
    /// Deleted and merged records are not among them, nor pairs of which somebody said that they are
    /// two. Nothing is changed.
    /// - Parameters:
    ///   - kind: `contact` or `organisation`; nil for both.
    ///   - limit: How many at most; nil for all.
    /// - Returns: The pairs, the surest first.
    /// - Throws: `DeskError` (`unknown_kind`; `usage` for a kind of which doubles are not sought).
    /// - Complexity: O(*n* log *n*) in the number of records of the kind; some hundreds of bytes of
    ///   memory for each.
    public func duplicates(kind: String? = nil, limit: Int? = nil) throws -> [DuplicatePair] {
        let named = try kind.map(self.kind(named:))
        let subjects = LinkageReading.subjects.filter { named == nil || $0.kind == named?.name }
        guard !subjects.isEmpty else {
            throw DeskError(
                .usage,
                "doubles are sought of contacts and organisations",
                hint: "Say --kind contact or --kind organisation."
            )
        }
        return try store.read { reader in
            let finder = try DuplicateFinder(RecordViewer(reader, missionSpace: missionSpace))
            let found = try subjects.flatMap { name, subject in
                try finder.pairs(of: self.kind(named: name), subject)
            }.sorted { left, right in
                let (one, other) = (left.comparison, right.comparison)
                if one.verdict != other.verdict { return one.verdict == .same }
                return one.score > other.score
            }
            return limit.map { Array(found.prefix(max(0, $0))) } ?? found
        }
    }
}

/// Finds the pairs of records that may be one, inside one transaction.
struct DuplicateFinder {
    private let viewer: RecordViewer
    private let apart: Set<RecordPair>

    /// Creates a finder that passes over the pairs of which somebody said that they are two.
    init(_ viewer: RecordViewer) throws {
        self.viewer = viewer
        apart = try viewer.reader.pairsSaidToBeTwo()
    }

    /// Whether somebody said of two records that they are two.
    func areTwo(_ one: RecordUID, _ other: RecordUID) -> Bool {
        apart.contains(RecordPair(one, other))
    }

    /// Returns the pairs of a kind, the surest first; of each the one with the shorter name comes first.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - subject: What is compared.
    ///   - isAsked: Which visible records are looked at.
    /// - Returns: The pairs.
    /// - Throws: What the store reports.
    func pairs(
        of kind: Kind,
        _ subject: LinkageRecord.Subject,
        where isAsked: (HeldRecord) throws -> Bool = { _ in true }
    ) throws -> [DuplicatePair] {
        var linkage = Linkage(subject)
        var uids: [RecordUID] = []
        try viewer.reader.forEachHeld(kind: kind) { held in
            if !held.isHidden, try isAsked(held), let record = LinkageReading.record(of: held) {
                linkage.add(record)
                uids.append(held.uid)
            }
            return true
        }
        let (numbers, apart) = (uids, apart)
        let result = linkage.pairs(excluding: { first, second in
            apart.contains(RecordPair(numbers[first], numbers[second]))
        })
        var labels: [Int: RecordLabel] = [:]
        func label(_ place: Int) throws -> RecordLabel {
            if let label = labels[place] { return label }
            let label = try viewer.recordLabel(of: uids[place])
            labels[place] = label
            return label
        }
        var groups: [Int: Int] = [:]
        for group in result.groups {
            for record in group { groups[record] = group[0] }
        }
        return try result.pairs.map { pair in
            let group = groups[pair.first].flatMap { $0 == groups[pair.second] ? $0 : nil }
            let ends = try [label(pair.first), label(pair.second)].sorted(by: RecordLabel.precedes)
            return DuplicatePair(
                kind: kind.name,
                first: ends[0],
                second: ends[1],
                comparison: pair.comparison,
                group: try group.map { try label($0).id }
            )
        }
    }
}

extension RecordViewer {
    /// Returns how a record is named beside another.
    func recordLabel(of uid: RecordUID) throws -> RecordLabel {
        guard let held = try reader.held(uid) else {
            return RecordLabel(id: uid.description, uid: uid, title: "", space: "", owner: nil)
        }
        let owner = held.kind.field(named: "owner").flatMap { field in
            held.main.state.siblings(of: FieldKey(field.number)).first?.version.content.bytes
        }
        return RecordLabel(
            id: try name(of: held),
            uid: uid,
            title: title(of: held),
            space: held.main.key.space.text,
            owner: owner.map { String(decoding: $0, as: UTF8.self) }
        )
    }
}
