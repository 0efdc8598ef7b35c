import RecordModel

/// A reader of CSV whose header names the fields of a kind.
///
/// An empty cell means that the row says nothing of that field. Columns that no field takes go to
/// the field `extra`, under the header's name, and are told once. The columns `id`, `uid` and
/// `kind` are those of `show --json`. What ``CSVWriter`` wrote reads back as it was.
public struct CSVReader: RecordReader {
    private var parser: CSVParser
    private let kind: Kind
    private let header: CSVHeader?
    private var notice: RowResult?

    /// Opens a source and reads its header.
    ///
    /// `map` names for a column of the header the field, or `FIELD.PART`, that takes it.
    /// - Throws: ``InterchangeError`` when the header cannot be read, names no field, or has not
    ///   what `map` names; the source's error when reading fails.
    public init(_ source: ByteSource, kind: Kind, map: [String: String] = [:]) throws {
        parser = try CSVParser(source)
        self.kind = kind
        switch try parser.next() {
        case nil:
            header = nil
        case .malformed(_, let reason):
            throw InterchangeError.unreadableHeader(reason: reason)
        case .cells(let line, let names):
            let header = try CSVHeader(
                names.map(FormulaGuard.unguarded),
                kind: kind,
                map: map
            )
            self.header = header
            notice = Self.notice(of: header.unknown, line: line)
        }
    }

    /// The number of bytes read so far.
    public var bytesRead: Int { parser.source.bytesRead }
    /// The size of the file where it is known.
    public var totalBytes: Int? { parser.source.totalBytes }

    /// Returns what the next row came to, or nil at the end of the file; rows without any text
    /// are passed over.
    /// - Throws: the source's error when reading fails.
    public mutating func next() throws -> RowResult? {
        if let notice {
            self.notice = nil
            return notice
        }
        while let row = try parser.next() {
            switch row {
            case .malformed(let line, let reason):
                return .refused(line: line, reason: reason)
            case .cells(let line, let cells):
                guard cells.contains(where: { !$0.isEmpty }) else { continue }
                do throws(Refusal) {
                    return .record(try self.row(cells, line: line))
                } catch {
                    return .refused(line: line, reason: error.reason)
                }
            }
        }
        return nil
    }

    private static func notice(of unknown: [String], line: Int) -> RowResult? {
        guard !unknown.isEmpty else { return nil }
        let list = unknown.joined(separator: ", ")
        return .warning(line: line, message: "no field takes these columns, kept in extra: \(list)")
    }

    private func row(_ cells: [String], line: Int) throws(Refusal) -> ImportedRow {
        let columns = header?.columns ?? []
        if let excess = cells.dropFirst(columns.count).first(where: { !$0.isEmpty }) {
            throw Refusal(
                "has \(cells.count) cells where the header has \(columns.count): "
                    + "“\(excess.prefix(40))”"
            )
        }
        var row = ImportedRow(file: parser.source.name, line: line, kind: kind.name, fields: [])
        var items = ItemColumns()
        var extra: [JSONValue] = []
        for (column, cell) in zip(columns, cells) where !cell.isEmpty {
            let text = FormulaGuard.unguarded(cell)
            switch column {
            case .field(let name):
                row.fields.append(ImportedField(name: name, value: .text(text)))
            case .part(let field, let part):
                items.add(part, text: text, to: field)
            case .shortID:
                row.shortID = text
            case .uid:
                row.uid = text
            case .kind where text != kind.name:
                throw Refusal("is of kind “\(text)”, not “\(kind.name)”")
            case .kind, .passedOver:
                break
            case .extra(let name):
                extra.append(
                    .object([
                        JSONMember("name", .string(name)), JSONMember("value", .string(text)),
                    ])
                )
            }
        }
        row.fields += items.fields
        if !extra.isEmpty {
            row.fields.append(ImportedField(name: "extra", value: .json(.array(extra))))
        }
        return row
    }
}

/// The single items that a row gives part by part.
private struct ItemColumns {
    private var items: [(field: String, parts: [JSONMember])] = []

    mutating func add(_ part: Part, text: String, to field: String) {
        let member = JSONMember(part.name, .string(text))
        if let index = items.firstIndex(where: { $0.field == field }) {
            items[index].parts.append(member)
        } else {
            items.append((field, [member]))
        }
    }

    var fields: [ImportedField] {
        items.map { item in
            ImportedField(name: item.field, value: .json(.array([.object(item.parts)])))
        }
    }
}
