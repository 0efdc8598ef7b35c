/// The escapes of vCard values (RFC 6350 §3.4) and of parameters (RFC 6868).
enum VCardText {
    /// Returns a text without its escapes; a backslash before any other character stays.
    static func unescaped(_ text: some StringProtocol) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
                switch scalar {
                case "n", "N": result.append("\n")
                // RFC 6350 escapes the first three; exporters escape the others too.
                case "\\", ",", ";", ":", "\"": result.append(scalar)
                default:
                    result.append("\\")
                    result.append(scalar)
                }
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                result.append(scalar)
            }
        }
        if isEscaped { result.append("\\") }
        return String(result)
    }

    /// Returns a text with escapes for all that has a meaning in a value.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isBehindCR = false
        for scalar in text.unicodeScalars {
            defer { isBehindCR = scalar == "\r" }
            switch scalar {
            case "\\", ",", ";":
                result.append("\\")
                result.append(scalar)
            case "\n" where isBehindCR: break
            case "\n", "\r": result.append(contentsOf: "\\n".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// Returns a value in which line ends are escapes and nothing else is changed.
    static func withoutLineEnds(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x0a || $0 == 0x0d }) else { return text }
        return text.replacing("\r\n", with: "\\n").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\n")
    }

    /// Returns the pieces between separators that are not escaped; their escapes stay.
    static func split(_ text: some StringProtocol, at separator: Unicode.Scalar) -> [String] {
        var pieces: [String] = []
        var piece = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == separator, !isEscaped {
                pieces.append(String(piece))
                piece = String.UnicodeScalarView()
                continue
            }
            isEscaped = scalar == "\\" && !isEscaped
            piece.append(scalar)
        }
        pieces.append(String(piece))
        return pieces
    }

    /// Returns a value of vCard 2.1, where a comma separates nothing, with its commas escaped.
    static func withEscapedCommas(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: ",")) else { return text }
        return split(text, at: ",").joined(separator: "\\,")
    }

    /// Returns a parameter's value without the escapes of RFC 6868.
    static func parameterDecoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "^")) else { return text }
        return text.replacing("^^", with: "\u{e000}").replacing("^n", with: "\n")
            .replacing("^'", with: "\"").replacing("\u{e000}", with: "^")
    }

    /// Returns a parameter's value as it is written, in quotes where it needs them.
    static func parameterEncoded(_ text: String) -> String {
        let encoded = text.replacing("^", with: "^^").replacing("\r\n", with: "^n")
            .replacing("\n", with: "^n").replacing("\r", with: "^n").replacing("\"", with: "^'")
        let needsQuotes = encoded.utf8.contains { ":;,".utf8.contains($0) }
        return needsQuotes ? "\"\(encoded)\"" : encoded
    }

    /// Returns a text as one line without control characters: the lines joined with a comma.
    static func line(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            String(
                String.UnicodeScalarView(
                    line.unicodeScalars.map {
                        $0.properties.generalCategory == .control ? " " : $0
                    }
                )
            ).trimmed
        }
        return lines.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// Returns a text of several lines without other control characters.
    static func lines(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter {
                    $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t"
                        || $0 == "\r"
                }
            )
        )
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(self[first..<scalars.index(after: last)])
    }
}
