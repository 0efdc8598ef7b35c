import CausalHistory
import RecordModel
import RecordStorage

/// Two records in no order.
struct RecordPair: Hashable {
    let first: RecordUID
    let second: RecordUID

    init(_ one: RecordUID, _ other: RecordUID) {
        first = min(one, other)
        second = max(one, other)
    }

    /// What the number of a decision about the pair is derived from.
    var identifier: String { "\(first) \(second)" }
}

extension StoreReader {
    /// Returns the pairs of which somebody said that they are two, by the records that stand for
    /// them now.
    func pairsSaidToBeTwo() throws -> Set<RecordPair> {
        var pairs: Set<RecordPair> = []
        try forEachRecord(kind: DecisionKind.notSame) { decision in
            guard !decision.state.isHidden else { return true }
            let ends = try [FieldKey(20), FieldKey(21)].map { key in
                try decision.reference(at: key).map { try standing($0) }
            }
            if let one = ends[0], let other = ends[1], one != other {
                pairs.insert(RecordPair(one, other))
            }
            return true
        }
        return pairs
    }

    /// The record that stands for one, which may not be here.
    private func standing(_ uid: RecordUID) throws -> RecordUID {
        guard let held = try held(uid) else { return uid }
        return try survivor(of: held)?.uid ?? uid
    }
}

extension StoredRecord {
    /// The record that a register refers to by number.
    func reference(at key: FieldKey) -> RecordUID? {
        for sibling in state.siblings(of: key) {
            if let bytes = sibling.version.content.bytes,
                case .uid(let uid)? = Reference(String(decoding: bytes, as: UTF8.self))
            {
                return uid
            }
        }
        return nil
    }
}

extension Desk {
    /// Says that two records are two, so that they are not shown as doubles again, at any desk that
    /// the decision reaches.
    ///
    /// It is one record whichever desk says it: its number follows from the pair.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`; `bad_value` for one record, for two kinds,
    ///   for records that were merged).
    public func notSame(
        _ one: String,
        _ other: String,
        because reason: String? = nil
    ) throws -> ChangeReceipt {
        try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let (first, second) = try pair(one, other, viewer)
            let pair = RecordPair(first.uid, second.uid)
            let space = self.space(for: first, second)
            guard let kind = schema.kind(number: DecisionKind.notSame) else {
                throw DeskError(.unknownKind, "the schema has no decisions about pairs")
            }
            let uid = RecordUID(
                space: space,
                kind: kind.number,
                scheme: "pair",
                identifier: pair.identifier
            )
            var draft: RecordDraft
            if let held = try writer.reader.held(uid) {
                draft = RecordDraft(held, missionSpace: missionSpace)
                if held.isHidden { draft.undelete() }
            } else {
                draft = RecordDraft(new: uid, kind: kind, space: space, missionSpace: missionSpace)
                draft.write(.alive, to: .life, in: space)
            }
            func write(_ name: String, _ text: String) {
                guard let field = kind.field(named: name) else { return }
                let content = Content.value(Array(text.utf8))
                // Said again it stays as it was said first.
                if draft.content(of: FieldKey(field.number), in: space)?.bytes == nil {
                    draft.write(content, to: field, in: space)
                }
            }
            write("first", Reference.uid(pair.first).text)
            write("second", Reference.uid(pair.second).text)
            write("by", officer)
            write("at", store.environment.now().text)
            if let reason, !reason.isEmpty, let field = kind.field(named: "reason") {
                var warnings: [ValueWarning] = []
                do throws(ValueError) {
                    let input = try field.input(text: reason, context: context, warnings: &warnings)
                    if case .register(let bytes) = input {
                        draft.write(.value(bytes), to: field, in: space)
                    }
                } catch {
                    throw DeskError(error, field: "--because")
                }
            }
            return try commit(draft, writer, viewer)
        }
    }

    /// Where a decision about a pair is kept: beside both records, or, where they lie in two spaces,
    /// in the mission's own, since nobody else need hold both.
    private func space(for first: HeldRecord, _ second: HeldRecord) -> SpaceName {
        let spaces = (first.main.key.space, second.main.key.space)
        return spaces.0 == spaces.1 ? spaces.0 : missionSpace
    }

    /// Returns two visible records of one kind by what a person calls them, or those that stand for
    /// them.
    func pair(
        _ one: String,
        _ other: String,
        _ viewer: RecordViewer
    ) throws -> (HeldRecord, HeldRecord) {
        let finder = RecordFinder(viewer)
        let records = try [one, other].map { text in
            let held = try finder.record(named: text)
            return try viewer.reader.survivor(of: held) ?? held
        }
        for held in records { _ = try draft(of: held, viewer) }
        let names = try records.map(viewer.name)
        guard records[0].uid != records[1].uid else {
            throw DeskError(.badValue, "both are \(names[0])")
        }
        guard records[0].main.state.kind == records[1].main.state.kind else {
            throw DeskError(
                .badValue,
                "\(names[0]) is of kind \(records[0].kindName), \(names[1]) of \(records[1].kindName)"
            )
        }
        return (records[0], records[1])
    }
}
