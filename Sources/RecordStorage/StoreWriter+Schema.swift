import Foundation
import GRDB
import RecordModel

/// What says in a store by which rules and which schema its records are indexed: the look-up and
/// search indexes, and the count of conflicts.
///
/// The schema itself is kept beside it, since the search index takes the old text to forget it, and
/// the old text follows from the old schema.
struct SchemaStamp {
    let text: String

    init(of schema: Schema) {
        text = "\(RecordIndexing.version) \(schema.digest.hex)"
    }

    /// Whether the same rules of indexing stand behind both stamps.
    func hasRules(of stamp: String) -> Bool {
        stamp.split(separator: " ").first == text.split(separator: " ").first
    }
}

extension StoreReader {
    /// Whether the store is indexed by this program's rules and schema.
    ///
    /// Where the disk has changed what says so nothing is done about it: that must not keep `doctor`
    /// from looking.
    var isIndexedBySchema: Bool {
        get throws {
            do {
                return try schemaStamp == store.stamp.text
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
                return true
            }
        }
    }

    fileprivate var schemaStamp: String? {
        get throws {
            try String.fetchOne(db.cachedStatement(sql: "SELECT stamp FROM indexed_schema"))
        }
    }
}

extension StoreWriter {
    /// Says that the store is indexed by this program's schema.
    func stampSchema() throws {
        let store = reader.store
        try db.execute(
            sql: "INSERT OR REPLACE INTO indexed_schema VALUES (1, ?, ?)",
            arguments: [store.stamp.text, store.schema.notation]
        )
    }

    /// Indexes anew what another schema, or another program, had indexed.
    ///
    /// One transaction, one record in memory at a time: a process that ends in between has done
    /// nothing, and the next one begins again.
    /// - Complexity: O(*n*) in the records of the kinds that the two schemas describe differently.
    func indexBySchema() throws {
        if let stamp = try reader.schemaStamp, reader.store.stamp.hasRules(of: stamp),
            let earlier = try indexedSchema()
        {
            try indexChanges(since: RecordIndexing(schema: earlier))
        } else {
            try indexAll()
        }
        try stampSchema()
    }

    /// The schema by which the store is indexed; nil where it cannot be told.
    private func indexedSchema() throws -> Schema? {
        let notation = try String.fetchOne(db, sql: "SELECT notation FROM indexed_schema")
        return notation.flatMap { try? Schema(parsing: $0) }
    }

    private func indexAll() throws {
        try forgetIndexes()
        for row in try rows(ofKinds: nil) {
            guard let record = try intact(row) else { continue }
            try index(row, record.state)
        }
    }

    /// Takes out and puts in what the two schemas make of records with fields that they describe
    /// differently.
    private func indexChanges(since earlier: RecordIndexing) throws {
        var changes: [UInt32: Set<UInt32>] = [:]
        for kind in try Int64.fetchAll(db, sql: "SELECT DISTINCT kind FROM record") {
            let number = UInt32(truncatingIfNeeded: kind)
            let changed = earlier.schema.kind(orStandInFor: number)
                .fieldsDescribedOtherwise(in: indexing.schema.kind(orStandInFor: number))
            if !changed.isEmpty { changes[number] = changed }
        }
        for row in try rows(ofKinds: changes.keys.map { Int64($0) }) {
            guard let record = try intact(row), let changed = changes[record.state.kind],
                record.state.fields.contains(where: { changed.contains($0.key.number) })
            else { continue }
            let before = earlier.entry(of: record.state)
            let after = indexing.entry(of: record.state)
            try updateSearch(row, from: before, to: after)
            try updateLookup(row, from: before, to: after)
            try updateReferences(row, from: before, to: after)
            guard !record.state.isPlain else { continue }
            try setConflicts(after.conflicts, row: row)
            try recountConflicts(of: record.state, row: row)
        }
    }

    private func rows(ofKinds kinds: [Int64]?) throws -> [Int64] {
        guard let kinds else { return try Int64.fetchAll(db, sql: "SELECT id FROM record") }
        if kinds.isEmpty { return [] }
        let places = kinds.map { _ in "?" }.joined(separator: ", ")
        return try Int64.fetchAll(
            db,
            sql: "SELECT id FROM record WHERE kind IN (\(places))",
            arguments: StatementArguments(kinds)
        )
    }

    /// The record of a row, or nil where the disk has changed it beyond reading, which is a matter of
    /// `doctor` and must not keep the replica from being opened.
    private func intact(_ row: Int64) throws -> StoredRecord? {
        do {
            return try reader.record(row: row)
        } catch StoreError.damaged {
            return nil
        }
    }

    private func setConflicts(_ count: Int, row: Int64) throws {
        try db.cachedStatement(
            sql: "UPDATE record SET conflicts = ? WHERE id = ? AND conflicts <> ?"
        )
        .execute(arguments: [count, row, count])
    }
}
