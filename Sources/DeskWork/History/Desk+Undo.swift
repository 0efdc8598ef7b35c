import CausalHistory
import RecordModel
import RecordStorage

extension Desk {
    /// Takes a change back by a new one that puts back what it replaced.
    ///
    /// What later changes stand on stays as it is and is named in the result. Where the change
    /// decided a conflict, the versions stand side by side again.
    /// - Parameter change: `ber@5f3a9c01` or the first digits of it.
    /// - Returns: What was put back, and what later changes stand on.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`; `bad_value` where nothing of it is left to
    ///   take back).
    public func undo(_ change: String) throws -> UndoResult {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let named = try self.change(named: change, viewer)
            let changes = try siblings(of: named, viewer)
            let name = try viewer.changeName(of: named.dot) ?? change
            let result = try undo(changes, note: name, writer, viewer)
            guard !result.receipts.isEmpty else {
                throw DeskError(
                    .badValue,
                    "nothing of \(name) is left to take back",
                    hint: result.kept.isEmpty
                        ? nil : "Later changes stand on \(result.kept.joined(separator: ", "))."
                )
            }
            return result
        }
    }

    /// Takes back all that an import run wrote, in one change for each space.
    /// - Throws: `DeskError` (`not_found`).
    public func undoImport(_ run: String) throws -> UndoResult {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let changes = try writer.reader.changes(for: .importing, note: run)
            guard !changes.isEmpty else {
                throw DeskError(.notFound, "no import run is named “\(run)”")
            }
            return try undo(changes, note: "import \(run)", writer, viewer)
        }
    }

    /// The changes that one command made at once: in the record's space and in the mission's.
    private func siblings(
        of change: StoredChange,
        _ viewer: RecordViewer
    ) throws -> [StoredChange] {
        guard let time = change.attribution?.time else { return [change] }
        let desk = try viewer.desk(of: change.dot.actor)
        return try viewer.reader.changes(at: time).filter {
            try viewer.desk(of: $0.dot.actor) == desk
        }
    }

    private func undo(
        _ changes: [StoredChange],
        note: String,
        _ writer: StoreWriter,
        _ viewer: RecordViewer
    ) throws -> UndoResult {
        let attribution = Attribution(
            time: writer.nextTime(),
            author: officer,
            reason: .undo,
            note: note
        )
        let dots = Set(changes.map(\.dot))
        var edits: [SpaceName: [RecordEdit]] = [:]
        var kept: [String] = []
        var records: [HeldRecord] = []
        var seen: Set<RecordUID> = []
        for row in Set(changes.flatMap(\.rows)).sorted() {
            guard let part = try writer.reader.record(row: row),
                seen.insert(part.key.uid).inserted,
                let held = try writer.reader.held(part.key.uid)
            else { continue }
            let plan = try UndoPlan(held, dots: dots, viewer.reader)
            if !plan.kept.isEmpty {
                let name = try viewer.name(of: held)
                kept += plan.kept.map { key in
                    let field = held.kind.field(number: key.number)
                    return "\(name) \(RecordViewer.name(of: key.number, field))"
                }
            }
            guard !plan.steps.isEmpty else { continue }
            records.append(held)
            for (part, steps) in plan.steps {
                edits[part.key.space, default: []].append(
                    RecordEdit(uid: held.uid, kind: part.state.kind, steps: steps)
                )
            }
        }
        var made: [SpaceName: ChangeID] = [:]
        for (space, edits) in edits.sorted(by: { $0.key < $1.key }) {
            made[space] = try writer.commit(edits, in: space, attribution: attribution)
        }
        let receipts = try records.map { held in
            let change = made[held.main.key.space] ?? made.values.first
            return ChangeReceipt(
                id: try viewer.name(of: held),
                uid: held.uid,
                kind: held.kindName,
                space: held.main.key.space.text,
                change: change.map { Self.changeName(desk: code, $0) }
            )
        }
        return UndoResult(receipts: receipts, kept: kept)
    }
}

/// What has to be written into one record to take changes back.
private struct UndoPlan {
    /// The steps of each part.
    private(set) var steps: [(part: StoredRecord, steps: [RecordEdit.Step])] = []
    /// The fields on which later changes stand.
    private(set) var kept: [FieldKey] = []

    init(_ held: HeldRecord, dots: Set<Dot>, _ reader: StoreReader) throws {
        let life = held.main.state.siblings(of: .life)
        if !life.isEmpty, life.allSatisfy({ dots.contains($0.dot) && $0.version.parents.isEmpty }) {
            try takeBackCreation(of: held, dots, reader)
            return
        }
        for part in held.parts {
            let steps = try takeBackFields(of: part, dots, reader)
            if !steps.isEmpty { self.steps.append((part, steps)) }
        }
    }

    /// A record that the changes made goes as a whole, or, where anything was written since, stays
    /// as a whole: what officers added must not vanish with what it was added to.
    private mutating func takeBackCreation(
        of held: HeldRecord,
        _ dots: Set<Dot>,
        _ reader: StoreReader
    ) throws {
        for part in held.parts {
            for entry in part.state.fields
            where entry.siblings.siblings.contains(where: { !dots.contains($0.dot) }) {
                kept.append(entry.key)
            }
        }
        if kept.isEmpty { steps = held.parts.map { ($0, [.delete]) } }
    }

    private mutating func takeBackFields(
        of part: StoredRecord,
        _ dots: Set<Dot>,
        _ reader: StoreReader
    ) throws -> [RecordEdit.Step] {
        var steps: [RecordEdit.Step] = []
        let past = try reader.pastVersions(row: part.row)
        for entry in part.state.fields where entry.key != .shortID {
            let live = entry.siblings.siblings
            let own = live.filter { dots.contains($0.dot) }
            if own.isEmpty {
                if past.contains(where: { $0.key == entry.key && dots.contains($0.sibling.dot) }) {
                    kept.append(entry.key)
                }
                continue
            }
            guard own.count == live.count else {
                // Somebody wrote beside it: that is a conflict, which a person decides.
                kept.append(entry.key)
                continue
            }
            let parents = Set(own.flatMap(\.version.parents))
            let before = past.filter { $0.key == entry.key && parents.contains($0.sibling.dot) }
                .map(\.sibling.version.content)
            guard !before.isEmpty || parents.isEmpty else {
                // What it replaced is not here any more, or never was: nothing is put in its place.
                kept.append(entry.key)
                continue
            }
            if let step = Self.step(before, at: entry.key) { steps.append(step) }
        }
        return steps
    }

    private static func step(_ before: [Content], at key: FieldKey) -> RecordEdit.Step? {
        if key == .life {
            if before.isEmpty { return .delete }
            return before.contains { $0.isDeletion } ? .delete : .write(.life, .alive)
        }
        let distinct = Array(Set(before)).sorted()
        switch distinct.count {
        case 0: return .write(key, key.item.isEmpty ? .cleared : .absent)
        case 1: return .write(key, distinct[0])
        default: return .restore(key, distinct)
        }
    }
}
