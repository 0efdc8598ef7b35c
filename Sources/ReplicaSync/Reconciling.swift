import CausalHistory
import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

/// Comparing chains before anything is merged, and setting two histories of one actor apart.
///
/// Spec: `Protocol/spec/04-proof.md` §3.
extension StoreWriter {
    /// Compares the chains of a message with those that are known here, sets apart what differs, and
    /// keeps the digests.
    ///
    /// Of two histories the one with the lesser digest keeps the actor's name, wherever they meet, so
    /// that all replicas agree. What somebody else has set apart is recognised by the digest with
    /// which it begins.
    func reconcile(_ application: SpaceApplication) throws -> Reconciliation {
        var result = Reconciliation(application)
        let space = application.space
        let own = try ownActorIfAny(in: space)
        func separateKnown(_ origin: BranchOrigin) throws {
            for branch in try known(origin) {
                try separate(branch, in: space)
                result.isForked = true
                if branch.actor == own { result.hasNewActor = true }
            }
        }
        for origin in application.actors.compactMap(\.branch) { try separateKnown(origin) }
        while let branch = try branchOfOthers(in: result.application.chains) {
            result.application = branch.renamed(result.application)
            result.isForked = true
        }
        while let fork = try firstFork(in: result.application.chains) {
            result.isForked = true
            if fork.actor == own { result.hasNewActor = true }
            let isTheirs = fork.theirs > fork.mine || !Rule.greaterDigestIsRenamed.holds
            let branch = Branch(
                of: fork.actor,
                after: fork.counter - 1,
                origin: BranchOrigin(
                    root: Rule.namedFromTheRoot.holds
                        ? try reader.root(of: fork.actor) : fork.actor,
                    digest: isTheirs ? fork.theirs : fork.mine
                )
            )
            if isTheirs {
                try name(branch)
                result.application = branch.renamed(result.application)
            } else {
                try separate(branch, in: space)
            }
            // The same history may be here under another name of the family.
            try separateKnown(branch.origin)
        }
        for segment in result.application.chains { try keep(segment) }
        if let own {
            let known = try reader.knowledge(of: space).counter(of: own)
            if result.application.shown.counter(of: own) > known { result.hasNewActor = true }
        }
        if !Rule.strangeActorIsGivenUp.holds { result.hasNewActor = false }
        if result.hasNewActor { try takeNewActor(in: space) }
        return result
    }

    /// The histories in this store that are a branch which somebody else has set apart.
    private func known(_ origin: BranchOrigin) throws -> [Branch] {
        try reader.family(ofRoot: origin.root).compactMap { actor in
            guard actor != origin.name,
                let counter = try reader.counter(of: actor, withDigest: origin.digest)
            else { return nil }
            return Branch(of: actor, after: counter - 1, origin: origin)
        }
    }

    /// A history in a message that is a branch which this store has set apart.
    private func branchOfOthers(in chains: [ChainSegment]) throws -> Branch? {
        for segment in chains {
            let root = try reader.root(of: segment.actor)
            for origin in try reader.branches(ofRoot: root) where origin.name != segment.actor {
                if let index = segment.digests.firstIndex(of: origin.digest) {
                    let shared = segment.first + UInt64(index) - 1
                    return Branch(of: segment.actor, after: shared, origin: origin)
                }
            }
        }
        return nil
    }

    private func ownActorIfAny(in space: SpaceName) throws -> ActorID? {
        try reader.space(space).actor
    }

    /// Finds a counter at which a chain differs from the one known here, all before it being equal.
    private func firstFork(
        in chains: [ChainSegment]
    ) throws -> (actor: ActorID, counter: UInt64, mine: UInt32, theirs: UInt32)? {
        guard Rule.historiesAreSetApart.holds else { return nil }
        for segment in chains {
            let known = try reader.chains(
                of: segment.actor,
                after: segment.first - 1,
                through: segment.first + UInt64(segment.digests.count - 1)
            )
            for stretch in known {
                for (index, mine) in stretch.digests.enumerated() {
                    let counter = stretch.first + UInt64(index)
                    let theirs = segment.digests[Int(counter - segment.first)]
                    if mine != theirs { return (segment.actor, counter, mine, theirs) }
                }
            }
        }
        return nil
    }

    /// Takes digests over that this store has lost or was never told: they contradict nothing.
    func keepMissing(_ chains: [ChainSegment]) throws {
        for segment in chains {
            let known = try reader.chainDigest(of: Dot(segment.actor, segment.first))
            if known == nil { try keep(segment) }
        }
    }

    private func keep(_ segment: ChainSegment) throws {
        for (index, digest) in segment.digests.enumerated() {
            let counter = segment.first + UInt64(index)
            try keepChain(actor: segment.actor, counter: counter, digest: digest)
        }
        if let head = segment.head, !segment.digests.isEmpty {
            let last = segment.first + UInt64(segment.digests.count - 1)
            try keepChain(actor: segment.actor, counter: last, head: head)
        }
    }
}

extension Branch {
    /// The message with the branch's events under its name.
    func renamed(_ application: SpaceApplication) -> SpaceApplication {
        var result = application
        result.page = Page(records: application.page.records.map(renamed))
        result.raise = application.raise.map(renamed)
        result.shown = renamed(application.shown)
        result.cut = renamed(application.cut)
        result.late?.seen = renamed(application.late?.seen ?? VersionVector())
        result.late?.cut = application.late?.cut.map(renamed)
        result.chains = application.chains.flatMap(renamed)
        return result
    }

    private func renamed(_ segment: ChainSegment) -> [ChainSegment] {
        let last = segment.first + UInt64(segment.digests.count) - 1
        guard segment.actor == actor, last > shared else { return [segment] }
        let common = shared < segment.first ? 0 : Int(shared - segment.first + 1)
        let theirs = ChainSegment(
            actor: name,
            first: segment.first + UInt64(common),
            digests: Array(segment.digests.dropFirst(common)),
            head: segment.head
        )
        guard common > 0 else { return [theirs] }
        let ours = ChainSegment(
            actor: actor,
            first: segment.first,
            digests: Array(segment.digests.prefix(common)),
            head: nil
        )
        return [ours, theirs]
    }
}

extension StoreReader {
    /// Finds up to where this replica's chains are those that headquarters showed: an actor whose
    /// digest differs is left out, so that its whole chain is shown next.
    func agreement(on comparison: SpaceComparison) throws -> VersionVector {
        var agreed: [VersionVector.Entry] = []
        var differing: Set<ActorID> = []
        for segment in comparison.chains {
            let mine = try chainDigest(of: Dot(segment.actor, segment.first))
            if mine != nil, mine == segment.digests.first {
                agreed.append(VersionVector.Entry(actor: segment.actor, counter: segment.first))
            } else {
                differing.insert(segment.actor)
            }
        }
        return VersionVector(agreed.filter { !differing.contains($0.actor) })
    }
}
