import CausalHistory
import Foundation
import GRDB
import RecordModel

/// A stretch of an actor's chain as this store has it.
public struct StoredChain: Sendable {
    /// The counter of the first transaction.
    public let first: UInt64
    /// 4 bytes of each digest, in order.
    public let digests: [UInt32]
    /// The whole digest of the last, where it is known.
    public let head: Digest128?
}

/// Puts digests that come by counter, in two ascending rows, together into unbroken stretches.
private struct ChainStretches {
    private var digests: [(counter: UInt64, digest: UInt32, whole: Digest128?)] = []
    private var isAscending = true

    mutating func add(_ digest: UInt32, at counter: UInt64, whole: Digest128?) {
        if let last = digests.last, counter <= last.counter { isAscending = false }
        digests.append((counter, digest, whole))
    }

    /// The stretches, ascending.
    var result: [StoredChain] {
        let ordered = isAscending ? digests : digests.sorted { $0.counter < $1.counter }
        var result: [StoredChain] = []
        var start = 0
        while start < ordered.count {
            var stretch = [ordered[start].digest]
            var last = ordered[start]
            var end = start + 1
            while end < ordered.count, ordered[end].counter <= last.counter + 1 {
                if ordered[end].counter > last.counter { stretch.append(ordered[end].digest) }
                // Of two at one counter, the whole digest says more.
                if ordered[end].counter > last.counter || ordered[end].whole != nil {
                    last = ordered[end]
                }
                end += 1
            }
            result.append(
                StoredChain(first: ordered[start].counter, digests: stretch, head: last.whole)
            )
            start = end
        }
        return result
    }
}

/// What this store knows of an actor's owner.
public struct StoredActor: Sendable {
    /// The replica.
    public let replica: [UInt8]
    /// The desk's code.
    public let desk: String
    /// The replica's public key; empty for an actor of this replica that has not been signed yet.
    public let publicKey: [UInt8]
    /// The signature of the statement; empty as above.
    public let signature: [UInt8]
    /// Of a branch, what its name is made of.
    public let branch: BranchOrigin?
}

extension StoreReader {
    /// How many transactions a difference of knowledge may have before walking the sequence is
    /// cheaper than asking the index for each.
    private static let indexedChangeLimit: UInt64 = 20_000

    /// Calls a body with each record that may hold a dot which a peer lacks, by sequence.
    ///
    /// - Parameters:
    ///   - space: The space.
    ///   - peer: What the peer is known to hold.
    ///   - sequence: Only records that arrived here after it.
    ///   - body: Returns whether to go on.
    /// - Throws: What the body throws; `StoreError.unknownSpace`; what the store reports.
    /// - Complexity: O(*d* log *n*) in the *d* records of the changes that the peer lacks, unless
    ///   these are very many; then O(*n*) in the records after the sequence.
    public func forEachRecord(
        in space: SpaceName,
        beyond peer: VersionVector,
        after sequence: UInt64,
        _ body: (StoredRecord) throws -> Bool
    ) throws {
        let knowledge = try self.knowledge(of: space)
        // What is settled may have left the journal that the index is.
        let isIndexed = try !peer.isEmpty && peer.covers(forgotten(of: space))
        // A store may hold dots beyond its knowledge: those of a peer's pages before the last one.
        // They belong to actors that the index names too, so they are asked for without an upper
        // bound.
        var changes: UInt64 = 0
        for entry in knowledge.entries(beyond: peer) {
            changes += entry.counter - peer.counter(of: entry.actor)
        }
        guard isIndexed, changes <= Self.indexedChangeLimit else {
            return try forEachRecord(space: space, after: sequence, body)
        }
        let spaceRow = try self.space(space).row
        var rows: [(sequence: Int64, row: Int64)] = []
        var seen: Set<Int64> = []
        let select = try db.cachedStatement(
            sql: """
                SELECT record.sequence, record.id FROM change_record
                JOIN record ON record.id = change_record.record
                WHERE change_record.actor = ? AND change_record.counter > ?
                    AND record.space = ? AND record.sequence > ?
                """
        )
        let actors = try Int64.fetchAll(
            db,
            sql: "SELECT id FROM actor WHERE space = ? OR space IS NULL",
            arguments: [spaceRow]
        )
        for number in actors {
            let known = peer.counter(of: try interner.actor(number))
            let cursor = try Row.fetchCursor(
                select,
                arguments: [number, Int64(known), spaceRow, Int64(sequence)]
            )
            while let row = try cursor.next() {
                let id: Int64 = row[1]
                if seen.insert(id).inserted { rows.append((row[0], id)) }
            }
        }
        for (_, row) in rows.sorted(by: { $0.sequence < $1.sequence }) {
            guard let record = try record(row: row) else { continue }
            guard try body(record) else { return }
        }
    }

