import CausalHistory
import Foundation
import RecordModel
import RecordStorage

/// Makes what a person sees of records, inside one transaction.
///
/// It remembers the desks and references that it looked up, so that a list asks once for each.
/// - Returns: The record as it is shown.
final class RecordViewer {
    let reader: StoreReader
    let missionSpace: SpaceName
    private var desks: [ActorID: String] = [:]
    private var labels: [Reference: ReferenceLabel?] = [:]

    init(_ reader: StoreReader, missionSpace: SpaceName) {
        self.reader = reader
        self.missionSpace = missionSpace
    }

    // MARK: Records

    /// Returns what a person sees of a record, with the name of every value's change where asked.
    ///
    /// - Returns: The record as it is shown.
    /// - Throws: What the store reports.
    func view(of held: HeldRecord, withChanges: Bool = false) throws -> RecordView {
        let parts = held.parts(asSeenFrom: missionSpace)
        var conflicts: [String] = held.life == .contested ? ["life"] : []
        var shown: [UInt32: [ShownValue]] = [:]
        var seen: [FieldKey: Content] = [:]
        var elsewhere: [(space: SpaceName, values: [UInt32: [ShownValue]])] = []
        for part in parts {
            var differing: [UInt32: [ShownValue]] = [:]
            for entry in part.state.fields where entry.key != .life && entry.key != .shortID {
                let number = entry.key.number
                let field = held.kind.field(number: number)
                let reading = try reader.reading(of: entry, as: field, row: part.row)
                if reading.isConflict {
                    let name = Self.name(of: number, field)
                    if !conflicts.contains(name) { conflicts.append(name) }
                }
                guard case .value(let bytes) = reading.shown else { continue }
                let value = ShownValue(
                    key: entry.key,
                    bytes: bytes,
                    space: part.key.space,
                    reading: reading
                )
                if let known = seen[entry.key] {
                    if known != reading.shown { differing[number, default: []].append(value) }
                } else {
                    // One part is most of all: then no value is met twice.
                    if parts.count > 1 { seen[entry.key] = reading.shown }
                    shown[number, default: []].append(value)
                }
            }
            if !differing.isEmpty { elsewhere.append((part.key.space, differing)) }
        }
        return RecordView(
            id: try name(of: held),
            uid: held.uid,
            kind: held.kind,
            kindName: held.kindName,
            space: held.main.key.space,
            life: held.life,
            title: title(of: held),
            fields: try fields(shown, of: held.kind, withChanges),
            conflicts: conflicts,
            changed: try latest(of: parts, withChanges),
            elsewhere: try elsewhere.map { part in
                PartView(space: part.space, fields: try fields(part.values, of: held.kind, false))
            }
        )
    }

    /// The texts of a record's values, with the names of their fields, in the order in which they are
    /// shown; made when they are asked for.
    func texts(of held: HeldRecord) -> some Sequence<(field: String, text: String)> {
        held.parts(asSeenFrom: missionSpace).lazy.flatMap(\.state.fields)
            .filter { $0.key != .life && $0.key != .shortID }
            .compactMap { entry in
                let field = held.kind.field(number: entry.key.number)
                let reading = RecordState.reading(of: entry, as: field)
                guard case .value(let bytes) = reading.shown else { return nil }
                return (
                    field: Self.name(of: entry.key.number, field),
                    text: self.text(entry.key, bytes, field)
                )
            }
    }

    private struct ShownValue {
        let key: FieldKey
        let bytes: [UInt8]
        let space: SpaceName
        let reading: Reading
    }

    private func fields(
        _ values: [UInt32: [ShownValue]],
        of kind: Kind,
        _ withChanges: Bool
    ) throws -> [FieldView] {
        try values.sorted { $0.key < $1.key }.map { number, values in
            let field = kind.field(number: number)
            let ordered = order(values, of: field)
            let keys = rowKeys(of: ordered.map(\.key.item), field)
            let views = try ordered.enumerated().map { index, value in
                ValueView(
                    key: value.key,
                    space: value.space,
                    json: try json(value.key, value.bytes, field, rowKey: keys?[index]),
                    text: text(value.key, value.bytes, field),
                    line: try line(value.key, value.bytes, field),
                    rowKey: keys?[index],
                    reading: value.reading,
                    provenance: try provenance(of: value.reading.version, withChanges)
                )
            }
            return FieldView(
                number: number,
                name: Self.name(of: number, field),
                field: field,
                values: views
            )
        }
    }

