import RecordModel
import RecordStorage
import Synchronization
import TestSupport

extension StoreEnvironment {
    /// An environment whose clock starts at a fixed moment and moves a second at each look, and whose
    /// random numbers follow from a seed.
    public static func seeded(
        _ seed: UInt64,
        start: UInt64 = 1_772_000_000_000,
        step: UInt64 = 1000
    ) -> StoreEnvironment {
        let state = Mutex((time: start, generator: SeededGenerator(seed: seed)))
        return StoreEnvironment(
            now: {
                state.withLock { state in
                    state.time += step
                    return HybridTime(milliseconds: state.time)
                }
            },
            random: { state.withLock { $0.generator.next() } }
        )
    }
}
