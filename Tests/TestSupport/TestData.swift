import Foundation

/// The files on which tests run: those of the repository, and the public data beside it.
public enum TestData {
    /// The root of the repository.
    public static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Returns a file of the public test data (`orgs/ror-sample.schema-v2.jsonl`), or nil where it
    /// is absent.
    ///
    /// The data lies where `ATTACHE_TEST_DATA` says, by default in `../shared/data` beside the
    /// repository. Tests that need it are skipped without it.
    public static func url(_ path: String) -> URL? {
        let root =
            environment("ATTACHE_TEST_DATA").map { URL(filePath: $0) }
            ?? repository.deletingLastPathComponent().appending(path: "shared/data")
        let file = root.appending(path: path)
        return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }
}
