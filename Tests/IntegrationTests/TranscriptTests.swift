import Foundation
import TestSupport
import Testing

/// What the documents show is what the program prints: every command of their `console` blocks is
/// run, in order, by the built program.
///
/// `UPDATE=1` writes what was printed into the documents, where it differs by more than the names
/// and times of a run.
struct TranscriptTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The documents: the README and the sessions of the samples.
    static var documents: [String] {
        let folder = root.appendingPathComponent("Samples/sessions")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return ["README.md"]
            + names.filter { $0.hasSuffix(".md") }.sorted().map { "Samples/sessions/" + $0 }
    }

    @Test(arguments: documents)
    func whatADocumentShowsIsWhatHappens(document: String) throws {
        let file = Self.root.appendingPathComponent(document)
        let transcript = Transcript(try String(contentsOf: file, encoding: .utf8))
        #expect(!transcript.steps.isEmpty)
        let directory = TemporaryDirectory()
        try FileManager.default.createSymbolicLink(
            at: directory.url.appendingPathComponent("Samples"),
            withDestinationURL: Self.root.appendingPathComponent("Samples")
        )
        let shell = try ShellSession(in: directory.url, program: Binary.url)
        var names = RunNames()
        let address = "127.0.0.1:\(try freePort())"
        names.note("127.0.0.1:8080", means: address)
        let isUpdate = ProcessInfo.processInfo.environment["UPDATE"] != nil
        var outputs: [[String]] = []
        for step in transcript.steps {
            let command = names.applied(to: step.command)
            let output = try shell.run(command, expecting: isUpdate ? 1 : step.output.count)
                .map { line in
                    line.replacingOccurrences(of: directory.url.path, with: "/home/raza")
                        .replacingOccurrences(of: address, with: "127.0.0.1:8080")
                }
            if isUpdate {
                outputs.append(
                    output.enumerated().map { index, line in
                        guard index < step.output.count else { return line }
                        let isSame = names.matches(line, shown: step.output[index])
                        return isSame ? step.output[index] : line
                    }
                )
                continue
            }
            #expect(
                output.count == step.output.count,
                "\(document): $ \(step.command)\nprinted\n\(output.joined(separator: "\n"))"
            )
            for (line, shown) in zip(output, step.output) where !names.matches(line, shown: shown) {
                Issue.record("\(document): $ \(step.command)\nprinted \(line)\nnot     \(shown)")
            }
        }
        if isUpdate {
            try transcript.text(showing: outputs).write(to: file, atomically: true, encoding: .utf8)
        }
    }

    /// A port on which nothing listens.
    private func freePort() throws -> Int {
        #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> UInt16? in
                guard bind(descriptor, generic, length) == 0,
                    getsockname(descriptor, generic, &length) == 0
                else { return nil }
                return pointer.pointee.sin_port.bigEndian
            }
        }
        return Int(try #require(port))
    }
}
