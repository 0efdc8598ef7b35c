import CausalHistory
import RecordModel
import RecordStorage

/// The parts of one record that this replica holds.
///
/// The *main* part bears the name and the life of the record. The others are companions: what a
/// mission keeps of its sensitive fields in a space of its own.
struct HeldRecord {
    let uid: RecordUID
    let main: StoredRecord
    /// The other parts, by space.
    let companions: [StoredRecord]
    /// The kind; for one that the schema does not know what stands in for it.
    let kind: Kind

    /// Joins parts of one uid, or returns nil where there are none.
    init?(_ parts: [StoredRecord], schema: Schema) {
        let main =
            parts.first { !$0.state.siblings(of: .shortID).isEmpty }
            ?? parts.first { !$0.state.siblings(of: .life).isEmpty } ?? parts.first
        guard let main else { return nil }
        uid = main.key.uid
        self.main = main
        companions = parts.count == 1 ? [] : parts.filter { $0.row != main.row }
        kind = schema.kind(orStandInFor: main.state.kind)
    }

    /// All parts, the main one first.
    var parts: [StoredRecord] { [main] + companions }

    /// Whether the record lives: as its main part says, unless a companion's deletion is contested.
    var life: RecordLife {
        companions.contains { $0.state.life == .contested } ? .contested : main.state.life
    }

    var isHidden: Bool { life == .deleted || life == .erased }

    /// The name of the kind; `#17` where the schema does not know it.
    var kindName: String { kind.name }

    /// The parts in the order in which they are heard: the main one, the own mission's, the others.
    func parts(asSeenFrom space: SpaceName) -> [StoredRecord] {
        guard companions.count > 1 else { return parts }
        return [main] + companions.filter { $0.key.space == space }
            + companions.filter { $0.key.space != space }
    }
}

extension StoreReader {
    /// Returns the parts of a record that this replica holds, or nil where it holds none.
    func held(_ uid: RecordUID) throws -> HeldRecord? {
        HeldRecord(try parts(of: uid), schema: schema)
    }

    /// Returns the record of a part that was read already, with its other parts where it has any.
    func held(with part: StoredRecord) throws -> HeldRecord? {
        try hasOtherParts(part) ? held(part.key.uid) : HeldRecord([part], schema: schema)
    }

    /// Calls a body with each record whose main part is of a kind and in a space, by row.
    ///
    /// - Parameters:
    ///   - kind: Only this kind; nil for all.
    ///   - includingMerged: Whether records for which another stands are visited too.
    ///   - body: Returns whether to go on.
    /// - Throws: What the body throws; what the store reports.
    func forEachHeld(
        kind: Kind? = nil,
        includingMerged: Bool = false,
        _ body: (HeldRecord) throws -> Bool
    ) throws {
        let split = try splitRecords()
        try forEachRecord(kind: kind?.number) { record in
            let parts =
                split.contains(record.key.uid) ? try self.parts(of: record.key.uid) : [record]
            // A record is visited once, at its main part.
            guard let held = HeldRecord(parts, schema: schema), held.main.row == record.row else {
                return true
            }
            if !includingMerged, try survivor(of: held) != nil { return true }
            return try body(held)
        }
    }

    /// Reads a register with what its versions replaced.
    func reading(of entry: FieldEntry, as field: Field?, row: Int64) throws -> Reading {
        guard entry.siblings.siblings.count > 1 else {
            return RecordState.reading(of: entry, as: field)
        }
        var failure: (any Error)?
        let reading = RecordState.reading(of: entry, as: field) { dot in
            do {
                return try pastVersions(of: entry.key, dot: dot, row: row).first?.version.content
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return reading
    }
}
