import CausalHistory
import Foundation
import GRDB
import RecordModel

/// A record's part that was forgotten for good.
public struct StoredErasure: Sendable {
    /// The part.
    public let key: RecordKey
    /// The number of its kind.
    public let kind: UInt32
    /// Who erased it, when, and (in the note) why.
    public let erasure: Erasure
}

extension StoreReader {
    /// The erasures that this replica knows of, by row.
    /// - Complexity: O(*n*) in the number of hidden records.
    public func erasures() throws -> [StoredErasure] {
        try hiddenRecords().compactMap { record in
            record.state.erasure.map {
                StoredErasure(key: record.key, kind: record.state.kind, erasure: $0)
            }
        }
    }

    static let purgeDue = "purge_due"

    /// Whether values were erased whose bytes may still lie in the file.
    public var isPurgeDue: Bool {
        get throws { try setting(Self.purgeDue) != nil }
    }
}

/// Forgetting a record for good: what is left of it is its number, the time and the reason.
///
/// Spec: `Protocol/spec/08-storage.md` §4.
extension StoreWriter {
    /// Lets SQLite overwrite what it deletes, from here to the end of the connection.
    func beginErasing() throws {
        if hasErased { return }
        hasErased = true
        try wipeFreedPages()
    }

    /// Lets SQLite overwrite what this transaction frees, and `purgeErased` do the rest.
    func wipeFreedPages() throws {
        try db.execute(sql: "PRAGMA secure_delete = ON")
        try set(StoreReader.purgeDue, to: "1")
    }

    /// Takes away what else is kept of a record that was erased: what its versions replaced, what was refused
    /// of it, and states that the disk had changed.
    func eraseRemains(of uid: RecordUID, row: Int64, in ledger: SpaceLedger) throws {
        for table in ["past", "refusal"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE record = ?", arguments: [row])
        }
        try db.execute(
            sql: "DELETE FROM damaged WHERE space = ? AND uid = ?",
            arguments: [ledger.row, Int64(bitPattern: uid.value)]
        )
    }

    /// Erases the other parts of a record of which one was erased: what missions keep of its sensitive
    /// fields.
    ///
    /// - Parameters:
    ///   - uid: The record.
    ///   - erasure: The erasure of the one part.
    /// - Returns: Whether there was one to erase.
    /// - Throws: What the store reports.
    @discardableResult
    public func eraseOtherParts(of uid: RecordUID, after erasure: Erasure) throws -> Bool {
        var hasErased = false
        for part in try reader.parts(of: uid) where part.state.erasure == nil {
            let attribution = Attribution(
                time: nextTime(),
                author: erasure.attribution.author,
                note: erasure.attribution.note
            )
            let edit = RecordEdit(uid: uid, kind: part.state.kind, steps: [.erase])
            let change = try commit([edit], in: part.key.space, attribution: attribution)
            hasErased = change != nil || hasErased
        }
        return hasErased
    }

    /// Erases again what was erased before this replica was put back to an earlier state.
    ///
    /// - Parameter erasures: What the file that was replaced knew to be erased.
    /// - Returns: How many parts were there again.
    /// - Throws: What the store reports.
    public func eraseAgain(_ erasures: [StoredErasure]) throws -> Int {
        var count = 0
        for known in erasures {
            guard let record = try reader.record(known.key), record.state.erasure == nil else {
                continue
            }
            let attribution = Attribution(
                time: nextTime(),
                author: known.erasure.attribution.author,
                note: known.erasure.attribution.note
            )
            let edit = RecordEdit(uid: known.key.uid, kind: known.kind, steps: [.erase])
            try commit([edit], in: known.key.space, attribution: attribution)
            count += 1
        }
        return count
    }
}

extension ReplicaStore {
    /// Takes what was erased out of the search index's segments and the write-ahead log, where that is due.
    ///
    /// - Complexity: O(*n*) in the size of the search index, where something was erased.
    public func purgeErased() throws {
        guard try read({ try $0.isPurgeDue }) else { return }
        try write { writer in
            try writer.db.execute(sql: "PRAGMA secure_delete = ON")
            try writer.db.execute(sql: "INSERT INTO search(search) VALUES ('optimize')")
            try writer.set(StoreReader.purgeDue, to: nil)
        }
        checkpoint()
    }
}
