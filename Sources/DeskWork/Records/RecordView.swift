import CausalHistory
import RecordModel

/// Who wrote a version, when, at which desk and in which change.
public struct Provenance: Hashable, Sendable {
    /// When.
    public let at: HybridTime
    /// The officer.
    public let by: String
    /// The desk's code; `?` where nobody has introduced the writer.
    public let desk: String
    /// The change, as `ber@5f3a9c01`; nil where its digest has not arrived or was not asked for.
    public let change: String?
    /// Why it was written.
    public let reason: ChangeReason
    /// More about the reason.
    public let note: String

    /// `at` in RFC 3339, UTC.
    public var time: String { at.text }
}

/// One value of a field as a person sees it: a register, or one item of a set, rows or log.
public struct ValueView: Sendable {
    /// The place.
    public let key: FieldKey
    /// The space of the part that holds it.
    public let space: SpaceName
    /// What is shown of it, as `show --json` prints it.
    public let json: JSONValue
    /// What is shown of it, in one piece of text; of a field that the schema does not know what of
    /// its bytes can be read, else the bytes in base64.
    public let text: String
    /// The same as a person reads it: a reference with the name of the record to which it leads now.
    public let line: String
    /// The key of a row or entry as it is shown; nil for other values.
    public let rowKey: String?
    /// How its versions stand.
    public let reading: Reading
    /// Who wrote the version that is shown.
    public let provenance: Provenance

    /// Whether a person has to decide between versions.
    public var isConflict: Bool { reading.isConflict }
}

/// A field of a record as a person sees it.
public struct FieldView: Sendable {
    /// The stable number.
    public let number: UInt32
    /// The name; `#57` for a field that the schema does not know.
    public let name: String
    /// What the schema says of it; nil for a field that it does not know.
    public let field: Field?
    /// The value, or the items in the order in which they are shown.
    public let values: [ValueView]

    /// Whether a value is in conflict.
    public var isConflict: Bool { values.contains(where: \.isConflict) }

    /// The text of all values.
    public var text: String { values.map(\.text).joined(separator: "; ") }

    /// The value or the list of items, as `show --json` prints it.
    public var json: JSONValue {
        if values.count == 1, values[0].key.item.isEmpty { return values[0].json }
        return .array(values.map(\.json))
    }
}

/// What another mission holds of a record's sensitive fields, where it differs from what is shown.
public struct PartView: Sendable {
    /// The mission's space.
    public let space: SpaceName
    /// The fields.
    public let fields: [FieldView]
}

/// A record as a person sees it: the parts of one uid that this replica holds, joined.
public struct RecordView: Sendable {
    /// The record's name: its short id, with `~` and digits of the uid where two records share it.
    public let id: String
    /// The record's number.
    public let uid: RecordUID
    /// Its kind; for one that the schema does not know what stands in for it.
    public let kind: Kind
    /// The name of its kind; `#17` where the schema does not know it.
    public let kindName: String
    /// The space of its main part.
    public let space: SpaceName
    /// Whether it lives.
    public let life: RecordLife
    /// The text that names it in lists; empty where it has none.
    public let title: String
    /// The fields that have a value or a conflict, by number; `life` and `short_id` are not among
    /// them.
    public let fields: [FieldView]
    /// The names of the fields in conflict, `life` included.
    public let conflicts: [String]
    /// The latest change.
    public let changed: Provenance
    /// What other missions hold of its sensitive fields.
    public let elsewhere: [PartView]
    /// How it was merged with others; nil where it was not, and in lists.
    public internal(set) var merging: MergeView?

    /// The handling label.
    public var handling: String? { field("handling")?.values.first?.text }

    /// Returns the field of a name, or nil where it has no value.
    public func field(_ name: String) -> FieldView? {
        fields.first { $0.name == name }
    }

    /// Returns what a list shows in a column: `id`, `uid`, `kind`, `space`, `life`, `name` where
    /// the kind has no such field, `changed`, `conflicts`, a field or `FIELD.PART`.
    public func cell(_ column: String) -> String {
        if let field = field(column) { return field.text }
        switch column {
        case "id": return id
        case "uid": return uid.description
        case "kind": return kindName
        case "space": return space.text
        case "life": return life.text
        case "name", "title": return title
        case "changed": return changed.time
        case "conflicts": return conflicts.joined(separator: ", ")
        default:
            let halves = column.split(separator: ".", maxSplits: 1).map(String.init)
            guard halves.count == 2, let view = field(halves[0]), let field = view.field,
                let part = field.part(named: halves[1])
            else { return "" }
            return view.values.compactMap { value in
                guard case .value(let bytes) = value.reading.shown else { return nil }
                return field.text(of: part, in: Item(key: value.key.item, value: bytes))
            }.joined(separator: "; ")
        }
    }
}

extension RecordLife {
    /// The word for it.
    public var text: String {
        switch self {
        case .alive: "alive"
        case .deleted: "deleted"
        case .contested: "contested"
        case .erased: "erased"
        }
    }
}

extension HybridTime {
    /// The time in RFC 3339, UTC, to the second.
    public var text: String {
        // Beyond the year 9999 there is no such text; a clock that is that far off is shown there.
        Instant(seconds: Int(min(milliseconds / 1000, 253_402_300_799))).text
    }
}
