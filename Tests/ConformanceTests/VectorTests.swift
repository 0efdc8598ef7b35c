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

    /// How each case is checked.
    private static let checks: [String: @Sendable (VectorTests, Vector) throws -> Void] = [
        "canonical_text": { try $0.canonicalText($1) },
        "chain": { try $0.chain($1) },
        "content_hash": { try $0.contentHash($1) },
        "delta": { try $0.delta($1) },
        "derived_uid": { try $0.derivedUID($1) },
        "fingerprint": { try $0.fingerprint($1) },
        "item": { try $0.item($1) },
        "join": { try $0.join($1) },
        "life": { try $0.life($1) },
        "order": { try $0.order($1) },
        "reading": { try $0.reading($1) },
        "record_digest": { try $0.recordDigest($1) },
        "take": { try $0.take($1) },
        "text_refused": { try $0.textRefused($1) },
        "varint": { try $0.varint($1) },
        "varint_refused": { try $0.varintRefused($1) },
        "vector_hash": { try $0.vectorHash($1) },
    ]

    @Test func thereAreExamplesOfEveryCase() throws {
        let cases = try Self.files.map { try Vector(Self.folder.appendingPathComponent($0)).kind }
        #expect(Set(cases) == Set(Self.checks.keys))
    }

    @Test(arguments: files) func holds(file: String) throws {
        let vector = try Vector(Self.folder.appendingPathComponent(file))
        let check = try #require(Self.checks[vector.kind], "no case is called \(vector.kind)")
        try check(self, vector)
    }
}
