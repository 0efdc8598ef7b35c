import Foundation
import GRDB
import RecordModel

/// The digests of the changes that left the journal: 4 bytes for each, in blocks of a page.
///
/// A chain stays whole: a copy that comes back after years is compared with all that was written since.
struct ChainBlocks {
    private let db: Database

    /// How many digests a block holds at most, so that it fits a page of SQLite.
    private static let capacity = 960

    init(_ db: Database) {
        self.db = db
    }

    /// Digests of one actor without a gap.
    struct Block {
        /// The counter of the first.
        let first: UInt64
        /// The digests.
        let digests: [UInt32]

        /// The counter of the last.
        var last: UInt64 { first + UInt64(digests.count) - 1 }
    }

    /// Returns the blocks that have digests after a counter and up to another, ascending, cut to these.
    func blocks(of actor: Int64, after lower: UInt64, through upper: UInt64) throws -> [Block] {
        let least = Int64(lower) - Int64(Self.capacity)
        let select = try db.cachedStatement(
            sql: """
                SELECT first, digests FROM chain WHERE actor = ? AND first > ? AND first <= ?
                ORDER BY first
                """
        )
        return try Row.fetchAll(select, arguments: [actor, least, Int64(upper)]).compactMap { row in
            let block = Block(first: UInt64(row[0] as Int64), digests: Self.decode(row[1] as Data))
            let first = max(block.first, lower + 1)
            let last = min(block.last, upper)
            guard first <= last else { return nil }
            let range = Int(first - block.first)...Int(last - block.first)
            return Block(first: first, digests: Array(block.digests[range]))
        }
    }

    /// Returns the digest at a counter, nil where none is.
    func digest(of actor: Int64, at counter: UInt64) throws -> UInt32? {
        guard counter > 0 else { return nil }
        return try blocks(of: actor, after: counter - 1, through: counter).first?.digests.first
    }

    /// Returns the counter of the last digest of an actor, 0 where there is none.
    func last(of actor: Int64) throws -> UInt64 {
        let select = try db.cachedStatement(
            sql: """
                SELECT first + length(digests) / 4 - 1 FROM chain WHERE actor = ?
                ORDER BY first DESC LIMIT 1
                """
        )
        return UInt64(try Int64.fetchOne(select, arguments: [actor]) ?? 0)
    }

    /// Adds digests that come after all that are held of an actor.
    func append(_ digests: [(counter: UInt64, digest: UInt32)], of actor: Int64) throws {
        guard let begin = digests.first?.counter else { return }
        var open = try Row.fetchOne(
            db,
            sql: """
                SELECT first, digests FROM chain WHERE actor = ? AND first <= ?
                ORDER BY first DESC LIMIT 1
                """,
            arguments: [actor, Int64(begin)]
        ).map { Block(first: UInt64($0[0] as Int64), digests: Self.decode($0[1] as Data)) }
        var pending = open?.digests ?? []
        for (counter, digest) in digests {
            if let block = open, counter == block.first + UInt64(pending.count),
                pending.count < Self.capacity
            {
                pending.append(digest)
                continue
            }
            // What is held already was told again.
            if let block = open, counter < block.first + UInt64(pending.count) { continue }
            if let block = open { try put(Block(first: block.first, digests: pending), of: actor) }
            open = Block(first: counter, digests: [])
            pending = [digest]
        }
        if let block = open { try put(Block(first: block.first, digests: pending), of: actor) }
    }

    /// Takes out the digests after a counter.
    /// - Returns: Them, ascending.
    func take(of actor: Int64, after shared: UInt64) throws -> [Block] {
        let taken = try blocks(of: actor, after: shared, through: UInt64(Int64.max))
        let split = try Row.fetchOne(
            db,
            sql: """
                SELECT first, digests FROM chain WHERE actor = ? AND first <= ?
                ORDER BY first DESC LIMIT 1
                """,
            arguments: [actor, Int64(shared)]
        ).map { Block(first: UInt64($0[0] as Int64), digests: Self.decode($0[1] as Data)) }
        try db.execute(
            sql: "DELETE FROM chain WHERE actor = ? AND first > ?",
            arguments: [actor, Int64(shared)]
        )
        if let split, split.last > shared {
            let kept = Array(split.digests.prefix(Int(shared - split.first + 1)))
            try put(Block(first: split.first, digests: kept), of: actor)
        }
        return taken
    }

    private func put(_ block: Block, of actor: Int64) throws {
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO chain VALUES (?, ?, ?)")
            .execute(arguments: [actor, Int64(block.first), Self.encode(block.digests)])
    }

    private static func encode(_ digests: [UInt32]) -> Data {
        var writer = ByteWriter(capacity: 4 * digests.count)
        for digest in digests { writer.bigEndian(digest) }
        return Data(writer.bytes)
    }

    private static func decode(_ data: Data) -> [UInt32] {
        let bytes = [UInt8](data)
        return stride(from: 0, to: bytes.count - 3, by: 4).map { offset in
            bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}
