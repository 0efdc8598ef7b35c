import Foundation
import RecordModel

/// Import, first sync and small syncs of one number of records.
///
/// Runs are interleaved: each round does the raw work and ours once, so that a slow moment of the
/// machine falls on both.
struct RecordBench {
    let workload: Workload
    let program: Program
    let folder: URL

    private var size: Int { workload.rows.count }

    func run(runs: Int, into report: inout Report) throws {
        var raw: [Double] = []
        var rawBytes = 0
        var lines: [Double] = []
        var columns: [Double] = []
        var deflatedLines = 0
        var deflatedColumns = 0
        var imports: [Usage] = []
        var importBytes = 0
        var pushes: [Sync] = []
        var pulls: [Sync] = []
        var servers: [Usage] = []
        var small: [SmallSyncs] = []
        for _ in 0..<runs {
            let place = folder.appendingPathComponent("round")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: place) }
            let timed = try Self.time {
                try RawWork.insert(workload, at: place.appendingPathComponent("raw").path)
            }
            raw.append(timed.seconds)
            rawBytes = timed.value
            let whole = Self.time { RawWork.deflate(workload.lines) }
            lines.append(whole.seconds)
            deflatedLines = whole.value
            let blocks = Self.time { RawWork.deflateColumns(workload) }
            columns.append(blocks.seconds)
            deflatedColumns = blocks.value

            let ministry = Ministry(program: program, folder: place)
            try ministry.prepare()
            imports.append(try ministry.importRecords(workload.file))
            importBytes = try RawWork.fileSize(ministry.path("ber"))
            try ministry.serve()
            pushes.append(try ministry.sync("ber"))
            servers.append(try ministry.restart())
            pulls.append(try ministry.sync("lon"))
            small.append(try SmallSyncs(ministry))
            servers.append(try ministry.stop())
        }

        report.note("raw SQLite inserts with the same search index", raw, "s", size: size)
        report.note("  bytes of its file", [Double(rawBytes)], "B", size: size)
        report.note("zlib-6 of the JSON Lines", lines, "s", size: size)
        report.note("  bytes", [Double(deflatedLines)], "B", size: size)
        report.note("zlib-6 by column in blocks of 1,000", columns, "s", size: size)
        report.note("  bytes", [Double(deflatedColumns)], "B", size: size)
        report.note("import, from process start to end", imports.map(\.seconds), "s", size: size)
        report.note(
            "  to raw inserts",
            zip(imports, raw).map { $0.seconds / $1 },
            "x",
            size: size,
            aim: "2.5, 4 at first"
        )
        report.note("  CPU", imports.map(\.cpuSeconds), "s", size: size)
        report.note("  peak memory", imports.map { Double($0.peakBytes) / 1e6 }, "MB", size: size)
        report.note("  bytes of the replica", [Double(importBytes)], "B", size: size)
        report.note(
            "  to the raw table",
            [Double(importBytes) / Double(rawBytes)],
            "x",
            size: size,
            aim: "1.6"
        )
        let limits = zip(raw, lines).map { $0 + $1 }
        for (name, syncs) in [("first push", pushes), ("first sync of an empty desk", pulls)] {
            report.note(name, syncs.map(\.usage.seconds), "s", size: size)
            report.note(
                "  to raw inserts + zlib-6",
                zip(syncs, limits).map { $0.usage.seconds / $1 },
                "x",
                size: size,
                aim: "3"
            )
            report.note("  CPU of the desk", syncs.map(\.usage.cpuSeconds), "s", size: size)
            report.note(
                "  peak memory of the desk",
                syncs.map { Double($0.usage.peakBytes) / 1e6 },
                "MB",
                size: size,
                aim: "120"
            )
            report.note("  bytes sent", syncs.map(\.sent), "B", size: size)
            report.note("  bytes received", syncs.map(\.received), "B", size: size)
            report.note("  round trips", syncs.map(\.roundTrips), "", size: size)
        }
        report.note(
            "headquarters' peak memory",
            servers.map { Double($0.peakBytes) / 1e6 },
            "MB",
            size: size,
            aim: "120"
        )
        report.note("headquarters' CPU", servers.map(\.cpuSeconds), "s", size: size)
        for (index, step) in SmallSyncs.steps.enumerated() {
            let syncs = small.map { $0.syncs[index] }
            report.note("sync of \(step.name)", syncs.map(\.usage.seconds), "s", size: size)
            report.note("  CPU", syncs.map(\.usage.cpuSeconds), "s", size: size)
            report.note("  bytes sent", syncs.map(\.sent), "B", size: size, aim: step.aim)
            report.note("  bytes received", syncs.map(\.received), "B", size: size)
            report.note("  round trips", syncs.map(\.roundTrips), "", size: size, aim: "1")
        }
    }

    private static func time<T>(_ work: () throws -> T) rethrows -> (value: T, seconds: Double) {
        let start = ContinuousClock.now
        let value = try work()
        return (value, start.duration(to: .now) / .seconds(1))
    }
}

