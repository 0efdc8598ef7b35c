import CausalHistory
import RecordModel
import RecordStorage

/// A record as a text that a person edits.
///
/// A line `field: value` holds a single value, a line `field:` and lines `- item` behind it hold
/// items, and lines `| text` a long text. Lines that begin with `#` count for nothing. Only what
/// differs from the text as it was handed out is written.
public struct EditForm: Sendable {
    /// The record's name.
    public let id: String
    /// The record's number.
    public let uid: RecordUID
    /// What the editor shows.
    public let text: String

    /// Renders a record.
    init(_ view: RecordView) {
        let kind = view.kind
        id = view.id
        uid = view.uid
        var lines = [
            "# \(view.kindName) \(view.id) \(view.title) (space \(view.space.text))",
            "# Change what follows, save and close the editor. A value that is taken away is",
            "# cleared. Items are one line each; lines that begin with # count for nothing.",
            "",
        ]
        for field in kind.fields where Self.isEdited(field) {
            guard let shown = view.field(field.name) else { continue }
            lines += Self.lines(of: shown, field)
        }
        let unknown = view.fields.filter { $0.field == nil }
        if !unknown.isEmpty {
            lines += ["", "# Fields of a newer version, which are kept as they are:"]
            lines += unknown.map { "# \($0.name): \(Self.line($0.text))" }
        }
        lines += ["", "# Fields without a value:"]
        for field in kind.fields where Self.isEdited(field) && view.field(field.name) == nil {
            lines.append("# \(field.name):")
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func isEdited(_ field: Field) -> Bool {
        field.number != FieldKey.life.number && field.number != FieldKey.shortID.number
    }

    private static func lines(of view: FieldView, _ field: Field) -> [String] {
        var lines: [String] = []
        for value in view.values where value.isConflict {
            let versions = value.reading.siblings.enumerated().map { index, sibling in
                "\(index + 1) \(sibling.version.content.bytes.map { field.type.text($0) } ?? "(cleared)")"
            }.joined(separator: " | ")
            lines.append("# in conflict: \(line(versions))")
        }
        if field.isRegister {
            let text = view.values[0].text
            guard text.contains(where: \.isNewline) else {
                return lines + ["\(field.name): \(text)"]
            }
            let paragraphs = text.split(
                omittingEmptySubsequences: false,
                whereSeparator: \.isNewline
            )
            return lines + ["\(field.name):"] + paragraphs.map { $0.isEmpty ? "|" : "| \($0)" }
        }
        lines.append("\(field.name):")
        // What was said in a log stays; only what is added counts.
        let mark = field.shape == .log ? "# - " : "- "
        return lines
            + view.values.map { value in
                // An item that begins like a list is written as a list of one.
                let text = value.json.string ?? value.json.text
                return mark + (text.hasPrefix("[") ? JSONValue.array([value.json]).text : text)
            }
    }

    /// What a text says of each field, with the line on which the field begins.
    struct Entry: Equatable {
        var line: Int
        var value = ""
        var items: [String] = []
        var paragraphs: [String] = []

        static func == (left: Entry, right: Entry) -> Bool {
            left.value == right.value && left.items == right.items
                && left.paragraphs == right.paragraphs
        }

        /// The text of a single value.
        var text: String {
            paragraphs.isEmpty ? value : paragraphs.joined(separator: "\n")
        }
    }

    /// Reads a text, by field name.
    /// - Throws: `DeskError` (`bad_value`) with the line that cannot be read.
    static func entries(of text: String) throws(DeskError) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var current: String?
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let content = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("#") || content.isEmpty { continue }
            func refusal(_ what: String) -> DeskError {
                DeskError(.badValue, "line \(index + 1): \(what)", hint: "Nothing was written.")
            }
            if content.hasPrefix("|") || content.hasPrefix("- ") || content == "-" {
                guard let name = current else {
                    throw refusal("“\(content)” stands under no field")
                }
                let rest = content.dropFirst()
                let value = String(rest.first == " " ? rest.dropFirst() : rest)
                if content.hasPrefix("|") {
                    entries[name]?.paragraphs.append(value)
                } else {
                    entries[name]?.items.append(value)
                }
                continue
            }
            guard let colon = line.firstIndex(of: ":") else {
                throw refusal("“\(line.prefix(40))” is no field and no item")
            }
            let name = String(line[..<colon])
            guard entries[name] == nil else { throw refusal("\(name) stands twice") }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            entries[name] = Entry(line: index + 1, value: String(value))
            current = name
        }
        return entries
    }
}

