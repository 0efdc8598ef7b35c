import CausalHistory
import RecordModel

/// What happened, without any vector or merge: a log of writes, each with those seen by its author.
///
/// From it follows what somebody who has seen exactly some of the writes must be shown.
/// It shares no code with the merge, so that the two can judge each other.
public struct GroundTruth: Sendable {
    /// What a write did.
    public enum Act: Equatable, Sendable {
        case creation, value, absent, cleared, alive, deletion, erasure
    }

    /// One write.
    public struct Write: Sendable {
        /// The record.
        public let uid: RecordUID
        /// The place in it.
        public let key: FieldKey
        /// What was done.
        public let act: Act
        /// The writes that this one supersedes.
        public let superseded: Set<Int>
        /// The writes to the record that the author had seen.
        public let seenOfRecord: Set<Int>
        /// The transaction, only to say which writes a replica's knowledge claims.
        public let dot: Dot
    }

    /// What a person is shown of a record.
    public enum Shown: Equatable, Sendable {
        case nothing
        case erased
        /// The values of each field, by the numbers of their writes.
        case record(isContested: Bool, values: [FieldKey: Set<Int>])
    }

    /// The place in the log of a record's erasure; no field has the number 0.
    public static let erasureKey = FieldKey(0)

    /// The writes, by their numbers.
    public private(set) var writes: [Write] = []

    /// Creates an empty log.
    public init() {}

    /// Logs a write by somebody who has seen some writes, and returns its number.
    ///
    /// It supersedes what its author had seen of the same place. A creation supersedes what its
    /// author had seen of the record: there was nothing, or a hidden record that was dropped.
    @discardableResult
    public mutating func log(
        _ act: Act,
        to key: FieldKey,
        of uid: RecordUID,
        dot: Dot,
        seen: Set<Int>
    ) -> Int {
        let seenOfRecord = seen.filter { writes[$0].uid == uid }
        writes.append(
            Write(
                uid: uid,
                key: key,
                act: act,
                superseded: act == .creation
                    ? seenOfRecord : seenOfRecord.filter { writes[$0].key == key },
                seenOfRecord: seenOfRecord,
                dot: dot
            )
        )
        return writes.count - 1
    }

    /// Returns what somebody who has seen exactly these writes must be shown of a record.
    public func shown(_ uid: RecordUID, to seen: Set<Int>) -> Shown {
        let ofRecord = seen.filter { writes[$0].uid == uid }
        if ofRecord.contains(where: { writes[$0].act == .erasure }) { return .erased }
        if ofRecord.isEmpty { return .nothing }
        let live = ofRecord.subtracting(ofRecord.flatMap { writes[$0].superseded })
        let deletions = live.filter { writes[$0].act == .deletion }
        let lives = live.contains { [.creation, .alive].contains(writes[$0].act) }
        if !deletions.isEmpty, !lives {
            let seenByDeleters = Set(deletions.flatMap { writes[$0].seenOfRecord })
            let unseen = live.subtracting(deletions).subtracting(seenByDeleters)
            if unseen.allSatisfy({ writes[$0].act == .absent }) { return .nothing }
        }
        var values: [FieldKey: Set<Int>] = [:]
        for write in live where writes[write].act == .value {
            values[writes[write].key, default: []].insert(write)
        }
        return .record(isContested: !deletions.isEmpty, values: values)
    }
}

extension GroundTruth {
    /// Whether a record was made twice by authors of whom neither had seen the other's.
    public func isMadeTwice(_ uid: RecordUID) -> Bool {
        let made = writes.indices.filter { writes[$0].uid == uid && writes[$0].act == .creation }
        return made.contains { late in
            made.contains { $0 < late && !writes[late].seenOfRecord.contains($0) }
        }
    }

    /// Returns the values that nobody who is counted has superseded or deleted: they are to be shown
    /// whatever happened elsewhere.
    public func undisputed(_ uid: RecordUID, to seen: Set<Int>) -> Set<Int> {
        let ofRecord = seen.filter { writes[$0].uid == uid }
        if ofRecord.contains(where: { writes[$0].act == .erasure }) { return [] }
        let live = ofRecord.subtracting(ofRecord.flatMap { writes[$0].superseded })
        let seenByDeleters = ofRecord.filter { writes[$0].act == .deletion }
            .flatMap { writes[$0].seenOfRecord }
        return live.filter { writes[$0].act == .value }.subtracting(seenByDeleters)
    }
}

extension GroundTruth.Shown {
    /// The numbers of all the values that are shown.
    public var values: Set<Int> {
        guard case .record(_, let values) = self else { return [] }
        return values.values.reduce(into: []) { $0.formUnion($1) }
    }

    /// What a state shows, whose values are the numbers of their writes as text.
    public init(_ state: RecordState?) {
        guard let state else {
            self = .nothing
            return
        }
        switch state.life {
        case .erased:
            self = .erased
        case .deleted:
            self = .nothing
        case .alive, .contested:
            var values: [FieldKey: Set<Int>] = [:]
            for entry in state.fields where entry.key != .life {
                for sibling in entry.siblings.siblings {
                    guard let bytes = sibling.version.content.bytes,
                        let write = Int(String(decoding: bytes, as: UTF8.self))
                    else { continue }
                    values[entry.key, default: []].insert(write)
                }
            }
            self = .record(isContested: state.life == .contested, values: values)
        }
    }
}
