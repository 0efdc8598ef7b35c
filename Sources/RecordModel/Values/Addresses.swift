/// An e-mail address in lower case; only what surely is one.
enum EmailAddress {
    /// Returns the canonical address, or nil where the text is no plain address.
    static func canonical(_ text: String) -> String? {
        var text = Substring(text)
        if text.hasPrefix("<"), text.hasSuffix(">") { text = text.dropFirst().dropLast() }
        if text.prefix(7).lowercased() == "mailto:" { text = text.dropFirst(7) }
        let halves = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard halves.count == 2, isLocalPart(halves[0]), isDomain(halves[1]) else { return nil }
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return String(text).asciiLowercased() }
        let isVisible = text.unicodeScalars.allSatisfy { scalar in
            !scalar.properties.isWhitespace
                && ![.format, .control].contains(scalar.properties.generalCategory)
        }
        return isVisible ? CanonicalText.composed(text.lowercased()) : nil
    }

    private static func isLocalPart(_ bytes: Substring.UTF8View) -> Bool {
        guard (1...64).contains(bytes.count) else { return false }
        let isAllowed = bytes.allSatisfy { byte in
            switch byte {
            case ...0x20, 0x7f: false
            case UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","),
                UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
                UInt8(ascii: "["), UInt8(ascii: "\\"), UInt8(ascii: "]"):
                false
            default: true
            }
        }
        return isAllowed && bytes.first != UInt8(ascii: ".") && bytes.last != UInt8(ascii: ".")
    }

    private static func isDomain(_ bytes: Substring.UTF8View) -> Bool {
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return bytes.count <= 255 && labels.count >= 2
            && labels.allSatisfy { label in
                let hyphen = UInt8(ascii: "-")
                return !label.isEmpty && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy {
                        isLetter($0) || isDigit($0) || $0 == hyphen || $0 >= 0x80
                    }
            }
    }
}

/// A web address with scheme and host in lower case; nothing else is changed.
enum WebAddress {
    /// Returns the canonical address, or nil where the text is no absolute address with a host.
    static func canonical(_ text: String) -> String? {
        guard let mark = text.firstRange(of: "://"), !text.contains(where: \.isWhitespace) else {
            return nil
        }
        let scheme = text[..<mark.lowerBound]
        guard scheme.utf8.first.map(isLetter) == true,
            scheme.utf8.allSatisfy({ isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) })
        else { return nil }
        let rest = text[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let user = authority.lastIndex(of: "@").map { authority[...$0] } ?? ""
        let host = authority.dropFirst(user.count)
        guard !host.isEmpty else { return nil }
        let tail = rest.dropFirst(authority.count)
        return String(scheme).asciiLowercased() + "://" + user + host.lowercased() + tail
    }
}
