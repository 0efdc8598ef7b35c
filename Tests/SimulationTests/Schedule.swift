import TestSupport

/// One schedule of the simulator: all that decides it.
struct Schedule: CustomStringConvertible {
    let seed: UInt64
    let profile: Simulation.Profile
    var fault: Simulation.Fault?

    /// The command that runs it again.
    var description: String {
        "PROFILE=\(profile.rawValue) SEED=\(seed) swift test --filter nothingIsLost"
    }

    /// Runs it, without some of its steps, and lets all replicas exchange until nothing is new.
    ///
    /// What the engine throws is a complaint like any other.
    func played(without skipped: Set<Int> = []) throws -> Simulation {
        let world = try Simulation(seed: seed, profile: profile, fault: fault)
        do {
            try world.run(without: skipped)
            try world.settle()
        } catch {
            world.complaints.append("\(error)")
        }
        return world
    }

    /// The events of a failing schedule without the steps that it does not take to fail.
    ///
    /// Steps are left out in halves, quarters and so on, as long as anything goes wrong still.
    func shrunken() throws -> String {
        var skipped: Set<Int> = []
        var size = Simulation.steps / 2
        while size > 0 {
            var start = 0
            while start < Simulation.steps {
                let fewer = skipped.union(start..<min(start + size, Simulation.steps))
                if fewer != skipped, try !played(without: fewer).complaints.isEmpty {
                    skipped = fewer
                }
                start += size
            }
            size /= 2
        }
        let world = try played(without: skipped)
        let events = world.trace + world.complaints.map { "!! \($0)" }
        return "\(Simulation.steps - skipped.count) steps:\n" + events.joined(separator: "\n")
    }
}
