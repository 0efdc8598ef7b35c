/// How much a page holds, learnt from how long pages take.
///
/// A page should take about five seconds: long enough that the round trip does not count, short
/// enough that a cut costs little and a person sees progress. On a link that is cut often it takes less:
/// what is lost is half a page for each cut.
struct PageSizing: Hashable {
    /// How long a page should take at most and at least, in seconds.
    static let pageSeconds = 1.0...5.0
    /// By how much a page may take longer than the one before, once that one got through.
    private static let growth = 0.25
    /// The smallest and the greatest page, compressed.
    static let bounds = 16 << 10...384 << 10
    /// Compressed bytes below which an exchange tells nothing of the link: it is all round trip.
    static let telling = 8 << 10

    /// How long a page should take on this link, in seconds.
    private var seconds = pageSeconds.upperBound
    /// The size to aim at, compressed: the least at first, so that a slow link does not choke on a guess.
    private(set) var target = bounds.lowerBound
    /// The size from which on pages grow by little: about what the link has carried at a time before it was
    /// cut (as in TCP's congestion avoidance).
    private var threshold = bounds.upperBound
    /// Uncompressed bytes for each compressed one.
    private var ratio = 4.0

    /// The size to aim at, uncompressed, as sessions count.
    var byteLimit: Int { Int(Double(target) * ratio) }

    /// Takes what an exchange of one page moved.
    ///
    /// - Parameters:
    ///   - wire: Compressed bytes of the greater of the two pages.
    ///   - raw: Its uncompressed bytes.
    ///   - seconds: How long the exchange took.
    mutating func note(wire: Int, raw: Int, seconds: Double) {
        guard wire >= Self.telling, seconds > 0 else { return }
        ratio = Self.ratio(wire: wire, raw: raw)
        self.seconds = min(self.seconds + Self.growth, Self.pageSeconds.upperBound)
        let fitting = Double(wire) / seconds * self.seconds
        // One lucky page says little: growth is stepwise, and slow where a cut was met before.
        let step = target < threshold ? min(4 * target, threshold) : target + target / 8
        target = Self.clamp(Int(min(fitting, Double(step))))
    }

    /// Takes that the link was cut: pages are shorter for a while.
    mutating func noteCut() {
        seconds = max(seconds / 2, Self.pageSeconds.lowerBound)
        halve()
        threshold = target
    }

    /// Halves the pages after one was too large.
    /// - Returns: Whether they were not the smallest before.
    @discardableResult
    mutating func halve() -> Bool {
        guard target > Self.bounds.lowerBound else { return false }
        target = Self.clamp(target / 2)
        return true
    }

    /// Takes that what follows hardly gets shorter by compression.
    mutating func assumeIncompressible() { ratio = 1 }

    /// Takes how much shorter an exchange was by compression, also where it was too short to tell of the link.
    mutating func noteRatio(wire: Int, raw: Int) {
        guard raw >= Self.telling else { return }
        ratio = Self.ratio(wire: wire, raw: raw)
    }

    private static func ratio(wire: Int, raw: Int) -> Double {
        min(max(Double(raw) / Double(max(wire, 1)), 1), 16)
    }

    private static func clamp(_ bytes: Int) -> Int {
        min(max(bytes, bounds.lowerBound), bounds.upperBound)
    }
}
