import RecordModel
import TestSupport
import Testing

struct SearchFoldTests {
    @Test(arguments: [
        ("Dr. Ayesha MALIK", "dr. ayesha malik"), ("Grüße", "grusse"), ("GRÜSSE", "grusse"),
        ("Škoda Łódź Ångström", "skoda lodz angstrom"), ("İstanbul ısı", "istanbul isi"),
        ("ﬁeld ＡＢＣ①", "field abc1"), ("Ἀθῆναι ΟΔΟΣ", "αθηναι οδοσ"), ("Ёлка", "елка"),
        ("پاکستان", "پاكستان"), ("پاكستان", "پاكستان"), ("یونیورسٹی", "يونيورسٹي"),
        ("أحمد إبراهيم آمنة", "احمد ابراهيم امنه"), ("مُحَمَّد", "محمد"), ("مـحـمـد", "محمد"),
        ("عائشہ", "عايشه"), ("می\u{200c}خواهم", "ميخواهم"), ("\u{202b}علی\u{202c}", "علي"),
        ("۱۲۳ ٤٥٦ १२", "123 456 12"), ("中国科学院", "中 国 科 学 院"),
        ("東京University大学", "東 京 university 大 学"), ("がく ｶﾞｸ", "が く ガ ク"),
        ("한국 과학", "한국 과학"), ("हिन्दी", "हिन्दी"), ("O’Brien", "o'brien"), ("", ""),
    ])
    func writingsOfOneWordFoldAlike(text: String, folded: String) {
        #expect(Array(SearchFold.fold(text).utf8) == Array(folded.utf8))
    }

    @Test(arguments: Seeds.first(50))
    func foldingAgainChangesNothing(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let text = Self.text(&random)
            let scalars = Array(text.unicodeScalars)
            let folded = SearchFold.fold(text)
            #expect(Array(SearchFold.fold(folded).utf8) == Array(folded.utf8), "\(scalars)")
            #expect(
                Array(SearchFold.fold(text.uppercased()).utf8)
                    == Array(SearchFold.fold(text.uppercased().lowercased()).utf8),
                "\(scalars)"
            )
        }
    }

    @Test(arguments: Seeds.first(50))
    func textsFoldTogetherAsEachDoesAlone(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let texts = ["First", Self.text(&random), Self.text(&random), "Plain ASCII 7"]
            var folded: [UInt8] = []
            for (index, text) in texts.enumerated() {
                if index > 0 { folded.append(0x20) }
                SearchFold.appendFolded(Array(text.utf8), to: &folded)
            }
            let whole = texts.joined(separator: " ")
            #expect(folded == Array(SearchFold.fold(whole).utf8), "\(texts)")
        }
    }

    @Test func wordsAreRunsOfLettersAndDigits() {
        let words = ["o", "brien", "anna", "maria", "2nd", "x"]
        #expect(SearchFold.words(of: "o'brien, anna-maria 2nd_x").map(String.init) == words)
        let mixed = SearchFold.words(of: "grusse, محمد 7").map(String.init)
        #expect(mixed == ["grusse", "محمد", "7"])
        #expect(SearchFold.words(of: " -- ").isEmpty)
    }

    /// Text of a few scalars of many scripts.
    private static func text(_ random: inout SeededGenerator) -> String {
        let blocks = [
            0x20, 0xc0, 0x100, 0x370, 0x400, 0x5d0, 0x620, 0x900, 0x1100, 0x1e00, 0x2000,
            0x3040, 0x4e00, 0xac00, 0xfb50, 0xff00, 0x1d400,
        ]
        let scalars = (0..<random.below(12)).compactMap { _ in
            Unicode.Scalar(UInt32(blocks[random.below(blocks.count)] + random.below(0x80)))
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
