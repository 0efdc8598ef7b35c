import Synchronization

/// The progress of long work on standard error, where that is a terminal: how far, how fast, and
/// how long it still takes.
final class ProgressBar: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant?
        var isDrawn = false
    }

    private let label: String
    private let started = ContinuousClock.now
    private let isShown: Bool
    private let state = Mutex(State())

    /// Creates the bar of a piece of work.
    init(_ label: String) {
        self.label = label
        isShown = Platform.isTerminal(2)
    }

    /// Says how far the work is; drawn at most ten times a second.
    ///
    /// - Parameters:
    ///   - done: What is done.
    ///   - total: What there is to do; nil where that is not known.
    ///   - count: Things done, for the rate: rows, records.
    ///   - unit: What is counted.
    func update(done: Int, of total: Int?, count: Int, unit: String) {
        guard isShown else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            if let last = state.lastDrawn, now - last < .milliseconds(100) { return }
            state.lastDrawn = now
            state.isDrawn = true
            let line = Self.line(
                label: label,
                done: done,
                total: total,
                count: count,
                unit: unit,
                seconds: (now - started) / .seconds(1)
            )
            let width = (Platform.windowSize()?.columns ?? 80) - 1
            StandardStreams.warn("\r\u{1b}[K" + TextWidth.cut(line, to: width), terminator: "")
        }
    }

    /// Takes the bar away.
    func finish() {
        state.withLock { state in
            if state.isDrawn { StandardStreams.warn("\r\u{1b}[K", terminator: "") }
            state.isDrawn = false
        }
    }

    /// Returns what the bar says.
    static func line(
        label: String,
        done: Int,
        total: Int?,
        count: Int,
        unit: String,
        seconds: Double
    ) -> String {
        let rate = seconds > 0 ? Double(count) / seconds : 0
        let speed = "\(count) \(unit), \(Int(rate.rounded())) a second"
        guard let total, total > 0 else { return "\(label)  \(speed)" }
        let part = min(1, Double(done) / Double(total))
        let filled = Int(part * 20)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        var text = "\(label)  \(bar) \(Int(part * 100)) %  \(speed)"
        if part > 0.02, part < 1 {
            text += ", \(duration(seconds * (1 - part) / part)) left"
        }
        return text
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(.up), 359_999))
        if whole < 60 { return "\(whole) s" }
        return whole < 3600
            ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
