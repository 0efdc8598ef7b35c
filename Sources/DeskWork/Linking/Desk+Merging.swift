import CausalHistory
import RecordModel
import RecordStorage

extension Desk {
    /// Makes one record of two: the other becomes another name of the one that is kept.
    ///
    /// What only the other has goes over; what differs is named and left to a person. It is one change
    /// in each space, travels like any, and can be taken back.
    /// Spec: `Protocol/spec/09-merged-records.md`.
    /// - Parameters:
    ///   - keep: The record that stays.
    ///   - other: The record that goes into it.
    ///   - isDryRun: Whether to say only what would happen.
    /// - Returns: What went over, and what differs.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `deleted`; `bad_value` for one record, for
    ///   two kinds, for two of which somebody said that they are two).
    public func merge(
        _ keep: String,
        _ other: String,
        isDryRun: Bool = false
    ) throws -> MergeResult {
        struct DryRun: Error { let result: MergeResult }
        do {
            return try store.write { writer in
                let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
                let (kept, merged) = try pair(keep, other, viewer)
                try requireUndecided(kept, merged, viewer)
                let result = try merge(kept, merged, writer, viewer)
                if isDryRun { throw DryRun(result: result) }
                return result
            }
        } catch let end as DryRun {
            return end.result
        }
    }

    private func requireUndecided(
        _ one: HeldRecord,
        _ other: HeldRecord,
        _ viewer: RecordViewer
    ) throws {
        guard try viewer.reader.pairsSaidToBeTwo().contains(RecordPair(one.uid, other.uid)) else {
            return
        }
        let names = try "\(viewer.name(of: one)) and \(viewer.name(of: other))"
        throw DeskError(
            .badValue,
            "\(names) were said to be two",
            hint: "attache log shows by whom; attache undo takes that change back."
        )
    }

    private func merge(
        _ keep: HeldRecord,
        _ other: HeldRecord,
        _ writer: StoreWriter,
        _ viewer: RecordViewer
    ) throws -> MergeResult {
        guard schema.kind(number: DecisionKind.merge) != nil else {
            throw DeskError(.unknownKind, "the schema has no kind for what was merged")
        }
        let kind = keep.kind
        let plan = try MergePlan(keep: keep, other: other, kind: kind, writer.reader)
        let home = other.main.key.space
        let act = RecordUID(
            space: home,
            kind: DecisionKind.merge,
            scheme: "merge",
            identifier: "\(keep.uid) \(other.uid)"
        )
        var edits: [SpaceName: [RecordEdit]] = [:]
        func edit(_ uid: RecordUID, _ kind: UInt32, in space: SpaceName, _ steps: [RecordEdit.Step])
        {
            edits[space, default: []].append(RecordEdit(uid: uid, kind: kind, steps: steps))
        }
        let survivor = Content.value(Array(Reference.uid(keep.uid).text.utf8))
        edit(other.uid, kind.number, in: home, [.write(.mergedInto, survivor)])
        let places = Dictionary(grouping: plan.takings, by: \.space)
        for (space, takings) in places {
            edit(keep.uid, kind.number, in: space, takings.map { .write($0.key, $0.content) })
        }
        for space in Set(places.keys).union([home]) {
            let steps = try actSteps(
                act,
                keep,
                other,
                places[space] ?? [],
                isMain: space == home,
                writer.reader,
                in: space
            )
            edit(act, DecisionKind.merge, in: space, steps)
        }
        let change = try commit(edits, first: home, note: act.description, writer)
        return MergeResult(
            receipt: ChangeReceipt(
                id: try viewer.name(of: keep),
                uid: keep.uid,
                kind: kind.name,
                space: keep.main.key.space.text,
                change: change.map { Self.changeName(desk: code, $0) }
            ),
            merged: try viewer.name(of: other),
            taken: plan.takings.map { taking in
                let kept = taking.had.flatMap { text(taking.key, $0, taking.field, viewer) }
                let brought = text(taking.key, taking.content, taking.field, viewer) ?? ""
                let name = RecordViewer.name(of: taking.key.number, taking.field)
                return MergeResult.Value(field: name, kept: kept, other: brought)
            },
            differences: plan.differences.map { difference in
                MergeResult.Value(
                    field: RecordViewer.name(of: difference.key.number, difference.field),
                    kept: text(difference.key, difference.kept, difference.field, viewer),
                    other: text(difference.key, difference.other, difference.field, viewer) ?? ""
                )
            },
            spacesLeft: plan.spacesLeft.map(\.text)
        )
    }

