import CausalHistory
import Foundation
import GRDB
import RecordModel

/// What a replica does when it went back in time, or met somebody who did.
///
/// Spec: `Protocol/spec/04-proof.md` §3.
extension StoreWriter {
    /// Makes this file another incarnation: from now on it writes under new actors, and no token that
    /// it gave out is good any more.
    ///
    /// So a restored or copied file never uses a dot again that another uses too. What it wrote
    /// before stays as it is.
    public func takeNewActors() throws {
        for space in try reader.spaces() { try takeNewActor(in: space.name) }
        try renewEpoch()
    }

    /// Gives a desk's replica a new number beside new actors, for the same reason; it says so to
    /// headquarters, which knows it by an old one, at the next exchange.
    public func takeNewIdentity() throws {
        try takeNewActors()
        if let old = try reader.setting("replica") {
            let earlier = try reader.earlierReplicas + [old]
            try set(StoreReader.earlierReplicasSetting, to: earlier.joined(separator: " "))
        }
        try set("replica", to: Digest128(reader.store.environment.random128()).hex)
        try set(StoreReader.unsaidSetting, to: "1")
    }

    /// Makes a copy of this file a replica of its own: nobody takes it for the one that it was copied
    /// from, wherever it is put.
    public func becomeBackup() throws {
        try takeNewIdentity()
        try set(ReplicaStore.witnessed, to: nil)
    }

    /// Remembers that headquarters knows this replica by its present number.
    public func didSayIdentity() throws {
        try set(StoreReader.unsaidSetting, to: nil)
    }

    /// Makes this replica write under a new actor in a space from its next change on.
    public func takeNewActor(in space: SpaceName) throws {
        let ledger = try ledger(of: space)
        guard ledger.actor != nil else { return }
        ledger.actor = nil
        ledger.counter = 0
        ledger.head = Digest128(0)
        ledger.isChanged = true
    }

    /// Takes back every token that this store gave out.
    private func renewEpoch() throws {
        let past = try reader.pastEpochs.suffix(255) + [reader.epoch]
        try set(
            StoreReader.pastEpochsSetting,
            to: past.map { RecordUID($0).description }.joined(separator: " ")
        )
        try db.execute(sql: "DELETE FROM nonce")
        try db.execute(
            sql: "UPDATE clock SET epoch = ?",
            arguments: [Int64(bitPattern: reader.store.environment.random())]
        )
    }

    /// Sets a history apart that was written under an actor's name beside another: its events bear
    /// the branch's name from now on, in every record, in the journal and in what is known.
    ///
    /// Records that change are stamped anew, so that peers are sent them; tokens are taken back, since
    /// the knowledge of the old name goes back.
    /// - Complexity: O(*n*) in the records of the space and their superseded versions.
    public func separate(_ branch: Branch, in space: SpaceName) throws {
        try name(branch)
        // Where the name is taken from some counter on by another history that begins the same, one of
        // the two is a branch again.
        if let fork = try firstDifference(branch) {
            let isMoving = fork.moving > fork.held
            let digest = isMoving ? fork.moving : fork.held
            try separate(
                Branch(
                    of: isMoving ? branch.actor : branch.name,
                    after: fork.counter - 1,
                    origin: BranchOrigin(root: branch.origin.root, digest: digest)
                ),
                in: space
            )
        }
        let ledger = try ledger(of: space)
        let old = try interner.number(of: branch.actor)
        let new = try interner.number(of: branch.name)
        if ledger.actor == branch.actor { try takeNewActor(in: space) }
        try separateRecords(branch, ledger)
        try separatePast(branch, ledger)
        let shared = Int64(branch.shared)
        for block in try ChainBlocks(db).take(of: old, after: branch.shared) {
            for (index, digest) in block.digests.enumerated() {
                try restoreChain(old, block.first + UInt64(index), digest)
            }
        }
        journalStarts = [:]
        for table in ["change", "change_record", "past", "refusal"] {
            let arguments: StatementArguments = [new, old, shared]
            try db.execute(
                sql: "UPDATE OR IGNORE \(table) SET actor = ? WHERE actor = ? AND counter > ?",
                arguments: arguments
            )
            try db.execute(
                sql: "DELETE FROM \(table) WHERE actor = ? AND counter > ?",
                arguments: [old, shared]
            )
        }
        let knowledge = try reader.knowledge(of: space)
        let renamed = branch.renamed(knowledge)
        if renamed != knowledge {
            try db.execute(
                sql: "DELETE FROM knowledge WHERE space = ? AND actor IN (?, ?)",
                arguments: [ledger.row, old, new]
            )
            for entry in renamed.entries where [branch.actor, branch.name].contains(entry.actor) {
                try setKnowledge(
                    ledger.row,
                    try interner.number(of: entry.actor),
                    entry.counter
                )
            }
        }
        let forgotten = try reader.forgotten(of: space)
        if branch.isIn(forgotten) { try setForgotten(branch.renamed(forgotten), ledger) }
        knowledgeAtStart[space] = nil
        latestChange = nil
        try separateAcknowledged(branch, ledger)
        try renewEpoch()
    }

