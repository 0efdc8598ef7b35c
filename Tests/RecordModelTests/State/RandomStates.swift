import CausalHistory
import RecordModel
import TestSupport

/// States of one record as three replicas may come to hold it.
struct RandomStates {
    /// What the replicas may do beyond writing, removing, deleting and joining.
    struct Profile: OptionSet {
        let rawValue: Int
        /// Two of the replicas write under one actor, as after a copied laptop.
        static let fork = Profile(rawValue: 1)
        /// The record may be forgotten for good.
        static let erasure = Profile(rawValue: 2)
    }

    static let keys = [FieldKey(20), FieldKey(21), FieldKey(5, item: [0x74])]

    var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    mutating func triple(_ profile: Profile) -> [RecordState] {
        let actors: [ActorID] = profile.contains(.fork) ? ["a", "a", "b"] : ["a", "b", "c"]
        var states = Array(repeating: RecordState(kind: 1), count: 3)
        var counters: [UInt64] = [0, 0, 0]
        for step in 0..<(3 + generator.below(12)) {
            let index = generator.below(3)
            if generator.chance(35) {
                states[index] = states[index].joined(with: states[generator.below(3)])
            } else if states[index].erasure == nil {
                counters[index] += 1
                let dot = Dot(actors[index], counters[index])
                edit(&states[index], dot: dot, step: step, profile: profile)
            }
        }
        return states
    }

    private mutating func edit(
        _ state: inout RecordState,
        dot: Dot,
        step: Int,
        profile: Profile
    ) {
        let by = Attribution.by("officer", at: UInt64(generator.below(1_000)))
        switch generator.below(100) {
        case ..<15:
            state.delete(dot: dot, attribution: by)
        case ..<25:
            state.write(.alive, to: .life, dot: dot, attribution: by)
        case ..<30 where profile.contains(.erasure):
            state = RecordState(
                kind: state.kind,
                fields: [],
                context: VersionVector(),
                erasure: Erasure(dot: dot, attribution: by)
            )
        default:
            for key in Self.keys.shuffled(using: &generator).prefix(1 + generator.below(2)) {
                let removes = !key.item.isEmpty && generator.chance(40)
                let content = removes ? Content.absent : .text("v\(step)")
                state.write(content, to: key, dot: dot, attribution: by)
            }
        }
    }
}
