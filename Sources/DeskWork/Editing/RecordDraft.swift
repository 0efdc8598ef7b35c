import CausalHistory
import RecordModel
import RecordStorage

/// What a change does to one record: steps for its main part and, for sensitive fields of a record
/// in a shared space, for the companion part in the mission's own space.
///
/// It sees its own steps, so that what is done later in one change stands on what was done before.
struct RecordDraft {
    let uid: RecordUID
    let kind: Kind
    /// The record as it is; nil for a new one.
    let held: HeldRecord?
    /// The space of the main part.
    let space: SpaceName
    /// The space of sensitive fields.
    let sensitiveSpace: SpaceName
    /// The steps on the main part, which most drafts have alone.
    private var mainSteps: [RecordEdit.Step] = []
    /// The steps on other parts.
    private var otherSteps: [SpaceName: [RecordEdit.Step]] = [:]

    /// Begins a new record.
    init(new uid: RecordUID, kind: Kind, space: SpaceName, missionSpace: SpaceName) {
        self.uid = uid
        self.kind = kind
        self.space = space
        held = nil
        sensitiveSpace = missionSpace
    }

    /// Begins a change of a record.
    init(_ held: HeldRecord, missionSpace: SpaceName) {
        uid = held.uid
        kind = held.kind
        self.held = held
        space = held.main.key.space
        sensitiveSpace = Self.isOwned(held) ? space : missionSpace
    }

    /// Whether a record lies in the own space of the mission that made it, so that everything of
    /// it stays there whoever writes.
    ///
    /// All other spaces are taken for shared ones.
    private static func isOwned(_ held: HeldRecord) -> Bool {
        guard let owner = held.kind.field(named: "owner") else { return false }
        let mission = Content.value(Array(held.main.key.space.text.utf8))
        return held.main.state.siblings(of: FieldKey(owner.number))
            .contains { $0.version.content == mission }
    }

    /// Whether nothing is done.
    var isEmpty: Bool { mainSteps.isEmpty && otherSteps.isEmpty }

    /// The names of the fields that are written, in the order of their numbers.
    var writtenFields: [String] {
        var numbers: Set<UInt32> = []
        for case .write(let key, _) in mainSteps + otherSteps.values.joined() {
            numbers.insert(key.number)
        }
        return numbers.sorted().map { RecordViewer.name(of: $0, kind.field(number: $0)) }
    }

    /// The spaces of the parts that are changed, the main part's first.
    var spaces: [SpaceName] { (mainSteps.isEmpty ? [] : [space]) + otherSteps.keys.sorted() }

    // MARK: Reading

    /// The space into which a field is written.
    func space(of field: Field) -> SpaceName {
        field.isSensitive ? sensitiveSpace : space
    }

    /// The space of a value of a field that the schema does not know: of the part that has one
    /// there, the main part first.
    ///
    /// A new value goes where a sensitive one would: whether it is one cannot be told.
    func space(ofUnknown key: FieldKey) -> SpaceName {
        [space, sensitiveSpace].first {
            part(in: $0).map { !$0.state.siblings(of: key).isEmpty } ?? false
        } ?? sensitiveSpace
    }

    /// The part of a space as it is.
    func part(in space: SpaceName) -> StoredRecord? {
        held?.parts.first { $0.key.space == space }
    }

    /// What a field or item shows in a space, this draft's own steps included.
    func content(of key: FieldKey, in space: SpaceName) -> Content? {
        for step in steps(in: space).reversed() {
            if case .write(key, let content) = step { return content }
        }
        guard let part = part(in: space) else { return nil }
        let siblings = SiblingSet(part.state.siblings(of: key))
        guard !siblings.isEmpty else { return nil }
        let field = kind.field(number: key.number)
        let entry = FieldEntry(key: key, siblings: siblings)
        return RecordState.reading(of: entry, as: field).shown
    }

    /// An item as it is shown, and the space of the part that holds it.
    struct HeldItem {
        let item: Item
        let space: SpaceName
    }

    /// The items of a field that this desk shows and may change.
    func items(of field: Field) -> [HeldItem] {
        var places: [(key: FieldKey, space: SpaceName)] = []
        for place in [space, sensitiveSpace] where places.isEmpty || space != sensitiveSpace {
            for entry in part(in: place)?.state.entries(of: field.number) ?? [] {
                places.append((entry.key, place))
            }
            for case .write(let key, _) in steps(in: place) where key.number == field.number {
                if !places.contains(where: { $0.key == key && $0.space == place }) {
                    places.append((key, place))
                }
            }
        }
        return places.compactMap { key, space in
            guard case .value(let bytes)? = content(of: key, in: space) else { return nil }
            return HeldItem(item: Item(key: key.item, value: bytes), space: space)
        }
    }

    // MARK: Writing

    /// Puts a content into a register or item, in the field's space unless another is named.
    mutating func write(
        _ content: Content,
        to field: Field,
        item: [UInt8] = [],
        in space: SpaceName? = nil
    ) {
        let step = RecordEdit.Step.write(FieldKey(field.number, item: item), content)
        append(step, in: space ?? self.space(of: field))
    }

    /// Puts a content into a place that no field describes.
    mutating func write(_ content: Content, to key: FieldKey, in space: SpaceName) {
        append(.write(key, content), in: space)
    }

    private func steps(in space: SpaceName) -> [RecordEdit.Step] {
        space == self.space ? mainSteps : otherSteps[space] ?? []
    }

    private mutating func append(_ step: RecordEdit.Step, in space: SpaceName) {
        if space == self.space {
            mainSteps.append(step)
        } else {
            otherSteps[space, default: []].append(step)
        }
    }

    /// Deletes every part.
    mutating func delete() {
        for part in held?.parts ?? [] { append(.delete, in: part.key.space) }
    }

    /// Brings every part back.
    mutating func undelete() {
        for part in held?.parts ?? [] where !part.state.siblings(of: .life).isEmpty {
            append(.write(.life, .alive), in: part.key.space)
        }
    }

    /// The edit of one space, where there is one.
    func edit(in space: SpaceName) -> RecordEdit? {
        let steps = steps(in: space)
        return steps.isEmpty ? nil : RecordEdit(uid: uid, kind: kind.number, steps: steps)
    }

    /// Whether the record has one of the fields that name it, after this draft; what a draft does
    /// not touch is not its business.
    var isNamed: Bool {
        kind.namingFields.isEmpty || (held != nil && !writesName)
            || kind.namingFields.contains { number in
                guard let field = kind.field(number: number) else { return false }
                if field.isRegister {
                    return content(of: FieldKey(number), in: space(of: field))?.bytes != nil
                }
                return !items(of: field).isEmpty
            }
    }

    private var writesName: Bool {
        (mainSteps + otherSteps.values.joined()).contains { step in
            if case .write(let key, _) = step {
                kind.namingFields.contains(key.number)
            } else {
                false
            }
        }
    }
}
