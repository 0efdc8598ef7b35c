import CausalHistory
import Foundation
import GRDB
import RecordModel

extension StoreReader {
    /// Returns the digests of the visible records of a range, by number.
    ///
    /// They are those that were written, without a look at the states.
    /// - Complexity: O(*n*) in the records of the range.
    public func digests(
        in space: SpaceName,
        _ range: RecordRange
    ) throws -> [(uid: RecordUID, digest: Digest128)] {
        // Numbers are stored with their sign: the whole space is two stretches.
        let stretches: [(Int64, Int64)] =
            range.bits == 0
            ? [(0, .max), (.min, -1)]
            : [(Int64(bitPattern: range.first.value), Int64(bitPattern: range.last.value))]
        let select = try db.cachedStatement(
            sql: """
                SELECT uid, digest, id FROM record
                WHERE uid BETWEEN ? AND ? AND is_hidden = 0
                    AND space = (SELECT id FROM space WHERE name = ?)
                ORDER BY uid
                """
        )
        var result: [(uid: RecordUID, digest: Digest128)] = []
        for (first, last) in stretches {
            let cursor = try Row.fetchCursor(select, arguments: [first, last, space.text])
            while let row = try cursor.next() {
                let uid = RecordUID(UInt64(bitPattern: row[0] as Int64))
                let written = (row[1] as Data?).flatMap { Digest128(bytes: $0) }
                let digest = try written ?? record(row: row[2])?.state.digest(uid: uid)
                if let digest { result.append((uid, digest)) }
            }
        }
        return result
    }

    /// Returns the records that are not as they were written, in the order of their rows.
    ///
    /// - Parameters:
    ///   - row: Only those behind it.
    ///   - goesOn: Asked after each record whether to look at the next.
    /// - Returns: The damaged records; and the last row that was looked at, nil at the end of the store.
    /// - Throws: What the store reports.
    /// - Complexity: O(*n*) in the bytes of the records, which are hashed.
    public func damagedRecords(
        after row: Int64 = 0,
        while goesOn: () -> Bool = { true }
    ) throws -> (damaged: [RecordKey], reached: Int64?) {
        var damaged: [RecordKey] = []
        var reached = row
        let select = """
            SELECT id, uid, kind, space, state, digest FROM record WHERE id > ? ORDER BY id
            """
        let cursor = try Row.fetchCursor(db, sql: select, arguments: [row])
        while let found = try cursor.next() {
            let uid = RecordUID(UInt64(bitPattern: found[1] as Int64))
            if let digest = (found[5] as Data?).flatMap({ Digest128(bytes: $0) }) {
                // A state that cannot be read is damaged like one that reads otherwise.
                let state = try? StateCodec.decode(
                    [UInt8](found[4] as Data),
                    kind: UInt32(truncatingIfNeeded: found[2] as Int64),
                    interner
                )
                if state?.digest(uid: uid) != digest {
                    damaged.append(RecordKey(space: try interner.space(found[3]), uid: uid))
                }
            }
            reached = found[0]
            if !goesOn() { return (damaged, reached) }
        }
        return (damaged, nil)
    }

    static let checkedThrough = "checked_through"

    /// The row up to which the present walk over the store has checked records.
    public var checkedRow: Int64 {
        get throws { try setting(Self.checkedThrough).flatMap { Int64($0) } ?? 0 }
    }
}

extension StoreWriter {
    /// Remembers how far the walk over the store has checked records; nil begins anew.
    public func setChecked(through row: Int64?) throws {
        try set(StoreReader.checkedThrough, to: row.map(String.init))
    }

    /// Takes a record out of the indexes and the fingerprint whose state is not the one that was written;
    /// the state is kept aside, and the row stays for the whole one that replaces it.
    func setAside(_ record: StoredRecord, _ ledger: SpaceLedger) throws {
        let now = Int64(bitPattern: reader.store.environment.now().milliseconds)
        try db.execute(
            sql: "INSERT INTO damaged SELECT space, uid, ?, state FROM record WHERE id = ?",
            arguments: [now, record.row]
        )
        let entry = indexing.entry(of: record.state)
        try updateSearch(record.row, from: entry, to: .empty)
        try updateLookup(record.row, from: entry, to: .empty)
        try updateReferences(record.row, from: entry, to: .empty)
        if let written = record.writtenDigest {
            ledger.fingerprint.remove(written)
            ledger.isChanged = true
        }
    }

    /// Loses a record with its share of the fingerprint, as a file does that is put together from two:
    /// for tests.
    package func lose(_ key: RecordKey) throws {
        guard let record = try reader.record(key) else { return }
        try drop(record, ledger(of: key.space))
    }

    /// Changes a byte of a value in a record's row and nothing else, as a disk may: for tests.
    package func damage(_ key: RecordKey) throws {
        guard let record = try reader.record(key) else { return }
        let select = "SELECT state FROM record WHERE id = ?"
        guard var bytes = try Data.fetchOne(db, sql: select, arguments: [record.row]) else {
            return
        }
        bytes[bytes.count - 1] ^= 1
        try db.execute(
            sql: "UPDATE record SET state = ? WHERE id = ?",
            arguments: [bytes, record.row]
        )
    }
}
