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
        for index in edits.indices.sorted(by: { edits[$0].uid < edits[$1].uid }) {
            let edit = edits[index]
            let old = try reader.record(RecordKey(space: space, uid: edit.uid))
            let steps = old == nil ? edit.steps : edit.steps.filter { !isIdle($0, in: old?.state) }
            if steps.isEmpty { continue }
            let (dot, actor) = try event ?? nextEvent(in: space, ledger)
            event = (dot, actor)
            let digest = try apply(
                steps,
                of: edit,
                to: old,
                dot: dot,
                actor: actor,
                attribution,
                ledger
            )
            changes.append((edit.uid, digest))
        }
        guard let (dot, actor) = event else { return nil }
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
        _ ledger: SpaceLedger
    ) throws -> (dot: Dot, actor: Int64) {
        let actor = try ownActor(in: space)
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
        for case .write(let key, let content) in edits.lazy.flatMap(\.steps) {
            try require(key.item.count, ContentLimits.itemBytes, "the key of an item")
            try require(content.bytes?.count ?? 0, ContentLimits.valueBytes, "a value")
        }
    }

    private func isIdle(_ step: RecordEdit.Step, in state: RecordState?) -> Bool {
        guard let state, case .write(let key, let content) = step else { return false }
        let siblings = state.siblings(of: key)
        if siblings.isEmpty { return content == .absent || content == .cleared }
        return siblings.count == 1 && siblings[0].version.content == content
    }

    private func apply(
        _ steps: [RecordEdit.Step],
        of edit: RecordEdit,
        to old: StoredRecord?,
        dot: Dot,
        actor: Int64,
        _ attribution: Attribution,
        _ ledger: SpaceLedger
    ) throws -> Digest128 {
        var state = old?.state ?? RecordState(kind: edit.kind)
        var replaced: [(key: FieldKey, siblings: [Sibling])] = []
        for step in steps {
            switch step {
            case .write(let key, let content):
                let gone = state.write(content, to: key, dot: dot, attribution: attribution)
                replaced.append((key, gone))
            case .restore(let key, let contents):
                let gone = state.restore(contents, to: key, dot: dot, attribution: attribution)
                replaced.append((key, gone))
            case .delete:
                replaced.append((.life, state.delete(dot: dot, attribution: attribution)))
            }
        }
        let row = try put(state, uid: edit.uid, replacing: old, in: ledger)
        for (key, siblings) in replaced { try keepPast(siblings, of: key, row: row) }
        try recountConflicts(of: state, row: row)
        let digest = RecordChange(of: dot, in: state, uid: edit.uid).digest
        try recordTouch(actor, dot.counter, row: row, digest: digest)
        return digest
    }
}
