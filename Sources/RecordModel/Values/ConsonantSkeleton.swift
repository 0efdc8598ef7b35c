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
        let letters = Array(
            CyrillicLetters.romanised(String(word)).unicodeScalars.lazy.filter { $0 != "'" }
        )
        guard let first = letters.first else { return [] }
        var sounds: [Sound]
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
    private static func expanded(_ sounds: [Sound], limit: Int) -> [String] {
        var keys = [""]
        for sound in sounds {
            if sound.others.isEmpty {
                for index in keys.indices where keys[index].utf8.count < lengthLimit {
                    keys[index] += sound.likeliest
                }
                continue
            }
            let more = ([sound.likeliest] + sound.others).flatMap { heard in
                keys.map { $0 + heard }
            }
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

/// The classes of one sound; an empty class is a reading in which nothing is heard.
private struct Sound {
    let likeliest: String
    /// The other readings, which most sounds lack.
    let others: [String]

    init(_ likeliest: String, _ others: String...) {
        self.likeliest = likeliest
        self.others = others
    }

    init(_ letter: Unicode.Scalar) {
        likeliest = String(letter)
        others = []
    }

    var isSilent: Bool { likeliest.isEmpty && others.isEmpty }

    static let silent = Sound("")
}

/// The sounds of words in Latin letters.
private enum LatinSounds {
    /// Returns the sounds that a key holds.
    static func sounds(of letters: [Unicode.Scalar]) -> [Sound] {
        var sounds: [Sound] = []
        var index = 0
        while index < letters.count {
            let letter = letters[index]
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            if index > 0, letter == letters[index - 1], letter != "h" {
                index += 1
                continue
            }
            let (sound, length) = sound(
                letter,
                next,
                third: index + 2 < letters.count ? letters[index + 2] : nil,
                before: index > 0 ? letters[index - 1] : nil
            )
            if !sound.isSilent { sounds.append(sound) }
            index += length
        }
        return sounds
    }

    private static func sound(
        _ letter: Unicode.Scalar,
        _ next: Unicode.Scalar?,
        third: Unicode.Scalar?,
        before: Unicode.Scalar?
    ) -> (sound: Sound, length: Int) {
        let isFirst = before == nil
        let isSoft = next == "e" || next == "i" || next == "y"
        switch (letter, next) {
        case ("a", _), ("e", _), ("i", _), ("o", _), ("u", _): return (Sound(isFirst ? "a" : ""), 1)
        case ("y", _):
            let isConsonant = next.map(ConsonantSkeleton.isVowel) ?? false
            return (Sound(isFirst ? isConsonant ? "y" : "a" : ""), 1)
        case ("w", _): return (Sound(isFirst ? "w" : ""), 1)
        case ("v", _): return (Sound("f", isFirst ? "w" : ""), 1)
        case ("p", "h"): return (Sound("f"), 2)
        case ("b", _), ("p", _): return (Sound("b"), next == "h" ? 2 : 1)
        case ("s", "c") where third == "h": return (Sound("x"), 3)
        case ("t", "c") where third == "h": return (Sound("c"), 3)
        case ("s", "h"): return (Sound("x"), 2)
        case ("c", "h"): return (Sound("c", "k", "x"), 2)
        case ("t", "h"): return (Sound("t", "s"), 2)
        case ("g", "h"), ("k", "h"): return (Sound(letter), 2)
        case ("d", "h"): return (Sound("d", "dh"), 2)
        case ("d", "j"): return (Sound("j"), 2)
        case ("c", "k"): return (Sound("k"), 2)
        case ("c", nil): return (Sound("k", "c"), 1)
        case ("c", _): return (Sound(isSoft ? "s" : "k"), 1)
        case ("g", _): return (isSoft ? Sound("j", "g") : Sound("g"), 1)
        case ("q", _): return (Sound("k"), 1)
        case ("x", _): return (Sound(isFirst ? "s" : "ks"), 1)
        case ("z", _): return (Sound("s"), next == "h" ? 2 : 1)
        case ("h", let next?):
            let isAfterVowel = before.map { ConsonantSkeleton.isVowel($0) || $0 == "y" } ?? true
            if !isAfterVowel { return (.silent, 1) }
            let isHeard = isFirst || ConsonantSkeleton.isVowel(next) || next == "y"
            return (isHeard ? Sound("h") : Sound("h", ""), 1)
        case ("h", nil): return (.silent, 1)
        default: return (Sound(letter), 1)
        }
    }
}

/// The sounds of words in letters of the Arabic script, as `SearchFold` leaves them.
private enum ArabicSounds {
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        (0x0621...0x064a).contains(scalar.value) || (0x066e...0x06d5).contains(scalar.value)
            || scalar.value == 0x06fa
    }

    static func sounds(of letters: [Unicode.Scalar]) -> [Sound] {
        var sounds: [Sound] = []
        for (index, letter) in letters.enumerated() {
            let isFirst = index == 0
            let isLast = index == letters.count - 1
            if letter == "ش", index > 0, letters[index - 1] == "ت" {
                sounds[sounds.count - 1] = Sound("c")
                continue
            }
            let sound = sound(letter, isFirst: isFirst, isLast: isLast)
            if !sound.isSilent { sounds.append(sound) }
        }
        return sounds
    }

    private static func sound(
        _ letter: Unicode.Scalar,
        isFirst: Bool,
        isLast: Bool
    ) -> Sound {
        switch letter {
        case "ا", "ع": Sound(isFirst ? "a" : "")
        case "ي": Sound(isFirst ? "y" : "")
        case "و": Sound(isFirst ? "w" : "")
        case "ح", "ه": Sound(isLast && !isFirst ? "" : "h")
        case "ب", "پ": Sound("b")
        case "ت", "ط", "ٹ": Sound("t")
        case "ث": Sound("s", "t")
        case "ج": Sound("j", "g")
        case "چ": Sound("c")
        case "خ", "ق", "ك": Sound("k")
        case "د", "ڈ": Sound("d")
        case "ذ", "ض": Sound("s", "d")
        case "ر", "ڑ": Sound("r")
        case "ز", "ژ", "ظ", "س", "ص": Sound("s")
        case "ش": Sound("x")
        case "غ", "گ": Sound("g")
        case "ف", "ڤ": Sound("f")
        case "ل": Sound("l")
        case "م": Sound("m")
        case "ن", "ں": Sound("n")
        default: .silent
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
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        guard text.unicodeScalars.contains(where: { (0x0400...0x052f).contains($0.value) }) else {
            return text
        }
        return text.unicodeScalars.map { letters[$0] ?? String($0) }.joined()
    }
}