    /// Sets in the order of their keys, logs in that of time.
    private func order(_ values: [ShownValue], of field: Field?) -> [ShownValue] {
        guard values.count > 1 else { return values }
        return values.sorted { left, right in
            if field?.shape == .log {
                let early = left.reading.version.version.attribution.time
                let late = right.reading.version.version.attribution.time
                if early != late { return early < late }
            }
            return left.key < right.key
        }
    }

    /// The keys of rows and entries as they are shown; entries of one part show none.
    private func rowKeys(of items: [[UInt8]], _ field: Field?) -> [String]? {
        guard let field, field.hasRandomKeys else { return nil }
        return Field.displayKeys(of: items)
    }

    private func latest(of parts: [StoredRecord], _ withChange: Bool) throws -> Provenance {
        var latest: Sibling?
        for part in parts {
            for entry in part.state.fields {
                for sibling in entry.siblings.siblings {
                    let time = sibling.version.attribution.time
                    if latest.map({ $0.version.attribution.time < time }) ?? true {
                        latest = sibling
                    }
                }
            }
        }
        if let latest { return try provenance(of: latest, withChange) }
        // What is left of an erased record is when it was erased.
        let erasure = parts.lazy.compactMap(\.state.erasure).first
        return try provenance(
            dot: erasure?.dot ?? Dot(ActorID(0), 0),
            erasure?.attribution ?? Attribution(time: .zero, author: ""),
            withChange
        )
    }

    // MARK: Values

    /// Returns a value or item as `show --json` prints it.
    func json(
        _ key: FieldKey,
        _ bytes: [UInt8],
        _ field: Field?,
        rowKey: String? = nil
    ) throws -> JSONValue {
        guard let field else { return Self.unknown(key, bytes) }
        return try labelling { label in
            field.isRegister
                ? field.json(register: bytes, label: label)
                : field.json(
                    item: Item(key: key.item, value: bytes),
                    rowKey: field.isSinglePart ? nil : rowKey,
                    label: label
                )
        }
    }

    /// Returns a value or item in one piece of text.
    func text(_ key: FieldKey, _ bytes: [UInt8], _ field: Field?) -> String {
        guard let field else {
            return UnknownValue(key, bytes).line ?? Data(bytes).base64EncodedString()
        }
        return field.isRegister
            ? field.text(register: bytes) : field.text(item: Item(key: key.item, value: bytes))
    }

    /// Returns a value or item in one piece of text, references with the names of their records.
    private func line(_ key: FieldKey, _ bytes: [UInt8], _ field: Field?) throws -> String {
        guard let field else { return text(key, bytes, field) }
        return try labelling { label in
            field.isRegister
                ? field.text(register: bytes, label: label)
                : field.text(item: Item(key: key.item, value: bytes), label: label)
        }
    }

    /// Calls a body with what finds how references are shown.
    private func labelling<Shown>(
        _ body: ((Reference) -> ReferenceLabel?) -> Shown
    ) throws -> Shown {
        var failure: (any Error)?
        let shown = body { reference in
            do {
                return try self.label(of: reference)
            } catch {
                failure = error
                return nil
            }
        }
        if let failure { throw failure }
        return shown
    }

    /// A field of another schema: its bytes in base64, an item with its key.
    private static func unknown(_ key: FieldKey, _ bytes: [UInt8]) -> JSONValue {
        let value = JSONValue.string(Data(bytes).base64EncodedString())
        if key.item.isEmpty { return value }
        return .object([
            JSONMember("item", .string(Data(key.item).base64EncodedString())),
            JSONMember("value", value),
        ])
    }

    static func name(of number: UInt32, _ field: Field?) -> String {
        field?.name ?? Kind.unknownName(number)
    }

    /// Returns what names an item in `F[KEY]`: a row's key, or the first key part.
    func itemName(_ key: FieldKey, _ field: Field?) -> String? {
        guard !key.item.isEmpty else { return nil }
        guard let field, !field.hasRandomKeys else {
            return Field.displayKeys(of: [key.item])[0]
        }
        let parts = field.parts(of: Item(key: key.item, value: []))
        return parts?.first?.text ?? hexadecimal(key.item)
    }

    // MARK: Provenance

    /// Returns who wrote a version.
    func provenance(of sibling: Sibling, _ withChange: Bool) throws -> Provenance {
        try provenance(dot: sibling.dot, sibling.version.attribution, withChange)
    }

