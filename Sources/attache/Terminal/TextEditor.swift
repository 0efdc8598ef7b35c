import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The user's editor on a piece of text.
enum TextEditor {
    /// Lets the user edit a text and returns what it became.
    ///
    /// The text stands in a file that only the user can read and that is removed afterwards.
    /// - Throws: `ErrorReport` where there is no editor, or it ends with an error.
    static func edit(_ text: String, suffix: String) throws -> String {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("attache-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("text\(suffix)").path
        guard
            FileManager.default.createFile(
                atPath: file,
                contents: Data((text + "\n").utf8),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw ErrorReport(.io, "\(file) could not be written; nothing was changed") }
        try runEditor(on: file)
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        guard var edited = String(validating: data, as: UTF8.self) else {
            throw ErrorReport(.badValue, "the edited text is not UTF-8; nothing was changed")
        }
        if edited.hasSuffix("\n") { edited.removeLast() }
        return edited
    }

    private static func runEditor(on file: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let names = [environment["VISUAL"], environment["EDITOR"], "vi"]
        let editor = names.compactMap { $0 }.first { !$0.isEmpty } ?? "vi"
        // A shell, since the variables may hold options. Foundation's `Process` would put the
        // editor into a process group of its own, where the terminal stops it.
        let quoted = "'" + file.replacingOccurrences(of: "'", with: "'\\''") + "'"
        guard system("\(editor) \(quoted)") == 0 else {
            throw ErrorReport(
                .io,
                "the editor “\(editor)” ended with an error; nothing was changed",
                hint: "Name yours in VISUAL or EDITOR."
            )
        }
    }
}
