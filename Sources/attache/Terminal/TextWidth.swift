/// How many columns text takes in a terminal, and text cut or wrapped to a number of columns.
enum TextWidth {
    /// The columns of one character as it is seen.
    static func columns(of character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard scalars.count > 1, let first = scalars.first else {
            return scalars.first.map(width) ?? 0
        }
        // A family, a skin tone or a flag is drawn as one picture.
        let isPicture =
            first.properties.isEmojiPresentation
            || scalars.contains { $0.value == 0x200D && first.properties.isEmoji }
        return isPicture ? 2 : scalars.reduce(0) { $0 + width(of: $1) }
    }

    /// The columns of one scalar: none for marks that stand on others, two for the wide and
    /// fullwidth characters of East Asian scripts and for pictures (Unicode Standard Annex 11).
    private static func width(of scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
            0xa000...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
            0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
            return 2
        default: return 1
        }
    }

    /// The columns of a text of one line.
    static func columns(of text: some StringProtocol) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 }
            ? text.utf8.count : text.reduce(0) { $0 + columns(of: $1) }
    }

    /// Returns the text, or its beginning with `…` where it takes more columns.
    static func cut(_ text: String, to limit: Int) -> String {
        guard columns(of: text) > limit else { return text }
        guard limit > 0 else { return "" }
        var result = ""
        var width = 1
        for character in text {
            width += columns(of: character)
            if width > limit { break }
            result.append(character)
        }
        return result + "…"
    }

    /// Returns the text filled with spaces to a number of columns.
    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - columns(of: text)))
    }

    /// Returns the ranges of the lines into which a text is broken, between words where it can be.
    static func lines(of text: String, width: Int) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { wrap($0, width: max(2, width)) }
    }

    private static func wrap(_ paragraph: Substring, width: Int) -> [Substring] {
        var lines: [Substring] = []
        var start = paragraph.startIndex
        var lastBreak: Substring.Index?
        var used = 0
        var index = start
        while index < paragraph.endIndex {
            let character = paragraph[index]
            let columns = columns(of: character)
            if used + columns > width {
                let end = lastBreak ?? index
                lines.append(paragraph[start..<end])
                start = end
                used = self.columns(of: paragraph[start..<index])
                lastBreak = nil
            }
            used += columns
            index = paragraph.index(after: index)
            if character == " " { lastBreak = index }
        }
        lines.append(paragraph[start...])
        return lines
    }
}
