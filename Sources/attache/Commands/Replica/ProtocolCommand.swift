import ArgumentParser
import Conformance
import Foundation
import RecordModel
import SyncProtocol

/// `attache protocol`: tools for whoever writes or examines another implementation.
struct ProtocolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocol",
        abstract: "Examine messages, and check an implementation against the protocol's examples.",
        subcommands: [
            DecodeMessageCommand.self, CheckVectorsCommand.self, HarnessCommand.self,
        ]
    )
}

/// `attache protocol decode`: what a message says.
struct DecodeMessageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Print a message, a frame, or the body of a request or an answer as text.",
        discussion: "Signatures are shown and not verified. “-” reads standard input."
    )

    @Argument(help: "The file.", completion: .file())
    var file: String

    func run() throws {
        let bytes = [UInt8](try Self.contents(of: file))
        let text: String
        do throws(WireError) {
            text = try WireDump(bytes).description
        } catch {
            throw ErrorReport(
                .badValue,
                "\(file) is no message of Attaché: \(error.description)",
                hint: "Save the body alone, without HTTP's headers."
            )
        }
        try StandardStreams.print(text, terminator: "")
    }

    private static func contents(of file: String) throws -> Data {
        if file == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ErrorReport(.io, "\(file) cannot be read")
        }
        return data
    }
}

/// `attache protocol check`: whether examples hold.
struct CheckVectorsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Run the examples in a folder (Protocol/vectors); exits with 1 if one fails."
    )

    @OptionGroup var output: OutputOptions

    @Argument(help: "The folder.", completion: .directory)
    var folder: String

    func run() throws {
        let names =
            FileManager.default.enumerator(atPath: folder)?
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".json") }.sorted() ?? []
        guard !names.isEmpty else {
            throw ErrorReport(
                .notFound,
                "there are no examples in \(folder)",
                hint: "Name the folder Protocol/vectors of the source, or a part of it."
            )
        }
        var failures: [(file: String, problem: String)] = []
        for name in names {
            do {
                let path = URL(fileURLWithPath: folder).appendingPathComponent(name)
                try Vector([UInt8](Data(contentsOf: path))).check()
            } catch {
                failures.append((name, Harness.sentence(of: error)))
            }
        }
        let lines = failures.map { SafeText.line("\($0.file): \($0.problem)") }
        let count = "\(names.count - failures.count) of \(names.count) examples hold."
        try output.print(
            .object([
                JSONMember("examples", .number(names.count)),
                JSONMember(
                    "failed",
                    .array(
                        failures.map { failure in
                            .object([
                                JSONMember("file", .string(failure.file)),
                                JSONMember("problem", .string(failure.problem)),
                            ])
                        }
                    )
                ),
            ]),
            text: (lines + [count]).joined(separator: "\n")
        )
        if !failures.isEmpty { throw ExitCode.failure }
    }
}

/// `attache protocol harness`: does what lines on standard input say, one answer a line.
struct HarnessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "harness",
        abstract: "Answer examples on standard input, to compare another implementation with this.",
        discussion: """
            Each line is an example of Protocol/vectors/README.md without what is expected: \
            {"case", "actors", "input"}. Each answer is a line: {"result"} or {"error"}. So any \
            input can be put to two implementations, and what they make of it compared; a whole \
            exchange is tried against attache hq serve.
            """
    )

    func run() throws {
        while let line = readLine() {
            if line.allSatisfy(\.isWhitespace) { continue }
            try StandardStreams.print(Harness.answer(to: line).text)
        }
    }
}

/// One line in, one answer out.
enum Harness {
    static func answer(to line: String) -> JSONValue {
        do {
            let result = try Vector(Array(line.utf8)).result()
            return .object([JSONMember("result", result)])
        } catch {
            return .object([JSONMember("error", .string(sentence(of: error)))])
        }
    }

    static func sentence(of error: any Error) -> String {
        switch error {
        case let error as VectorError: error.message
        case let error as JSONError: error.message
        case let error as WireError: "\(error.code.rawValue): \(error.description)"
        case let error as ValueError: error.message
        default: "\(error)"
        }
    }
}
