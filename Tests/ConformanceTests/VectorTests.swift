import Conformance
import Foundation
import Testing

/// Every example of `Protocol/vectors`, run by this implementation.
struct VectorTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Protocol/vectors")

    private static let files: [String] = {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
        return (all ?? []).filter { $0.hasSuffix(".json") }.sorted()
    }()

    private static func contents(of file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(file)))
    }

    @Test func thereAreExamplesOfEveryCase() throws {
        let cases = try Self.files.map { try Vector(Self.contents(of: $0)).kind }
        #expect(Set(cases) == Vector.kinds)
    }

    @Test(arguments: files) func holds(file: String) throws {
        try Vector(Self.contents(of: file)).check()
    }

    /// The check is no ornament: what an example expects decides.
    @Test(arguments: files) func anotherExpectationFails(file: String) throws {
        let text = String(decoding: try Self.contents(of: file), as: UTF8.self)
        let start = try #require(text.range(of: "\"expected\"", options: .backwards))
        let planted = text[..<start.lowerBound] + "\"expected\": {\"planted\": \"fault\"}}"
        #expect(throws: VectorError.self) { try Vector(Array(planted.utf8)).check() }
    }
}
