import Foundation

/// The canonical form of text: NFC, trimmed, without control characters.
///
/// Bidirectional controls and joiners stay: they belong to how a name is written.
enum CanonicalText {
    /// Returns text of one line.
    /// - Throws: `ValueError.empty`, `.severalLines` or `.controlCharacter`.
    static func line(_ text: String) throws(ValueError) -> String {
        if isPlainLine(text) { return text }
        let trimmed = trimmed(text)
        guard !trimmed.isEmpty else { throw .empty }
        for scalar in trimmed.unicodeScalars {
            if scalar.properties.isLineBreak { throw .severalLines }
            if scalar.properties.generalCategory == .control {
                throw .controlCharacter(scalar.value)
            }
        }
        return composed(trimmed)
    }

    /// Returns text of any number of lines, each ended by a line feed alone.
    /// - Throws: `ValueError.empty` or `.controlCharacter`.
    static func lines(_ text: String) throws(ValueError) -> String {
        if isPlainLine(text) { return text }
        var scalars = String.UnicodeScalarView()
        var follows = false
        for scalar in trimmed(text).unicodeScalars {
            defer { follows = scalar == "\r" }
            if scalar == "\r" {
                scalars.append("\n")
            } else if scalar == "\n" {
                if !follows { scalars.append(scalar) }
            } else if scalar.properties.generalCategory == .control, scalar != "\t" {
                throw .controlCharacter(scalar.value)
            } else {
                scalars.append(scalar)
            }
        }
        guard !scalars.isEmpty else { throw .empty }
        return composed(String(scalars))
    }

    /// Returns the text without white space at its ends.
    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Returns the text in normalisation form C.
    static func composed(_ text: String) -> String {
        // Below U+0300 every character is its own normal form.
        let isComposed = text.utf8.allSatisfy { $0 < 0xcc }
        return isComposed ? text : text.precomposedStringWithCanonicalMapping
    }

    /// Whether a text is ASCII without controls, with no space at its ends: canonical as it is.
    private static func isPlainLine(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 0x20 else { return false }
        var last: UInt8 = 0x20
        for byte in text.utf8 {
            if byte < 0x20 || byte > 0x7e { return false }
            last = byte
        }
        return last != 0x20
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isLineBreak: Bool {
        switch generalCategory {
        case .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
