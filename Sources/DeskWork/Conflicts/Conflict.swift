import CausalHistory
import RecordModel

/// One version in a conflict, or the base from which the versions came.
public struct ConflictVersion: Sendable {
    /// Its number, from 1 in the order of time and actor; 0 for the base.
    public let n: Int
    /// The value as scripts read it; nil where it was cleared or removed.
    public let value: JSONValue?
    /// The value as a person reads it; empty where it was cleared or removed.
    public let text: String
    /// What was written.
    public let content: Content
    /// Who wrote it, when and in which change.
    public let provenance: Provenance
    /// Of the living side of a contested life: the fields that the deletion had not seen.
    public let edits: [String]

    /// The object that scripts read.
    public var json: JSONValue {
        var members = n > 0 ? [JSONMember("n", .number(n))] : []
        if let value {
            members.append(JSONMember("value", value))
        } else {
            members.append(JSONMember("cleared", .bool(true)))
        }
        members += [
            JSONMember("by", .string(provenance.by)), JSONMember("desk", .string(provenance.desk)),
            JSONMember("at", .string(provenance.time)),
        ]
        if n > 0, let change = provenance.change {
            members.append(JSONMember("change", .string(change)))
        }
        if !edits.isEmpty {
            members.append(JSONMember("edits", .array(edits.map(JSONValue.string))))
        }
        return .object(members)
    }
}

/// A field, or one item of it, whose versions a person has to decide between.
public struct Conflict: Sendable {
    /// The record's name.
    public let id: String
    /// The record's number.
    public let uid: RecordUID
    /// The name of the record's kind.
    public let kind: String
    /// The text that names the record.
    public let title: String
    /// The space of the part that holds the field.
    public let space: SpaceName
    /// The field's name; `life` for an edit beside a deletion.
    public let field: String
    /// What the schema says of the field.
    public let definition: Field?
    /// The item, as it is named in `F[KEY]`; nil for a single value.
    public let item: String?
    /// The place.
    public let key: FieldKey
    /// What stood there before, where it is known.
    public let base: ConflictVersion?
    /// The versions.
    public let siblings: [ConflictVersion]
    /// Why headquarters took back what was written here; nil for a conflict.
    ///
    /// The versions are then what stands now and what was written.
    public var refusal: String?

    /// When the conflict came to be: the time of the second version.
    public var since: HybridTime { siblings.count > 1 ? siblings[1].provenance.at : .zero }

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("id", .string(id)), JSONMember("kind", .string(kind)),
            JSONMember("space", .string(space.text)), JSONMember("field", .string(field)),
        ]
        if let item { members.append(JSONMember("item", .string(item))) }
        if let base { members.append(JSONMember("base", base.json)) }
        members.append(JSONMember("siblings", .array(siblings.map(\.json))))
        if let refusal { members.append(JSONMember("refusal", .string(refusal))) }
        return .object(members)
    }
}

/// A field whose versions a policy of the schema settled without a person.
public struct SettledConflict: Sendable {
    /// The place and its versions.
    public let conflict: Conflict
    /// The policy.
    public let policy: Policy
    /// What is shown.
    public let shown: JSONValue?

    /// The object that scripts read: that of a conflict, with `policy` and `shown`.
    public var json: JSONValue {
        var members = conflict.json.object ?? []
        members.append(JSONMember("policy", .string(policy.rawValue)))
        if let shown { members.append(JSONMember("shown", shown)) }
        return .object(members)
    }
}

/// How a conflict is decided.
public enum ConflictChoice: Hashable, Sendable {
    /// The version of this number.
    case take(Int)
    /// What stood there before.
    case base
    /// Another value, as it is typed; empty text clears.
    case value(String)
    /// Both versions: texts one behind the other, items with the parts of both, rows as two rows.
    case both
}

/// Which version of every conflict is taken.
public enum BulkChoice: Hashable, Sendable {
    /// The latest.
    case newest
    /// This desk's own.
    case mine
    /// That of a desk.
    case desk(String)

    /// Creates a choice from `newest`, `mine` or `desk:CODE`, or nil for other text.
    public init?(_ text: String) {
        switch text {
        case "newest": self = .newest
        case "mine": self = .mine
        default:
            guard text.hasPrefix("desk:"), text.count > 5 else { return nil }
            self = .desk(String(text.dropFirst(5)).uppercased())
        }
    }
}

/// What deciding one of many conflicts came to.
public struct BulkDecision: Sendable {
    /// The conflict.
    public let conflict: Conflict
    /// The number of the version that was or would be taken; nil where none fits the choice.
    public let taken: Int?
    /// The change; nil in a dry run, and where none was taken.
    public let receipt: ChangeReceipt?
}

/// A conflict with what a person needs to decide it.
public struct ReviewItem: Sendable {
    /// The conflict.
    public let conflict: Conflict
    /// For each version, by `n`: the other fields of the record that its desk changed since the
    /// base.
    public let alsoChanged: [Int: [String]]
    /// For each version, by `n`: how many days its desk had at least been without news of another
    /// version when it wrote; none where less than one.
    public let offlineDays: [Int: Int]
    /// Earlier decisions of this field, newest first.
    public let decisions: [HistoryEntry]
    /// For texts with a known base: the merge by paragraph of the first two versions.
    public let merge: [MergedStretch]?
    /// Whether both versions can be kept.
    public let canKeepBoth: Bool

    /// `contact ber-214 Dr Ayesha Malik · employer`.
    public var headline: String {
        let place = conflict.item.map { "\(conflict.field)[\($0)]" } ?? conflict.field
        let title = conflict.title.isEmpty ? "" : " \(conflict.title)"
        return "\(conflict.kind) \(conflict.id)\(title) · \(place)"
    }
}
