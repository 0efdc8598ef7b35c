import CausalHistory
import Foundation
import Interchange
import RecordModel
import RecordStorage

/// An identifier by which a row names its record.
struct RowKey: Hashable {
    let scheme: String
    let identifier: String

    var lookup: LookupKey { LookupKey(scheme: scheme, identifier.utf8) }
}

/// A row whose values are read.
struct ParsedRow {
    let file: String
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

/// Decides what a row does to the replica.
struct ImportPlanner {
    let desk: Desk
    let viewer: RecordViewer

    /// Which record a row is about.
    enum Match {
        /// A new one.
        case new(RecordUID)
        /// One that is here.
        case existing(HeldRecord)
        /// One that an import made and whose run was taken back.
        case takenBack(HeldRecord)
        /// A person has to look.
        case held(reason: String)
    }

    // MARK: Reading

    /// Reads a row's values.
    /// - Throws: `DeskError` with what is wrong about the row.
    func parse(_ row: ImportedRow, space: SpaceName) throws(DeskError) -> ParsedRow {
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
            warnings: warnings
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

    // MARK: Matching

    /// Decides which record a row is about.
    func match(_ row: ParsedRow) throws -> Match {
        if let uid = row.uid, let held = try viewer.reader.held(uid) {
            return try accept(held, for: row)
        }
        var found: [HeldRecord] = []
        let finder = RecordFinder(viewer)
        for key in row.keys {
            for held in try finder.records(scheme: key.scheme, key.identifier)
            where held.main.state.kind == row.kind.number
                && !found.contains(where: { $0.uid == held.uid })
            {
                found.append(held)
            }
        }
        if found.isEmpty, let shortID = row.shortID {
            found = try finder.records(scheme: "short", shortID).filter {
                $0.main.state.kind == row.kind.number && $0.main.key.space == row.space
            }
        }
        switch found.count {
        case 0: return .new(row.uid ?? RecordUID(desk.store.environment.random()))
        case 1: return try accept(found[0], for: row)
        default:
            let names = try found.map(viewer.name).joined(separator: ", ")
            return .held(reason: "its identifiers name several records: \(names)")
        }
    }

    private func accept(_ held: HeldRecord, for row: ParsedRow) throws -> Match {
        if held.isHidden {
            let deletions = held.main.state.siblings(of: .life).map(\.version.attribution.reason)
            if held.life == .deleted, deletions.allSatisfy({ $0 == .undo }) {
                return .takenBack(held)
            }
            let name = try viewer.name(of: held)
            return .held(reason: "its record \(name) was deleted here; undelete it to take it in")
        }
        guard held.main.state.kind == row.kind.number else {
            let name = try viewer.name(of: held)
            return .held(reason: "its record \(name) is of kind \(held.kindName)")
        }
        return .existing(held)
    }

    // MARK: Filling

    /// Puts into the draft of a new record all that its row says.
    func fill(_ draft: inout RecordDraft, with row: ParsedRow, _ surroundings: DraftSurroundings) {
        for (field, input) in row.inputs + (row.ownID.map { [$0] } ?? []) {
            switch input {
            case .cleared: continue
            case .register(let bytes): draft.write(.value(bytes), to: field)
            case .items(let items):
                for item in items {
                    let key = item.key ?? surroundings.newKey()
                    draft.write(.value(item.value), to: field, item: key)
                }
            }
        }
        for (key, bytes) in row.unknown { draft.write(.value(bytes), to: key, in: draft.space) }
        addSource(of: row, to: &draft)
    }

    /// Puts into the draft of a record that is here what its row says and its source did not say
    /// before.
    /// - Returns: The fields in conflict that the row has another value of.
    func update(
        _ draft: inout RecordDraft,
        of held: HeldRecord,
        with row: ParsedRow,
        _ surroundings: DraftSurroundings
    ) throws -> [String] {
        let news = ImportNews(held: held, reader: viewer.reader)
        var conflicts: [String] = []
        for (field, input) in row.inputs {
            let space = draft.space(of: field)
            switch input {
            case .cleared: continue
            case .register(let bytes):
                switch try news.judge(bytes, of: field, in: space) {
                case .old: continue
                case .news(let content): draft.write(content, to: field)
                case .conflict: conflicts.append(field.name)
                }
            case .items(let items) where field.hasRandomKeys:
                let present = draft.items(of: field)
                for item in items { addRow(item, to: field, present, &draft, surroundings) }
            case .items(let items):
                for item in items.map({ Item(key: $0.key ?? [], value: $0.value) }) {
                    switch try news.judge(item, of: field, in: space) {
                    case .old: continue
                    case .news(let content): draft.write(content, to: field, item: item.key)
                    case .conflict: conflicts.append(field.name)
                    }
                }
            }
        }
        for (key, bytes) in row.unknown
        where draft.content(of: key, in: draft.space) != .value(bytes) {
            draft.write(.value(bytes), to: key, in: draft.space)
        }
        if !draft.isEmpty { addSource(of: row, to: &draft) }
        return conflicts
    }

    private func addSource(of row: ParsedRow, to draft: inout RecordDraft) {
        guard let sources = row.kind.field(named: "sources") else { return }
        let source = Array((row.file as NSString).lastPathComponent.utf8)
        if !draft.items(of: sources).contains(where: { $0.item.key == source }) {
            draft.write(.value([]), to: sources, item: source)
        }
    }

    /// Rows and entries have random keys: the same content is the same row.
    private func addRow(
        _ row: ItemInput,
        to field: Field,
        _ present: [RecordDraft.HeldItem],
        _ draft: inout RecordDraft,
        _ surroundings: DraftSurroundings
    ) {
        if let named = row.rowKey,
            let known = present.first(where: { hexadecimal($0.item.key).hasPrefix(named) })
        {
            if known.item.value != row.value, field.shape == .rows {
                draft.write(.value(row.value), to: field, item: known.item.key, in: known.space)
            }
            return
        }
        if present.contains(where: { $0.item.value == row.value }) { return }
        draft.write(.value(row.value), to: field, item: surroundings.newKey())
    }
}
