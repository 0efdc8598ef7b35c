import ArgumentParser
import DeskWork
import Foundation
import HeadquartersServer
import Logging
import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol

/// The commands that reach or are headquarters.
let networkCommands: [any ParsableCommand.Type] = [
    EnrolCommand.self, SyncCommand.self, HeadquartersCommand.self,
]

/// `attache hq`: the headquarters node.
struct HeadquartersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hq",
        abstract: "Run headquarters.",
        discussion: """
            Headquarters merges the desks' replicas and has no editing of its own: its staff work \
            at an ordinary desk with a token of --all-spaces.
            """,
        subcommands: [
            HeadquartersInit.self, HeadquartersServe.self, HeadquartersToken.self,
            HeadquartersDesks.self, HeadquartersGrant.self, HeadquartersRevoke.self,
            HeadquartersAdmit.self, HeadquartersRetire.self, HeadquartersCompact.self,
            HeadquartersAudit.self,
            HeadquartersStatus.self, HeadquartersBackup.self, HeadquartersRestore.self,
        ]
    )
}

/// Where headquarters keeps its data.
struct HeadquartersOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Headquarters' folder.", valueName: "dir"),
        completion: .directory
    )
    var data: String

    /// The store in the folder.
    var path: String { Self.path(in: data) }

    /// The store in a folder.
    static func path(in folder: String) -> String {
        (folder as NSString).appendingPathComponent("headquarters")
    }

    /// Opens headquarters; one that was restored or copied is made fit to go on.
    func replica(saysSo: Bool = true) throws -> HeadquartersReplica {
        let replica = HeadquartersReplica(
            store: try ReplicaStore(opening: path, schema: .chosen()),
            identity: try ReplicaIdentity.load(besideStoreAt: path)
        )
        try replica.store.keepWitness { _ in
            try replica.noteRestored()
            guard saysSo else { return }
            StandardStreams.warn(
                "attache: headquarters' store was restored or copied; the desks send again what it "
                    + "lost, and for 30 days any desk may send what others wrote"
            )
        }
        return replica
    }
}

/// `attache hq init`.
struct HeadquartersInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new, empty headquarters."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        try FileManager.default.createDirectory(
            atPath: headquarters.data,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let replica = try HeadquartersReplica.create(
            at: headquarters.path,
            schema: .chosen()
        )
        let spaces = try replica.status().spaces
        let number = try replica.store.read { try $0.replicaID() }
        try output.print(
            .object([
                JSONMember("desk", .string("HQ")),
                JSONMember("replica", .string(number.description)),
                JSONMember("spaces", .array(spaces.map { .string($0.name.text) })),
            ]),
            text: SafeText.line(
                "Headquarters is ready in \(headquarters.data). Next: attache hq token, "
                    + "attache hq serve"
            )
        )
    }
}

/// `attache hq token`.
struct HeadquartersToken: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Issue a token with which one desk enrols, once; it is printed alone."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Option(help: "The desk's code.")
    var desk: String

    @Option(help: "The mission; by default the desk's code in lower case.")
    var mission: String?

    @Option(
        name: [.customLong("space")],
        help: "A space besides the mission's own; without any, all-missions."
    )
    var spaces: [String] = []

    @Flag(help: "Grant every space, those to come included: for headquarters' own desk.")
    var allSpaces = false

    @Flag(help: "Retire the replica that the desk has.")
    var replace = false

    func run() throws {
        let token = try headquarters.replica().issueToken(
            desk: desk,
            mission: mission,
            spaces: spaces.isEmpty ? nil : spaces,
            hasAllSpaces: allSpaces,
            replaces: replace
        )
        try output.print(.object([JSONMember("token", .string(token.text))]), text: token.text)
    }
}

/// `attache hq serve`.
struct HeadquartersServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve desks until told to stop (SIGTERM, Ctrl-C)."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Option(
        help: ArgumentHelp(
            "The address and port; port 0 takes one that is free.",
            valueName: "host:port"
        )
    )
    var listen = "127.0.0.1:8080"

    @Flag(help: "Serve without TLS.")
    var plainHTTP = false

    @Option(
        help: ArgumentHelp(
            "The greatest attachment that is taken; 32 MB at most.",
            valueName: "size"
        )
    )
    var attachmentLimit: ByteSize?

    @Option(
        help: ArgumentHelp("How much of one desk's attachments is kept; 4 GB.", valueName: "size")
    )
    var attachmentQuota: ByteSize?

    func validate() throws {
        guard port != nil else {
            throw ValidationError("“\(listen)” is not HOST:PORT, as in 127.0.0.1:8080.")
        }
    }

    private var port: Int? {
        listen.lastIndex(of: ":").flatMap { UInt16(listen[listen.index(after: $0)...]) }
            .map(Int.init)
    }

    private var host: String {
        let host = listen.lastIndex(of: ":").map { String(listen[..<$0]) } ?? listen
        return host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    }

    func run() async throws {
        let replica = try headquarters.replica()
        var configuration = HeadquartersConfiguration(
            host: host,
            port: port ?? 0,
            allowsPlainHTTP: plainHTTP
        )
        if let attachmentLimit {
            configuration.limits.attachments.attachmentBytes = attachmentLimit.bytes
        }
        if let attachmentQuota {
            configuration.limits.attachments.deskBytes = attachmentQuota.bytes
        }
        let logger = Logger(label: "attache.hq") { StreamLogHandler.standardError(label: $0) }
        let output = output
        let service = try HeadquartersService(
            replica: replica,
            configuration: configuration,
            logger: logger
        ) { url in
            try? output.print(
                .object([JSONMember("listening", .string(url))]),
                text: "Headquarters is listening on \(url)"
            )
        }
        try replica.noteServing(true)
        do {
            try await service.runUntilSignalled()
            try replica.noteServing(false)
        } catch {
            try replica.noteServing(false)
            throw error
        }
    }
}

