import Foundation
import RecordModel

/// Import, first sync and small syncs of one number of records.
///
/// Runs are interleaved: each round does the raw work and ours once, so that a slow moment of the
/// machine falls on both.
struct RecordBench {
    let size: Int
    let file: URL
    let program: Program
    let folder: URL
    let countsInstructions: Bool

    func run(runs: Int, into report: inout Report) throws {
        var raw: [RawWork] = []
        var imports: [Usage] = []
        var importBytes = 0
        var pushes: [Sync] = []
        var pulls: [Sync] = []
        var servers: [Usage] = []
        var small: [SmallSyncs] = []
        var shows: [Usage] = []
        var finds: [FindTimes] = []
        var bodies: [[Exchange]] = []
        var instructions: [Double] = []
        for _ in 0..<runs {
            let place = folder.appendingPathComponent("round")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: place) }
            raw.append(try rawWork(place))
            let ministry = Ministry(program: program, folder: place)
            try ministry.prepare()
            imports.append(try ministry.importRecords(file))
            importBytes = try RawWork.fileSize(ministry.path("ber"))
            try ministry.serve()
            pushes.append(try ministry.sync("ber"))
            servers.append(try ministry.restart())
            pulls.append(try ministry.sync("hqdesk"))
            small.append(try SmallSyncs(ministry))
            shows.append(try ministry.show("ber-\(size / 2)"))
            servers.append(try ministry.stop())
            let raw = place.appendingPathComponent("raw").path
            finds.append(try ministry.find(wordsOf: file, raw: raw))
            bodies.append(try SmallSyncs.steps.map { try ministry.exchange($0.edits, raw: raw) })
            if countsInstructions { instructions.append(try ministry.instructions()) }
        }

        let rawBytes = raw[0].insert.count
        report.note(
            "raw SQLite inserts with the same search index",
            raw.map(\.insert.seconds),
            "s",
            size: size
        )
        report.note("  bytes of its file", [rawBytes], "B", size: size)
        report.note("zlib-6 of the JSON Lines", raw.map(\.lines.seconds), "s", size: size)
        report.note("  bytes", [raw[0].lines.count], "B", size: size)
        report.note(
            "zlib-6 by column in blocks of 1,000",
            raw.map(\.columns.seconds),
            "s",
            size: size
        )
        report.note("  bytes", [raw[0].columns.count], "B", size: size)
        report.note("a loopback copy of these", raw.map(\.loopback.seconds), "s", size: size)
        report.note("a bare query of the search index", finds.map(\.bare), "s", size: size)
        report.note("search for a word, in process", finds.map(\.find), "s", size: size)
        report.note("  to a bare query", finds.map(\.ratio), "x", size: size, aim: "5")
        report.note("import, from process start to end", imports.map(\.seconds), "s", size: size)
        report.note(
            "  to raw inserts",
            zip(imports, raw).map { $0.seconds / $1.insert.seconds },
            "x",
            size: size,
            aim: "2.5, 4 at first"
        )
        report.note("  CPU", imports.map(\.cpuSeconds), "s", size: size)
        report.note("  peak memory", imports.map { Double($0.peakBytes) / 1e6 }, "MB", size: size)
        report.note("  bytes of the replica", [Double(importBytes)], "B", size: size)
        report.note(
            "  to the raw table",
            [Double(importBytes) / rawBytes],
            "x",
            size: size,
            aim: "1.6"
        )
        let limits = raw.map { $0.insert.seconds + $0.lines.seconds }
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
        report.note(
            "open the replica and show one record, as a process",
            shows.map(\.seconds),
            "s",
            size: size
        )
        report.note("  CPU", shows.map(\.cpuSeconds), "s", size: size, aim: "0.050")
        let edits = small.compactMap(\.edits)
        report.note("one durable edit, in process", edits.map(\.edit), "s", size: size)
        report.note("  CPU", edits.map(\.cpu), "s", size: size)
        report.note(
            "  to a durable commit of one row by GRDB",
            edits.map { $0.edit / $0.grdb },
            "x",
            size: size,
            aim: "1.6"
        )
        report.note(
            "  to the same by the C interface",
            edits.map { $0.edit / $0.raw },
            "x",
            size: size
        )
        for (index, step) in SmallSyncs.steps.enumerated() {
            let syncs = small.map { $0.syncs[index] }
            report.note("sync of \(step.name)", syncs.map(\.usage.seconds), "s", size: size)
            report.note("  CPU", syncs.map(\.usage.cpuSeconds), "s", size: size)
            report.note("  bytes sent", syncs.map(\.sent), "B", size: size, aim: step.aim)
            report.note("  bytes received", syncs.map(\.received), "B", size: size)
            report.note("  round trips", syncs.map(\.roundTrips), "", size: size, aim: "1")
        }
        for (index, step) in SmallSyncs.steps.enumerated() {
            let exchanges = bodies.map { $0[index] }
            let above = bodies.map { $0[index].request - $0[0].request }
            report.note("\(step.name), in process", exchanges.map(\.request), "B", size: size)
            report.note("  above nothing", above, "B", size: size, aim: step.edits == 1 ? "60" : "")
            report.note("  body of the answer", exchanges.map(\.answer), "B", size: size)
            report.note("  CPU of the request", exchanges.map(\.requestCPU), "s", size: size)
            report.note("  headquarters' answer", exchanges.map(\.answerSeconds), "s", size: size)
            report.note(
                "  to the same rows by raw SQLite",
                exchanges.map { $0.answerSeconds / $0.raw },
                "x",
                size: size,
                aim: "3"
            )
        }
        if countsInstructions {
            report.note(
                "instructions of ten edits and their exchange",
                instructions,
                "",
                size: size
            )
        }
    }

    /// The raw work is a process of its own, so that what it holds is not counted as anybody's
    /// memory: a child's peak begins with its parent's.
    private func rawWork(_ place: URL) throws -> RawWork {
        let path = place.appendingPathComponent("raw").path
        let json = try Program.measured(["raw", file.path, path])
        guard let work = RawWork(json) else { throw Program.Failure(description: json.text) }
        return work
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
        sent = json["bytes"]?["sent"]?.double ?? .nan
        received = json["bytes"]?["received"]?.double ?? .nan
        roundTrips = json["round_trips"]?.double ?? .nan
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
        try program.run(["hq", "init", "--data", path("hq")])
        for (desk, name) in [("BER", "ber"), ("HQ", "hqdesk")] {
            let replica = path(name)
            try program.run(["init", "--replica", replica, "--desk", desk, "--officer", "A. Desk"])
        }
    }

    /// Imports into the mission's own space, so that a record is one part.
    func importRecords(_ file: URL) throws -> Usage {
        try program.run(["import", "--replica", path("ber"), file.path])
    }

    /// Starts headquarters and makes the desks known to it: a mission's, and one that is granted
    /// all missions' records.
    func serve() throws {
        let headquarters = try Headquarters(program, data: path("hq"))
        self.headquarters = headquarters
        for (desk, name, grant) in [("BER", "ber", []), ("HQ", "hqdesk", ["--all-spaces"])] {
            let token = try program.token(for: desk, data: path("hq"), grant)
            try program.run([
                "enrol", "--replica", path(name), "--hq", headquarters.url, "--token", token,
            ])
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
        return try Sync(program.run(["sync", "--replica", path(desk), "--hq", url, "--json"]))
    }

    /// Edits one field of so many records, each durably.
    func edit(_ count: Int) throws -> EditTimes {
        let json = try Program.measured(["edits", path("ber"), String(count), "Dean \(count)"])
        guard let times = EditTimes(json) else { throw Program.Failure(description: json.text) }
        return times
    }

    /// Edits fields and exchanges in one process that is both sides.
    func exchange(_ edits: Int, raw: String) throws -> Exchange {
        let json = try Program.measured(
            exchangeArguments(edits, "Provost \(edits)") + ["--raw", raw]
        )
        guard let exchange = Exchange(json) else { throw Program.Failure(description: json.text) }
        return exchange
    }

    /// Counts the instructions of ten edits and their exchange, the process's start included.
    func instructions() throws -> Double {
        // Valgrind does not read what a present compiler writes for debuggers.
        let stripped = path("stripped")
        let own = CommandLine.arguments[0]
        _ = try Child(path: "/usr/bin/strip", arguments: ["-g", "-o", stripped, own]).wait()
        let child = try Child(
            path: "/usr/bin/valgrind",
            arguments: [
                "--tool=callgrind", "--callgrind-out-file=/dev/null", stripped,
            ] + exchangeArguments(10, "Warden")
        )
        let text = String(decoding: try child.wait().output, as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.contains("Collected :") }),
            let count = line.split(separator: " ").last.flatMap({ Double($0) })
        else { throw Program.Failure(description: text) }
        return count
    }

    private func exchangeArguments(_ edits: Int, _ value: String) -> [String] {
        ["exchange", path("hq") + "/headquarters", path("ber"), String(edits), value]
    }

    /// Searches for words of names, beside bare queries of the raw index.
    func find(wordsOf file: URL, raw: String) throws -> FindTimes {
        let json = try Program.measured(["find", path("ber"), raw, file.path])
        guard let times = FindTimes(json) else { throw Program.Failure(description: json.text) }
        return times
    }

    /// Shows one record.
    func show(_ id: String) throws -> Usage {
        try program.run(["show", "--replica", path("ber"), id, "--json"])
    }
}

