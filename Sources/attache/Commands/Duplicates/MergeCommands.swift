import ArgumentParser
import DeskWork

/// `attache merge`: two records are one.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make one record of two: the second becomes another name of the first.",
        discussion: """
            What only the second has goes over; sets are joined; what differs is listed and left for \
            you to decide. attache unmerge takes it back at any time.

            attache merge ber-214 lon-7 --dry-run
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record that stays.")
    var keep: String

    @Argument(help: "The record that goes into it.")
    var other: String

    @Flag(help: "Say what would happen, and change nothing.")
    var dryRun = false

    func run() throws {
        let result = try replica.desk().merge(keep, other, isDryRun: dryRun)
        try output.print(result.json, text: text(of: result))
    }

    private func text(of result: MergeResult) -> String {
        let style = output.style
        let names = SafeText.line("\(result.merged) into \(result.receipt.id)")
        let change = result.receipt.change.map { "  " + style.dim(SafeText.line($0)) } ?? ""
        var lines = [dryRun ? "would merge \(names)" : "merged \(style.bold(names))\(change)"]
        for value in result.taken {
            let before = value.kept.map { " (was \($0))" } ?? ""
            lines.append(SafeText.line("  + \(value.field): \(value.other)\(before)"))
        }
        for value in result.differences {
            let kept = value.kept ?? "nothing"
            lines.append(
                style.warning(
                    SafeText.line(
                        "  ! \(value.field): \(kept) stays, \(result.merged) says \(value.other)"
                    )
                )
            )
        }
        if !result.spacesLeft.isEmpty {
            let spaces = result.spacesLeft.joined(separator: ", ")
            let what = "what \(result.merged) holds in \(spaces) stays there, and is shown beside"
            lines.append(style.dim(SafeText.line("  " + what)))
        }
        if !dryRun {
            lines.append(
                style.dim(SafeText.line("attache unmerge \(result.merged) takes it back."))
            )
        }
        return lines.joined(separator: "\n")
    }
}

/// `attache unmerge`: takes a merge back.
struct UnmergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unmerge",
        abstract: "Take a merge back: the record stands for itself again.",
        discussion: "What was edited since the merge stays as it is."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The merged record.")
    var id: String

    func run() throws {
        let result = try replica.desk().unmerge(id)
        for place in result.kept {
            output.warn("left as it is, since it was edited since: \(place)")
        }
        let name = output.style.bold(SafeText.line(result.receipt.id))
        let change = result.receipt.change.map { "  " + output.style.dim(SafeText.line($0)) } ?? ""
        try output.print(
            result.json,
            text: "\(name) is apart from \(SafeText.line(result.survivor)) again\(change)"
        )
    }
}

/// `attache not-same`: two records are two.
struct NotSameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "not-same",
        abstract: "Remember that two records are two, so that no desk is asked again.",
        discussion: "attache undo with the change that it prints takes it back."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The one record.")
    var first: String

    @Argument(help: "The other.")
    var second: String

    @Option(help: ArgumentHelp("Why, for whoever asks again.", valueName: "reason"))
    var because: String?

    func run() throws {
        let receipt = try replica.desk().notSame(first, second, because: because)
        let change = receipt.change.map { "  " + output.style.dim(SafeText.line($0)) } ?? ""
        try output.print(
            receipt.json,
            text: SafeText.line("\(first) and \(second) are two") + change
        )
    }
}
