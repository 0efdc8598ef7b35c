import CausalHistory
import RecordModel

/// One space of one replica, reduced to the rules of `Protocol/spec/03-merge.md` and held in
/// memory: what a real store must amount to.
///
/// It does not model storage, chains, several spaces, reused dots, refusals or late return: a page
/// from a peer that has not seen what this replica has forgotten is not taken.
public struct ModelReplica: Sendable {
    /// What a transaction does to a record.
    public enum Edit: Sendable {
        /// Writes a field or an item.
        case write(FieldKey, Content)
        /// Puts several versions into a field, as when a decision is taken back.
        case restore(FieldKey, [Content])
        /// Deletes the record.
        case delete
        /// Forgets the record for good.
        case erase
    }

    /// What a sender sends at once.
    public struct Page: Sendable {
        /// The records, in the sender's sequence.
        public var deltas: [RecordDelta]
        /// The sequence up to which the page reaches.
        public var cursor: UInt64
        /// Whether the page reaches the head of the sender's sequence.
        public var isLast: Bool
        /// The sender's knowledge when the page was made.
        public var knowledge: VersionVector
        /// The sender's stable cut when the page was made.
        public var forgotten: VersionVector
    }

    /// The actor under which the replica writes.
    public let actor: ActorID
    /// The kind of every record of this model.
    public static let kind: UInt32 = 1

    /// What the replica holds or has seen superseded.
    public private(set) var knowledge = VersionVector()
    /// The greatest stable cut that was applied.
    public private(set) var forgotten = VersionVector()
    /// The records.
    public private(set) var records: [RecordUID: RecordState] = [:]

    private var sequences: [RecordUID: UInt64] = [:]
    private var sequence: UInt64 = 0
    private let faults: Set<ModelFault>
    private let sendsWholeStates: Bool

    /// Creates an empty replica.
    /// - Parameters:
    ///   - actor: The actor under which it writes.
    ///   - faults: Rules that it breaks.
    ///   - sendsWholeStates: Whether it sends records whole, where only some fields are asked for.
    public init(
        actor: ActorID,
        faults: Set<ModelFault> = [],
        sendsWholeStates: Bool = false
    ) {
        self.actor = actor
        self.faults = faults
        self.sendsWholeStates = sendsWholeStates
    }

    // MARK: Writing

    /// The dot of the next transaction.
    public var nextDot: Dot { Dot(actor, knowledge.counter(of: actor) + 1) }

    /// Commits one transaction: all the edits under one dot.
    public mutating func commit(
        _ edits: [(uid: RecordUID, edit: Edit)],
        attribution: Attribution
    ) {
        let dot = nextDot
        for (uid, edit) in edits {
            var state = records[uid] ?? RecordState(kind: Self.kind)
            switch edit {
            case .write(let key, .absent) where faults.contains(.removalEmptiesField):
                state = RecordState(
                    kind: state.kind,
                    fields: state.fields.filter { $0.key != key },
                    context: state.context.merged(with: VersionVector(covering: [dot]))
                )
            case .write(let key, let content):
                state.write(content, to: key, dot: dot, attribution: attribution)
            case .restore(let key, let contents):
                state.restore(contents, to: key, dot: dot, attribution: attribution)
            case .delete where faults.contains(.deletionWithoutWitnesses):
                state.write(.deleted([]), to: .life, dot: dot, attribution: attribution)
            case .delete:
                state.delete(dot: dot, attribution: attribution)
            case .erase:
                state = RecordState(
                    kind: state.kind,
                    fields: [],
                    context: VersionVector(),
                    erasure: Erasure(dot: dot, attribution: attribution)
                )
            }
            store(state, at: uid)
        }
        knowledge.include(dot)
    }

    private mutating func store(_ state: RecordState, at uid: RecordUID) {
        sequence += 1
        sequences[uid] = sequence
        records[uid] = state
    }

    // MARK: Sending

    /// Returns the next page for a peer.
    /// - Parameters:
    ///   - base: The peer's knowledge at the session's start.
    ///   - cursor: The sequence up to which the peer has taken pages of this session.
    ///   - limit: How many records the page has at most, those that the peer needs aside.
    ///   - needed: The records that the peer needs whole.
    /// - Returns: The records that the peer lacks, as many as fit.
    public func page(
        for base: VersionVector,
        after cursor: UInt64,
        limit: Int,
        needed: [RecordUID] = []
    ) -> Page {
        var page = Page(
            deltas: needed.compactMap { records[$0]?.complete(uid: $0) },
            cursor: cursor,
            isLast: true,
            knowledge: knowledge,
            forgotten: forgotten
        )
        let candidates = sequences.filter { $0.value > cursor && !needed.contains($0.key) }
            .sorted { $0.value < $1.value }
        var count = 0
        for (uid, position) in candidates {
            guard let delta = delta(of: uid, for: base) else { continue }
            if count == limit {
                page.isLast = false
                return page
            }
            page.deltas.append(delta)
            page.cursor = position
            count += 1
        }
        page.cursor = sequence
        return page
    }

