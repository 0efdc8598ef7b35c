/// The versions of one field that no other version supersedes, each under the dot that wrote it.
///
/// A dot usually has one version. It has several *variants* where an actor's counter was used twice
/// (a restored or cloned replica): the merge keeps them all, since plain dotted sets would drop
/// both. Versions are ordered by dot, and variants by their own order, so that equal sets are equal
/// values.
///
/// The set carries no causal context of its own: the record that owns it has one for all its fields.
public struct SiblingSet<Version: Hashable & Comparable & Sendable>: Hashable, Sendable {
    /// A version and the event that wrote it.
    public struct Sibling: Hashable, Comparable, Sendable {
        /// The event that wrote the version.
        public let dot: Dot
        /// What was written.
        public let version: Version

        /// Creates a sibling.
        @inlinable
        public init(dot: Dot, version: Version) {
            self.dot = dot
            self.version = version
        }

        /// Orders siblings by dot, then variants by their own order.
        @inlinable
        public static func < (left: Sibling, right: Sibling) -> Bool {
            left.dot == right.dot ? left.version < right.version : left.dot < right.dot
        }
    }

    /// The siblings, ascending and without repetition.
    @inlinable public var siblings: [Sibling] { storage }

    @usableFromInline var storage: [Sibling]

    /// Creates an empty set.
    @inlinable
    public init() {
        storage = []
    }

    /// Creates the set of the given siblings, in any order.
    @inlinable
    public init(_ siblings: some Sequence<Sibling>) {
        storage = Array(siblings)
        guard storage.count > 1 else { return }
        storage.sort()
        var distinct: [Sibling] = []
        for sibling in storage where distinct.last != sibling { distinct.append(sibling) }
        storage = distinct
    }

    /// Creates the set that holds one version.
    @inlinable
    public init(dot: Dot, version: Version) {
        storage = [Sibling(dot: dot, version: version)]
    }

    /// Whether the set holds no version.
    @inlinable public var isEmpty: Bool { siblings.isEmpty }

    /// The distinct dots of the versions, ascending.
    @inlinable public var dots: [Dot] {
        var result: [Dot] = []
        for sibling in siblings where result.last != sibling.dot { result.append(sibling.dot) }
        return result
    }

    /// Joins this set, written in `context`, with another that was written in `otherContext`.
    ///
    /// For each dot: where both sets hold it, the union of its variants; where one alone does, its
    /// variants stay unless the other's context covers the dot, which means that the other side has
    /// seen the version superseded.
    /// Spec: `Protocol/spec/03-merge.md` §2.
    /// - Complexity: O(*n* + *m*) in the number of siblings, times O(log *k*) in the context's size.
    @inlinable
    public func joined(
        in context: VersionVector,
        with other: SiblingSet,
        in otherContext: VersionVector
    ) -> SiblingSet {
        if siblings == other.siblings { return self }
        var result = SiblingSet()
        var i = 0
        var j = 0
        while i < siblings.count || j < other.siblings.count {
            let dot =
                if i == siblings.count {
                    other.siblings[j].dot
                } else if j == other.siblings.count {
                    siblings[i].dot
                } else {
                    min(siblings[i].dot, other.siblings[j].dot)
                }
            var variants: [Sibling] = []
            var heldHere = false
            var heldThere = false
            while i < siblings.count, siblings[i].dot == dot {
                variants.append(siblings[i])
                heldHere = true
                i += 1
            }
            while j < other.siblings.count, other.siblings[j].dot == dot {
                variants.append(other.siblings[j])
                heldThere = true
                j += 1
            }
            if heldHere && heldThere, !Rule.variantsStay.holds {
                result.storage.append(variants[0])
            } else if heldHere && heldThere {
                for sibling in variants.sorted() where result.siblings.last != sibling {
                    result.storage.append(sibling)
                }
            } else if !(heldHere ? otherContext : context).covers(dot)
                || !Rule.contextSupersedes.holds
            {
                result.storage.append(contentsOf: variants)
            }
        }
        return result
    }
}
