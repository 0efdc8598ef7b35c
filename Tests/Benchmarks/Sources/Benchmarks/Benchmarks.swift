import ArgumentParser
import Foundation

/// Measures the product beside raw SQLite and zlib doing the same in the same run.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures import and sync as ratios to raw SQLite and zlib in the same run.",
        subcommands: [
            MeasureCommand.self, RecordsCommand.self, RawCommand.self, EditsCommand.self,
            ExchangeCommand.self, FindCommand.self, FleetCommand.self, StagesCommand.self,
            DictionaryCommand.self, LinkageCommand.self, YearCommand.self,
        ],
        defaultSubcommand: MeasureCommand.self
    )
}

/// The writing of the records, in a process of its own: a child's peak of memory begins with its
/// parent's, so that the one that measures holds nothing.
struct RecordsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "records", shouldDisplay: false)

    @Argument var count: Int
    @Argument var output: String
    @Option var from: String?

    func run() throws {
        let file = URL(fileURLWithPath: output)
        try Workload.prepare(count: count, from: from, at: file)
    }
}

/// The raw work on a file, in a process of its own.
struct RawCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "raw", shouldDisplay: false)

    @Argument var file: String
    @Argument var path: String

    func run() throws {
        let workload = try Workload(URL(fileURLWithPath: file))
        print(try RawWork(workload, at: path).json.text)
    }
}

/// All measurements.
struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "measure")

    @Option(name: .customLong("records"), help: "How many records; several sizes by a comma.")
    var sizes = "20000,100000"

    @Option(help: "Records as JSON Lines of the product, instead of generated ones.")
    var file: String?

    @Option(help: "How often each time is taken; the median is shown.")
    var runs = 5

    @Option(help: "The attache program that is measured.")
    var attache: String?

    @Flag(help: "Count the instructions of a small exchange; needs valgrind.")
    var instructions = false

    @Option(help: "Where the results go, as JSON.")
    var output = "benchmarks.json"

    func run() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("attache-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try Program(path: attache ?? Self.neighbour("attache"))
        var report = Report()
        for size in sizes.split(separator: ",").compactMap({ Int($0) }) {
            let records = folder.appendingPathComponent("records-\(size).jsonl")
            let source = file.map { ["--from", $0] } ?? []
            let child = try Child(
                path: CommandLine.arguments[0],
                arguments: ["records", String(size), records.path] + source
            )
            _ = try child.wait()
            let bench = RecordBench(
                size: size,
                file: records,
                program: program,
                folder: folder,
                countsInstructions: instructions
            )
            try bench.run(runs: runs, into: &report)
            report.print(size: size)
        }
        try FleetBench(program: program, folder: folder).run(into: &report)
        report.print(size: FleetBench.desks * FleetBench.changes)
        try report.json.write(toFile: output, atomically: true, encoding: .utf8)
        print("\nwritten to \(output)")
    }

    /// The program that was built beside this one.
    private static func neighbour(_ name: String) -> String {
        URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent(name).path
    }
}
