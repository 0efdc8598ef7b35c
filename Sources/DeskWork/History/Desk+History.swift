import CausalHistory
import RecordModel
import RecordStorage

extension Desk {
    /// Returns what happened to a record, newest first.
    ///
    /// - Parameters:
    ///   - id: The record's name.
    ///   - field: Only this field; nil for all.
    ///   - archive: Headquarters' journal of long ago, where it is at hand.
    /// - Returns: The entries, newest first.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `unknown_field`).
    public func history(
        _ id: String,
        field: String? = nil,
        archive: JournalArchive? = nil
    ) throws -> [HistoryEntry] {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let held = try RecordFinder(viewer).record(named: id)
            let number = try field.map { try Self.number(ofField: $0, in: held.kind) }
            return try HistoryReader(viewer: viewer, archive: archive)
                .entries(of: held, field: number)
        }
    }

    /// Returns the number of a field by its name; `#57` is one that the schema does not know.
    /// - Throws: `DeskError` (`unknown_field`).
    static func number(ofField name: String, in kind: Kind) throws(DeskError) -> UInt32 {
        guard
            let number = kind.field(named: name)?.number ?? Kind.number(inUnknownName: name)
        else { throw unknownField(name, of: kind) }
        return number
    }

    /// Calls a body with what happened in this replica, newest first.
    ///
    /// - Parameters:
    ///   - since: The earliest time; nil for all.
    ///   - body: Returns whether to go on.
    /// - Throws: What the body throws; what the store reports.
    public func forEachLogEntry(
        since: HybridTime? = nil,
        _ body: (HistoryEntry) throws -> Bool
    ) throws {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let history = HistoryReader(viewer: viewer)
            try reader.forEachChange(since: since) { change in
                for row in change.rows {
                    guard let part = try reader.record(row: row),
                        let held = try reader.held(part.key.uid)
                    else { continue }
                    for entry in try history.entries(of: held, dots: [change.dot]) {
                        guard try body(entry) else { return false }
                    }
                }
                return true
            }
        }
    }
}
