import DeskWork
import Foundation
import RecordModel

/// A review on the whole screen of a terminal: one conflict at a time, keys only.
struct ScreenReview {
    var session: ReviewSession
    let style: Style

    private var message = ""
    private var mode: Platform.Mode

    /// Takes the terminal, or returns nil where there is none.
    init?(_ session: ReviewSession, style: Style) {
        guard Platform.isTerminal(1), let mode = Platform.enterRawMode() else { return nil }
        self.session = session
        self.style = style
        self.mode = mode
    }

    /// Runs until the last conflict is left or the person ends it; the terminal is given back on
    /// every way out.
    mutating func run() throws {
        Platform.deferInterruption()
        try StandardStreams.print("\u{1b}[?1049h\u{1b}[?25l", terminator: "")
        let outcome = Result { try loop() }
        // The screen first, so that what is printed afterwards stays.
        try? StandardStreams.print("\u{1b}[?25h\u{1b}[?1049l", terminator: "")
        Platform.restore(mode)
        try outcome.get()
        try StandardStreams.print(session.summary)
    }

    private mutating func loop() throws {
        while true {
            try draw()
            guard let key = try key() else { return }
            // At the end only the last decision can still be taken back.
            if session.current == nil, ReviewKey(key) != .undo { return }
            do {
                guard try perform(key) else { return }
            } catch let error as DeskError {
                message = ErrorReport(error).text
            }
        }
    }

    /// Waits for a key; the screen is drawn anew when its size changes.
    /// - Returns: nil where the program was asked to end.
    private func key() throws -> Character? {
        var size = Platform.windowSize()?.columns
        while !Platform.isInterrupted {
            let bytes = Platform.read(0, limit: 16)
            // Keys that send sequences (arrows) mean nothing here.
            if let first = bytes.first, bytes.count == 1 || first != 0x1b {
                return String(decoding: bytes, as: UTF8.self).first
            }
            if Platform.windowSize()?.columns != size {
                size = Platform.windowSize()?.columns
                try draw()
            }
        }
        return nil
    }

    private func draw() throws {
        let columns = Platform.windowSize()?.columns ?? 80
        let text = ConflictText(style: style, width: columns - 1)
        var lines =
            session.current.map { text.text(of: $0, place: session.place) } ?? [session.summary]
        lines += [""] + TextWidth.lines(of: session.keys, width: columns - 1).map(String.init)
        if !message.isEmpty {
            lines += [""] + TextWidth.lines(of: message, width: columns - 1).map(String.init)
        }
        try show(lines)
    }

    private func show(_ lines: [String]) throws {
        let rows = Platform.windowSize()?.rows ?? 24
        let fitting = lines.count <= rows ? lines : Array(lines.prefix(rows - 1)) + ["…"]
        try StandardStreams.print(
            "\u{1b}[H\u{1b}[2J" + fitting.joined(separator: "\r\n"),
            terminator: ""
        )
    }

    /// - Returns: whether to go on.
    private mutating func perform(_ key: Character) throws -> Bool {
        message = ""
        guard let meaning = ReviewKey(key) else { return true }
        switch meaning {
        case .quit: return false
        case .take(let n): message = try session.decide(.take(n))
        case .base: message = try session.decide(.base)
        case .both: message = try session.decide(.both)
        case .skip: message = session.skip()
        case .undo: message = try session.undo()
        case .help: message = ReviewSession.help
        case .history:
            try show(try session.history(style) + ["", "any key goes back"])
            _ = try self.key()
        case .edit:
            guard let value = try ask("value (empty clears): ") else { return true }
            message = try session.decide(.value(value))
        case .mergeText: message = try mergeText()
        }
        return true
    }

    private mutating func mergeText() throws -> String {
        guard let merge = session.current?.merge else {
            return "this is no text with a known base; it cannot be merged"
        }
        let text = try TextDecision.decide(merge) { overlap, number in
            try show(TextDecision.lines(of: overlap, number: number))
            return try key()
        }
        return try session.decide(.value(text), reason: "merged by paragraph")
    }

    /// Reads a line on the last row, as terminals do.
    private mutating func ask(_ prompt: String) throws -> String? {
        let rows = Platform.windowSize()?.rows ?? 24
        Platform.restore(mode)
        try StandardStreams.print("\u{1b}[\(rows);1H\u{1b}[?25h\(prompt)", terminator: "")
        let line = readLine()
        if let raw = Platform.enterRawMode() { mode = raw }
        try StandardStreams.print("\u{1b}[?25l", terminator: "")
        return line
    }
}
