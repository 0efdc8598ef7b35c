import ArgumentParser
import DeskWork
import RecordModel

/// `attache conflicts`: what waits for a decision.
struct ConflictsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "List what waits for a decision, the oldest first; exits with 3 when any does.",
        discussion: "attache review goes through them; attache resolve decides one."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "Only those of this record.")
    var id: String?

    @Option(help: "Only those of this field.")
    var field: String?

    @Option(help: "Only those of this kind of record.")
    var kind: String?

    @Option(help: "Only those in this space.")
    var space: String?

    @Flag(help: "List instead what a policy of the schema settled without a person.")
    var settled = false

    @Flag(help: "List instead what headquarters took back, since it is no value of the field.")
    var refused = false

    func validate() throws {
        if settled, refused {
            throw ValidationError("--settled and --refused exclude each other.")
        }
        if refused, id != nil { throw ValidationError("--refused lists all records.") }
    }

    func run() throws {
        let desk = try replica.desk()
        if refused {
            let list = try desk.refusedEdits(field: field, kind: kind, space: space)
            return try output.print(
                .array(list.map(\.json)),
                text: list.isEmpty ? "Nothing was taken back." : text(of: list)
            )
        }
        if settled {
            let list = try desk.settledConflicts(of: id, field: field, kind: kind, space: space)
            return try output.print(
                .array(list.map(\.json)),
                text: list.isEmpty
                    ? "Nothing was settled by a policy."
                    : list.map(text).joined(separator: "\n\n")
            )
        }
        let list = try desk.conflicts(of: id, field: field, kind: kind, space: space)
        try output.print(
            .array(list.map(\.json)),
            text: list.isEmpty
                ? "No conflicts are waiting."
                : text(of: list)
        )
        if !list.isEmpty { throw ExitCode.conflicts }
    }

    private var layout: ConflictText {
        ConflictText(style: output.style, width: output.width ?? 100)
    }

    private func text(of list: [Conflict]) -> String {
        list.map { layout.text(of: $0).joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func text(of settled: SettledConflict) -> String {
        let shown = settled.shown.map { $0.string ?? $0.text } ?? "cleared"
        let outcome = "  shown: \(shown) (policy \(settled.policy.rawValue))"
        return (layout.text(of: settled.conflict) + [SafeText.line(outcome)]).joined(
            separator: "\n"
        )
    }
}