    /// Returns the superseded versions that are the base of a record's siblings, as far as they are
    /// kept here.
    public func bases(of record: StoredRecord) throws -> [BaseCell] {
        var result: [BaseCell] = []
        for entry in record.state.fields where entry.siblings.siblings.count > 1 {
            let parents = Set(entry.siblings.siblings.flatMap(\.version.parents))
            for dot in parents.sorted() {
                let past = try pastVersions(of: entry.key, dot: dot, row: record.row)
                result += past.map { BaseCell(key: entry.key, sibling: $0) }
            }
        }
        return result
    }

    /// Returns the versions that a dot wrote to a field and that were superseded since.
    public func pastVersions(of key: FieldKey, dot: Dot, row: Int64) throws -> [Sibling] {
        guard let actor = try interner.existingNumber(of: dot.actor) else { return [] }
        let select = try db.cachedStatement(
            sql: """
                SELECT cell FROM past
                WHERE record = ? AND number = ? AND item = ? AND actor = ? AND counter = ?
                """
        )
        let arguments: StatementArguments = [
            row, Int64(key.number), Data(key.item), actor, Int64(dot.counter),
        ]
        return try Data.fetchAll(select, arguments: arguments).map { data in
            Sibling(dot: dot, version: try StateCodec.decodeCell([UInt8](data), interner))
        }
    }

