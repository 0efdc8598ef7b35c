import CausalHistory
import Foundation
import RecordModel

extension ActorTable {
    /// Reads a vector's entries.
    /// - Throws: `WireError.malformed` unless the actors ascend and each counter is one.
    func vector(
        _ entries: some Collection<(UInt32, UInt64)>,
        _ what: String
    ) throws(WireError) -> VersionVector {
        var result: [VersionVector.Entry] = []
        result.reserveCapacity(entries.count)
        var previous: UInt32?
        for (index, count) in entries {
            if let previous, previous >= index { throw .malformed("\(what): not ascending") }
            previous = index
            let dot = try dot(index, count, what)
            result.append(VersionVector.Entry(actor: dot.actor, counter: dot.counter))
        }
        return VersionVector(result)
    }
}

extension WireVector {
    init(_ vector: VersionVector, _ table: ActorTable) {
        self.init()
        actors = Columns.omittingZeros(vector.entries.map { table.index(of: $0.actor) })
        counters = vector.entries.map(\.counter)
    }

    func decoded(_ table: ActorTable, _ what: String) throws(WireError) -> VersionVector {
        let indexes = try Columns.full(actors, counters.count, what)
        return try table.vector(Array(zip(indexes, counters)), what)
    }
}

extension WireKnowledge {
    init(_ update: KnowledgeUpdate, _ table: ActorTable) {
        self.init()
        actors = Columns.omittingZeros(update.changes.map { table.index(of: $0.actor) })
        counters = update.changes.map(\.counter)
        whole = update.isWhole
        hash = update.hash
    }

    func decoded(_ table: ActorTable) throws(WireError) -> KnowledgeUpdate {
        let indexes = try Columns.full(actors, counters.count, "knowledge")
        guard isAscending(indexes) else { throw .malformed("knowledge: not ascending") }
        var changes: [(actor: ActorID, counter: UInt64)] = []
        for (index, count) in zip(indexes, counters) {
            guard count < Limits.counter else {
                throw .malformed("knowledge: the counter \(count)")
            }
            changes.append((try table.actor(index, "knowledge"), count))
        }
        return KnowledgeUpdate(changes: changes, isWhole: whole, hash: hash)
    }
}

extension WireIntroduction {
    init(_ introduction: ActorIntroduction, _ table: ActorTable) {
        self.init()
        actor = table.index(of: introduction.actor)
        replica = Data(introduction.replica.bytes)
        desk = introduction.desk
        publicKey = Data(introduction.publicKey)
        signature = Data(introduction.signature)
        if let origin = introduction.branch {
            root = Data(origin.root.bytes)
            branch = origin.digest
        }
    }

    func decoded(_ table: ActorTable) throws(WireError) -> ActorIntroduction {
        try Check.count(desk.utf8.count, atMost: Limits.deskBytes, "desk")
        var origin: BranchOrigin?
        if !root.isEmpty {
            guard let root = ActorID(bytes: root) else { throw .malformed("root: not 16 bytes") }
            origin = BranchOrigin(root: root, digest: branch)
        } else if branch != 0 {
            throw .malformed("introductions: a branch of nothing")
        }
        return ActorIntroduction(
            actor: try table.actor(actor, "introductions"),
            replica: try Check.replica(replica),
            desk: desk,
            publicKey: try Check.bytes(publicKey, 32, "public key"),
            signature: try Check.bytes(signature, 64, "signature"),
            branch: origin
        )
    }
}

extension WireChain {
    init(_ segment: ChainSegment, _ table: ActorTable) {
        self.init()
        actor = table.index(of: segment.actor)
        first = segment.first
        digests = segment.digests
        if let whole = segment.head {
            digests.removeLast(min(1, digests.count))
            head = Data(whole.bytes)
        }
    }

    func decoded(_ table: ActorTable) throws(WireError) -> ChainSegment {
        try Check.count(digests.count, atMost: Limits.references, "chain digests")
        var digests = digests
        var whole: Digest128?
        if !head.isEmpty {
            let digest = Digest128(bytes: try Check.bytes(head, 16, "chain head"))
            whole = digest
            if let digest { digests.append(digest.short) }
        }
        guard !digests.isEmpty else { throw .malformed("chain: no digest") }
        // The last counter must be one, too; the sum cannot overflow.
        _ = try Check.counter(
            try Check.counter(first, "chain") + UInt64(digests.count - 1),
            "chain"
        )
        return ChainSegment(
            actor: try table.actor(actor, "chain"),
            first: first,
            digests: digests,
            head: whole
        )
    }
}

extension WireRefusal {
    init(_ refusal: Refusal, _ table: ActorTable) {
        self.init()
        uid = refusal.uid.value
        field = refusal.key.number
        item = Data(refusal.key.item)
        actor = table.index(of: refusal.dot.actor)
        counter = refusal.dot.counter
        code = refusal.code
        message = refusal.message
    }

    func decoded(_ table: ActorTable) throws(WireError) -> Refusal {
        try Check.count(item.count, atMost: Limits.itemBytes, "refusal: item key")
        try Check.count(code.utf8.count, atMost: Limits.codeBytes, "refusal: code")
        try Check.count(message.utf8.count, atMost: Limits.noteBytes, "refusal: message")
        return Refusal(
            uid: RecordUID(uid),
            key: FieldKey(field, item: [UInt8](item)),
            dot: try table.dot(actor, counter, "refusal"),
            code: code,
            message: message
        )
    }
}
