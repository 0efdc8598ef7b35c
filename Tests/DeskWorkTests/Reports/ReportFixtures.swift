import RecordModel
import Testing

@testable import DeskWork

/// A field's value as tests write it: `"2.7"`, `["UZ", "KZ"]`, `[["code": "2.7"]]`.
enum FixtureValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    case text(String)
    case item([String: String])
    case several([FixtureValue])

    init(stringLiteral text: String) { self = .text(text) }
    init(arrayLiteral values: FixtureValue...) { self = .several(values) }
    init(dictionaryLiteral parts: (String, String)...) {
        self = .item(Dictionary(uniqueKeysWithValues: parts))
    }

    /// The parts that come first in the items of the fields that tests use.
    private static let firstParts = [
        "code", "contact", "organisation", "value", "what", "basis", "text",
    ]

    var items: [ReportRecord.Item] {
        switch self {
        case .text(let text): [ReportRecord.Item(text)]
        case .item(let parts):
            [
                ReportRecord.Item(
                    Self.firstParts.lazy.compactMap { parts[$0] }.first ?? "",
                    key: "a1b2c3d4e5f60718",
                    parts: parts
                )
            ]
        case .several(let values): values.flatMap(\.items)
        }
    }
}

/// A record of a report, its uid made of its id.
func record(
    _ kind: String,
    _ id: String,
    _ fields: KeyValuePairs<String, FixtureValue> = [:],
    title: String? = nil,
    conflicts: [String] = []
) -> ReportRecord {
    ReportRecord(
        kind,
        id: id,
        uid: "uid of \(id)",
        title: title ?? "Title of \(id)",
        fields: Dictionary(uniqueKeysWithValues: fields.map { ($0, $1.items) }),
        conflicts: conflicts
    )
}

/// Consent that holds, as a field of `record`.
let given: FixtureValue = [["basis": "consent", "scope": "keep", "given": "2026-01-01"]]

/// The day of all tests.
let testDay = CivilDate(year: 2026, month: 11, day: 27)

func options(_ change: (inout ReportOptions) -> Void = { _ in }) throws -> ReportOptions {
    var options = ReportOptions(today: try #require(testDay))
    change(&options)
    return options
}

extension Report {
    /// The texts of the rows of a section, of records that pass the gate; `references` can be named too.
    static func rows(
        of records: [ReportRecord],
        _ options: ReportOptions,
        section: String? = nil
    ) throws -> [[String]] {
        let gate = ReportGate(isForPartners: options.isForPartners)
        var report = Self(options)
        for source in sources {
            for record in records where record.kind == source.kind && gate.admits(record) {
                report.take(record)
            }
        }
        let names = ReportNames(of: records.filter(gate.admits))
        let sections = try report.sections(names)
        for section in sections {
            #expect(section.rows.allSatisfy { $0.cells.count == section.columns.count })
        }
        let chosen = section == nil ? sections.first : sections.first { $0.name == section }
        return try #require(chosen).rows.map { $0.cells.map(\.text) }
    }
}
