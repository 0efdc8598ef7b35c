import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage

/// How a report is printed.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json
}

/// `attache report`: what headquarters and missions ask of all records at once.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print a report on the records; without a name, list the reports.",
        discussion: """
            attache report coverage --areas
            attache report expiring --months 6
            attache report expiring --ics -o deadlines.ics
            attache report country --country UZ
            attache report region --group central-asia --format csv

            Every report says how old the data of each mission is. A row marked ! stands on a field \
            in conflict.

            JSON is {"report","as_of","last_sync","behind":[{"mission","name","last_sync",\
            "last_change","days"}],"handling","notes":[…],"rows":[…]}: a row has the columns that \
            say something, "section" where a report has several, and "conflicts". A count of \
            people that is masked is "<5". CSV has the same columns.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The report.", completion: .list(ReportName.allCases.map(\.rawValue)))
    var name: String?

    @Option(help: "table, csv or json.")
    var format: ReportFormat?

    @Option(help: ArgumentHelp("How far to look, ahead or back.", valueName: "number"))
    var months: Int?

    @Option(help: ArgumentHelp("Only this country, as UZ.", valueName: "code"))
    var country: String?

    @Option(help: ArgumentHelp("Only this field of research, as 2 or 2.7.", valueName: "code"))
    var field: String?

    @Option(
        help: ArgumentHelp(
            "Only countries of a group: central-asia, eco, sco, saarc or oic.",
            valueName: "name"
        )
    )
    var group: String?

    @Option(
        name: .customLong("min"),
        help: ArgumentHelp("How many contacts make a gap.", valueName: "count")
    )
    var minimum: Int?

    @Flag(help: "Coverage by area of research, not by group.")
    var areas = false

    @Flag(help: "Leave out what may not leave the ministry, and mask small counts of people.")
    var forPartners = false

    @Flag(help: "Write the deadlines of “expiring” as a calendar (iCalendar).")
    var ics = false

    @Flag(name: .customLong("bom"), help: "Begin a CSV file with a byte order mark, for Excel.")
    var byteOrderMark = false

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The file; by default standard output.", valueName: "file"),
        completion: .file()
    )
    var file: String?

    @Option(
        help: ArgumentHelp(
            "Headquarters' data, on its machine: it knows when each desk exchanged.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var data: String?

    @Option(help: ArgumentHelp("The day of the report.", valueName: "date", visibility: .hidden))
    var today: String?

    func validate() throws {
        if let months, !(1...1200).contains(months) {
            throw ValidationError("--months is between 1 and 1200.")
        }
        if let minimum, minimum < 1 { throw ValidationError("--min must be at least 1.") }
        if output.json, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) exclude each other.")
        }
        if let today, CivilDate(today) == nil { throw ValidationError("--today is a date.") }
        if let group, CountryGroup(named: group) == nil {
            let groups = CountryGroup.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--group is one of \(groups).")
        }
        if let name, ReportName(named: name) == nil {
            let names = ReportName.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no report “\(name)”. Reports are \(names).")
        }
        if ics, name != "expiring" { throw ValidationError("--ics goes with the report expiring.") }
    }

    private var isJSON: Bool { output.json || format == .json }

    func run() throws {
        guard let name = name.flatMap(ReportName.init(named:)) else { return try list() }
        let reporter = try Reporter(store: store())
        let options = try options(reporter)
        if ics {
            let bytes = try reporter.calendar(expiring: options)
            return try output.deliver(bytes, to: file)
        }
        let result = try reporter.report(name, options)
        if format == .csv {
            return try output.deliver(result.csv(byteOrderMark: byteOrderMark), to: file)
        }
        let text: String
        if isJSON {
            text = SafeText.json(
                file == nil && Platform.isTerminal(1) ? result.json.prettyText : result.json.text
            )
        } else {
            let style = file == nil ? output.style : .plain
            text = ReportText(result, title: name.summary, width: output.width, style: style).text
        }
        try output.deliver(Array((text + "\n").utf8), to: file)
    }

    private func store() throws -> ReplicaStore {
        if let data {
            return try ReplicaStore(
                opening: HeadquartersOptions.path(in: data),
                schema: .chosen()
            )
        }
        return try replica.store()
    }

    private func options(_ reporter: Reporter) throws -> ReportOptions {
        var options = ReportOptions(today: today.flatMap { CivilDate($0) } ?? reporter.today)
        options.months = months
        options.country = try country.map(ReportOptions.country)
        options.field = try field.map(ReportOptions.field)
        options.group = group.flatMap(CountryGroup.init(named:))
        options.minimum = minimum ?? options.minimum
        options.byArea = areas
        options.isForPartners = forPartners
        return options
    }

    private func list() throws {
        if isJSON {
            let reports = ReportName.allCases.map { name in
                JSONValue.object([
                    JSONMember("report", .string(name.rawValue)),
                    JSONMember("summary", .string(name.summary)),
                    JSONMember("for_partners", .bool(name.isForPartners)),
                ])
            }
            return try StandardStreams.print(JSONValue.array(reports).text)
        }
        var table = Table(["report", "says"])
        for name in ReportName.allCases { table.append([name.rawValue, name.summary]) }
        try output.print(table, whenEmpty: "")
    }
}

extension OutputOptions {
    /// Writes bytes to a file, which they replace whole, or to standard output.
    func deliver(_ bytes: [UInt8], to file: String?) throws {
        guard let file else { return try StandardStreams.write(bytes) }
        let target = try FileReplacement(file)
        do {
            try target.write(bytes)
            try target.finish()
        } catch {
            target.discard()
            throw error
        }
    }
}