/// `attache hq desks`.
struct HeadquartersDesks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "desks",
        abstract: "List the desks and how far behind each is."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        let desks = try headquarters.replica().desksWithErasures()
        if output.json { return try output.print(.array(desks.map(\.json)), text: "") }
        var table = Table([
            "desk", "replica", "state", "last sync", "schema", "unacknowledged", "spaces",
        ])
        for desk in desks {
            table.append([
                desk.desk, String(desk.replica.prefix(8)), desk.state,
                desk.lastSync.map(LocalTime.text) ?? "never", desk.schema.map { "\($0)" } ?? "",
                "\(desk.unacknowledged)", desk.spaces.map(\.text).joined(separator: " "),
            ])
        }
        try output.print(table, whenEmpty: "No desk is enrolled.")
        for desk in desks where desk.unconfirmedErasures > 0 {
            try StandardStreams.print(
                "\(desk.desk) has not confirmed \(desk.unconfirmedErasures) "
                    + (desk.unconfirmedErasures == 1 ? "erasure" : "erasures")
            )
        }
        for desk in desks {
            guard let days = desk.silentDays, desk.state == "active" else { continue }
            output.warn(
                "\(desk.desk) was silent for \(days) days: what was deleted is kept until it has been here, "
                    + "or for 180 days"
            )
        }
    }
}

/// A desk and the spaces that it is granted or loses.
struct GrantOptions: ParsableArguments {
    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Option(help: ArgumentHelp("The desk's code.", valueName: "code"))
    var desk: String

    @Argument(help: "The spaces.")
    var spaces: [String]

    func set(isGranted: Bool) throws {
        var reports: [DeskReport] = []
        let replica = try headquarters.replica()
        for space in spaces {
            reports = try replica.setGrant(of: space, toDesk: desk, isGranted: isGranted)
        }
        let held = Set(reports.flatMap(\.spaces)).sorted().map(\.text)
        try output.print(
            .object([
                JSONMember("desk", .string(desk.uppercased())),
                JSONMember("spaces", .array(held.map { .string($0) })),
            ]),
            text: held.isEmpty
                ? "Desk \(desk.uppercased()) has no space any more."
                : "Desk \(desk.uppercased()) has \(held.joined(separator: ", "))."
        )
    }
}

/// `attache hq grant`.
struct HeadquartersGrant: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Grant spaces to a desk: it gets them with its next sync."
    )

    @OptionGroup var options: GrantOptions

    func run() throws { try options.set(isGranted: true) }
}

/// `attache hq revoke`.
struct HeadquartersRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take spaces from a desk: nothing of them is given to it or taken from it.",
        discussion: """
            With its next sync the desk removes them from its machine. What it had not sent yet it keeps in a file \
            for headquarters, which attache hq admit takes in.
            """
    )

    @OptionGroup var options: GrantOptions

    func run() throws { try options.set(isGranted: false) }
}

/// `attache hq admit`.
struct HeadquartersAdmit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admit",
        abstract: "Take in what a desk had not sent when a space was taken from it.",
        discussion: """
            The desk writes the file when it leaves the space, and names it in what attache sync prints. It may be \
            taken in twice: the second time nothing changes.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Argument(help: "The file.", completion: .file())
    var file: String

    func run() throws {
        let opened = try headquarters.replica().open(file, isAdmitted: true)
        var text =
            "\(opened.space.text), from desk \(opened.desk): \(opened.records) records in the file, "
            + "\(opened.merged) of them new or changed here"
        if !opened.leftOut.isEmpty {
            text +=
                "; \(opened.leftOut.count) left out, by replicas that headquarters does not know"
        }
        try output.print(
            .object([
                JSONMember("desk", .string(opened.desk)),
                JSONMember("space", .string(opened.space.text)),
                JSONMember("records", .number(opened.records)),
                JSONMember("merged", .number(opened.merged)),
                JSONMember("left_out", .number(opened.leftOut.count)),
                JSONMember("conflicts", .number(opened.newConflicts)),
            ]),
            text: SafeText.line(text)
        )
    }
}

/// `attache hq retire`.
struct HeadquartersRetire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Retire a desk's replica: it gets nothing more, and what it sends is refused.",
        discussion: """
            A replica that was restored or copied is listed beside the one that it was; retire the one \
            that is no longer at work.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Argument(help: "The desk's code, where it has one replica, or the replica's first digits.")
    var desk: String

    func run() throws {
        let retired = try headquarters.replica().retire(desk)
        try output.print(
            .object([
                JSONMember("desk", .string(retired.desk)),
                JSONMember("replica", .string(retired.replica)),
            ]),
            text: "The replica \(retired.replica.prefix(8)) of desk \(retired.desk) is retired."
        )
    }
}

