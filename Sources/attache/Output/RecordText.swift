import DeskWork
import RecordModel

/// A record as a person reads it: a line for each value, conflicts marked.
struct RecordText {
    /// How text is set off.
    let style: Style
    /// The columns of the terminal; nil where text is not broken.
    let width: Int?
    /// Whether each value says who set it.
    let provenance: Bool

    /// Returns the lines of a record.
    func text(of record: RecordView) -> String {
        let place = [record.space.text, record.handling].compactMap { $0 }.joined(separator: " · ")
        let title = SafeText.line(record.title)
        var lines = [
            "\(record.kindName) \(style.bold(SafeText.line(record.id)))  \(style.bold(title))"
                + "  \(style.dim(SafeText.line(place)))"
        ]
        switch record.life {
        case .alive: break
        case .deleted:
            lines.append(style.warning("  deleted; attache undelete \(record.id) brings it back"))
        case .contested:
            lines.append(style.warning("! deleted by one, edited by another: attache review"))
        case .erased: lines.append(style.warning("  erased"))
        }
        if let merging = record.merging { lines += head(of: merging, record.id) }
        lines += fields(record.fields)
        for absorbed in record.merging?.absorbed ?? [] {
            let name = SafeText.line("\(absorbed.record.id)  \(absorbed.record.title)")
            lines.append(style.dim("  merged with \(name), \(absorbed.record.space)"))
            lines += fields(absorbed.fields)
        }
        for part in record.elsewhere {
            lines.append(style.dim("  held by \(part.space.text):"))
            lines += fields(part.fields)
        }
        let by = SafeText.line("\(record.changed.by), \(record.changed.desk)")
        lines.append(style.dim("  changed \(LocalTime.text(record.changed.at)) by \(by)"))
        if !record.conflicts.isEmpty {
            lines.append(
                style.warning("! waits for a decision: attache conflicts \(record.id)")
            )
        }
        return lines.joined(separator: "\n")
    }

    private func head(of merging: MergeView, _ id: String) -> [String] {
        var lines: [String] = []
        if let into = merging.into {
            var text = SafeText.line("  merged into \(into.id)  \(into.title)")
            if let by = merging.provenance {
                text += SafeText.line(" by \(by.by), \(by.desk), \(LocalTime.text(by.at))")
            }
            lines.append(style.warning(text))
            lines.append(style.dim("  attache unmerge \(SafeText.line(id)) takes it back"))
        }
        if merging.isRing {
            lines.append(style.dim("  two desks merged both ways; the least uid stands for all"))
        }
        return lines
    }

    private func fields(_ fields: [FieldView]) -> [String] {
        let nameWidth = fields.map { TextWidth.columns(of: $0.name) }.max() ?? 0
        return fields.flatMap { field in
            field.values.enumerated().flatMap { index, value in
                lines(
                    of: value,
                    field.field,
                    named: index == 0 ? field.name : "",
                    nameWidth: min(nameWidth, 24)
                )
            }
        }
    }

    private func lines(
        of value: ValueView,
        _ field: Field?,
        named name: String,
        nameWidth: Int
    ) -> [String] {
        let mark = value.isConflict ? style.warning("!") : " "
        let head = "\(mark) \(TextWidth.padded(name, to: nameWidth))  "
        let indent = String(repeating: " ", count: nameWidth + 4)
        var text = SafeText.lines(Self.text(of: value, field))
        if let key = value.rowKey { text = "[\(SafeText.line(key))] \(text)" }
        var lines = TextWidth.lines(of: text, width: width.map { $0 - nameWidth - 4 } ?? .max)
            .map(String.init)
        if lines.count > 1, lines.last == "" { lines.removeLast() }
        var result = lines.enumerated().map { ($0.offset == 0 ? head : indent) + $0.element }
        if value.isConflict {
            let count = value.reading.siblings.count
            result.append(indent + style.warning("provisional, of \(count) versions"))
        }
        if provenance { result.append(indent + style.dim(source(of: value.provenance))) }
        return result
    }

    /// The text of a value; of an attachment what people know it by, without its hash.
    private static func text(of value: ValueView, _ field: Field?) -> String {
        guard let field,
            let named = AttachmentReference(field, value.key, value.reading.shown),
            !named.name.isEmpty
        else { return value.line }
        let size = named.size.map { ByteSize($0).text }
        return ([named.name] + [size, named.mediaType].compactMap { $0 }.filter { !$0.isEmpty })
            .joined(separator: ", ")
    }

    private func source(of provenance: Provenance) -> String {
        let change = provenance.change.map { "  \($0)" } ?? ""
        return SafeText.line(
            "\(provenance.by), \(provenance.desk), \(LocalTime.text(provenance.at))\(change)"
        )
    }
}
