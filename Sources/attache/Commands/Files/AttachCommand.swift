import ArgumentParser
import DeskWork
import RecordModel

/// `attache attach`: files that go with a record.
struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Attach files to a record; the next sync sends them.",
        discussion: """
            attache attach ber-12 signed.pdf --document    the text of an agreement
            attache attach ber-214 portrait.jpg            a photo

            The bytes are kept in the replica itself, up to 32 MB a file, and are in its backups. A record's \
            attachments are sensitive: of a record in a shared space they stay in the mission's own; its \
            document goes wherever the record goes.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record: an id, ORCID iD or e-mail address.")
    var id: String

    @Argument(help: "The files.", completion: .file())
    var files: [String]

    @Flag(help: "As the record's document, as an agreement's text is.")
    var document = false

    @Option(help: "The name that the record gives to the one file; by default its own.")
    var name: String?

    @Option(help: "Its media type, as application/pdf; by default by the name.")
    var type: String?

    func validate() throws {
        guard files.count == 1 || (name == nil && type == nil && !document) else {
            throw ValidationError("--name, --type and --document go with one file.")
        }
    }

    func run() throws {
        let receipt = try replica.desk().attach(
            files.map { AttachmentFile(path: $0, name: name, mediaType: type) },
            to: id,
            asDocument: document
        )
        for warning in receipt.change.warnings { output.warn(warning) }
        let what = receipt.attachments.map { view in
            "\(view.label) (\(ByteSize(view.size ?? 0).text))"
        }
        let record = output.style.bold(SafeText.line(receipt.change.id))
        let change = receipt.change.change.map { "  " + output.style.dim(SafeText.line($0)) }
        try output.print(
            receipt.json,
            text: change.map {
                "\(record) attached \(SafeText.line(what.joined(separator: ", ")))\($0)"
            } ?? "\(record) is unchanged"
        )
    }
}

/// `attache attachments`: which there are and where their bytes are.
struct AttachmentsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attachments",
        abstract: "List the attachments of a record, or of all, and where their bytes are."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record; by default all.")
    var id: String?

    func run() throws {
        let views = try replica.desk().attachments(of: id)
        if output.json { return try output.printLines(views.lazy.map(\.json)) }
        var table = Table(["id", "name", "size", "type", "where"])
        for view in views {
            table.append([
                view.id, view.label, view.size.map { ByteSize($0).text } ?? "", view.mediaType,
                Self.place(of: view),
            ])
        }
        try output.print(table, whenEmpty: "There are no attachments.")
    }

    private static func place(of view: AttachmentView) -> String {
        switch view.standing {
        case .here: "here"
        case .unsent: "here, not yet sent"
        case .partial: "\(ByteSize(view.held).text) here: attache fetch goes on"
        case .elsewhere: "not here: attache fetch"
        }
    }
}

/// `attache detach`: an attachment that a record no longer names.
struct DetachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detach",
        abstract: "Take an attachment from a record; undo brings it back.",
        discussion: """
            The bytes stay as long as the record's history names them. What nothing names any more, attache \
            doctor says, and attache doctor --repair frees.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record.")
    var id: String

    @Argument(help: "The attachment's name, or the first digits of its hash.")
    var attachment: String

    func run() throws {
        try output.print(replica.desk().detach(attachment, from: id), "detached")
    }
}
