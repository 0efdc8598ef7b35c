import RecordModel
import Testing

struct HybridTimeTests {
    private func time(_ milliseconds: UInt64) -> HybridTime {
        HybridTime(milliseconds: milliseconds)
    }

    @Test func followsTheWallClockWhereItIsAhead() {
        #expect(HybridTime.next(now: time(1_000), latest: time(900)) == time(1_000))
    }

    @Test func goesOnePastTheLatestWhereTheWallClockIsNotAhead() {
        #expect(HybridTime.next(now: time(1_000), latest: time(1_000)) == time(1_001))
        #expect(HybridTime.next(now: time(1_000), latest: time(5_000)) == time(5_001))
    }

    @Test func ignoresATimeBeyondTheBound() {
        let bound = HybridTime.boundMilliseconds
        #expect(HybridTime.next(now: time(1_000), latest: time(999 + bound)) == time(1_000 + bound))
        #expect(HybridTime.next(now: time(1_000), latest: time(1_000 + bound)) == time(1_000))
        #expect(HybridTime.next(now: time(1_000), latest: time(.max)) == time(1_000))
    }

    @Test func neverGoesBackAtTheEndOfTime() {
        #expect(HybridTime.next(now: time(.max), latest: time(.max)) == time(.max))
        #expect(HybridTime.next(now: time(.max - 5), latest: time(.max)) == time(.max))
    }
}