/// One `attache sync`, by its own counts and the system's.
struct Sync {
    let usage: Usage
    let sent: Double
    let received: Double
    let roundTrips: Double

    init(_ usage: Usage) throws {
        self.usage = usage
        guard let json = usage.json, json["verified"] == .bool(true) else {
            throw Program.Failure(
                description: "an exchange that was not verified: "
                    + String(decoding: usage.output, as: UTF8.self)
            )
        }
        sent = Self.number(json["bytes"]?["sent"])
        received = Self.number(json["bytes"]?["received"])
        roundTrips = Self.number(json["round_trips"])
    }

    private static func number(_ value: JSONValue?) -> Double {
        value.flatMap { Double($0.text) } ?? .nan
    }
}

/// Two desks and a headquarters in a folder.
final class Ministry {
    private let program: Program
    private let folder: URL
    private var headquarters: Headquarters?

    init(program: Program, folder: URL) {
        self.program = program
        self.folder = folder
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func prepare() throws {
        try program.run("hq", "init", "--data", path("hq"))
        for desk in ["BER", "LON"] {
            try program.run(
                "init",
                "--replica",
                path(desk.lowercased()),
                "--desk",
                desk,
                "--officer",
                "A. Desk"
            )
        }
    }

    func importRecords(_ file: URL) throws -> Usage {
        try program.run(
            "import",
            "--replica",
            path("ber"),
            "--space",
            "all-missions",

            file.path
        )
    }

    /// Starts headquarters and makes both desks known to it.
    func serve() throws {
        let headquarters = try Headquarters(program, data: path("hq"))
        self.headquarters = headquarters
        for desk in ["BER", "LON"] {
            let token = try program.run("hq", "token", "--data", path("hq"), "--desk", desk)
            try program.run(
                "enrol",
                "--replica",
                path(desk.lowercased()),
                "--hq",
                headquarters.url,
                "--token",
                String(decoding: token.output, as: UTF8.self).trimmingCharacters(in: .newlines)
            )
        }
    }

    /// Starts headquarters anew, so that its memory is measured from here on.
    func restart() throws -> Usage {
        let usage = try stop()
        headquarters = try Headquarters(program, data: path("hq"))
        return usage
    }

    func stop() throws -> Usage {
        guard let headquarters else { throw Program.Failure(description: "nothing to stop") }
        self.headquarters = nil
        return try headquarters.stop()
    }

    func sync(_ desk: String) throws -> Sync {
        guard let url = headquarters?.url else {
            throw Program.Failure(description: "no headquarters")
        }
        return try Sync(
            program.run("sync", "--replica", path(desk), "--hq", url, "--json")
        )
    }

    /// Edits one field of so many records.
    func edit(_ count: Int, round: Int) throws {
        for number in 1...count {
            try program.run(
                "set",
                "--replica",
                path("ber"),
                "ber-\(number)",
                "position=Dean \(round)-\(number)"
            )
        }
    }
}

/// Exchanges with little to say, of replicas that hold everything.
struct SmallSyncs {
    static let steps = [
        (name: "nothing", edits: 0, aim: "700 both ways"), (name: "one field", edits: 1, aim: ""),
        (name: "ten fields", edits: 10, aim: "2,000 both ways"),
    ]

    let syncs: [Sync]

    init(_ ministry: Ministry) throws {
        // Whatever the first exchanges left open is closed first.
        _ = try ministry.sync("ber")
        syncs = try Self.steps.map { step in
            if step.edits > 0 { try ministry.edit(step.edits, round: step.edits) }
            return try ministry.sync("ber")
        }
    }
}
