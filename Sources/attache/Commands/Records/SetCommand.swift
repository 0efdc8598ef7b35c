import ArgumentParser
import DeskWork

/// `attache set`: changes to a record.
struct SetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Change, add to, take from or clear fields of a record.",
        discussion: """
            attache set ber-214 employer="Helmholtz Munich" city=
            attache set ber-214 tags+=battery tags-=solar
            attache set ber-214 'phones[+493012345].type=mobile'
            attache set ber-214 expertise_summary=@summary.txt

            attache help values says more.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record: an id, ORCID iD or e-mail address.")
    var id: String

    @Argument(help: ArgumentHelp("What changes.", valueName: "field=value"))
    var assignments: [String]

    func run() throws {
        let assignments = try AssignmentReader.assignments(assignments)
        try output.print(replica.desk().set(id, assignments), "changed")
    }
}