    /// Returns the unbroken stretches of an actor's chain between two counters.
    ///
    /// - Parameters:
    ///   - actor: The actor.
    ///   - lower: The counter after which it begins.
    ///   - upper: The last counter; nil for all digests that were ever told.
    /// - Returns: The stretches, ascending.
    /// - Throws: What the store reports.
    public func chains(
        of actor: ActorID,
        after lower: UInt64,
        through upper: UInt64? = nil
    ) throws -> [StoredChain] {
        let upper = upper ?? UInt64(Int64.max)
        guard lower < upper, let number = try interner.existingNumber(of: actor) else { return [] }
        let select = try db.cachedStatement(
            sql: """
                SELECT counter, digest FROM change
                WHERE actor = ? AND counter > ? AND counter <= ? AND length(digest) >= 4
                ORDER BY counter
                """
        )
        var stretches = ChainStretches()
        // Those of changes that left the journal come first, but for what was told again since.
        for block in try ChainBlocks(db).blocks(of: number, after: lower, through: upper) {
            for (index, digest) in block.digests.enumerated() {
                stretches.add(digest, at: block.first + UInt64(index), whole: nil)
            }
        }
        let cursor = try Row.fetchCursor(
            select,
            arguments: [number, Int64(lower), Int64(upper)]
        )
        while let row = try cursor.next() {
            let digest: Data = row[1]
            stretches.add(
                digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) },
                at: UInt64(row[0] as Int64),
                whole: Digest128(bytes: digest)
            )
        }
        return stretches.result
    }

    /// Returns whose an actor is, or nil where nobody has said so.
    public func owner(of actor: ActorID) throws -> StoredActor? {
        let select = try db.cachedStatement(
            sql: """
                SELECT replica, desk, public_key, signature, root, branch FROM actor WHERE uuid = ?
                """
        )
        guard let row = try Row.fetchOne(select, arguments: [actor.data]),
            let replica: Data = row[0], let desk: String = row[1]
        else { return nil }
        let root = (row[4] as Data?).flatMap { ActorID(bytes: $0) }
        let digest: Int64? = row[5]
        return StoredActor(
            replica: [UInt8](replica),
            desk: desk,
            publicKey: [UInt8](row[2] as Data? ?? Data()),
            signature: [UInt8](row[3] as Data? ?? Data()),
            branch: root.flatMap { root in
                digest.map { BranchOrigin(root: root, digest: UInt32(truncatingIfNeeded: $0)) }
            }
        )
    }

    /// Returns the actor of which another is a branch, itself where it is none.
    public func root(of actor: ActorID) throws -> ActorID {
        try owner(of: actor)?.branch?.root ?? actor
    }

    /// Returns the branches of an actor that this store knows.
    public func branches(ofRoot root: ActorID) throws -> [BranchOrigin] {
        let select = try db.cachedStatement(sql: "SELECT branch FROM actor WHERE root = ?")
        return try Int64.fetchAll(select, arguments: [root.data]).map {
            BranchOrigin(root: root, digest: UInt32(truncatingIfNeeded: $0))
        }
    }

    /// Returns an actor and those of its branches that this store knows.
    public func family(ofRoot root: ActorID) throws -> [ActorID] {
        try [root] + branches(ofRoot: root).map(\.name)
    }

    /// Returns the counter at which an actor's chain has a digest, nil where it has not.
    /// - Complexity: O(*n*) in the transactions of the actor.
    public func counter(of actor: ActorID, withDigest digest: UInt32) throws -> UInt64? {
        for stretch in try chains(of: actor, after: 0) {
            if let index = stretch.digests.firstIndex(of: digest) {
                return stretch.first + UInt64(index)
            }
        }
        return nil
    }

    /// Returns the greatest counter of each actor of a space whose chain digest this store has.
    public func chained(in space: SpaceName) throws -> VersionVector {
        let select = try db.cachedStatement(
            sql: """
                SELECT counter FROM change WHERE actor = ? AND length(digest) >= 4
                ORDER BY counter DESC LIMIT 1
                """
        )
        let entries = try chainedActors(in: space).compactMap { actor -> VersionVector.Entry? in
            let number = try interner.number(of: actor)
            return try Int64.fetchOne(select, arguments: [number]).map {
                VersionVector.Entry(actor: actor, counter: UInt64($0))
            }
        }
        return VersionVector(entries)
    }

    /// Returns the actors of a space whose owner this store knows.
    public func chainedActors(in space: SpaceName) throws -> [ActorID] {
        let select = try db.cachedStatement(
            sql: """
                SELECT uuid FROM actor JOIN space ON space.id = actor.space WHERE space.name = ?
                """
        )
        return try Data.fetchAll(select, arguments: [space.text])
            .compactMap { ActorID(bytes: $0) }.sorted()
    }

    /// Returns this replica's own actors whose statements nobody has signed yet, with their spaces
    /// and the number that the replica had when it made them.
    public func unsignedActors() throws -> [(actor: ActorID, space: SpaceName, replica: [UInt8])] {
        let select = try db.cachedStatement(
            sql: """
                SELECT uuid, space.name, replica FROM actor JOIN space ON space.id = actor.space
                WHERE is_own AND signature IS NULL AND replica IS NOT NULL
                """
        )
        return try Row.fetchAll(select).compactMap { row in
            guard let actor = ActorID(bytes: row[0] as Data),
                let space = SpaceName(row[1] as String)
            else { return nil }
            return (actor, space, [UInt8](row[2] as Data))
        }
    }

    /// Returns the first 4 bytes of an actor's chain digest at a counter, nil where this store has
    /// none.
    public func chainDigest(of dot: Dot) throws -> UInt32? {
        if let change = try changeID(of: dot) { return change.digest }
        guard let actor = try interner.existingNumber(of: dot.actor) else { return nil }
        return try ChainBlocks(db).digest(of: actor, at: dot.counter)
    }
}

extension StoreWriter {
    /// Keeps the signed statement of one of this replica's own actors.
    public func sign(actor: ActorID, publicKey: [UInt8], signature: [UInt8]) throws {
        try db.execute(
            sql: "UPDATE actor SET public_key = ?, signature = ? WHERE uuid = ?",
            arguments: [Data(publicKey), Data(signature), actor.data]
        )
    }

    /// Forgets the statements of this replica's own actors that another key signed.
    public func unsignActors(except publicKey: [UInt8]) throws {
        try db.execute(
            sql: """
                UPDATE actor SET public_key = NULL, signature = NULL
                WHERE public_key IS NOT ? AND is_own AND root IS NULL
                """,
            arguments: [Data(publicKey)]
        )
    }

    /// Returns the nonce that stands beside the present sequence, made now where there is none: with
    /// the epoch, a token for what this transaction has read.
    public func tokenNonce() throws -> (epoch: UInt64, sequence: UInt64, nonce: UInt64) {
        let sequence = currentSequence
        let select = "SELECT nonce FROM nonce WHERE sequence = ?"
        let known = try Int64.fetchOne(db, sql: select, arguments: [Int64(sequence)])
        let nonce = known ?? Int64(bitPattern: reader.store.environment.random())
        if known == nil {
            try db.execute(
                sql: "INSERT INTO nonce VALUES (?, ?)",
                arguments: [Int64(sequence), nonce]
            )
        }
        return (try reader.epoch, sequence, UInt64(bitPattern: nonce))
    }
}
