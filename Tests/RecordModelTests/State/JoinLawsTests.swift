import CausalHistory
import RecordModel
import TestSupport
import Testing

struct JoinLawsTests {
    private static let profiles: [RandomStates.Profile] = [
        [], [.fork], [.erasure], [.fork, .erasure],
    ]

    @Test(arguments: profiles)
    func joinIsCommutativeAssociativeIdempotentAndMonotone(profile: RandomStates.Profile) {
        for seed in Seeds.first(1_500) {
            var random = RandomStates(seed: seed)
            let states = random.triple(profile)
            let (x, y, z) = (states[0], states[1], states[2])
            let both = x.joined(with: y)
            #expect(both == y.joined(with: x), "seed \(seed)")
            #expect(both.joined(with: z) == x.joined(with: y.joined(with: z)), "seed \(seed)")
            #expect(x.joined(with: x) == x, "seed \(seed)")
            #expect(x.joined(with: both) == both, "seed \(seed)")
        }
    }

    @Test func equalStatesHaveEqualDigestsAndOthersDoNot() {
        var different = 0
        for seed in Seeds.first(1_500) {
            var random = RandomStates(seed: seed)
            let states = random.triple([.fork])
            let (x, y) = (states[0].joined(with: states[1]), states[1].joined(with: states[0]))
            let uid = RecordUID(7)
            #expect(x.digest(uid: uid) == y.digest(uid: uid), "seed \(seed)")
            if !x.isHidden, visible(x) != visible(states[0]) {
                #expect(x.digest(uid: uid) != states[0].digest(uid: uid), "seed \(seed)")
                different += 1
            }
        }
        #expect(different > 0)
    }

    /// What a digest has to tell apart: the live versions, absent ones aside.
    private func visible(_ state: RecordState) -> [FieldKey: Set<DottedContent>] {
        var result: [FieldKey: Set<DottedContent>] = [:]
        for entry in state.fields {
            for sibling in entry.siblings.siblings where sibling.version.content != .absent {
                result[entry.key, default: []].insert(
                    DottedContent(dot: sibling.dot, content: sibling.version.content)
                )
            }
        }
        return result
    }

    private struct DottedContent: Hashable {
        let dot: Dot
        let content: Content
    }

    @Test func aDeltaForWhatAStateHasSeenJoinsLikeTheWholeState() {
        var (partial, empty) = (0, 0)
        for seed in Seeds.first(2_000) {
            var random = RandomStates(seed: seed)
            let states = random.triple([])
            let (mine, theirs) = (states[0], states[1])
            var joined = mine
            if let delta = theirs.delta(uid: RecordUID(7), for: mine.context) {
                joined.join(delta)
                if !delta.isComplete { partial += 1 }
                #expect(joined == mine.joined(with: theirs), "seed \(seed)")
            } else {
                empty += 1
                #expect(joined.fields == mine.joined(with: theirs).fields, "seed \(seed)")
            }
        }
        #expect(partial > 0)
        #expect(empty > 0)
    }

    @Test func aCompleteDeltaIsTheState() {
        for seed in Seeds.first(500) {
            var random = RandomStates(seed: seed)
            for state in random.triple([.fork, .erasure]) {
                var copy = RecordState(kind: 1)
                copy.join(state.complete(uid: RecordUID(7)))
                #expect(copy == state, "seed \(seed)")
            }
        }
    }

    @Test func aFieldIsNeverEmptiedAndTheContextCoversEveryVersion() {
        for seed in Seeds.first(1_000) {
            var random = RandomStates(seed: seed)
            let states = random.triple([])
            let joined = states[0].joined(with: states[1]).joined(with: states[2])
            let keys = joined.fields.map(\.key)
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
            #expect(Set(keys) == Set(states.flatMap(\.fields).map(\.key)), "seed \(seed)")
            #expect(joined.fields.allSatisfy { !$0.siblings.isEmpty }, "seed \(seed)")
            #expect(joined.dots.allSatisfy { joined.context.covers($0) }, "seed \(seed)")
        }
    }
}
