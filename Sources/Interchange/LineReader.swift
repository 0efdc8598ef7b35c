import Foundation

/// The lines of a source, each handed out without copying and with its number.
struct LineReader {
    /// What reading a line came to.
    enum Step<Result> {
        case line(Result)
        /// The line was longer than `InterchangeLimits.longestRow` and was passed over.
        case tooLong(line: Int)
        case end
    }

    private(set) var window: ByteWindow
    private var line = 0

    init(_ window: ByteWindow) {
        self.window = window
    }

    /// Calls `body` with the next line, without its line end (LF or CR LF), and its number from 1.
    /// - Throws: the source's error when reading fails.
    mutating func next<Result>(
        _ body: (UnsafeRawBufferPointer, Int) -> Result
    ) throws -> Step<Result> {
        var searched = 0
        var isTooLong = false
        while true {
            if let end = lineEnd(from: searched) {
                return take(end, isTooLong: isTooLong, body)
            }
            searched = window.count
            if searched > InterchangeLimits.longestRow {
                isTooLong = true
                window.consume(searched)
                searched = 0
            }
            guard try !window.fill() else { continue }
            guard isTooLong || window.count > 0 else { return .end }
            return take(window.count, isTooLong: isTooLong, body)
        }
    }

    /// Hands out the line of `length` bytes and consumes it with the line end behind it.
    private mutating func take<Result>(
        _ length: Int,
        isTooLong: Bool,
        _ body: (UnsafeRawBufferPointer, Int) -> Result
    ) -> Step<Result> {
        line += 1
        defer { window.consume(min(length + 1, window.count)) }
        guard !isTooLong, length <= InterchangeLimits.longestRow else {
            return .tooLong(line: line)
        }
        let number = line
        let result = window.withBytes { bytes in
            let end = length > 0 && bytes[length - 1] == 0x0D ? length - 1 : length
            return body(UnsafeRawBufferPointer(rebasing: bytes[..<end]), number)
        }
        return .line(result)
    }

    private func lineEnd(from offset: Int) -> Int? {
        window.withBytes { bytes in
            guard let base = bytes.baseAddress, offset < bytes.count,
                let found = memchr(base + offset, 0x0A, bytes.count - offset)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
