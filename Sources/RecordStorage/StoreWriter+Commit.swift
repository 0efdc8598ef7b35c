import CausalHistory
import Foundation
import GRDB
import RecordModel

/// What a local transaction does to one record's part.
public struct RecordEdit: Sendable {
    /// One step of an edit.
    public enum Step: Sendable, Hashable {
        /// Puts a content into a field or item.
        case write(FieldKey, Content)
        /// Puts several versions side by side, as they stood before a decision was taken back.
        ///
        /// They are variants of this transaction's dot: siblings again, everywhere.
        case restore(FieldKey, [Content])
        /// Deletes the record, naming what is seen.
        case delete
        /// Erases the record for good.
        case erase
    }

    /// The record.
    public var uid: RecordUID
    /// The number of the kind, for a record that is new.
    public var kind: UInt32
    /// What is done, in order.
    public var steps: [Step]

    /// Creates an edit.
    public init(uid: RecordUID, kind: UInt32, steps: [Step]) {
        self.uid = uid
        self.kind = kind
        self.steps = steps
    }
}

/// A transaction of an actor as people name it: by the desk and its chain digest.
public struct ChangeID: Hashable, Sendable {
    /// The event.
    public let dot: Dot
    /// The first 4 bytes of the chain digest.
    public let digest: UInt32

    /// Creates a change's name.
    public init(dot: Dot, digest: UInt32) {
        self.dot = dot
        self.digest = digest
    }

    /// Eight hexadecimal digits.
    public var hex: String {
        var writer = ByteWriter(capacity: 4)
        writer.bigEndian(digest)
        return hexadecimal(writer.bytes)
    }
}

extension StoreWriter {
    /// Makes one transaction in a space: one dot, one link of the chain, any number of records.
    ///
    /// Writes that change nothing (the field holds just that content already, in one version) are
    /// left out; where nothing is left, no change is made.
    ///
    /// - Returns: The change, or nil where nothing changed.
    /// - Throws: `StoreError.unknownSpace`, `.tooLarge`, and what the database reports.
    @discardableResult
    public func commit(
        _ edits: [RecordEdit],
        in space: SpaceName,
        attribution: Attribution
    ) throws -> ChangeID? {
        let ledger = try ledger(of: space)
        try requireBounds(edits, attribution)
        var changes: [(uid: RecordUID, digest: Digest128)] = []
        changes.reserveCapacity(edits.count)
        var event: (dot: Dot, actor: Int64)?
        var batch: [EditInHand] = []
        for index in edits.indices.sorted(by: { edits[$0].uid < edits[$1].uid }) {
            let edit = edits[index]
            // An edit of a record that the batch edits already stands on what that one wrote.
            if batch.count == Self.batchSize || batch.last?.edit.uid == edit.uid, let event {
                changes += try apply(batch, event, attribution, ledger)
                batch = []
            }
            let old = try reader.record(RecordKey(space: space, uid: edit.uid))
            if let old, old.isDamaged {
                throw StoreError.damaged(
                    detail:
                        "record \(edit.uid) is not as it was written; attache sync --verify mends it"
                )
            }
            let steps = old == nil ? edit.steps : edit.steps.filter { !isIdle($0, in: old?.state) }
            if steps.isEmpty { continue }
            event = try event ?? nextEvent(in: space, ledger, attribution)
            batch.append(EditInHand(edit: edit, old: old, steps: steps))
        }
        guard let (dot, actor) = event else { return nil }
        changes += try apply(batch, (dot, actor), attribution, ledger)
        ledger.head = Chain.next(
            after: ledger.head,
            counter: dot.counter,
            attribution: attribution,
            changes: changes
        )
        ledger.counter = dot.counter
        ledger.isChanged = true
        try setKnowledge(ledger.row, actor, dot.counter)
        try recordChange(actor, dot.counter, attribution, digest: ledger.head.data)
        return ChangeID(dot: dot, digest: ledger.head.short)
    }

    private func nextEvent(
        in space: SpaceName,
        _ ledger: SpaceLedger,
        _ attribution: Attribution
    ) throws -> (dot: Dot, actor: Int64) {
        let actor = try ownActor(in: space)
        _ = try interner.number(of: attribution)
        return (Dot(actor, ledger.counter + 1), try interner.number(of: actor))
    }

