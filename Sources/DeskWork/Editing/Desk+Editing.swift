import RecordModel
import RecordStorage

extension Desk {
    /// Makes a new record.
    ///
    /// - Parameters:
    ///   - kind: The kind's name.
    ///   - space: Where; nil for the mission's own space.
    ///   - assignments: Its fields.
    /// - Returns: The record and its change.
    /// - Throws: `DeskError` (`unknown_kind`, `unknown_space`, `unknown_field`, `bad_value`, …).
    public func add(
        kind: String,
        space: String? = nil,
        _ assignments: [FieldAssignment]
    ) throws -> ChangeReceipt {
        let kind = try self.kind(named: kind)
        guard kind.isKnown else {
            throw DeskError(
                .unknownKind,
                "this version does not know records of kind \(kind.name), and cannot make one",
                hint: "Those that a newer version made are kept, shown and passed on."
            )
        }
        return try store.write { writer in
            let space = try space.map { try self.space(named: $0, writer.reader) } ?? missionSpace
            let uid = RecordUID(store.environment.random())
            var draft = RecordDraft(
                new: uid,
                kind: kind,
                space: space,
                missionSpace: missionSpace
            )
            let shortID = writer.nextShortID()
            begin(&draft, shortID: shortID, owner: missionSpace.text)
            var surroundings = self.surroundings
            for assignment in assignments { try draft.apply(assignment, &surroundings) }
            try requireName(draft)
            let warnings = surroundings.warnings + doubts(about: draft)
            return try commit(draft, writer, id: shortID, warnings: warnings)
        }
    }

    /// Changes fields of a record.
    ///
    /// A field in conflict gets the value that is set, which settles the conflict.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `deleted`, `unknown_field`, `bad_value`,
    ///   `no_such_item`, `append_only`).
    public func set(_ id: String, _ assignments: [FieldAssignment]) throws -> ChangeReceipt {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            var draft = try self.draft(of: RecordFinder(viewer).record(named: id), viewer)
            var surroundings = self.surroundings
            for assignment in assignments { try draft.apply(assignment, &surroundings) }
            try requireName(draft)
            let warnings = surroundings.warnings + doubts(about: draft)
            return try commit(draft, writer, viewer, warnings: warnings)
        }
    }

    /// Deletes a record: it is shown nowhere, its history stays.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `deleted`).
    public func delete(_ id: String) throws -> ChangeReceipt {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            var draft = try self.draft(of: RecordFinder(viewer).record(named: id), viewer)
            draft.delete()
            return try commit(draft, writer, viewer)
        }
    }

    /// Brings a deleted record back as it was.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `bad_value` where it is not deleted,
    ///   `deleted` where it was forgotten for good).
    public func undelete(_ id: String) throws -> ChangeReceipt {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let held = try RecordFinder(viewer).record(named: id)
            let name = try viewer.name(of: held)
            guard held.life != .erased else {
                throw DeskError(.deleted, "\(name) was forgotten for good and cannot come back")
            }
            guard held.life != .alive else {
                throw DeskError(.badValue, "\(name) is not deleted")
            }
            var draft = RecordDraft(held, missionSpace: missionSpace)
            draft.undelete()
            return try commit(draft, writer, viewer)
        }
    }

    // MARK: Making a change

    /// What is doubtful about a record as a draft leaves it, as far as the draft has to do with it.
    func doubts(about draft: RecordDraft) -> [String] {
        let written = Set(draft.writtenFields)
        return RecordDoubts.doubts(
            of: draft.kind,
            now: nowInSeconds,
            text: { field in
                let content = draft.content(of: FieldKey(field.number), in: draft.space(of: field))
                return content?.bytes.map { String(decoding: $0, as: UTF8.self) }
            },
            items: { field in draft.items(of: field).map(\.item) }
        )
        .filter { !written.isDisjoint(with: $0.fields) }.map(\.message)
    }

    var surroundings: DraftSurroundings {
        DraftSurroundings(context: context, random: store.environment.random)
    }

    /// Begins a change of a visible record.
    func draft(of held: HeldRecord, _ viewer: RecordViewer) throws -> RecordDraft {
        if held.isHidden {
            let name = try viewer.name(of: held)
            throw DeskError(
                .deleted,
                "\(name) is deleted",
                hint: held.life == .erased ? nil : "Bring it back with: attache undelete \(name)"
            )
        }
        if let survivor = try viewer.reader.survivor(of: held) {
            let (name, other) = (try viewer.name(of: held), try viewer.name(of: survivor))
            throw DeskError(
                .deleted,
                "\(name) was merged into \(other)",
                hint: "Change \(other), or take the merge back with: attache unmerge \(name)"
            )
        }
        return RecordDraft(held, missionSpace: missionSpace)
    }

    /// Gives a new record its life, its name and what it starts with.
    func begin(_ draft: inout RecordDraft, shortID: String, owner: String?) {
        draft.write(.alive, to: .life, in: draft.space)
        draft.write(.value(Array(shortID.utf8)), to: .shortID, in: draft.space)
        if let owner, let field = draft.kind.field(named: "owner") {
            draft.write(.value(Array(owner.utf8)), to: field)
        }
        if let field = draft.kind.field(named: "handling") {
            draft.write(.value(Array(draft.kind.initialHandling.utf8)), to: field)
        }
    }

    func requireName(_ draft: RecordDraft) throws(DeskError) {
        guard !draft.isNamed else { return }
        let names = draft.kind.namingFields.compactMap { draft.kind.field(number: $0)?.name }
        throw DeskError(
            .badValue,
            "a \(draft.kind.name) must have \(names.joined(separator: " or "))"
        )
    }

    /// Writes a draft as one change: the same time and author in each space that it touches.
    func commit(
        _ draft: RecordDraft,
        _ writer: StoreWriter,
        _ viewer: RecordViewer,
        reason: ChangeReason = .edit,
        note: String = "",
        warnings: [String] = []
    ) throws -> ChangeReceipt {
        let id = try draft.held.map(viewer.name) ?? draft.uid.description
        return try commit(draft, writer, id: id, reason: reason, note: note, warnings: warnings)
    }

    private func commit(
        _ draft: RecordDraft,
        _ writer: StoreWriter,
        id: String,
        reason: ChangeReason = .edit,
        note: String = "",
        warnings: [String]
    ) throws -> ChangeReceipt {
        let attribution = Attribution(
            time: writer.nextTime(),
            author: officer,
            reason: reason,
            note: note
        )
        // The main part's change names the whole where there is one.
        let spaces = draft.spaces
        var change: ChangeID?
        for space in spaces {
            guard let edit = draft.edit(in: space) else { continue }
            let made = try writer.commit([edit], in: space, attribution: attribution)
            change = change ?? made
        }
        return ChangeReceipt(
            id: id,
            uid: draft.uid,
            kind: draft.kind.name,
            space: draft.space.text,
            change: change.map { Self.changeName(desk: code, $0) },
            warnings: warnings
        )
    }
}
