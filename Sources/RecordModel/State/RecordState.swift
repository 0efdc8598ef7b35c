import CausalHistory

/// One field's register (or one item's) in a record.
public struct FieldEntry: Hashable, Sendable {
    /// The field, and in sets the item.
    public let key: FieldKey
    /// The versions that nothing supersedes; never empty.
    public var siblings: SiblingSet<Cell>

    /// Creates a field's entry.
    public init(key: FieldKey, siblings: SiblingSet<Cell>) {
        self.key = key
        self.siblings = siblings
    }
}

/// The top of the merge order: a record that was forgotten for good.
public struct Erasure: Hashable, Comparable, Sendable {
    /// The event of the erasure.
    public let dot: Dot
    /// Who erased, when, and (in the note) the code of the reason.
    public let attribution: Attribution

    /// Creates an erasure.
    public init(dot: Dot, attribution: Attribution) {
        self.dot = dot
        self.attribution = attribution
    }

    /// Orders erasures by time and then dot, so that two of them join to the same one everywhere.
    public static func < (left: Erasure, right: Erasure) -> Bool {
        left.attribution == right.attribution
            ? left.dot < right.dot : left.attribution < right.attribution
    }
}

extension FieldEntry {
    /// The entry with its newest version alone: what a store would keep in which clocks decided.
    fileprivate var newestAlone: FieldEntry {
        let newest = siblings.siblings.max {
            $0.version.attribution.time < $1.version.attribution.time
        }
        return FieldEntry(key: key, siblings: SiblingSet([newest].compactMap(\.self)))
    }
}

extension [FieldEntry] {
    /// The dots of all versions.
    fileprivate var dots: Set<Dot> {
        var result: Set<Dot> = []
        var latest: Dot?
        for entry in self {
            for sibling in entry.siblings.siblings where sibling.dot != latest {
                latest = sibling.dot
                result.insert(sibling.dot)
            }
        }
        return result
    }
}

/// What travels for one record: the fields that a peer may lack, with the record's whole context.
///
/// It is applied at once or not at all; applied field by field it would mislead a merge.
public struct RecordDelta: Hashable, Sendable {
    /// The record.
    public var uid: RecordUID
    /// The number of the record's kind.
    public var kind: UInt32
    /// The fields, ascending by key.
    public var fields: [FieldEntry]
    /// The record's whole context, whatever fields are here.
    public var context: VersionVector
    /// The erasure, where the record was forgotten; then there are no fields.
    public var erasure: Erasure?
    /// Whether the fields are all that the record has, so that a store without it may create it.
    public var isComplete: Bool
    /// Versions that are no longer live, sent as the base of siblings for a review.
    public var bases: [BaseCell]

    /// Creates what travels for one record.
    public init(
        uid: RecordUID,
        kind: UInt32,
        fields: [FieldEntry],
        context: VersionVector,
        erasure: Erasure? = nil,
        isComplete: Bool,
        bases: [BaseCell] = []
    ) {
        self.uid = uid
        self.kind = kind
        self.fields = fields
        self.context = context
        self.erasure = erasure
        self.isComplete = isComplete
        self.bases = bases
    }

    /// Whether every version that the delta carries is among the events of a vector.
    public func isCovered(by vector: VersionVector) -> Bool {
        allDotsSatisfy { vector.covers($0) }
    }

    /// Whether the dots of all the versions that the delta carries fulfil a condition.
    /// - Complexity: O(*n*) in the number of versions; runs of one dot are asked once.
    public func allDotsSatisfy(_ condition: (Dot) throws -> Bool) rethrows -> Bool {
        var latest: Dot?
        for entry in fields {
            for sibling in entry.siblings.siblings where sibling.dot != latest {
                guard try condition(sibling.dot) else { return false }
                latest = sibling.dot
            }
        }
        return try erasure.map { try condition($0.dot) } ?? true
    }

    /// The dots of all the versions that the delta carries.
    public var dots: Set<Dot> {
        var result = fields.dots
        if let erasure { result.insert(erasure.dot) }
        return result
    }
}

/// A superseded version of a field: history, never part of a merge.
public struct BaseCell: Hashable, Comparable, Sendable {
    /// The field.
    public let key: FieldKey
    /// The version that was superseded.
    public let sibling: Sibling

    /// Creates a superseded version.
    public init(key: FieldKey, sibling: Sibling) {
        self.key = key
        self.sibling = sibling
    }

    /// Orders by field and item, then as siblings are.
    public static func < (left: BaseCell, right: BaseCell) -> Bool {
        left.key == right.key ? left.sibling < right.sibling : left.key < right.key
    }
}

/// All that a replica knows of one record's part: fields → siblings, and one causal context.
///
/// The join of two states is commutative, associative and idempotent, and joining what
/// `delta(for:)` returns equals joining the whole state. A field is never emptied (removing writes
/// `absent`, clearing writes `cleared`), so that every supersession has a live dot as its witness.
///
/// Spec: `Protocol/spec/03-merge.md`.
public struct RecordState: Hashable, Sendable {
    /// The number of the record's kind.
    public private(set) var kind: UInt32
    /// The fields that were ever written, ascending by key.
    public private(set) var fields: [FieldEntry]
    /// Everything that the writers of the present versions had seen of this record.
    public private(set) var context: VersionVector
    /// The erasure, which ends the record; then there are no fields and no context.
    public private(set) var erasure: Erasure?

