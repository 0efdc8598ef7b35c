import RecordModel

/// What a merge came to, or would come to.
public struct MergeResult: Sendable {
    /// A value of the merged record beside one of the survivor.
    public struct Value: Hashable, Sendable {
        /// The field.
        public let field: String
        /// The survivor's value; nil where it has none.
        public let kept: String?
        /// The merged record's value.
        public let other: String
    }

    /// The survivor and the change.
    public let receipt: ChangeReceipt
    /// The name of the merged record.
    public let merged: String
    /// What went over into the survivor.
    public let taken: [Value]
    /// What differs and is left to a person.
    public let differences: [Value]
    /// The spaces whose values were left with the merged record.
    public let spacesLeft: [String]

    /// The object that scripts read.
    public var json: JSONValue {
        var members = receipt.json.object ?? []
        members.append(JSONMember("merged", .string(merged)))
        members.append(JSONMember("taken", .array(taken.map(Self.json))))
        members.append(JSONMember("differences", .array(differences.map(Self.json))))
        if !spacesLeft.isEmpty {
            members.append(JSONMember("spaces_left", .array(spacesLeft.map(JSONValue.string))))
        }
        return .object(members)
    }

    private static func json(_ value: Value) -> JSONValue {
        var members = [JSONMember("field", .string(value.field))]
        if let kept = value.kept { members.append(JSONMember("kept", .string(kept))) }
        members.append(JSONMember("other", .string(value.other)))
        return .object(members)
    }
}

/// What taking back a merge came to.
public struct UnmergeResult: Sendable {
    /// The record that stands for itself again, and the change.
    public let receipt: ChangeReceipt
    /// The name of the record into which it had been merged.
    public let survivor: String
    /// The fields of the survivor that keep what the merge brought, since they were edited since.
    public let kept: [String]

    /// The object that scripts read.
    public var json: JSONValue {
        var members = receipt.json.object ?? []
        members.append(JSONMember("survivor", .string(survivor)))
        members.append(JSONMember("kept", .array(kept.map(JSONValue.string))))
        return .object(members)
    }
}