extension Desk {
    /// Returns a record as a form.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`, `deleted`, `unknown_kind`).
    public func form(of id: String) throws -> EditForm {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let draft = try self.draft(of: RecordFinder(viewer).record(named: id), viewer)
            guard let held = draft.held else { throw DeskError(.notFound, "no record \(id)") }
            return EditForm(try viewer.view(of: held))
        }
    }

    /// Writes what differs between a form and its edited text, as one change.
    /// - Throws: `DeskError` with the line that is not accepted; then nothing is written.
    public func apply(_ edited: String, to form: EditForm) throws -> ChangeReceipt {
        let before = try EditForm.entries(of: form.text)
        let after = try EditForm.entries(of: edited)
        return try store.write { writer in
            let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
            let held = try RecordFinder(viewer).record(named: form.uid.description)
            var draft = try self.draft(of: held, viewer)
            var surroundings = self.surroundings
            for name in Set(before.keys).union(after.keys).sorted()
            where before[name] != after[name] {
                do {
                    let field = try draft.editableField(named: name)
                    try draft.apply(
                        after[name] ?? EditForm.Entry(line: 0),
                        insteadOf: before[name] ?? EditForm.Entry(line: 0),
                        to: field,
                        &surroundings
                    )
                } catch let error as DeskError {
                    let line = after[name]?.line ?? before[name]?.line ?? 0
                    throw DeskError(
                        error.code,
                        "line \(line): \(error.message)",
                        hint: error.hint ?? "Nothing was written."
                    )
                }
            }
            try requireName(draft)
            return try commit(draft, writer, viewer, warnings: surroundings.warnings)
        }
    }
}

extension RecordDraft {
    /// Does what changed between two entries of a form.
    fileprivate mutating func apply(
        _ entry: EditForm.Entry,
        insteadOf old: EditForm.Entry,
        to field: Field,
        _ surroundings: inout DraftSurroundings
    ) throws(DeskError) {
        if field.isRegister {
            guard let assignment = FieldAssignment("\(field.name)=\(entry.text)") else { return }
            try apply(assignment, &surroundings)
            return
        }
        // One value behind the name is an item too: what a person types for a first item.
        let items = (entry.value.isEmpty ? [] : [entry.value]) + entry.items
        let removed = try inputs(old.items.filter { !items.contains($0) }, of: field, surroundings)
        let added = try inputs(items.filter { !old.items.contains($0) }, of: field, surroundings)
        for input in removed {
            let key = try item(of: input, in: field, surroundings).key
            if !added.contains(where: {
                $0.key == key || $0.rowKey != nil && $0.rowKey == input.rowKey
            }) {
                write(.absent, to: field, item: key, in: place(of: key, field))
            }
        }
        for input in added {
            let item = try item(of: input, in: field, surroundings)
            write(.value(item.value), to: field, item: item.key, in: place(of: item.key, field))
        }
    }

    /// The space of an item that is there, else that of the field.
    private func place(of key: [UInt8], _ field: Field) -> SpaceName {
        items(of: field).first { $0.item.key == key }?.space ?? space(of: field)
    }

    private func inputs(
        _ texts: [String],
        of field: Field,
        _ surroundings: DraftSurroundings
    ) throws(DeskError) -> [ItemInput] {
        var result: [ItemInput] = []
        for text in texts {
            var warnings: [ValueWarning] = []
            do throws(ValueError) {
                let input = try field.input(
                    text: text,
                    context: surroundings.context,
                    warnings: &warnings
                )
                if case .items(let items) = input { result += items }
            } catch {
                throw DeskError(error, field: field.name)
            }
        }
        return result
    }
}
