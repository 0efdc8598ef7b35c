import Foundation

/// A file that takes another's place only when it is whole; readable by its owner alone, since it
/// holds what records hold.
struct FileReplacement {
    private let path: String
    private let partial: String
    private let handle: FileHandle

    /// Begins a file beside the one that it is to replace.
    init(_ path: String) throws {
        self.path = path
        partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
        guard
            FileManager.default.createFile(
                atPath: partial,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            ),
            let handle = FileHandle(forWritingAtPath: partial)
        else {
            throw ErrorReport(
                .io,
                "\(path) cannot be written",
                hint: "See that its directory is there and may be written."
            )
        }
        self.handle = handle
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws {
        if let number = Platform.write(bytes, to: handle.fileDescriptor) {
            throw ErrorReport(
                errorNumber: number,
                doing: "\(path) could not be written and was left as it was"
            )
        }
    }

    /// Puts the file in its place.
    func finish() throws {
        try handle.synchronize()
        try handle.close()
        guard rename(partial, path) == 0 else {
            throw ErrorReport(
                errorNumber: errno,
                doing: "\(path) could not be written and was left as it was"
            )
        }
    }

    /// Takes the unfinished file away.
    func discard() {
        try? handle.close()
        try? FileManager.default.removeItem(atPath: partial)
    }
}
