import Foundation
import RecordModel

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What a program's run took.
struct Usage {
    let seconds: Double
    /// Of the processor, in user and system mode.
    let cpuSeconds: Double
    /// The most memory that was resident at once.
    let peakBytes: Int
    let output: [UInt8]

    var json: JSONValue? { try? JSONValue(parsing: output) }
}

extension JSONValue {
    /// The number, where it is one.
    var double: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }
}

/// The built `attache`, run as its users run it.
struct Program {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let path: String

    init(path: String) throws {
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw Failure(description: "no program at \(path)")
        }
        self.path = path
    }

    /// Runs to the end.
    @discardableResult
    func run(_ arguments: [String]) throws -> Usage {
        let child = try start(arguments)
        let usage = try child.wait()
        guard child.status == 0 else {
            throw Failure(
                description: "attache \(arguments.joined(separator: " ")) ended with "
                    + "\(child.status): \(String(decoding: usage.output, as: UTF8.self))"
            )
        }
        return usage
    }

    /// Runs another command of this measuring program, in a process of its own: its memory and time
    /// are nobody else's.
    /// - Returns: What it printed, as JSON; null for nothing.
    static func measured(_ arguments: [String]) throws -> JSONValue {
        let child = try Child(path: CommandLine.arguments[0], arguments: arguments)
        let usage = try child.wait()
        guard child.status == 0, let json = usage.output.isEmpty ? .null : usage.json else {
            throw Failure(description: String(decoding: usage.output, as: UTF8.self))
        }
        return json
    }

    /// Issues a token for a desk at headquarters.
    func token(for desk: String, data: String, _ grants: [String] = []) throws -> String {
        let usage = try run(["hq", "token", "--data", data, "--desk", desk] + grants)
        return String(decoding: usage.output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    func start(_ arguments: [String]) throws -> Child {
        try Child(path: path, arguments: arguments)
    }
}

/// A running program whose use of time and memory is known at its end.
final class Child {
    private(set) var status: Int32 = -1
    private let pid: pid_t
    private let log: URL
    private let started = ContinuousClock.now

    init(path: String, arguments: [String]) throws {
        log = FileManager.default.temporaryDirectory
            .appendingPathComponent("attache-bench-\(UUID().uuidString).log")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log.path, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, path, &actions, nil, words, environ)
        guard error == 0 else {
            throw Program.Failure(description: "cannot start \(path): \(error)")
        }
        self.pid = pid
    }

    /// What it printed until now.
    var output: [UInt8] { (try? Data(contentsOf: log)).map { Array($0) } ?? [] }

    func terminate() { kill(pid, SIGTERM) }

    func wait() throws -> Usage {
        var raw: Int32 = 0
        var usage = rusage()
        guard wait4(pid, &raw, 0, &usage) == pid else {
            throw Program.Failure(description: "a process was lost")
        }
        let elapsed = started.duration(to: .now)
        status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
        defer { try? FileManager.default.removeItem(at: log) }
        #if canImport(Glibc)
        let unit = 1024
        #else
        let unit = 1
        #endif
        return Usage(
            seconds: elapsed / .seconds(1),
            cpuSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime),
            peakBytes: Int(usage.ru_maxrss) * unit,
            output: output
        )
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}

/// Headquarters as a process of its own.
final class Headquarters {
    let url: String
    private let child: Child

    init(_ program: Program, data: String) throws {
        child = try program.start([
            "hq", "serve", "--data", data, "--listen", "127.0.0.1:0", "--plain-http", "--json",
        ])
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            // The log shares the file with what a script reads.
            let lines = child.output.split(separator: UInt8(ascii: "\n"))
            let answers = lines.lazy.compactMap { (try? JSONValue(parsing: $0))?["listening"] }
            if let found = answers.first?.string {
                url = found
                return
            }
            guard ContinuousClock.now < deadline else {
                child.terminate()
                throw Program.Failure(description: "headquarters did not start")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    func stop() throws -> Usage {
        child.terminate()
        return try child.wait()
    }
}
