import Foundation
import GRDB
import RecordModel

/// What became of a piece of an attachment.
public enum PieceOutcome: Hashable, Sendable {
    /// So many bytes are here from the start; the piece was left out where it did not begin there.
    case held(UInt64)
    /// All bytes are here, and are those that the hash names.
    case whole
    /// All bytes came and are others than the hash names: what was here of them is gone.
    case wrong
}

/// Spec: `Protocol/spec/10-attachments.md`.
extension StoreWriter {
    /// Keeps a piece of an attachment behind those that are here.
    ///
    /// With the last one the hash is computed: what is not what it names does not count as held. Of what is
    /// here whole already no second copy is kept.
    ///
    /// - Parameters:
    ///   - bytes: The piece.
    ///   - offset: Where it begins.
    ///   - hash: Which bytes are meant.
    ///   - size: How many they are.
    ///   - source: Who sends it: pieces of several senders are not mixed.
    ///   - isSent: Whether headquarters holds it.
    /// - Returns: What became of it.
    /// - Throws: `StoreError.tooLarge`; what the store reports.
    public func keepPiece(
        _ bytes: [UInt8],
        at offset: UInt64,
        of hash: AttachmentHash,
        size: UInt64,
        from source: Int64 = 0,
        isSent: Bool = false
    ) throws -> PieceOutcome {
        guard size <= ContentLimits.attachmentBytes else {
            throw StoreError.tooLarge(detail: "an attachment of \(size) bytes")
        }
        var known = try reader.partialAttachment(hash, from: source)
        if let other = known, other.size != size {
            // Another size was said before, or none: what came under it counts no more.
            try drop(other)
            known = nil
        }
        let row = try known?.row ?? addAttachment(hash, size, source, isSent: isSent)
        let held = known?.held ?? 0
        guard offset == held, !bytes.isEmpty, UInt64(bytes.count) <= size - held else {
            return .held(held)
        }
        try db.cachedStatement(sql: "INSERT INTO attachment_piece VALUES (?, ?, ?)")
            .execute(arguments: [row, Int64(offset), Data(bytes)])
        let now = held + UInt64(bytes.count)
        try db.cachedStatement(
            sql: "UPDATE attachment SET held = ?, is_sent = ?, asked = NULL WHERE id = ?"
        ).execute(arguments: [Int64(now), isSent, row])
        return now == size ? try close(hash, source) : .held(now)
    }

    private func addAttachment(
        _ hash: AttachmentHash,
        _ size: UInt64,
        _ source: Int64,
        isSent: Bool
    ) throws -> Int64 {
        try db.cachedStatement(
            sql: "INSERT INTO attachment(hash, source, size, is_sent) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [Data(hash.bytes), source, Int64(size), isSent])
        return db.lastInsertedRowID
    }

    /// Proves an attachment of which all bytes have come.
    private func close(_ hash: AttachmentHash, _ source: Int64) throws -> PieceOutcome {
        guard let attachment = try reader.partialAttachment(hash, from: source) else {
            return .wrong
        }
        guard try reader.isIntact(attachment) else {
            try drop(attachment)
            return .wrong
        }
        if try reader.wholeAttachment(hash) != nil {
            // Somebody else was first; one copy is enough.
            try drop(attachment)
            return .whole
        }
        try db.execute(
            sql: "UPDATE attachment SET is_whole = 1 WHERE id = ?",
            arguments: [attachment.row]
        )
        return .whole
    }

    /// Forgets the bytes of an attachment.
    public func drop(_ attachment: StoredAttachment) throws {
        try dropAttachment(row: attachment.row)
    }

    private func dropAttachment(row: Int64) throws {
        try db.execute(
            sql: "DELETE FROM attachment_piece WHERE attachment = ?",
            arguments: [row]
        )
        try db.execute(sql: "DELETE FROM attachment WHERE id = ?", arguments: [row])
    }

    /// Forgets the bytes of all attachments that no record names any more.
    ///
    /// - Parameter keepsUnsent: Whether those stay that headquarters has not said that it holds.
    /// - Returns: What was freed.
    /// - Throws: What the store reports.
    @discardableResult
    public func freeAttachments(keepingUnsent keepsUnsent: Bool = false) throws -> AttachmentTally {
        var freed = AttachmentTally()
        for attachment in try reader.unnamedAttachments() {
            if keepsUnsent, attachment.isWhole, !attachment.isSent { continue }
            try drop(attachment)
            for table in ["attachment_holder", "attachment_space"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE hash = ?",
                    arguments: [Data(attachment.hash.bytes)]
                )
            }
            if attachment.held > 0 { freed.add(attachment.held) }
        }
        return freed
    }

