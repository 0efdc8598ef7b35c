/// Whether a byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool {
    byte &- UInt8(ascii: "0") < 10
}

/// Whether a byte is an ASCII letter.
func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26
}

/// The number that ASCII digits stand for, or nil for other bytes, none or too many.
func decimal(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
}

/// A number of at least so many digits, zeros in front.
func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
    return (number < 0 ? "-" : "") + zeros + digits
}

extension String {
    /// Whether two strings have the same bytes; `==` also holds between normalisation forms.
    func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }

    /// Whether the text is empty or white space.
    var isBlank: Bool {
        if let first = utf8.first, first > 0x20, first < 0x80 { return false }
        return unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }

    /// Returns the text with ASCII letters in lower case.
    func asciiLowercased() -> String {
        String(decoding: utf8.map { isLetter($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Returns the text with ASCII letters in upper case.
    func asciiUppercased() -> String {
        String(decoding: utf8.map { isLetter($0) ? $0 & 0xdf : $0 }, as: UTF8.self)
    }
}
