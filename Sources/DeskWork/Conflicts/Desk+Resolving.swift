import CausalHistory
import RecordModel
import RecordStorage

extension Desk {
    /// Decides a conflict: a write that covers every version, with the rule and the reason.
    ///
    /// - Parameters:
    ///   - id: The record's name.
    ///   - place: The field; `FIELD[KEY]` or `FIELD/KEY` for an item.
    ///   - choice: What it gets.
    ///   - reason: What the person says of it.
    /// - Returns: The record and the change that decides.
    /// What headquarters took back is decided in the same way.
    /// - Throws: `DeskError`; `bad_value` where nothing is in conflict there.
    public func resolve(
        _ id: String,
        _ place: String,
        _ choice: ConflictChoice,
        reason: String? = nil
    ) throws -> ChangeReceipt {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let found = try conflict(id, place, viewer)
            let resolution = try ConflictResolution(choice, of: found.conflict, surroundings)
            return try resolve(found, resolution, reason, writer, viewer)
        }
    }

    /// Decides all conflicts that have a version of the choice, one change each.
    ///
    /// - Parameters:
    ///   - choice: Which version is taken.
    ///   - conditions: Only of records that fulfil them.
    ///   - isDryRun: Whether only to say what would be taken.
    /// - Returns: One decision for each conflict; those without a version of the choice stay.
    /// - Throws: `DeskError` (`usage`, `unknown_field`).
    public func resolveAll(
        _ choice: BulkChoice,
        where conditions: [String] = [],
        isDryRun: Bool = false
    ) throws -> [BulkDecision] {
        let condition = try Condition(parsing: conditions, schema: schema)
        func chosen(_ viewer: RecordViewer) throws -> [(ConflictReader.Found, Int?)] {
            var matches: [RecordUID: Bool] = [:]
            return try found(viewer, nil, nil, nil, nil).filter { found in
                let uid = found.conflict.uid
                if let known = matches[uid] { return known }
                let held = try viewer.reader.held(uid)
                let isMatch =
                    try held.map { try condition.holds(for: $0, viewer, context) } ?? false
                matches[uid] = isMatch
                return isMatch
            }.map { ($0, number(choice, in: $0.conflict)) }
        }
        if isDryRun {
            return try store.read { reader in
                try chosen(RecordViewer(reader, missionSpace: missionSpace)).map { found, n in
                    BulkDecision(conflict: found.conflict, taken: n, receipt: nil)
                }
            }
        }
        return try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            return try chosen(viewer).map { found, n in
                guard let n else {
                    return BulkDecision(conflict: found.conflict, taken: nil, receipt: nil)
                }
                let resolution = try ConflictResolution(
                    .take(n),
                    of: found.conflict,
                    surroundings
                )
                let receipt = try resolve(found, resolution, "all", writer, viewer)
                return BulkDecision(conflict: found.conflict, taken: n, receipt: receipt)
            }
        }
    }

    private func number(_ choice: BulkChoice, in conflict: Conflict) -> Int? {
        switch choice {
        case .newest: conflict.siblings.last?.n
        case .mine: conflict.siblings.last { $0.provenance.desk == code }?.n
        case .desk(let desk): conflict.siblings.last { $0.provenance.desk == desk }?.n
        }
    }

    private func conflict(
        _ id: String,
        _ place: String,
        _ viewer: RecordViewer
    ) throws -> ConflictReader.Found {
        let slash = place.firstIndex(of: "/")
        let path = FieldPath(place) ?? FieldPath(unknown: place)
        let field = path?.field ?? slash.map { String(place[..<$0]) } ?? place
        let item = path?.item ?? slash.map { String(place[place.index(after: $0)...]) }
        var all = try found(viewer, id, nil, nil, nil)
        if all.allSatisfy({ $0.conflict.field != field }) {
            let held = try RecordFinder(viewer).record(named: id)
            all += try ConflictReader(viewer: viewer).refusals(in: held, ofDesk: code)
        }
        let inField = all.filter { $0.conflict.field == field }
        let found = inField.filter { found in
            item.map { isNamed(found.conflict, $0) } ?? true
        }
        if found.count == 1 { return found[0] }
        guard found.isEmpty else {
            let places = found.map { "\($0.conflict.field)[\($0.conflict.item ?? "")]" }
            throw DeskError(
                .badValue,
                "\(field) has \(found.count) conflicts",
                hint: "Name one: \(places.joined(separator: ", "))"
            )
        }
        let held = try RecordFinder(viewer).record(named: id)
        if field != "life" { _ = try Self.number(ofField: field, in: held.kind) }
        let open = all.map { found in
            found.conflict.item.map { "\(found.conflict.field)[\($0)]" } ?? found.conflict.field
        }
        throw DeskError(
            .badValue,
            "\(place) of \(try viewer.name(of: held)) is not in conflict",
            hint: open.isEmpty
                ? "Nothing of it is." : "In conflict are: \(open.joined(separator: ", "))"
        )
    }

    private func isNamed(_ conflict: Conflict, _ item: String) -> Bool {
        guard let field = conflict.definition else { return conflict.item == item }
        let held = [Item(key: conflict.key.item, value: [])]
        return conflict.item == item || !field.items(held, named: item, context: context).isEmpty
    }

    private func resolve(
        _ found: ConflictReader.Found,
        _ resolution: ConflictResolution,
        _ reason: String?,
        _ writer: StoreWriter,
        _ viewer: RecordViewer
    ) throws -> ChangeReceipt {
        let conflict = found.conflict
        // To leave what headquarters put there is a decision too, and says so.
        let write: RecordEdit.Step =
            conflict.refusal == nil
            ? .write(conflict.key, resolution.content)
            : .restore(conflict.key, [resolution.content])
        var steps: [RecordEdit.Step] = resolution.content.isDeletion ? [.delete] : [write]
        if let addition = resolution.addition {
            let key = FieldKey(conflict.key.number, item: surroundings.newKey())
            steps.append(.write(key, addition))
        }
        let edit = RecordEdit(uid: conflict.uid, kind: found.part.state.kind, steps: steps)
        let note = reason.map { "\(resolution.rule): \($0)" } ?? resolution.rule
        let attribution = Attribution(
            time: writer.nextTime(),
            author: officer,
            reason: .resolution,
            note: note
        )
        let change = try writer.commit([edit], in: found.part.key.space, attribution: attribution)
        return ChangeReceipt(
            id: conflict.id,
            uid: conflict.uid,
            kind: conflict.kind,
            space: conflict.space.text,
            change: change.map { Self.changeName(desk: code, $0) }
        )
    }
}
