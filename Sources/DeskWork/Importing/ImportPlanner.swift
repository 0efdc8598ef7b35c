import CausalHistory
import Foundation
import RecordModel
import RecordStorage

/// Decides what a row does to the replica.
struct ImportPlanner {
    let desk: Desk
    let viewer: RecordViewer
    let memory: ImportMemory

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
        /// One that this run made and has not committed yet: to be asked again when it has.
        case pending
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
        case 0:
            let deleted = try memory.deletedRecord(with: row.keys, of: row.kind, viewer.reader)
            if let deleted, let held = try viewer.reader.held(deleted) {
                return try accept(held, for: row)
            }
            return try similar(to: row)
                ?? .new(row.uid ?? RecordUID(desk.store.environment.random()))
        case 1: return try accept(found[0], for: row)
        default:
            let names = try found.map(viewer.name).joined(separator: ", ")
            return .held(reason: "its identifiers name several records: \(names)")
        }
    }

    /// How many records of one name are compared with a row; beyond, a name tells nothing.
    private static let candidateLimit = 64

    /// Finds the record that a row without a known identifier is about: one of the same name with
    /// which it shares what is one person's.
    private func similar(to row: ParsedRow) throws -> Match? {
        guard let portrait = row.portrait, !portrait.names.isEmpty else { return nil }
        var strong: [RecordUID] = []
        var weak: [RecordUID] = []
        let candidates = try memory.candidates(for: portrait, of: row.kind, viewer.reader)
        for uid in candidates.prefix(Self.candidateLimit) {
            let isClaimed = memory.isClaimed(uid, by: row.source)
            // Rows of one file that have identifiers of their own are different records.
            if isClaimed, row.isIdentified { continue }
            guard let other = try self.portrait(of: uid, row.kind) else { continue }
            switch portrait.likeness(to: other) {
            case .strong: strong.append(uid)
            // Two rows of one file are two people unless more than name and employer joins them.
            case .weak where !isClaimed && !row.isIdentified: weak.append(uid)
            case .weak, .none: continue
            }
        }
        let found = strong.isEmpty ? weak : strong
        guard let first = found.first else { return nil }
        guard found.count == 1 else {
            let names = try found.compactMap { try viewer.reader.held($0) }.map(viewer.name)
            return .held(reason: "several records fit by name: \(names.joined(separator: ", "))")
        }
        guard let held = try viewer.reader.held(first) else { return .pending }
        return try accept(held, for: row)
    }

    private func portrait(of uid: RecordUID, _ kind: Kind) throws -> Portrait? {
        if let pending = memory.pendingPortrait(of: uid) { return pending }
        guard let held = try viewer.reader.held(uid), !held.isHidden else { return nil }
        return Portrait(held, kind: kind)
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

    /// Checks that what this schema does not accept of a row is what its record says already: a value
    /// of a newer schema that an export brought out and back.
    /// - Throws: `DeskError`: why the value is not accepted.
    func requireKnown(_ row: ParsedRow, of held: HeldRecord?) throws {
        guard !row.unaccepted.isEmpty else { return }
        let view = try held.map { try viewer.view(of: $0) }
        for value in row.unaccepted {
            guard let shown = view?.field(value.field.name), value.isShown(as: shown) else {
                throw value.error
            }
        }
    }

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
        for (key, bytes) in row.unknown {
            draft.write(.value(bytes), to: key, in: draft.space(ofUnknown: key))
        }
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
        func news(of held: HeldRecord) -> ImportNews {
            ImportNews(held: held, reader: viewer.reader, file: row.file, memory: memory)
        }
        let own = news(of: held)
        let aliases = try viewer.reader.aliases(of: held).map { alias in
            (
                news: news(of: alias),
                draft: RecordDraft(alias, missionSpace: desk.missionSpace)
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
                switch try own.judge(bytes, of: field, in: space) {
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
                    switch try own.judge(item, of: field, in: space) {
                    case .old: continue
                    case .news(let content): draft.write(content, to: field, item: item.key)
                    case .conflict: conflicts.append(field.name)
                    }
                }
            }
        }
        for (key, bytes) in row.unknown {
            let space = draft.space(ofUnknown: key)
            switch try own.judge(unknown: bytes, at: key, in: space) {
            case .old: continue
            case .news(let content): draft.write(content, to: key, in: space)
            case .conflict: conflicts.append(Kind.unknownName(key.number))
            }
        }
        if !draft.isEmpty {
            addSource(of: row, to: &draft)
            // So that the row finds the record again whatever becomes of what joined them.
            if let (field, input) = row.ownID, case .items(let items) = input {
                for item in items {
                    let known = draft.items(of: field).contains { $0.item.key == item.key }
                    if !known { draft.write(.value([]), to: field, item: item.key ?? []) }
                }
            }
        }
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
