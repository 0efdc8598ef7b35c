import ArgumentParser
import RecordModel
import ReplicaSync
import SyncProtocol

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
