/// What of a person or an organisation record linkage compares.
///
/// Every field may be empty: what is missing says nothing for or against.
public struct LinkageRecord: Sendable {
    /// What the record is about.
    public enum Subject: Hashable, Sendable {
        /// A person.
        case person
        /// An organisation.
        case organisation
    }

    /// A postal address, as far as it is told apart.
    public struct Address: Hashable, Sendable {
        /// The whole, where its parts are not known.
        public var text = ""
        /// Street and number.
        public var street = ""
        /// City or suburb.
        public var city = ""
        /// State or province.
        public var region = ""
        /// Postal code.
        public var postcode = ""

        /// Creates an empty address.
        public init() {}
    }

    /// What it is about; records of different subjects are not compared.
    public var subject: Subject
    /// The names, in any scripts; one of them has to agree.
    public var names: [ComparableName] = []
    /// Short names of an organisation, folded.
    public var acronyms: [String] = []
    /// Identifiers that an authority gives each once: two of one scheme that differ are two records.
    public var identifiers: [(scheme: String, value: String)] = []
    /// Identifiers that say the same where they agree, and nothing where they differ.
    public var otherIdentifiers: [String] = []
    /// E-mail addresses.
    public var emails: [String] = []
    /// Telephone numbers, digits and what stands between.
    public var phones: [String] = []
    /// Domains of an organisation, and web addresses of a person.
    public var links: [String] = []
    /// `1971-06-24`, `19710624`, `1971-06` or `1971`.
    public var birthDate: String?
    /// Addresses.
    public var addresses: [Address] = []
    /// Cities apart from those of addresses.
    public var cities: [String] = []
    /// Countries, two letters.
    public var countries: [String] = []
    /// Where a person works, as said.
    public var employers: [String] = []
    /// `female` or `male`; nil for anything else.
    public var gender: String?

    /// Creates a record of which nothing is known.
    public init(_ subject: Subject) { self.subject = subject }
}

/// What one field says about whether two records are one.
public struct LinkageEvidence: Hashable, Sendable {
    /// The field.
    public let field: String
    /// How it agrees.
    public let level: String
    /// Bits: log2 of how much likelier this is for one record than for two.
    public let weight: Double

    /// Creates a piece of evidence.
    public init(field: String, level: String, weight: Double) {
        self.field = field
        self.level = level
        self.weight = weight
    }
}

/// What is proposed about two records.
public enum LinkageVerdict: String, Hashable, Sendable {
    /// They are one; a person confirms it.
    case same
    /// A person has to look.
    case review
    /// They are two.
    case different
}

/// Two records compared.
public struct LinkageComparison: Sendable {
    /// The sum of the weights and of the odds before anything was compared, in bits.
    public let score: Double
    /// What is proposed.
    public let verdict: LinkageVerdict
    /// What each field says, the strongest first; empty where it was not asked for.
    public let evidence: [LinkageEvidence]
}

/// Two records that may be one.
public struct LinkedPair: Sendable {
    /// The place of the one in the order in which they were added.
    public let first: Int
    /// The place of the other, which is greater.
    public let second: Int
    /// How they compare.
    public let comparison: LinkageComparison
}
