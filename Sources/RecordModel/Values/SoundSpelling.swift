/// A word's sounds in one rough spelling for Latin and Arabic letters, long vowels with them.
///
/// Among words that share a key of `ConsonantSkeleton` it tells the nearer from the farther: the
/// vowels that Arabic writes are those that are heard longest.
public enum SoundSpelling {
    /// Returns the spelling of a folded word: ASCII letters, double ones once.
    /// - Complexity: O(*n*) in the length of the word.
    public static func spelling(of word: some StringProtocol) -> String {
        let letters = Array(CyrillicLetters.romanised(String(word)).unicodeScalars)
        var result = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        var index = 0
        while index < letters.count {
            let next = index + 1 < letters.count ? letters[index + 1] : nil
            let (sound, length) = sound(letters[index], next)
            if let sound, sound != last {
                result.append(sound)
                last = sound
            }
            // The one letter that is two sounds.
            if letters[index] == "x" {
                result.append("s")
                last = "s"
            }
            index += length
        }
        return String(result)
    }

    /// The sound with which a letter, and what belongs to it, begins; nil where nothing is heard.
    private static func sound(
        _ letter: Unicode.Scalar,
        _ next: Unicode.Scalar?
    ) -> (Unicode.Scalar?, Int) {
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
        case ("c", _), ("q", _), ("x", _): ("k", 1)
        case ("h", nil): (nil, 1)
        case ("e", _), ("y", _): ("i", 1)
        case ("u", _), ("w", _): ("o", 1)
        case ("p", _): ("b", 1)
        case ("v", _): ("f", 1)
        case ("z", _): ("s", 1)
        default: (letter.isASCII ? letter : arabic[letter] ?? letter, 1)
        }
    }

    /// The sounds of Arabic letters; nil for those that are not heard.
    private static let arabic: [Unicode.Scalar: Unicode.Scalar?] = [
        "ا": "a", "ع": "a", "ي": "i", "ے": "i", "و": "o", "ء": nil, "ه": "h", "ح": "h", "ھ": nil,
        "ب": "b", "پ": "b", "ت": "t", "ط": "t", "ٹ": "t", "ث": "t", "ج": "j", "چ": "c", "خ": "k",
        "د": "d", "ڈ": "d", "ذ": "d", "ر": "r", "ڑ": "r", "ز": "s", "ژ": "s", "ظ": "s", "س": "s",
        "ص": "s", "ش": "x", "ض": "d", "غ": "g", "گ": "g", "ف": "f", "ڤ": "f", "ق": "k", "ك": "k",
        "ل": "l", "م": "m", "ن": "n", "ں": "n",
    ]
}
