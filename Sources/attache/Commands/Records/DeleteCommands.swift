import ArgumentParser
import DeskWork

/// `attache delete`: a record that is no longer wanted.
struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a record; its history stays, and undelete brings it back."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record.")
    var id: String

    func run() throws {
        try output.print(replica.desk().delete(id), "deleted")
    }
}

/// `attache undelete`: a deleted record, back again.
struct UndeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete",
        abstract: "Bring a deleted record back as it was."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record.")
    var id: String

    func run() throws {
        try output.print(replica.desk().undelete(id), "brought back")
    }
}
