import ArgumentParser
import DeskWork
import Foundation
import HeadquartersServer
import Logging
import RecordModel
import RecordStorage
import ReplicaSync

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
