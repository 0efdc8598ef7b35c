/// Compares names word by word, in whatever order the words stand.
struct NameComparison {
    /// How two words agree, the best last.
    enum WordLevel: Int, Comparable {
        case other
        case similar
        case initial
        case shortForm
        case close
        case sound
        case script
        case same

        static func < (left: WordLevel, right: WordLevel) -> Bool { left.rawValue < right.rawValue }
    }

    /// How two names agree.
    struct Outcome {
        /// Bits.
        var weight = 0.0
        /// The least agreement among the words that were matched.
        var least = WordLevel.same
        /// How many words agree better than an initial does.
        var matched = 0
        /// How many words of each have nothing to agree with, while the other has such words too.
        var opposed = 0
        /// How many words only one of the names has.
        var missing = 0
        var isSwapped = false
        var isWhole = false
        var differsInLegalForm = false
        /// A part of an organisation is named by one alone.
        var missesUnit = false

        /// Whether nothing speaks against the names being one, and a word speaks for it.
        var isCompatible: Bool { matched > 0 && opposed == 0 && !differsInLegalForm }

        /// The level for a person.
        var level: String {
            if differsInLegalForm { return "other legal form" }
            if opposed > 0 { return matched > 0 ? "partly different" : "different" }
            let found =
                switch least {
                case .same: isSwapped ? "same words, places changed" : missing > 0 ? "" : "same"
                case .script: "same in another script"
                case .sound: "other spelling"
                case .close: "slip"
                case .shortForm: "short form"
                case .initial: "initial"
                case .similar: "similar"
                case .other: "different"
                }
            if missing == 0 { return found }
            return found.isEmpty ? "a word missing" : found + ", a word missing"
        }
    }

    let table: WordTable
    /// The number of records, those not seen included.
    let population: Double
    let isOrganisation: Bool

    // MARK: Words

    private func frequency(_ word: WordTable.Word) -> Double {
        max((word.count + 1) / population, word.leastFrequency)
    }

    private func keyFrequency(_ key: Int32, _ words: WordTable.Word...) -> Double {
        let least = words.map(\.leastFrequency).max() ?? 0
        return max((table.keyCounts[Int(key)] + 1) / population, least)
    }

    private func capped(_ weight: Double) -> Double { min(weight, LinkageWeights.greatestWord) }

    /// Returns how two words agree, and what that says.
    func compare(_ left: Int32, _ right: Int32) -> (level: WordLevel, weight: Double) {
        let a = table.words[Int(left)]
        if left == right {
            if a.isInitial, a.isLatin { return (.initial, LinkageWeights.initial + 1) }
            return (.same, capped(LinkageWeights.bits(LinkageWeights.sameWord, frequency(a))))
        }
        let b = table.words[Int(right)]
        if a.isNumber || b.isNumber { return (.other, 0) }
        if a.isInitial || b.isInitial { return initial(a, b) }
        let key = a.keys.first { b.keys.contains($0) }
        if a.isLatin != b.isLatin {
            guard let key, (table.keyLength(key) >= 2) else { return (.other, 0) }
            let m = LinkageWeights.sameWordOtherScript
            return (.script, capped(LinkageWeights.bits(m, keyFrequency(key, a, b))))
        }
        return sameScript(a, b, key: key)
    }

    private func initial(
        _ a: WordTable.Word,
        _ b: WordTable.Word
    ) -> (level: WordLevel, weight: Double) {
        guard a.units.first == b.units.first, a.isLatin else { return (.other, 0) }
        return (.initial, LinkageWeights.initial)
    }

