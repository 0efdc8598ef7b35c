/// Keys under which a word written in Latin, Arabic, Urdu, Persian or Cyrillic letters is the same.
///
/// Scripts and spellings differ most in vowels: a key holds the first sound and the consonants after
/// it, each as the class of what it is written as elsewhere (`b` for b and p, since Arabic has no p;
/// `s` for every s and z). A letter that is read in several ways gives several keys, of which two
/// spellings of a name need to share one. A key narrows a search; whether two words are the same
/// name is another's to decide.
public enum ConsonantSkeleton {
    /// How many keys a word has at most.
    public static let keyLimit = 4
    /// How many sounds a key holds at most.
    private static let lengthLimit = 12

    /// Returns the keys of a word that `SearchFold` folded, the likeliest reading first; none for
    /// words of other scripts and of digits.
    /// - Complexity: O(*n*) in the length of the word.
    public static func keys(of word: some StringProtocol) -> [String] {
        let letters = CyrillicLetters.romanised(String(word)).unicodeScalars.filter { $0 != "'" }
            .map(\.self)
        guard let first = letters.first else { return [] }
        var sounds: [[String]]
        var bare: ArraySlice<Unicode.Scalar>?
        if first.isASCII {
            guard letters.allSatisfy(isLatin) else { return [] }
            sounds = LatinSounds.sounds(of: letters)
            let hasArticle = first == "a" || first == "e"
            if hasArticle, letters.count >= 6, letters[1] == "l", !isVowel(letters[2]) {
                bare = letters[2...]
            }
        } else {
            guard letters.allSatisfy(ArabicSounds.isLetter) else { return [] }
            sounds = ArabicSounds.sounds(of: letters)
            if letters.count >= 5, first == "ا", letters[1] == "ل" { bare = letters[2...] }
        }
        var keys = expanded(sounds, limit: bare == nil ? keyLimit : keyLimit - 1)
        if let bare {
            sounds =
                first.isASCII
                ? LatinSounds.sounds(of: Array(bare)) : ArabicSounds.sounds(of: Array(bare))
            keys += expanded(sounds, limit: 1)
        }
        var distinct: [String] = []
        for key in keys where !key.isEmpty && !distinct.contains(key) { distinct.append(key) }
        return distinct
    }

    /// All readings, the first alternatives first.
    private static func expanded(_ sounds: [[String]], limit: Int) -> [String] {
        var keys = [""]
        for alternatives in sounds {
            if alternatives.count == 1 {
                for index in keys.indices where keys[index].utf8.count < lengthLimit {
                    keys[index] += alternatives[0]
                }
                continue
            }
            let more = alternatives.flatMap { sound in keys.map { $0 + sound } }
            keys = Array(more.prefix(limit))
        }
        return keys
    }

    private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar)
    }

    static func isVowel(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a", "e", "i", "o", "u": true
        default: false
        }
    }
}

/// The sounds of words in Latin letters.
private enum LatinSounds {
    /// Returns for each sound that a key holds its classes, the likeliest first; an empty class is a
    /// reading in which nothing is heard.
    static func sounds(of letters: [Unicode.Scalar]) -> [[String]] {
        var sounds: [[String]] = []
        var index = 0
        while index < letters.count {
            let letter = letters[index]
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            if index > 0, letter == letters[index - 1], letter != "h" {
                index += 1
                continue
            }
            let (classes, length) = sound(
                letter,
                next,
                third: index + 2 < letters.count ? letters[index + 2] : nil,
                before: index > 0 ? letters[index - 1] : nil
            )
            if classes != [""] { sounds.append(classes) }
            index += length
        }
        return sounds
    }

