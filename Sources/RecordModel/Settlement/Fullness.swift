/// Which of two values says all that the other says, and more (policy `fuller`).
///
/// Spec: `Protocol/spec/03-merge.md` §7.
enum Fullness {
    /// Whether a value is fuller than another.
    ///
    /// A text is fuller when it holds every word of the other, or is the same but for diacritics
    /// that it has and the other lacks; a partial date when it is the more precise one of the same
    /// time.
    static func isFuller(_ value: [UInt8], than other: [UInt8], _ type: ValueType) -> Bool {
        let (text, otherText) = (
            String(decoding: value, as: UTF8.self), String(decoding: other, as: UTF8.self)
        )
        if type == .edtf || type == .date {
            guard let date = EDTF(text), let otherDate = EDTF(otherText) else { return false }
            return date.isMorePrecise(than: otherDate)
        }
        let (words, otherWords) = (words(of: text), words(of: otherText))
        if words == otherWords {
            return nonASCIICount(text) > nonASCIICount(otherText)
        }
        var rest = words
        for word in otherWords {
            guard let index = rest.firstIndex(of: word) else { return false }
            rest.remove(at: index)
        }
        // The same words in another order say no more.
        return !rest.isEmpty
    }

    /// The words, folded; signs between words do not count.
    private static func words(of text: String) -> [String] {
        SearchFold.fold(text).split(whereSeparator: { !$0.isLetter && !$0.isNumber })
            .map(String.init)
    }

    private static func nonASCIICount(_ text: String) -> Int {
        text.unicodeScalars.count { !$0.isASCII }
    }
}
