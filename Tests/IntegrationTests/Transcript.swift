import Foundation

/// The commands of a document's `console` blocks with the output that it shows.
///
/// A line that begins with `$ ` is a command (lines that end with a backslash go on), the lines
/// after it are its output. What differs from run to run (change names, tokens, times, sizes) is
/// compared by its kind, and the names that a run gave are used in the commands that follow.
struct Transcript {
    struct Step {
        var command: String
        var output: [String]
        /// The lines of the document that the output takes.
        var place: Range<Int>
    }

    private(set) var lines: [String]
    private(set) var steps: [Step] = []

    init(_ text: String) {
        lines = text.components(separatedBy: "\n")
        var isInside = false
        var index = 0
        while index < lines.count {
            let line = lines[index]
            index += 1
            if line.hasPrefix("```") {
                isInside = line == "```console"
            } else if isInside, line.hasPrefix("$ ") {
                var command = String(line.dropFirst(2))
                while command.hasSuffix("\\"), index < lines.count {
                    command = command.dropLast() + lines[index].trimmingCharacters(in: .whitespaces)
                    index += 1
                }
                if let end = Self.documentEnd(of: command) {
                    while index < lines.count, !lines[index - 1].hasPrefix(end) {
                        command += "\n" + lines[index]
                        index += 1
                    }
                }
                let start = index
                while index < lines.count, !lines[index].hasPrefix("$ "),
                    !lines[index].hasPrefix("```")
                {
                    index += 1
                }
                steps.append(
                    Step(
                        command: command,
                        output: Array(lines[start..<index]),
                        place: start..<index
                    )
                )
            }
        }
    }

    /// The line that ends what a command reads from the lines below it (`<<'END'`).
    private static func documentEnd(of command: String) -> String? {
        guard let start = command.range(of: "<<'") else { return nil }
        return command[start.upperBound...].split(separator: "'").first.map(String.init)
    }

    /// Returns the document with other output in the place of what it shows.
    func text(showing outputs: [[String]]) -> String {
        var result = lines
        for (step, output) in zip(steps, outputs).reversed() {
            result.replaceSubrange(step.place, with: output)
        }
        return result.joined(separator: "\n")
    }
}

/// What differs from run to run, by kind, and how the run's own names stand for the document's.
struct RunNames {
    private static let kinds = [
        #"[a-z][a-z0-9]{1,7}@[0-9a-f]{8}"#, #"att1-[A-Za-z0-9_-]{20,}"#,
        #"127\.0\.0\.1:[0-9]+"#, #"\b(?:[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8})\b"#,
        #"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"#,
        #"\d{1,2} [A-Z][a-z]{2} \d{4}(?: \d\d:\d\d)?"#, #"\d+(?= bytes)"#,
        #"(?<=bytes out, )\d+"#, #"\b[0-9.]+(?= s\b)"#, #"(?<="seconds":)[0-9.]+"#,
        #"(?<="sent":|"received":)\d+"#, #"(?<=\[)[0-9a-f]{6}(?=\])"#,
    ]
    private static let pattern = try? NSRegularExpression(
        pattern: kinds.map { "(\($0))" }.joined(separator: "|")
    )

    private var names: [String: String] = [:]

    /// The command with the names of this run.
    func applied(to command: String) -> String {
        var result = command
        for (shown, own) in names { result = result.replacingOccurrences(of: shown, with: own) }
        return result
    }

    /// Notes that something in the document stands for something in this run.
    mutating func note(_ shown: String, means own: String) { names[shown] = own }

    /// Whether a line says the same as the one in the document; learns the names in it.
    mutating func matches(_ line: String, shown: String) -> Bool {
        let (own, theirs) = (Self.split(line), Self.split(shown))
        guard own.frame == theirs.frame else { return false }
        for (shown, own) in zip(theirs.values, own.values) where Self.isName(shown) {
            names[shown] = own
        }
        return true
    }

    /// Whether a varying part is a name that commands may use, not a size or a time.
    private static func isName(_ value: String) -> Bool {
        value.contains("@") || value.hasPrefix("att1-")
            || [6, 8, 16, 32].contains(value.count) && value.allSatisfy(\.isHexDigit)
    }

    /// The text with each varying part replaced by the number of its kind, and the parts.
    private static func split(_ line: String) -> (frame: String, values: [String]) {
        guard let pattern else { return (line, []) }
        let text = line as NSString
        var frame = ""
        var values: [String] = []
        var end = 0
        for match in pattern.matches(
            in: line,
            range: NSRange(location: 0, length: text.length)
        ) {
            let kind = (1..<match.numberOfRanges).first { match.range(at: $0).length > 0 } ?? 0
            let before = NSRange(location: end, length: match.range.location - end)
            frame += text.substring(with: before) + "\u{1}\(kind)"
            values.append(text.substring(with: match.range))
            end = match.range.location + match.range.length
        }
        // Columns are as wide as what stands in them.
        let words = (frame + text.substring(from: end)).split(separator: " ")
        return (words.joined(separator: " "), values)
    }
}

/// A shell in which a transcript's commands run one after the other.
final class ShellSession {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending: [UInt8] = []

    /// Starts a shell in a folder; the built program is found under its name.
    init(in folder: URL, program: URL) throws {
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.currentDirectoryURL = folder
        process.environment = [
            "HOME": folder.path, "TZ": "UTC", "LANG": "C.UTF-8",
            "PATH": program.deletingLastPathComponent().path + ":/usr/bin:/bin",
        ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit {
        // A server that was started is the shell's last job.
        write("kill $! 2>/dev/null; exit\n")
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Runs a command and returns what it printed; of a job in the background so many lines.
    func run(_ command: String, expecting count: Int) throws -> [String] {
        let isJob = command.hasSuffix("&")
        write(command + "\necho '\u{2}'\n")
        var lines: [String] = []
        var hasEnded = false
        while !hasEnded || isJob && lines.count < count {
            guard let line = try line() else { break }
            if line == "\u{2}" { hasEnded = true } else { lines.append(line) }
        }
        return lines
    }

    private func write(_ text: String) {
        input.fileHandleForWriting.write(Data(text.utf8))
    }

    private func line() throws -> String? {
        while true {
            if let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                return line
            }
            guard let more = try output.fileHandleForReading.read(upToCount: 1), !more.isEmpty
            else { return nil }
            pending += more
        }
    }
}
