/// A hybrid time: a wall clock that never runs behind what its owner has seen.
///
/// It counts milliseconds since 1970-01-01 UTC. It is shown to people and used by the policy
/// `newest`; it never decides a merge.
///
/// Source: Kulkarni et al., "Logical physical clocks", with the logical part folded into the
/// milliseconds.
public struct HybridTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01 UTC.
    public let milliseconds: UInt64

    /// Creates a time from its milliseconds since 1970-01-01 UTC.
    public init(milliseconds: UInt64) {
        self.milliseconds = milliseconds
    }

    /// The beginning of time: before anything was written.
    public static let zero = HybridTime(milliseconds: 0)

    /// How far in the future a time that was received may lie and still push a clock forward.
    ///
    /// A desk more than two minutes off is told so; its times must not drag the others along.
    public static let boundMilliseconds: UInt64 = 120_000

    /// Returns the time of a new event.
    ///
    /// - Parameters:
    ///   - now: What the wall clock says.
    ///   - latest: The latest time seen in this store.
    /// - Returns: `now`, or one millisecond past `latest` where the clock is behind it; a `latest`
    ///   beyond the bound is ignored.
    public static func next(now: HybridTime, latest: HybridTime) -> HybridTime {
        let (limit, overflow) = now.milliseconds.addingReportingOverflow(boundMilliseconds)
        if latest < now || (!overflow && latest.milliseconds >= limit) { return now }
        return HybridTime(milliseconds: max(latest.milliseconds, latest.milliseconds &+ 1))
    }

    /// Orders times.
    public static func < (left: HybridTime, right: HybridTime) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
