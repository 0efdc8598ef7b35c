import RecordModel

/// What a change came to: the record and the name of the change.
public struct ChangeReceipt: Hashable, Sendable {
    /// The record's name.
    public let id: String
    /// The record's number.
    public let uid: RecordUID
    /// The name of its kind.
    public let kind: String
    /// The space of its main part.
    public let space: String
    /// The change, as `ber@5f3a9c01`; nil where nothing was to be changed.
    public let change: String?
    /// What was noticed about values that were accepted all the same.
    public let warnings: [String]

    /// Creates a receipt.
    public init(
        id: String,
        uid: RecordUID,
        kind: String,
        space: String,
        change: String?,
        warnings: [String] = []
    ) {
        self.id = id
        self.uid = uid
        self.kind = kind
        self.space = space
        self.change = change
        self.warnings = warnings
    }

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("id", .string(id)), JSONMember("kind", .string(kind)),
            JSONMember("space", .string(space)),
        ]
        if let change { members.append(JSONMember("change", .string(change))) }
        if !warnings.isEmpty {
            members.append(JSONMember("warnings", .array(warnings.map { .string($0) })))
        }
        return .object(members)
    }
}
