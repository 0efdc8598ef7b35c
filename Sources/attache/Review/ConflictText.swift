import DeskWork
import RecordModel

/// A conflict as a person reads it: the base, the versions, who and when.
struct ConflictText {
    /// How text is set off.
    let style: Style
    /// The columns that it may take.
    let width: Int

    /// How wide the columns are beside a value; a longer value stands below.
    private struct Columns {
        let desk: Int
        let author: Int
        let value: Int
    }

    private func columns(of conflict: Conflict, _ offlineDays: [Int: Int]) -> Columns {
        let versions = conflict.siblings + (conflict.base.map { [$0] } ?? [])
        let desk = versions.map { min(8, TextWidth.columns(of: $0.provenance.desk)) }.max() ?? 0
        let author = versions.map { min(14, TextWidth.columns(of: $0.provenance.by)) }.max() ?? 0
        // The number, a time (17 columns), and where there is room how long a desk was offline.
        let rest = 7 + 1 + desk + 2 + author + 2 + 17
        let offline = offlineDays.isEmpty || width < rest + 40 ? 0 : 17
        return Columns(desk: desk, author: author, value: max(12, width - rest - offline))
    }

    /// Returns the lines of a conflict.
    ///
    /// - Parameters:
    ///   - conflict: The conflict.
    ///   - place: Where it stands among others: `Conflict 2 of 5`; nil for none.
    /// - Returns: The lines.
    func text(of conflict: Conflict, place: String? = nil) -> [String] {
        text(of: conflict, headline: Self.headline(conflict), place: place, offlineDays: [:])
    }

    /// Returns the lines of a conflict with what helps to decide it.
    func text(of item: ReviewItem, place: String? = nil) -> [String] {
        var lines = text(
            of: item.conflict,
            headline: item.headline,
            place: place,
            offlineDays: item.offlineDays
        )
        if item.decisions.count > 1 || isDecidedTwice(item) {
            lines.append(style.warning("  decided differently while apart:"))
            for entry in item.decisions.prefix(4) {
                lines.append("    " + HistoryText(style: style).line(entry, namesRecord: false))
            }
        }
        let also = item.alsoChanged.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.joined(separator: ", "))" }
        if !also.isEmpty {
            lines.append(
                fitted(SafeText.line("  also changed there: " + also.joined(separator: " · ")))
            )
        }
        return lines
    }

    private func isDecidedTwice(_ item: ReviewItem) -> Bool {
        item.conflict.siblings.count { $0.provenance.reason == .resolution } > 1
    }

    private func text(
        of conflict: Conflict,
        headline: String,
        place: String?,
        offlineDays: [Int: Int]
    ) -> [String] {
        let left = (place.map { "\($0) · " } ?? "") + headline
        let right = "space \(conflict.space.text)"
        let gap = width - TextWidth.columns(of: right) - 2
        let shown = TextWidth.cut(SafeText.line(left), to: max(20, gap))
        var lines = [
            style.bold(TextWidth.padded(shown, to: max(0, gap + 2))) + style.dim(right)
        ]
        if let refusal = conflict.refusal {
            let line = "  headquarters took back what was written here: \(refusal)"
            lines.append(style.warning(fitted(SafeText.line(line))))
        }
        let texts = conflict.siblings.map(\.text)
        let columns = columns(of: conflict, offlineDays)
        if let base = conflict.base {
            lines += row(of: base, named: "base", offline: nil, columns, among: texts)
        }
        for version in conflict.siblings {
            lines += row(
                of: version,
                named: "\(version.n)",
                offline: offlineDays[version.n],
                columns,
                among: texts
            )
        }
        return lines
    }

    private static func headline(_ conflict: Conflict) -> String {
        let place = conflict.item.map { "\(conflict.field)[\($0)]" } ?? conflict.field
        let title = conflict.title.isEmpty ? "" : " \(conflict.title)"
        return "\(conflict.kind) \(conflict.id)\(title) · \(place)"
    }

    private func row(
        of version: ConflictVersion,
        named name: String,
        offline: Int?,
        _ columns: Columns,
        among texts: [String]
    ) -> [String] {
        let provenance = version.provenance
        let edits = version.edits.isEmpty ? "" : " (\(version.edits.joined(separator: ", ")))"
        let value =
            version.value == nil ? "(cleared)" : version.text.isEmpty ? "(empty)" : version.text
        let text = SafeText.line(value + edits)
        let head = "  " + TextWidth.padded(name, to: 5)
        let who =
            SafeText.line(
                TextWidth.padded(
                    TextWidth.cut(provenance.desk, to: columns.desk),
                    to: columns.desk + 2
                )
                    + TextWidth.padded(
                        TextWidth.cut(provenance.by, to: columns.author),
                        to: columns.author + 2
                    )
            )
            + LocalTime.text(provenance.at)
        let days = offline.map { "  offline \($0) day\($0 == 1 ? "" : "s")" } ?? ""
        if TextWidth.columns(of: text) <= columns.value, !value.contains("\n") {
            let shown = TextWidth.padded(text, to: columns.value)
            return [fitted(head + shown + " " + who + days)]
        }
        return [fitted(head + who + days)]
            + wrapped(SafeText.lines(value), differing: texts, isVersion: version.n > 0)
    }

    /// A long value in lines of its own, what differs between the versions set off.
    private func wrapped(_ text: String, differing texts: [String], isVersion: Bool) -> [String] {
        let others = texts.map { SafeText.lines($0) }.filter { $0 != text }
        var range = text.startIndex..<text.startIndex
        if isVersion, let other = others.first {
            let prefix = zip(text, other).prefix { $0 == $1 }.count
            let suffix = zip(text.reversed(), other.reversed()).prefix { $0 == $1 }.count
            let start = text.index(text.startIndex, offsetBy: prefix)
            let end = text.index(text.endIndex, offsetBy: -min(suffix, text.count - prefix))
            range = start..<max(start, end)
        }
        return TextWidth.lines(of: text, width: width - 8).map { line in
            let first = max(line.startIndex, min(range.lowerBound, line.endIndex))
            let last = max(first, min(range.upperBound, line.endIndex))
            return "       " + text[line.startIndex..<first]
                + style.difference(String(text[first..<last])) + text[last..<line.endIndex]
        }
    }

    private func fitted(_ line: String) -> String { TextWidth.cut(line, to: width) }
}
