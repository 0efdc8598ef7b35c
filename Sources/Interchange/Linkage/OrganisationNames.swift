import RecordModel

/// Reads names of organisations into the words that are compared.
///
/// The legal form is set apart, words that every name has go, and what languages and letterheads
/// write in several ways (universität, univ., 1st) is one word.
public enum OrganisationNames {
    /// Returns the comparable form of a name in any script.
    public static func name(_ text: String) -> ComparableName {
        let words = words(of: text)
        var legalForm: String?
        var kept: [String] = []
        for word in words {
            if let form = legalForms[word] {
                if !form.isEmpty { legalForm = form }
            } else if !stopWords.contains(word) {
                kept.append(word)
            }
        }
        // A name that is nothing but such words is its words.
        if kept.isEmpty { (kept, legalForm) = (words, nil) }
        var seen: Set<String> = []
        let parts = kept.filter { seen.insert($0).inserted }.prefix(PersonNames.partLimit + 4)
        return ComparableName(
            parts: parts.map { NamePart($0, role(of: $0)) },
            legalForm: legalForm
        )
    }

    private static func role(of word: String) -> NamePart.Role {
        if unitWords.contains(word) { return .unit }
        return genericWords.contains(word) ? .optional : .plain
    }

    /// Returns the acronym that a name of several words would have, without its small words; nil for
    /// one that is too short to tell anything.
    public static func acronym(of text: String) -> String? {
        let words = words(of: text).filter { !stopWords.contains($0) && legalForms[$0] == nil }
        guard words.count >= 3 else { return nil }
        return String(words.compactMap(\.first))
    }

    static func words(of text: String) -> [String] {
        var text = text
        text.removeAll { $0 == "'" || $0 == "’" || $0 == "‘" || $0 == "`" }
        text = text.split(separator: " ").map { PersonNames.humps(of: $0).joined(separator: " ") }
            .joined(separator: " ")
        let folded = CyrillicLetters.romanised(SearchFold.fold(text))
        var words = folded.split { !$0.isLetter && !$0.isNumber }.map {
            same[String($0)] ?? String($0)
        }
        words = joinedLetters(words)
        for (phrase, form) in formPhrases { words = replacing(phrase, with: form, in: words) }
        return numbers(in: words)
    }

    /// Legal forms of several words.
    private static let formPhrases: [(phrase: [String], form: String)] = [
        ("limited liability company", "llc"), ("limited liability partnership", "llp"),
        ("public limited company", "plc"), ("public joint stock company", "jsc"),
        ("open joint stock company", "jsc"), ("joint stock company", "jsc"),
        ("obshchestvo s ogranichennoy otvetstvennostyu", "ooo"),
        ("obshchestvo s ogranichennoi otvetstvennostyu", "ooo"),
        ("aktsionernoe obshchestvo", "jsc"), ("sp zoo", "llc"), ("spolka zoo", "llc"),
    ].map { ($0.0.split(separator: " ").map(String.init), $0.1) }

    private static func replacing(
        _ phrase: [String],
        with word: String,
        in words: [String]
    ) -> [String] {
        guard words.count >= phrase.count else { return words }
        for start in 0...(words.count - phrase.count)
        where words[start..<(start + phrase.count)].elementsEqual(phrase) {
            return words[..<start] + [word] + words[(start + phrase.count)...]
        }
        return words
    }

    /// “s r l” and “a g” are one word each.
    private static func joinedLetters(_ words: [String]) -> [String] {
        var result: [String] = []
        var letters = ""
        for word in words + [""] {
            if word.utf8.count == 1, let byte = word.utf8.first, (0x61...0x7a).contains(byte) {
                letters += word
                continue
            }
            if !letters.isEmpty { result.append(letters) }
            letters = ""
            if !word.isEmpty { result.append(word) }
        }
        return result
    }

