/// The rows of a CSV source, as RFC 4180 has them and as spreadsheets write them.
///
/// Lines may end in CR LF, LF or CR. A quote opens a quoted cell only at the cell's start; what
/// follows a closing quote is taken as written. Blank lines are passed over.
struct CSVParser {
    enum Row: Hashable {
        case cells(line: Int, [String])
        case malformed(line: Int, reason: String)
    }

    /// How the file is laid out.
    let layout: CSVLayout
    private var window: ByteWindow
    private var row: CSVRowScanner

    /// How many bytes the layout is told by.
    static let sampleSize = 256 * 1024

    /// Opens a source and finds how it is laid out: the delimiter is comma, `;`, tab or `|`,
    /// whichever gives known headings, or else rows of one width.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - encoding: Its encoding; nil finds it out.
    ///   - known: How many cells of a row are headings that are known.
    /// - Throws: the source's error when reading fails.
    init(
        _ source: ByteSource,
        encoding: TextEncoding? = nil,
        known: ([String]) -> Int = { _ in 0 }
    ) throws {
        window = ByteWindow(source, encoding: encoding)
        var isWhole = false
        while window.count < Self.sampleSize, !isWhole { isWhole = try !window.fill() }
        layout = window.withBytes { CSVLayout($0, isWhole: isWhole, known: known) }
        row = CSVRowScanner(delimiter: layout.delimiter)
    }

    /// Opens a source whose layout is known.
    init(_ source: ByteSource, encoding: TextEncoding?, layout: CSVLayout) {
        window = ByteWindow(source, encoding: encoding)
        self.layout = layout
        row = CSVRowScanner(delimiter: layout.delimiter)
    }

    var source: ByteSource { window.source }

    /// The encoding as far as it is known, and whether it was found out.
    var encoding: TextEncoding? { window.transcoder.encoding }
    var isEncodingGuessed: Bool { window.transcoder.isGuess }

    /// Returns the next row that is not blank, or nil at the end of the source.
    mutating func next() throws -> Row? {
        while true {
            let (consumed, isComplete) = window.withBytes { row.scan($0) }
            window.consume(consumed)
            if isComplete {
                if let finished = row.finish() { return named(finished) }
                continue
            }
            guard try !window.fill() else { continue }
            return row.finishAtEnd().map(named)
        }
    }

    /// Names the encoding of which a row is no text.
    private func named(_ row: Row) -> Row {
        guard case .malformed(let line, let reason) = row, reason.hasSuffix(CSVRowScanner.noText)
        else { return row }
        let label = (encoding ?? .utf8).label
        return .malformed(
            line: line,
            reason: "\(reason.dropLast(CSVRowScanner.noText.count)) is not \(label) text"
        )
    }
}
