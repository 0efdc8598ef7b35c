import ArgumentParser
import DeskSync
import DeskWork
import RecordModel
import SyncProtocol

/// `attache enrol`: join headquarters.
struct EnrolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enrol",
        abstract: "Make this replica known to headquarters, with the token it issued.",
        discussion: "attache enrol --hq http://127.0.0.1:8080 --token att1-…"
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Option(
        name: [.customLong("hq")],
        help: ArgumentHelp("Where headquarters is.", valueName: "url")
    )
    var url: String

    @Option(help: "The token that headquarters issued for this desk.")
    var token: String

    func run() async throws {
        let store = try replica.store()
        let response = try await SyncClient().enrol(store, at: url, token: token)
        let status = try Desk(store: store).status()
        let spaces = response.spaces.map(\.text).joined(separator: ", ")
        try output.print(
            .deskSummary(status),
            text: SafeText.line(
                "Desk \(status.desk) is enrolled. Spaces: \(spaces). Exchange with: attache sync"
            )
        )
    }
}
