/// Text from records and files as it may be shown: what would steer a terminal, or show other text
/// than is there, stands as an escape such as `\u{1B}`.
enum SafeText {
    /// Returns text of one line; line ends too are escaped.
    static func line(_ text: some StringProtocol) -> String { escaped(text, keepsLines: false) }

    /// Returns text that keeps its line ends and tabs.
    static func lines(_ text: some StringProtocol) -> String { escaped(text, keepsLines: true) }

    private static func escaped(_ text: some StringProtocol, keepsLines: Bool) -> String {
        func isKept(_ scalar: Unicode.Scalar) -> Bool {
            !isHarmful(scalar) || (keepsLines && (scalar == "\n" || scalar == "\t"))
        }
        if text.unicodeScalars.allSatisfy(isKept) { return String(text) }
        var result = ""
        for scalar in text.unicodeScalars {
            if isKept(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += escape(scalar)
            }
        }
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": #"\n"#
        case "\r": #"\r"#
        case "\t": #"\t"#
        default: #"\u{"# + String(scalar.value, radix: 16, uppercase: true) + "}"
        }
    }

    /// Whether a character steers a terminal (C0, DEL, C1), reorders what is around it (the
    /// embeddings, overrides and isolates of bidirectional text), breaks lines or is an invisible
    /// tag.
    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069, 0xe0000...0xe007f: true
        default: false
        }
    }

    /// Returns a JSON text in which such characters stand as `\u` escapes: the same values.
    ///
    /// JSON itself escapes only those below U+0020, and those are left to it.
    static func json(_ text: String) -> String {
        func isKept(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || !isHarmful(scalar) }
        if text.unicodeScalars.allSatisfy(isKept) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isKept(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    let digits = String(unit, radix: 16)
                    result += #"\u"# + String(repeating: "0", count: 4 - digits.count) + digits
                }
            }
        }
        return result
    }
}
