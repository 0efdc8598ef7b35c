import ArgumentParser
import DeskWork
import RecordModel

extension ImportFormat: ExpressibleByArgument {}

/// `attache import`: records from files.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in records from files; every row is accounted for.",
        discussion: """
            attache import contacts.csv --kind contact --map Name=preferred_name --dry-run
            attache import phone.vcf
            attache import ror.jsonl --format ror --space all-missions
            attache import people.csv --kind contact --map 1=preferred_name --map 4=emails
            attache import --undo RUN     takes a whole run back
            attache import --held RUN     lists rows that wait for a person

            CSV files of Google Contacts, Outlook, LinkedIn, Thunderbird and most portals are read
            as they are: encoding, delimiter, header and dates are found out, and what was is told.
            --dry-run says what would become of every row. The same file again creates nothing.
            After Ctrl-C the same command goes on.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The files; - is standard input.", completion: .file())
    var files: [String] = []

    @Option(help: "vcard, csv, jsonl, jcard or ror; by default told by the file.")
    var format: ImportFormat?

    @Option(help: "The kind of rows that name none.")
    var kind: String?

    @Option(help: "The space of new records; by default the mission's own.")
    var space: String?

    @Option(
        help: ArgumentHelp(
            "The field of a column, which is named or numbered from 1.",
            valueName: "column=field"
        )
    )
    var map: [String] = []

    @Option(
        help: ArgumentHelp(
            "The encoding of CSV files: utf-8, utf-16le, utf-16be, windows-1252, windows-1251, "
                + "windows-1256 or shift-jis; by default found out.",
            valueName: "name"
        )
    )
    var encoding: String?

    @Option(
        help: ArgumentHelp(
            "Which row of CSV files is the header, from 1; 0 where there is none; by default "
                + "found out.",
            valueName: "row"
        )
    )
    var header: Int?

    @Flag(help: "Exit with 1 where a row is refused or held.")
    var strict = false

    @Flag(help: "Say what would happen and write nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("Take back what a run did.", valueName: "run"))
    var undo: String?

    @Option(help: ArgumentHelp("List the rows of a run that wait for a person.", valueName: "run"))
    var held: String?

    func validate() throws {
        let uses = [!files.isEmpty, undo != nil, held != nil].count { $0 }
        guard uses == 1 else {
            throw ValidationError("Name either files, --undo RUN or --held RUN.")
        }
    }

    func run() throws {
        let desk = try replica.desk()
        if let undo { return try output.print(desk.undoImport(undo)) }
        if let held { return try printHeld(desk.heldRows(ofRun: held)) }
        let options = ImportOptions(
            files: files,
            format: format,
            kind: kind,
            space: space,
            map: try mapping(),
            encoding: encoding,
            headerRow: header,
            isDryRun: dryRun
        )
        Platform.deferInterruption()
        let bar = ProgressBar("import")
        defer { bar.finish() }
        var outcomes: [JSONValue] = []
        var lines = LineBuffer()
        let summary = try desk.importFiles(
            options,
            isCancelled: { Platform.isInterrupted },
            progress: {
                bar.update(done: $0.bytes, of: $0.totalBytes, count: $0.rows, unit: "rows")
            },
            row: dryRun
                ? { outcome in
                    if output.json {
                        outcomes.append(outcome.json)
                    } else {
                        try lines.line(Self.line(of: outcome))
                    }
                } : nil
        )
        bar.finish()
        try lines.flush()
        for warning in summary.warnings.prefix(Self.warningsShown) {
            output.warn("\(warning.file):\(warning.line): \(warning.reason)")
        }
        if summary.warnings.count > Self.warningsShown {
            let more = summary.warnings.count - Self.warningsShown
            output.warn("and \(more) more warnings, which --json lists")
        }
        try output.print(json(of: summary, outcomes), text: text(of: summary))
        try checkOutcome(of: summary)
    }

    /// How many warnings a person reads before they are noise.
    private static let warningsShown = 10

    private func json(of summary: ImportSummary, _ outcomes: [JSONValue]) -> JSONValue {
        var members = summary.json.object ?? []
        if !summary.warnings.isEmpty {
            members.append(JSONMember("warnings", .array(summary.warnings.map(\.json))))
        }
        if dryRun { members.append(JSONMember("rows", .array(outcomes))) }
        return .object(members)
    }

    /// What would become of a row, in one line.
    private static func line(of outcome: ImportRowOutcome) -> String {
        let what = outcome.reason ?? outcome.fields.joined(separator: ", ")
        let id = outcome.id.map { "\($0)  " } ?? ""
        let place = "\(outcome.file):\(outcome.line)"
        return SafeText.line("  \(outcome.action.rawValue)  \(place)  \(id)\(what)")
    }

    private func checkOutcome(of summary: ImportSummary) throws {
        if summary.isInterrupted {
            throw ErrorReport(
                .interrupted,
                "stopped after \(summary.rows) rows, which are kept",
                hint: "The same command goes on from there."
            )
        }
        let isUseless = summary.rows > 0 && summary.refused.count == summary.rows
        let isIncomplete = !summary.refused.isEmpty || !summary.held.isEmpty
        if isUseless || (strict && isIncomplete) { throw ExitCode.failure }
    }

    private func mapping() throws -> [String: String] {
        var result: [String: String] = [:]
        for pair in map {
            // A column's name may hold “=”; a field's cannot.
            guard let sign = pair.lastIndex(of: "="), sign != pair.startIndex else {
                throw ErrorReport(.usage, "“\(pair)” is no COLUMN=FIELD")
            }
            result[String(pair[..<sign])] = String(pair[pair.index(after: sign)...])
        }
        return result
    }

    private func text(of summary: ImportSummary) -> String {
        let counts = [
            (summary.created, "created"), (summary.updated, "updated"),
            (summary.unchanged, "unchanged"), (summary.held.count, "held for review"),
            (summary.refused.count, "refused"),
        ]
        let done = counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        var lines = [dryRun ? "It would be: \(done)." : "\(done)."]
        // A dry run has listed them already.
        guard !dryRun else { return lines.joined(separator: "\n") }
        for row in summary.refused { lines.append("  refused \(place(of: row))") }
        for row in summary.held { lines.append("  held    \(place(of: row))") }
        if !summary.run.isEmpty, summary.created + summary.updated > 0 {
            lines.append(
                output.style.dim("attache import --undo \(summary.run) takes all of it back.")
            )
        }
        return lines.joined(separator: "\n")
    }

    private func place(of row: ImportRowNote) -> String {
        SafeText.line("\(row.file):\(row.line): \(row.reason)")
    }

    private func printHeld(_ rows: [ImportRowNote]) throws {
        try output.print(
            .array(rows.map(\.json)),
            text: rows.isEmpty
                ? "No row waits." : rows.map { place(of: $0) }.joined(separator: "\n")
        )
    }
}