    private static func sound(
        _ letter: Unicode.Scalar,
        _ next: Unicode.Scalar?,
        third: Unicode.Scalar?,
        before: Unicode.Scalar?
    ) -> (classes: [String], length: Int) {
        let isFirst = before == nil
        let isSoft = next == "e" || next == "i" || next == "y"
        switch (letter, next) {
        case ("a", _), ("e", _), ("i", _), ("o", _), ("u", _): return ([isFirst ? "a" : ""], 1)
        case ("y", _):
            let isConsonant = next.map(ConsonantSkeleton.isVowel) ?? false
            return ([isFirst ? isConsonant ? "y" : "a" : ""], 1)
        case ("w", _): return ([isFirst ? "w" : ""], 1)
        case ("v", _): return (isFirst ? ["f", "w"] : ["f", ""], 1)
        case ("p", "h"): return (["f"], 2)
        case ("b", _), ("p", _): return (["b"], next == "h" ? 2 : 1)
        case ("s", "c") where third == "h": return (["x"], 3)
        case ("t", "c") where third == "h": return (["c"], 3)
        case ("s", "h"): return (["x"], 2)
        case ("c", "h"): return (["c", "k", "x"], 2)
        case ("t", "h"): return (["t", "s"], 2)
        case ("g", "h"), ("k", "h"): return ([String(letter)], 2)
        case ("d", "h"): return (["d", "dh"], 2)
        case ("d", "j"): return (["j"], 2)
        case ("c", "k"): return (["k"], 2)
        case ("c", nil): return (["k", "c"], 1)
        case ("c", _): return ([isSoft ? "s" : "k"], 1)
        case ("g", _): return (isSoft ? ["j", "g"] : ["g"], 1)
        case ("q", _): return (["k"], 1)
        case ("x", _): return ([isFirst ? "s" : "ks"], 1)
        case ("z", _): return (["s"], next == "h" ? 2 : 1)
        case ("h", let next?):
            let isAfterVowel = before.map { ConsonantSkeleton.isVowel($0) || $0 == "y" } ?? true
            if !isAfterVowel { return ([""], 1) }
            let isHeard = isFirst || ConsonantSkeleton.isVowel(next) || next == "y"
            return (isHeard ? ["h"] : ["h", ""], 1)
        case ("h", nil): return ([""], 1)
        default: return ([String(letter)], 1)
        }
    }
}

/// The sounds of words in letters of the Arabic script, as `SearchFold` leaves them.
private enum ArabicSounds {
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        (0x0621...0x064a).contains(scalar.value) || (0x066e...0x06d5).contains(scalar.value)
            || scalar.value == 0x06fa
    }

    static func sounds(of letters: [Unicode.Scalar]) -> [[String]] {
        var sounds: [[String]] = []
        for (index, letter) in letters.enumerated() {
            let isFirst = index == 0
            let isLast = index == letters.count - 1
            if letter == "ش", index > 0, letters[index - 1] == "ت" {
                sounds[sounds.count - 1] = ["c"]
                continue
            }
            let classes = sound(letter, isFirst: isFirst, isLast: isLast)
            if classes != [""] { sounds.append(classes) }
        }
        return sounds
    }

    private static func sound(
        _ letter: Unicode.Scalar,
        isFirst: Bool,
        isLast: Bool
    ) -> [String] {
        switch letter {
        case "ا", "ع": [isFirst ? "a" : ""]
        case "ي": [isFirst ? "y" : ""]
        case "و": [isFirst ? "w" : ""]
        case "ح", "ه": [isLast && !isFirst ? "" : "h"]
        case "ب", "پ": ["b"]
        case "ت", "ط", "ٹ": ["t"]
        case "ث": ["s", "t"]
        case "ج": ["j", "g"]
        case "چ": ["c"]
        case "خ", "ق", "ك": ["k"]
        case "د", "ڈ": ["d"]
        case "ذ", "ض": ["s", "d"]
        case "ر", "ڑ": ["r"]
        case "ز", "ژ", "ظ", "س", "ص": ["s"]
        case "ش": ["x"]
        case "غ", "گ": ["g"]
        case "ف", "ڤ": ["f"]
        case "ل": ["l"]
        case "م": ["m"]
        case "ن", "ں": ["n"]
        default: [""]
        }
    }
}

/// Cyrillic letters in Latin ones, as English writes Russian names; letters of Central Asia with them.
public enum CyrillicLetters {
    private static let letters: [Unicode.Scalar: String] = [
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
        "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
        "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
        "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye",
        "ґ": "g", "ў": "u", "қ": "k", "ғ": "g", "ҳ": "h", "ә": "a", "ө": "o", "ү": "u", "ұ": "u",
        "ң": "n", "җ": "j", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
    ]

    /// Returns a folded text with its Cyrillic letters written in Latin ones.
    public static func romanised(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { (0x0400...0x052f).contains($0.value) }) else {
            return text
        }
        return text.unicodeScalars.map { letters[$0] ?? String($0) }.joined()
    }
}
