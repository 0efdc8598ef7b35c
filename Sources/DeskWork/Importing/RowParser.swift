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
    /// Fields of another schema, as they were exported.
    let unknown: [(key: FieldKey, bytes: [UInt8])]
    let warnings: [String]
}

/// Reads the values of rows: all that can be done to them without the replica.
struct RowParser: Sendable {
    let desk: Desk
    /// The space of the records that the rows make.
    let space: SpaceName

    /// Reads a row's values.
    /// - Throws: `DeskError` with what is wrong about the row.
    func parse(_ row: ImportedRow, source: [UInt8]) throws(DeskError) -> ParsedRow {
        let kind = try desk.kind(named: row.kind)
        var warnings: [String] = []
        var inputs: [(field: Field, input: FieldInput)] = []
        var unknown: [(key: FieldKey, bytes: [UInt8])] = []
        for value in row.fields {
            guard let field = kind.field(named: value.name) else {
                unknown += try Self.unknown(value, of: kind)
                continue
            }
            if field.number == FieldKey.life.number || field.number == FieldKey.shortID.number {
                continue
            }
            inputs.append((field, try input(value.value, for: field, &warnings)))
        }
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
            unknown: unknown,
            warnings: row.warnings + warnings
        )
    }

    private func input(
        _ value: RowValue,
        for field: Field,
        _ warnings: inout [String]
    ) throws(DeskError) -> FieldInput {
        var noticed: [ValueWarning] = []
        do throws(ValueError) {
            let input =
                switch value {
                case .json(let json):
                    try field.input(json: json, context: desk.context, warnings: &noticed)
                case .text(let text):
                    try field.input(
                        text: text,
                        splitting: true,
                        context: desk.context,
                        warnings: &noticed
                    )
                }
            for warning in noticed { warnings.append("\(field.name): \(warning.message)") }
            return input
        } catch {
            throw DeskError(error, field: field.name)
        }
    }

    /// `"#99"`: a field that another schema has, with its bytes in base64.
    private static func unknown(
        _ value: ImportedField,
        of kind: Kind
    ) throws(DeskError) -> [(key: FieldKey, bytes: [UInt8])] {
        guard value.name.hasPrefix("#"), let number = UInt32(value.name.dropFirst()),
            case .json(let json) = value.value
        else { throw Desk.unknownField(value.name, of: kind) }
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

    private static let keyFields = ["import_ids": "import", "orcid": "orcid", "ror": "ror"]

    private static func keys(_ inputs: [(field: Field, input: FieldInput)]) -> [RowKey] {
        inputs.flatMap { field, input -> [RowKey] in
            guard let scheme = keyFields[field.name] else { return [] }
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
