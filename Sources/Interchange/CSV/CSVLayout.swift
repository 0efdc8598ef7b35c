/// How a CSV file is laid out: what parts its cells, and where its header stands.
struct CSVLayout: Equatable {
    /// The delimiter.
    var delimiter: UInt8
    /// How many rows that are not blank stand before the header; nil where no row looks like one.
    var headerIndex: Int?

    /// Delimiters that are looked for; the earlier is taken where two fit alike.
    static let delimiters: [UInt8] = [
        UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, UInt8(ascii: "|"),
    ]
    /// How many rows are looked at.
    private static let rowsSeen = 60
    /// The last row that may be the header: exports put a few lines of notes before it.
    private static let lastHeader = 20

    /// Tells the layout by the first bytes of a file.
    ///
    /// - Parameters:
    ///   - bytes: The file's beginning in UTF-8.
    ///   - isWhole: Whether nothing follows.
    ///   - known: How many cells of a row are headings that are known.
    init(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, known: ([String]) -> Int) {
        if let said = Self.said(bytes) {
            let rows = Self.rows(bytes, said, isWhole: isWhole)
            self.init(
                delimiter: said,
                headerIndex: Self.header(rows, known, from: 1)?.index ?? 1
            )
            return
        }
        var best = (layout: CSVLayout(delimiter: Self.delimiters[0]), score: -1.0)
        for delimiter in Self.delimiters {
            let rows = Self.rows(bytes, delimiter, isWhole: isWhole)
            let header = Self.header(rows, known, from: 0)
            let width = rows.isEmpty ? 0 : rows[header?.index ?? 0].count
            let body = rows.dropFirst((header?.index ?? 0) + 1)
            let agreeing = body.count { Self.width($0) <= width && $0.count >= width }
            let agreement = body.isEmpty ? 1 : Double(agreeing) / Double(body.count)
            let score =
                Double(header?.known ?? 0) * 1000 + (width > 1 ? agreement * Double(width) : 0)
            if score > best.score {
                best = (CSVLayout(delimiter: delimiter, headerIndex: header?.index), score)
            }
        }
        self = best.layout
    }

    private init(delimiter: UInt8, headerIndex: Int? = nil) {
        self.delimiter = delimiter
        self.headerIndex = headerIndex
    }

    /// The number of cells up to the last that is not empty.
    private static func width(_ cells: [String]) -> Int {
        cells.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0
    }

    /// `sep=;` in a first line, as Excel writes and reads it.
    private static func said(_ bytes: UnsafeRawBufferPointer) -> UInt8? {
        let line = bytes.prefix(8).filter { $0 != UInt8(ascii: "\"") }
        guard line.count >= 6, line.starts(with: "sep=".utf8),
            line[5] == 0x0A || line[5] == 0x0D
        else { return nil }
        return line[4]
    }

    private static func rows(
        _ bytes: UnsafeRawBufferPointer,
        _ delimiter: UInt8,
        isWhole: Bool
    ) -> [[String]] {
        var scanner = CSVRowScanner(delimiter: delimiter)
        var rest = bytes[...]
        var rows: [[String]] = []
        while rows.count < rowsSeen, !rest.isEmpty {
            let (consumed, isComplete) = scanner.scan(UnsafeRawBufferPointer(rebasing: rest))
            rest = rest.dropFirst(consumed)
            guard isComplete || isWhole else { break }
            if case .cells(_, let cells)? = isComplete ? scanner.finish() : scanner.finishAtEnd() {
                rows.append(cells)
            }
        }
        return rows
    }

    /// The first row that has more known headings than any before it; a row behind the first must
    /// have at least two, or be the only one with any.
    private static func header(
        _ rows: [[String]],
        _ known: ([String]) -> Int,
        from first: Int
    ) -> (index: Int, known: Int)? {
        var best: (index: Int, known: Int)?
        for (index, row) in rows.enumerated().prefix(lastHeader).dropFirst(first) {
            let count = known(row)
            if count > best?.known ?? 0, index == first || count >= 2 { best = (index, count) }
        }
        return best
    }
}
