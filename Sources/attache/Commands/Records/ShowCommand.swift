import ArgumentParser
import DeskWork

/// `attache show`: a record.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a record, its conflicts marked."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record: an id, ORCID iD or e-mail address.")
    var id: String

    @Option(help: "Show it as it was after a change, as ber@5f3a9c01.")
    var at: String?

    @Flag(help: "Say of each value who set it, when, and in which change.")
    var provenance = false

    func run() throws {
        let record = try replica.desk().show(id, at: at)
        try output.print(
            record.json(provenance: provenance),
            text: RecordText(style: output.style, width: output.width, provenance: provenance)
                .text(of: record)
        )
    }
}
