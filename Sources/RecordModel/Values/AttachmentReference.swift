import CausalHistory

/// What a record says of an attachment: an item of the field `attachments`, or a value of the type
/// `blob`.
///
/// The bytes are held elsewhere, under the hash. Spec: `Protocol/spec/10-attachments.md` §1.
public struct AttachmentReference: Hashable, Sendable {
    /// Where the reference stands.
    public let key: FieldKey
    /// Which bytes are meant.
    public let hash: AttachmentHash
    /// How many bytes they are, where the record says so.
    public let size: UInt64?
    /// The media type; empty where the record does not say.
    public let mediaType: String
    /// The file's name; empty where the record does not say.
    public let name: String

    /// Reads the reference in a field's content, or nil where it has none.
    public init?(_ field: Field, _ key: FieldKey, _ content: Content) {
        guard field.namesAttachments, case .value(let bytes) = content else { return nil }
        self.key = key
        if field.isRegister {
            guard let blob = BlobName(String(decoding: bytes, as: UTF8.self)),
                let hash = AttachmentHash(hexadecimal: blob.hash)
            else { return nil }
            self.hash = hash
            size = UInt64(blob.size)
            mediaType = blob.mediaType
            name = blob.name
        } else {
            let parts = field.parts(of: Item(key: key.item, value: bytes)) ?? []
            func text(_ name: String) -> String? {
                guard let part = field.part(named: name) else { return nil }
                return parts.first { $0.number == part.number }?.text
            }
            guard let hash = text("hash").flatMap({ AttachmentHash(hexadecimal: $0) }) else {
                return nil
            }
            self.hash = hash
            size = text("size").flatMap { UInt64($0) }
            mediaType = text("media_type") ?? ""
            self.name = text("name") ?? ""
        }
    }
}

extension Field {
    /// Whether the field's values name attachments.
    public var namesAttachments: Bool {
        number == FieldKey.attachments.number || isRegister && type == .blob
    }
}

extension RecordState {
    /// The attachments that live versions of the record name, siblings included, with the greatest size
    /// that one of them states (0 where none does).
    ///
    /// - Complexity: O(*n*) in the number of the record's fields.
    public func attachments(of kind: Kind?) -> [AttachmentHash: UInt64] {
        var sizes: [AttachmentHash: UInt64] = [:]
        for entry in fields {
            guard let field = kind?.field(number: entry.key.number), field.namesAttachments else {
                continue
            }
            for sibling in entry.siblings.siblings {
                let content = sibling.version.content
                guard let named = AttachmentReference(field, entry.key, content) else { continue }
                sizes[named.hash] = max(sizes[named.hash] ?? 0, named.size ?? 0)
            }
        }
        return sizes
    }
}
