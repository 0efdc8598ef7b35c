import DeskWork
import RecordModel

/// Entries of a history as a person reads them.
struct HistoryText {
    /// How text is set off.
    let style: Style

    /// Returns the line of an entry, beginning with the record where `namesRecord`.
    func line(_ entry: HistoryEntry, namesRecord: Bool) -> String {
        let when = style.dim(LocalTime.text(entry.provenance.at))
        let who = SafeText.line("\(entry.provenance.by), \(entry.provenance.desk)")
        let record = namesRecord ? "  \(style.bold(SafeText.line(entry.id)))" : ""
        let change = entry.change.map { "  \(style.dim(SafeText.line($0)))" } ?? ""
        return "\(when)\(record)  \(what(entry))  \(who)\(change)"
    }

    private func what(_ entry: HistoryEntry) -> String {
        let item = entry.item.map { "[\($0)]" } ?? ""
        let place = entry.field.map { " \($0)\(item)" } ?? ""
        var text = SafeText.line("\(entry.action.rawValue)\(place)")
        if !entry.newText.isEmpty, entry.oldText.isEmpty {
            text += ": \(shown(entry.newText))"
        } else if !entry.newText.isEmpty {
            text += ": \(shown(entry.oldText)) → \(shown(entry.newText))"
        } else if !entry.oldText.isEmpty {
            text += ": was \(shown(entry.oldText))"
        }
        return text
    }

    private func shown(_ text: String) -> String {
        "“\(SafeText.line(TextWidth.cut(text, to: 60)))”"
    }
}
