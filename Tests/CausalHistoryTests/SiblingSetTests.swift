import CausalHistory
import TestSupport
import Testing

struct SiblingSetTests {
    private typealias Siblings = SiblingSet<String>

    private func siblings(_ versions: (Dot, String)...) -> Siblings {
        Siblings(versions.map { Siblings.Sibling(dot: $0.0, version: $0.1) })
    }

    // MARK: Laws

    /// A register as its writers leave it: the siblings and the context.
    private struct Register: Equatable {
        var siblings = Siblings()
        var context = VersionVector()

        mutating func write(_ version: String, _ dot: Dot) {
            siblings = Siblings(dot: dot, version: version)
            context.include(dot)
        }

        func joined(_ other: Register) -> Register {
            Register(
                siblings: siblings.joined(
                    in: context,
                    with: other.siblings,
                    in: other.context
                ),
                context: context.merged(with: other.context)
            )
        }
    }

    /// Returns three registers after random writes and joins.
    ///
    /// Two of them may share an actor, whose dots then have several variants.
    private func registers(_ generator: inout SeededGenerator) -> [Register] {
        var registers = Array(repeating: Register(), count: 3)
        let isForked = generator.chance(50)
        let actors: [ActorID] = isForked ? ["a", "a", "b"] : ["a", "b", "c"]
        var counters: [UInt64] = [0, 0, 0]
        for number in 0..<(2 + generator.below(10)) {
            let index = generator.below(3)
            if generator.chance(55) {
                counters[index] += 1
                registers[index].write("v\(number)", Dot(actors[index], counters[index]))
            } else {
                registers[index] = registers[index].joined(registers[generator.below(3)])
            }
        }
        return registers
    }

    @Test func joinIsCommutativeAssociativeIdempotentAndMonotone() {
        var generator = SeededGenerator(seed: 3)
        var siblingsSeen = 0
        var variantsSeen = 0
        for _ in 0..<4_000 {
            let triple = registers(&generator)
            let (x, y, z) = (triple[0], triple[1], triple[2])
            let both = x.joined(y)
            #expect(both == y.joined(x))
            #expect(both.joined(z) == x.joined(y.joined(z)))
            #expect(x.joined(x) == x)
            #expect(x.joined(both) == both)
            let dots = both.siblings.dots
            siblingsSeen = max(siblingsSeen, dots.count)
            variantsSeen = max(variantsSeen, both.siblings.siblings.count - dots.count)
        }
        #expect(siblingsSeen > 1)
        #expect(variantsSeen > 0)
    }

    // MARK: Scenarios

    @Test func concurrentVersionsStayBesideEachOther() {
        let joined = siblings(("a1", "x")).joined(in: "a1", with: siblings(("b1", "y")), in: "b1")
        #expect(joined == siblings(("a1", "x"), ("b1", "y")))
    }

    @Test func aVersionThatTheOtherSideHasSeenSupersededGoes() {
        let joined = siblings(("a1", "x")).joined(
            in: "a1",
            with: siblings(("b1", "y")),
            in: "a1 b1"
        )
        #expect(joined == siblings(("b1", "y")))
    }

    @Test func bothVariantsOfADotThatWasUsedTwiceStay() {
        let joined = siblings(("a1", "x")).joined(in: "a1", with: siblings(("a1", "y")), in: "a1")
        #expect(joined == siblings(("a1", "x"), ("a1", "y")))
        #expect(joined.dots == ["a1"])
    }

    @Test func equalVersionsUnderOneDotAreOne() {
        let joined = siblings(("a1", "x"), ("b1", "y")).joined(
            in: "a1 b1",
            with: siblings(("a1", "x")),
            in: "a1"
        )
        #expect(joined == siblings(("a1", "x"), ("b1", "y")))
    }

    @Test func theOrderAndRepetitionOfWhatIsGivenDoNotMatter() {
        let set = siblings(("b1", "y"), ("a1", "z"), ("a1", "x"), ("b1", "y"))
        #expect(set == siblings(("a1", "x"), ("a1", "z"), ("b1", "y")))
        #expect(set.siblings.map(\.version) == ["x", "z", "y"])
    }
}
