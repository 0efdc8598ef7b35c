/// One row of CSV as far as its bytes have come: bytes in, cells out, no reading.
struct CSVRowScanner {
    private enum State {
        case cellStart
        case unquoted
        case quoted
        /// Behind a quote within a quoted cell: its end, or the first of a doubled quote.
        case behindQuote
    }

    /// What a reason ends in where a cell is no text; the parser knows of what encoding.
    static let noText = " is no text"

    var delimiter: UInt8
    private var state = State.cellStart
    private var line = 1
    private var firstLine = 1
    private var quoteLine = 1
    private var isBehindCR = false
    private var isBlank = true
    /// The row's bytes; beyond the limit they are counted and no longer kept.
    private var length = 0
    /// The text of the row's cells one behind the other, and where each ends.
    private var text: [UInt8] = []
    private var ends: [Int] = []

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// Takes bytes up to the row's end and returns how many, and whether the row is complete.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, isComplete: Bool) {
        for (offset, byte) in bytes.enumerated() {
            if isBehindCR {
                isBehindCR = false
                // The LF of a CR LF that ended the row before, or lies within quotes.
                if byte == 0x0A {
                    if state == .quoted { append(byte) }
                    continue
                }
            }
            let isLineEnd = byte == 0x0A || byte == 0x0D
            if isLineEnd {
                line += 1
                isBehindCR = byte == 0x0D
                if state != .quoted {
                    return (offset + 1, true)
                }
            }
            take(byte)
        }
        return (bytes.count, false)
    }

    /// Returns the complete row and begins the next, or nil when the line was blank.
    mutating func finish() -> CSVParser.Row? {
        defer { begin() }
        guard !isBlank else { return nil }
        guard length <= InterchangeLimits.longestRow else {
            return .malformed(line: firstLine, reason: InterchangeLimits.tooLong)
        }
        ends.append(text.count)
        return text.withUnsafeBytes { bytes in
            var cells: [String] = []
            cells.reserveCapacity(ends.count)
            var start = 0
            for end in ends {
                let cell = bytes[start..<end]
                guard let text = String(validating: cell, as: UTF8.self) else {
                    let reason = "cell \(cells.count + 1)" + Self.noText
                    return .malformed(line: firstLine, reason: reason)
                }
                cells.append(text)
                start = end
            }
            return .cells(line: firstLine, cells)
        }
    }

    /// Returns the row that the end of the source leaves, if any.
    mutating func finishAtEnd() -> CSVParser.Row? {
        guard state == .quoted else { return finish() }
        defer { begin() }
        let reason =
            "the quote that opens on line \(quoteLine) is never closed; nothing after it was read"
        return .malformed(line: firstLine, reason: reason)
    }

    private mutating func take(_ byte: UInt8) {
        isBlank = false
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")):
            state = .behindQuote
        case (.quoted, _):
            append(byte)
        case (.cellStart, UInt8(ascii: "\"")):
            state = .quoted
            quoteLine = line
        case (.behindQuote, UInt8(ascii: "\"")):
            state = .quoted
            append(byte)
        case (_, delimiter):
            endCell()
        default:
            // Behind a closing quote further text belongs to the cell, and a quote is no opener.
            state = .unquoted
            append(byte)
        }
    }

    private mutating func append(_ byte: UInt8) {
        length += 1
        if length <= InterchangeLimits.longestRow { text.append(byte) }
    }

    private mutating func endCell() {
        state = .cellStart
        length += 1
        if length <= InterchangeLimits.longestRow { ends.append(text.count) }
    }

    private mutating func begin() {
        state = .cellStart
        firstLine = line
        isBlank = true
        length = 0
        text.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
