/// How two sets of events relate.
///
/// There are four cases and no total order; see `VersionVector.order(relativeTo:)`.
public enum CausalOrder: Hashable, Sendable {
    /// Both hold the same events.
    case equal
    /// The first holds a proper subset of the second's events.
    case before
    /// The first holds a proper superset of the second's events.
    case after
    /// Each holds an event that the other lacks.
    case concurrent
}

/// A set of events that is downward closed for each actor: all events up to a counter.
///
/// It serves as the causal context of a record (what its writers had seen) and as the knowledge of
/// a replica (what it holds or has seen superseded). Two vectors are equal when they hold the same
/// events; an actor at zero is never stored.
public struct VersionVector: Hashable, Sendable {
    /// One actor's share of a version vector.
    public struct Entry: Hashable, Sendable {
        /// The actor.
        public let actor: ActorID
        /// The greatest counter that is included; at least 1.
        public let counter: UInt64

        /// Creates an entry.
        public init(actor: ActorID, counter: UInt64) {
            self.actor = actor
            self.counter = counter
        }
    }

    /// The entries, ascending by actor, each with a counter of at least 1.
    public private(set) var entries: [Entry]

    /// Creates the vector that holds no event.
    public init() {
        entries = []
    }

    /// Creates the least vector that includes all the given entries, in any order.
    /// - Complexity: O(*n* log *n*) in the number of entries.
    public init(_ entries: some Sequence<Entry>) {
        self.entries = []
        for entry in entries.sorted(by: { $0.actor < $1.actor }) where entry.counter > 0 {
            if let last = self.entries.last, last.actor == entry.actor {
                if entry.counter > last.counter { self.entries[self.entries.count - 1] = entry }
            } else {
                self.entries.append(entry)
            }
        }
    }

    /// Creates the least vector that covers all the given dots.
    public init(covering dots: some Sequence<Dot>) {
        self.init(dots.map { Entry(actor: $0.actor, counter: $0.counter) })
    }

    /// Whether the vector holds no event.
    public var isEmpty: Bool { entries.isEmpty }

    /// The greatest counter of an actor's events that the vector includes, 0 for none.
    /// - Complexity: O(log *n*) in the number of actors.
    public func counter(of actor: ActorID) -> UInt64 {
        let index = lowerBound(of: actor)
        guard index < entries.count, entries[index].actor == actor else { return 0 }
        return entries[index].counter
    }

    /// Whether the vector includes an event.
    /// - Complexity: O(log *n*) in the number of actors.
    public func covers(_ dot: Dot) -> Bool {
        dot.counter <= counter(of: dot.actor)
    }

    /// Whether the vector includes every event of another.
    /// - Complexity: O(*n* + *m*) in the number of actors of the two vectors.
    public func covers(_ other: VersionVector) -> Bool {
        var index = 0
        for entry in other.entries {
            while index < entries.count, entries[index].actor < entry.actor { index += 1 }
            guard index < entries.count, entries[index].actor == entry.actor,
                entries[index].counter >= entry.counter
            else { return false }
        }
        return true
    }

    /// Returns how this vector's events relate to another's.
    /// - Complexity: O(*n* + *m*) in the number of actors of the two vectors.
    public func order(relativeTo other: VersionVector) -> CausalOrder {
        switch (covers(other), other.covers(self)) {
        case (true, true): .equal
        case (true, false): .after
        case (false, true): .before
        case (false, false): .concurrent
        }
    }

    /// Includes an event and all earlier ones of its actor.
    /// - Complexity: O(*n*) in the number of actors.
    public mutating func include(_ dot: Dot) {
        guard dot.counter > 0 else { return }
        let index = lowerBound(of: dot.actor)
        let entry = Entry(actor: dot.actor, counter: dot.counter)
        if index < entries.count, entries[index].actor == dot.actor {
            if entries[index].counter < dot.counter { entries[index] = entry }
        } else {
            entries.insert(entry, at: index)
        }
    }

    /// Includes every event of another vector (the pointwise maximum).
    /// - Complexity: O(*n* + *m*) in the number of actors of the two vectors.
    public mutating func merge(_ other: VersionVector) {
        if other.isEmpty || covers(other) { return }
        entries = Self.zip(entries, other.entries) { max($0, $1) }
    }

    /// Returns the least vector that includes every event of both vectors.
    /// - Complexity: O(*n* + *m*) in the number of actors of the two vectors.
    public func merged(with other: VersionVector) -> VersionVector {
        var result = self
        result.merge(other)
        return result
    }

    /// Returns the greatest vector that both vectors include (the pointwise minimum).
    /// - Complexity: O(*n* + *m*) in the number of actors of the two vectors.
    public func intersection(_ other: VersionVector) -> VersionVector {
        var result = VersionVector()
        result.entries = Self.zip(entries, other.entries) { min($0, $1) }
        return result
    }

    /// Returns the entries whose events are not all in another vector, at their full counters.
    ///
    /// Joined to `other`, they give `merged(with: other)`: it is what a peer at `other` has to be
    /// told.
    /// - Complexity: O(*n* log *m*) in the number of actors of the two vectors.
    public func entries(beyond other: VersionVector) -> [Entry] {
        entries.filter { $0.counter > other.counter(of: $0.actor) }
    }

    private func lowerBound(of actor: ActorID) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].actor < actor { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Combines the counters of two ascending lists; results of zero are left out.
    private static func zip(
        _ left: [Entry],
        _ right: [Entry],
        _ combine: (UInt64, UInt64) -> UInt64
    ) -> [Entry] {
        var result: [Entry] = []
        result.reserveCapacity(left.count + right.count)
        var i = 0
        var j = 0
        func append(_ actor: ActorID, _ counter: UInt64) {
            if counter > 0 { result.append(Entry(actor: actor, counter: counter)) }
        }
        while i < left.count || j < right.count {
            if j == right.count || i < left.count && left[i].actor < right[j].actor {
                append(left[i].actor, combine(left[i].counter, 0))
                i += 1
            } else if i == left.count || right[j].actor < left[i].actor {
                append(right[j].actor, combine(0, right[j].counter))
                j += 1
            } else {
                append(left[i].actor, combine(left[i].counter, right[j].counter))
                i += 1
                j += 1
            }
        }
        return result
    }
}
