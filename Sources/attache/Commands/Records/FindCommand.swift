import ArgumentParser
import DeskWork

/// `attache find`: records by what they say.
struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Find records by words, in any script, the best first.",
        discussion: """
            attache find malik battery
            attache find "عائشہ" --kind contact
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: ArgumentHelp("Words, or their beginnings.", valueName: "text"))
    var words: [String]

    @Option(help: "Only records of this kind.")
    var kind: String?

    @Option(help: ArgumentHelp("At most so many.", valueName: "count"))
    var limit = 50

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() throws {
        let desk = try replica.desk()
        let text = words.joined(separator: " ")
        if output.json {
            let records = try desk.findRecords(text, kind: kind, limit: limit)
            return try output.printLines(records.lazy.map { $0.json() })
        }
        let found = try desk.find(text, kind: kind, limit: limit)
        guard !found.isEmpty else { return try StandardStreams.print("Nothing is found.") }
        try StandardStreams.print(found.map(lines).joined(separator: "\n"))
    }

    private func lines(of found: FoundRecord) -> String {
        let style = output.style
        let snippet = found.snippet.map { piece in
            let text = SafeText.line(piece.text)
            return piece.isMatch ? style.difference(text) : text
        }.joined()
        return "\(style.bold(SafeText.line(found.id)))  \(SafeText.line(found.title))"
            + "  \(style.dim(found.kindName))\n    \(SafeText.line(found.field)): \(snippet)"
    }
}
