import CausalHistory

/// A stretch of a text that was merged by paragraph.
public enum MergedStretch: Hashable, Sendable {
    /// Paragraphs that nobody, one side or both sides alike changed.
    case settled([String])
    /// Paragraphs that both sides changed, each in its way.
    case overlapping(base: [String], first: [String], second: [String])
}

/// Merges two texts that were written from one base, paragraph by paragraph (policy `text`).
///
/// Source: the three-way merge of `diff3` (Khanna, Kunal, Pierce, "A formal investigation of
/// diff3"), over lines.
public enum TextMerge {
    /// How many pairs of paragraphs are compared at most; beyond it the whole text is one stretch.
    ///
    /// It bounds memory at 8 bytes a pair, for texts that nobody wrote by hand.
    static let pairLimit = 1_000_000

    /// Merges two texts with their base.
    /// - Complexity: O(*n* · *m*) in the number of paragraphs.
    public static func merge(base: String, first: String, second: String) -> [MergedStretch] {
        let base = paragraphs(base)
        let first = paragraphs(first)
        let second = paragraphs(second)
        guard base.count * max(first.count, second.count) <= pairLimit else {
            return [stretch(base, first, second)]
        }
        let toFirst = matches(base, first)
        let toSecond = matches(base, second)
        var result: [MergedStretch] = []
        var (b, f, s) = (0, 0, 0)
        while b < base.count || f < first.count || s < second.count {
            var run = 0
            while b + run < base.count, toFirst[b + run] == f + run, toSecond[b + run] == s + run {
                run += 1
            }
            if run > 0 {
                append(.settled(Array(base[b..<(b + run)])), to: &result)
                (b, f, s) = (b + run, f + run, s + run)
                continue
            }
            // The next paragraph of the base that both sides kept ends the stretch.
            var next = b
            while next < base.count {
                if let inFirst = toFirst[next], let inSecond = toSecond[next], inFirst >= f,
                    inSecond >= s
                {
                    break
                }
                next += 1
            }
            let firstEnd = next < base.count ? toFirst[next] ?? first.count : first.count
            let secondEnd = next < base.count ? toSecond[next] ?? second.count : second.count
            append(
                stretch(
                    Array(base[b..<next]),
                    Array(first[f..<firstEnd]),
                    Array(second[s..<secondEnd])
                ),
                to: &result
            )
            (b, f, s) = (next, firstEnd, secondEnd)
        }
        return result
    }

    /// Returns the text in which all siblings are merged over their common base, or nil where the
    /// base is not kept or changes overlap.
    static func merged(_ siblings: [Sibling], base: (Dot) -> Content?) -> [UInt8]? {
        guard let parents = siblings.first?.version.parents, parents.count == 1,
            siblings.allSatisfy({ $0.version.parents == parents }),
            case .value(let baseBytes)? = base(parents[0])
        else { return nil }
        let baseText = String(decoding: baseBytes, as: UTF8.self)
        var text = String(decoding: siblings[0].version.content.bytes ?? [], as: UTF8.self)
        for sibling in siblings.dropFirst() {
            let other = String(decoding: sibling.version.content.bytes ?? [], as: UTF8.self)
            var settled: [String] = []
            for stretch in merge(base: baseText, first: text, second: other) {
                guard case .settled(let paragraphs) = stretch else { return nil }
                settled += paragraphs
            }
            text = settled.joined(separator: "\n")
        }
        return Array(text.utf8)
    }

    private static func paragraphs(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func stretch(
        _ base: [String],
        _ first: [String],
        _ second: [String]
    ) -> MergedStretch {
        if first == second || second == base { return .settled(first) }
        if first == base { return .settled(second) }
        return .overlapping(base: base, first: first, second: second)
    }

    private static func append(_ stretch: MergedStretch, to result: inout [MergedStretch]) {
        if case .settled(let new) = stretch, case .settled(let old)? = result.last {
            result[result.count - 1] = .settled(old + new)
        } else {
            result.append(stretch)
        }
    }

    /// Returns for each element of `base` the index of its match in a longest common subsequence.
    private static func matches(_ base: [String], _ other: [String]) -> [Int?] {
        var lengths = Array(
            repeating: Array(repeating: 0, count: other.count + 1),
            count: base.count + 1
        )
        for i in base.indices.reversed() {
            for j in other.indices.reversed() {
                lengths[i][j] =
                    base[i] == other[j]
                    ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var result: [Int?] = Array(repeating: nil, count: base.count)
        var (i, j) = (0, 0)
        while i < base.count, j < other.count {
            if base[i] == other[j] {
                result[i] = j
                (i, j) = (i + 1, j + 1)
            } else if lengths[i + 1][j] >= lengths[i][j + 1] {
                i += 1
            } else {
                j += 1
            }
        }
        return result
    }
}
