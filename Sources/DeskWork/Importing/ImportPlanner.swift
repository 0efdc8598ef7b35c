import CausalHistory
import Foundation
import RecordModel
import RecordStorage

/// Decides what a row does to the replica.
struct ImportPlanner {
    let desk: Desk
    let viewer: RecordViewer

    /// Which record a row is about.
    enum Match {
        /// A new one.
        case new(RecordUID)
        /// One that is here.
        case existing(HeldRecord)
        /// One that an import made and whose run was taken back.
        case takenBack(HeldRecord)
        /// A person has to look.
        case held(reason: String)
    }

    // MARK: Matching

    /// Decides which record a row is about.
    func match(_ row: ParsedRow) throws -> Match {
        if let uid = row.uid, let held = try viewer.reader.held(uid) {
            return try accept(held, for: row)
        }
        var found: [HeldRecord] = []
        let finder = RecordFinder(viewer)
        for key in row.keys {
            for named in try finder.records(scheme: key.scheme, key.identifier) {
                let held = try viewer.reader.survivor(of: named) ?? named
                if held.main.state.kind == row.kind.number,
                    !found.contains(where: { $0.uid == held.uid })
                {
                    found.append(held)
                }
            }
        }
        if found.isEmpty, let shortID = row.shortID {
            found = try finder.records(scheme: "short", shortID).filter {
                $0.main.state.kind == row.kind.number && $0.main.key.space == row.space
            }
        }
        switch found.count {
        case 0: return .new(row.uid ?? RecordUID(desk.store.environment.random()))
        case 1: return try accept(found[0], for: row)
        default:
            let names = try found.map(viewer.name).joined(separator: ", ")
            return .held(reason: "its identifiers name several records: \(names)")
        }
    }

    private func accept(_ named: HeldRecord, for row: ParsedRow) throws -> Match {
        // What is said of a merged record is said of the one that stands for it.
        let held = try viewer.reader.survivor(of: named) ?? named
        if held.isHidden {
            let deletions = held.main.state.siblings(of: .life).map(\.version.attribution.reason)
            if held.life == .deleted, deletions.allSatisfy({ $0 == .undo }) {
                return .takenBack(held)
            }
            let name = try viewer.name(of: held)
            return .held(reason: "its record \(name) was deleted here; undelete it to take it in")
        }
        guard held.main.state.kind == row.kind.number else {
            let name = try viewer.name(of: held)
            return .held(reason: "its record \(name) is of kind \(held.kindName)")
        }
        return .existing(held)
    }

    // MARK: Filling

    /// Puts into the draft of a new record all that its row says.
    func fill(_ draft: inout RecordDraft, with row: ParsedRow, _ surroundings: DraftSurroundings) {
        for (field, input) in row.inputs + (row.ownID.map { [$0] } ?? []) {
            switch input {
            case .cleared: continue
            case .register(let bytes): draft.write(.value(bytes), to: field)
            case .items(let items):
                for item in items {
                    let key = item.key ?? surroundings.newKey()
                    draft.write(.value(item.value), to: field, item: key)
                }
            }
        }
        for (key, bytes) in row.unknown { draft.write(.value(bytes), to: key, in: draft.space) }
        addSource(of: row, to: &draft)
    }

    /// Puts into the draft of a record that is here what its row says and its source did not say
    /// before.
    /// - Returns: The fields in conflict that the row has another value of.
    func update(
        _ draft: inout RecordDraft,
        of held: HeldRecord,
        with row: ParsedRow,
        _ surroundings: DraftSurroundings
    ) throws -> [String] {
        let news = ImportNews(held: held, reader: viewer.reader)
        let aliases = try viewer.reader.aliases(of: held).map { alias in
            (
                news: ImportNews(held: alias, reader: viewer.reader),
                draft: RecordDraft(alias, kind: row.kind, missionSpace: desk.missionSpace)
            )
        }
        /// Whether the source said it before of a record that was merged into this one.
        func isOld(
            _ field: Field,
            _ judge: (ImportNews, SpaceName) throws -> ImportNews.Verdict
        )
            throws -> Bool
        {
            try aliases.contains { alias in
                if case .old = try judge(alias.news, alias.draft.space(of: field)) {
                    true
                } else {
                    false
                }
            }
        }
        var conflicts: [String] = []
        for (field, input) in row.inputs {
            let space = draft.space(of: field)
            switch input {
            case .cleared: continue
            case .register(let bytes):
                if try isOld(field, { try $0.judge(bytes, of: field, in: $1) }) { continue }
                switch try news.judge(bytes, of: field, in: space) {
                case .old: continue
                case .news(let content): draft.write(content, to: field)
                case .conflict: conflicts.append(field.name)
                }
            case .items(let items) where field.hasRandomKeys:
                let present = draft.items(of: field)
                for item in items { addRow(item, to: field, present, &draft, surroundings) }
            case .items(let items):
                for item in items.map({ Item(key: $0.key ?? [], value: $0.value) }) {
                    if try isOld(field, { try $0.judge(item, of: field, in: $1) }) { continue }
                    switch try news.judge(item, of: field, in: space) {
                    case .old: continue
                    case .news(let content): draft.write(content, to: field, item: item.key)
                    case .conflict: conflicts.append(field.name)
                    }
                }
            }
        }
        for (key, bytes) in row.unknown
        where draft.content(of: key, in: draft.space) != .value(bytes) {
            draft.write(.value(bytes), to: key, in: draft.space)
        }
        if !draft.isEmpty { addSource(of: row, to: &draft) }
        return conflicts
    }

    private func addSource(of row: ParsedRow, to draft: inout RecordDraft) {
        guard let sources = row.kind.field(named: "sources") else { return }
        let source = row.source
        if draft.held == nil || !draft.items(of: sources).contains(where: { $0.item.key == source })
        {
            draft.write(.value([]), to: sources, item: source)
        }
    }

    /// Rows and entries have random keys: the same content is the same row.
    private func addRow(
        _ row: ItemInput,
        to field: Field,
        _ present: [RecordDraft.HeldItem],
        _ draft: inout RecordDraft,
        _ surroundings: DraftSurroundings
    ) {
        if let named = row.rowKey,
            let known = present.first(where: { hexadecimal($0.item.key).hasPrefix(named) })
        {
            if known.item.value != row.value, field.shape == .rows {
                draft.write(.value(row.value), to: field, item: known.item.key, in: known.space)
            }
            return
        }
        if present.contains(where: { $0.item.value == row.value }) { return }
        draft.write(.value(row.value), to: field, item: surroundings.newKey())
    }
}