    private func delta(of uid: RecordUID, for base: VersionVector) -> RecordDelta? {
        guard let state = records[uid], var delta = state.delta(uid: uid, for: base) else {
            return nil
        }
        if sendsWholeStates { return state.complete(uid: uid) }
        if faults.contains(.deltaDropsField), delta.fields.count > 1 { delta.fields.removeLast() }
        return delta
    }

    // MARK: Taking in

    /// Takes in a page.
    /// - Returns: The records that it needs whole, or nil where it cannot take the page since one
    ///   side has forgotten what the other has not seen.
    public mutating func take(_ page: Page) -> [RecordUID]? {
        guard knowledge.covers(page.forgotten), page.knowledge.covers(forgotten) else { return nil }
        forget(page.forgotten)
        var needed: [RecordUID] = []
        for delta in page.deltas {
            if let held = records[delta.uid] {
                let state = joined(held, delta, theirForgotten: page.forgotten)
                if state != held { store(state, at: delta.uid) }
            } else if delta.dots.allSatisfy({ knowledge.covers($0) }) {
                // It was hidden, and was dropped below the stable cut.
                continue
            } else if delta.isComplete || faults.contains(.incompleteRecordCreated) {
                // The empty context of a record that is not held, whatever was forgotten: to have
                // dropped a hidden record is not to have seen its cells superseded.
                var state = RecordState(kind: delta.kind)
                state.join(delta)
                store(state, at: delta.uid)
            } else {
                needed.append(delta.uid)
            }
        }
        return needed
    }

    private func joined(
        _ held: RecordState,
        _ delta: RecordDelta,
        theirForgotten: VersionVector
    ) -> RecordState {
        var state = held
        if faults.contains(.fieldByField) {
            for entry in delta.fields {
                var part = delta
                part.fields = [entry]
                part.isComplete = false
                state.join(part, forgotten: forgotten, theirForgotten: theirForgotten)
            }
            return state
        }
        if faults.contains(.forgottenIgnored) {
            state.join(delta)
        } else {
            state.join(delta, forgotten: forgotten, theirForgotten: theirForgotten)
        }
        if faults.contains(.contextNotMerged) {
            state = RecordState(
                kind: state.kind,
                fields: state.fields,
                context: held.context,
                erasure: state.erasure
            )
        }
        return state
    }

    /// Raises the knowledge, once all pages of a session are in.
    public mutating func raiseKnowledge(to other: VersionVector) {
        knowledge.merge(other)
    }

    // MARK: The stable cut

    /// Drops what lies below a stable cut: hidden records and absent items.
    public mutating func forget(_ cut: VersionVector) {
        guard knowledge.covers(cut), !forgotten.covers(cut) else { return }
        forgotten.merge(cut)
        for (uid, state) in records {
            if state.isSettled(below: forgotten) {
                records[uid] = nil
                sequences[uid] = nil
            } else {
                records[uid] = state.withoutAbsentItems(below: forgotten)
            }
        }
    }

    // MARK: Proof

    /// The fingerprint of the space.
    public var fingerprint: Fingerprint {
        var fingerprint = Fingerprint()
        for (uid, state) in records { fingerprint.add(state.digest(uid: uid)) }
        return fingerprint
    }

    /// Whether the replica holds a version that its knowledge does not cover.
    public var holdsBeyondKnowledge: Bool {
        records.values.contains { state in state.dots.contains { !knowledge.covers($0) } }
    }
}

/// A rule that a model replica or a session of it can break, to show that the judges notice.
public enum ModelFault: String, Hashable, Sendable, CaseIterable {
    /// Knowledge is raised after each page.
    case knowledgeRaisedOnEachPage
    /// The sender's knowledge is read after the last page was made.
    case knowledgeReadAfterLastPage
    /// A delta leaves a field out.
    case deltaDropsField
    /// A delta is taken in field by field.
    case fieldByField
    /// The sender's context is not merged.
    case contextNotMerged
    /// Removing an item empties its field.
    case removalEmptiesField
    /// A deletion does not name what it saw.
    case deletionWithoutWitnesses
    /// A record that is not held is made from a delta that is not complete.
    case incompleteRecordCreated
    /// Knowledge is raised while a record is still asked for whole.
    case knowledgeRaisedWhileNeeded
    /// A merge does not reckon with what was forgotten.
    case forgottenIgnored
}