    private func sameScript(
        _ a: WordTable.Word,
        _ b: WordTable.Word,
        key: Int32?
    ) -> (level: WordLevel, weight: Double) {
        let shorter = min(a.units.count, b.units.count)
        let nearness = TextSimilarity.jaroWinkler(a.units, b.units)
        var best: (level: WordLevel, weight: Double) = (.other, 0)
        if nearness >= 0.85, shorter >= 3 { best = (.similar, LinkageWeights.similarWord) }
        if nearness < 0.6, key == nil, a.nicknames.isEmpty { return best }
        func offer(_ level: WordLevel, _ weight: Double) {
            let weight = capped(weight)
            if weight > best.weight { best = (level, weight) }
        }
        let both = frequency(a) + frequency(b)
        if shorter >= 5 {
            let limit = shorter >= 8 ? 2 : 1
            if nearness >= 0.92
                || TextSimilarity.edits(a.units, b.units, limit: limit) != nil
            {
                let u = both * LinkageWeights.neighboursOfAWord
                offer(.close, LinkageWeights.bits(LinkageWeights.closeWord, u))
                // A slip says something, however frequent the words are.
                offer(.close, 1)
            }
        }
        if let key, shorter >= 3, nearness >= 0.6 {
            let u = keyFrequency(key, a, b)
            offer(.sound, LinkageWeights.bits(LinkageWeights.sameSound, u))
            offer(.sound, 1)
        }
        let isShort =
            shorter >= 3 && (a.text.hasPrefix(b.text) || b.text.hasPrefix(a.text))
            || a.nicknames.contains { b.nicknames.contains($0) }
        if isShort {
            offer(.shortForm, LinkageWeights.bits(LinkageWeights.shortForm, both * 2))
            offer(.shortForm, 1)
        }
        return best
    }

    // MARK: Names

    /// Compares two names.
    func compare(_ left: IndexedName, _ right: IndexedName) -> Outcome {
        var outcome = matched(left, right)
        if outcome.opposed > 0 || left.parts.count != right.parts.count {
            if let whole = whole(left, right), whole.weight > outcome.weight { outcome = whole }
        }
        if let one = left.legalForm, let other = right.legalForm, one != other {
            outcome.weight += LinkageWeights.otherLegalForm
            outcome.differsInLegalForm = true
        }
        return outcome
    }

    private struct Candidate {
        let left: Int
        let right: Int
        let level: WordLevel
        let weight: Double
    }

    private func matched(_ left: IndexedName, _ right: IndexedName) -> Outcome {
        var candidates: [Candidate] = []
        for (i, a) in left.parts.enumerated() {
            for (j, b) in right.parts.enumerated() {
                var (level, weight) = compare(a.word, b.word)
                if level == .shortForm, i > 0, j > 0, !isNickname(a.word, b.word),
                    i == left.parts.count - 1, j == right.parts.count - 1
                {
                    // People cut their given names short, not those of their families.
                    (level, weight) = (.similar, LinkageWeights.similarWord)
                }
                if level > .other {
                    candidates.append(Candidate(left: i, right: j, level: level, weight: weight))
                }
            }
        }
        candidates.sort { $0.weight > $1.weight }
        var outcome = Outcome()
        var leftDone: UInt32 = 0
        var rightDone: UInt32 = 0
        for found in candidates {
            let (i, j) = (UInt32(1) << UInt32(found.left), UInt32(1) << UInt32(found.right))
            guard leftDone & i == 0, rightDone & j == 0 else { continue }
            leftDone |= i
            rightDone |= j
            let (a, b) = (left.parts[found.left].role, right.parts[found.right].role)
            outcome.weight += found.weight
            let isMinor = a == .common && b == .common
            if !isMinor {
                outcome.least = min(outcome.least, found.level)
                if found.level > .initial { outcome.matched += 1 }
            }
            if a == .given && b == .family || a == .family && b == .given {
                outcome.isSwapped = true
            }
        }
        if outcome.isSwapped { outcome.weight += LinkageWeights.swapped }
        addRest(left, leftDone, right, rightDone, to: &outcome)
        return outcome
    }

    private func isNickname(_ left: Int32, _ right: Int32) -> Bool {
        let other = table.words[Int(right)].nicknames
        return table.words[Int(left)].nicknames.contains(where: other.contains)
    }

