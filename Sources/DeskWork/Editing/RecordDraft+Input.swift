import RecordModel
import RecordStorage

/// What drafting takes from its surroundings.
struct DraftSurroundings {
    let context: ValueContext
    /// 64 random bits, for the keys of rows and entries.
    let random: @Sendable () -> UInt64
    /// What was noticed about values, `FIELD: …`.
    var warnings: [String] = []

    mutating func note(_ warnings: [ValueWarning], field: String) {
        self.warnings += warnings.map { "\(field): \($0.message)" }
    }

    func newKey() -> [UInt8] {
        var writer = ByteWriter(capacity: Field.randomKeyLength)
        writer.bigEndian(random())
        return writer.bytes
    }
}

extension RecordDraft {
    /// Does what was typed: `F=V`, `F+=V`, `F-=V`, `F=`, `F[KEY].PART=V`.
    /// - Throws: `DeskError`.
    mutating func apply(
        _ assignment: FieldAssignment,
        _ surroundings: inout DraftSurroundings
    ) throws(DeskError) {
        let field = try editableField(named: assignment.path.field)
        if let part = assignment.path.part {
            try set(part, of: field, assignment, &surroundings)
        } else if let key = assignment.path.item {
            try replace(key, of: field, assignment, &surroundings)
        } else if assignment.operation == .remove {
            try remove(assignment.text, from: field, surroundings)
        } else {
            let input = try input(assignment.text, for: field, &surroundings)
            try apply(input, to: field, replacing: assignment.operation == .set, surroundings)
        }
    }

    /// Returns a field that people may write.
    func editableField(named name: String) throws(DeskError) -> Field {
        guard let field = kind.field(named: name) else {
            if Kind.number(inUnknownName: name) != nil {
                throw DeskError(
                    .unknownField,
                    "this version does not know what \(name) means, and cannot change it",
                    hint: "What a newer version wrote there is kept, shown and passed on."
                )
            }
            throw Desk.unknownField(name, of: kind)
        }
        if field.number == FieldKey.life.number {
            throw DeskError(
                .badValue,
                "life is not set by hand",
                hint: "Use attache delete and attache undelete."
            )
        }
        if field.number == FieldKey.mergedInto.number {
            throw DeskError(
                .badValue,
                "merged_into is not set by hand",
                hint: "Use attache merge and attache unmerge."
            )
        }
        if field.number == FieldKey.shortID.number {
            throw DeskError(.badValue, "short_id is given once, when the record is made")
        }
        return field
    }

    private func input(
        _ text: String,
        for field: Field,
        _ surroundings: inout DraftSurroundings
    ) throws(DeskError) -> FieldInput {
        var warnings: [ValueWarning] = []
        do throws(ValueError) {
            let input = try field.input(
                text: text,
                context: surroundings.context,
                warnings: &warnings
            )
            surroundings.note(warnings, field: field.name)
            return input
        } catch {
            throw DeskError(error, field: field.name)
        }
    }

    /// Puts an input into a field: `replacing` says whether a set then holds just these items, or
    /// these among others.
    ///
    /// - Throws: `DeskError`.
    mutating func apply(
        _ input: FieldInput,
        to field: Field,
        replacing: Bool,
        _ surroundings: DraftSurroundings
    ) throws(DeskError) {
        switch input {
        case .register(let bytes):
            guard replacing else {
                throw DeskError(
                    .badValue,
                    "\(field.name) holds one value",
                    hint: "Set it with \(field.name)=…"
                )
            }
            write(.value(bytes), to: field)
        case .cleared:
            if field.isRegister {
                write(.cleared, to: field)
            } else if replacing {
                try removeAll(of: field, keeping: [])
            }
        case .items(let inputs):
            if replacing, field.shape == .log {
                throw DeskError(
                    .appendOnly,
                    "entries of \(field.name) can only be added",
                    hint: "Use \(field.name)+=…"
                )
            }
            let items = try inputs.map { input throws(DeskError) in
                try item(of: input, in: field, surroundings)
            }
            if replacing { try removeAll(of: field, keeping: items.map(\.key)) }
            for item in items { write(.value(item.value), to: field, item: item.key) }
        }
    }

    /// Returns the item of an input with its key: that of a row which is named, or a new one.
    func item(
        of input: ItemInput,
        in field: Field,
        _ surroundings: DraftSurroundings
    ) throws(DeskError) -> Item {
        if let key = input.key { return Item(key: key, value: input.value) }
        guard let digits = input.rowKey, field.shape == .rows else {
            return Item(key: surroundings.newKey(), value: input.value)
        }
        let named = try item(named: digits, of: field, surroundings)
        return Item(key: named.item.key, value: input.value)
    }

    private mutating func removeAll(of field: Field, keeping keys: [[UInt8]]) throws(DeskError) {
        let others = items(of: field).filter { !keys.contains($0.item.key) }
        if !others.isEmpty, field.shape == .log {
            throw DeskError(.appendOnly, "entries of \(field.name) can only be added")
        }
        for other in others { write(.absent, to: field, item: other.item.key, in: other.space) }
    }

    // MARK: Items

