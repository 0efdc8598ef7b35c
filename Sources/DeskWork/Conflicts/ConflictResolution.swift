import RecordModel
import RecordStorage

/// What deciding a conflict writes.
struct ConflictResolution {
    /// What the field or item gets.
    let content: Content
    /// What is said of the decision: its rule.
    let rule: String
    /// A second row beside the first, where both are kept.
    var addition: Content?

    /// Decides a conflict by a choice.
    ///
    /// - Parameters:
    ///   - choice: The choice.
    ///   - conflict: The conflict.
    ///   - surroundings: For a value that is typed.
    /// - Throws: `DeskError` (`bad_value`, `no_such_item` where no version has the number).
    init(
        _ choice: ConflictChoice,
        of conflict: Conflict,
        _ surroundings: DraftSurroundings
    ) throws(DeskError) {
        let place = conflict.item.map { "\(conflict.field)[\($0)]" } ?? conflict.field
        switch choice {
        case .take(let n):
            guard let version = conflict.siblings.first(where: { $0.n == n }) else {
                throw DeskError(
                    .noSuchItem,
                    "\(place) has no version \(n)",
                    hint: "Versions are 1 to \(conflict.siblings.count)."
                )
            }
            content = version.content
            rule = "take \(n) of \(conflict.siblings.count)"
        case .base:
            guard let base = conflict.base else {
                throw DeskError(.badValue, "what \(place) held before is not known here")
            }
            content = base.content
            rule = "base"
        case .value(let text):
            content = try Self.content(of: text, for: conflict, surroundings)
            rule = "value"
        case .both:
            guard let both = Self.both(conflict) else {
                throw DeskError(
                    .badValue,
                    "both versions of \(place) cannot be kept",
                    hint: "Take one, or give a value."
                )
            }
            (content, addition) = both
            rule = "both"
        }
    }

    private static func content(
        of text: String,
        for conflict: Conflict,
        _ surroundings: DraftSurroundings
    ) throws(DeskError) -> Content {
        if conflict.key == .life {
            switch text {
            case "alive": return .alive
            case "deleted": return .deleted([])
            default:
                throw DeskError(.badValue, "life: “\(text)” is not one of alive, deleted")
            }
        }
        guard let field = conflict.definition else {
            throw DeskError(
                .unknownField,
                "this version does not know the field \(conflict.field)",
                hint: "Take one of the versions."
            )
        }
        var warnings: [ValueWarning] = []
        let input: FieldInput
        do throws(ValueError) {
            input = try field.input(
                text: text,
                context: surroundings.context,
                warnings: &warnings
            )
        } catch {
            throw DeskError(error, field: field.name)
        }
        switch input {
        case .register(let bytes): return .value(bytes)
        case .cleared: return field.isRegister ? .cleared : .absent
        case .items(let items):
            guard items.count == 1, items[0].key == nil || items[0].key == conflict.key.item
            else {
                throw DeskError(
                    .badValue,
                    "\(field.name): the value names another item",
                    hint: "Add that one with \(field.name)+=…"
                )
            }
            return .value(items[0].value)
        }
    }

    // MARK: Both

    static func canKeepBoth(_ conflict: Conflict) -> Bool { both(conflict) != nil }

    /// Both versions in one: texts one behind the other, an item with the parts of both where they
    /// do not contradict, a row and a second row.
    private static func both(_ conflict: Conflict) -> (Content, Content?)? {
        guard let field = conflict.definition else { return nil }
        let values = conflict.siblings.compactMap(\.content.bytes)
        guard values.count == conflict.siblings.count else { return nil }
        if field.isRegister {
            switch field.type {
            case .longtext:
                return (.value(Array(values.joined(separator: Array("\n\n".utf8)))), nil)
            case .text: return (.value(Array(values.joined(separator: Array("; ".utf8)))), nil)
            default: return nil
            }
        }
        if field.shape == .rows {
            return values.count == 2 ? (.value(values[0]), .value(values[1])) : nil
        }
        var joined = Item(key: conflict.key.item, value: values[0])
        for value in values.dropFirst() {
            guard let item = field.joining(joined, Item(key: joined.key, value: value)) else {
                return nil
            }
            joined = item
        }
        return (.value(joined.value), nil)
    }
}

extension Field {
    /// Returns the item that has the parts of both, or nil where they contradict.
    func joining(_ item: Item, _ other: Item) -> Item? {
        guard let parts = parts(of: item), let others = self.parts(of: other) else { return nil }
        let contradict = others.contains { part in
            parts.contains { $0.number == part.number && $0.text != part.text }
        }
        return contradict ? nil : putting(others, into: item)
    }
}
