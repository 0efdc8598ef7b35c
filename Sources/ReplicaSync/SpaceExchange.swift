import CausalHistory
import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

/// Why an exchange could not go on.
public enum ExchangeError: Error, Hashable, Sendable {
    /// An actor was introduced by a statement that its key did not sign.
    case badIntroduction(ActorID)
}

extension RecordDelta {
    /// About how many bytes the delta takes in a page, uncompressed.
    var approximateSize: Int {
        fields.reduce(24) { sum, entry in
            entry.siblings.siblings.reduce(sum + entry.key.item.count) { sum, sibling in
                sum + 8 + (sibling.version.content.bytes?.count ?? 4)
            }
        }
    }
}

extension StoreReader {
    /// Reads what a peer lacks of a space, in this one snapshot.
    ///
    /// Spec: `Protocol/spec/05-sync.md` §3.
    func snapshot(_ reading: SpaceReading) throws -> SpaceSnapshot {
        let knowledge = try knowledge(of: reading.space)
        var snapshot = SpaceSnapshot(
            space: reading.space,
            knowledge: knowledge,
            page: Page(),
            isLast: true,
            reached: reading.after,
            chains: [],
            actors: [],
            forgotten: try forgotten(of: reading.space),
            fingerprint: try space(reading.space).fingerprint
        )
        if let shown = reading.chainsShown {
            let isKnownToBoth = reading.showsHeld ? shown.intersection(knowledge) : shown
            try addChains(to: &snapshot, beyond: isKnownToBoth)
        }
        guard reading.byteLimit > 0 else {
            snapshot.isLast = false
            return snapshot
        }
        var size = 0
        func add(_ delta: RecordDelta, of record: StoredRecord) throws {
            var delta = delta
            delta.bases = try bases(of: record).filter { base in
                delta.fields.contains { $0.key == base.key }
            }
            size += delta.approximateSize
            snapshot.page.records.append(delta)
        }
        for uid in reading.whole {
            // What the disk has changed is no help to anybody.
            guard let record = try record(RecordKey(space: reading.space, uid: uid)) else {
                continue
            }
            if record.isDamaged {
                let isUnsent = record.state.delta(uid: uid, for: reading.peerKnowledge) != nil
                if reading.leavesOutDamage, isUnsent { snapshot.leavesOut = true }
            } else {
                try add(record.state.complete(uid: uid), of: record)
            }
        }
        let whole = Set(reading.whole)
        func visit(_ record: StoredRecord) throws -> Bool {
            let uid = record.key.uid
            if !whole.contains(uid), let delta = news(of: record, for: reading) {
                if size >= reading.byteLimit {
                    snapshot.isLast = false
                    return false
                }
                if reading.leavesOutDamage, record.isDamaged {
                    snapshot.leavesOut = true
                } else {
                    try add(delta, of: record)
                }
            } else if reading.tellsAll {
                if snapshot.present.count == Self.presentLimit {
                    snapshot.isLast = false
                    return false
                }
                snapshot.present.append(uid)
            }
            snapshot.reached = record.sequence
            return true
        }
        if reading.tellsAll {
            try forEachRecord(space: reading.space, after: reading.after, visit)
        } else {
            try forEachRecord(
                in: reading.space,
                beyond: reading.peerKnowledge,
                after: reading.after,
                visit
            )
        }
        if snapshot.isLast { snapshot.reached = try sequence }
        snapshot.actors = try introductions(in: snapshot, to: reading.met)
        return snapshot
    }

    /// How many records are told by their number in one page at most: 8 bytes for each.
    private static let presentLimit = 20_000

    /// What a peer may lack of a record: its delta; all of it, where the peer returns late and anything
    /// was ever written of it that the peer does not know.
    private func news(of record: StoredRecord, for reading: SpaceReading) -> RecordDelta? {
        let state = record.state
        let peer = reading.peerKnowledge
        guard reading.tellsAll else {
            let delta = state.delta(uid: record.key.uid, for: peer)
            return reading.isWhole && delta != nil ? state.complete(uid: record.key.uid) : delta
        }
        let isSeen = state.erasure.map { peer.covers($0.dot) } ?? peer.covers(state.context)
        return isSeen ? nil : state.complete(uid: record.key.uid)
    }

    private func addChains(to snapshot: inout SpaceSnapshot, beyond peer: VersionVector) throws {
        // Digests beyond the knowledge are of pages whose last one never came: another may know them
        // under another name.
        for actor in try chainedActors(in: snapshot.space) {
            snapshot.chains += try chains(of: actor, after: peer.counter(of: actor)).map {
                stretch in
                let known =
                    Rule.digestOfEachTransaction.holds ? stretch.digests : stretch.digests.suffix(1)
                return ChainSegment(
                    actor: actor,
                    first: stretch.first + UInt64(stretch.digests.count - known.count),
                    digests: known,
                    head: stretch.head
                )
            }
        }
    }