    /// Puts a digest back into the journal from which its change has left.
    private func restoreChain(_ actor: Int64, _ counter: UInt64, _ digest: UInt32) throws {
        var writer = ByteWriter(capacity: 4)
        writer.bigEndian(digest)
        try recordChange(actor, counter, nil, digest: Data(writer.bytes))
    }

    /// The first counter at which a branch and what is held under its name differ.
    private func firstDifference(
        _ branch: Branch
    ) throws -> (counter: UInt64, moving: UInt32, held: UInt32)? {
        for stretch in try reader.chains(of: branch.name, after: branch.shared) {
            for (index, held) in stretch.digests.enumerated() {
                let counter = stretch.first + UInt64(index)
                let moving = try reader.chainDigest(of: Dot(branch.actor, counter))
                if let moving, moving != held { return (counter, moving, held) }
            }
        }
        return nil
    }

    /// Adds a branch as an actor of the same owner.
    public func name(_ branch: Branch) throws {
        try db.execute(
            sql: """
                UPDATE actor SET (space, replica, desk, public_key, signature, is_own)
                    = (SELECT space, replica, desk, public_key, signature, is_own
                        FROM actor WHERE id = ?), root = ?, branch = ?
                WHERE id = ? AND root IS NULL
                """,
            arguments: [
                try interner.number(of: branch.actor), branch.origin.root.data,
                Int64(branch.origin.digest), try interner.number(of: branch.name),
            ]
        )
    }

    private func separateRecords(_ branch: Branch, _ ledger: SpaceLedger) throws {
        var rows: [Int64] = []
        try reader.forEachRecord(space: ledger.name) { record in
            let state = record.state
            let isErasedByIt = state.erasure.map { branch.renamed($0.dot) != $0.dot } ?? false
            if isErasedByIt || branch.isIn(state.context) { rows.append(record.row) }
            return true
        }
        for row in rows {
            guard let record = try reader.record(row: row) else { continue }
            let prepared = try PreparedRecord(
                branch.renamed(record.state),
                uid: record.key.uid,
                replacing: record,
                indexing,
                interner
            )
            _ = try put(prepared, uid: record.key.uid, replacing: row, in: ledger)
        }
    }

    /// Renames what superseded versions name; their own dots are columns.
    private func separatePast(_ branch: Branch, _ ledger: SpaceLedger) throws {
        let select = """
            SELECT past.record, number, item, actor, counter, cell FROM past
            JOIN record ON record.id = past.record WHERE record.space = ?
            """
        var changed: [(row: Row, cell: Data)] = []
        let cursor = try Row.fetchCursor(db, sql: select, arguments: [ledger.row])
        while let row = try cursor.next() {
            let cell = try StateCodec.decodeCell([UInt8](row[5] as Data), interner)
            let renamed = branch.renamed(cell)
            if renamed != cell {
                changed.append((row.copy(), Data(try StateCodec.encode(renamed, interner))))
            }
        }
        for (row, cell) in changed {
            try db.execute(
                sql: """
                    UPDATE OR REPLACE past SET cell = ? WHERE record = ? AND number = ?
                    AND item = ? AND actor = ? AND counter = ? AND cell = ?
                    """,
                arguments: [
                    cell, row[0] as Int64, row[1] as Int64, row[2] as Data, row[3] as Int64,
                    row[4] as Int64, row[5] as Data,
                ]
            )
        }
    }

    /// Renames what desks have acknowledged.
    ///
    /// What they were told stays, since it was said so.
    private func separateAcknowledged(_ branch: Branch, _ ledger: SpaceLedger) throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT peer, acknowledged FROM peer_space
                WHERE space = ? AND acknowledged IS NOT NULL
                """,
            arguments: [ledger.row]
        )
        for row in rows {
            let vector = try VectorCodec.decode(row[1] as Data)
            guard branch.isIn(vector) else { continue }
            try db.execute(
                sql: "UPDATE peer_space SET acknowledged = ? WHERE peer = ? AND space = ?",
                arguments: [
                    VectorCodec.encode(branch.renamed(vector)), row[0] as Int64, ledger.row,
                ]
            )
        }
    }
}

extension StoreReader {
    static let earlierReplicasSetting = "earlier_replicas"
    static let unsaidSetting = "identity_unsaid"

    /// The numbers that this replica had before it was restored or copied, the latest last.
    public var earlierReplicas: [String] {
        get throws {
            try (setting(Self.earlierReplicasSetting) ?? "").split(separator: " ").map(String.init)
        }
    }

    /// Whether this replica has a number that it has not yet told headquarters.
    public var hasUnsaidIdentity: Bool {
        get throws { try setting(Self.unsaidSetting) != nil }
    }
}
