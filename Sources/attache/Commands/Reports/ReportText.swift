import DeskWork

/// A report as a person reads it: tables under headings, what has to be known of the figures, and how old
/// the data is.
struct ReportText {
    private let result: ReportResult
    private let title: String
    private let width: Int
    private let style: Style

    /// What fits a printed page and most windows.
    private static let usualWidth = 100

    /// Creates the text; nil for the width of a page.
    init(_ result: ReportResult, title: String, width: Int?, style: Style) {
        self.result = result
        self.title = title
        self.width = width ?? Self.usualWidth
        self.style = style
    }

    var text: String {
        var lines: [String] = []
        if let handling = result.handling { lines += [style.bold(handling), ""] }
        let shown = result.sections.filter { !$0.rows.isEmpty }
        if shown.isEmpty { lines += ["Nothing to report: \(title).", ""] }
        for section in shown {
            if !section.heading.isEmpty { lines.append(style.bold(section.heading)) }
            lines += table(section) + [""]
        }
        if shown.contains(where: { $0.rows.contains { !$0.conflicts.isEmpty } }) {
            lines.append("! stands on a field in conflict: attache conflicts")
        }
        lines += result.notes.map {
            SafeText.line($0.prefix(1).uppercased() + $0.dropFirst() + ".")
        }
        lines += result.asOfLines.map { SafeText.line($0) }.flatMap(wrapped)
        return lines.joined(separator: "\n")
    }

    private func table(_ section: ReportSection) -> [String] {
        // A column in which no row says anything takes no room on a page.
        let columns = section.columns.indices.filter { column in
            section.rows.contains { $0.cells[column] != .none }
        }
        var table = Table(columns.map { section.columns[$0] })
        for row in section.rows {
            var cells = columns.map { row.cells[$0].text }
            if !row.conflicts.isEmpty, !cells.isEmpty { cells[0] += " !" }
            table.append(cells)
        }
        return table.lines(width: width, style: style)
    }

    private func wrapped(_ line: String) -> [String] {
        TextWidth.lines(of: line, width: width).map { String($0) }
    }
}
