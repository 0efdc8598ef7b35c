import Foundation
import RecordModel
import TestSupport
import Testing

/// `attache protocol`, for whoever writes another implementation.
struct ProtocolTests {
    private static let vectors = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Protocol/vectors")

    @Test func theExamplesHoldAndAWrongOneIsNamed() throws {
        let binary = Binary()
        let good = try binary.run("protocol", "check", Self.vectors.path, "--json").json()
        #expect(good["failed"]?.array?.isEmpty == true)
        let folder = URL(fileURLWithPath: binary.directory.path("vectors"))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let wrong = #"{"case": "varint", "input": {"numbers": ["300"]}, "expected": {"bytes": []}}"#
        try wrong.write(
            to: folder.appendingPathComponent("wrong.json"),
            atomically: true,
            encoding: .utf8
        )
        let bad = try binary.run("protocol", "check", folder.path)
        #expect(bad.status == 1)
        #expect(bad.output.contains(#"wrong.json: expected {"bytes":[]}, got {"bytes":["ac02"]}"#))
    }

    @Test func theHarnessAnswersEachLine() throws {
        let binary = Binary()
        let answers = try binary.run(
            "protocol",
            "harness",
            input: """
                {"case": "varint", "input": {"numbers": ["300"]}}
                {"case": "frame", "input": {"frame": "07"}}
                nonsense
                """
        )
        let lines = answers.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first == #"{"result":{"bytes":["ac02"]}}"#)
        #expect(lines.dropFirst().first == #"{"result":{"code":"malformed"}}"#)
        #expect(lines.last?.hasPrefix(#"{"error":"#) == true)
    }

    @Test func aMessageIsDescribedAndAnotherFileIsNot() throws {
        let binary = Binary()
        let file = Self.vectors.appendingPathComponent("encoding/frame-as-it-is.json")
        let json = try JSONValue(parsing: [UInt8](Data(contentsOf: file)))
        let digits = try #require(json["input"]?["frame"]?.string)
        let message = try #require(bytes(hexadecimal: digits))
        let path = binary.directory.path("message")
        try Data(message).write(to: URL(fileURLWithPath: path))
        let told = try binary.run("protocol", "decode", path)
        #expect(told.status == 0)
        #expect(told.output.contains("space berlin"))
        let refused = try binary.run("protocol", "decode", file.path)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("is no message of Attaché"))
    }
}
