/// How near two words are: the measures by which record linkage tells a slip from another word.
public enum TextSimilarity {
    /// Returns the Jaro–Winkler similarity of two words, 0 for nothing in common to 1 for the same.
    ///
    /// W. E. Winkler, “String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter
    /// Model of Record Linkage”, 1990: prefix scale 0.1 over at most four characters.
    /// - Complexity: O(*n* · *m*) in the lengths, which are cut at 64.
    public static func jaroWinkler(_ left: [UInt16], _ right: [UInt16]) -> Double {
        let left = left.prefix(64)
        let right = right.prefix(64)
        let jaro = jaro(left, right)
        let prefix = zip(left, right).prefix(4).prefix { $0 == $1 }.count
        return jaro + Double(prefix) * 0.1 * (1 - jaro)
    }

    private static func jaro(_ left: ArraySlice<UInt16>, _ right: ArraySlice<UInt16>) -> Double {
        if left.isEmpty || right.isEmpty { return left.count == right.count ? 1 : 0 }
        let window = max(0, max(left.count, right.count) / 2 - 1)
        // One bit for each place of the at most 64 characters.
        var leftMatched: UInt64 = 0
        var rightMatched: UInt64 = 0
        var matches = 0
        for i in 0..<left.count {
            let low = max(0, i - window)
            let high = min(right.count - 1, i + window)
            guard low <= high else { continue }
            for j in low...high where rightMatched & (1 << UInt64(j)) == 0 && left[i] == right[j] {
                leftMatched |= 1 << UInt64(i)
                rightMatched |= 1 << UInt64(j)
                matches += 1
                break
            }
        }
        if matches == 0 { return 0 }
        var transpositions = 0
        var j = 0
        for i in 0..<left.count where leftMatched & (1 << UInt64(i)) != 0 {
            while rightMatched & (1 << UInt64(j)) == 0 { j += 1 }
            if left[i] != right[j] { transpositions += 1 }
            j += 1
        }
        let found = Double(matches)
        return
            (found / Double(left.count) + found / Double(right.count)
            + (found - Double(transpositions / 2)) / found) / 3
    }

    /// Returns how many insertions, deletions, substitutions and swaps of neighbours make one word
    /// the other, or nil where they are more than `limit`.
    /// - Complexity: O(*n* · `limit`) in the length.
    public static func edits(_ left: [UInt16], _ right: [UInt16], limit: Int) -> Int? {
        if left == right { return 0 }
        let (n, m) = (left.count, right.count)
        guard limit > 0, abs(n - m) <= limit else { return nil }
        if n == 0 || m == 0 { return max(n, m) <= limit ? max(n, m) : nil }
        let far = limit + 1
        var beforeLast = [Int](repeating: far, count: m + 1)
        var last = (0...m).map { min($0, far) }
        var row = last
        for i in 1...n {
            row[0] = min(i, far)
            var best = row[0]
            for j in 1...m {
                guard abs(i - j) <= limit else {
                    row[j] = far
                    continue
                }
                let cost = left[i - 1] == right[j - 1] ? 0 : 1
                var value = min(last[j - 1] + cost, min(last[j], row[j - 1]) + 1)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    value = min(value, beforeLast[j - 2] + 1)
                }
                row[j] = min(value, far)
                best = min(best, row[j])
            }
            // Not even the best of this row can be mended; a swap looks back one row more.
            if best > limit, last.allSatisfy({ $0 > limit }) { return nil }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[m] <= limit ? last[m] : nil
    }
}
