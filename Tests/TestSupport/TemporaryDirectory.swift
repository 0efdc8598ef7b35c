import Foundation

/// A folder that a test owns and that goes when the test's value goes.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let url: URL

    /// Makes an empty folder.
    public init() {
        let name = "attache-test-\(UUID().uuidString)"
        url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Returns the path of a file in the folder.
    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