    /// Creates a record without fields.
    public init(kind: UInt32) {
        self.kind = kind
        fields = []
        context = VersionVector()
    }

    /// Creates a state from its stored parts, the fields ascending by key and none of them empty.
    public init(
        kind: UInt32,
        fields: [FieldEntry],
        context: VersionVector,
        erasure: Erasure? = nil
    ) {
        self.kind = kind
        self.fields = fields
        self.context = context
        self.erasure = erasure
    }

    /// Returns the siblings of a field or item, none where it was never written.
    /// - Complexity: O(log *n*) in the number of fields.
    public func siblings(of key: FieldKey) -> [Sibling] {
        let index = lowerBound(of: key)
        guard index < fields.count, fields[index].key == key else { return [] }
        return fields[index].siblings.siblings
    }

    /// The entries of one field: one for a single value, one for each item ever put into a set.
    /// - Complexity: O(log *n* + *k*) in the number of fields and of the field's items.
    public func entries(of number: UInt32) -> ArraySlice<FieldEntry> {
        let start = lowerBound(of: FieldKey(number))
        var end = start
        while end < fields.count, fields[end].key.number == number { end += 1 }
        return fields[start..<end]
    }

    /// The dots of all live versions, the erasure's included.
    public var dots: Set<Dot> {
        var result = fields.dots
        if let erasure { result.insert(erasure.dot) }
        return result
    }

    /// Whether every field has one version and nothing was ever deleted, which is how almost all
    /// records are.
    public var isPlain: Bool {
        erasure == nil && fields.indices.allSatisfy { fields[$0].siblings.siblings.count == 1 }
            && !siblings(of: .life).contains { $0.version.content.isDeletion }
    }

    // MARK: Writing

    /// Writes a field: the new version replaces every version that this state holds of it.
    ///
    /// Writing a field again under the same dot replaces the first write, whose parents stay.
    /// - Returns: The versions that were replaced.
    @discardableResult
    public mutating func write(
        _ content: Content,
        to key: FieldKey,
        dot: Dot,
        attribution: Attribution
    ) -> [Sibling] {
        put(to: key, dot: dot) { parents in
            SiblingSet(
                dot: dot,
                version: Cell(content: content, attribution: attribution, parents: parents)
            )
        }
    }

    /// Puts several versions into a field at once, as variants of one dot: siblings that a decision
    /// had settled and that are to be decided anew.
    ///
    /// Without contents nothing is written.
    /// - Returns: The versions that were replaced.
    @discardableResult
    public mutating func restore(
        _ contents: [Content],
        to key: FieldKey,
        dot: Dot,
        attribution: Attribution
    ) -> [Sibling] {
        // A register is never emptied.
        guard !contents.isEmpty else { return [] }
        return put(to: key, dot: dot) { parents in
            SiblingSet(
                contents.map { content in
                    Sibling(
                        dot: dot,
                        version: Cell(content: content, attribution: attribution, parents: parents)
                    )
                }
            )
        }
    }

    /// Replaces what a field holds by what is made with the dots of the versions that were there.
    private mutating func put(
        to key: FieldKey,
        dot: Dot,
        _ make: (_ parents: [Dot]) -> SiblingSet<Cell>
    ) -> [Sibling] {
        let index = lowerBound(of: key)
        let isPresent = index < fields.count && fields[index].key == key
        let replaced = isPresent ? fields[index].siblings.siblings : []
        let isRewrite = !replaced.isEmpty && replaced.allSatisfy { $0.dot == dot }
        var parents = isRewrite ? replaced[0].version.parents : []
        if !isRewrite {
            for sibling in replaced where parents.last != sibling.dot {
                parents.append(sibling.dot)
            }
        }
        let siblings = make(parents)
        if isPresent {
            fields[index].siblings = siblings
        } else {
            fields.insert(FieldEntry(key: key, siblings: siblings), at: index)
        }
        if !Rule.removalIsWritten.holds,
            [[.absent], [.cleared]].contains(siblings.siblings.map(\.version.content))
        {
            fields.remove(at: index)
        }
        context.include(dot)
        return isRewrite ? [] : replaced
    }

    /// Deletes the record, naming the exact versions that the deleter sees.
    /// - Returns: The versions of `life` that were replaced.
    @discardableResult
    public mutating func delete(dot: Dot, attribution: Attribution) -> [Sibling] {
        var witnesses: [Witness] = []
        for entry in fields where entry.key != .life {
            for sibling in entry.siblings.siblings where sibling.version.content != .absent {
                let hash = sibling.version.content.hash32
                witnesses.append(Witness(dot: sibling.dot, hash: hash))
            }
        }
        witnesses = Array(Set(witnesses)).sorted()
        return write(.deleted(witnesses), to: .life, dot: dot, attribution: attribution)
    }