    /// Refuses what no other replica would take: it must not be acknowledged here.
    private func requireBounds(
        _ edits: [RecordEdit],
        _ attribution: Attribution
    ) throws {
        func require(_ count: Int, _ limit: Int, _ what: String) throws {
            guard count <= limit else {
                throw StoreError.tooLarge(detail: "\(what) has \(count) bytes of \(limit)")
            }
        }
        try require(attribution.author.utf8.count, ContentLimits.authorBytes, "the author")
        try require(attribution.note.utf8.count, ContentLimits.noteBytes, "the note")
        for edit in edits {
            for case .write(let key, let content) in edit.steps {
                try require(key.item.count, ContentLimits.itemBytes, "the key of an item")
                try require(content.bytes?.count ?? 0, ContentLimits.valueBytes, "a value")
            }
        }
    }

    private func isIdle(_ step: RecordEdit.Step, in state: RecordState?) -> Bool {
        // Nothing is written to a record that was erased.
        if state?.erasure != nil { return true }
        guard let state, case .write(let key, let content) = step else { return false }
        let siblings = state.siblings(of: key)
        if siblings.isEmpty { return content == .absent || content == .cleared }
        return siblings.count == 1 && siblings[0].version.content == content
    }

    /// Writes edits of distinct records under one dot.
    /// - Returns: What the chain says of each.
    private func apply(
        _ batch: [EditInHand],
        _ event: (dot: Dot, actor: Int64),
        _ attribution: Attribution,
        _ ledger: SpaceLedger
    ) throws -> [(uid: RecordUID, digest: Digest128)] {
        let applied = try applied(batch, event.dot, attribution)
        return try zip(batch, applied).map { hand, applied in
            let uid = hand.edit.uid
            let row = try put(applied.record, uid: uid, replacing: hand.old?.row, in: ledger)
            // Of what was erased no history is kept.
            if applied.record.state.erasure == nil {
                for (key, siblings) in applied.replaced {
                    try keepPast(siblings, of: key, row: row)
                }
            }
            try recountConflicts(of: applied.record.state, row: row)
            try recordTouch(event.actor, event.dot.counter, row: row, digest: applied.digest)
            return (uid, applied.digest)
        }
    }

    private func applied(
        _ batch: [EditInHand],
        _ dot: Dot,
        _ attribution: Attribution
    ) throws -> [AppliedEdit] {
        let numbers = interner.table
        do {
            return try concurrentMap(batch) { [indexing] in
                try AppliedEdit($0, dot, attribution, indexing, numbers)
            }
        } catch is UnknownNumber {
            return try batch.map { try AppliedEdit($0, dot, attribution, indexing, interner) }
        }
    }

    /// How many records are prepared at once, which bounds the memory of a great change.
    static let batchSize = 1_024
}

/// An edit with what it stands on.
private struct EditInHand: Sendable {
    let edit: RecordEdit
    let old: StoredRecord?
    /// The steps that change something.
    let steps: [RecordEdit.Step]
}

/// What an edit makes of its record: a function of the record as it was.
private struct AppliedEdit: Sendable {
    let record: PreparedRecord
    let replaced: [(key: FieldKey, siblings: [Sibling])]
    /// What the chain says of it.
    let digest: Digest128

    init(
        _ hand: EditInHand,
        _ dot: Dot,
        _ attribution: Attribution,
        _ indexing: RecordIndexing,
        _ numbers: some Interning
    ) throws {
        var state = hand.old?.state ?? RecordState(kind: hand.edit.kind)
        var replaced: [(key: FieldKey, siblings: [Sibling])] = []
        func note(_ siblings: [Sibling], _ key: FieldKey) {
            if !siblings.isEmpty { replaced.append((key, siblings)) }
        }
        for step in hand.steps {
            switch step {
            case .write(let key, let content):
                note(state.write(content, to: key, dot: dot, attribution: attribution), key)
            case .restore(let key, let contents):
                note(state.restore(contents, to: key, dot: dot, attribution: attribution), key)
            case .delete:
                note(state.delete(dot: dot, attribution: attribution), .life)
            case .erase:
                for entry in state.erase(dot: dot, attribution: attribution) {
                    note(entry.siblings.siblings, entry.key)
                }
            }
        }
        self.replaced = replaced
        digest = RecordChange.digest(of: dot, in: state, uid: hand.edit.uid)
        record = try PreparedRecord(
            state,
            uid: hand.edit.uid,
            replacing: hand.old,
            indexing,
            numbers
        )
    }
}
