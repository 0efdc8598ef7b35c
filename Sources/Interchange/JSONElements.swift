import RecordModel

/// What an element of a JSON file came to; `line` is its first line, from 1.
enum JSONElement: Hashable {
    case value(line: Int, JSONValue)
    case malformed(line: Int, reason: String)
    /// The file ends before its array does; every element before was read.
    case cutShort(line: Int)
}

/// The elements of a JSON file, one at a time: only the one at hand is held in memory, and one
/// that cannot be read is reported while the rest goes on.
protocol JSONElements {
    mutating func next() throws -> JSONElement?
    var source: ByteSource { get }
}

/// Returns the elements of a source: those of one top-level array when its first byte that is not
/// white space is `[`, else one a line.
func jsonElements(of source: ByteSource) throws -> any JSONElements {
    var window = ByteWindow(source)
    repeat {
        if let first = window.withBytes({ $0.first { !isJSONWhiteSpace($0) } }) {
            return first == UInt8(ascii: "[") ? JSONArrayScanner(window) : JSONLineScanner(window)
        }
    } while try window.fill()
    return JSONLineScanner(window)
}

/// The elements of a file that holds one on each line; blank lines are passed over.
struct JSONLineScanner: JSONElements {
    private var lines: LineReader

    init(_ window: ByteWindow) {
        lines = LineReader(window)
    }

    var source: ByteSource { lines.window.source }

    mutating func next() throws -> JSONElement? {
        while true {
            let step = try lines.next { bytes, line in
                bytes.allSatisfy(isJSONWhiteSpace) ? nil : JSONElement(parsing: bytes, line: line)
            }
            switch step {
            case .end: return nil
            case .tooLong(let line): return .tooLong(line: line)
            case .line(.some(let element)): return element
            case .line(.none): continue
            }
        }
    }
}

extension JSONElement {
    init(parsing bytes: UnsafeRawBufferPointer, line: Int) {
        do {
            self = .value(line: line, try JSONValue(parsing: bytes))
        } catch {
            self = .malformed(line: line, reason: "not valid JSON: \(error.message)")
        }
    }

    static func tooLong(line: Int) -> Self {
        .malformed(line: line, reason: InterchangeLimits.tooLong)
    }

    /// Returns what the element came to, where `row` judges one that is valid JSON.
    func rowResult(_ row: (Int, JSONValue) -> RowResult) -> RowResult {
        switch self {
        case .value(let line, let value): row(line, value)
        case .malformed(let line, let reason): .refused(line: line, reason: reason)
        case .cutShort(let line):
            .warning(line: line, message: "the list is not closed: the file may be cut short")
        }
    }
}

func isJSONWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}
