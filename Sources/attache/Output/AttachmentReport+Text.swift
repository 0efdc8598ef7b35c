import ArgumentParser
import DeskSync
import DeskWork
import RecordModel
import SyncEngine
import SyncProtocol

extension AttachmentReport {
    /// The object that scripts read.
    var json: JSONValue {
        .object([
            JSONMember("sent", .number(summary.sent)),
            JSONMember("received", .number(summary.received)),
            JSONMember(
                "bytes",
                .object([
                    JSONMember("sent", .number(summary.sentBytes)),
                    JSONMember("received", .number(summary.receivedBytes)),
                ])
            ),
            JSONMember("larger", .number(larger)),
            JSONMember("missing", .number(summary.missing.count)),
            JSONMember("left", .number(left)),
            JSONMember(
                "refused",
                .array(
                    summary.refusals.map { refusal in
                        .object([
                            JSONMember("hash", .string(refusal.hash.description)),
                            JSONMember("code", .string(refusal.code)),
                            JSONMember("message", .string(refusal.sentence)),
                        ])
                    }
                )
            ),
        ])
    }

    /// What a person reads; nothing where there is nothing to say.
    func lines(_ style: Style) -> [String] {
        func files(_ count: Int) -> String { count == 1 ? "1 attachment" : "\(count) attachments" }
        var lines: [String] = []
        var moved: [String] = []
        if summary.sent > 0 { moved.append("\(files(summary.sent)) sent") }
        if summary.received > 0 { moved.append("\(files(summary.received)) received") }
        if !moved.isEmpty {
            let bytes = ByteSize(summary.sentBytes + summary.receivedBytes).text
            lines.append("\(moved.joined(separator: ", ")) (\(bytes))")
        }
        if larger > 0 {
            let (their, them) = larger == 1 ? ("its", "it") : ("their", "them")
            lines.append(
                "\(files(larger)) left at headquarters for \(their) size: attache attachments lists "
                    + "\(them), attache fetch gets \(them)"
            )
        }
        if !summary.missing.isEmpty {
            lines.append(
                "headquarters does not have \(files(summary.missing.count)) yet; "
                    + "who attached them sends them"
            )
        }
        for refusal in summary.refusals {
            lines.append(
                style.warning(
                    SafeText.line(
                        "attachment \(refusal.hash.description.prefix(12)) refused: \(refusal.sentence)"
                    )
                )
            )
        }
        if isUnsupported {
            lines.append(
                style.warning("headquarters is older than this program and takes no attachments")
            )
        }
        if failure != nil {
            lines.append(
                style.warning(
                    "the link broke, \(files(left)) left: run it again and it goes on from there"
                )
            )
        }
        return lines
    }
}

extension AttachmentRefusal {
    /// What the code means for a person.
    var sentence: String {
        switch WireErrorCode(rawValue: code) {
        case .tooLarge: "Headquarters takes no attachments of this size."
        case let known?: known.sentence
        case nil: "Headquarters gives the reason “\(code)”, which this version does not know."
        }
    }
}

extension ByteSize: ExpressibleByArgument {
    /// Reads a size from the command line.
    public init?(argument: String) { self.init(argument) }
}
