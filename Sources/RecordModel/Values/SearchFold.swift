import Foundation

/// The form of text in which a search compares it.
///
/// Compatibility forms, case and diacritics are levelled (Unicode NFKD without marks), letters of
/// the Arabic script that differ between languages or keyboards are one, digits of every script are
/// ASCII, invisible marks go, and each Chinese or Japanese character is a word of its own.
public enum SearchFold {
    /// Returns the folded text; folding it again changes nothing.
    /// - Complexity: O(*n*) in the length of the text.
    public static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return foldASCII(text) }
        var folded = String.UnicodeScalarView()
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            append(scalar, to: &folded)
        }
        // What is left decomposed (Hangul, kana, Indic letters) is put together again.
        return spaced(String(folded).precomposedStringWithCanonicalMapping)
    }

    /// Appends the folded form of a text, both as UTF-8.
    ///
    /// Texts with spaces between fold as each of them does alone.
    /// - Complexity: O(*n*) in the length of the text.
    public static func appendFolded(_ text: [UInt8], to folded: inout [UInt8]) {
        let start = folded.count
        for byte in text {
            guard byte < 0x80 else {
                folded.removeLast(folded.count - start)
                folded += fold(String(decoding: text, as: UTF8.self)).utf8
                return
            }
            folded.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
        }
    }

    /// Returns the words of a folded text: runs of letters and digits.
    public static func words(of text: String) -> [Substring] {
        // Most text is ASCII, and of bytes it is told faster what they are than of characters.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return text.split { !$0.isLetter && !$0.isNumber }
        }
        return text.utf8.split { byte in
            (byte | 0x20) &- UInt8(ascii: "a") >= 26 && byte &- UInt8(ascii: "0") >= 10
        }.map(Substring.init)
    }

    private static func foldASCII(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 &- UInt8(ascii: "A") < 26 }) else { return text }
        return String(unsafeUninitializedCapacity: text.utf8.count) { buffer in
            var count = 0
            for byte in text.utf8 {
                buffer[count] = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
                count += 1
            }
            return count
        }
    }

    /// Appends what a scalar of a decomposed text becomes.
    private static func append(_ scalar: Unicode.Scalar, to folded: inout String.UnicodeScalarView)
    {
        if scalar.isASCII {
            let isCapital = ("A"..."Z").contains(scalar)
            folded.append(isCapital ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
        } else if isDropped(scalar) {
            return
        } else if let replacement = replacement(for: scalar) {
            folded.append(contentsOf: replacement.unicodeScalars)
        } else if let digit = scalar.properties.decimalDigit {
            folded.append(contentsOf: String(digit).unicodeScalars)
        } else {
            folded.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }

    /// Whether a scalar goes: a diacritic, the tatweel, a joiner, a bidirectional control.
    ///
    /// Diacritics are those of the Latin, Greek, Cyrillic, Hebrew and Arabic scripts; marks of
    /// other scripts are vowels, and stay.
    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0300...0x036f, 0x1ab0...0x1aff, 0x1dc0...0x1dff, 0x20d0...0x20ff, 0xfe20...0xfe2f:
            true
        case 0x0591...0x05bd, 0x05bf, 0x05c1...0x05c2, 0x05c4...0x05c5, 0x05c7: true
        case 0x0610...0x061a, 0x0640, 0x064b...0x065f, 0x0670, 0x06d6...0x06dc, 0x06df...0x06e4,
            0x06e7...0x06e8, 0x06ea...0x06ed:
            true
        case 0x00ad, 0x061c, 0x200c...0x200f, 0x202a...0x202e, 0x2060, 0x2066...0x2069,
            0xfe00...0xfe0f, 0xfeff:
            true
        default: false
        }
    }

    private static func replacement(for scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "ی", "ى", "ې": "ي"
        case "ک": "ك"
        case "ہ", "ة", "ۃ", "ە": "ه"
        case "ٱ": "ا"
        case "ß", "ẞ": "ss"
        case "æ", "Æ": "ae"
        case "œ", "Œ": "oe"
        case "ø", "Ø": "o"
        case "đ", "Đ", "ð", "Ð": "d"
        case "ł", "Ł": "l"
        case "þ", "Þ": "th"
        case "ı": "i"
        case "ς": "σ"
        case "’", "‘", "ʼ", "ʻ": "'"
        case "\u{200b}": " "
        default: nil
        }
    }

    /// Puts spaces around characters that are words of their own.
    private static func spaced(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isWord) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let separates = isWord(scalar) || result.last.map(isWord) == true
            if separates, let last = result.last, last != " ", scalar != " " {
                result.append(" ")
            }
            result.append(scalar)
        }
        return String(result)
    }

    /// Whether a scalar is an ideograph (Unified Ideographs and their extensions) or kana.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005...0x3007, 0x3041...0x3096, 0x309d...0x309f, 0x30a1...0x30ff, 0x31f0...0x31ff:
            true
        case 0x3400...0x4dbf, 0x4e00...0x9fff, 0xf900...0xfaff, 0x20000...0x323af: true
        default: false
        }
    }
}
