import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync

/// The stages of the work in one process, with no network between: what `perf record` and valgrind look at.
///
/// Seconds of the processor are near the same on a busy machine; those of the clock are not.
struct StagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stages",
        abstract: "Runs import, first sync and edits in this process, and prints what each takes."
    )

    @Argument(help: "Records as JSON Lines of the product, of kind contact.")
    var file: String

    @Option(help: "How many of them.")
    var records = 20_000

    @Option(help: "How many fields are edited, each in a commit of its own.")
    var edits = 1_000

    @Flag(help: "Stop after the import.")
    var importOnly = false

    func run() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("attache-stages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appendingPathComponent("records.jsonl")
        try Workload.prepare(count: records, from: file, at: source)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let headquarters = try HeadquartersReplica.create(at: path("headquarters"))
        let writer = try SmallExchanges.desk("BER", at: path("writer"), of: headquarters)
        let reader = try SmallExchanges.desk(
            "ALL",
            at: path("reader"),
            of: headquarters,
            hasAllSpaces: true
        )
        let officer = try Desk(store: writer.store)
        try Self.stage("import") {
            _ = try officer.importFiles(ImportOptions(files: [source.path]))
        }
        if importOnly { return }
        try Self.stage("first push") { _ = try ExchangeBench(headquarters, writer) }
        try Self.stage("first sync of another desk") {
            _ = try ExchangeBench(headquarters, reader)
        }
        try Self.stage("\(edits) durable edits") {
            for number in 1...edits {
                guard let assignment = FieldAssignment("position=Dean \(number)") else { return }
                _ = try officer.set("ber-\(number)", [assignment])
            }
        }
        try Self.stage("their exchange") {
            let exchange = try ExchangeBench(headquarters, writer)
            print("  \(exchange.requestBytes) B; to make the request: \(exchange.requestCPU) s")
        }
        try Self.stage("their way to another desk") { _ = try ExchangeBench(headquarters, reader) }
    }

    private static func stage(_ name: String, _ work: () throws -> Void) rethrows {
        let start = ContinuousClock.now
        let before = clock()
        try work()
        let cpu = Double(clock() - before) / Double(CLOCKS_PER_SEC)
        let seconds = start.duration(to: .now) / .seconds(1)
        print(String(format: "%@: %.3f s of the processor, %.3f s", name, cpu, seconds))
    }
}
