import CausalHistory
import DeskWork
import RecordModel
import RecordStorage

/// Takes in at one desk all that another holds of the shared space, as a sync would.
///
/// It models no pages, no headquarters and no signatures.
func send(from sender: Desk, to receiver: Desk, space: SpaceName = .allMissions) throws {
    struct Mail {
        var deltas: [RecordDelta] = []
        var owners: [(actor: ActorID, owner: StoredActor)] = []
        var chains: [(actor: ActorID, chain: StoredChain)] = []
        var knowledge = VersionVector()
    }
    let mail = try sender.store.read { reader in
        var mail = Mail()
        mail.knowledge = try reader.knowledge(of: space)
        try reader.forEachRecord(space: space) { record in
            var delta = record.state.complete(uid: record.key.uid)
            delta.bases = try reader.bases(of: record)
            mail.deltas.append(delta)
            return true
        }
        for entry in mail.knowledge.entries {
            if let owner = try reader.owner(of: entry.actor) {
                mail.owners.append((entry.actor, owner))
            }
            for chain in try reader.chains(of: entry.actor, after: 0, through: entry.counter) {
                mail.chains.append((entry.actor, chain))
            }
        }
        return mail
    }
    try receiver.store.write { writer in
        for (actor, owner) in mail.owners {
            try writer.introduce(
                actor: actor,
                space: space,
                replica: owner.replica,
                desk: owner.desk,
                publicKey: owner.publicKey,
                signature: owner.signature
            )
        }
        for delta in mail.deltas { _ = try writer.merge(delta, into: space) }
        for (actor, chain) in mail.chains {
            for (index, digest) in chain.digests.enumerated() {
                try writer.keepChain(
                    actor: actor,
                    counter: chain.first + UInt64(index),
                    digest: digest
                )
            }
        }
        try writer.raiseKnowledge(of: space, to: mail.knowledge)
    }
}

/// Brings two desks to hold the same.
func exchange(_ one: Desk, _ other: Desk) throws {
    try send(from: one, to: other)
    try send(from: other, to: one)
}
