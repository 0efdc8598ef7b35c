import RecordModel

/// Finds the piece of a record in which the words of a search stand.
enum Snippet {
    /// About how many characters are shown around the first word.
    private static let width = 60

    /// Returns the first piece in which all of these folded words begin a word, or else that in which
    /// most do.
    static func best(
        in texts: some Sequence<(field: String, text: String)>,
        for words: [String]
    ) -> (field: String, pieces: [SnippetPiece]) {
        var best: (field: String, pieces: [SnippetPiece], count: Int) = ("", [], 0)
        for (field, text) in texts where holds(text, words) {
            let pieces = pieces(of: text, words)
            let count = pieces.count(where: \.isMatch)
            if count > best.count { best = (field, pieces, count) }
            if count >= words.count { break }
        }
        return (best.field, shortened(best.pieces))
    }

    /// Whether one of the words stands somewhere in a text: most values are passed over by it, at a
    /// fraction of what splitting them takes.
    private static func holds(_ text: String, _ words: [String]) -> Bool {
        var folded = SearchFold.fold(text)
        return folded.withUTF8 { text in
            words.contains { word in
                var word = word
                return word.withUTF8 { word in
                    guard let first = word.first, word.count <= text.count else { return false }
                    return (0...(text.count - word.count)).contains { start in
                        text[start] == first
                            && (1..<word.count).allSatisfy { text[start + $0] == word[$0] }
                    }
                }
            }
        }
    }

    /// Splits a text into words and what stands between them, and marks those that begin with one of
    /// the words looked for.
    private static func pieces(of text: String, _ words: [String]) -> [SnippetPiece] {
        var pieces: [SnippetPiece] = []
        func append(_ text: Substring, isMatch: Bool) {
            guard !text.isEmpty else { return }
            if let last = pieces.last, last.isMatch == isMatch {
                pieces[pieces.count - 1] = SnippetPiece(text: last.text + text, isMatch: isMatch)
            } else {
                pieces.append(SnippetPiece(text: String(text), isMatch: isMatch))
            }
        }
        var rest = Substring(text)
        while !rest.isEmpty {
            let between = rest.prefix { !isOfAWord($0) }
            append(between, isMatch: false)
            rest = rest.dropFirst(between.count)
            let word = rest.prefix(while: isOfAWord)
            let folded = SearchFold.fold(String(word))
            append(word, isMatch: words.contains { folded.hasPrefix($0) })
            rest = rest.dropFirst(word.count)
        }
        return pieces
    }

    /// Whether a character is a letter or digit; of ASCII, which most are, without Unicode's tables.
    private static func isOfAWord(_ character: Character) -> Bool {
        guard let byte = character.asciiValue else {
            return character.isLetter || character.isNumber
        }
        return byte | 0x20 &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
    }

    private static func shortened(_ pieces: [SnippetPiece]) -> [SnippetPiece] {
        guard let first = pieces.firstIndex(where: \.isMatch) else { return [] }
        var result: [SnippetPiece] = []
        if first > 0 {
            let before = pieces[0..<first].map(\.text).joined()
            let shown = before.suffix(width / 2)
            let mark = shown.count < before.count ? "…" : ""
            result.append(SnippetPiece(text: mark + shown, isMatch: false))
        }
        var left = width
        for piece in pieces[first...] {
            guard left > 0 else {
                result.append(SnippetPiece(text: "…", isMatch: false))
                break
            }
            let shown = piece.isMatch ? Substring(piece.text) : piece.text.prefix(left)
            result.append(SnippetPiece(text: String(shown), isMatch: piece.isMatch))
            left -= shown.count
        }
        return result
    }
}
