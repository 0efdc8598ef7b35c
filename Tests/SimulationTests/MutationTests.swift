#if SWITCHABLE_RULES
import CausalHistory
import Foundation
import TestSupport
import Testing

/// With each of the rules switched off, some schedule goes wrong; with all of them it does not.
///
/// A rule is off for the whole process, so these tests run alone: `make mutate`.
/// `SEEDS=2000 make mutate` searches anew where the schedule that is written down does not fail any more.
@Suite(
    .serialized,
    .enabled(
        if: ProcessInfo.processInfo.environment["ATTACHE_MUTATION"] != nil,
        "run alone, by make mutate"
    )
)
struct MutationTests {
    /// For each rule a schedule that goes wrong without it.
    private static let known: [Rule: Schedule] = [:]

    @Test(arguments: Rule.allCases)
    func aRuleIsMissed(rule: Rule) throws {
        var known = Self.known[rule]
        if known == nil, ProcessInfo.processInfo.environment["SEEDS"] != nil {
            known = try search(rule)
            let found = known.map { "\($0.seed), \($0.profile.rawValue)" } ?? "none"
            FileHandle.standardError.write(Data("found .\(rule): \(found)\n".utf8))
        }
        let schedule = try #require(known, "no schedule is known that needs \(rule)")
        let complaints = try rule.switchedOff { try schedule.played().complaints }
        #expect(!complaints.isEmpty, "\(schedule) does not miss \(rule)")
        #expect(try schedule.played().complaints.isEmpty)
    }

    private func search(_ rule: Rule) throws -> Schedule? {
        for seed in Seeds.first(0) {
            for profile in [0, 8, 2, 3, 4, 7] {
                let schedule = Schedule(seed: seed, profile: Simulation.Profile(rawValue: profile))
                let isMissed = try rule.switchedOff { try !schedule.played().complaints.isEmpty }
                if isMissed { return schedule }
            }
        }
        return nil
    }
}
#endif
