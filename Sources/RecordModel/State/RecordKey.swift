/// The name of a space: the unit of access, replication and knowledge.
///
/// A mission's own space bears the mission's name (`ber`); `all-missions` is shared. A name has 1
/// to 64 characters: lower-case letters, digits and hyphens, a letter first.
public struct SpaceName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as text.
    public let text: String

    /// Creates a space's name, or nil where the text is not one.
    public init?(_ text: String) {
        let characters = Array(text.utf8)
        guard (1...64).contains(characters.count),
            let first = characters.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return nil }
        let isAllowed = characters.allSatisfy { character in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
                || character == UInt8(ascii: "-")
        }
        guard isAllowed else { return nil }
        self.text = text
    }

    private init(constant text: String) {
        self.text = text
    }

    /// The space that every desk shares.
    public static let allMissions = SpaceName(constant: "all-missions")

    /// The name as text.
    public var description: String { text }

    /// Orders spaces by name.
    public static func < (left: SpaceName, right: SpaceName) -> Bool { left.text < right.text }
}

/// A record's number within its space; the parts of one record share it across spaces.
public struct RecordUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number, whose 8 big-endian bytes are the encoded form.
    public let value: UInt64

    /// Creates a record's number.
    public init(_ value: UInt64) {
        self.value = value
    }

    /// Creates a record's number from 16 hexadecimal digits, or nil for other text.
    public init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 16, let bytes = bytes(hexadecimal: text) else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Derives the number of a record that an authority identifies, so that two desks that import
    /// it apart make the same record.
    ///
    /// It is the first 8 bytes of SHA-256 over the space, the kind's number, the scheme and the
    /// identifier (`Protocol/spec/02-canonical-bytes.md` §4).
    public init(space: SpaceName, kind: UInt32, scheme: String, identifier: String) {
        var writer = ByteWriter()
        writer.string("attache uid")
        writer.string(space.text)
        writer.varint(UInt64(kind))
        writer.string(scheme)
        writer.string(identifier)
        value = UInt64(truncatingIfNeeded: Digest128(hashing: writer.bytes).value >> 64)
    }

    /// 16 lower-case hexadecimal digits.
    public var description: String {
        var writer = ByteWriter(capacity: 8)
        writer.bigEndian(value)
        return hexadecimal(writer.bytes)
    }

    /// Orders records by number.
    public static func < (left: RecordUID, right: RecordUID) -> Bool { left.value < right.value }
}

/// The identity of a record's part: its space and its number there.
public struct RecordKey: Hashable, Comparable, Sendable {
    /// The space, which never changes.
    public let space: SpaceName
    /// The record's number.
    public let uid: RecordUID

    /// Creates a record's identity.
    public init(space: SpaceName, uid: RecordUID) {
        self.space = space
        self.uid = uid
    }

    /// Orders by space, then number.
    public static func < (left: RecordKey, right: RecordKey) -> Bool {
        left.space == right.space ? left.uid < right.uid : left.space < right.space
    }
}

/// The place of one register in a record: a field by its stable number, and in sets, rows and logs
/// the key of the item.
public struct FieldKey: Hashable, Comparable, Sendable {
    /// The field's number in the schema of the record's kind.
    public let number: UInt32
    /// The canonical bytes of the item's key; empty in a field of a single value.
    public let item: [UInt8]

    /// Creates the place of a single-valued field or of an item.
    public init(_ number: UInt32, item: [UInt8] = []) {
        self.number = number
        self.item = item
    }

    /// The field that says whether the record lives or was deleted.
    public static let life = FieldKey(1)
    /// The field that holds the name by which people call the record.
    public static let shortID = FieldKey(2)
    /// The field whose items name attachments.
    public static let attachments = FieldKey(9)

    /// Orders by field number, then by the bytes of the item's key.
    public static func < (left: FieldKey, right: FieldKey) -> Bool {
        left.number == right.number
            ? left.item.lexicographicallyPrecedes(right.item) : left.number < right.number
    }
}
