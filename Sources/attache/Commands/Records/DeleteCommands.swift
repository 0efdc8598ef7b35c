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

/// `attache erase`: a record that must be forgotten.
struct EraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Forget a record for good, everywhere; nothing brings it back.",
        discussion: """
            attache erase ber-214 --reason consent

            Its values go from the record, its history, the search index, conflicts and attachments, here at once \
            and on every replica with its next sync, also where somebody edits the record meanwhile. What \
            stays is its number, the time, who erased it, and the reason. Records that were merged into it go \
            along. attache hq desks says who has not yet confirmed.

            Not reached: what other records and notes say of it in words; the accounts of imports; backups and \
            exported files, from which an import may bring it in anew. A backup that is put back forgets it again, at once where the replica that it replaces \
            knows of the erasure, else with the next sync. Blocks that the disk has set aside are the disk's: \
            encrypt it.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record.")
    var id: String

    @Option(help: "Why: consent, request, retention, mistake or order.")
    var reason: ErasureReason

    func run() throws {
        try output.print(replica.desk().erase(id, because: reason), "erased")
    }
}

extension ErasureReason: ExpressibleByArgument {}
