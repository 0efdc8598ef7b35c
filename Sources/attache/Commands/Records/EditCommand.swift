import ArgumentParser
import DeskWork

/// `attache edit`: a record as a form in the user's editor.
struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Edit a record as a form in $VISUAL or $EDITOR; what changed is written."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record: an id, ORCID iD or e-mail address.")
    var id: String

    func run() throws {
        let desk = try replica.desk()
        let form = try desk.form(of: id)
        var text = form.text
        while true {
            text = try TextEditor.edit(text, suffix: ".attache")
            do {
                return try output.print(desk.apply(text, to: form), "changed")
            } catch let error as DeskError {
                guard Platform.isTerminal(0), Platform.isTerminal(2) else { throw error }
                StandardStreams.warn(ErrorReport(error).text)
                StandardStreams.warn("Nothing was written. Edit again? [Y/n] ", terminator: "")
                guard readLine().map({ !$0.lowercased().hasPrefix("n") }) ?? false else {
                    throw error
                }
            }
        }
    }
}