    /// Numbers in words as digits: “forty four” is 44.
    private static func numbers(in words: [String]) -> [String] {
        var result: [String] = []
        var tens: Int?
        for word in words {
            let value = numberWords[word] ?? (word.utf8.count == 1 ? Int(word) : nil)
            if let ten = tens, let value, value < 10 {
                result[result.count - 1] = String(ten + value)
                tens = nil
                continue
            }
            tens = nil
            if let value {
                result.append(String(value))
                if value >= 20, value % 10 == 0 { tens = value }
            } else {
                result.append(word)
            }
        }
        return result
    }

    private static let numberWords = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
        "nine": 9, "ii": 2, "iii": 3, "iv": 4, "vi": 6, "vii": 7, "viii": 8, "ten": 10,
        "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40,
        "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    ]

    /// One writing for what is written in several.
    private static let same = [
        "1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth",
        "intl": "international", "int": "international", "natl": "national", "nat": "national",
        "univ": "university", "universitat": "university", "universite": "university",
        "universita": "university", "universidad": "university", "universidade": "university",
        "universiteit": "university", "universitet": "university", "universitesi": "university",
        "uniwersytet": "university", "univerzita": "university", "universitas": "university",
        "inst": "institute", "institut": "institute", "instituto": "institute",
        "istituto": "institute", "instytut": "institute", "institutet": "institute",
        "dept": "department", "dep": "department", "departamento": "department",
        "ctr": "center", "centre": "center", "centro": "center", "zentrum": "center",
        "tech": "technology", "technol": "technology", "technologie": "technology",
        "technologies": "technology", "sci": "science", "sciences": "science",
        "scis": "science", "acad": "academy", "akademie": "academy", "academie": "academy",
        "academia": "academy", "res": "research", "govt": "government", "min": "ministry",
        "ministere": "ministry", "ministerium": "ministry", "ministerio": "ministry",
        "bros": "brothers", "mfg": "manufacturing", "mgmt": "management", "hosp": "hospital",
        "hopital": "hospital", "krankenhaus": "hospital", "assn": "association",
        "assoc": "association", "lab": "laboratory", "labs": "laboratory",
        "laboratories": "laboratory", "coll": "college", "sch": "school", "engg": "engineering",
        "engrg": "engineering", "st": "saint", "ste": "saint", "mt": "mount", "ft": "fort",
        "restaurants": "restaurant", "cafes": "cafe", "caffe": "cafe",
    ]

    /// Legal forms by what they are, since names are translated; empty for words that go with any.
    private static let legalForms: [String: String] = {
        let lists = [
            "limited": """
            gmbh mbh ggmbh ug llc ltd limited pvt pte pty private sdn bhd sarl srl bv ooo kft doo \
            sro ltda lda fze fzco fzc aps oy ab
            """,
            "stock": """
            ag aktiengesellschaft aktiengeselschaft sa spa nv plc jsc ojsc pjsc cjsc oao zao pao \
            ao asa oyj zrt kgaa se sas kk
            """,
            "partnership": "llp lp kg ohg",
            "association": "ev",
            "": "inc incorporated corp corporation co company",
        ]
        var forms: [String: String] = [:]
        for (form, words) in lists {
            for word in words.split(separator: " ") { forms[String(word)] = form }
        }
        return forms
    }()

    private static let stopWords: Set = [
        "the", "of", "for", "and", "in", "at", "on", "de", "la", "le", "les", "du", "des", "der",
        "die", "das", "den", "fur", "und", "et", "y", "e", "del", "della", "di", "da", "do", "dos",
        "van", "von", "a", "an", "to", "i", "al", "el", "d", "l",
    ]

    /// Words that say what kind of thing is named, and are left out as often.
    private static let genericWords: Set = [
        "group", "holding", "holdings", "restaurant", "cafe", "grill", "bar", "hotel", "shop",
        "international", "services", "solutions",
    ]

    /// Words with which parts of an organisation are named.
    private static let unitWords: Set = [
        "department", "faculty", "school", "institute", "center", "division", "section", "branch",
        "laboratory", "library", "hospital", "college", "campus", "office", "unit", "directorate",
        "bureau", "chair", "fakultat", "faculte", "facultad", "lehrstuhl", "abteilung",
    ]
}
