import RecordModel

@testable import Interchange

/// What is imported.
let fileTargets = [
    FuzzTarget("vcard", seeds: Seeds.cards) { bytes in
        let results = try checkChunks(bytes) { VCardReader($0) }
        try checkCards(results, .vCard)
        _ = VCardReader.recognises(bytes)
    },
    FuzzTarget("jcard", seeds: Seeds.jCards) { bytes in
        let results = try checkChunks(bytes) { try VCardReader(jCard: $0) }
        try checkCards(results, .jCard)
        _ = VCardReader.recognisesJCard(bytes)
    },
    FuzzTarget("csv", seeds: Seeds.tables) { bytes in
        let kinds = Schema.builtIn.kinds
        let kind = kinds[Int(bytes.first ?? 0) % kinds.count]
        _ = try checkChunks(Array(bytes.dropFirst())) { try CSVReader($0, kind: kind) }
        try checkRows(Array(bytes.dropFirst()))
    },
    FuzzTarget("jsonlines", seeds: Seeds.lines) { bytes in
        for case .record(let row) in try checkChunks(bytes, { try JSONLinesReader($0) }) {
            for field in row.fields {
                guard case .json(let value) = field.value else { continue }
                let again = try must("the value") { try JSONValue(parsing: value.text) }
                try require(again == value, "the value reads as another")
            }
        }
    },
    FuzzTarget("ror", seeds: Seeds.organisations) { bytes in
        _ = try checkChunks(bytes) { try RORReader($0) }
    },
]

/// Reads a file in one piece and byte by byte, checks that both give the same, and reads the values.
private func checkChunks(
    _ bytes: [UInt8],
    _ open: (ByteSource) throws -> any RecordReader
) throws -> [RowResult] {
    let whole = rows(bytes, chunkSize: ByteSource.chunkSize, open)
    for chunkSize in [1, 7] {
        let pieces = rows(bytes, chunkSize: chunkSize, open)
        try require(pieces == whole, "in chunks of \(chunkSize) the file reads as another")
    }
    for case .record(let row) in whole ?? [] { _ = values(of: row) }
    return whole ?? []
}

/// Returns the rows of a file, or nil where it is refused as a whole.
private func rows(
    _ bytes: [UInt8],
    chunkSize: Int,
    _ open: (ByteSource) throws -> any RecordReader
) -> [RowResult]? {
    let source = ByteSource(bytes: bytes, name: "sample", chunkSize: chunkSize)
    guard var reader = accepted({ try open(source) }) else { return nil }
    var results: [RowResult] = []
    while let result = accepted({ try reader.next() }) ?? nil { results.append(result) }
    return results
}

/// The values of a row that its fields accept.
private func values(of row: ImportedRow) -> [(field: Field, input: FieldInput)] {
    guard let kind = Schema.builtIn.kind(named: row.kind) else { return [] }
    var context = ValueContext(region: "DE")
    context.readsNames = true
    return row.fields.compactMap { value in
        guard let field = kind.field(named: value.name) else { return nil }
        var warnings: [ValueWarning] = []
        let input = accepted {
            switch value.value {
            case .json(let json):
                try field.input(json: json, context: context, warnings: &warnings)
            case .text(let text):
                try field.input(
                    text: text,
                    splitting: true,
                    context: context,
                    warnings: &warnings
                )
            }
        }
        return input.map { (field, $0) }
    }
}

/// Writes the records of cards as cards again, and checks that they read as the same fields.
private func checkCards(_ results: [RowResult], _ notation: VCardWriter.Notation) throws {
    for case .record(let row) in results {
        let written = values(of: row)
        guard !written.isEmpty else { continue }
        var writer = VCardWriter(notation, count: 1)
        var bytes: [UInt8] = []
        writer.write(
            kind: row.kind,
            uid: "0123456789abcdef",
            fields: written.compactMap { member($0.field, $0.input) },
            to: &bytes
        )
        writer.finish(to: &bytes)
        let source = ByteSource(bytes: bytes, name: "written")
        var reader = try notation == .vCard ? VCardReader(source) : VCardReader(jCard: source)
        let text = String(decoding: bytes, as: UTF8.self)
        guard case .record(let again)? = try reader.next() else {
            throw Violation(description: "the card does not read back: \(text)")
        }
        try require(again.kind == row.kind, "the card reads as another kind: \(text)")
        for (field, input) in written {
            let found = values(of: again).filter { $0.field == field }.map(\.input)
            try require(
                found.map(comparable) == [comparable(input)] || input == .cleared,
                "\(field.name) reads as another value: \(text)"
            )
        }
    }
}

/// A field as `show --json` prints it.
private func member(_ field: Field, _ input: FieldInput) -> JSONMember? {
    switch input {
    case .cleared: return nil
    case .register(let bytes): return JSONMember(field.name, field.json(register: bytes))
    case .items(let items):
        let shown = items.map { field.json(item: Item(key: $0.key ?? [], value: $0.value)) }
        return JSONMember(field.name, .array(shown))
    }
}

/// An input without what a set does not say: the order of its items.
private func comparable(_ input: FieldInput) -> Set<ItemInput> {
    switch input {
    case .cleared: []
    case .register(let bytes): [ItemInput(key: nil, value: bytes)]
    case .items(let items): Set(items.map { ItemInput(key: $0.key, value: $0.value) })
    }
}

/// Writes the cells of a table, and checks that they read as they were.
private func checkRows(_ bytes: [UInt8]) throws {
    var parser = try CSVParser(ByteSource(bytes: bytes, name: "sample"))
    var written: [[String]] = []
    while case .cells(_, let cells)? = try parser.next() { written.append(cells) }
    var writer = CSVWriter()
    var table: [UInt8] = []
    for cells in written { writer.write(cells, to: &table) }
    var layout = parser.layout
    layout.delimiter = UInt8(ascii: ",")
    let source = ByteSource(bytes: table, name: "written")
    var reader = CSVParser(source, encoding: .utf8, layout: layout)
    for cells in written {
        guard case .cells(_, let again)? = try reader.next() else {
            throw Violation(description: "a row is missing: \(cells)")
        }
        try require(again.map(FormulaGuard.unguarded) == cells, "\(cells) reads as \(again)")
        let isGuarded = again.allSatisfy { FormulaGuard.guarded($0) != $0 || !isFormula($0) }
        try require(isGuarded, "a spreadsheet would run \(again)")
    }
}

/// Whether a spreadsheet takes a cell for a formula that calls or refers to something.
private func isFormula(_ cell: String) -> Bool {
    guard let first = cell.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
    return !cell.utf8.allSatisfy { "+-.; ".utf8.contains($0) || (0x30...0x39).contains($0) }
}
