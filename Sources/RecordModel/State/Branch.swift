import CausalHistory

/// What a branch's name is made of.
public struct BranchOrigin: Hashable, Sendable {
    /// The actor of which it is a branch, itself no branch.
    public let root: ActorID
    /// The first 4 bytes of the chain digest with which it begins.
    public let digest: UInt32

    /// Creates the origin of a branch.
    public init(root: ActorID, digest: UInt32) {
        self.root = root
        self.digest = digest
    }

    /// The actor whose history the branch is.
    public var name: ActorID {
        var writer = ByteWriter(capacity: 40)
        writer.string("attache branch")
        writer.bigEndian(root.value)
        writer.bigEndian(digest)
        return ActorID(Digest128(hashing: writer.bytes).value)
    }
}

/// One of two histories that were written under one actor, and the name that sets it apart.
///
/// A store that went back in time, or was copied, writes again under counters that it has used. Of
/// the two histories, the one whose chain has the lesser digest at the first counter where they
/// differ keeps the actor's name. The other becomes another actor's from that counter on, wherever
/// it is met: in records, knowledge and messages. Its name follows from the actor and that digest
/// alone, so that all replicas that meet both agree without a word.
///
/// Spec: `Protocol/spec/04-proof.md` §3.
public struct Branch: Hashable, Sendable {
    /// The actor under whose name the history was written.
    public let actor: ActorID
    /// The last counter that is the same in both histories, 0 for none.
    public let shared: UInt64
    /// What its name is made of.
    public let origin: BranchOrigin
    /// The actor whose history it is from there on.
    public let name: ActorID

    /// Names the history of an actor that begins behind a counter.
    ///
    /// - Parameters:
    ///   - actor: The actor under whose name it was written.
    ///   - shared: The last counter that both histories have in common.
    ///   - origin: The root and the chain digest at the counter after it; names are never nested.
    public init(of actor: ActorID, after shared: UInt64, origin: BranchOrigin) {
        self.actor = actor
        self.shared = shared
        self.origin = origin
        name = origin.name
    }

    /// Whether a vector holds an event of the branch.
    public func isIn(_ vector: VersionVector) -> Bool {
        vector.counter(of: actor) > shared
    }

    /// The dot under the branch's name, where it is of the branch.
    public func renamed(_ dot: Dot) -> Dot {
        dot.actor == actor && dot.counter > shared ? Dot(name, dot.counter) : dot
    }

    /// The vector with the branch's events under its name.
    public func renamed(_ vector: VersionVector) -> VersionVector {
        guard isIn(vector) else { return vector }
        let counter = vector.counter(of: actor)
        var entries = vector.entries.filter { $0.actor != actor }
        entries.append(VersionVector.Entry(actor: actor, counter: shared))
        entries.append(VersionVector.Entry(actor: name, counter: counter))
        return VersionVector(entries)
    }

    private func renamed(_ content: Content) -> Content {
        guard case .deleted(let witnesses) = content else { return content }
        return .deleted(witnesses.map { Witness(dot: renamed($0.dot), hash: $0.hash) }.sorted())
    }

    /// The cell with the branch's events, in parents and witnesses, under its name.
    public func renamed(_ cell: Cell) -> Cell {
        Cell(
            content: renamed(cell.content),
            attribution: cell.attribution,
            parents: cell.parents.map(renamed).sorted()
        )
    }

    private func renamed(_ sibling: Sibling) -> Sibling {
        Sibling(dot: renamed(sibling.dot), version: renamed(sibling.version))
    }

    private func renamed(_ fields: [FieldEntry]) -> [FieldEntry] {
        fields.map { entry in
            FieldEntry(
                key: entry.key,
                siblings: SiblingSet(entry.siblings.siblings.map(renamed))
            )
        }
    }

    private func renamed(_ erasure: Erasure) -> Erasure {
        Erasure(dot: renamed(erasure.dot), attribution: erasure.attribution)
    }

    /// The state with the branch's events under its name.
    public func renamed(_ state: RecordState) -> RecordState {
        RecordState(
            kind: state.kind,
            fields: renamed(state.fields),
            context: renamed(state.context),
            erasure: state.erasure.map(renamed)
        )
    }

    /// The delta with the branch's events under its name.
    public func renamed(_ delta: RecordDelta) -> RecordDelta {
        RecordDelta(
            uid: delta.uid,
            kind: delta.kind,
            fields: renamed(delta.fields),
            context: renamed(delta.context),
            erasure: delta.erasure.map(renamed),
            isComplete: delta.isComplete,
            bases: delta.bases.map {
                BaseCell(key: $0.key, sibling: renamed($0.sibling))
            }.sorted()
        )
    }
}
