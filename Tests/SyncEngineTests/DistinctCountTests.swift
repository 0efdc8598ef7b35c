import Testing

@testable import SyncEngine

/// Counting in bounded memory.
struct DistinctCountTests {
    @Test func whatComesTwiceCountsOnce() {
        var count = DistinctCount<Int>()
        for number in [1, 2, 2, 3, 1, 3] { count.insert(number) }
        #expect(count.count == 3)
    }

    @Test func beyondTheLimitOnlyTheFirstOnesAreRemembered() {
        var count = DistinctCount<Int>(limit: 2)
        for number in [1, 2, 1, 2, 3, 3] { count.insert(number) }
        #expect(count.count == 4)
    }
}
