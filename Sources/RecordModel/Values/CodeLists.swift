/// The codes of countries and fields that values take, as facts of the standards named.
enum CodeLists {
    /// ISO 3166-1, alpha-2, officially assigned.
    static let countries = Set(
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ
        BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM
        DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS
        GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN
        KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ
        MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
        PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
        SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI
        VN VU WF WS YE YT ZA ZM ZW
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    )

    /// The number of groups in each of the six areas of FORD (OECD, Frascati Manual 2015).
    private static let fordGroups = [7, 11, 5, 5, 9, 5]

    /// The numbers of outcome targets and of means of implementation (a, b, …) of each of the 17
    /// goals (UN General Assembly, resolution 70/1).
    private static let sdgTargets = [
        (5, 2), (5, 3), (9, 4), (7, 3), (6, 3), (6, 2), (3, 2), (10, 2), (5, 3), (7, 3), (7, 3),
        (8, 3), (3, 2), (7, 3), (9, 3), (10, 2), (19, 0),
    ]

    /// Returns an area or group of FORD (`2`, `2.2`) in canonical form, or nil for other text.
    static func ford(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let area = index(parts[0], upTo: fordGroups.count) else {
            return nil
        }
        guard parts.count == 2 else { return String(area) }
        return index(parts[1], upTo: fordGroups[area - 1]).map { "\(area).\($0)" }
    }

    /// Returns a goal or target (`9`, `9.5`, `9.a`) in canonical form, or nil for other text.
    static func sdg(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let goal = index(parts[0], upTo: sdgTargets.count) else {
            return nil
        }
        guard parts.count == 2 else { return String(goal) }
        let (outcomes, means) = sdgTargets[goal - 1]
        if let target = index(parts[1], upTo: outcomes) { return "\(goal).\(target)" }
        let letter = String(parts[1]).asciiLowercased()
        return "abcd".prefix(means).contains { String($0) == letter } ? "\(goal).\(letter)" : nil
    }

    private static func index(_ text: Substring, upTo limit: Int) -> Int? {
        guard text.utf8.count <= 2, text.utf8.first != UInt8(ascii: "0"),
            let number = decimal(text.utf8), (1...max(limit, 1)).contains(number), number <= limit
        else { return nil }
        return number
    }
}

/// A language tag of BCP 47: its syntax (RFC 5646 §2.1) and canonical case (§2.1.1).
enum LanguageTag {
    /// Returns the tag in canonical case, or nil where the syntax is broken.
    static func canonical(_ text: String) -> String? {
        let subtags = text.asciiLowercased().split(separator: "-", omittingEmptySubsequences: false)
            .map(String.init)
        guard subtags.allSatisfy({ (1...8).contains($0.utf8.count) && isAlphanumeric($0) }) else {
            return nil
        }
        if subtags[0] == "x" { return subtags.count > 1 ? subtags.joined(separator: "-") : nil }
        var rest = subtags[...]
        guard let language = rest.popFirst(), (2...8).contains(language.utf8.count),
            isAlphabetic(language)
        else { return nil }
        var canonical = [language]
        var extended = 0
        while let next = rest.first, language.utf8.count <= 3, extended < 3,
            next.utf8.count == 3, isAlphabetic(next)
        {
            canonical.append(next)
            rest.removeFirst()
            extended += 1
        }
        if let next = rest.first, next.utf8.count == 4, isAlphabetic(next) {
            canonical.append(next.prefix(1).uppercased() + next.dropFirst())
            rest.removeFirst()
        }
        if let next = rest.first, isRegion(next) {
            canonical.append(next.asciiUppercased())
            rest.removeFirst()
        }
        guard areVariantsAndExtensions(rest) else { return nil }
        return (canonical + rest).joined(separator: "-")
    }

    private static func isRegion(_ subtag: String) -> Bool {
        subtag.utf8.count == 2 && isAlphabetic(subtag)
            || subtag.utf8.count == 3 && subtag.utf8.allSatisfy(isDigit)
    }

    /// Variants (5 to 8 characters, or 4 with a digit first), then extensions and private use.
    private static func areVariantsAndExtensions(_ subtags: ArraySlice<String>) -> Bool {
        var seen: Set<String> = []
        var singleton: String?
        var isComplete = true
        for subtag in subtags {
            if subtag.utf8.count == 1, singleton != "x" {
                guard isComplete, seen.insert(subtag).inserted else { return false }
                singleton = subtag
                isComplete = false
            } else if singleton != nil {
                guard subtag.utf8.count > 1 || singleton == "x" else { return false }
                isComplete = true
            } else {
                let startsWithDigit = subtag.utf8.first.map(isDigit) ?? false
                guard subtag.utf8.count >= 5 || subtag.utf8.count == 4 && startsWithDigit,
                    seen.insert(subtag).inserted
                else { return false }
            }
        }
        return isComplete
    }

    private static func isAlphabetic(_ subtag: String) -> Bool { subtag.utf8.allSatisfy(isLetter) }

    private static func isAlphanumeric(_ subtag: String) -> Bool {
        subtag.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }
}
