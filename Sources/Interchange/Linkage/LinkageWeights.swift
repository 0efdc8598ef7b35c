import Foundation

/// The weights of record linkage: for each level of agreement log2(m / u), where m is how often
/// records of one person agree so, and u how often those of two people do.
///
/// They were set by reasoning about how addresses, names and dates come to differ, and not from
/// labelled pairs, so that they hold for data that nobody looked at. Where a value's own frequency in
/// the store is known, it is u: a rare name says more. I. P. Fellegi and A. B. Sunter, “A Theory for
/// Record Linkage”, 1969; `Protocol/decisions/` has the reasons.
enum LinkageWeights {
    /// Records that a store is taken to hold beyond those it holds: in a store of ten records a name
    /// that is there once is not one in ten.
    static let unseenRecords = 1_000.0
    /// One record in so many is taken to have a double before anything is compared.
    static let recordsForADouble = 5.0
    /// Where more pairs than that are sure, doubles are likelier, by at most so many bits.
    static let greatestShift = 5.0
    /// About half of the pairs that are one are sure at the first look.
    static let pairsForASureOne = 2.0
    /// Odds of 1,000 to 1, which leaves room for fields that agree for one reason.
    static let sameThreshold = 10.0
    /// One in five of those that a person looks at last is one.
    static let reviewThreshold = -2.0
    /// What must agree beside the name for a proposal: a city is not enough, a birth date is.
    static let corroboration = 5.0
    /// The same, where the names agree by an initial, or an organisation's by a part.
    static let strongCorroboration = 12.0
    /// Below it, fields contradict each other.
    static let contradiction = -3.5

    /// log2(m / u).
    static func bits(_ m: Double, _ u: Double) -> Double { log2(m / u) }

    // MARK: Names, for each word

    /// Most people write their names alike: m for the same word.
    static let sameWord = 0.85
    /// The same word in another script: no letter can agree, the key does.
    static let sameWordOtherScript = 0.7
    /// One sound, another spelling (Rehman, Rahman; Alan, Allen).
    static let sameSound = 0.08
    /// A slip: one edit, two in long words, or Jaro–Winkler ≥ 0.92.
    static let closeWord = 0.08
    /// Words as near as that to a given one are some times as frequent as itself.
    static let neighboursOfAWord = 4.0
    /// A nickname or the beginning of the word.
    static let shortForm = 0.05
    /// An initial; it has one of some fifteen letters in use.
    static let initial = bits(0.06, 1 / 15.0) + 1.0
    /// Jaro–Winkler ≥ 0.85: little for, little against.
    static let similarWord = 0.5
    /// A word of each that is like none of the other: marriages, wholly other spellings.
    static let otherWord = bits(0.04, 0.95)
    /// A word that only one of the names has.
    static let missingWord = bits(0.25, 0.4)
    /// An organisation's word that only one of the names has: a department, a branch.
    static let missingOrganisationWord = bits(0.2, 0.8)
    /// Given and family name change places.
    static let swapped = -1.0
    /// Both name their legal form, and differ.
    static let otherLegalForm = -4.0
    /// No word says more than this: a value that is there twice may be one slip copied.
    static let greatestWord = 13.0
    /// Words that are common in the world whatever the store holds are at least so frequent.
    static let leastFrequencyOfCommonNames = 0.01
    static let leastFrequencyOfCommonPrefixes = 0.08

    // MARK: Names alone

    /// What a name alone has to bring: a word that agrees exactly is 10 bits, a slip of one some 4.
    static let nameAlone = 6.0

    // MARK: Dates

    static let sameDate = 0.85
    /// No day of birth is rarer than one in some 70 years.
    static let leastFrequencyOfADate = 1 / 25_000.0
    /// One digit, two neighbouring digits swapped, or day and month: some thirty dates are so near.
    static let slippedDate = bits(0.08, 30 / 25_000.0)
    /// Two of year, month and day.
    static let nearDate = bits(0.03, 0.005)
    static let otherDate = bits(0.04, 0.99)
    /// Known to the year or month alone, and agreeing so far.
    static let sameYear = bits(0.9, 1 / 50.0)
    static let otherYear = bits(0.04, 0.98)

    // MARK: Ways to reach

    static let sameEmail = 0.5
    static let sameLocalPart = 0.15
    static let closeEmail = 0.1
    /// The most that a local part made of the name says, and what each digit adds (log2 10).
    static let localOfAName = 1.0
    static let digit = 3.0
    /// People have several addresses.
    static let otherEmail = bits(0.35, 0.95)
    /// An address of an office is shared by those who work there.
    static let sharedEmail = 2.0
    static let samePhone = 0.5
    static let closePhone = 3.0
    static let otherPhone = bits(0.5, 0.97)
    /// An organisation has fewer telephone numbers than a person, and its branches have others.
    static let otherOfficePhone = bits(0.15, 0.98)
    static let sameLink = 0.4
    static let otherDomain = bits(0.25, 0.95)

    // MARK: Places

    static let sameStreet = 0.5
    static let sameStreetOtherNumber = 0.1
    static let closeStreet = 0.12
    static let otherStreet = bits(0.35, 0.97)
    static let otherOfficeStreet = bits(0.1, 0.97)
    static let samePostcode = 0.7
    static let closePostcode = bits(0.1, 0.02)
    static let otherPostcode = bits(0.3, 0.97)
    static let sameCity = 0.7
    static let closeCity = 0.08
    static let otherCity = bits(0.3, 0.9)
    static let otherOfficeCity = bits(0.1, 0.9)
    static let sameRegion = 0.85
    static let otherRegion = bits(0.12, 0.8)
    static let sameCountry = 0.9
    static let otherCountry = bits(0.2, 0.7)
    /// Parts of one address agree together: the second says half, the third nothing.
    static let dependent = 0.4
    static let greatestPlace = 10.0

    // MARK: The rest

    static let sameEmployer = 0.5
    static let otherEmployer = bits(0.5, 0.95)
    static let sameGender = bits(0.98, 0.55)
    static let otherGender = bits(0.02, 0.45)
    static let sameIdentifier = 25.0
    static let otherIdentifier = -25.0
    /// An acronym of a name beside the name in full.
    static let acronym = bits(0.2, 0.002)
}
