import ArgumentParser
import DeskWork
import Interchange
import RecordModel

/// `attache list`: the records of a kind.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the records of a kind.",
        discussion: """
            attache list contact --where 'country_of_residence=DE and research_fields:2.2'
            attache list organisation --sort name --columns id,name,city --limit 20

            A value marked ! is in conflict. attache help where says more.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "contact, organisation, agreement, …: attache schema show lists them.")
    var kind: String

    @Option(
        name: [.customLong("where")],
        help: ArgumentHelp("Only those that fit; several must all fit.", valueName: "expression")
    )
    var conditions: [String] = []

    @Option(help: ArgumentHelp("The field to sort by; by default the id.", valueName: "field"))
    var sort: String?

    @Option(help: ArgumentHelp("Fields, or FIELD.PART, with commas.", valueName: "columns"))
    var columns: String?

    @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit: Int?

    @Flag(help: "Print the columns as CSV.")
    var csv = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
        if csv, output.json { throw ValidationError("--csv and --json exclude each other.") }
    }

    func run() throws {
        let desk = try replica.desk()
        func forEach(_ body: (RecordView) throws -> Void) throws {
            try desk.forEachListed(
                kind: kind,
                where: conditions,
                sort: sort,
                limit: limit,
                body
            )
        }
        if output.json {
            return try output.printLines { line in try forEach { try line($0.json()) } }
        }
        let columns =
            try columns.map { $0.split(separator: ",").map { $0.trimmingSpaces } }
            ?? Self.defaultColumns(of: desk.kind(named: kind).name)
        if csv { return try printCSV(columns, forEach) }
        var table = Table(columns)
        try forEach { record in
            table.append(
                columns.map { column in
                    let cell = record.cell(column)
                    return record.field(column)?.isConflict ?? false ? "\(cell) !" : cell
                }
            )
        }
        try output.print(table, whenEmpty: "No \(kind) fits.")
    }

    private func printCSV(
        _ columns: [String],
        _ forEach: ((RecordView) throws -> Void) throws -> Void
    ) throws {
        var writer = CSVWriter()
        var bytes: [UInt8] = []
        writer.write(columns, to: &bytes)
        try forEach { record in
            writer.write(columns.map(record.cell), to: &bytes)
            if bytes.count > 1 << 16 {
                try StandardStreams.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        try StandardStreams.write(bytes)
    }

    /// What a person looks for first in records of a kind.
    private static func defaultColumns(of kind: String) -> [String] {
        switch kind {
        case "contact": ["id", "name", "employer", "city", "country_of_residence"]
        case "organisation": ["id", "name", "city", "country"]
        case "collaboration": ["id", "title", "status", "start", "lead"]
        case "agreement": ["id", "title", "status", "signed", "expires"]
        case "engagement": ["id", "subject", "type", "at"]
        case "opportunity": ["id", "title", "type", "status", "deadline"]
        case "priority": ["id", "title", "valid_from", "valid_to", "lead"]
        case "posting": ["id", "title", "mission", "from", "to"]
        case "event": ["id", "title", "type", "start", "country"]
        case "output": ["id", "title", "type", "published", "doi"]
        case "assessment": ["id", "subject", "quadrant", "country", "date"]
        case "group": ["id", "name", "from", "to"]
        case "mission": ["id", "name", "code", "city", "country"]
        case "message": ["id", "title", "language", "valid_until"]
        default: ["id", "name", "changed"]
        }
    }
}

extension Substring {
    /// The text without spaces at its ends.
    var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
