import SyncProtocol
import TestSupport
import Testing

/// Random schedules of the real engine on real files, against the ground truth.
///
/// `PROFILE=3 SEED=17 swift test --filter SimulationTests` runs one schedule again and tells its events,
/// `SEEDS=20000` more of them.
struct SimulationTests {
    @Test(
        arguments: [
            Simulation.Profile([]), [.restoredDesks], [.clones], [.restoredDesks, .clones],
            [.restoredHeadquarters], [.restoredDesks, .restoredHeadquarters, .clones],
        ]
    )
    func nothingIsLost(profile: Simulation.Profile) throws {
        if let only = Seeds.profile, only != profile.rawValue { return }
        var counts: [String: Int] = [:]
        var wrong = 0
        for seed in Seeds.first(30) {
            let world = try Simulation(seed: seed, profile: profile)
            do {
                try world.run()
                try world.settle()
            } catch {
                world.complaints.append("\(error)")
            }
            counts.merge(world.counts) { $0 + $1 }
            guard let complaint = world.complaints.first else { continue }
            wrong += 1
            if wrong <= 3 {
                Issue.record(
                    """
                    PROFILE=\(profile.rawValue) SEED=\(seed): \(complaint)
                    \(Seeds.isSingle ? world.trace.joined(separator: "\n") : "")
                    """
                )
            }
        }
        #expect(wrong == 0)
        #expect(counts["verified"] ?? 0 > 0)
        if profile.contains(.clones) { #expect(counts["forks set apart by desks"] ?? 0 > 0) }
    }

    @Test(arguments: Simulation.Fault.allCases)
    func theJudgesFindAPlantedFault(fault: Simulation.Fault) throws {
        let found = try (UInt64(0)..<60).contains { seed in
            let world = try Simulation(seed: seed, profile: [.clones], fault: fault)
            do {
                try world.run()
                try world.settle()
            } catch is WireError {
                return true
            }
            return !world.complaints.isEmpty
        }
        #expect(found, "nobody noticed \(fault)")
    }
}
