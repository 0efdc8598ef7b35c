import RecordModel

/// Reads names of people into the words that are compared.
///
/// Titles and particles go, Muhammad in all its spellings is one common word, compounds with
/// Abd-, -ur-Rahman, -ud-Din and -ullah are the words of which they are made, `s/o` introduces a
/// father's name. Nothing is decided about which word is the family name.
public enum PersonNames {
    /// How many words of a name are compared.
    static let partLimit = 8

    /// Returns the comparable form of a full name in any script.
    public static func name(_ text: String) -> ComparableName {
        ComparableName(parts: limited(parts(of: text, role: .plain)))
    }

    /// Returns the comparable form of a name whose parts are known.
    public static func name(
        given: String,
        family: String,
        patronymic: String = ""
    ) -> ComparableName {
        ComparableName(
            parts: limited(
                parts(of: given, role: .given) + parts(of: patronymic, role: .optional)
                    + parts(of: family, role: .family)
            )
        )
    }

    private static func limited(_ parts: [NamePart]) -> [NamePart] {
        var seen: Set<String> = []
        return Array(parts.filter { seen.insert($0.text).inserted }.prefix(partLimit))
    }

    private static func parts(of text: String, role: NamePart.Role) -> [NamePart] {
        var role = role
        var parts: [NamePart] = []
        var words = words(of: text)
        let kept = words.filter { !titles.contains($0) }
        if !kept.isEmpty { words = kept }
        let isBare = words.allSatisfy { particles.contains($0) }
        for (index, word) in words.enumerated() {
            if fatherMarks.contains(word) {
                role = .optional
                continue
            }
            if !isBare, particles.contains(word) { continue }
            let next = index + 1 < words.count ? words[index + 1] : nil
            for piece in pieces(of: word, before: next) {
                let isPrefix = parts.isEmpty && words.count > 1
                parts.append(NamePart(piece, self.role(of: piece, role, isPrefix: isPrefix)))
            }
        }
        return parts
    }

    private static func role(
        of word: String,
        _ role: NamePart.Role,
        isPrefix: Bool
    ) -> NamePart.Role {
        if role == .optional { return role }
        if isPrefix, commonPrefixes.contains(word) { return .common }
        if role != .family, isPatronymic(word) { return .optional }
        return role
    }

    /// East Slavic patronymics.
    private static func isPatronymic(_ word: String) -> Bool {
        word.utf8.count >= 7
            && ["ovich", "evich", "ovna", "evna"].contains { word.hasSuffix($0) }
    }

    // MARK: Words

    static func words(of text: String) -> [String] {
        var text = text
        for (mark, word) in [("s/o", " so "), ("d/o", " do "), ("w/o", " wo ")]
        where text.range(ofASCII: mark) != nil {
            text = text.replacingASCII(mark, with: word + "\u{1}")
        }
        let raw = text.split { !$0.isLetter && !$0.isNumber && $0 != "\u{1}" && !isApostrophe($0) }
        let isShouted = raw.allSatisfy { $0.utf8.count <= 3 || $0 == $0.uppercased()[...] }
        return raw.flatMap { word -> [String] in
            if word.contains("\u{1}") { return [String(word.filter { $0 != "\u{1}" })] }
            if !isShouted, raw.count > 1, word.count == 2, word.utf8.count == 2,
                word.utf8.allSatisfy({ (0x41...0x5a).contains($0) }), !isSyllable(word)
            {
                // “JC Juncker”
                return word.lowercased().map { String($0) }
            }
            return (raw.count == 1 ? humps(of: word) : [String(word)]).flatMap { word -> [String] in
                let folded = SearchFold.fold(word.filter { !isApostrophe($0) })
                return CyrillicLetters.romanised(folded)
                    .split { !$0.isLetter && !$0.isNumber }.map { lettersFromDigits(String($0)) }
            }
        }
    }

    private static func isApostrophe(_ character: Character) -> Bool {
        character == "'" || character == "’" || character == "‘" || character == "ʼ"
            || character == "`"
    }

    /// Whether two capitals can be a name, as Xu and Li are.
    private static func isSyllable(_ word: Substring) -> Bool {
        let vowels: Set<Character> = ["A", "E", "I", "O", "U", "Y"]
        return word.contains(where: vowels.contains)
    }

    /// “FriedrichBuchenberg” is two words.
    static func humps(of word: Substring) -> [String] {
        var words: [String] = [""]
        var before: Character?
        for character in word {
            if let before, before.isLowercase, character.isUppercase, words.last?.count ?? 0 >= 3 {
                words.append("")
            }
            words[words.count - 1].append(character)
            before = character
        }
        return words
    }

    /// A digit inside a word of letters is what a scanner or a joker made of a letter.
    private static func lettersFromDigits(_ word: String) -> String {
        let digits = word.utf8.count { (0x30...0x39).contains($0) }
        guard digits > 0, digits * 2 < word.utf8.count else { return word }
        let letters: [Character: Character] = [
            "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "9": "g",
        ]
        return String(word.map { letters[$0] ?? $0 })
    }

