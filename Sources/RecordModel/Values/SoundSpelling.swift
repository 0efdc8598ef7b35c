/// A word's sounds in one rough spelling for Latin and Arabic letters, long vowels with them.
///
/// Among words that share a key of `ConsonantSkeleton` it tells the nearer from the farther: the
/// vowels that Arabic writes are those that are heard longest.
public enum SoundSpelling {
    /// Returns the spelling of a folded word: ASCII letters, double ones once.
    /// - Complexity: O(*n*) in the length of the word.
    public static func spelling(of word: some StringProtocol) -> String {
        let letters = Array(CyrillicLetters.romanised(String(word)).unicodeScalars)
        var result = ""
        var index = 0
        while index < letters.count {
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            let (sound, length) = sound(letters[index], next, isFirst: index == 0)
            if result.last.map(String.init) != sound { result += sound }
            index += length
        }
        return result
    }

    private static func sound(
        _ letter: Unicode.Scalar,
        _ next: Unicode.Scalar?,
        isFirst: Bool
    ) -> (String, Int) {
        switch (letter, next) {
        case ("ت", "ش"): ("c", 2)
        case ("s", "h"): ("x", 2)
        case ("c", "h"): ("c", 2)
        case ("p", "h"): ("f", 2)
        case ("t", "h"): ("t", 2)
        case ("g", "h"): ("g", 2)
        case ("k", "h"), ("c", "k"): ("k", 2)
        case ("e", "e"): ("i", 2)
        case ("o", "o"), ("o", "u"): ("o", 2)
        case ("c", "e"), ("c", "i"), ("c", "y"): ("s", 1)
        case ("c", _), ("q", _): ("k", 1)
        case ("x", _): ("ks", 1)
        case ("h", nil): ("", 1)
        default: (single[letter] ?? String(letter), 1)
        }
    }

    private static let single: [Unicode.Scalar: String] = [
        "e": "i", "y": "i", "u": "o", "w": "o", "p": "b", "v": "f", "z": "s",
        "ا": "a", "ع": "a", "ي": "i", "ے": "i", "و": "o", "ء": "", "ه": "h", "ح": "h", "ھ": "",
        "ب": "b", "پ": "b", "ت": "t", "ط": "t", "ٹ": "t", "ث": "t", "ج": "j", "چ": "c", "خ": "k",
        "د": "d", "ڈ": "d", "ذ": "d", "ر": "r", "ڑ": "r", "ز": "s", "ژ": "s", "ظ": "s", "س": "s",
        "ص": "s", "ش": "x", "ض": "d", "غ": "g", "گ": "g", "ف": "f", "ڤ": "f", "ق": "k", "ك": "k",
        "ل": "l", "م": "m", "ن": "n", "ں": "n",
    ]
}