    /// Introduces the actors that the peer cannot have met: those of the page, of its contexts too, and
    /// with the last page those of the knowledge.
    private func introductions(
        in snapshot: SpaceSnapshot,
        to peer: VersionVector
    ) throws -> [ActorIntroduction] {
        var actors: Set<ActorID> = []
        for record in snapshot.page.records {
            // A context may name one whose versions are all superseded.
            actors.formUnion(record.context.entries.map(\.actor))
            actors.formUnion(record.dots.map(\.actor))
        }
        if snapshot.isLast { actors.formUnion(snapshot.knowledge.entries.map(\.actor)) }
        return try actors.filter { peer.counter(of: $0) == 0 }.sorted().compactMap { actor in
            guard let owner = try owner(of: actor), !owner.signature.isEmpty,
                let replica = ReplicaID(bytes: owner.replica)
            else { return nil }
            return ActorIntroduction(
                actor: actor,
                replica: replica,
                desk: owner.desk,
                publicKey: owner.publicKey,
                signature: owner.signature,
                branch: owner.branch
            )
        }
    }
}

extension StoreWriter {
    /// Takes in a page, its chains and its actors, and raises the knowledge after a last page.
    ///
    /// Chains are compared before anything is merged.
    /// Spec: `Protocol/spec/05-sync.md` §4.
    func apply(_ application: SpaceApplication, from peer: Int64) throws -> SpaceResult {
        try introduce(application.actors, in: application.space)
        let reconciliation = try reconcile(application)
        return try take(reconciliation, from: peer)
    }

    /// Remembers what the other side of a late return has told, and at the end settles what it lacks.
    private func note(_ late: LateStretch, in space: SpaceName, from peer: Int64) throws {
        try notePresent(late.present, at: peer, in: space)
        guard late.cut != nil else { return }
        _ = try settleLateReturn(
            to: peer,
            in: space,
            knowing: late.seen,
            attribution: Attribution(
                time: nextTime(),
                author: try reader.setting("officer") ?? reader.setting("desk") ?? "",
                note: "kept here after it was deleted elsewhere"
            )
        )
    }

    /// Remembers who actors are.
    /// - Throws: `ExchangeError.badIntroduction`, and what the store reports.
    func introduce(_ actors: [ActorIntroduction], in space: SpaceName) throws {
        for actor in actors {
            do {
                try actor.verify(space: space)
            } catch {
                throw ExchangeError.badIntroduction(actor.actor)
            }
            try introduce(
                actor: actor.actor,
                space: space,
                replica: actor.replica.bytes,
                desk: actor.desk,
                publicKey: actor.publicKey,
                signature: actor.signature,
                branch: actor.branch
            )
        }
    }

    /// Merges a page whose chains were compared, and raises the knowledge after a last one.
    ///
    /// - Parameters:
    ///   - reconciliation: The message.
    ///   - peer: Who sent it.
    /// - Returns: What it did.
    /// - Throws: What the store reports.
    func take(_ reconciliation: Reconciliation, from peer: Int64) throws -> SpaceResult {
        let application = reconciliation.application
        let space = application.space
        var result = SpaceResult(
            space: space,
            isForked: reconciliation.isForked,
            hasNewActor: reconciliation.hasNewActor,
            knowledge: VersionVector(),
            fingerprint: Fingerprint()
        )
        if Rule.cutBeforePage.holds { try forget(application.cut, in: space) }
        let deltas = application.page.records
        let outcomes = try merge(
            deltas,
            into: space,
            from: application.late?.seen ?? application.shown,
            tellsAll: application.late != nil,
            asked: application.asked
        )
        for (delta, outcome) in zip(deltas, outcomes) {
            switch outcome {
            case .merged(let newConflicts):
                result.merged += 1
                result.newConflicts += newConflicts
            case .needed: result.needed.append(delta.uid)
            case .unchanged, .known: break
            }
        }
        if let late = application.late { try note(late, in: space, from: peer) }
        if let raise = application.raise,
            result.needed.isEmpty || !Rule.raisedWhenNothingIsNeeded.holds
        {
            try raiseKnowledge(of: space, to: raise)
        }
        if let cut = application.late?.cut { try forget(cut, in: space) }
        // Who takes the space for the first time has come to know what the cut covers.
        try forget(application.cut, in: space)
        result.knowledge = try reader.knowledge(of: space)
        result.fingerprint = try fingerprint(of: space)
        return result
    }

    /// Signs the statements of this replica's actors that nobody has signed yet.
    func signActors(_ identity: ReplicaIdentity, desk: String) throws {
        // An actor that this transaction made is known to the reader after it is written.
        try flush()
        for own in try reader.unsignedActors() {
            guard let replica = ReplicaID(bytes: own.replica) else { continue }
            let statement = try ActorIntroduction.signed(
                actor: own.actor,
                replica: replica,
                space: own.space,
                desk: desk,
                key: identity.privateKey
            )
            try sign(
                actor: own.actor,
                publicKey: statement.publicKey,
                signature: statement.signature
            )
        }
    }
}