    /// Returns the one item that a key names.
    /// - Throws: `DeskError` (`no_such_item`, `bad_value` where it names several).
    private func item(
        named key: String,
        of field: Field,
        _ surroundings: DraftSurroundings
    ) throws(DeskError) -> HeldItem {
        guard !field.isRegister else {
            throw DeskError(.badValue, "\(field.name) holds one value, not items")
        }
        let held = items(of: field)
        let named = field.items(held.map(\.item), named: key, context: surroundings.context)
        if named.count == 1, let item = held.first(where: { $0.item == named[0] }) { return item }
        let candidates = named.isEmpty ? held.map(\.item) : named
        let keys = Field.displayKeys(of: candidates.map(\.key))
        let list = candidates.enumerated().prefix(8).map { index, item in
            field.hasRandomKeys
                ? "\(keys[index]) \(field.text(item: item))" : field.text(item: item)
        }.joined(separator: ", ")
        guard !named.isEmpty else {
            throw DeskError(
                .noSuchItem,
                "\(field.name) has no item “\(key)”",
                hint: list.isEmpty ? "It has no items." : "It has \(list)."
            )
        }
        throw DeskError(
            .badValue,
            "“\(key)” names \(named.count) items of \(field.name)",
            hint: "They are \(list). Name one by all its key parts, as JSON."
        )
    }

    private mutating func remove(
        _ text: String,
        from field: Field,
        _ surroundings: DraftSurroundings
    ) throws(DeskError) {
        guard field.shape != .log else {
            throw DeskError(.appendOnly, "entries of \(field.name) can only be added")
        }
        let held = try item(named: text, of: field, surroundings)
        write(.absent, to: field, item: held.item.key, in: held.space)
    }

    /// `F[KEY]=V`: another value for the item; blank takes it away.
    private mutating func replace(
        _ key: String,
        of field: Field,
        _ assignment: FieldAssignment,
        _ surroundings: inout DraftSurroundings
    ) throws(DeskError) {
        guard field.shape != .log else {
            throw DeskError(.appendOnly, "entries of \(field.name) can only be added")
        }
        guard assignment.operation == .set else {
            throw DeskError(
                .badValue,
                "an item is changed with \(field.name)[\(key)]=…",
                hint: "Items are added with \(field.name)+=… and taken with \(field.name)-=…"
            )
        }
        let held = try item(named: key, of: field, surroundings)
        switch try input(assignment.text, for: field, &surroundings) {
        case .items(let inputs) where inputs.count == 1:
            let item = Item(key: inputs[0].key ?? held.item.key, value: inputs[0].value)
            put(item, for: held, in: field)
        case .cleared:
            write(.absent, to: field, item: held.item.key, in: held.space)
        default:
            throw DeskError(.badValue, "\(field.name): one item is expected; this has several")
        }
    }

    /// Puts an item in another's place; where its key differs, the other goes.
    private mutating func put(_ item: Item, for old: HeldItem, in field: Field) {
        if item.key != old.item.key {
            write(.absent, to: field, item: old.item.key, in: old.space)
        }
        write(.value(item.value), to: field, item: item.key, in: old.space)
    }

    /// `F[KEY].PART=V`, or `F.PART=V` where the field has one item.
    private mutating func set(
        _ name: String,
        of field: Field,
        _ assignment: FieldAssignment,
        _ surroundings: inout DraftSurroundings
    ) throws(DeskError) {
        guard !field.isRegister else { throw DeskError(ValueError.noItems, field: field.name) }
        guard let part = field.part(named: name) else {
            let accepted = field.parts.map(\.name)
            throw DeskError(ValueError.unknownPart(name, accepted: accepted), field: field.name)
        }
        guard assignment.operation == .set else {
            throw DeskError(.badValue, "a part is changed with \(field.name)[…].\(name)=…")
        }
        let held: HeldItem
        if let key = assignment.path.item {
            held = try item(named: key, of: field, surroundings)
        } else {
            let all = items(of: field)
            guard all.count == 1 else {
                throw DeskError(
                    all.isEmpty ? .noSuchItem : .badValue,
                    "\(field.name) has \(all.count) items",
                    hint: "Name one: \(field.name)[KEY].\(name)=…"
                )
            }
            held = all[0]
        }
        var warnings: [ValueWarning] = []
        do throws(ValueError) {
            let item = try field.setting(
                part,
                to: assignment.text,
                in: held.item,
                context: surroundings.context,
                warnings: &warnings
            )
            surroundings.note(warnings, field: field.name)
            put(item, for: held, in: field)
        } catch {
            throw DeskError(error, field: field.name)
        }
    }
}

extension Desk {
    /// The error of a field that a kind lacks, with the names that come near.
    static func unknownField(_ name: String, of kind: Kind) -> DeskError {
        let near = kind.fields.map(\.name).filter { field in
            field.hasPrefix(name.prefix(3)) || (name.count > 2 && field.contains(name))
        }
        let hint =
            near.isEmpty
            ? "attache schema show \(kind.name) lists its fields."
            : "Did you mean \(near.prefix(4).joined(separator: ", "))?"
        return DeskError(.unknownField, "\(kind.name) has no field “\(name)”", hint: hint)
    }
}
