import ArgumentParser
import DeskWork
import Foundation
import RecordModel

/// `attache save`: an attachment as a file.
struct SaveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Write an attachment into a file, to open, print or send it.",
        discussion: """
            attache save ber-12                      the only one, under its own name
            attache save ber-12 signed.pdf -o a.pdf
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record.")
    var id: String

    @Argument(help: "The attachment's name, or the first digits of its hash.")
    var attachment: String?

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "The file; by default the attachment's name in this folder, where no file is.",
            valueName: "file"
        ),
        completion: .file()
    )
    var file: String?

    func run() throws {
        let desk = try replica.desk()
        let view = try desk.attachment(of: id, named: attachment)
        let path = try file ?? Self.freePath(for: view)
        let target = try FileReplacement(path)
        do {
            try desk.read(view) { try target.write($0) }
            try target.finish()
        } catch {
            target.discard()
            throw error
        }
        try output.print(
            .object([
                JSONMember("file", .string(path)), JSONMember("bytes", .number(view.size ?? 0)),
                JSONMember("media_type", .string(view.mediaType)),
            ]),
            text: SafeText.line("\(view.label) written to \(path)")
        )
    }

    /// The attachment's name as a file in this folder.
    ///
    /// The name came from another desk: it must not name another folder or a hidden file, nor take the place
    /// of a file that is there.
    private static func freePath(for view: AttachmentView) throws -> String {
        let last = view.label.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let plain = String(
            last.unicodeScalars.map { scalar -> Character in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned,
                    .privateUse, .surrogate:
                    "_"
                default: Character(scalar)
                }
            }.drop { $0 == "." || $0 == "-" }
        )
        let name = plain.isEmpty ? String(view.hash.description.prefix(12)) : plain
        guard !FileManager.default.fileExists(atPath: name) else {
            throw ErrorReport(
                .io,
                "\(name) exists already and was left as it is",
                hint: "Say where to write with -o FILE."
            )
        }
        return name
    }
}
