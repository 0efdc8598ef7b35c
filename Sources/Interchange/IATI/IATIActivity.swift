import RecordModel

/// An activity as the International Aid Transparency Initiative describes it (standard 2.03), as far as
/// this product publishes it.
///
/// Codes are those of the standard's code lists; what a list is called stands beside each.
public struct IATIActivity: Hashable, Sendable {
    /// Text in a language; nil for the activity's own.
    public struct Narrative: Hashable, Sendable {
        /// The text.
        public let text: String
        /// The language, BCP 47.
        public let language: String?

        /// Creates text.
        public init(_ text: String, language: String? = nil) {
            self.text = text
            self.language = language
        }
    }

    /// An organisation and what it does in the activity.
    public struct Organisation: Hashable, Sendable {
        /// The identifier, agency and number; nil where none is known.
        public let ref: String?
        /// OrganisationType.
        public let type: String?
        /// OrganisationRole, where the organisation participates.
        public let role: String?
        /// The name.
        public let name: String

        /// Creates an organisation.
        public init(ref: String?, type: String?, role: String? = nil, name: String) {
            self.ref = ref
            self.type = type
            self.role = role
            self.name = name
        }
    }

    /// A date; `text` is what is known where that is less than a day.
    public struct ActivityDate: Hashable, Sendable {
        /// ActivityDateType.
        public let type: String
        /// The day.
        public let day: CivilDate
        /// The partial date as it was recorded.
        public let text: String?

        /// Creates a date.
        public init(type: String, day: CivilDate, text: String?) {
            self.type = type
            self.day = day
            self.text = text
        }
    }

    /// A code with its share of the activity.
    public struct Share: Hashable, Sendable {
        /// The code.
        public let code: String
        /// The vocabulary's number; nil for the usual one.
        public let vocabulary: String?
        /// Where the vocabulary is defined.
        public let vocabularyURI: String?
        /// What the code means, where the vocabulary is not the standard's.
        public let name: String?
        /// Hundredths of a per cent; nil where the code is the only one.
        public let hundredths: Int?

        /// Creates a share.
        public init(
            code: String,
            vocabulary: String? = nil,
            vocabularyURI: String? = nil,
            name: String? = nil,
            hundredths: Int? = nil
        ) {
            self.code = code
            self.vocabulary = vocabulary
            self.vocabularyURI = vocabularyURI
            self.name = name
            self.hundredths = hundredths
        }
    }

    /// A budget of a period of at most a year.
    public struct Budget: Hashable, Sendable {
        /// The first day.
        public let start: CivilDate
        /// The last day.
        public let end: CivilDate
        /// The amount.
        public let money: Money

        /// Creates a budget.
        public init(start: CivilDate, end: CivilDate, money: Money) {
            self.start = start
            self.end = end
            self.money = money
        }
    }

    /// A movement of money, or a promise of one.
    public struct Transaction: Hashable, Sendable {
        /// TransactionType.
        public let type: String
        /// The day.
        public let day: CivilDate
        /// The amount.
        public let money: Money
        /// Who gives it.
        public let provider: Organisation?
        /// FinanceType.
        public let financeType: String?

        /// Creates a transaction.
        public init(
            type: String,
            day: CivilDate,
            money: Money,
            provider: Organisation?,
            financeType: String?
        ) {
            self.type = type
            self.day = day
            self.money = money
            self.provider = provider
            self.financeType = financeType
        }
    }

    /// What identifies the activity for good.
    public var identifier: String
    /// When it was last changed.
    public var changed: Instant
    /// The title, in one or several languages.
    public var titles: [Narrative]
    /// What the activity is about.
    public var description: String
    /// What the activity is to reach.
    public var objectives: String?
    /// The organisations that take part.
    public var organisations: [Organisation]
    /// ActivityStatus.
    public var status: String
    /// The dates.
    public var dates: [ActivityDate]
    /// The countries, ISO 3166-1.
    public var countries: [Share]
    /// The sectors.
    public var sectors: [Share]
    /// The sustainable development goals and targets, as tags.
    public var goals: [String]
    /// The budgets.
    public var budgets: [Budget]
    /// The money promised and given.
    public var transactions: [Transaction]
    /// The identifier of the activity to which this one belongs.
    public var parent: String?

    /// Creates an activity.
    public init(
        identifier: String,
        changed: Instant,
        titles: [Narrative],
        description: String,
        objectives: String?,
        organisations: [Organisation],
        status: String,
        dates: [ActivityDate],
        countries: [Share],
        sectors: [Share],
        goals: [String],
        budgets: [Budget],
        transactions: [Transaction],
        parent: String?
    ) {
        self.identifier = identifier
        self.changed = changed
        self.titles = titles
        self.description = description
        self.objectives = objectives
        self.organisations = organisations
        self.status = status
        self.dates = dates
        self.countries = countries
        self.sectors = sectors
        self.goals = goals
        self.budgets = budgets
        self.transactions = transactions
        self.parent = parent
    }
}
