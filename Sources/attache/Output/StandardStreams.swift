import Foundation

/// The reader of standard output has gone away: there is nobody to print for.
struct ClosedOutput: Error {}

/// Standard output could not be written, as to a file on a full disk.
struct OutputFailure: Error {
    /// The system's error number.
    let errorNumber: Int32
}

/// Standard output and standard error.
enum StandardStreams {
    /// Writes text to standard output.
    /// - Throws: `ClosedOutput`, `OutputFailure`.
    static func print(_ text: String, terminator: String = "\n") throws {
        try write(Array((text + terminator).utf8))
    }

    /// Writes bytes to standard output.
    /// - Throws: `ClosedOutput`, `OutputFailure`.
    static func write(_ bytes: [UInt8]) throws {
        guard let number = Platform.write(bytes, to: 1) else { return }
        throw number == EPIPE ? ClosedOutput() : OutputFailure(errorNumber: number)
    }

    /// Writes text to standard error; where nobody reads it, nothing is lost.
    static func warn(_ text: String, terminator: String = "\n") {
        _ = Platform.write(Array((text + terminator).utf8), to: 2)
    }
}

/// Lines on their way to standard output, gathered into large pieces.
struct LineBuffer {
    private var bytes: [UInt8] = []

    private static let capacity = 64 << 10

    /// Appends a line.
    mutating func line(_ text: String) throws {
        bytes.append(contentsOf: text.utf8)
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= Self.capacity { try flush() }
    }

    /// Writes what is left.
    mutating func flush() throws {
        guard !bytes.isEmpty else { return }
        try StandardStreams.write(bytes)
        bytes.removeAll(keepingCapacity: true)
    }
}