    private func text(
        _ key: FieldKey,
        _ content: Content,
        _ field: Field?,
        _ viewer: RecordViewer
    ) -> String? {
        content.bytes.map { viewer.text(key, $0, field) }
    }

    /// What the record of the merge says in one space.
    private func actSteps(
        _ act: RecordUID,
        _ keep: HeldRecord,
        _ other: HeldRecord,
        _ takings: [MergePlan.Taking],
        isMain: Bool,
        _ reader: StoreReader,
        in space: SpaceName
    ) throws -> [RecordEdit.Step] {
        var steps: [RecordEdit.Step] = []
        func write(_ name: String, _ text: String?) {
            guard let field = schema.kind(number: DecisionKind.merge)?.field(named: name) else {
                return
            }
            let content = text.map { Content.value(Array($0.utf8)) } ?? .cleared
            steps.append(.write(FieldKey(field.number), content))
        }
        if isMain {
            steps.append(.write(.life, .alive))
            write("survivor", Reference.uid(keep.uid).text)
            write("merged", Reference.uid(other.uid).text)
            write("by", officer)
            write("at", store.environment.now().text)
            if try reader.held(act) != nil { write("undone_at", nil) }
        }
        if !takings.isEmpty {
            write(
                "snapshot",
                MergeSnapshot(takings.map { MergeSnapshot.Entry(key: $0.key, had: $0.had) }).text
            )
        }
        return steps
    }

    /// Makes one change in each space, all at one time.
    /// - Returns: The change in the first space.
    private func commit(
        _ edits: [SpaceName: [RecordEdit]],
        first: SpaceName,
        note: String,
        _ writer: StoreWriter
    ) throws -> ChangeID? {
        let attribution = Attribution(
            time: writer.nextTime(),
            author: officer,
            reason: .merging,
            note: note
        )
        var made: [SpaceName: ChangeID] = [:]
        for (space, edits) in edits.sorted(by: { $0.key < $1.key }) {
            made[space] = try writer.commit(edits, in: space, attribution: attribution)
        }
        return made[first] ?? made.values.first
    }

    // MARK: Taking back

