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
            forgotten: VersionVector(),
            fingerprint: try space(reading.space).fingerprint
        )
        if let shown = reading.chainsShown { try addChains(to: &snapshot, beyond: shown) }
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
            if let record = try record(RecordKey(space: reading.space, uid: uid)) {
                try add(record.state.complete(uid: uid), of: record)
            }
        }
        let whole = Set(reading.whole)
        try forEachRecord(
            in: reading.space,
            beyond: reading.peerKnowledge,
            after: reading.after
        ) { record in
            let uid = record.key.uid
            if !whole.contains(uid),
                let delta = record.state.delta(uid: uid, for: reading.peerKnowledge)
            {
                if size >= reading.byteLimit {
                    snapshot.isLast = false
                    return false
                }
                try add(delta, of: record)
            }
            snapshot.reached = record.sequence
            return true
        }
        if snapshot.isLast { snapshot.reached = try sequence }
        snapshot.actors = try introductions(in: snapshot, to: reading.met)
        return snapshot
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
    func apply(_ application: SpaceApplication) throws -> SpaceResult {
        try introduce(application.actors, in: application.space)
        let reconciliation = try reconcile(application)
        return try take(reconciliation)
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
    func take(_ reconciliation: Reconciliation) throws -> SpaceResult {
        let application = reconciliation.application
        let space = application.space
        var result = SpaceResult(
            space: space,
            isForked: reconciliation.isForked,
            hasNewActor: reconciliation.hasNewActor,
            knowledge: VersionVector(),
            fingerprint: Fingerprint()
        )
        let deltas = application.page.records
        for (delta, outcome) in zip(deltas, try merge(deltas, into: space)) {
            switch outcome {
            case .merged(let newConflicts):
                result.merged += 1
                result.newConflicts += newConflicts
            case .needed: result.needed.append(delta.uid)
            case .unchanged, .known: break
            }
        }
        if let raise = application.raise,
            result.needed.isEmpty || !Rule.raisedWhenNothingIsNeeded.holds
        {
            try raiseKnowledge(of: space, to: raise)
        }
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
