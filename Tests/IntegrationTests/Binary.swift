import Foundation
import RecordModel
import TestSupport
import Testing

/// The built program, run in a folder and with a home of its own.
final class Binary {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        func json() throws -> JSONValue { try JSONValue(parsing: output) }
        func lines() throws -> [JSONValue] {
            try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }
    }

    let directory = TemporaryDirectory()
    /// Variables of the environment beside those that every process has.
    var environment: [String: String] = [:]
    private var server: Process?

    deinit { stop() }

    /// Where the program is: beside the bundle of the tests.
    static var url: URL {
        #if os(macOS)
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        return (bundle ?? .main).bundleURL.deletingLastPathComponent()
            .appendingPathComponent("attache")
        #else
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("attache")
        #endif
    }

    private func process(_ arguments: [String], program: String = "attache") -> Process {
        let process = Process()
        process.executableURL = Self.url.deletingLastPathComponent()
            .appendingPathComponent(program)
        process.arguments = arguments
        process.currentDirectoryURL = directory.url
        process.environment = [
            "HOME": directory.path("home"), "PATH": "/usr/bin:/bin", "TZ": "UTC",
            "LANG": "C.UTF-8",
        ].merging(environment) { $1 }
        return process
    }

    /// Runs the program to its end.
    @discardableResult
    func run(
        _ arguments: String...,
        input: String = "",
        shell: String? = nil,
        program: String = "attache"
    ) throws -> Outcome {
        try run(arguments, input: input, shell: shell, program: program)
    }

    /// Runs the program to its end.
    @discardableResult
    func run(
        _ arguments: [String],
        input: String = "",
        shell: String? = nil,
        program: String = "attache"
    ) throws -> Outcome {
        let process = process(arguments, program: program)
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", shell, Self.url.path] + arguments
        }
        let output = directory.path("out-\(UUID().uuidString)")
        let errors = output + ".err"
        for path in [output, errors] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        let source = Pipe()
        process.standardInput = source
        try process.run()
        source.fileHandleForWriting.write(Data(input.utf8))
        try source.fileHandleForWriting.close()
        process.waitUntilExit()
        func text(_ path: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
        }
        return Outcome(
            status: process.terminationStatus,
            output: try text(output),
            errors: try text(errors)
        )
    }

    /// Starts the program, with a file as its input or none, and goes on beside it.
    func start(_ arguments: [String], input: String? = nil) throws -> Process {
        let process = process(arguments)
        process.standardInput =
            input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Starts the program and kills it, with a signal that cannot be caught, after some time.
    /// - Returns: Whether it was still running then.
    func runAndKill(_ arguments: String..., after delay: TimeInterval) throws -> Bool {
        let process = try start(arguments)
        // No event is waited for: at which instant the kill falls is what the callers vary.
        Thread.sleep(forTimeInterval: delay)
        let isRunning = process.isRunning
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return isRunning
    }

    /// Starts headquarters on a free port and returns its address.
    func serve(_ data: String = "hq", port: Int = 0) throws -> String {
        let process = process([
            "hq", "serve", "--data", data, "--listen", "127.0.0.1:\(port)", "--plain-http",
            "--json",
        ])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        server = process
        var line: [UInt8] = []
        while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 {
            line.append(byte)
        }
        return try #require(try JSONValue(parsing: line)["listening"]?.string)
    }

    /// Ends headquarters; with a signal that cannot be caught where `isKilled`.
    func stop(isKilled: Bool = false) {
        guard let server, server.isRunning else { return }
        if isKilled { kill(server.processIdentifier, SIGKILL) } else { server.terminate() }
        server.waitUntilExit()
        self.server = nil
    }

    /// Makes headquarters and desks that are enrolled; returns the address.
    func ministry(_ desks: String...) throws -> String {
        #expect(try run("hq", "init", "--data", "hq").status == 0)
        let address = try serve()
        for desk in desks {
            let path = desk.lowercased()
            let made = try run(
                "init",
                "--replica",
                path,
                "--desk",
                desk,
                "--officer",
                "Officer \(desk)"
            )
            #expect(made.status == 0)
            let token = try run("hq", "token", "--data", "hq", "--desk", desk).output
            let enrolled = try run(
                "enrol",
                "--replica",
                path,
                "--hq",
                address,
                "--token",
                token.trimmingCharacters(in: .newlines)
            )
            #expect(enrolled.status == 0, "\(enrolled.errors)")
        }
        return address
    }
}