    func provenance(
        dot: Dot,
        _ attribution: Attribution,
        _ withChange: Bool
    ) throws -> Provenance {
        Provenance(
            at: attribution.time,
            by: attribution.author,
            desk: try desk(of: dot.actor),
            change: withChange ? try changeName(of: dot) : nil,
            reason: attribution.reason,
            note: attribution.note
        )
    }

    /// Returns the name of a change, or nil where its digest has not arrived.
    func changeName(of dot: Dot) throws -> String? {
        guard let change = try reader.changeID(of: dot) else { return nil }
        return Desk.changeName(desk: try desk(of: dot.actor), change)
    }

    /// Returns the code of an actor's desk; `?` where nobody has introduced it.
    func desk(of actor: ActorID) throws -> String {
        if let desk = desks[actor] { return desk }
        let desk = try reader.desk(of: actor) ?? "?"
        desks[actor] = desk
        return desk
    }

    // MARK: Names

    /// Returns a record's name: its short id, with `~` and digits of the uid where another visible
    /// record shares it.
    func name(of held: HeldRecord) throws -> String {
        guard let short = shortID(of: held.main) else { return held.uid.description }
        return try name(short, of: held.uid, row: held.main.row)
    }

    /// Returns the name of the record that bears a short id in a row.
    func name(_ short: String, of uid: RecordUID, row own: Int64) throws -> String {
        let rows = try reader.candidates(for: LookupKey(scheme: "short", short.utf8))
        guard rows.count > 1 else { return short }
        var others: [String] = []
        for row in rows where row != own {
            guard let other = try reader.record(row: row), other.key.uid != uid,
                shortID(of: other) == short
            else { continue }
            others.append(other.key.uid.description)
        }
        if others.isEmpty { return short }
        let own = uid.description
        let length = (4...16).first { length in
            others.allSatisfy { $0.prefix(length) != own.prefix(length) }
        }
        return "\(short)~\(own.prefix(length ?? 16))"
    }

    /// Returns the name that a record's part bears: the earliest that it was given.
    func shortID(of part: StoredRecord) -> String? {
        let siblings = SiblingSet(part.state.siblings(of: .shortID))
        guard !siblings.isEmpty else { return nil }
        let entry = FieldEntry(key: .shortID, siblings: siblings)
        let kind = reader.schema.kind(orStandInFor: part.state.kind)
        let field = kind.field(number: FieldKey.shortID.number)
        let reading = RecordState.reading(of: entry, as: field)
        return reading.shown.bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the text that names a record in lists; empty where it has none.
    func title(of held: HeldRecord) -> String {
        let kind = held.kind
        guard kind.isKnown else { return unknownTitle(of: held) }
        for number in kind.namingFields {
            for entry in held.main.state.entries(of: number) {
                let field = kind.field(number: number)
                let reading = RecordState.reading(of: entry, as: field)
                guard case .value(let bytes) = reading.shown else { continue }
                let item = Item(key: entry.key.item, value: bytes)
                let text =
                    entry.key.item.isEmpty
                    ? String(decoding: bytes, as: UTF8.self) : field?.parts(of: item)?.first?.text
                if let text { return text }
            }
        }
        return ""
    }

    /// The first text among a record's own fields: what names it in every kind that there has been.
    private func unknownTitle(of held: HeldRecord) -> String {
        for entry in held.main.state.fields where held.kind.field(number: entry.key.number) == nil {
            guard entry.key.item.isEmpty,
                let bytes = RecordState.reading(of: entry, as: nil).shown.bytes,
                let line = UnknownValue(entry.key, bytes).line, !line.contains(where: \.isNewline)
            else { continue }
            return line
        }
        return ""
    }

    /// Returns how a reference is shown, or nil where its record is not here.
    func label(of reference: Reference) throws -> ReferenceLabel? {
        if let label = labels[reference] { return label }
        var label: ReferenceLabel?
        var found: [HeldRecord] = []
        for held in try RecordFinder(self).records(for: reference) where !held.isHidden {
            // A merged record is read as the one that stands for it.
            let standing = try reader.survivor(of: held) ?? held
            if !found.contains(where: { $0.uid == standing.uid }) { found.append(standing) }
        }
        if found.count == 1 {
            let title = title(of: found[0])
            label = ReferenceLabel(
                shortID: try name(of: found[0]),
                name: title.isEmpty ? nil : title
            )
        }
        labels[reference] = label
        return label
    }
}