    // MARK: Compounds

    /// Returns the words of which a word is made.
    private static func pieces(of word: String, before next: String?) -> [String] {
        if muhammads.contains(word) { return ["muhammad"] }
        if let plain = sameWords[word] { return [plain] }
        for start in abdStarts where word.hasPrefix(start) {
            let rest = word.dropFirst(start.count)
            if rest.isEmpty { return ["abd"] }
            if rest.count >= 3 { return ["abd", sameWords[String(rest)] ?? String(rest)] }
        }
        for ending in compoundEndings where word.hasSuffix(ending.ending) {
            let start = word.dropLast(ending.ending.count)
            if start.count >= 3 { return [String(start), ending.word] }
        }
        if let next, compoundSeconds.contains(sameWords[next] ?? next) {
            for joint in ["ur", "ul", "ud", "us"] where word.hasSuffix(joint) && word.count >= 6 {
                return [String(word.dropLast(2))]
            }
        }
        return [word]
    }

    private static let abdStarts = ["abdul", "abdur", "abdus", "abdel", "abdal", "abdol", "abd"]

    private static let compoundEndings: [(ending: String, word: String)] = [
        ("urrahman", "rahman"), ("urrehman", "rahman"), ("uddin", "din"), ("uddeen", "din"),
        ("eddine", "din"), ("aldin", "din"), ("ullah", "allah"), ("ulislam", "islam"),
        ("ulhaq", "haq"), ("ulhasan", "hasan"),
    ]

    private static let compoundSeconds: Set = [
        "rahman", "haq", "din", "islam", "hasan", "aziz", "allah",
    ]

    /// Spellings of one word that are too far apart for a measure of letters.
    private static let sameWords = [
        "rehman": "rahman", "rehmaan": "rahman", "rahmaan": "rahman", "deen": "din", "eddin": "din",
        "haque": "haq", "huq": "haq", "hoque": "haq", "syed": "syed", "sayed": "syed",
        "sayyid": "syed", "saiyid": "syed", "sayid": "syed", "said": "said", "سيد": "syed",
        "محمد": "muhammad", "رحمان": "rahman", "رحمن": "rahman", "عبد": "abd",
    ]

    private static let muhammads: Set = [
        "muhammad", "mohammad", "mohammed", "mohamed", "muhammed", "mohamad", "muhamad", "mohd",
        "muhd", "mohamud", "mahomed", "mehmet", "mukhammad", "magomed", "محمد",
    ]

    private static let commonPrefixes: Set = ["muhammad", "syed"]

    private static let fatherMarks: Set = ["so", "do", "wo", "ولد", "بنت"]

    // MARK: Words that are no names

    private static let titles: Set = [
        "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "lord", "lady", "madam", "madame", "mme",
        "monsieur", "herr", "frau", "dr", "doctor", "drs", "prof", "professor", "engr", "eng",
        "ing",
        "dipl", "phd", "msc", "bsc", "mba", "mphil", "esq", "hon", "honourable", "honorable", "he",
        "excellency", "ambassador", "capt", "captain", "col", "colonel", "gen", "general", "maj",
        "major", "lt", "rev", "fr", "jr", "sr", "ii", "iii", "sheikh", "shaikh", "shaykh", "haji",
        "hajji", "alhaj", "hafiz", "maulana", "mullah", "ayatollah", "begum", "sahib", "sahiba",
        "dott", "ir", "senor", "senora", "don", "dona", "mag", "دكتور", "دكتوره", "ڈاكٹر",
        "پروفيسر", "بروفيسور", "استاذ", "الدكتور", "جناب", "محترمه", "محترم", "شيخ", "الشيخ",
        "السيد", "انجينئر", "مهندس", "صاحب",
    ]

    private static let particles: Set = [
        "al", "el", "ul", "ur", "ud", "us", "uz", "ad", "ar", "as", "az", "bin", "ibn", "ben",
        "bint", "binti", "bte", "van", "von", "der", "den", "de", "di", "da", "dos", "das", "del",
        "la", "le", "du", "zu", "zur", "ter", "ten", "of", "and", "ال", "بن", "ابن", "و",
    ]
}

extension String {
    /// The first place of an ASCII text, case aside.
    fileprivate func range(ofASCII text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            var (left, right) = (start, text.startIndex)
            while left < endIndex, right < text.endIndex,
                self[left].lowercased() == String(text[right])
            {
                left = index(after: left)
                right = text.index(after: right)
            }
            if right == text.endIndex { return start..<left }
            start = index(after: start)
        }
        return nil
    }

    fileprivate func replacingASCII(_ text: String, with other: String) -> String {
        guard let range = range(ofASCII: text) else { return self }
        return self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
