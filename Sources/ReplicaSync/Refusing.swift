import CausalHistory
import RecordModel
import RecordStorage
import SyncProtocol

extension StoreWriter {
    /// Takes back the values of a page that the schema does not allow.
    ///
    /// The refused dot stays known; a write of headquarters supersedes it (the value accepted
    /// before, or a cleared field), so that everybody converges by ordinary merging and nothing
    /// that follows is held up. The refused value stays in the author's history.
    /// Spec: `Protocol/spec/05-sync.md` §6.
    func refuseInvalid(_ page: Page, in space: SpaceName) throws -> [Refusal] {
        var refusals: [Refusal] = []
        let schema = reader.schema
        let suspects = try concurrentMap(page.records) { $0.invalidFields(schema) }
        for (delta, suspects) in zip(page.records, suspects) where !suspects.isEmpty {
            guard let kind = schema.kind(number: delta.kind),
                let record = try reader.record(RecordKey(space: space, uid: delta.uid))
            else { continue }
            for entry in suspects {
                guard let field = kind.field(number: entry.key.number) else { continue }
                let live = record.state.siblings(of: entry.key)
                let invalid = live.filter { !field.allows($0.version.content, at: entry.key) }
                guard !invalid.isEmpty else { continue }
                let message = "not a value of \(field.name)"
                try supersede(invalid, in: entry.key, of: record, field, message)
                refusals += invalid.map {
                    Refusal(
                        uid: delta.uid,
                        key: entry.key,
                        dot: $0.dot,
                        code: "bad_value",
                        message: message
                    )
                }
            }
        }
        return refusals
    }

    private func supersede(
        _ invalid: [Sibling],
        in key: FieldKey,
        of record: StoredRecord,
        _ field: Field,
        _ message: String
    ) throws {
        let valid = record.state.siblings(of: key).first { !invalid.contains($0) }
        let parents = invalid.flatMap(\.version.parents)
        let before = try parents.lazy.flatMap { parent in
            try self.reader.pastVersions(of: key, dot: parent, row: record.row)
        }.first { field.allows($0.version.content, at: key) }
        let fallback: Content = key.item.isEmpty ? .cleared : .absent
        let content = (valid ?? before)?.version.content ?? fallback
        try commit(
            [
                RecordEdit(
                    uid: record.key.uid,
                    kind: record.state.kind,
                    steps: [.write(key, content)]
                )
            ],
            in: record.key.space,
            attribution: Attribution(
                time: nextTime(),
                author: "headquarters",
                reason: .refusal,
                note: message
            )
        )
    }
}

extension RecordDelta {
    /// The fields with a version that the schema does not allow.
    /// - Complexity: O(*n*) in the bytes of the values, each of which is read anew.
    fileprivate func invalidFields(_ schema: Schema) -> [FieldEntry] {
        guard let kind = schema.kind(number: kind) else { return [] }
        return fields.filter { entry in
            guard entry.key != .life, let field = kind.field(number: entry.key.number) else {
                return false
            }
            return !entry.siblings.siblings.allSatisfy {
                field.allows($0.version.content, at: entry.key)
            }
        }
    }
}

extension Field {
    /// Whether a content may stand in this field.
    func allows(_ content: Content, at key: FieldKey) -> Bool {
        switch content {
        case .value(let bytes):
            key.item.isEmpty
                ? isRegister && isCanonical(register: bytes)
                : !isRegister && isCanonical(item: Item(key: key.item, value: bytes))
        case .absent: !key.item.isEmpty
        case .cleared: key.item.isEmpty
        case .deleted: false
        }
    }
}
