import CausalHistory
import RecordModel
import RecordStorage

/// Tells what a row says that its source did not say before.
///
/// An import is a three-way merge whose base is what the last run with the same file wrote, or else the
/// last run: what the source says unchanged gives way to what officers, or other files, made of it
/// meanwhile, so that the same file again changes nothing. A value that stands in conflict is left to a
/// person.
struct ImportNews {
    let held: HeldRecord
    let reader: StoreReader
    /// The file that speaks.
    let file: String
    let memory: ImportMemory

    /// What is to be done with a value of a row.
    enum Verdict {
        /// The record says it, or the source said it before.
        case old
        /// The content is to be written.
        case news(Content)
        /// A person has to decide between versions first.
        case conflict
    }

    /// Judges the value of a single-valued field.
    func judge(_ bytes: [UInt8], of field: Field, in space: SpaceName) throws -> Verdict {
        try judge(bytes, at: FieldKey(field.number), field, in: space)
    }

    /// Judges a value or item of a field that the schema does not know.
    func judge(unknown bytes: [UInt8], at key: FieldKey, in space: SpaceName) throws -> Verdict {
        try judge(bytes, at: key, nil, in: space)
    }

    private func judge(
        _ bytes: [UInt8],
        at key: FieldKey,
        _ field: Field?,
        in space: SpaceName
    ) throws -> Verdict {
        guard let state = try state(of: key, field, in: space) else { return .news(.value(bytes)) }
        let content = Content.value(bytes)
        if state.reading.shown == content { return .old }
        if state.reading.isConflict {
            let isOne = state.reading.siblings.contains { $0.version.content == content }
            return isOne ? .old : .conflict
        }
        return state.imported.contains(content) ? .old : .news(content)
    }

    /// Judges an item: parts that the source changed are put into the item that is here.
    func judge(_ item: Item, of field: Field, in space: SpaceName) throws -> Verdict {
        let key = FieldKey(field.number, item: item.key)
        guard let state = try state(of: key, field, in: space) else {
            return .news(.value(item.value))
        }
        if state.reading.isConflict { return .conflict }
        let imported = state.imported.flatMap { field.partTexts(of: $0, key: item.key) }
        let news = (field.parts(of: item) ?? []).filter { !imported.contains($0) }
        guard case .value(let bytes) = state.reading.shown else {
            // Somebody took the item away since the source last brought it.
            let isKnown = news.isEmpty && state.imported.contains { $0.bytes != nil }
            return isKnown ? .old : .news(.value(item.value))
        }
        let shown = Item(key: item.key, value: bytes)
        let merged = field.putting(news, into: shown)
        return merged == shown ? .old : .news(.value(merged.value))
    }

    private struct State {
        let reading: Reading
        /// What the source said last, which is several where one run read several files; none where no
        /// import wrote, or where it was taken back.
        let imported: [Content]
    }

    private func state(of key: FieldKey, _ field: Field?, in space: SpaceName) throws -> State? {
        guard let part = held.parts.first(where: { $0.key.space == space }) else { return nil }
        let siblings = part.state.siblings(of: key)
        guard !siblings.isEmpty else { return nil }
        let entry = FieldEntry(key: key, siblings: SiblingSet(siblings))
        let reading = try reader.reading(of: entry, as: field, row: part.row)
        if reading.version.version.attribution.reason == .undo {
            return State(reading: reading, imported: [])
        }
        let versions = siblings + (try reader.pastVersions(of: key, row: part.row))
        return State(reading: reading, imported: try imported(of: versions))
    }

    /// What the last run with the file wrote, or else the last run.
    private func imported(of versions: [Sibling]) throws -> [Content] {
        let imports = versions.filter { $0.version.attribution.reason == .importing }
            .sorted { $0.version.attribution.time > $1.version.attribution.time }
        let own = try imports.first { sibling in
            try memory.isRun(sibling.version.attribution.note, of: file, reader)
        }
        guard let base = own ?? imports.first else { return [] }
        let run = base.version.attribution.note
        return imports.filter { $0.version.attribution.note == run }.map(\.version.content)
    }
}

extension Field {
    /// The parts of an item with this content; none where it is no value.
    fileprivate func partTexts(of content: Content, key: [UInt8]) -> [PartText] {
        guard let bytes = content.bytes else { return [] }
        return parts(of: Item(key: key, value: bytes)) ?? []
    }
}