/// The medians of many durable edits, in seconds, and of what stands beside them.
struct EditTimes {
    let edit: Double
    let grdb: Double
    let raw: Double
    let cpu: Double

    init?(_ json: JSONValue) {
        guard let edit = json["edit"]?.double, let grdb = json["grdb"]?.double,
            let raw = json["raw"]?.double, let cpu = json["cpu"]?.double
        else { return nil }
        (self.edit, self.grdb, self.raw, self.cpu) = (edit, grdb, raw, cpu)
    }
}

/// Exchanges with little to say, of replicas that hold everything.
struct SmallSyncs {
    static let steps = [
        (name: "nothing", edits: 0, aim: "700 both ways"), (name: "one field", edits: 1, aim: ""),
        (name: "ten fields", edits: 10, aim: "450 of body"),
        (name: "1,000 fields", edits: 1_000, aim: "19,800 of body"),
    ]

    let syncs: [Sync]
    /// Of the last step, which edits most.
    private(set) var edits: EditTimes?

    init(_ ministry: Ministry) throws {
        // Whatever the first exchanges left open is closed first.
        _ = try ministry.sync("ber")
        var syncs: [Sync] = []
        for step in Self.steps {
            if step.edits > 0 { edits = try ministry.edit(step.edits) }
            syncs.append(try ministry.sync("ber"))
        }
        self.syncs = syncs
    }
}

/// One exchange in process, as `ExchangeCommand` prints it.
struct Exchange {
    let request: Double
    let answer: Double
    let requestCPU: Double
    let answerSeconds: Double
    let raw: Double

    init?(_ json: JSONValue) {
        guard let request = json["request"]?.double, let answer = json["answer"]?.double,
            let requestCPU = json["request_cpu"]?.double,
            let answerSeconds = json["answer_seconds"]?.double, let raw = json["raw"]?.double
        else { return nil }
        self.request = request
        self.answer = answer
        self.requestCPU = requestCPU
        self.answerSeconds = answerSeconds
        self.raw = raw
    }
}
