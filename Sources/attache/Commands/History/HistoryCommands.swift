import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage

/// `attache history`: what happened to a record.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what happened to a record, or to one field, the newest first.",
        discussion: """
            A replica keeps what was replaced for half a year at least, headquarters for good.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record: an id, ORCID iD or e-mail address.")
    var id: String

    @Argument(help: "Only this field.")
    var field: String?

    @Option(
        help: ArgumentHelp(
            "Headquarters' folder, on its machine: the history from the beginning.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var data: String?

    private func entries() throws -> [HistoryEntry] {
        guard let data else { return try replica.desk().history(id, field: field) }
        let path = HeadquartersOptions.path(in: data)
        let desk = try Desk(store: ReplicaStore(opening: path))
        return try desk.history(id, field: field, archive: JournalArchive(besideStoreAt: path))
    }

    func run() throws {
        let entries = try entries()
        if output.json { return try output.printLines(entries.lazy.map(\.json)) }
        guard !entries.isEmpty else { return try StandardStreams.print("Nothing has happened.") }
        let text = HistoryText(style: output.style)
        try StandardStreams.print(
            entries.map { text.line($0, namesRecord: false) }.joined(separator: "\n")
        )
    }
}

/// `attache log`: what happened in the replica.
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show what happened in this replica, by whom, the newest first."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Option(
        help: ArgumentHelp(
            "Only what happened since then: 2026-03-14, or with a time.",
            valueName: "time"
        )
    )
    var since: String?

    func run() throws {
        let desk = try replica.desk()
        let since = try since.map { try Self.time($0, desk.context) }
        let text = HistoryText(style: output.style)
        var buffer = LineBuffer()
        try desk.forEachLogEntry(since: since) { entry in
            try buffer.line(
                output.json
                    ? SafeText.json(entry.json.text) : text.line(entry, namesRecord: true)
            )
            return !Platform.isInterrupted
        }
        try buffer.flush()
    }

    private static func time(_ text: String, _ context: ValueContext) throws -> HybridTime {
        let isDate = text.utf8.count == 10
        guard let instant = Instant(isDate ? text + "T00:00" : text, context: context),
            let seconds = UInt64(exactly: instant.seconds)
        else {
            throw ErrorReport(
                .usage,
                "“\(text)” is no time",
                hint: "Type it as 2026-03-14 or 2026-03-14T09:12."
            )
        }
        return HybridTime(milliseconds: seconds * 1000)
    }
}

/// `attache undo`: a change, taken back.
struct UndoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take a change back, by a new change; later edits of the same fields stay.",
        discussion: "attache history and attache log name the changes, as ber@5f3a9c01."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The change, or an unambiguous beginning of its name.")
    var change: String

    func run() throws {
        try output.print(replica.desk().undo(change))
    }
}
