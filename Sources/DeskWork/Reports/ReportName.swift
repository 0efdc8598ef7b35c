/// The reports that there are.
public enum ReportName: String, Hashable, Sendable, CaseIterable {
    case coverage, uncovered, expiring, renegotiated, gap, sdg, stale, duplicates, funding, activity
    case health, swot, alignment, country, themes, region, opportunities, silo

    /// Creates a name from what people type: a report may have a second name; nil for other text.
    public init?(named text: String) {
        let text = text.lowercased()
        self.init(rawValue: text == "continuity" ? "renegotiated" : text)
    }

    /// What it says, in a line.
    public var summary: String {
        switch self {
        case .coverage: "contacts by field of research and country, beside priorities"
        case .uncovered: "programmes, priorities and countries without a tech diplomat"
        case .expiring: "agreements and collaborations that end, notice deadlines first"
        case .renegotiated:
            "agreements by version: administrations, days in force, overdue commitments"
        case .gap: "contacts without collaborations, and collaborations without diaspora"
        case .sdg: "collaborations, outputs and money by sustainable development goal"
        case .stale: "contacts to get in touch with, or whose consent or review is due"
        case .duplicates: "people and organisations that stand twice, across missions"
        case .funding: "committed and disbursed by programme, funder, currency and year"
        case .activity: "engagements by mission, follow-ups overdue, outreach by language"
        case .health: "last exchange, conflicts and erasures by mission"
        case .swot: "strengths, weaknesses, opportunities and threats with dated evidence"
        case .alignment: "priorities and what serves them, and what serves none"
        case .country: "one page on a country: --country UZ"
        case .themes: "records by national theme"
        case .region: "records by country of a group: --group central-asia"
        case .opportunities: "open ones by deadline, and how the others ended"
        case .silo: "collaborations of one sector, organisations met by several missions"
        }
    }

    /// Whether the report may leave the ministry: the others name people, or say how it works inside.
    public var isForPartners: Bool {
        switch self {
        case .coverage, .expiring, .renegotiated, .gap, .sdg, .funding, .swot, .themes, .region:
            true
        case .uncovered, .stale, .duplicates, .activity, .health, .alignment, .country,
            .opportunities,
            .silo:
            false
        }
    }

    /// What calculates it of a stream of records; nil where that is not enough.
    var report: (any Report.Type)? {
        switch self {
        case .coverage: CoverageReport.self
        case .uncovered: UncoveredReport.self
        case .expiring: ExpiringReport.self
        case .renegotiated: RenegotiatedReport.self
        case .gap: GapReport.self
        case .sdg: SDGReport.self
        case .stale: StaleReport.self
        case .funding: FundingReport.self
        case .activity: ActivityReport.self
        case .health, .duplicates: nil
        case .swot: SWOTReport.self
        case .alignment: AlignmentReport.self
        case .country: CountryReport.self
        case .themes: ThemesReport.self
        case .region: RegionReport.self
        case .opportunities: OpportunitiesReport.self
        case .silo: SiloReport.self
        }
    }
}
