import Foundation
import Interchange
import RecordModel
import RecordStorage

/// An identifier by which a row names its record.
struct RowKey: Hashable, Sendable {
    let scheme: String
    let identifier: String

    var lookup: LookupKey { LookupKey(scheme: scheme, identifier.utf8) }
}

/// A row whose values are read.
struct ParsedRow: Sendable {
    let file: String
    /// The file's name, as the record's `sources` keep it.
    let source: [UInt8]
    let line: Int
    let kind: Kind
    let space: SpaceName
    let authority: Authority?
    /// The number of the record, where the row or its authority says it.
    let uid: RecordUID?
    /// The name of the record in an export, which holds in the row's space alone.
    let shortID: String?
    let keys: [RowKey]
    /// The import id of a row that has no other key, given to a record that it makes.
    let ownID: (field: Field, input: FieldInput)?
    let inputs: [(field: Field, input: FieldInput)]
    /// What tells the record from others where no identifier does.
    let portrait: Portrait?
    /// Fields of another schema, as they were exported.
    let unknown: [(key: FieldKey, bytes: [UInt8])]
    /// Values that this schema does not accept, which the row's record may have from another.
    let unaccepted: [UnacceptedValue]
    let warnings: [String]

    /// Whether the row bears an identifier of its own.
    var isIdentified: Bool { ownID == nil }
}

/// A value that the schema does not accept.
struct UnacceptedValue: Sendable {
    let field: Field
    let value: RowValue
    /// Why.
    let error: DeskError

    /// Whether it is just what a record shows.
    func isShown(as view: FieldView) -> Bool {
        switch value {
        case .json(let json): json == view.json
        case .text(let cell): cell == view.cell
        }
    }
}

/// Reads the values of rows: all that can be done to them without the replica.
struct RowParser: Sendable {
    let desk: Desk
    /// The space of the records that the rows make.
    let space: SpaceName

    /// Names of countries and languages are read, and amounts of former times are accepted.
    private let context: ValueContext

    /// Creates a parser of rows whose new records go into a space.
    init(desk: Desk, space: SpaceName) {
        self.desk = desk
        self.space = space
        var context = desk.context
        context.readsNames = true
        context.acceptsWithdrawnCurrencies = true
        self.context = context
    }

    /// Reads a row's values.
    /// - Throws: `DeskError` with what is wrong about the row.
    func parse(_ row: ImportedRow, source: [UInt8]) throws(DeskError) -> ParsedRow {
        let kind = try desk.kind(named: row.kind)
        var warnings: [String] = []
        var inputs: [(field: Field, input: FieldInput)] = []
        var unknown: [(key: FieldKey, bytes: [UInt8])] = []
        var unaccepted: [UnacceptedValue] = []
        var kept: [JSONValue] = []
        var context = self.context
        context.otherRegion = Self.country(of: row)
        for value in row.fields {
            guard let field = kind.field(named: value.name) else {
                let values = try Self.unknown(value, of: kind)
                let number = values.first?.key.number ?? 0
                if let field = kind.field(number: number) {
                    inputs.append((field, try Self.input(values, for: field)))
                } else {
                    unknown += values
                }
                continue
            }
            if field.number == FieldKey.life.number || field.number == FieldKey.shortID.number {
                continue
            }
            do throws(DeskError) {
                inputs.append((field, try input(value.value, for: field, context, &warnings)))
            } catch {
                guard let column = value.column else {
                    if row.uid == nil, row.shortID == nil { throw error }
                    unaccepted.append(
                        UnacceptedValue(field: field, value: value.value, error: error)
                    )
                    continue
                }
                warnings.append("“\(column)”: \(error.message); kept as it is")
                kept.append(Self.extra(value.value, of: column))
            }
        }
        if !kept.isEmpty, let field = kind.field(named: "extra") {
            inputs.append((field, try input(.json(.array(kept)), for: field, context, &warnings)))
        }
        warnings += doubts(of: kind, inputs)
        var keys = Self.keys(inputs)
        if let authority = row.authority {
            keys.append(RowKey(scheme: authority.scheme, identifier: authority.id))
        }
        var uid = row.uid.flatMap { RecordUID(hexadecimal: $0) }
        if let authority = row.authority {
            uid = RecordUID(
                space: space,
                kind: kind.number,
                scheme: authority.scheme,
                identifier: authority.id
            )
        }
        var ownID: (field: Field, input: FieldInput)?
        if keys.isEmpty, uid == nil, let field = kind.field(named: "import_ids") {
            let identifier = "row:" + Self.hash(row)
            keys.append(RowKey(scheme: "import", identifier: identifier))
            ownID = (field, .items([ItemInput(key: Array(identifier.utf8), value: [])]))
        }
        return ParsedRow(
            file: row.file,
            source: source,
            line: row.line,
            kind: kind,
            space: space,
            authority: row.authority,
            uid: uid,
            shortID: row.uid == nil ? row.shortID?.lowercased() : nil,
            keys: keys,
            ownID: ownID,
            inputs: inputs,
            portrait: Portrait.applies(to: kind) && row.uid == nil && row.authority == nil
                ? Portrait(kind: kind, inputs: inputs) : nil,
            unknown: unknown,
            unaccepted: unaccepted,
            warnings: row.warnings + warnings
        )
    }

    private func input(
        _ value: RowValue,
        for field: Field,
        _ context: ValueContext,
        _ warnings: inout [String]
    ) throws(DeskError) -> FieldInput {
        var noticed: [ValueWarning] = []
        do throws(ValueError) {
            let input =
                switch value {
                case .json(let json):
                    try field.input(json: json, context: context, warnings: &noticed)
                case .text(let text):
                    try field.input(
                        text: text,
                        splitting: true,
                        context: context,
                        warnings: &noticed
                    )
                }
            for warning in noticed { warnings.append("\(field.name): \(warning.message)") }
            return input
        } catch {
            throw DeskError(error, field: field.name)
        }
    }

