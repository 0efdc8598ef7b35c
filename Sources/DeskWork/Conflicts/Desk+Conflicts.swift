import CausalHistory
import RecordModel
import RecordStorage

extension Desk {
    /// The number of conflicts that wait for a person.
    public func conflictCount() throws -> Int {
        try store.read { try $0.conflictCount() }
    }

    /// Returns the conflicts that wait for a person, oldest first.
    ///
    /// - Parameters:
    ///   - id: Only of this record.
    ///   - field: Only of this field.
    ///   - kind: Only of this kind.
    ///   - space: Only in this space.
    /// - Returns: The conflicts, oldest first.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `unknown_kind`, `unknown_space`).
    public func conflicts(
        of id: String? = nil,
        field: String? = nil,
        kind: String? = nil,
        space: String? = nil
    ) throws -> [Conflict] {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            return try found(viewer, id, field, kind, space).map(\.conflict)
        }
    }

    /// Returns what policies of the schema settled without a person, oldest first.
    /// - Complexity: O(*n*) in the number of records, unless one is named.
    public func settledConflicts(
        of id: String? = nil,
        field: String? = nil,
        kind: String? = nil,
        space: String? = nil
    ) throws -> [SettledConflict] {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let conflicts = ConflictReader(viewer: viewer)
            var found: [ConflictReader.Found] = []
            if let id {
                found = try conflicts.settled(in: RecordFinder(viewer).record(named: id))
            } else {
                try reader.forEachHeld(kind: try kind.map(self.kind(named:))) { held in
                    found += try conflicts.settled(in: held)
                    return true
                }
            }
            let chosen = try chosen(found, reader, field, kind, space)
            return try chosen.compactMap { found in
                guard let settled = found.settled else { return nil }
                let shown = try HistoryReader(viewer: viewer).json(
                    settled.shown,
                    found.conflict.key,
                    found.conflict.definition
                )
                return SettledConflict(
                    conflict: found.conflict,
                    policy: settled.policy,
                    shown: shown
                )
            }
        }
    }

    /// Returns what headquarters took back of what this desk wrote, since it is no value of the field,
    /// oldest first, as far as nobody has written there since.
    /// - Throws: `DeskError` (`unknown_kind`, `unknown_space`).
    public func refusedEdits(
        field: String? = nil,
        kind: String? = nil,
        space: String? = nil
    ) throws -> [Conflict] {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            return try refused(viewer, field, kind, space).map(\.conflict)
        }
    }

    private func refused(
        _ viewer: RecordViewer,
        _ field: String?,
        _ kind: String?,
        _ space: String?
    ) throws -> [ConflictReader.Found] {
        let conflicts = ConflictReader(viewer: viewer)
        var found: [ConflictReader.Found] = []
        var seen: Set<RecordUID> = []
        for row in try viewer.reader.refusedRows() {
            guard let part = try viewer.reader.record(row: row),
                seen.insert(part.key.uid).inserted,
                let held = try viewer.reader.held(part.key.uid)
            else { continue }
            found += try conflicts.refusals(in: held, ofDesk: code)
        }
        return try chosen(found, viewer.reader, field, kind, space)
    }

    /// Returns the conflicts, and what headquarters took back, with what a person needs to decide them,
    /// oldest first.
    /// - Throws: `DeskError` (`unknown_kind`, `unknown_space`).
    public func reviewItems(
        kind: String? = nil,
        space: String? = nil
    ) throws -> [ReviewItem] {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let found = try found(viewer, nil, nil, kind, space)
            // What is both in conflict and taken back is decided once.
            let places = Set(found.map { FieldPlace($0) })
            let refused = try refused(viewer, nil, kind, space).filter {
                !places.contains(FieldPlace($0))
            }
            return try (found + refused).map { try ReviewReader(viewer: viewer).item($0) }
        }
    }

    func found(
        _ viewer: RecordViewer,
        _ id: String?,
        _ field: String?,
        _ kind: String?,
        _ space: String?
    ) throws -> [ConflictReader.Found] {
        let conflicts = ConflictReader(viewer: viewer)
        var found: [ConflictReader.Found] = []
        if let id {
            found = try conflicts.conflicts(of: RecordFinder(viewer).record(named: id))
        } else {
            var seen: Set<RecordUID> = []
            for part in try viewer.reader.conflictedRecords()
            where seen.insert(part.key.uid).inserted {
                guard let held = try viewer.reader.held(part.key.uid) else { continue }
                found += try conflicts.conflicts(of: held)
            }
        }
        return try chosen(found, viewer.reader, field, kind, space)
    }

    private func chosen(
        _ found: [ConflictReader.Found],
        _ reader: StoreReader,
        _ field: String?,
        _ kind: String?,
        _ space: String?
    ) throws -> [ConflictReader.Found] {
        let kind = try kind.map(self.kind(named:))
        let space = try space.map { try self.space(named: $0, reader) }
        return found.filter { found in
            (field.map { $0 == found.conflict.field } ?? true)
                && (kind.map { $0.name == found.conflict.kind } ?? true)
                && (space.map { $0 == found.conflict.space } ?? true)
        }.sorted { left, right in
            let (one, other) = (left.conflict, right.conflict)
            if one.since != other.since { return one.since < other.since }
            return one.uid == other.uid ? one.key < other.key : one.uid < other.uid
        }
    }
}

/// Where a conflict stands.
private struct FieldPlace: Hashable {
    let row: Int64
    let key: FieldKey

    init(_ found: ConflictReader.Found) {
        row = found.part.row
        key = found.conflict.key
    }
}
