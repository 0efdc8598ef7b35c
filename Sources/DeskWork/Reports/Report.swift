import RecordModel

/// What a report is asked for.
public struct ReportOptions: Sendable {
    /// The day for which it is calculated.
    public var today: CivilDate
    /// A span of months; each report has its own where it is nil.
    public var months: Int?
    /// How many contacts a gap needs at least.
    public var minimum = ReportValue.leastCount
    /// One country.
    public var country: String?
    /// One field of research, an area or a group.
    public var field: String?
    /// A named group of countries.
    public var group: CountryGroup?
    /// Whether fields of research are joined to their areas.
    public var byArea = false
    /// Whether it leaves the ministry: small counts of people are masked, and of records only what is
    /// PUBLIC is read, of contacts those who agreed to be shared with partners.
    public var isForPartners = false

    /// Creates options.
    public init(today: CivilDate) {
        self.today = today
    }
}

/// The records of one kind that a report reads, and what of them.
struct ReportSource {
    let kind: String
    let fields: [String]
    /// Whether records are only counted: then their ids and titles are not looked up, and the uid stands
    /// for the id.
    let isCounted: Bool

    init(_ kind: String, _ fields: String..., isCounted: Bool = false) {
        self.kind = kind
        self.fields = fields
        self.isCounted = isCounted
    }
}

/// A report: a function from a stream of records to rows, of bounded memory.
///
/// The records come kind by kind in the order of `sources`. What may not be read (`ReportGate`) is not
/// among them.
protocol Report {
    /// What is read.
    static var sources: [ReportSource] { get }

    init(_ options: ReportOptions)

    /// Takes in one record.
    mutating func take(_ record: ReportRecord)

    /// Returns the rows; `names` finds the records that others refer to.
    func sections(_ names: ReportNames) throws -> [ReportSection]

    /// What has to be known to read the figures.
    var notes: [String] { get }
}

extension Report {
    var notes: [String] { [] }
}

/// Finds what references in records name.
final class ReportNames {
    private let find: (String) throws -> ReportRecord?
    private var known: [String: ReportRecord?] = [:]

    /// How many references are remembered at once.
    private static let limit = 20_000

    /// Creates names of a function from a reference to its record, nil where it may not be read.
    init(_ find: @escaping (String) throws -> ReportRecord?) {
        self.find = find
    }

    /// Creates names of records at hand.
    convenience init(of records: [ReportRecord] = []) {
        var byReference: [String: ReportRecord] = [:]
        for record in records {
            for reference in record.references { byReference[reference] = record }
        }
        self.init { byReference[$0] }
    }

    /// Returns the record that a reference names, or nil where it is not here or may not be read.
    func record(_ reference: String) throws -> ReportRecord? {
        guard let reference = Reference(reference) else { return nil }
        if let record = known[reference.text] { return record }
        let record = try find(reference.text)
        if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
        known[reference.text] = record
        return record
    }

    /// Returns what a reference or text is called; a reference that is not here stands as it is.
    func name(_ text: String) throws -> String {
        guard let record = try record(text) else { return text }
        return record.title.isEmpty ? record.id : record.title
    }
}
