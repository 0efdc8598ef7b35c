import ArgumentParser
import DeskWork
import Foundation
import RecordModel

/// What an export writes: records as they are, or what others make of them.
enum ExportTarget: ExpressibleByArgument {
    case records(ExportFormat)
    /// `ics`
    case calendar
    /// `iati`
    case activities

    init?(argument: String) {
        switch argument.lowercased() {
        case "ics": self = .calendar
        case "iati": self = .activities
        default:
            guard let format = ExportFormat(rawValue: argument.lowercased()) else { return nil }
            self = .records(format)
        }
    }

    static var allValueStrings: [String] {
        ExportFormat.allCases.map(\.rawValue) + ["ics", "iati"]
    }
}

/// `attache export`: records into a file.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write records, cards, a calendar of deadlines, or activities for IATI.",
        discussion: """
            attache export contact --format csv --where city=Berlin -o berlin.csv
            attache export --format jsonl | gzip > all.jsonl.gz
            attache export contact --format vcard -o people.vcf

            attache export agreement --format ics -o deadlines.ics
            attache export collaboration --format iati --reporting-org XM-DAC-000-0 -o iati.xml

            JSON Lines, CSV and cards read back as they were. What must not go out is left out and counted:
            records that are restricted or labelled RESTRICTED, and people who took their consent back.
            --whole writes them too, for another replica of your own.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The kind; by default all kinds (JSON Lines only).")
    var kind: String?

    @Option(help: "The format of the file.")
    var format: ExportTarget

    @Option(
        name: [.customLong("where")],
        help: ArgumentHelp("Only those that fit; several must all fit.", valueName: "expression")
    )
    var conditions: [String] = []

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The file; by default standard output.", valueName: "file"),
        completion: .file()
    )
    var file: String?

    @Flag(help: "Write what must not go out too (JSON Lines and CSV): for yourself alone.")
    var whole = false

    @Flag(name: .customLong("bom"), help: "Begin a CSV file with a byte order mark, for Excel.")
    var byteOrderMark = false

    @OptionGroup(title: "IATI") var publisher: PublisherOptions

    func validate() throws {
        if case .records = format { return }
        if whole { throw ValidationError("--whole is for JSON Lines and CSV.") }
    }

    func run() throws {
        let desk = try replica.desk()
        if case .activities = format { return try exportActivities(desk) }
        guard let file else {
            warn(of: try write(desk) { try StandardStreams.write($0) })
            return
        }
        let target = try FileReplacement(file)
        do {
            let outcome = try write(desk) { try target.write($0) }
            try target.finish()
            if output.json { warn(of: outcome) }
            let count = outcome.written
            let withheld =
                outcome.withheld.isEmpty
                ? [] : [JSONMember("withheld", .number(outcome.withheld.count))]
            try output.print(
                .object(
                    [
                        JSONMember("file", .string(file)), JSONMember("records", .number(count)),
                    ] + withheld
                ),
                text: "\(count) records written to \(SafeText.line(file))"
                    + outcome.withheld.counts.map { "\n\($0.count) withheld: \($0.reason)" }
                    .joined()
            )
        } catch {
            target.discard()
            throw error
        }
    }

    private func warn(of outcome: ExportOutcome) {
        for (reason, count) in outcome.withheld.counts {
            // A script must not take a part for the whole.
            output.warn("\(count) withheld: \(reason)", evenWithoutTerminal: true)
        }
    }

    private func write(
        _ desk: Desk,
        to body: ([UInt8]) throws -> Void
    ) throws -> ExportOutcome {
        guard case .records(let format) = format else {
            return try desk.exportCalendar(kind: kind, where: conditions, to: body)
        }
        return try desk.export(
            kind: kind,
            format: format,
            where: conditions,
            scope: whole ? .whole : .released,
            byteOrderMark: byteOrderMark,
            to: body
        )
    }
}
