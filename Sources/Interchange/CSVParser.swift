/// The rows of a CSV source, as RFC 4180 has them and as spreadsheets write them.
///
/// Lines may end in CR LF, LF or CR. A quote opens a quoted cell only at the cell's start; what
/// follows a closing quote is taken as written. Blank lines are passed over.
struct CSVParser {
    enum Row: Hashable {
        case cells(line: Int, [String])
        case malformed(line: Int, reason: String)
    }

    private var window: ByteWindow
    private var row = CSVRowScanner(delimiter: UInt8(ascii: ","))

    /// Opens a source and finds its delimiter: comma, `;` or tab, whichever its first line has
    /// most of outside quotes.
    /// - Throws: the source's error when reading fails.
    init(_ source: ByteSource) throws {
        window = ByteWindow(source)
        row.delimiter = try Self.delimiter(of: &window)
    }

    var source: ByteSource { window.source }

    /// Returns the next row that is not blank, or nil at the end of the source.
    mutating func next() throws -> Row? {
        while true {
            let (consumed, isComplete) = window.withBytes { row.scan($0) }
            window.consume(consumed)
            if isComplete {
                if let finished = row.finish() { return finished }
                continue
            }
            guard try !window.fill() else { continue }
            return row.finishAtEnd()
        }
    }

    private static func delimiter(of window: inout ByteWindow) throws -> UInt8 {
        while try window.fill(), window.count < InterchangeLimits.longestRow {
            if window.withBytes({ headerLength($0) }) != nil { break }
        }
        return window.withBytes { bytes in
            let header = bytes[..<(headerLength(bytes) ?? bytes.count)]
            var counts: [UInt8: Int] = [:]
            var isQuoted = false
            for byte in header {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if !isQuoted { counts[byte, default: 0] += 1 }
            }
            return [UInt8(ascii: ";"), 0x09].reduce(UInt8(ascii: ",")) { best, candidate in
                counts[candidate, default: 0] > counts[best, default: 0] ? candidate : best
            }
        }
    }

    /// Returns the length of the first line that is not blank, or nil where it goes on.
    private static func headerLength(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var isQuoted = false
        var isBlank = true
        for (offset, byte) in bytes.enumerated() {
            let isLineEnd = byte == 0x0A || byte == 0x0D
            if isLineEnd && !isQuoted && !isBlank { return offset }
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isLineEnd { isBlank = false }
        }
        return nil
    }
}
