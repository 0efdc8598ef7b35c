import CausalHistory
import Foundation
import RecordModel
import RecordStorage

/// What an import knows beside the replica's indexes: names, deleted records, and what it made
/// itself that is not committed yet.
///
/// It is filled when a row first needs it, with one look at the records of the kind.
/// - Complexity: memory O(*n*) in the number of records, 16 bytes each or so.
final class ImportMemory {
    private var uids: [UInt64: [RecordUID]] = [:]
    /// Deleted records by the identifiers that they bore.
    private var deleted: [LookupKey: RecordUID] = [:]
    private var kinds: Set<UInt32> = []
    /// The portraits of records that are not committed yet.
    private var pending: [RecordUID: Portrait] = [:]
    /// The names of the files of each run; nil for one that this replica does not know.
    private var files: [String: Set<String>?] = [:]
    /// The records that rows of this run made or were about, each with the latest file of such a row.
    private var claims: [RecordUID: [UInt8]] = [:]

    /// Returns records of a name that a row bears, as far as they are not all too many.
    func candidates(
        for portrait: Portrait,
        of kind: Kind,
        _ reader: StoreReader
    ) throws -> [RecordUID] {
        try fill(kind, reader)
        var found: [RecordUID] = []
        for name in portrait.names.sorted() {
            for uid in uids[name] ?? [] where !found.contains(uid) { found.append(uid) }
        }
        return found
    }

    /// Returns the deleted record that bore one of a row's identifiers.
    func deletedRecord(
        with keys: [RowKey],
        of kind: Kind,
        _ reader: StoreReader
    ) throws -> RecordUID? {
        try fill(kind, reader)
        return deleted.isEmpty ? nil : keys.lazy.compactMap { self.deleted[$0.lookup] }.first
    }

    /// The portrait of a record that waits for its commit.
    func pendingPortrait(of uid: RecordUID) -> Portrait? { pending[uid] }

    /// Whether an earlier row of a file made a record or was about it.
    func isClaimed(_ uid: RecordUID, by source: [UInt8]) -> Bool { claims[uid] == source }

    /// Remembers what became of a row of a file.
    func remember(_ uid: RecordUID, _ portrait: Portrait, of source: [UInt8], isNew: Bool) {
        claims[uid] = source
        guard isNew else { return }
        for name in portrait.names { uids[name, default: []].append(uid) }
        pending[uid] = portrait
    }

    /// Whether a run read a file of this name; a run of another desk, whose files are not known, may have.
    func isRun(_ run: String, of file: String, _ reader: StoreReader) throws -> Bool {
        let names: Set<String>?
        if let known = files[run] {
            names = known
        } else {
            names = try reader.importRun(run).map { stored in
                Set(stored.files.split(separator: "\n").map { Self.name(of: String($0)) })
            }
            files[run] = .some(names)
        }
        return names?.contains(Self.name(of: file)) ?? true
    }

    private static func name(of file: String) -> String { (file as NSString).lastPathComponent }

    /// Says that everything is committed.
    func didCommit() { pending.removeAll(keepingCapacity: true) }

    private func fill(_ kind: Kind, _ reader: StoreReader) throws {
        guard kinds.insert(kind.number).inserted else { return }
        let hasNames = Portrait.applies(to: kind)
        try reader.forEachHeld(kind: kind) { held in
            if held.isHidden {
                forget(held, kind)
            } else if hasNames {
                for name in Portrait(held, kind: kind).names {
                    uids[name, default: []].append(held.uid)
                }
            }
            return true
        }
    }

    private func forget(_ held: HeldRecord, _ kind: Kind) {
        guard held.life == .deleted, let field = kind.field(named: "import_ids") else { return }
        for entry in held.main.state.entries(of: field.number) {
            deleted[LookupKey(scheme: "import", entry.key.item)] = held.uid
        }
    }
}
