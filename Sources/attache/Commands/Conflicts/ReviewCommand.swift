import ArgumentParser
import DeskWork

/// `attache review`: decides conflicts with single keys.
struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Decide conflicts, one at a time, with single keys.",
        discussion: """
            Nothing is written until a key is pressed; each decision is one change and can be \
            taken back.

            \(ReviewSession.help)

            With --plain, or where standard input is no terminal, each line of input is one key:

            printf '1\\ns\\n' | attache review --plain
            """
    )

    @OptionGroup var replica: ReplicaOptions

    @Option(help: "Only those of this kind of record.")
    var kind: String?

    @Option(help: "Only those in this space.")
    var space: String?

    @Flag(help: "Print lines and read keys from lines.")
    var plain = false

    @Option(help: ArgumentHelp("When to use colours: auto, always or never.", valueName: "when"))
    var color = ColorChoice.auto

    func run() throws {
        let desk = try replica.desk()
        let session = try ReviewSession(desk, kind: kind, space: space)
        guard session.current != nil else {
            return try StandardStreams.print(session.summary)
        }
        let isScreen = Platform.isTerminal(0) && Platform.isTerminal(1) && !plain
        let style = Style(isEnabled: color == .always || (color == .auto && isScreen))
        if isScreen, var screen = ScreenReview(session, style: style) {
            return try screen.run()
        }
        var review = PlainReview(session: session, style: style)
        try review.run()
    }
}
