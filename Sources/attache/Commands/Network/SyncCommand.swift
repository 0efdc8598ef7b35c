import ArgumentParser
import DeskSync
import DeskWork
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol

/// `attache sync`: exchange with headquarters.
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Send what is new here and take what is new elsewhere, in one exchange.",
        discussion: """
            What was exchanged stays if the link breaks; run it again and it goes on from there.
            “verified” means that both sides have proven to hold the same.

            Attachments follow the records: those that headquarters lacks are sent, those under a size \
            (attache config attachments-under) fetched; larger ones with attache fetch.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Option(
        name: [.customLong("hq")],
        help: ArgumentHelp("Where headquarters is from now on.", valueName: "url")
    )
    var url: String?

    @Flag(help: "Say what would be sent, and send nothing.")
    var dryRun = false

    @Flag(help: "Compare every record with headquarters', and mend what differs.")
    var verify = false

    @Flag(help: "Exchange the records alone.")
    var noAttachments = false

    @Option(
        help: ArgumentHelp("Fetch attachments up to this size, this time.", valueName: "size")
    )
    var attachmentsUnder: ByteSize?

    @Flag(help: "Exit with 3 when conflicts are waiting afterwards.")
    var failOnConflict = false

    func run() async throws {
        let store = try replica.store()
        var settings = SyncSettings(onEvent: tell)
        settings.comparesAll = verify
        let limit = try attachmentsUnder?.bytes ?? Desk(store: store).attachmentsUnder()
        settings.attachments = noAttachments ? .none : .under(limit)
        let client = SyncClient(settings: settings)
        if dryRun {
            let pending = try client.pending(in: store)
            return try output.print(
                .object([
                    JSONMember(
                        "sent",
                        .object([
                            JSONMember("changes", .number(pending.changes)),
                            JSONMember("records", .number(pending.records)),
                        ])
                    )
                ]),
                text: "Would send \(Self.count(pending.changes, "change")) of "
                    + "\(Self.count(pending.records, "record"))."
            )
        }
        let report = try await client.sync(store, at: url)
        let desk = try Desk(store: store)
        let open = try desk.conflictCount()
        try output.print(json(of: report, open), text: text(of: report, open))
        if let failure = report.failure { throw failure }
        if failOnConflict, open > 0 { throw ExitCode.conflicts }
    }

    private func tell(_ event: SyncEvent) {
        switch event {
        case .waiting(let failure, let seconds, let attempt):
            output.warn(
                "\(ErrorReport(failure).message); trying again in "
                    + "\(Int(seconds.rounded(.up))) s (attempt \(attempt + 1))"
            )
        case .progressed(let report):
            let summary = report.summary
            guard report.roundTrips > 1 else { return }
            output.warn(
                "sent \(summary.sentRecords), received \(summary.receivedRecords) records so far"
            )
        case .movedAttachments(let bytes, let total):
            output.warn("attachments: \(ByteSize(bytes).text) of \(ByteSize(total).text)")
        }
    }

    private func json(of report: SyncReport, _ open: Int) -> JSONValue {
        func counts(_ changes: Int, _ records: Int) -> JSONValue {
            .object([
                JSONMember("changes", .number(changes)), JSONMember("records", .number(records)),
            ])
        }
        let summary = report.summary
        var members = [
            JSONMember("sent", counts(summary.sentChanges, summary.sentRecords)),
            JSONMember("received", counts(summary.receivedChanges, summary.receivedRecords)),
            JSONMember(
                "conflicts",
                .object([
                    JSONMember("new", .number(summary.newConflicts)),
                    JSONMember("open", .number(open)),
                ])
            ),
            JSONMember("refused", .array(summary.refusals.map(json))),
            JSONMember(
                "bytes",
                .object([
                    JSONMember("sent", .number(report.bytesSent)),
                    JSONMember("received", .number(report.bytesReceived)),
                ])
            ),
            JSONMember("round_trips", .number(report.roundTrips)),
            JSONMember("mended", .number(report.mended)),
            JSONMember("damaged", .number(report.damaged)),
            JSONMember("attachments", report.attachments.json),
            JSONMember("compacted_changes", .number(report.compacted.changes)),
            JSONMember("verified", .bool(report.isVerified)),
            JSONMember("seconds", .number(String(format: "%.3f", report.seconds))),
        ]
        if !report.departures.isEmpty {
            members.append(JSONMember("revoked", .array(report.departures.map(json))))
        }
        return .object(members)
    }

    private func json(of departure: Departure) -> JSONValue {
        var members = [
            JSONMember("space", .string(departure.space.text)),
            JSONMember("removed", .number(departure.removed)),
            JSONMember("kept", .number(departure.kept.records)),
        ]
        if let file = departure.file { members.append(JSONMember("file", .string(file))) }
        return .object(members)
    }

    private func json(of refusal: Refusal) -> JSONValue {
        let (id, field) = names(of: refusal)
        return .object([
            JSONMember("id", .string(id)), JSONMember("field", .string(field)),
            JSONMember("code", .string(refusal.code)),
            JSONMember("message", .string(refusal.message)),
        ])
    }

    /// The names of a refusal's record and field, its numbers where the record cannot be read.
    private func names(of refusal: Refusal) -> (id: String, field: String) {
        let view = try? replica.desk().show(refusal.uid.description)
        let field = view?.kind.field(number: refusal.key.number)?.name
        return (view?.id ?? refusal.uid.description, field ?? "#\(refusal.key.number)")
    }

    private func text(of report: SyncReport, _ open: Int) -> String {
        let style = output.style
        let summary = report.summary
        func records(_ count: Int) -> String { Self.count(count, "record") }
        var lines = [
            "sent \(Self.count(summary.sentChanges, "change")) of \(records(summary.sentRecords)), "
                + "received \(summary.receivedChanges) of \(records(summary.receivedRecords))",
            "\(report.bytesSent) bytes out, \(report.bytesReceived) in, "
                + "\(report.roundTrips) round trip\(report.roundTrips == 1 ? "" : "s"), "
                + String(format: "%.1f s", report.seconds),
        ]
        if summary.hasNewActors {
            lines.append(
                style.warning(
                    "this replica had been put back or copied: it goes on under a new identity, and "
                        + "what both wrote is kept"
                )
            )
        }
        if report.mended > 0 {
            lines.append(
                style.warning(
                    "\(records(report.mended)) differed or had been damaged on the disk, and came whole"
                )
            )
        }
        if report.damaged > 0 {
            lines.append(
                style.bad(
                    "\(records(report.damaged)) damaged on the disk, and headquarters has no other copy: "
                        + "attache doctor names them, a backup may hold them"
                )
            )
        }
        for refusal in summary.refusals {
            let (id, field) = names(of: refusal)
            lines.append(
                style.warning(
                    SafeText.line(
                        "refused: \(id) \(field): \(refusal.message); attache review shows it"
                    )
                )
            )
        }
        if open > 0 {
            let new = summary.newConflicts > 0 ? ", \(summary.newConflicts) of them new" : ""
            let waiting = open == 1 ? "1 conflict waits" : "\(open) conflicts wait"
            lines.append(style.warning("\(waiting)\(new): attache review decides them"))
        }
        lines += report.departures.map { style.warning(Self.sentence($0)) }
        for (space, standing) in summary.standings.sorted(by: { $0.key < $1.key }) {
            if let sentence = Self.sentence(standing) {
                lines.append(style.warning("\(space.text): \(sentence)"))
            }
        }
        if let skew = report.clockSkew, abs(skew) > 120_000 {
            lines.append(
                style.warning("this clock is \(abs(skew) / 1000) s off headquarters'; set it right")
            )
        }
        lines += report.attachments.lines(style)
        if report.compacted.changes > 0 {
            lines.append(
                "\(Self.count(report.compacted.changes, "change")) of more than half a year ago left this "
                    + "journal, since everybody has them; headquarters keeps the history"
            )
        }
        if report.isVerified { lines.append(style.bold("verified")) }
        return lines.joined(separator: "\n")
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }

    private static func sentence(_ departure: Departure) -> String {
        var text =
            "\(departure.space.text): headquarters took this space from this desk; "
            + "\(count(departure.removed, "record")) of it removed here"
        if let file = departure.file {
            text +=
                "; \(count(departure.kept.records, "record")) with changes that headquarters may lack "
                + "are in \(file): give it to headquarters (attache hq admit)"
        }
        if departure.kept.leavesOut { text += "; a record that the disk has damaged is not in it" }
        return SafeText.line(text)
    }

    private static func sentence(_ standing: SpaceStanding) -> String? {
        switch standing {
        case .verified: nil
        case .busy: "changed while the exchange ran; the next one compares"
        case .diverged: "both sides know the same and differ"
        case .notGranted: "not granted to this desk; nothing of it was sent"
        case .revoked: nil
        case .forked:
            "the two sides hold different histories that could not be set apart; nothing was merged"
        case .forged: "changes that are not this desk's to write were left out"
        case .damaged: "a record that the disk has changed was not sent"
        }
    }
}