    /// Takes a merge back: the record stands for itself again, and what it brought to the survivor goes
    /// where nobody edited it since.
    /// - Parameter id: The merged record, or the one that it went into where it has one alone.
    /// - Returns: The record, and what stays with the survivor.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `bad_value` where nothing was merged).
    public func unmerge(_ id: String) throws -> UnmergeResult {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let merged = try self.merged(id, viewer)
            guard let target = try writer.reader.target(of: merged) else {
                let name = try viewer.name(of: merged)
                throw DeskError(.badValue, "\(name) was not merged into a record that is here")
            }
            var edits: [SpaceName: [RecordEdit]] = [:]
            edits[merged.main.key.space] = [
                RecordEdit(
                    uid: merged.uid,
                    kind: merged.main.state.kind,
                    steps: [.write(.mergedInto, .cleared)]
                )
            ]
            var kept: [String] = []
            try takeBack(merged, from: target, &edits, &kept, viewer)
            let act = Self.act(of: merged, into: target)
            if try writer.reader.held(act) != nil {
                let undone = Content.value(Array(store.environment.now().text.utf8))
                edits[merged.main.key.space, default: []].append(
                    RecordEdit(
                        uid: act,
                        kind: DecisionKind.merge,
                        steps: [.write(FieldKey(25), undone)]
                    )
                )
            }
            let change = try commit(
                edits,
                first: merged.main.key.space,
                note: "undo \(act)",
                writer
            )
            return UnmergeResult(
                receipt: ChangeReceipt(
                    id: try viewer.name(of: merged),
                    uid: merged.uid,
                    kind: merged.kindName,
                    space: merged.main.key.space.text,
                    change: change.map { Self.changeName(desk: code, $0) }
                ),
                survivor: try viewer.name(of: target),
                kept: kept
            )
        }
    }

    private func merged(_ id: String, _ viewer: RecordViewer) throws -> HeldRecord {
        let held = try RecordFinder(viewer).record(named: id)
        if try viewer.reader.target(of: held) != nil { return held }
        let aliases = try viewer.reader.aliases(of: held)
        let name = try viewer.name(of: held)
        guard let only = aliases.first else {
            throw DeskError(.badValue, "\(name) was not merged, and nothing into it")
        }
        guard aliases.count == 1 else {
            let names = try aliases.map(viewer.name).joined(separator: ", ")
            throw DeskError(
                .ambiguousID,
                "\(aliases.count) records were merged into \(name): \(names)",
                hint: "Name the one that is to stand for itself again."
            )
        }
        return only
    }

    /// The number of the record of a merge.
    private static func act(of merged: HeldRecord, into target: HeldRecord) -> RecordUID {
        RecordUID(
            space: merged.main.key.space,
            kind: DecisionKind.merge,
            scheme: "merge",
            identifier: "\(target.uid) \(merged.uid)"
        )
    }

    /// Takes what a merge brought out of the survivor, and out of those into which that one went.
    private func takeBack(
        _ merged: HeldRecord,
        from target: HeldRecord,
        _ edits: inout [SpaceName: [RecordEdit]],
        _ kept: inout [String],
        _ viewer: RecordViewer
    ) throws {
        var brought: [SpaceName: [MergeSnapshot.Entry]] = [:]
        var source = merged
        var next: HeldRecord? = target
        var seen: Set<RecordUID> = [merged.uid]
        while let survivor = next, seen.insert(survivor.uid).inserted {
            let act = Self.act(of: source, into: survivor)
            let acts = try viewer.reader.parts(of: act)
            for part in survivor.parts {
                let space = part.key.space
                var entries = acts.first { $0.key.space == space }.map(Self.snapshot)?.entries ?? []
                if source.uid != merged.uid {
                    let keys = Set(brought[space]?.map(\.key) ?? [])
                    entries.removeAll { !keys.contains($0.key) }
                }
                let steps = try steps(takingBack: entries, act, part, survivor, &kept, viewer)
                if !steps.isEmpty {
                    edits[space, default: []].append(
                        RecordEdit(uid: survivor.uid, kind: part.state.kind, steps: steps)
                    )
                }
                brought[space] = entries
            }
            source = survivor
            next = try viewer.reader.target(of: survivor)
        }
    }

    private static func snapshot(_ act: StoredRecord) -> MergeSnapshot {
        let latest = act.state.siblings(of: FieldKey(22))
            .max { $0.version.attribution.time < $1.version.attribution.time }
        let text = latest?.version.content.bytes.map { String(decoding: $0, as: UTF8.self) }
        return MergeSnapshot(parsing: text ?? "[]")
    }

    private func steps(
        takingBack entries: [MergeSnapshot.Entry],
        _ act: RecordUID,
        _ part: StoredRecord,
        _ survivor: HeldRecord,
        _ kept: inout [String],
        _ viewer: RecordViewer
    ) throws -> [RecordEdit.Step] {
        var steps: [RecordEdit.Step] = []
        for entry in entries {
            let siblings = part.state.siblings(of: entry.key)
            guard siblings.contains(where: { $0.version.content.bytes != nil }) else { continue }
            let isUntouched = siblings.allSatisfy { sibling in
                let attribution = sibling.version.attribution
                return attribution.reason == .merging && attribution.note == act.description
            }
            guard isUntouched else {
                let field = survivor.kind.field(number: entry.key.number)
                let name = try viewer.name(of: survivor)
                kept.append("\(name) \(RecordViewer.name(of: entry.key.number, field))")
                continue
            }
            steps.append(
                .write(entry.key, entry.had ?? (entry.key.item.isEmpty ? .cleared : .absent))
            )
        }
        return steps
    }
}
