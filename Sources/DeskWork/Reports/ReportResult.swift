import Interchange
import RecordModel

/// One cell of a report.
public enum ReportValue: Hashable, Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral
{
    /// Nothing to say.
    case none
    /// Text, a code, a date or an exact amount.
    case text(String)
    /// A count.
    case number(Int)
    /// A decimal number in its digits.
    case decimal(String)
    /// Several texts.
    case list([String])
    /// A count of people that is too small to leave headquarters: 1 to 4.
    case masked

    /// Creates text.
    public init(stringLiteral text: String) { self = .text(text) }

    /// Creates a count.
    public init(integerLiteral number: Int) { self = .number(number) }

    /// Creates text, or nothing.
    init(_ text: String?) { self = text.map { $0.isEmpty ? .none : .text($0) } ?? .none }

    /// Creates a date, or nothing.
    init(_ day: CivilDate?) { self = day.map { .text($0.text) } ?? .none }

    /// Creates a count.
    init(_ number: Int) { self = .number(number) }

    /// Creates several texts, or nothing.
    init(_ texts: [String]) { self = texts.isEmpty ? .none : .list(texts) }

    /// The least count of people that may leave headquarters.
    static let leastCount = 5

    /// Creates a count of people, masked where it is small and leaves headquarters.
    static func people(_ count: Int, isForPartners: Bool) -> ReportValue {
        isForPartners && (1..<leastCount).contains(count) ? .masked : .number(count)
    }

    /// The value as a table or CSV file shows it.
    public var text: String {
        switch self {
        case .none: ""
        case .text(let text): text
        case .number(let number): "\(number)"
        case .decimal(let digits): digits
        case .list(let texts): texts.joined(separator: "; ")
        case .masked: "<\(Self.leastCount)"
        }
    }

    /// The value as scripts read it; nil where nothing is to be said.
    var json: JSONValue? {
        switch self {
        case .none: nil
        case .text(let text): .string(text)
        case .number(let number): .number(number)
        case .decimal(let digits): .number(digits)
        case .list(let texts): .array(texts.map(JSONValue.string))
        case .masked: .string(text)
        }
    }
}

/// A row of a report.
public struct ReportRow: Hashable, Sendable {
    /// A cell for each column of the section.
    public let cells: [ReportValue]
    /// The fields in conflict on which the row stands.
    public let conflicts: [String]

    init(_ cells: [ReportValue], conflicts: [String] = []) {
        self.cells = cells
        self.conflicts = conflicts
    }
}

/// A part of a report: rows of the same columns.
public struct ReportSection: Hashable, Sendable {
    /// The name by which scripts tell it from others.
    public let name: String
    /// What stands above it in a table; empty where the report has one section.
    public let heading: String
    /// The names of the columns.
    public let columns: [String]
    /// The rows.
    public var rows: [ReportRow]

    init(_ name: String, _ heading: String = "", columns: [String], rows: [ReportRow] = []) {
        self.name = name
        self.heading = heading
        self.columns = columns
        self.rows = rows
    }
}

/// A report as it was calculated: rows, and how complete what they stand on is.
public struct ReportResult: Hashable, Sendable {
    /// The report's name.
    public let report: String
    /// The moment for which it was calculated, RFC 3339 in UTC.
    public let asOf: String
    /// How old the data of each mission is.
    public let ages: DataAges
    /// The sections.
    public let sections: [ReportSection]
    /// `RESTRICTED` where a row names a record that bears this label; else nil.
    public let handling: String?
    /// What has to be known to read the figures.
    public let notes: [String]

    /// The object that scripts read:
    /// `{"report","as_of","last_sync","behind":[…],"handling","notes":[…],"rows":[…]}`.
    ///
    /// A row has a member for each cell that says something, `section` where the report has several, and
    /// `conflicts` where it stands on fields that a person has to decide.
    public var json: JSONValue {
        var members = [
            JSONMember("report", .string(report)), JSONMember("as_of", .string(asOf)),
        ]
        if let time = ages.lastSync { members.append(JSONMember("last_sync", .string(time.text))) }
        members.append(JSONMember("behind", .array(ages.behind.map(\.json))))
        if let handling { members.append(JSONMember("handling", .string(handling))) }
        if !notes.isEmpty {
            members.append(JSONMember("notes", .array(notes.map(JSONValue.string))))
        }
        let rows = sections.flatMap { section in
            section.rows.map { json(of: $0, in: section) }
        }
        return .object(members + [JSONMember("rows", .array(rows))])
    }

    private func json(of row: ReportRow, in section: ReportSection) -> JSONValue {
        var members =
            sections.count > 1 ? [JSONMember("section", .string(section.name))] : []
        for (column, cell) in zip(section.columns, row.cells) {
            if let json = cell.json { members.append(JSONMember(column, json)) }
        }
        if !row.conflicts.isEmpty {
            members.append(
                JSONMember("conflicts", .array(row.conflicts.map(JSONValue.string)))
            )
        }
        return .object(members)
    }

    /// Writes the rows as CSV with the columns of all sections, and where there are several, the
    /// section's name in front; `conflicts` names the fields that a person has to decide.
    public func csv(byteOrderMark: Bool = false) -> [UInt8] {
        var columns: [String] = []
        for column in sections.flatMap(\.columns) where !columns.contains(column) {
            columns.append(column)
        }
        let front = sections.count > 1 ? ["section"] : []
        var writer = CSVWriter(byteOrderMark: byteOrderMark)
        var bytes: [UInt8] = []
        writer.write(front + columns + ["conflicts"], to: &bytes)
        for section in sections {
            let places = columns.map { section.columns.firstIndex(of: $0) }
            for row in section.rows {
                writer.write(
                    (sections.count > 1 ? [section.name] : [])
                        + places.map { $0.map { row.cells[$0].text } ?? "" }
                        + [row.conflicts.joined(separator: "; ")],
                    to: &bytes
                )
            }
        }
        return bytes
    }
}
