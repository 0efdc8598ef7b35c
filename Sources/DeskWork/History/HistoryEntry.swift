import RecordModel

/// One thing that a change did: to a field, an item, or the record as a whole.
public struct HistoryEntry: Sendable {
    /// What was done.
    public enum Action: String, Hashable, Sendable, CaseIterable {
        /// The record was made.
        case create
        /// A single value was set, or an item's parts were changed.
        case set
        /// An item was added.
        case add
        /// An item was taken away.
        case remove
        /// A single value was cleared.
        case clear
        /// The record was deleted.
        case delete
        /// The record was brought back.
        case undelete
        /// A conflict was decided.
        case resolve
        /// Two records were joined.
        case merge
        /// A file was imported.
        case `import`
        /// Headquarters took a value back.
        case refuse
    }

    /// The change, as `ber@5f3a9c01`; nil where its digest has not arrived yet.
    public let change: String?
    /// The record's name.
    public let id: String
    /// The record's number.
    public let uid: RecordUID
    /// The field's name; nil for the record as a whole.
    public let field: String?
    /// The item, as it is named in `F[KEY]`.
    public let item: String?
    /// What stood there before, as scripts read it.
    public let old: JSONValue?
    /// What stands there since, as scripts read it.
    public let new: JSONValue?
    /// `old` as a person reads it.
    public let oldText: String
    /// `new` as a person reads it.
    public let newText: String
    /// Who, when and why.
    public let provenance: Provenance
    /// What was done.
    public let action: Action

    /// The object that scripts read.
    public var json: JSONValue {
        func member(_ name: String, _ value: JSONValue?) -> [JSONMember] {
            value.map { [JSONMember(name, $0)] } ?? []
        }
        return .object(
            member("change", change.map(JSONValue.string)) + [JSONMember("id", .string(id))]
                + member("field", field.map(JSONValue.string))
                + member("item", item.map(JSONValue.string)) + member("old", old)
                + member("new", new)
                + [
                    JSONMember("by", .string(provenance.by)),
                    JSONMember("desk", .string(provenance.desk)),
                    JSONMember("at", .string(provenance.time)),
                    JSONMember("action", .string(action.rawValue)),
                ]
        )
    }
}

/// What taking back a change came to.
public struct UndoResult: Sendable {
    /// One receipt for each record that was changed.
    public let receipts: [ChangeReceipt]
    /// What was left as it is, since later edits stand on it: `ber-214 employer`.
    public let kept: [String]

    /// The array that scripts read.
    public var json: JSONValue { .array(receipts.map(\.json)) }
}
