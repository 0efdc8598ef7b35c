/// A writer of CSV as RFC 4180 has it, in UTF-8 with CR LF line ends.
///
/// Cells that a spreadsheet would run as a formula are written with a leading apostrophe, which
/// ``CSVReader`` takes away again; `+` and digits of a phone number stay as they are.
public struct CSVWriter: Sendable {
    private var isAtStart = true
    private let byteOrderMark: Bool

    /// Creates a writer; the byte order mark is what makes Excel read the file as UTF-8.
    public init(byteOrderMark: Bool = false) {
        self.byteOrderMark = byteOrderMark
    }

    /// Appends a row to `bytes`; the first row of a file is its header.
    public mutating func write(_ cells: [String], to bytes: inout [UInt8]) {
        if isAtStart && byteOrderMark { bytes.append(contentsOf: [0xEF, 0xBB, 0xBF]) }
        isAtStart = false
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(FormulaGuard.guarded(cell), isAlone: cells.count == 1, to: &bytes)
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
    }

    private func append(_ cell: String, isAlone: Bool, to bytes: inout [UInt8]) {
        // A row of one empty cell would else read as a blank line.
        guard cell.utf8.contains(where: Self.needsQuotes) || (isAlone && cell.isEmpty) else {
            bytes.append(contentsOf: cell.utf8)
            return
        }
        let quote = UInt8(ascii: "\"")
        bytes.append(quote)
        for byte in cell.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        // `;` and tab are no delimiters here, but programs that guess one may take them for it.
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: ";"), 0x09, 0x0A, 0x0D: true
        default: false
        }
    }
}
