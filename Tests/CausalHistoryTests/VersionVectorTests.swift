import CausalHistory
import TestSupport
import Testing

struct VersionVectorTests {
    private typealias Entry = VersionVector.Entry

    private let actors: [ActorID] = ["a", "b", "c", "d", "e"]

    /// A random vector of small counters, so that equal and covered ones are common.
    private func vector(_ generator: inout SeededGenerator) -> VersionVector {
        VersionVector(
            (0..<generator.below(6)).map { _ in
                Entry(
                    actor: actors[generator.below(5)],
                    counter: UInt64(generator.below(4))
                )
            }
        )
    }

    /// The same as a plain set of events: what a vector stands for.
    private func events(_ vector: VersionVector) -> Set<Dot> {
        Set(vector.entries.flatMap { entry in (1...entry.counter).map { Dot(entry.actor, $0) } })
    }

    private func everyTriple(_ body: (VersionVector, VersionVector, VersionVector) -> Void) {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            body(vector(&generator), vector(&generator), vector(&generator))
        }
    }

    // MARK: Laws

    @Test func mergeIsCommutativeAssociativeAndIdempotent() {
        everyTriple { x, y, z in
            #expect(x.merged(with: y) == y.merged(with: x))
            #expect(x.merged(with: y).merged(with: z) == x.merged(with: y.merged(with: z)))
            #expect(x.merged(with: x) == x)
            #expect(x.merged(with: x.merged(with: y)) == x.merged(with: y))
        }
    }

    @Test func operationsAreThoseOfSetsOfEvents() {
        everyTriple { x, y, _ in
            #expect(events(x.merged(with: y)) == events(x).union(events(y)))
            #expect(events(x.intersection(y)) == events(x).intersection(events(y)))
            #expect(x.covers(y) == events(x).isSuperset(of: events(y)))
            #expect((x == y) == (events(x) == events(y)))
            for dot in events(y) { #expect(x.covers(dot) == events(x).contains(dot)) }
        }
    }

    @Test func orderHasTheFourCasesOfInclusion() {
        var cases: Set<CausalOrder> = []
        everyTriple { x, y, _ in
            let (left, right) = (events(x), events(y))
            let expected: CausalOrder =
                if left == right {
                    .equal
                } else if left.isSubset(of: right) {
                    .before
                } else if left.isSuperset(of: right) {
                    .after
                } else {
                    .concurrent
                }
            #expect(x.order(relativeTo: y) == expected)
            cases.insert(expected)
        }
        #expect(cases == [.equal, .before, .after, .concurrent])
    }

    @Test func entriesBeyondAPeerBringItUpToTheMerge() {
        everyTriple { x, y, _ in
            let beyond = x.entries(beyond: y)
            #expect(y.merged(with: VersionVector(beyond)) == x.merged(with: y))
            #expect(beyond.allSatisfy { $0.counter > y.counter(of: $0.actor) })
        }
    }

    @Test func includingADotIsMergingItsVector() {
        everyTriple { x, y, _ in
            for dot in events(y) {
                var included = x
                included.include(dot)
                #expect(included == x.merged(with: VersionVector(covering: [dot])))
                #expect(included.covers(dot) && included.covers(x))
            }
        }
    }

    @Test func entriesAreAscendingAndNeverZero() {
        everyTriple { x, y, _ in
            for vector in [x, x.merged(with: y), x.intersection(y)] {
                #expect(vector.entries.allSatisfy { $0.counter > 0 })
                #expect(
                    zip(vector.entries, vector.entries.dropFirst()).allSatisfy {
                        $0.actor < $1.actor
                    }
                )
            }
        }
    }

    // MARK: Examples

    @Test func equalEventsMakeEqualVectorsWhateverTheOrderOfEntries() {
        let entries = [
            Entry(actor: "b", counter: 2), Entry(actor: "a", counter: 1),
            Entry(actor: "b", counter: 1), Entry(actor: "c", counter: 0),
        ]
        #expect(VersionVector(entries) == "a1 b2")
        #expect(VersionVector(entries.reversed()) == "a1 b2")
    }

    @Test func theCounterOfAnUnknownActorIsZero() {
        let vector: VersionVector = "b2"
        #expect(vector.counter(of: "a") == 0)
        #expect(vector.counter(of: "b") == 2)
        #expect(vector.counter(of: "c") == 0)
        #expect(!vector.covers("a1" as Dot))
    }

    @Test func countersReachTheEndOfTheirRange() {
        let last = Dot("a", .max)
        let vector = VersionVector(covering: [last, "b1"])
        #expect(vector.covers(last))
        #expect(vector.merged(with: "a1 c1").counter(of: "a") == .max)
        #expect(vector.intersection("a3") == "a3")
    }

    @Test func anEventOfNumberZeroIsNotIncluded() {
        var vector: VersionVector = "a1"
        vector.include(Dot("b", 0))
        #expect(vector == "a1")
    }
}
