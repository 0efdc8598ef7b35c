/// Counts the requests from each address that do not prove who asks: a bucket that each failure
/// fills and time empties.
///
/// A value without a clock; the time of an event is its argument, in seconds from any beginning.
struct FailureLimiter {
    private struct Bucket {
        var level: Double
        var at: Double
    }

    /// How many addresses are remembered; beyond it those that failed longest ago are forgotten.
    static let addressLimit = 10_000

    private let capacity: Double
    private var buckets: [String: Bucket] = [:]

    /// Creates a limiter that lets an address fail so often at once, and then in each minute.
    init(failuresPerMinute: Int) {
        capacity = Double(max(1, failuresPerMinute))
    }

    /// How many addresses are remembered.
    var addressCount: Int { buckets.count }

    private var leakPerSecond: Double { capacity / 60 }

    private func level(of address: String, at now: Double) -> Double {
        guard let bucket = buckets[address] else { return 0 }
        return max(0, bucket.level - max(0, now - bucket.at) * leakPerSecond)
    }

    /// Returns after how many seconds an address is heard again, or nil where it is heard now.
    func wait(for address: String, at now: Double) -> UInt32? {
        let excess = level(of: address, at: now) + 1 - capacity
        guard excess > 0 else { return nil }
        return UInt32(clamping: Int((excess / leakPerSecond).rounded(.up)))
    }

    /// Notes that a request from an address failed.
    /// - Complexity: O(1), but for one of each `addressLimit` / 2 new addresses O(*n*).
    mutating func noteFailure(of address: String, at now: Double) {
        buckets[address] = Bucket(level: level(of: address, at: now) + 1, at: now)
        guard buckets.count > Self.addressLimit else { return }
        let newest = buckets.sorted { $0.value.at > $1.value.at }.prefix(Self.addressLimit / 2)
        buckets = Dictionary(uniqueKeysWithValues: newest.map { ($0.key, $0.value) })
    }
}
