import CausalHistory
import RecordModel
import RecordStorage

/// Lists what a person has to decide in a record, and what the schema decided.
struct ConflictReader {
    let viewer: RecordViewer
    private var history: HistoryReader { HistoryReader(viewer: viewer) }

    /// A conflict with the part that holds it.
    struct Found {
        let conflict: Conflict
        let part: StoredRecord
        /// The policy that settled it and what is shown; nil where a person has to decide.
        let settled: (policy: Policy, shown: Content)?
    }

    /// The conflicts of a record.
    func conflicts(of held: HeldRecord) throws -> [Found] {
        try found(in: held).filter { $0.settled == nil }
    }

    /// What policies settled in a record.
    func settled(in held: HeldRecord) throws -> [Found] {
        try found(in: held).filter { $0.settled != nil }
    }

    /// What headquarters took back of what this desk wrote, as far as nothing was written there since:
    /// the version that stands and the one that was refused.
    func refusals(in held: HeldRecord, ofDesk code: String) throws -> [Found] {
        guard !held.isHidden else { return [] }
        var result: [Found] = []
        for part in held.parts {
            for entry in part.state.fields {
                let standing = try entry.siblings.siblings
                    .map { try origin(of: $0, entry.key, part) }
                    .filter { $0.version.attribution.reason == .refusal }
                guard let refusal = standing.first else { continue }
                let field = held.kind.field(number: entry.key.number)
                let refused = try refusal.version.parents.flatMap {
                    try viewer.reader.pastVersions(of: entry.key, dot: $0, row: part.row)
                }.filter { past in
                    try viewer.desk(of: past.dot.actor) == code
                        && !standing.contains { $0.version.content == past.version.content }
                }
                if refused.isEmpty { continue }
                var conflict = try conflict(
                    entry.key,
                    standing + refused,
                    basedOn: refused,
                    field,
                    part,
                    held
                )
                conflict.refusal = refusal.version.attribution.note
                result.append(Found(conflict: conflict, part: part, settled: nil))
            }
        }
        return result
    }

    private func found(in held: HeldRecord) throws -> [Found] {
        guard !held.isHidden else { return [] }
        var result: [Found] = []
        for part in held.parts {
            if part.state.life == .contested {
                result.append(
                    Found(conflict: try life(of: part, held), part: part, settled: nil)
                )
            }
            for entry in part.state.fields
            where entry.siblings.siblings.count > 1 && entry.key != .life {
                let field = held.kind.field(number: entry.key.number)
                let reading = try viewer.reader.reading(of: entry, as: field, row: part.row)
                switch reading.standing {
                case .single, .equal: continue
                case .conflict, .settled:
                    let conflict = try conflict(entry.key, reading.siblings, field, part, held)
                    var settled: (Policy, Content)?
                    if case .settled(let policy) = reading.standing {
                        settled = (policy, reading.shown)
                    }
                    result.append(Found(conflict: conflict, part: part, settled: settled))
                }
            }
        }
        return result
    }

    private func conflict(
        _ key: FieldKey,
        _ siblings: [Sibling],
        basedOn: [Sibling]? = nil,
        _ field: Field?,
        _ part: StoredRecord,
        _ held: HeldRecord
    ) throws -> Conflict {
        let origins = try siblings.map { try origin(of: $0, key, part) }
        let versions = try siblings.enumerated().map { index, sibling in
            try version(
                n: index + 1,
                sibling.version.content,
                try viewer.provenance(of: origins[index], true),
                key,
                field
            )
        }
        return Conflict(
            id: try viewer.name(of: held),
            uid: held.uid,
            kind: held.kindName,
            title: viewer.title(of: held),
            space: part.key.space,
            field: RecordViewer.name(of: key.number, field),
            definition: field,
            item: viewer.itemName(key, field),
            key: key,
            base: try base(of: basedOn ?? origins, key, field, part),
            siblings: versions
        )
    }

    /// Returns the version that an undo put back, so that its author is named, or the version
    /// itself.
    private func origin(
        of sibling: Sibling,
        _ key: FieldKey,
        _ part: StoredRecord
    ) throws -> Sibling {
        guard sibling.version.attribution.reason == .undo else { return sibling }
        let earlier = try viewer.reader.pastVersions(of: key, row: part.row).filter {
            $0.version.content == sibling.version.content
                && ![.undo, .resolution].contains($0.version.attribution.reason)
        }
        return earlier.max {
            $0.version.attribution.time < $1.version.attribution.time
        } ?? sibling
    }

    private func version(
        n: Int,
        _ content: Content,
        _ provenance: Provenance,
        _ key: FieldKey,
        _ field: Field?,
        edits: [String] = []
    ) throws -> ConflictVersion {
        ConflictVersion(
            n: n,
            value: try history.json(content, key, field),
            text: history.text(content, key, field),
            content: content,
            provenance: provenance,
            edits: edits
        )
    }

    /// What stood there before: the latest version that all siblings replaced, else that some did.
    private func base(
        of siblings: [Sibling],
        _ key: FieldKey,
        _ field: Field?,
        _ part: StoredRecord
    ) throws -> ConflictVersion? {
        let parents = siblings.map { Set($0.version.parents) }
        let common = parents.dropFirst().reduce(parents.first ?? []) { $0.intersection($1) }
        let dots = common.isEmpty ? parents.reduce([]) { $0.union($1) } : common
        let bases = try dots.flatMap {
            try viewer.reader.pastVersions(of: key, dot: $0, row: part.row)
        }
        guard
            let base = bases.max(by: {
                $0.version.attribution.time < $1.version.attribution.time
            })
        else { return nil }
        return try version(
            n: 0,
            base.version.content,
            try viewer.provenance(of: base, true),
            key,
            field
        )
    }

    // MARK: Life

    /// An edit beside a deletion: the deletions on one side, on the other the latest edit that they
    /// had not seen, or that somebody kept the record alive.
    private func life(of part: StoredRecord, _ held: HeldRecord) throws -> Conflict {
        let state = part.state
        let unseen = state.unwitnessed
        var names: [String] = []
        for key in unseen {
            let name = RecordViewer.name(of: key.number, held.kind.field(number: key.number))
            if !names.contains(name) { names.append(name) }
        }
        var sides = state.siblings(of: .life).filter { $0.version.content.isDeletion }
        let kept = state.siblings(of: .life).filter { !$0.version.content.isDeletion }
        let edits = unseen.flatMap { state.siblings(of: $0) }
        let latest = (kept.isEmpty ? edits : kept).max {
            $0.version.attribution.time < $1.version.attribution.time
        }
        if let latest { sides.append(latest) }
        sides.sort { left, right in
            let (time, other) = (left.version.attribution.time, right.version.attribution.time)
            return time == other ? left.dot < right.dot : time < other
        }
        let versions = try sides.enumerated().map { index, sibling in
            let isDeletion = sibling.version.content.isDeletion
            return try version(
                n: index + 1,
                isDeletion ? sibling.version.content : .alive,
                try viewer.provenance(of: sibling, true),
                .life,
                nil,
                edits: isDeletion ? [] : names
            )
        }
        return Conflict(
            id: try viewer.name(of: held),
            uid: held.uid,
            kind: held.kindName,
            title: viewer.title(of: held),
            space: part.key.space,
            field: "life",
            definition: nil,
            item: nil,
            key: .life,
            base: nil,
            siblings: versions
        )
    }
}
