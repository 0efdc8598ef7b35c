import CausalHistory
import TestSupport
import Testing

struct DotTests {
    @Test func actorsBytesReadBackAndKeepTheirOrder() {
        var generator = SeededGenerator(seed: 1)
        var previous = ActorID(0)
        for _ in 0..<200 {
            let high = UInt128(generator.next()) << 64
            let actor = ActorID(high | UInt128(generator.next()))
            #expect(actor.bytes.count == 16)
            #expect(ActorID(bytes: actor.bytes) == actor)
            #expect((actor < previous) == actor.bytes.lexicographicallyPrecedes(previous.bytes))
            previous = actor
        }
        #expect(ActorID(0x0102).bytes == Array(repeating: 0, count: 14) + [1, 2])
    }

    @Test func anActorHasSixteenBytes() {
        #expect(ActorID(bytes: []) == nil)
        #expect(ActorID(bytes: Array(repeating: 1, count: 15)) == nil)
        #expect(ActorID(bytes: Array(repeating: 1, count: 17)) == nil)
    }

    @Test func dotsAreOrderedByActorThenCounter() {
        let dots: [Dot] = ["b1", "a10", "a9", "c1"]
        #expect(dots.sorted() == ["a9", "a10", "b1", "c1"])
    }
}
