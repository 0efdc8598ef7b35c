import DeskWork
import Foundation
import RecordModel

/// A review as lines of text: for scripts, tests and screen readers.
///
/// Each line of input is one key; `e` is followed by a line with the value. The end of the input
/// ends the review.
struct PlainReview {
    var session: ReviewSession
    let style: Style

    private static let width = 100

    mutating func run() throws {
        while true {
            if let item = session.current {
                let text = ConflictText(style: style, width: Self.width)
                try say(text.text(of: item, place: session.place) + [session.keys])
            }
            guard try answer() else { break }
        }
        try say([session.summary])
    }

    /// Reads and does keys until the conflict is left.
    /// - Returns: whether to go on.
    private mutating func answer() throws -> Bool {
        while let line = readLine() {
            let text = line.trimmingCharacters(in: .whitespaces)
            guard let first = text.first else { continue }
            guard text.count == 1, let key = ReviewKey(first) else {
                try say(["“\(SafeText.line(text))” is no key; ? lists them"])
                continue
            }
            // At the end only the last decision can still be taken back.
            if session.current == nil, key != .undo { return false }
            switch key {
            case .quit: return false
            case .help: try say([ReviewSession.help])
            case .history: try say(try session.history(style))
            default:
                do {
                    try say([try perform(key)])
                    return true
                } catch let error as DeskError {
                    try say([ErrorReport(error).text])
                }
            }
        }
        return false
    }

    private mutating func perform(_ key: ReviewKey) throws -> String {
        switch key {
        case .take(let n): return try session.decide(.take(n))
        case .base: return try session.decide(.base)
        case .both: return try session.decide(.both)
        case .edit:
            try say(["the value, on one line (empty clears):"])
            guard let value = readLine() else {
                throw DeskError(.badValue, "no value was given")
            }
            return try session.decide(.value(value))
        case .mergeText:
            return try session.decide(.value(try mergedText()), reason: "merged by paragraph")
        case .skip: return session.skip()
        case .undo: return try session.undo()
        case .help, .history, .quit: return ""
        }
    }

    private func mergedText() throws -> String {
        guard let merge = session.current?.merge else {
            throw DeskError(.badValue, "this is no text with a known base; it cannot be merged")
        }
        return try TextDecision.decide(merge) { overlap, number in
            try say(TextDecision.lines(of: overlap, number: number))
            return readLine()?.trimmingCharacters(in: .whitespaces).first
        }
    }

    private func say(_ lines: [String]) throws {
        if !lines.isEmpty { try StandardStreams.print(lines.joined(separator: "\n")) }
    }
}

/// Decides what of a text merged by paragraph both sides changed.
enum TextDecision {
    /// A stretch that both sides changed.
    struct Overlap {
        let base: [String]
        let first: [String]
        let second: [String]
    }

    /// Returns the text in which each overlap was decided.
    ///
    /// - Parameters:
    ///   - stretches: The merge.
    ///   - ask: Shows an overlap and returns the key: 1, 2, `b` (base) or `k` (both).
    /// - Returns: The merged text.
    /// - Throws: `DeskError` where an overlap is not decided.
    static func decide(
        _ stretches: [MergedStretch],
        ask: (Overlap, Int) throws -> Character?
    ) throws -> String {
        var paragraphs: [String] = []
        var number = 0
        for stretch in stretches {
            switch stretch {
            case .settled(let settled): paragraphs += settled
            case .overlapping(let base, let first, let second):
                number += 1
                switch try ask(Overlap(base: base, first: first, second: second), number) {
                case "1": paragraphs += first
                case "2": paragraphs += second
                case "b": paragraphs += base
                case "k": paragraphs += first + second
                default:
                    throw DeskError(.badValue, "the overlap was not decided; nothing was written")
                }
            }
        }
        return paragraphs.joined(separator: "\n")
    }

    /// An overlap as a diff.
    static func lines(of overlap: Overlap, number: Int) -> [String] {
        ["overlap \(number): both changed this paragraph  [1] [2] [b] base [k] both"]
            + overlap.base.map { "  - \(SafeText.line($0))" }
            + overlap.first.map { "  1 \(SafeText.line($0))" }
            + overlap.second.map { "  2 \(SafeText.line($0))" }
    }
}
