import ArgumentParser
import DeskWork
import Foundation
import Interchange
import RecordModel

/// `attache duplicates`: pairs of records that may be one.
struct DuplicatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates",
        abstract: "List pairs of records that may be one, the surest first, and why.",
        discussion: """
            The score is in bits: ten make it a thousand times likelier that two are one. Nothing is \
            changed. attache merge joins two; attache not-same remembers that they are two.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Option(help: "Only contacts, or only organisations.")
    var kind: String?

    @Option(help: ArgumentHelp("At most so many pairs.", valueName: "count"))
    var limit: Int?

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() throws {
        let pairs = try replica.desk().duplicates(kind: kind, limit: limit)
        try output.print(
            .array(pairs.map(\.json)),
            text: pairs.isEmpty
                ? "No two records look like one." : pairs.map(text).joined(separator: "\n")
        )
    }

    private func text(of pair: DuplicatePair) -> String {
        let style = output.style
        let isProposed = pair.comparison.verdict == .same
        let word = isProposed ? style.bold("the same") : "look"
        let score = String(format: "%.1f", pair.comparison.score)
        let evidence = pair.comparison.evidence.map { evidence in
            let sign = evidence.weight < 0 ? "" : "+"
            return "\(evidence.field) \(evidence.level) \(sign)"
                + String(format: "%.1f", evidence.weight)
        }
        return """
            \(label(pair.first))  =?  \(label(pair.second))  \(word) \(score)
                \(style.dim(SafeText.line(evidence.joined(separator: " · "))))
            """
    }

    private func label(_ record: RecordLabel) -> String {
        let style = output.style
        return "\(style.bold(SafeText.line(record.id))) \(SafeText.line(record.title))"
            + " \(style.dim(SafeText.line("(\(record.space))")))"
    }
}
