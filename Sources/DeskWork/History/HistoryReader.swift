import CausalHistory
import RecordModel
import RecordStorage

/// Tells what changes did to a record, from its live and its superseded versions.
struct HistoryReader {
    let viewer: RecordViewer
    /// Headquarters' journal of long ago, where it is at hand.
    var archive: JournalArchive?

    /// A version of a record with its place.
    struct Version {
        let key: FieldKey
        let sibling: Sibling
        let row: Int64
    }

    /// All versions of a record's parts that are kept here, or in the archive.
    func versions(of held: HeldRecord) throws -> [Version] {
        try held.parts.flatMap { part in
            let archived = try archive?.versions(of: part.key) ?? []
            let past = try (archived + viewer.reader.pastVersions(row: part.row)).map {
                Version(key: $0.key, sibling: $0.sibling, row: part.row)
            }
            return past
                + part.state.fields.flatMap { entry in
                    entry.siblings.siblings.map {
                        Version(key: entry.key, sibling: $0, row: part.row)
                    }
                }
        }
    }

    /// Returns the entries of a record, newest first.
    ///
    /// - Parameters:
    ///   - held: The record.
    ///   - field: Only the field of this number.
    ///   - dots: Only what these changes did; nil for all.
    /// - Returns: The entries, newest first.
    /// - Throws: What the store reports.
    func entries(
        of held: HeldRecord,
        field: UInt32? = nil,
        dots: Set<Dot>? = nil
    ) throws -> [HistoryEntry] {
        let versions = try versions(of: held)
        var byDot: [Place: [Version]] = [:]
        for version in versions {
            let place = Place(row: version.row, key: version.key, dot: version.sibling.dot)
            byDot[place, default: []].append(version)
        }
        let name = try viewer.name(of: held)
        let wanted = versions.filter { version in
            (dots?.contains(version.sibling.dot) ?? true)
                && (field.map { $0 == version.key.number } ?? true)
                && version.key != .shortID
        }
        return try wanted.sorted(by: Self.follows).map { version in
            let replaced = version.sibling.version.parents.flatMap { dot in
                byDot[Place(row: version.row, key: version.key, dot: dot)] ?? []
            }
            return try entry(version, replaced: replaced, of: held, name: name)
        }
    }

    private struct Place: Hashable {
        let row: Int64
        let key: FieldKey
        let dot: Dot
    }

    /// Newest first; what one change did in the order of the fields.
    private static func follows(_ left: Version, _ right: Version) -> Bool {
        let (time, other) = (
            left.sibling.version.attribution.time, right.sibling.version.attribution.time
        )
        if time != other { return time > other }
        if left.sibling.dot != right.sibling.dot { return left.sibling.dot < right.sibling.dot }
        return left.key < right.key
    }

    private func entry(
        _ version: Version,
        replaced: [Version],
        of held: HeldRecord,
        name: String
    ) throws -> HistoryEntry {
        let isLife = version.key == .life
        let field = isLife ? nil : held.kind.field(number: version.key.number)
        // Of several that were replaced at once, the latest was the one that was shown.
        let old = replaced.max {
            $0.sibling.version.attribution.time < $1.sibling.version.attribution.time
        }?.sibling.version.content
        let new = version.sibling.version.content
        let provenance = try viewer.provenance(of: version.sibling, true)
        return HistoryEntry(
            change: provenance.change,
            id: name,
            uid: held.uid,
            field: isLife ? nil : RecordViewer.name(of: version.key.number, field),
            item: isLife ? nil : viewer.itemName(version.key, field),
            old: try json(old, version.key, field),
            new: try json(new, version.key, field),
            oldText: text(old, version.key, field),
            newText: text(new, version.key, field),
            provenance: provenance,
            action: Self.action(
                new,
                old: old,
                key: version.key,
                version.sibling.version.attribution.reason
            )
        )
    }

    /// Returns a content as scripts read it, or nil where it is no value.
    func json(_ content: Content?, _ key: FieldKey, _ field: Field?) throws -> JSONValue? {
        guard let content else { return nil }
        if key == .life { return .string(content.isDeletion ? "deleted" : "alive") }
        guard case .value(let bytes) = content else { return nil }
        return try viewer.json(
            key,
            bytes,
            field,
            rowKey: field?.hasRandomKeys == true ? Field.displayKeys(of: [key.item])[0] : nil
        )
    }

    /// Returns a content as a person reads it; empty where it is no value.
    func text(_ content: Content?, _ key: FieldKey, _ field: Field?) -> String {
        guard let content else { return "" }
        if key == .life { return content.isDeletion ? "deleted" : "alive" }
        guard case .value(let bytes) = content else { return "" }
        return viewer.text(key, bytes, field)
    }

    private static func action(
        _ new: Content,
        old: Content?,
        key: FieldKey,
        _ reason: ChangeReason
    ) -> HistoryEntry.Action {
        switch reason {
        case .importing: return .import
        case .resolution: return .resolve
        case .merging: return .merge
        case .refusal: return .refuse
        case .edit, .undo: break
        }
        switch new {
        case .deleted: return .delete
        case .absent: return .remove
        case .cleared: return .clear
        case .value where key == .life: return old == nil ? .create : .undelete
        case .value:
            let isNew = old.map { $0.bytes == nil } ?? true
            return !key.item.isEmpty && isNew ? .add : .set
        }
    }
}
