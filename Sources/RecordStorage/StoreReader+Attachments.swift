import CausalHistory
import Foundation
import GRDB
import RecordModel

/// What a replica holds of one attachment.
public struct StoredAttachment: Hashable, Sendable {
    /// The row.
    public let row: Int64
    /// Which bytes are meant.
    public let hash: AttachmentHash
    /// How many they are.
    public let size: UInt64
    /// How many are here, from the start.
    public let held: UInt64
    /// Whether all are here and have been proven to be those that the hash names.
    public let isWhole: Bool
    /// At a desk: whether headquarters has said that it holds all of them.
    public let isSent: Bool
}

/// The bytes of attachments that a replica holds, or holds no longer.
public struct AttachmentTally: Hashable, Sendable {
    /// How many attachments.
    public var count = 0
    /// Their bytes.
    public var bytes: UInt64 = 0

    /// Creates the tally of none.
    public init() {}

    mutating func add(_ bytes: UInt64) {
        count += 1
        self.bytes += bytes
    }
}

/// Spec: `Protocol/spec/10-attachments.md`.
extension StoreReader {
    private static let attachmentColumns = "id, hash, size, held, is_whole, is_sent"

    private func storedAttachment(_ row: Row) throws -> StoredAttachment {
        guard let hash = AttachmentHash(bytes: row[1] as Data) else {
            throw StoreError.damaged(detail: "the row of an attachment is malformed")
        }
        return StoredAttachment(
            row: row[0],
            hash: hash,
            size: UInt64(clamping: row[2] as Int64),
            held: UInt64(clamping: row[3] as Int64),
            isWhole: row[4],
            isSent: row[5]
        )
    }

    /// Returns an attachment of which all bytes are here and proven, whoever they came from; else nil.
    public func wholeAttachment(_ hash: AttachmentHash) throws -> StoredAttachment? {
        let select = try db.cachedStatement(
            sql: """
                SELECT \(Self.attachmentColumns) FROM attachment
                WHERE hash = ? AND is_whole = 1 LIMIT 1
                """
        )
        return try Row.fetchOne(select, arguments: [Data(hash.bytes)]).map(storedAttachment)
    }

    /// Returns what has come of an attachment from a source and is not all of it; nil where nothing has.
    public func partialAttachment(
        _ hash: AttachmentHash,
        from source: Int64 = 0
    ) throws -> StoredAttachment? {
        let select = try db.cachedStatement(
            sql: """
                SELECT \(Self.attachmentColumns) FROM attachment
                WHERE hash = ? AND source = ? AND is_whole = 0
                """
        )
        return try Row.fetchOne(select, arguments: [Data(hash.bytes), source])
            .map(storedAttachment)
    }

    /// Returns what a desk's replica holds of an attachment, all or a part; nil where that is nothing.
    public func attachment(_ hash: AttachmentHash) throws -> StoredAttachment? {
        try wholeAttachment(hash) ?? partialAttachment(hash)
    }

    /// Returns bytes of an attachment, from an offset on.
    ///
    /// - Parameters:
    ///   - attachment: The attachment.
    ///   - offset: Where to begin.
    ///   - count: How many at most; fewer where no more are here.
    /// - Returns: The bytes.
    /// - Throws: What the store reports.
    public func piece(
        of attachment: StoredAttachment,
        from offset: UInt64,
        count: Int
    ) throws -> [UInt8] {
        let select = try db.cachedStatement(
            sql: """
                SELECT start, bytes FROM attachment_piece
                WHERE attachment = ? AND start + length(bytes) > ? ORDER BY start
                """
        )
        let pieces = try Row.fetchCursor(select, arguments: [attachment.row, Int64(offset)])
        var result: [UInt8] = []
        while result.count < count, let piece = try pieces.next() {
            let start = UInt64(clamping: piece[0] as Int64)
            let next = offset + UInt64(result.count)
            // A piece that is missing ends what can be told.
            guard start <= next else { break }
            let bytes = piece[1] as Data
            let rest = bytes.dropFirst(Int(next - start))
            result += rest.prefix(count - result.count)
        }
        return result
    }

    /// Calls a body with all bytes of an attachment, piece by piece.
    ///
    /// - Complexity: O(*n*) in the bytes; one piece is in memory at a time.
    public func forEachPiece(
        of attachment: StoredAttachment,
        _ body: ([UInt8]) throws -> Void
    ) throws {
        let pieces = try Row.fetchCursor(
            db,
            sql: "SELECT start, bytes FROM attachment_piece WHERE attachment = ? ORDER BY start",
            arguments: [attachment.row]
        )
        var next: UInt64 = 0
        while let piece = try pieces.next() {
            guard UInt64(clamping: piece[0] as Int64) == next else {
                throw StoreError.damaged(
                    detail: "a piece of attachment \(attachment.hash) is missing"
                )
            }
            let bytes = [UInt8](piece[1] as Data)
            next += UInt64(bytes.count)
            try body(bytes)
        }
    }

