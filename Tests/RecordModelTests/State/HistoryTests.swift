import CausalHistory
import RecordModel
import TestSupport
import Testing

/// Random histories against the ground truth.
///
/// `SEED=17 swift test` runs one schedule again, `SEEDS=20000` more of them.
struct HistoryTests {
    @Test(arguments: [ModelWorld.Profile([]), [.erasure], [.collection], [.erasure, .collection]])
    func everyReplicaShowsWhatTheTruthSays(profile: ModelWorld.Profile) {
        var writes = 0
        for seed in Seeds.first(700) {
            var world = ModelWorld(seed: seed, profile: profile)
            world.run()
            world.settle()
            writes += world.truth.writes.count
            if let complaint = world.complaints.first {
                Issue.record("seed \(seed): \(complaint)")
            }
        }
        #expect(writes > 0)
    }

    @Test func takingInDeltasEqualsTakingInWholeStates() {
        for seed in Seeds.first(300) {
            var deltas = ModelWorld(seed: seed, profile: [.erasure])
            var wholes = ModelWorld(seed: seed, profile: [.erasure, .wholeStates])
            for _ in 0..<4 {
                deltas.run(steps: 20)
                wholes.run(steps: 20)
                #expect(deltas.replicas.map(\.knowledge) == wholes.replicas.map(\.knowledge))
                #expect(
                    deltas.replicas.map(\.records) == wholes.replicas.map(\.records),
                    "seed \(seed)"
                )
            }
            #expect(deltas.complaints + wholes.complaints == [], "seed \(seed)")
        }
    }

    @Test func collectedRecordsAreAskedForWholeWhereAnEditBringsThemBack() {
        var (needed, collected) = (0, 0)
        for seed in UInt64(0)..<300 {
            var world = ModelWorld(seed: seed, profile: [.collection])
            world.run()
            world.settle()
            needed += world.neededCount
            collected += world.collectedCount
        }
        #expect(needed > 0)
        #expect(collected > 0)
    }

    @Test(arguments: ModelFault.allCases)
    func theJudgesFindAPlantedFault(fault: ModelFault) {
        let found = (UInt64(0)..<2_000).first { seed in
            var world = ModelWorld(seed: seed, profile: [.collection], faults: [fault])
            world.run()
            world.settle()
            return !world.complaints.isEmpty
        }
        #expect(found != nil, "nobody noticed \(fault)")
    }
}
