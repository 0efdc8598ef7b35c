import CausalHistory
import RecordModel
import RecordStorage

/// Which record stands for a merged one.
///
/// A merged record bears in `merged_into` the record that it went into, and is read as that one:
/// found, listed and referred to under its name. It is a function of what the replica holds, so that
/// replicas that hold the same say the same. Spec: `Protocol/spec/09-merged-records.md`.
extension StoreReader {
    /// How many merges are followed; what is longer was made by hand.
    private static let chainLimit = 1_000

    /// Returns the record into which a record went by its own word, or nil where it went nowhere or
    /// that record is not here.
    func target(of held: HeldRecord) throws -> HeldRecord? {
        let siblings = held.main.state.siblings(of: .mergedInto)
        guard !siblings.isEmpty else { return nil }
        let entry = FieldEntry(key: .mergedInto, siblings: SiblingSet(siblings))
        let field = held.kind.field(number: FieldKey.mergedInto.number)
        let reading = try reading(of: entry, as: field, row: held.main.row)
        guard let bytes = reading.shown.bytes,
            case .uid(let uid)? = Reference(String(decoding: bytes, as: UTF8.self)),
            uid != held.uid
        else { return nil }
        return try self.held(uid)
    }

    /// Returns the record that stands for a merged one, or nil for a record that stands for itself.
    ///
    /// Where merges lead round in a ring, which two desks apart can make, the record with the least
    /// uid of the ring stands for all.
    /// - Complexity: O(1) for a record that was not merged; O(*n*) in the length of the chain.
    func survivor(of held: HeldRecord) throws -> HeldRecord? {
        guard var next = try target(of: held) else { return nil }
        var path = [held]
        while path.count < Self.chainLimit {
            if let start = path.firstIndex(where: { $0.uid == next.uid }) {
                let least = path[start...].min { $0.uid < $1.uid }
                return least.flatMap { $0.uid == held.uid ? nil : $0 }
            }
            path.append(next)
            guard let further = try target(of: next) else { return next }
            next = further
        }
        return next
    }

    /// Whether a ring of merges leads back to the record.
    func isInRing(_ held: HeldRecord) throws -> Bool {
        var seen: Set<RecordUID> = []
        var next = try target(of: held)
        while let record = next, seen.insert(record.uid).inserted, seen.count < Self.chainLimit {
            if record.uid == held.uid { return true }
            next = try target(of: record)
        }
        return false
    }

    /// Returns the records for which a record stands, those merged into merged ones included.
    func aliases(of held: HeldRecord) throws -> [HeldRecord] {
        guard try holdsDecisions(kind: DecisionKind.merge) else { return [] }
        var found: [HeldRecord] = []
        var open = [held.uid]
        while let uid = open.popLast(), found.count < Self.chainLimit {
            let name = Reference.uid(uid).text
            for row in try candidates(for: LookupKey(scheme: "merged", name.utf8)) {
                guard let part = try record(row: row), let alias = try self.held(part.key.uid),
                    alias.uid != held.uid, !found.contains(where: { $0.uid == alias.uid }),
                    try target(of: alias)?.uid == uid
                else { continue }
                found.append(alias)
                open.append(alias.uid)
            }
        }
        return found.sorted { $0.uid < $1.uid }
    }
}

/// The numbers of the kinds that hold what people decided about pairs of records.
enum DecisionKind {
    static let notSame: UInt32 = 15
    static let merge: UInt32 = 16
}

extension FieldKey {
    /// The field that says into which record a record was merged.
    static let mergedInto = FieldKey(10)
}

extension Field {
    /// Whether a merge leaves the field with the record that has it: what it is called, whose it is,
    /// how files name it, and logs, which are read where they are.
    var staysInAMerge: Bool {
        [1, 2, 3, 7, FieldKey.mergedInto.number].contains(number) || shape == .log
    }
}