    /// Whether the bytes that are here are those that the hash names.
    /// - Complexity: O(*n*) in the bytes, which are hashed.
    public func isIntact(_ attachment: StoredAttachment) throws -> Bool {
        var hasher = AttachmentHasher()
        var count: UInt64 = 0
        do {
            try forEachPiece(of: attachment) { bytes in
                hasher.update(bytes)
                count += UInt64(bytes.count)
            }
        } catch StoreError.damaged {
            return false
        }
        return count == attachment.size && hasher.finish() == attachment.hash
    }

    // MARK: References

    /// The attachments that a visible record's part names, with the sizes that it states.
    func references(of row: Int64) throws -> [AttachmentHash: UInt64] {
        let select = try db.cachedStatement(
            sql: "SELECT hash, size FROM attachment_reference WHERE record = ?"
        )
        var references: [AttachmentHash: UInt64] = [:]
        for found in try Row.fetchAll(select, arguments: [row]) {
            guard let hash = AttachmentHash(bytes: found[0] as Data) else { continue }
            references[hash] = UInt64(clamping: found[1] as Int64)
        }
        return references
    }

    /// The numbers of the records that name attachments, ascending by the rows of their parts.
    public func recordsWithAttachments() throws -> [RecordUID] {
        let sql = """
            SELECT DISTINCT uid FROM attachment_reference
            JOIN record ON record.id = attachment_reference.record ORDER BY record.id
            """
        return try Int64.fetchAll(db, sql: sql).map { RecordUID(UInt64(bitPattern: $0)) }
    }

    /// Whether a visible record of a space that is granted to a peer names an attachment.
    ///
    /// Spec: `Protocol/spec/10-attachments.md` §4.
    public func isNamed(_ hash: AttachmentHash, toPeer peer: Int64) throws -> Bool {
        let select = try db.cachedStatement(
            sql: """
                SELECT 1 FROM attachment_reference AS named JOIN record ON record.id = named.record
                JOIN peer_space ON peer_space.space = record.space
                WHERE named.hash = ? AND peer = ? AND is_granted = 1 LIMIT 1
                """
        )
        return try Int.fetchOne(select, arguments: [Data(hash.bytes), peer]) != nil
    }

    /// Whether a visible record of a space that is granted to a peer names an attachment, and one who has
    /// the bytes has named them in that space: who knows a hash alone is given nothing.
    ///
    /// Spec: `Protocol/spec/10-attachments.md` §4.
    public func isGiven(_ hash: AttachmentHash, toPeer peer: Int64) throws -> Bool {
        let select = try db.cachedStatement(
            sql: """
                SELECT 1 FROM attachment_reference AS named JOIN record ON record.id = named.record
                JOIN peer_space ON peer_space.space = record.space
                JOIN attachment_space AS given
                    ON given.hash = named.hash AND given.space = record.space
                WHERE named.hash = ? AND peer = ? AND is_granted = 1 LIMIT 1
                """
        )
        return try Int.fetchOne(select, arguments: [Data(hash.bytes), peer]) != nil
    }

    /// Whether a desk has proven to have the bytes of an attachment.
    public func isHolder(_ desk: String, of hash: AttachmentHash) throws -> Bool {
        let select = try db.cachedStatement(
            sql: "SELECT 1 FROM attachment_holder WHERE hash = ? AND desk = ?"
        )
        return try Int.fetchOne(select, arguments: [Data(hash.bytes), desk]) != nil
    }

    /// Whether a desk has named an attachment in a space in which nobody who has the bytes had.
    public func isNamedAnew(_ hash: AttachmentHash, by desk: String) throws -> Bool {
        try !spaces(where: desk, names: hash).isEmpty
    }

    /// The spaces in which a live version that a desk wrote names an attachment, as far as it was not given
    /// there before.
    func spaces(where desk: String, names hash: AttachmentHash) throws -> [Int64] {
        let sql = """
            SELECT named.record, record.space FROM attachment_reference AS named
            JOIN record ON record.id = named.record
            WHERE named.hash = ? AND NOT EXISTS (
                SELECT 1 FROM attachment_space AS given
                WHERE given.hash = named.hash AND given.space = record.space)
            """
        var spaces: Set<Int64> = []
        for row in try Row.fetchAll(db, sql: sql, arguments: [Data(hash.bytes)]) {
            guard !spaces.contains(row[1]), let record = try record(row: row[0]) else { continue }
            let kind = schema.kind(number: record.state.kind)
            let isWritten = try record.state.fields.contains { entry in
                guard let field = kind?.field(number: entry.key.number), field.namesAttachments
                else { return false }
                return try entry.siblings.siblings.contains { sibling in
                    let content = sibling.version.content
                    return try AttachmentReference(field, entry.key, content)?.hash == hash
                        && self.desk(of: sibling.dot.actor) == desk
                }
            }
            if isWritten { spaces.insert(row[1]) }
        }
        return spaces.sorted()
    }

