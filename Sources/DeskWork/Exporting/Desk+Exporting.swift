import Interchange
import RecordModel
import RecordStorage

/// The format of an export.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    /// JSON Lines: the objects that `show --json` prints.
    case jsonl
    /// CSV with a header that names fields.
    case csv
    /// vCard 4.0: contacts, or organisations.
    case vcard
    /// jCard: the same as JSON (RFC 7095).
    case jcard
}

extension Desk {
    /// Writes the visible records that fulfil conditions, in the order of their short ids, without those
    /// that must not go out.
    ///
    /// What is written reads back as it was by an import in the same format.
    ///
    /// - Parameters:
    ///   - kind: The kind's name; nil for all, which only JSON Lines can hold.
    ///   - format: The format.
    ///   - conditions: All of them must hold.
    ///   - scope: Whether those are written too that must not go out, which no card can hold.
    ///   - byteOrderMark: Whether CSV begins with a mark that Excel needs to read UTF-8.
    ///   - write: Takes the bytes, in pieces.
    /// - Returns: How many records were written, and how many were withheld.
    /// - Throws: `DeskError` (`unknown_kind`, `unknown_field`, `usage`), and what `write` throws.
    public func export(
        kind: String? = nil,
        format: ExportFormat,
        where conditions: [String] = [],
        scope: ExportScope = .released,
        byteOrderMark: Bool = false,
        to write: ([UInt8]) throws -> Void
    ) throws -> ExportOutcome {
        if format == .vcard || format == .jcard {
            guard scope == .released else {
                throw DeskError(
                    .usage,
                    "cards are for programs that know no labels, so that some records never become one",
                    hint: "Use --format jsonl or csv with --whole."
                )
            }
            let notation: VCardWriter.Notation = format == .vcard ? .vCard : .jCard
            return try exportCards(kind: kind, notation, where: conditions, to: write)
        }
        var outcome = ExportOutcome()
        var bytes: [UInt8] = []
        func hand(over limit: Int) throws {
            guard bytes.count > limit else { return }
            try write(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        switch format {
        case .jsonl:
            let writer = JSONLinesWriter()
            try forEachRecord(kind: kind, where: conditions, scope, &outcome) { view in
                writer.write(view.json(), to: &bytes)
                try hand(over: ByteSource.chunkSize)
            }
        case .csv:
            guard let name = kind else {
                throw DeskError(
                    .usage,
                    "a CSV file holds records of one kind",
                    hint: "Say which: attache export contact --format csv"
                )
            }
            // The header names the fields that are in use, so that all records come first.
            let views = try records(kind: name, where: conditions, scope, &outcome)
            let fields = Set(views.flatMap { $0.fields.map(\.number) }).sorted()
            let kind = try self.kind(named: name)
            let names = fields.map { RecordViewer.name(of: $0, kind.field(number: $0)) }
            var writer = CSVWriter(byteOrderMark: byteOrderMark)
            writer.write(["id", "uid"] + names, to: &bytes)
            for view in views {
                let cells = fields.map { number in
                    view.fields.first { $0.number == number }?.cell ?? ""
                }
                writer.write([view.id, view.uid.description] + cells, to: &bytes)
                try hand(over: ByteSource.chunkSize)
            }
        case .vcard, .jcard: break
        }
        try hand(over: 0)
        return outcome
    }

    /// Returns the records that an export writes, and counts them and those that it withholds.
    func records(
        kind: String?,
        where conditions: [String],
        _ scope: ExportScope,
        _ outcome: inout ExportOutcome
    ) throws -> [RecordView] {
        var views: [RecordView] = []
        try forEachRecord(kind: kind, where: conditions, scope, &outcome) { views.append($0) }
        return views
    }

    private func forEachRecord(
        kind: String?,
        where conditions: [String],
        _ scope: ExportScope,
        _ outcome: inout ExportOutcome,
        _ body: (RecordView) throws -> Void
    ) throws {
        var counted = outcome
        try forEachListed(kind: kind, where: conditions) { view in
            if scope == .released, let objection = ExportRelease.objection(to: view) {
                counted.withheld.add(objection)
            } else {
                counted.written += 1
                try body(view)
            }
        }
        outcome = counted
    }

}

extension FieldView {
    /// All values as one cell of a CSV file; of a field that the schema does not know a value's bytes
    /// in base64, or the list of its items as JSON.
    var cell: String {
        guard let field else { return json.string ?? json.text }
        if field.isRegister { return values.first?.text ?? "" }
        let items = values.compactMap { value in
            value.reading.shown.bytes.map { Item(key: value.key.item, value: $0) }
        }
        return field.cell(items: items, rowKeys: values.compactMap(\.rowKey))
    }
}
