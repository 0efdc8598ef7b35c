import RecordStorage
import TestSupport
import Testing

/// Random schedules of the real engine on real files, against the ground truth.
///
/// A schedule that goes wrong is told with the command that runs it again and with the few of its steps
/// that it takes; `SEEDS=20000` tries more of them.
struct SimulationTests {
    @Test(
        arguments: [
            Simulation.Profile([]), [.restoredDesks], [.clones], [.restoredDesks, .clones],
            [.restoredHeadquarters], [.restoredDesks, .restoredHeadquarters, .clones],
            [.erasures], [.erasures, .restoredDesks, .restoredHeadquarters, .clones],
            [.collection], [.collection, .restoredDesks, .clones],
            [.collection, .restoredHeadquarters],
            [.collection, .erasures, .restoredDesks, .restoredHeadquarters, .clones],
            [.schemas, .erasures, .restoredDesks],
            [.files, .grants, .weather], [.grants, .collection, .files],
            [.files, .restoredDesks, .restoredHeadquarters, .clones],
            [
                .files, .grants, .weather, .collection, .erasures, .restoredDesks,
                .restoredHeadquarters, .clones,
            ],
        ]
    )
    func nothingIsLost(profile: Simulation.Profile) throws {
        if let only = Seeds.profile, only != profile.rawValue { return }
        var counts: [String: Int] = [:]
        var wrong = 0
        for seed in Seeds.first(30) {
            let schedule = Schedule(seed: seed, profile: profile)
            let world = try schedule.played()
            counts.merge(world.counts) { $0 + $1 }
            guard let complaint = world.complaints.first else { continue }
            wrong += 1
            if wrong <= 1 {
                Issue.record("\(schedule): \(complaint)\n\(try schedule.shrunken())")
            }
        }
        #expect(wrong == 0)
        #expect(counts["verified"] ?? 0 > 0)
        if profile.contains(.schemas) { #expect(counts["changes of schema"] ?? 0 > 0) }
        if profile.contains(.clones) { #expect(counts["forks set apart by desks"] ?? 0 > 0) }
    }

    /// Schedules beyond the first seeds that went wrong once.
    @Test(arguments: [
        // An erasure in a push without an end, whose author went back in time: who was told of it was
        // refused for ever when it brought it back.
        Schedule(seed: 51, profile: [.schemas, .erasures, .restoredDesks])
    ])
    func whatWentWrongOnceGoesRight(schedule: Schedule) throws {
        #expect(try schedule.played().complaints.isEmpty)
    }

    @Test func theJudgesFindAnIndexThatWasLost() throws {
        let world = try Simulation(seed: 1, profile: [.schemas])
        try world.run()
        #expect(world.complaints.isEmpty)
        let desk = try #require(world.desks.first)
        try desk.store.write { try $0.forgetIndexes() }
        try world.judgeIndexes(desk)
        #expect(!world.complaints.isEmpty)
    }

    @Test(arguments: Simulation.Fault.allCases)
    func theJudgesFindAPlantedFault(fault: Simulation.Fault) throws {
        let found = try (UInt64(0)..<60).contains { seed in
            let schedule = Schedule(seed: seed, profile: [.clones], fault: fault)
            return try !schedule.played().complaints.isEmpty
        }
        #expect(found, "nobody noticed \(fault)")
    }
}
