#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The seeds that a randomised test runs.
public enum Seeds {
    /// Returns so many seeds, or what the environment asks for: `SEED=17` runs a failing schedule
    /// again, `SEEDS=20000` searches longer.
    public static func first(_ count: UInt64) -> Range<UInt64> {
        if let seed = environment("SEED").flatMap({ UInt64($0) }) { return seed..<(seed &+ 1) }
        return 0..<(environment("SEEDS").flatMap { UInt64($0) } ?? count)
    }

    /// The number of the one profile that is to be run, where `PROFILE` names it.
    public static var profile: Int? { environment("PROFILE").flatMap { Int($0) } }

    /// Whether one schedule is run again, so that a test may tell all about it.
    public static var isSingle: Bool { environment("SEED") != nil }
}

/// Returns the value of a variable of the environment, or nil where it is not set.
func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
