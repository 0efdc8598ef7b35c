import RecordModel

/// An attachment as a person sees it: what a record says of it, and where its bytes are.
public struct AttachmentView: Hashable, Sendable {
    /// Where the bytes are.
    public enum Standing: String, Hashable, Sendable {
        /// Here, and at headquarters as far as is known.
        case here
        /// Here, and not yet at headquarters.
        case unsent
        /// A part of them is here.
        case partial
        /// Not here.
        case elsewhere
    }

    /// The record's name.
    public let id: String
    /// The name of the field that names the attachment.
    public let field: String
    /// The file's name; empty where the record does not say.
    public let name: String
    /// The media type; empty where the record does not say.
    public let mediaType: String
    /// How many bytes it has; nil where that is not known.
    public let size: UInt64?
    /// The hash of its bytes.
    public let hash: AttachmentHash
    /// The space of the record's part that names it.
    public let space: String
    /// Where the bytes are.
    public let standing: Standing
    /// How many bytes are here.
    public let held: UInt64
    /// Where the reference stands.
    let key: FieldKey

    /// What people call it: its name, or the first digits of its hash.
    public var label: String { name.isEmpty ? String(hash.description.prefix(12)) : name }

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [JSONMember("id", .string(id)), JSONMember("field", .string(field))]
        if !name.isEmpty { members.append(JSONMember("name", .string(name))) }
        if !mediaType.isEmpty { members.append(JSONMember("media_type", .string(mediaType))) }
        if let size { members.append(JSONMember("size", .number(size))) }
        members += [
            JSONMember("hash", .string(hash.description)), JSONMember("space", .string(space)),
            JSONMember("standing", .string(standing.rawValue)), JSONMember("held", .number(held)),
        ]
        return .object(members)
    }
}

/// What attaching files came to.
public struct AttachReceipt: Hashable, Sendable {
    /// The change.
    public let change: ChangeReceipt
    /// The attachments that the record names by it.
    public let attachments: [AttachmentView]

    /// The object that scripts read.
    public var json: JSONValue {
        .object(
            (change.json.object ?? [])
                + [JSONMember("attachments", .array(attachments.map(\.json)))]
        )
    }
}
