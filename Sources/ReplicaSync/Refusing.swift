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
    ///
    /// What a newer schema than this one may allow is not judged while some desk works by one: a value
    /// of a kind or field that is not known here, a word or code that is in no list here.
    /// Spec: `Protocol/spec/05-sync.md` §6.
    func refuseInvalid(_ page: Page, in space: SpaceName) throws -> [Refusal] {
        var refusals: [Refusal] = []
        if page.records.isEmpty { return refusals }
        let judge = ValueJudge(
            schema: reader.schema,
            isOutdated: try reader.newestPeerSchema() > reader.schema.version
        )
        let suspects = try concurrentMap(page.records) { judge.invalidFields(of: $0) }
        for (delta, suspects) in zip(page.records, suspects) where !suspects.isEmpty {
            guard let kind = judge.schema.kind(number: delta.kind),
                let record = try reader.record(RecordKey(space: space, uid: delta.uid))
            else { continue }
            for entry in suspects {
                guard let field = kind.field(number: entry.key.number) else { continue }
                let live = record.state.siblings(of: entry.key)
                let invalid = live.filter {
                    !judge.allows($0.version.content, in: field, at: entry.key)
                }
                guard !invalid.isEmpty else { continue }
                let message = "not a value of \(field.name)"
                try supersede(invalid, in: entry.key, of: record, message) {
                    judge.allows($0, in: field, at: entry.key)
                }
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
        _ message: String,
        allows: (Content) -> Bool
    ) throws {
        // What others wrote beside it stays, all of it.
        let valid = record.state.siblings(of: key).filter { !invalid.contains($0) }
            .map(\.version.content)
        let parents = invalid.flatMap(\.version.parents)
        let before = try parents.lazy.flatMap { parent in
            try self.reader.pastVersions(of: key, dot: parent, row: record.row)
        }.first { allows($0.version.content) }
        let fallback: Content = key.item.isEmpty ? .cleared : .absent
        let contents =
            valid.isEmpty
            ? [before?.version.content ?? fallback] : Array(Set(valid)).sorted()
        try commit(
            [
                RecordEdit(
                    uid: record.key.uid,
                    kind: record.state.kind,
                    steps: [.restore(key, contents)]
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

/// Tells which values headquarters' schema does not allow.
private struct ValueJudge: Sendable {
    let schema: Schema
    /// Whether some desk works by a later schema.
    let isOutdated: Bool

    /// The fields of a record with a version that is not allowed.
    /// - Complexity: O(*n*) in the bytes of the values, each of which is read anew.
    func invalidFields(of delta: RecordDelta) -> [FieldEntry] {
        guard let kind = schema.kind(number: delta.kind) else { return [] }
        return delta.fields.filter { entry in
            guard entry.key != .life, let field = kind.field(number: entry.key.number) else {
                return false
            }
            return !entry.siblings.siblings.allSatisfy {
                allows($0.version.content, in: field, at: entry.key)
            }
        }
    }

    /// Whether a content may stand in a field.
    func allows(_ content: Content, in field: Field, at key: FieldKey) -> Bool {
        switch content {
        case .value(let bytes) where key.item.isEmpty:
            field.isCanonical(register: bytes, inLaterVersion: isOutdated)
        case .value(let bytes):
            field.isCanonical(
                item: Item(key: key.item, value: bytes),
                inLaterVersion: isOutdated
            )
        case .absent: !key.item.isEmpty
        case .cleared: key.item.isEmpty
        case .deleted: false
        }
    }
}
