import ArgumentParser
import DeskSync
import DeskWork
import RecordModel
import RecordStorage
import SyncEngine

/// `attache fetch`: attachments that sync left at headquarters.
struct FetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Get a record's attachments from headquarters, whatever their size.",
        discussion: """
            If the link breaks, what came stays; run it again and it goes on from there.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record.")
    var id: String

    @Argument(help: "One attachment's name, or the first digits of its hash; by default all.")
    var attachment: String?

    func run() async throws {
        let store = try replica.store()
        let desk = try Desk(store: store)
        let views =
            try attachment.map { [try desk.attachment(of: id, named: $0)] }
            ?? desk.attachments(of: id)
        let output = output
        let settings = SyncSettings { event in
            switch event {
            case .waiting(let failure, let seconds, let attempt):
                output.warn(
                    "\(ErrorReport(failure).message); trying again in "
                        + "\(Int(seconds.rounded(.up))) s (attempt \(attempt + 1))"
                )
            case .movedAttachments(let bytes, let total):
                output.warn("\(ByteSize(bytes).text) of \(ByteSize(total).text)")
            case .progressed: break
            }
        }
        let report = try await SyncClient(settings: settings)
            .fetch(Array(Set(views.map(\.hash))), into: store)
        let lines = report.lines(output.style)
        try output.print(
            report.json,
            text: lines.isEmpty
                ? views.isEmpty ? "There are no attachments." : "Everything is here."
                : lines.joined(separator: "\n")
        )
        if let failure = report.failure { throw failure }
        let wanted = Set(views.map(\.hash))
        if !wanted.isDisjoint(with: report.summary.missing) {
            throw ErrorReport(
                .notHere,
                "headquarters does not have all of them yet",
                hint: "Who attached them sends them with the next sync."
            )
        }
        if let refusal = report.summary.refusals.first {
            throw SyncFailure.refused(code: refusal.code, reason: refusal.sentence)
        }
    }
}