/// `attache hq compact`.
struct HeadquartersCompact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Give up for good what every active desk has seen deleted.",
        discussion: """
            A server does it once an hour by itself. A desk that was silent for 180 days is dormant from then \
            on: nobody waits for it, and it is told what it has missed when it comes back. Changes that everybody \
            has seen and that are 180 days old move from the journal to headquarters.journal beside it.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        let report = try headquarters.replica().compact()
        var lines = [
            "\(report.collected.records) deleted records given up, "
                + "\(report.collected.thinned) records thinned"
        ]
        if report.attachments.count > 0 {
            lines.append(
                "\(report.attachments.count) attachments that no record names any more freed, "
                    + ByteSize(report.attachments.bytes).text
            )
        }
        if report.archived.changes > 0 {
            lines.append(
                "\(report.archived.changes) changes and \(report.archived.versions) replaced values moved "
                    + "to the archive"
            )
        }
        if !report.dormant.isEmpty {
            lines.append("dormant from now on: \(report.dormant.joined(separator: ", "))")
        }
        try output.print(report.json, text: lines.joined(separator: "\n"))
    }
}

/// `attache hq audit`.
struct HeadquartersAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Go through the journal and its archive; exits with 5 if anything is missing."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        let report = try headquarters.replica().audit()
        var lines = report.problems.map { output.style.bad("ill  ") + SafeText.line($0) }
        if lines.isEmpty {
            let archived = report.archive.map { ", \($0.changes) of them in the archive" } ?? ""
            lines.append("\(report.changes) changes\(archived): none is missing")
        }
        try output.print(report.json, text: lines.joined(separator: "\n"))
        if !report.problems.isEmpty { throw ExitCode.refused }
    }
}

/// `attache hq status`.
struct HeadquartersStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how headquarters stands."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        let status = try headquarters.replica().status()
        var lines = [
            "\(status.records) records, \(status.desks) desks, \(status.conflicts) conflicts",
            status.uptimeSeconds.map { "serving for \($0) s" } ?? "not serving",
        ]
        for space in status.spaces {
            lines.append("  \(space.name)  \(space.records) records  \(space.fingerprint.hex)")
        }
        try output.print(status.json, text: lines.joined(separator: "\n"))
    }
}

/// `attache hq backup`.
struct HeadquartersBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a consistent copy while headquarters serves."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Argument(help: "The file to write.", completion: .file())
    var file: String

    func run() throws {
        let replica = try headquarters.replica()
        try replica.store.copy(to: file)
        if let archive = try replica.archive() {
            try archive.copy(to: JournalArchive.path(ofStoreAt: file))
            try archive.close()
        }
        let copy = try ReplicaStore(opening: file, schema: .chosen())
        let records = try copy.read { try $0.recordCount() }
        copy.checkpoint()
        try copy.close()
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
        let bytes = size?.intValue ?? 0
        try output.print(
            .object([
                JSONMember("file", .string(file)), JSONMember("bytes", .number(bytes)),
                JSONMember("records", .number(records)),
            ]),
            text: SafeText.line("\(file): \(records) records, \(bytes) bytes")
        )
    }
}

/// `attache hq restore`.
struct HeadquartersRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in headquarters' place; what is there now is kept beside it.",
        discussion: """
            Stop the server first. The desks send again what headquarters lost, each at its next sync; \
            for 30 days, and until each has done so, any desk may send what others wrote.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Argument(help: "The file that attache hq backup wrote.", completion: .file())
    var file: String

    func run() throws {
        let path = headquarters.path
        let kept = try ReplicaStore.restore(file, to: path, schema: try .chosen())
        // An archive that is there has all that the backup's has, and more.
        let archive = JournalArchive.path(ofStoreAt: path)
        let saved = JournalArchive.path(ofStoreAt: file)
        if !FileManager.default.fileExists(atPath: archive),
            FileManager.default.fileExists(atPath: saved)
        {
            try FileManager.default.copyItem(atPath: saved, toPath: archive)
        }
        let replica = try headquarters.replica(saysSo: false)
        let records = try replica.store.read { try $0.recordCount() }
        let aside = kept.map { " What was there is kept at \($0)." } ?? ""
        try output.print(
            .restored(records, to: path, kept: kept),
            text: SafeText.line(
                "\(records) records are restored; the desks send again what is missing.\(aside)"
            )
        )
    }
}