    /// The attachments that headquarters is not known to hold, and that a record which it may see names.
    public func unsentAttachments(to peer: Int64) throws -> [StoredAttachment] {
        let sql = """
            SELECT \(Self.attachmentColumns) FROM attachment
            WHERE is_whole = 1 AND is_sent = 0 ORDER BY size, hash
            """
        return try Row.fetchAll(db, sql: sql).map(storedAttachment)
            .filter { try isNamed($0.hash, toPeer: peer) }
    }

    /// The attachments that records which headquarters may see name and of which not all bytes are here, with
    /// the greatest size that is stated; the smallest first.
    ///
    /// - Parameters:
    ///   - peer: Headquarters.
    ///   - time: Of those that headquarters said it lacks, only those for which it did so before.
    /// - Returns: The attachments.
    /// - Throws: What the store reports.
    public func missingAttachments(
        from peer: Int64,
        askedBefore time: HybridTime
    ) throws -> [(hash: AttachmentHash, size: UInt64)] {
        let sql = """
            SELECT named.hash, max(named.size) AS size FROM attachment_reference AS named
            JOIN record ON record.id = named.record
            JOIN peer_space ON peer_space.space = record.space
            WHERE peer = ? AND is_granted = 1 AND NOT EXISTS (
                SELECT 1 FROM attachment WHERE attachment.hash = named.hash
                    AND (is_whole = 1 OR asked >= ?))
            GROUP BY named.hash ORDER BY size, named.hash
            """
        let arguments: StatementArguments = [peer, Int64(bitPattern: time.milliseconds)]
        return try Row.fetchAll(db, sql: sql, arguments: arguments).compactMap { row in
            AttachmentHash(bytes: row[0] as Data).map { ($0, UInt64(clamping: row[1] as Int64)) }
        }
    }

    /// The bytes of the attachments, whole or not, that came from a source.
    public func attachmentBytes(from source: Int64) throws -> UInt64 {
        let sql = "SELECT total(size) FROM attachment WHERE source = ?"
        return UInt64(try Double.fetchOne(db, sql: sql, arguments: [source]) ?? 0)
    }

    /// What all attachments hold that have any bytes here.
    public func attachmentTally() throws -> AttachmentTally {
        var tally = AttachmentTally()
        let sql = "SELECT count(*), total(held) FROM attachment WHERE held > 0"
        if let row = try Row.fetchOne(db, sql: sql) {
            tally.count = row[0]
            tally.bytes = UInt64(row[1] as Double)
        }
        return tally
    }

    /// The attachments whose bytes are not those that their hashes name.
    /// - Complexity: O(*n*) in the bytes of all attachments, which are hashed.
    public func damagedAttachments() throws -> [StoredAttachment] {
        let sql = "SELECT \(Self.attachmentColumns) FROM attachment WHERE is_whole = 1"
        return try Row.fetchAll(db, sql: sql).map(storedAttachment).filter { try !isIntact($0) }
    }

    /// The attachments that no record names: neither its live versions, nor those that they replaced, nor a
    /// deleted record that may come back.
    ///
    /// - Complexity: O(*a*) in the attachments; where one is not named by a visible record, one walk over
    ///   the deleted records and superseded versions.
    public func unnamedAttachments() throws -> [StoredAttachment] {
        let sql = """
            SELECT \(Self.attachmentColumns) FROM attachment WHERE NOT EXISTS (
                SELECT 1 FROM attachment_reference AS named WHERE named.hash = attachment.hash)
            """
        let candidates = try Row.fetchAll(db, sql: sql).map(storedAttachment)
        if candidates.isEmpty { return [] }
        let kept = try namesInThePast()
        return candidates.filter { !kept.contains($0.hash) }
    }

    /// The attachments that deleted records and superseded versions name.
    private func namesInThePast() throws -> Set<AttachmentHash> {
        var names: Set<AttachmentHash> = []
        for record in try hiddenRecords() {
            let kind = schema.kind(number: record.state.kind)
            names.formUnion(record.state.attachments(of: kind).keys)
        }
        let numbers = Set(schema.kinds.flatMap(\.fields).filter(\.namesAttachments).map(\.number))
        let list = numbers.sorted().map(String.init).joined(separator: ", ")
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT record.kind, past.number, item, past.actor, past.counter, cell FROM past
                JOIN record ON record.id = past.record WHERE past.number IN (\(list))
                """
        )
        while let row = try cursor.next() {
            let kind = schema.kind(number: UInt32(truncatingIfNeeded: row[0] as Int64))
            let key = FieldKey(
                UInt32(truncatingIfNeeded: row[1] as Int64),
                item: [UInt8](row[2] as Data)
            )
            guard let field = kind?.field(number: key.number) else { continue }
            let content = try pastContent(row[5] as Data)
            if let named = AttachmentReference(field, key, content) { names.insert(named.hash) }
        }
        return names
    }

    private func pastContent(_ cell: Data) throws -> Content {
        try StateCodec.decodeCell([UInt8](cell), interner).content
    }
}