    /// Erases the record: whatever anybody else has written or will write of it, it is over.
    /// - Returns: The versions that are gone.
    @discardableResult
    public mutating func erase(dot: Dot, attribution: Attribution) -> [FieldEntry] {
        defer {
            erasure = Erasure(dot: dot, attribution: attribution)
            fields = []
            context = VersionVector()
        }
        return fields
    }

    // MARK: Joining

    /// The delta that carries the whole state.
    public func complete(uid: RecordUID) -> RecordDelta {
        RecordDelta(
            uid: uid,
            kind: kind,
            fields: fields,
            context: context,
            erasure: erasure,
            isComplete: true
        )
    }

    /// Returns what a peer with the given knowledge may lack: every field that has a dot beyond it,
    /// with the whole context, or nil where there is no such field.
    ///
    /// A record that was created or
    /// undeleted beyond that knowledge goes whole.
    ///
    /// Spec: `Protocol/spec/03-merge.md` §4.
    /// - Complexity: O(*n* log *k*) in the number of fields and the size of the knowledge.
    public func delta(uid: RecordUID, for knowledge: VersionVector) -> RecordDelta? {
        if let erasure {
            return knowledge.covers(erasure.dot) ? nil : complete(uid: uid)
        }
        let missing = fields.filter { entry in
            entry.siblings.siblings.contains { !knowledge.covers($0.dot) }
        }
        guard !missing.isEmpty else { return nil }
        // A record that was dropped as hidden and made again does not hold its old fields, so that
        // no dot of theirs tells the peer that they are over: only the whole state does.
        let isRevived = siblings(of: .life).contains {
            !$0.version.content.isDeletion && !knowledge.covers($0.dot)
        }
        if isRevived { return complete(uid: uid) }
        return RecordDelta(
            uid: uid,
            kind: kind,
            fields: missing,
            context: context,
            isComplete: missing.count == fields.count
        )
    }

    /// Joins what another replica knows of this record.
    ///
    /// - Parameters:
    ///   - delta: Fields of the same record with the whole context of the sender's state.
    ///   - forgotten: What counts as seen by this store beyond the record's context: its stable cut, where
    ///     it holds the record.
    ///   - theirForgotten: The same of the sender.
    /// - Complexity: O(*n* + *m*) in the number of fields of the two.
    public mutating func join(
        _ delta: RecordDelta,
        forgotten: VersionVector = VersionVector(),
        theirForgotten: VersionVector = VersionVector()
    ) {
        kind = min(kind, delta.kind)
        if !Rule.erasureWins.holds, erasure != nil || delta.erasure != nil {
            self = erasure == nil ? self : RecordState(delta)
            return
        }
        if erasure != nil || delta.erasure != nil {
            erasure = [erasure, delta.erasure].compactMap(\.self).max()
            fields = []
            context = VersionVector()
            return
        }
        if fields.isEmpty, context.isEmpty, forgotten.isEmpty {
            fields = delta.fields
            context = delta.context
            return
        }
        let mine = context.merged(with: forgotten)
        let theirs = delta.context.merged(with: theirForgotten)
        var joined: [FieldEntry] = []
        joined.reserveCapacity(max(fields.count, delta.fields.count))
        var i = 0
        var j = 0
        while i < fields.count || j < delta.fields.count {
            let none = SiblingSet<Cell>()
            if j == delta.fields.count || i < fields.count && fields[i].key < delta.fields[j].key {
                // The sender of a complete delta never had this field, or dropped it below its stable
                // cut; its context tells which.
                let siblings =
                    delta.isComplete
                    ? fields[i].siblings.joined(in: mine, with: none, in: theirs)
                    : fields[i].siblings
                if !siblings.isEmpty {
                    joined.append(FieldEntry(key: fields[i].key, siblings: siblings))
                }
                i += 1
            } else {
                let isShared = i < fields.count && fields[i].key == delta.fields[j].key
                let own = isShared ? fields[i].siblings : none
                let siblings = own.joined(in: mine, with: delta.fields[j].siblings, in: theirs)
                if !siblings.isEmpty {
                    joined.append(FieldEntry(key: delta.fields[j].key, siblings: siblings))
                }
                if isShared { i += 1 }
                j += 1
            }
        }
        if !Rule.clocksNeverDecide.holds { joined = joined.map(\.newestAlone) }
        fields = joined
        if Rule.contextWithDelta.holds { context.merge(delta.context) }
    }

    private init(_ delta: RecordDelta) {
        self.init(
            kind: delta.kind,
            fields: delta.fields,
            context: delta.context,
            erasure: delta.erasure
        )
    }

    /// Returns the join of this state and another replica's whole state of the same record.
    public func joined(with other: RecordState) -> RecordState {
        var result = self
        result.join(other.complete(uid: RecordUID(0)))
        return result
    }

    private func lowerBound(of key: FieldKey) -> Int {
        var low = 0
        var high = fields.count
        while low < high {
            let middle = (low + high) / 2
            if fields[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
