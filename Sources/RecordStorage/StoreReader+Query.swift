import CausalHistory
import GRDB
import RecordModel

extension StoreReader {
    /// Returns the numbers of records that have parts in several spaces.
    /// - Complexity: O(*n*) in the number of records; the index alone is read.
    public func splitRecords() throws -> Set<RecordUID> {
        let cursor = try Int64.fetchCursor(
            db,
            sql: "SELECT uid FROM record GROUP BY uid HAVING count(*) > 1"
        )
        var result: Set<RecordUID> = []
        while let uid = try cursor.next() { result.insert(RecordUID(UInt64(bitPattern: uid))) }
        return result
    }

    /// Whether a record has parts beside this one; an index is asked, and no record read.
    public func hasOtherParts(_ part: StoredRecord) throws -> Bool {
        let uid = Int64(bitPattern: part.key.uid.value)
        let sql = "SELECT count(*) FROM record WHERE uid = ?"
        return try DirectQuery.first(sql, [uid], in: db) { $0.number(0) } ?? 0 > 1
    }

    /// Returns the numbers of the records that begin with hexadecimal digits, at most `limit`.
    public func records(uidPrefix: String, limit: Int) throws -> [RecordUID] {
        let digits = uidPrefix.lowercased()
        guard (1...16).contains(digits.utf8.count), let prefix = UInt64(digits, radix: 16) else {
            return []
        }
        let shift = UInt64(64 - 4 * digits.utf8.count)
        let low = prefix << shift
        let high = low | (shift == 0 ? 0 : (1 << shift) - 1)
        // The digits fix the sign, so that the order of signed numbers is that of the digits.
        let sql = "SELECT DISTINCT uid FROM record WHERE uid BETWEEN ? AND ? LIMIT ?"
        return try Int64.fetchAll(
            db,
            sql: sql,
            arguments: [Int64(bitPattern: low), Int64(bitPattern: high), limit]
        ).map { RecordUID(UInt64(bitPattern: $0)) }
    }

    /// Whether there is a record of a kind that holds decisions about pairs of records (15 and above),
    /// deleted ones included.
    /// - Complexity: O(1); an index holds these kinds alone.
    public func holdsDecisions(kind: UInt32) throws -> Bool {
        let select = try db.cachedStatement(
            sql: "SELECT 1 FROM record WHERE kind = ? AND \(StoreFormat.decisionKinds) LIMIT 1"
        )
        return try Int.fetchOne(select, arguments: [Int64(kind)]) != nil
    }

    /// The records' parts that are shown nowhere.
    /// - Complexity: O(*n*) in the number of records, and in the bytes of the hidden ones.
    public func hiddenRecords() throws -> [StoredRecord] {
        let rows = try Int64.fetchAll(
            db,
            sql: "SELECT id FROM record WHERE is_hidden = 1 ORDER BY id"
        )
        return try rows.compactMap(record(row:))
    }
}
