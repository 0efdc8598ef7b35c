import RecordModel

/// The elements of a file that is one top-level JSON array.
///
/// Only brackets and strings are looked at; whether an element is valid is the parser's to say.
struct JSONArrayScanner: JSONElements {
    private var window: ByteWindow
    private var line = 1
    private var isInArray = false

    init(_ window: ByteWindow) {
        self.window = window
    }

    var source: ByteSource { window.source }

    mutating func next() throws -> JSONElement? {
        while let byte = try peek() {
            switch byte {
            case UInt8(ascii: "[") where !isInArray:
                isInArray = true
                advance(over: 1)
            case UInt8(ascii: "]") where isInArray:
                isInArray = false
                advance(over: 1)
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                advance(over: 1)
            default:
                return try element()
            }
        }
        guard isInArray else { return nil }
        isInArray = false
        return .cutShort(line: line)
    }

    private mutating func peek() throws -> UInt8? {
        while window.count == 0 {
            guard try window.fill() else { return nil }
        }
        return window.withBytes { $0.first }
    }

    private mutating func element() throws -> JSONElement {
        let firstLine = line
        var extent = Extent()
        var searched = 0
        var isTooLong = false
        while true {
            if let end = window.withBytes({ extent.end(in: $0, from: searched) }) {
                defer { advance(over: end) }
                guard !isTooLong, end <= InterchangeLimits.longestRow else {
                    return .tooLong(line: firstLine)
                }
                return window.withBytes {
                    JSONElement(
                        parsing: UnsafeRawBufferPointer(rebasing: $0[..<end]),
                        line: firstLine
                    )
                }
            }
            searched = window.count
            if searched > InterchangeLimits.longestRow {
                isTooLong = true
                advance(over: searched)
                searched = 0
            }
            guard try window.fill() else {
                advance(over: window.count)
                isInArray = false
                let reason = "begins here and is never closed; nothing after it was read"
                return .malformed(line: firstLine, reason: reason)
            }
        }
    }

    private mutating func advance(over length: Int) {
        line += window.withBytes { bytes in
            bytes[..<length].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        }
        window.consume(length)
    }
}

/// How far an element has been followed, over as many chunks as it spans.
private struct Extent {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false

    /// Returns the offset behind the element, or nil where it goes on after `bytes`.
    ///
    /// What is neither an object nor a list ends before a comma, a closing bracket or a line end.
    mutating func end(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        for index in start..<bytes.count {
            let byte = bytes[index]
            if isInString {
                follow(inString: byte)
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // A stray bracket at the very start is an element of its own, or no end would
                // ever be reached.
                guard depth > 0 else { return max(index, 1) }
                depth -= 1
                if depth == 0 { return index + 1 }
            case UInt8(ascii: ","), 0x0A:
                if depth == 0 { return index }
            default:
                break
            }
        }
        return nil
    }

    private mutating func follow(inString byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }
}