    /// The country in which a row says that its person or organisation is.
    private static func country(of row: ImportedRow) -> String? {
        for name in ["country_of_residence", "country", "addresses"] {
            for field in row.fields where field.name == name {
                let text: String? =
                    switch field.value {
                    case .text(let cell): cell
                    case .json(let json): json.string ?? json.array?.first?["country"]?.string
                    }
                if let code = text.flatMap({ CountryNames.code(of: $0) }) { return code }
            }
        }
        return nil
    }

    /// What is doubtful about the values together.
    private func doubts(of kind: Kind, _ inputs: [(field: Field, input: FieldInput)]) -> [String] {
        RecordDoubts.doubts(
            of: kind,
            now: desk.nowInSeconds,
            text: { field in
                for (named, input) in inputs where named === field {
                    if case .register(let bytes) = input {
                        return String(decoding: bytes, as: UTF8.self)
                    }
                }
                return nil
            },
            items: { field in
                var found: [Item] = []
                for (named, input) in inputs where named === field {
                    if case .items(let items) = input {
                        found += items.map { Item(key: $0.key ?? [], value: $0.value) }
                    }
                }
                return found
            }
        ).map(\.message)
    }

    /// An entry of `extra` that holds a value as it stood in its column.
    private static func extra(_ value: RowValue, of column: String) -> JSONValue {
        let text: String
        switch value {
        case .text(let cell): text = cell
        case .json(let json): text = raw(json)
        }
        return .object([JSONMember("name", .string(column)), JSONMember("value", .string(text))])
    }

    /// The text of a value: what was typed, or the first part.
    private static func raw(_ json: JSONValue) -> String {
        switch json {
        case .string(let text): text
        case .array(let list): list.map(raw).joined(separator: "; ")
        case .object(let members):
            json["raw"]?.string ?? members.first.map { raw($0.value) } ?? ""
        default: json.text
        }
    }

    /// `"#99"`: a field that another schema has, with its bytes in base64.
    private static func unknown(
        _ value: ImportedField,
        of kind: Kind
    ) throws(DeskError) -> [(key: FieldKey, bytes: [UInt8])] {
        guard let number = Kind.number(inUnknownName: value.name) else {
            throw Desk.unknownField(value.name, of: kind)
        }
        let json: JSONValue
        switch value.value {
        case .json(let value): json = value
        case .text(let cell):
            // A cell holds one value, or a list of items.
            json = (cell.hasPrefix("[") ? try? JSONValue(parsing: cell) : nil) ?? .string(cell)
        }
        func bytes(_ json: JSONValue?) -> [UInt8]? {
            json?.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
        }
        if let value = bytes(json) { return [(FieldKey(number), value)] }
        let items = (json.array ?? [json]).map { (bytes($0["item"]), bytes($0["value"])) }
        var result: [(key: FieldKey, bytes: [UInt8])] = []
        for (item, value) in items {
            guard let item, let value else {
                throw DeskError(.badValue, "\(value == nil ? "value" : "item") is not base64")
            }
            result.append((FieldKey(number, item: item), value))
        }
        return result
    }

    /// What was exported by a desk that did not know the field, as one that does takes it.
    private static func input(
        _ values: [(key: FieldKey, bytes: [UInt8])],
        for field: Field
    ) throws(DeskError) -> FieldInput {
        func refusal() -> DeskError {
            DeskError(
                .badValue,
                "\(Kind.unknownName(field.number)) is \(field.name) here, and its bytes are no value of it"
            )
        }
        if field.isRegister {
            guard values.count == 1, field.isCanonical(register: values[0].bytes) else {
                throw refusal()
            }
            return .register(values[0].bytes)
        }
        var items: [ItemInput] = []
        for (key, bytes) in values {
            let item = Item(key: key.item, value: bytes)
            guard field.isCanonical(item: item) else { throw refusal() }
            items.append(
                ItemInput(
                    key: field.hasRandomKeys ? nil : key.item,
                    rowKey: field.hasRandomKeys ? hexadecimal(key.item) : nil,
                    value: bytes
                )
            )
        }
        return .items(items)
    }

    /// The scheme of a field whose values name a row's record.
    private static func keyScheme(of field: Field) -> String? {
        switch field.name {
        case "import_ids": "import"
        case "orcid": "orcid"
        case "ror": "ror"
        default: nil
        }
    }

    private static func keys(_ inputs: [(field: Field, input: FieldInput)]) -> [RowKey] {
        inputs.flatMap { field, input -> [RowKey] in
            guard let scheme = keyScheme(of: field) else { return [] }
            switch input {
            case .register(let bytes):
                return [RowKey(scheme: scheme, identifier: String(decoding: bytes, as: UTF8.self))]
            case .items(let items):
                return items.compactMap(\.key).map {
                    RowKey(scheme: scheme, identifier: String(decoding: $0, as: UTF8.self))
                }
            case .cleared: return []
            }
        }
    }

    /// 16 digits of the hash of what a row says.
    private static func hash(_ row: ImportedRow) -> String {
        var writer = ByteWriter(capacity: 512)
        writer.string(row.kind)
        for field in row.fields {
            writer.string(field.name)
            switch field.value {
            case .json(let json): writer.string(json.text)
            case .text(let text): writer.string(text)
            }
        }
        return hexadecimal(Digest128(hashing: writer.bytes).bytes.prefix(8))
    }
}
