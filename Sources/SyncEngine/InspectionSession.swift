import RecordModel
import SyncProtocol

/// Finds the records in which two replicas of equal knowledge differ, as a state machine without input or
/// output: a desk asks headquarters for the figures of ever smaller ranges.
///
/// With *n* records of which *k* differ it takes about log16 (*n* / 48) + 1 requests, and up to 16 figures
/// of 20 bytes for each range that differs.
///
/// Spec: `Protocol/spec/04-proof.md` §4; after negentropy's range-based set reconciliation.
public struct InspectionSession: Sendable {
    /// What the owner has to do next.
    public enum Action: Hashable, Sendable {
        /// Send this request; then report `didReceive` with what this replica holds in the same ranges.
        case send(SyncRequest)
        /// These records differ, or one side lacks them.
        case finish([SpaceName: Set<RecordUID>])
    }

    private let schema: UInt32
    private var asked: [SpaceName: [RecordRange]]
    private var differing: [SpaceName: Set<RecordUID>] = [:]

    /// Creates a session over whole spaces.
    public init(of spaces: [SpaceName], schema: UInt32) {
        self.schema = schema
        asked = Dictionary(uniqueKeysWithValues: spaces.map { ($0, [.all]) })
    }

    /// Begins.
    public func start() -> Action { next() }

    /// The ranges that headquarters is asked about now.
    public var ranges: [SpaceName: [RecordRange]] { asked }

    private func next() -> Action {
        if asked.values.allSatisfy(\.isEmpty) { return .finish(differing) }
        var request = SyncRequest(schema: schema)
        for (space, ranges) in asked.sorted(by: { $0.key < $1.key }) where !ranges.isEmpty {
            var asking = SpaceRequest(
                space: space,
                knowledge: KnowledgeUpdate(changes: [], isWhole: true, hash: 0)
            )
            asking.isLast = false
            asking.inspected = ranges
            request.spaces.append(asking)
        }
        return .send(request)
    }

    /// Takes headquarters' answer.
    ///
    /// - Parameters:
    ///   - response: The answer.
    ///   - own: What this replica holds in the ranges that were asked about, in their order.
    /// - Returns: The next action.
    public mutating func didReceive(
        _ response: SyncResponse,
        own: [SpaceName: [RangeInspection]]
    ) -> Action {
        var following: [SpaceName: [RecordRange]] = [:]
        for answer in response.spaces {
            let ranges = asked[answer.space] ?? []
            guard let own = own[answer.space], own.count == ranges.count,
                answer.inspections.count == ranges.count
            else { continue }
            for (index, range) in ranges.enumerated() {
                compare(
                    range,
                    own[index],
                    answer.inspections[index],
                    in: answer.space,
                    &following
                )
            }
        }
        // Beyond the limit the rest is found by the next inspection.
        asked = following.mapValues { Array($0.prefix(Limits.inspected)) }
        return next()
    }

    private mutating func compare(
        _ range: RecordRange,
        _ own: RangeInspection,
        _ theirs: RangeInspection,
        in space: SpaceName,
        _ following: inout [SpaceName: [RecordRange]]
    ) {
        switch (own, theirs) {
        case (.parts(let own), .parts(let theirs)):
            for (part, (mine, others)) in zip(range.parts, zip(own, theirs)) where mine != others {
                following[space, default: []].append(part)
            }
        case (.records(let own), .records(let theirs)):
            let mine = Dictionary(own.map { ($0.uid, $0.digest) }, uniquingKeysWith: { $1 })
            let others = Dictionary(theirs.map { ($0.uid, $0.digest) }, uniquingKeysWith: { $1 })
            for uid in Set(mine.keys).union(others.keys) where mine[uid] != others[uid] {
                differing[space, default: []].insert(uid)
            }
        default:
            // One side has a few records more than are named one by one: all parts are looked at.
            following[space, default: []] += range.parts
        }
    }
}
