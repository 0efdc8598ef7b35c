import ArgumentParser
import Foundation
import RecordModel

/// `attache demo`: a whole ministry in one command.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show a whole ministry at work: headquarters, three desks, a conflict decided.",
        discussion: """
            Everything is real: this program runs itself as headquarters on a loopback port and \
            as three desks in a temporary folder. The people are invented.
            """
    )

    @Option(
        help: ArgumentHelp("Keep the replicas in this folder.", valueName: "dir"),
        completion: .directory
    )
    var keep: String?

    func run() throws {
        Platform.deferInterruption()
        let folder = try makeFolder()
        let ministry = DemoMinistry(folder: folder)
        defer {
            ministry.stop()
            if keep == nil { try? FileManager.default.removeItem(at: folder) }
        }
        try ministry.play()
        if let keep {
            try StandardStreams.print(
                SafeText.line("\nThe replicas are in \(keep): attache status --replica \(keep)/ber")
            )
        }
    }

    private func makeFolder() throws -> URL {
        let folder =
            keep.map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory
            .appendingPathComponent("attache-demo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder
    }
}

/// The ministry of the demonstration: runs this program as each of its parts.
private final class DemoMinistry {
    private let folder: URL
    private let style: Style
    private var server: Process?
    private var address = ""

    private static let desks = [
        (code: "BER", officer: "H. Raza", mission: "Berlin"),
        (code: "LON", officer: "F. Khan", mission: "London"),
        (code: "GVA", officer: "S. Iqbal", mission: "Geneva"),
    ]

    init(folder: URL) {
        self.folder = folder
        style = Style(isEnabled: Platform.isTerminal(1))
    }

    func stop() {
        guard let server, server.isRunning else { return }
        server.terminate()
        server.waitUntilExit()
    }

    func play() throws {
        try say("Headquarters starts, and three desks join it with a token each.")
        try run(["hq", "init", "--data", "hq"])
        try serve()
        for desk in Self.desks {
            let replica = desk.code.lowercased()
            try run([
                "init", "--replica", replica, "--desk", desk.code, "--officer", desk.officer,
                "--mission", desk.mission,
            ])
            let token = try run(
                ["hq", "token", "--data", "hq", "--desk", desk.code],
                isQuiet: true
            )
            try run(["enrol", "--replica", replica, "--hq", address, "--token", token])
        }

        try say("Berlin imports what it has, and everybody exchanges.")
        try DemoData.contacts.write(
            to: folder.appendingPathComponent("contacts.jsonl"),
            atomically: true,
            encoding: .utf8
        )
        try run(["import", "--replica", "ber", "contacts.jsonl", "--space", "all-missions"])
        for desk in ["ber", "lon", "gva"] { try sync(desk) }

        try say("Now all three work without a network, on the same person too.")
        try run(["set", "--replica", "ber", "ber-1", "employer=Max Delbrück Center"])
        try run([
            "set", "--replica", "lon", "ber-1", "employer=Helmholtz Munich", "city=Munich",
            "phones+=+44 20 7946 0123",
        ])
        try run([
            "set", "--replica", "gva", "ber-2", "willing_to+=mentor", "last_contacted=2026-03-15",
        ])
        try run([
            "add", "contact", "--replica", "gva", "--space", "all-missions",
            "preferred_name=Dr Zeb Qureshi", "country_of_residence=CH", "research_fields=1.3",
        ])

        try say("The network is back: one request each way. Fields merge; one is a true conflict.")
        for desk in ["ber", "lon", "gva"] { try sync(desk) }

        try say("The officer in London sees the conflict whole and decides it with one key.")
        try run(["review", "--plain", "--replica", "lon"], input: "1\n")
        for desk in ["lon", "ber", "gva"] { try sync(desk) }
        try run(["history", "--replica", "gva", "ber-1", "employer"])

        try say("The proof: what every desk sees of all missions' records has one digest.")
        try prove()
    }

    private func prove() throws {
        var digests: [String: String] = [:]
        for desk in ["ber", "lon", "gva"] {
            let spaces = try run(["spaces", "--json", "--replica", desk], isQuiet: true)
            digests[desk] = try digest(in: JSONValue(parsing: spaces))
        }
        let status = try run(["hq", "status", "--json", "--data", "hq"], isQuiet: true)
        digests["hq"] = try JSONValue(parsing: status)["spaces"].flatMap(digest)
        for (replica, digest) in digests.sorted(by: { $0.key < $1.key }) {
            try StandardStreams.print("  \(TextWidth.padded(replica, to: 4))  \(digest)")
        }
        let open = try run(["conflicts", "--json", "--replica", "gva"], isQuiet: true)
        guard Set(digests.values).count == 1, digests.count == 4, open == "[]" else {
            throw ErrorReport(.unverified, "the replicas do not hold the same")
        }
        try StandardStreams.print(
            style.good("\nAll four replicas hold the same, and no conflict is open.")
        )
    }

    private func digest(in spaces: JSONValue) -> String? {
        spaces.array?.first { $0["name"]?.string == "all-missions" }?["digest"]?.string
    }

    private func sync(_ desk: String) throws {
        try run(["sync", "--replica", desk])
    }

    // MARK: Running

    private func say(_ text: String) throws {
        try StandardStreams.print("\n" + style.bold("# " + text))
    }

    private func process(_ arguments: [String]) throws -> Process {
        guard !Platform.isInterrupted else { throw ErrorReport(.interrupted, "stopped") }
        guard let program = Bundle.main.executableURL else {
            throw ErrorReport(.io, "this program's own file cannot be found")
        }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var environment = ProcessInfo.processInfo.environment
        environment["ATTACHE_REPLICA"] = nil
        process.environment = environment
        return process
    }

    /// Starts headquarters and waits until it says where it listens.
    private func serve() throws {
        let arguments = [
            "hq", "serve", "--data", "hq", "--listen", "127.0.0.1:0", "--plain-http", "--json",
        ]
        try StandardStreams.print(style.dim("$ attache " + arguments.joined(separator: " ") + " &"))
        let process = try process(arguments)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        server = process
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first,
            byte != UInt8(ascii: "\n")
        {
            line.append(byte)
        }
        guard let url = try? JSONValue(parsing: line)["listening"]?.string else {
            throw ErrorReport(.io, "headquarters did not start")
        }
        address = url
        try StandardStreams.print("listening on \(url)")
    }

    /// Runs this program and prints the command with what it prints.
    /// - Returns: What it printed, without the last line end.
    @discardableResult
    private func run(
        _ arguments: [String],
        input: String? = nil,
        isQuiet: Bool = false
    ) throws -> String {
        if !isQuiet {
            let shown = arguments.map { $0.contains(" ") ? "'\($0)'" : $0 }
            let keys = input.map {
                "printf '\($0.split(separator: "\n").joined(separator: "\\n"))' | "
            }
            try StandardStreams.print(
                style.dim("$ \(keys ?? "")attache " + shown.joined(separator: " "))
            )
        }
        let process = try process(arguments)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        let source = Pipe()
        process.standardInput = source
        try process.run()
        source.fileHandleForWriting.write(Data((input ?? "").utf8))
        try source.fileHandleForWriting.close()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasSuffix("\n") { text.removeLast() }
        if !isQuiet, !text.isEmpty { try StandardStreams.print(text) }
        // 3 says that conflicts wait, which is no failure here.
        guard [0, ExitStatus.conflicts.rawValue].contains(process.terminationStatus) else {
            throw ErrorReport(
                .io,
                "attache \(arguments.first ?? "") ended with \(process.terminationStatus)"
            )
        }
        return text
    }
}
