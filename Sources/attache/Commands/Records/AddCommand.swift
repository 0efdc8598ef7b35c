import ArgumentParser
import DeskWork

/// `attache add`: a new record.
struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Make a new record and print its id.",
        discussion: """
            attache add contact preferred_name="Dr Ayesha Malik" city=Berlin \\
                emails=ayesha.malik@example.org research_fields=2.2
            attache add organisation name="Charité" country=DE --space all-missions
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "contact, organisation, collaboration, agreement or engagement.")
    var kind: String

    @Option(help: "The space; by default the mission's own.")
    var space: String?

    @Argument(help: ArgumentHelp("What the record holds.", valueName: "field=value"))
    var assignments: [String]

    func run() throws {
        let receipt = try replica.desk()
            .add(kind: kind, space: space, AssignmentReader.assignments(assignments))
        for warning in receipt.warnings { output.warn(warning) }
        // The id alone, so that a script can take it as it is.
        try output.print(receipt.json, text: receipt.id)
    }
}