    // MARK: Who has the bytes

    /// Remembers that a desk has proven to have the bytes of an attachment.
    ///
    /// Where it has named them, the desks of that space are given them from now on.
    public func noteHolder(_ desk: String, of hash: AttachmentHash) throws {
        let bytes = Data(hash.bytes)
        try db.execute(
            sql: "INSERT OR IGNORE INTO attachment_holder VALUES (?, ?)",
            arguments: [bytes, desk]
        )
        for space in try reader.spaces(where: desk, names: hash) {
            try db.execute(
                sql: "INSERT OR IGNORE INTO attachment_space VALUES (?, ?)",
                arguments: [bytes, space]
            )
        }
    }

    // MARK: What headquarters has

    /// Remembers that headquarters holds an attachment.
    public func noteSent(_ hash: AttachmentHash) throws {
        try db.execute(
            sql: "UPDATE attachment SET is_sent = 1 WHERE hash = ? AND is_whole = 1",
            arguments: [Data(hash.bytes)]
        )
    }

    /// Remembers that an attachment was named anew, so that headquarters has to be told of its bytes.
    public func noteUnsent(_ hash: AttachmentHash) throws {
        try db.execute(
            sql: "UPDATE attachment SET is_sent = 0 WHERE hash = ?",
            arguments: [Data(hash.bytes)]
        )
    }

    /// Forgets which attachments headquarters holds: it may have lost some.
    public func forgetSentAttachments() throws {
        try db.execute(sql: "UPDATE attachment SET is_sent = 0, asked = NULL")
    }

    /// Remembers that headquarters was asked for an attachment now, and lacks it.
    public func noteAsked(_ hash: AttachmentHash) throws {
        let now = Int64(bitPattern: reader.store.environment.now().milliseconds)
        try db.execute(
            sql: """
                INSERT INTO attachment(hash, source, size, asked) VALUES (?, 0, 0, ?)
                ON CONFLICT (hash, source) DO UPDATE SET asked = excluded.asked
                """,
            arguments: [Data(hash.bytes), now]
        )
    }

    // MARK: References

    /// Keeps which attachments a record's part names.
    func updateReferences(
        _ row: Int64,
        from before: IndexEntry,
        to after: IndexEntry
    ) throws {
        guard before.attachments != after.attachments else { return }
        let delete = try db.cachedStatement(
            sql: "DELETE FROM attachment_reference WHERE record = ? AND hash = ?"
        )
        for hash in before.attachments.keys where after.attachments[hash] == nil {
            try delete.execute(arguments: [row, Data(hash.bytes)])
        }
        let insert = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO attachment_reference VALUES (?, ?, ?)"
        )
        for (hash, size) in after.attachments where before.attachments[hash] != size {
            try insert.execute(arguments: [row, Data(hash.bytes), Int64(clamping: size)])
        }
    }

    /// Changes a byte of an attachment, as a disk may: for tests.
    package func damage(_ attachment: StoredAttachment) throws {
        let select = "SELECT bytes FROM attachment_piece WHERE attachment = ? AND start = 0"
        guard var bytes = try Data.fetchOne(db, sql: select, arguments: [attachment.row]) else {
            return
        }
        bytes[bytes.startIndex] ^= 1
        try db.execute(
            sql: "UPDATE attachment_piece SET bytes = ? WHERE attachment = ? AND start = 0",
            arguments: [bytes, attachment.row]
        )
    }
}
