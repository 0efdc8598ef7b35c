import ArgumentParser
import DeskWork
import RecordModel

/// `attache handover`: what an officer who is posted away leaves, and to whom.
struct HandoverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handover",
        abstract: "Show what an officer leaves, and let a successor take it over.",
        discussion: """
            attache handover --from "H. Raza"
            attache handover --from "H. Raza" --to "S. Iqbal" --dry-run
            attache handover --from BER --to "BER S. Iqbal"

            What the successor takes over is written as one change, which attache undo takes back.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Option(
        help: ArgumentHelp("Who goes: a desk's code, an officer's name, or both.", valueName: "who")
    )
    var from: String

    @Option(help: ArgumentHelp("Who takes over, or the id of their contact.", valueName: "who"))
    var to: String?

    @Flag(help: "Say what would be written, and write nothing.")
    var dryRun = false

    @Option(help: ArgumentHelp("The day of the handover.", valueName: "date", visibility: .hidden))
    var today: String?

    func validate() throws {
        if dryRun, to == nil { throw ValidationError("--dry-run goes with --to.") }
        if let today, CivilDate(today) == nil { throw ValidationError("--today is a date.") }
    }

    func run() throws {
        let result = try replica.desk().handover(
            from: from,
            to: to,
            isDryRun: dryRun,
            today: today.flatMap { CivilDate($0) }
        )
        for place in result.undecided { output.warn("left as it is, in conflict: \(place)") }
        try output.print(result.json, text: text(of: result))
    }

    private func text(of result: HandoverResult) -> String {
        let title = "\(from) leaves nothing"
        let table = ReportText(
            result.report,
            title: title,
            width: output.width,
            style: output.style
        ).text
        guard to != nil else { return table }
        var lines = [table, ""]
        if result.changes.isEmpty {
            lines.append("There is nothing to take over.")
        } else if dryRun {
            lines += result.changes.map { change in
                SafeText.line(
                    "\(change.id) \(change.place): \(change.old ?? "nobody") → \(change.new)"
                )
            }
            lines.append("\(result.changes.count) would be written. Nothing was.")
        } else {
            let change = result.change ?? ""
            lines.append("\(result.changes.count) taken over  \(output.style.dim(change))")
            lines.append("attache undo \(change) takes all of it back.")
        }
        return lines.joined(separator: "\n")
    }
}
