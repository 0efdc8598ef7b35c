import CausalHistory
import RecordModel
import RecordStorage

/// Why a record is forgotten for good; it stays with the record's number.
public enum ErasureReason: String, Hashable, Sendable, CaseIterable {
    /// The person took the consent back, and nothing else allows to keep the record.
    case consent
    /// The person asked for it.
    case request
    /// The time for which it may be kept is over.
    case retention
    /// It should never have been collected.
    case mistake
    /// A court or an authority ordered it.
    case order
}

extension Desk {
    /// Forgets a record for good, here and on every replica that learns of it, with the records that were
    /// merged into it and what was decided about them.
    ///
    /// It wins over every edit that others have made or will make. Nothing brings it back.
    ///
    /// - Parameters:
    ///   - id: The record, which may be a deleted one.
    ///   - reason: Why; the one thing that is kept beside its number and the time.
    /// - Returns: The change.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `deleted` where it was erased before); what the
    ///   store reports.
    /// - Complexity: O(*n*) in the size of the search index, from which its words are taken.
    public func erase(_ id: String, because reason: ErasureReason) throws -> ChangeReceipt {
        let receipt = try store.write { writer in
            let reader = writer.reader
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let held = try RecordFinder(viewer).record(named: id)
            let name = try viewer.name(of: held)
            guard held.life != .erased else {
                throw DeskError(.deleted, "\(name) was forgotten for good before")
            }
            let people = [held] + (try reader.aliases(of: held))
            let parts = people.flatMap(\.parts) + (try reader.decisions(about: people))
            let attribution = Attribution(
                time: writer.nextTime(),
                author: officer,
                note: reason.rawValue
            )
            var change: ChangeID?
            for space in Set(parts.map(\.key.space)).sorted() {
                let edits = parts.filter { $0.key.space == space }.map {
                    RecordEdit(uid: $0.key.uid, kind: $0.state.kind, steps: [.erase])
                }
                let made = try writer.commit(edits, in: space, attribution: attribution)
                if space == held.main.key.space || change == nil { change = made ?? change }
            }
            return ChangeReceipt(
                id: name,
                uid: held.uid,
                kind: held.kindName,
                space: held.main.key.space.text,
                change: change.map { Self.changeName(desk: code, $0) }
            )
        }
        try store.purgeErased()
        return receipt
    }
}

extension StoreReader {
    /// The parts of the records that hold what was decided about some records: merges, and pairs that are
    /// two.
    fileprivate func decisions(about people: [HeldRecord]) throws -> [StoredRecord] {
        let names = Set(people.map { Array(Reference.uid($0.uid).text.utf8) })
        var found: [StoredRecord] = []
        for kind in [DecisionKind.notSame, DecisionKind.merge] {
            try forEachRecord(kind: kind) { record in
                let isAbout = record.state.fields.contains { entry in
                    entry.siblings.siblings.contains { sibling in
                        sibling.version.content.bytes.map(names.contains) ?? false
                    }
                }
                if isAbout { found.append(record) }
                return true
            }
        }
        return found
    }
}