    /// Words of a name that have nothing to agree with.
    private struct Rest {
        var firm = 0
        var loose = 0
        var hasUnit = false
        var hasNumber = false
        var hasFather = false
    }

    private func addRest(
        _ left: IndexedName,
        _ leftDone: UInt32,
        _ right: IndexedName,
        _ rightDone: UInt32,
        to outcome: inout Outcome
    ) {
        func rest(_ name: IndexedName, _ done: UInt32) -> Rest {
            var rest = Rest()
            for (index, part) in name.parts.enumerated() where done & (1 << UInt32(index)) == 0 {
                if part.role == .common || part.role == .optional {
                    rest.loose += 1
                    if part.role == .optional { rest.hasFather = true }
                } else {
                    if table.words[Int(part.word)].isNumber { rest.hasNumber = true }
                    rest.firm += 1
                    if part.role == .unit { rest.hasUnit = true }
                }
            }
            return rest
        }
        let (a, b) = (rest(left, leftDone), rest(right, rightDone))
        outcome.opposed = min(a.firm, b.firm)
        outcome.missing = max(a.firm, b.firm) - outcome.opposed
        let isTold = min(a.firm + a.loose, b.firm + b.loose) > 0 || a.hasNumber || b.hasNumber
        if outcome.opposed == 0, isOrganisation ? isTold : a.hasFather && b.hasFather {
            // A café and a bar of one name are two, as are the second and the third institute, and
            // people of one name whose fathers are two.
            outcome.opposed = 1
        }
        outcome.missesUnit = a.hasUnit || b.hasUnit
        outcome.weight += Double(outcome.opposed) * LinkageWeights.otherWord
        let missing =
            isOrganisation ? LinkageWeights.missingOrganisationWord : LinkageWeights.missingWord
        outcome.weight += Double(outcome.missing) * missing
        outcome.weight -= Double(max(a.loose, b.loose)) * (isOrganisation ? 0.5 : 0.2)
    }

    /// Names whose words were split or run together: compared as one word.
    private func whole(_ left: IndexedName, _ right: IndexedName) -> Outcome? {
        let (a, b) = (left.joined, right.joined)
        let shorter = min(a.count, b.count)
        guard shorter >= 7, left.parts.count > 1 || right.parts.count > 1 else { return nil }
        guard TextSimilarity.edits(a, b, limit: shorter >= 12 ? 2 : 1) != nil else { return nil }
        var outcome = Outcome()
        outcome.isWhole = true
        outcome.least = .close
        outcome.matched = 1
        outcome.weight = LinkageWeights.greatestWord
        return outcome
    }
}

extension ComparableName {
    /// Returns the bits by which two names, known alone, speak for one bearer (above 0) or for two.
    ///
    /// Frequencies are not known here but for names that are common everywhere.
    /// - Complexity: O(*n* · *m*) in the words, of which there are few.
    public func agreement(with other: ComparableName, as subject: LinkageRecord.Subject) -> Double {
        var table = WordTable()
        let (left, right) = (IndexedName(self, &table), IndexedName(other, &table))
        let outcome = NameComparison(
            table: table,
            population: LinkageWeights.unseenRecords,
            isOrganisation: subject == .organisation
        ).compare(left, right)
        // Where nothing but the name is known, a word of each that is not like the other is
        // another person of the family.
        guard outcome.isCompatible, outcome.least > .similar else {
            return min(outcome.weight - LinkageWeights.nameAlone, -1)
        }
        return outcome.weight - LinkageWeights.nameAlone
    }
}

/// A name with the numbers of its words.
struct IndexedName {
    struct Part {
        let word: Int32
        let role: NamePart.Role
    }

    let parts: [Part]
    let legalForm: String?
    /// All words in one.
    let joined: [UInt16]

    init(_ name: ComparableName, _ table: inout WordTable) {
        parts = name.parts.prefix(31).map { Part(word: table.number(of: $0.text), role: $0.role) }
        legalForm = name.legalForm
        joined = Array(name.parts.map(\.text).joined().utf16.prefix(64))
    }
}
