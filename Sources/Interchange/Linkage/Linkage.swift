import Dispatch

/// Finds which of many records of one subject are about the same person or organisation.
///
/// Add the records, then ask for pairs. Frequencies of names and other values are those of the
/// records that were added. Nothing is learned from labels.
/// - Complexity: memory of some hundreds of bytes for each record; time grows with the number of
///   records that share a blocking key, at most `Blocking.blockLimit` for each.
public struct Linkage: Sendable {
    private let subject: LinkageRecord.Subject
    private var records: [IndexedRecord] = []
    private var tables = LinkageTables()

    /// Begins with no records.
    public init(_ subject: LinkageRecord.Subject) { self.subject = subject }

    /// How many records were added.
    public var count: Int { records.count }

    /// Adds a record, whose place is the number of those before it.
    public mutating func add(_ record: LinkageRecord) {
        records.append(tables.index(record))
    }

    /// Returns how two records compare, whether or not they share a key.
    public func compare(_ first: Int, _ second: Int) -> LinkageComparison {
        let comparison = RecordComparison(tables, subject)
        return compare(first, second, comparison, shift: 0)
    }

    private func compare(
        _ first: Int,
        _ second: Int,
        _ comparison: RecordComparison,
        shift: Double
    ) -> LinkageComparison {
        let found = comparison.findings(records[first], records[second], keepingEvidence: true)
        return LinkageComparison(
            score: found.total + shift,
            verdict: comparison.verdict(found, shift: shift),
            evidence: found.evidence.sorted { abs($0.weight) > abs($1.weight) }
        )
    }

    /// What was found.
    public struct Result: Sendable {
        /// The pairs that are one or that a person has to look at, the surest first.
        public let pairs: [LinkedPair]
        /// The records that are one, in groups of two or more.
        public let groups: [[Int]]
        /// How many pairs were compared.
        public let compared: Int
    }

    /// Returns the pairs of records that may be one.
    ///
    /// - Parameters:
    ///   - excluding: Whether a pair was decided already and is not to be shown.
    ///   - observe: Told every pair that is compared, from several threads; for measurements.
    /// - Returns: The pairs.
    public func pairs(
        excluding: @Sendable (Int, Int) -> Bool = { _, _ in false },
        observe: (@Sendable (Int, Int) -> Void)? = nil
    ) -> Result {
        let comparison = RecordComparison(tables, subject)
        let (likely, sure, compared) = likelyPairs(comparison, observe)
        // Where many pairs are sure, doubles are likelier than was taken for granted.
        let expected = Double(records.count) / (2 * LinkageWeights.recordsForADouble)
        let shift = min(
            max(
                0,
                LinkageWeights.bits(
                    LinkageWeights.pairsForASureOne * Double(sure),
                    max(1, expected)
                )
            ),
            LinkageWeights.greatestShift
        )
        let pairs = likely.compactMap { pair -> LinkedPair? in
            let compared = compare(pair.first, pair.second, comparison, shift: shift)
            guard compared.verdict != .different, !excluding(pair.first, pair.second) else {
                return nil
            }
            return LinkedPair(first: pair.first, second: pair.second, comparison: compared)
        }.sorted(by: LinkedPair.isSurer)
        let clustering = Clustering(pairs) { one, other in
            let (first, second) = (min(one, other), max(one, other))
            if excluding(first, second) { return true }
            let found = comparison.findings(records[first], records[second], keepingEvidence: false)
            return found.isContradicted || found.isVetoed
                || found.name.map { !$0.isCompatible } ?? false
        }
        return Result(pairs: pairs, groups: clustering.groups, compared: compared)
    }

    /// The pairs that are one or to be looked at if doubles are as likely as can be.
    private func likelyPairs(
        _ comparison: RecordComparison,
        _ observe: (@Sendable (Int, Int) -> Void)?
    ) -> (pairs: [(first: Int, second: Int)], sure: Int, compared: Int) {
        struct Part {
            var pairs: [(first: Int, second: Int)] = []
            var sure = 0
            var compared = 0
        }
        let blocking = Blocking(records, tables)
        let stride = 64
        var parts = [Part](repeating: Part(), count: (records.count + stride - 1) / stride)
        let count = parts.count
        parts.withUnsafeMutableBufferPointer { buffer in
            // Each place is written by one thread, and read after all have ended.
            nonisolated(unsafe) let places = buffer
            DispatchQueue.concurrentPerform(iterations: count) { number in
                var part = Part()
                for first in (number * stride)..<min((number + 1) * stride, records.count) {
                    for candidate in blocking.candidates(after: first) {
                        let second = Int(candidate)
                        part.compared += 1
                        observe?(first, second)
                        let found = comparison.findings(
                            records[first],
                            records[second],
                            keepingEvidence: false
                        )
                        if comparison.verdict(found, shift: 0) == .same { part.sure += 1 }
                        let most = comparison.verdict(found, shift: LinkageWeights.greatestShift)
                        if most != .different { part.pairs.append((first, second)) }
                    }
                }
                places[number] = part
            }
        }
        return (
            parts.flatMap(\.pairs), parts.reduce(0) { $0 + $1.sure },
            parts.reduce(0) { $0 + $1.compared }
        )
    }
}

extension LinkedPair {
    /// The order in which pairs are shown: proposals before doubts, then by score.
    static func isSurer(_ left: LinkedPair, _ right: LinkedPair) -> Bool {
        let (one, other) = (left.comparison, right.comparison)
        if one.verdict != other.verdict { return one.verdict == .same }
        if one.score != other.score { return one.score > other.score }
        return (left.first, left.second) < (right.first, right.second)
    }
}
