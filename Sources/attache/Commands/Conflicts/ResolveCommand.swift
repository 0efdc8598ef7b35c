import ArgumentParser
import DeskWork
import RecordModel

/// `attache resolve`: decisions by a script.
struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve",
        abstract: "Decide a conflict, or many at once.",
        discussion: """
            attache resolve ber-214 employer --take 1
            attache resolve ber-214 employer --value "Max Delbrück Center"
            attache resolve 'ber-214' 'phones[+493012345]' --both
            attache resolve --all --take newest --where city=Berlin --dry-run
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The record.")
    var id: String?

    @Argument(help: "The field; FIELD[ITEM] for one item of a set.")
    var field: String?

    @Option(
        help: ArgumentHelp(
            "The version of this number; with --all newest, mine or desk:CODE.",
            valueName: "n"
        )
    )
    var take: String?

    @Flag(help: "What stood there before.")
    var base = false

    @Option(help: ArgumentHelp("Another value; empty clears.", valueName: "value"))
    var value: String?

    @Flag(help: "Both versions, of sets and texts.")
    var both = false

    @Option(help: "Why, for the history.")
    var reason: String?

    @Flag(help: "Decide every conflict.")
    var all = false

    @Option(
        name: [.customLong("where")],
        help: ArgumentHelp("With --all, only of records that fit.", valueName: "expression")
    )
    var conditions: [String] = []

    @Flag(help: "With --all, say what would be decided and write nothing.")
    var dryRun = false

    func validate() throws {
        let choices = [take != nil, base, value != nil, both].count { $0 }
        guard choices == 1 else {
            throw ValidationError("Choose one of --take, --base, --value and --both.")
        }
        if all {
            guard id == nil, field == nil else {
                throw ValidationError("--all names no record; narrow it with --where.")
            }
            guard take.flatMap(BulkChoice.init) != nil else {
                throw ValidationError("--all needs --take newest, mine or desk:CODE.")
            }
            guard reason == nil else { throw ValidationError("--reason is of one decision.") }
        } else {
            guard id != nil, field != nil else {
                throw ValidationError("Name the record and the field, or --all.")
            }
            guard conditions.isEmpty, !dryRun else {
                throw ValidationError("--where and --dry-run go with --all.")
            }
            guard take == nil || take.flatMap({ Int($0) }) != nil else {
                throw ValidationError("--take needs the number of a version.")
            }
        }
    }

    func run() throws {
        let desk = try replica.desk()
        if all, let choice = take.flatMap(BulkChoice.init) {
            return try printAll(
                desk.resolveAll(choice, where: conditions, isDryRun: dryRun)
            )
        }
        guard let id, let field else { return }
        try output.print(desk.resolve(id, field, choice, reason: reason), "decided")
    }

    private var choice: ConflictChoice {
        if let number = take.flatMap({ Int($0) }) { return .take(number) }
        if let value { return .value(value) }
        return base ? .base : .both
    }

    private func printAll(_ decisions: [BulkDecision]) throws {
        let lines = decisions.map { decision in
            let conflict = decision.conflict
            let place = conflict.item.map { "\(conflict.field)[\($0)]" } ?? conflict.field
            let taken = conflict.siblings.first { $0.n == decision.taken }
            let what =
                taken.map { "\($0.n) “\($0.text)” by \($0.provenance.by), \($0.provenance.desk)" }
                ?? "left for review: no version fits"
            return SafeText.line("\(conflict.id) \(place): \(what)")
        }
        let count = decisions.count { $0.taken != nil }
        let verb = dryRun ? "would be decided" : "decided"
        try output.print(
            .array(decisions.compactMap { $0.receipt?.json }),
            text: (lines + ["\(count) of \(decisions.count) \(verb)."]).joined(separator: "\n")
        )
    }
}
