/// How often and how long an exchange waits for a network or a headquarters that fails.
///
/// The delays double from the first to the longest and are shortened at random by up to a half, so
/// that desks which lost headquarters together do not return together. Source: Brooker,
/// "Exponential backoff and jitter".
public struct RetryPolicy: Hashable, Sendable {
    /// How many attempts are made without any progress between them.
    public var attempts: Int
    /// The first delay.
    public var first: Duration
    /// The longest delay; a headquarters that asks for more is given up.
    public var longest: Duration

    /// Creates a policy; by default six attempts within about half a minute.
    public init(
        attempts: Int = 6,
        first: Duration = .seconds(1),
        longest: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.first = first
        self.longest = longest
    }

    /// Decides how long to wait before the next attempt, or to give up.
    ///
    /// - Parameters:
    ///   - failure: Why the last attempt failed.
    ///   - attempt: How many attempts failed since the last progress, at least 1.
    ///   - random: 64 random bits.
    /// - Returns: The delay, or nil.
    func delay(after failure: SyncFailure, attempt: Int, random: UInt64) -> Duration? {
        guard failure.isTransient, attempt < attempts else { return nil }
        let doublings = min(attempt - 1, 30)
        let full = min(first * (1 << doublings), longest)
        let jittered = full * (0.5 + 0.5 * Double(random >> 11) / Double(1 << 53))
        guard case .overloaded(let seconds?) = failure else { return jittered }
        let asked = Duration.seconds(seconds)
        return asked > longest ? nil : max(asked, jittered)
    }
}
