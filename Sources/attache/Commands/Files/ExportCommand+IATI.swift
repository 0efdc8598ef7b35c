import ArgumentParser
import DeskWork
import RecordModel

/// Who publishes activities: as the command line says, else as the replica remembers.
struct PublisherOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Who publishes, as XM-DAC-… or PK-GOV-….", valueName: "identifier")
    )
    var reportingOrg: String?

    @Option(help: ArgumentHelp("What kind of organisation: 10 is a government.", valueName: "code"))
    var reportingOrgType: String?

    @Option(help: ArgumentHelp("The name of who publishes.", valueName: "name"))
    var reportingOrgName: String?

    @Flag(help: "Only what is labelled PUBLIC, ready to be published.")
    var publicOnly = false

    /// Returns the options of an export.
    /// - Throws: `ErrorReport` where nothing says who publishes.
    func options(_ desk: Desk) throws -> IATIOptions {
        let reporter = try reportingOrg ?? desk.configuration(.reportingOrg)
        guard let reporter, !reporter.isEmpty else {
            throw ErrorReport(
                .usage,
                "an activity names who publishes it",
                hint:
                    "Say so with --reporting-org, or once: attache config reporting-org IDENTIFIER"
            )
        }
        return IATIOptions(
            reporter: reporter,
            reporterType: try reportingOrgType ?? desk.configuration(.reportingOrgType) ?? "10",
            reporterName: try reportingOrgName ?? desk.configuration(.reportingOrgName) ?? reporter,
            includesInternal: !publicOnly
        )
    }
}

extension ExportCommand {
    /// Writes collaborations as activities, and says what was not written and why.
    func exportActivities(_ desk: Desk) throws {
        guard ["collaboration", "collaborations"].contains(kind ?? "collaboration") else {
            throw ErrorReport(.usage, "activities are made of collaborations alone")
        }
        let options = try publisher.options(desk)
        guard let file else {
            let summary = try desk.exportIATI(where: conditions, options) {
                try StandardStreams.write($0)
            }
            for line in Self.lines(of: summary) { StandardStreams.warn("attache: \(line)") }
            return
        }
        let target = try FileReplacement(file)
        let summary: IATISummary
        do {
            summary = try desk.exportIATI(where: conditions, options) { try target.write($0) }
            // A file needs one activity at least.
            if summary.activities > 0 { try target.finish() } else { target.discard() }
        } catch {
            target.discard()
            throw error
        }
        let isWritten = summary.activities > 0
        let head =
            isWritten
            ? "\(summary.activities) \(summary.activities == 1 ? "activity" : "activities") written to "
                + SafeText.line(file)
            : "No collaboration can be an activity; nothing was written."
        try output.print(
            .object(
                [
                    JSONMember("file", .string(file)),
                    JSONMember("records", .number(summary.activities)),
                    JSONMember("not_public", .number(summary.notPublic)),
                    JSONMember("withheld", .array(summary.withheld.map(\.json))),
                    JSONMember("left_out", .array(summary.leftOut.map(\.json))),
                ]
            ),
            text: ([head] + Self.lines(of: summary)).joined(separator: "\n")
        )
        if !isWritten { throw ExitCode.failure }
    }

    private static func lines(of summary: IATISummary) -> [String] {
        var lines = summary.withheld.map {
            "\($0.id) not written: \($0.reasons.joined(separator: ", "))"
        }
        lines += summary.leftOut.map { "\($0.id) without \($0.reasons.joined(separator: "; "))" }
        if summary.notPublic > 0 {
            lines.append(
                "labelled INTERNAL: \(summary.notPublic) of these; --public-only leaves them out"
            )
        }
        return lines.map { SafeText.line($0) }
    }
}
