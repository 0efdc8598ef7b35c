/// A table of text that fits the width it is given: the widest columns give way first.
struct Table {
    private let header: [String]
    private var rows: [[String]] = []

    /// The space between columns.
    private static let gap = 2
    /// What is left of a column that gives way.
    private static let narrowest = 8

    /// Creates a table of columns.
    init(_ header: [String]) {
        self.header = header
    }

    /// Appends a row; cells are shown with harmful characters escaped.
    mutating func append(_ cells: [String]) {
        rows.append(cells.map { SafeText.line($0) })
    }

    /// Whether there are no rows.
    var isEmpty: Bool { rows.isEmpty }

    /// Returns the lines, the header first.
    ///
    /// - Parameters:
    ///   - width: The columns of the terminal; nil where nothing is cut.
    ///   - style: How the header is set off.
    /// - Returns: The lines.
    func lines(width: Int?, style: Style) -> [String] {
        let widths = columnWidths(fitting: width)
        func line(_ cells: [String]) -> String {
            var result = ""
            for (index, cell) in cells.enumerated() where index < widths.count {
                let cut = TextWidth.cut(cell, to: widths[index])
                let isLast = index == widths.count - 1
                result += isLast ? cut : TextWidth.padded(cut, to: widths[index] + Self.gap)
            }
            while result.hasSuffix(" ") { result.removeLast() }
            return result
        }
        return [style.bold(line(header))] + rows.map(line)
    }

    private func columnWidths(fitting limit: Int?) -> [Int] {
        var widths = header.map { TextWidth.columns(of: $0) }
        for row in rows {
            for (index, cell) in row.enumerated() where index < widths.count {
                widths[index] = max(widths[index], TextWidth.columns(of: cell))
            }
        }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - limit
        while excess > 0, let widest = widths.max(), widest > Self.narrowest,
            let index = widths.firstIndex(of: widest)
        {
            let next = widths.filter { $0 < widest }.max() ?? Self.narrowest
            let cut = min(excess, widest - max(next, Self.narrowest), widest - Self.narrowest)
            widths[index] -= max(1, cut)
            excess -= max(1, cut)
        }
        return widths
    }
}
