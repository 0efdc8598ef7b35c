/// How a field holds values.
public enum FieldShape: String, Hashable, Sendable {
    /// One value.
    case register
    /// Items by key, add-wins.
    case set
    /// Items whose key is a random number given at creation, add-wins.
    case rows
    /// Entries that are only ever added; their keys are random too.
    case log
}

/// A part of an item: one of the values of which the item is made.
public struct Part: Hashable, Sendable {
    /// The stable number, from 1 in the order of the schema file; 15 is `raw`.
    public let number: UInt32
    /// The name.
    public let name: String
    /// What the part's values are.
    public let type: ValueType
    /// Whether the part belongs to the item's key.
    public let isKey: Bool

    /// The name of the only part of items that have no parts in braces.
    static let singleName = "value"

    /// The part of what was typed, where an item's key differs from it.
    public static let raw = Part(number: 15, name: "raw", type: .text, isKey: false)

    /// Creates a part.
    public init(number: UInt32, name: String, type: ValueType, isKey: Bool) {
        self.number = number
        self.name = name
        self.type = type
        self.isKey = isKey
    }
}

/// A field of a kind of record: shared and never changed, since it is asked for with every value.
public final class Field: Hashable, Sendable {
    /// The stable number: 1 to 19 for the fields of all kinds, from 20 for a kind's own.
    public let number: UInt32
    /// The name.
    public let name: String
    /// How the field holds values.
    public let shape: FieldShape
    /// The type of a register's value, or of the first part of items.
    public let type: ValueType
    /// The parts of items, by number; empty in a register.
    public let parts: [Part]
    /// What settles siblings.
    public let policy: Policy
    /// The value that wins over any other before the policy is asked.
    public let winner: String?
    /// Whether the field of a record in a shared space goes to the writer's mission space.
    public let isSensitive: Bool

    init(
        number: UInt32,
        name: String,
        shape: FieldShape,
        type: ValueType,
        parts: [Part],
        policy: Policy,
        winner: String?,
        isSensitive: Bool
    ) {
        self.number = number
        self.name = name
        self.shape = shape
        self.type = type
        self.parts = parts
        self.policy = policy
        self.winner = winner
        self.isSensitive = isSensitive
    }

    /// Whether two fields are described alike.
    public static func == (left: Field, right: Field) -> Bool {
        left === right
            || left.number == right.number && left.name == right.name && left.shape == right.shape
                && left.type == right.type && left.parts == right.parts
                && left.policy == right.policy && left.winner == right.winner
                && left.isSensitive == right.isSensitive
    }

    /// Feeds the field's number and name into a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(number)
        hasher.combine(name)
    }

    /// Whether every kind has the field.
    public var isCommon: Bool { Self.commonNumbers.contains(number) }

    /// The numbers of the fields that all kinds have.
    static let commonNumbers: ClosedRange<UInt32> = 1...19

    /// Returns the same field, sensitive or not.
    func with(isSensitive: Bool) -> Field {
        Field(
            number: number,
            name: name,
            shape: shape,
            type: type,
            parts: parts,
            policy: policy,
            winner: winner,
            isSensitive: isSensitive
        )
    }

    /// Whether items are one text each: a set or log of a single part.
    public var isSinglePart: Bool { parts.count == 1 }

    /// Whether the field is a register.
    public var isRegister: Bool { shape == .register }

    /// Whether items are named by a random key, not by what they hold.
    public var hasRandomKeys: Bool { shape == .rows || shape == .log }

    /// Whether items may have the part `raw`.
    public var keepsRaw: Bool { shape == .set && !isSinglePart && type.keepsRaw }

    /// Returns the part of a number, or nil where items have none such.
    public func part(number: UInt32) -> Part? {
        if number == Part.raw.number { return keepsRaw ? .raw : nil }
        guard let index = Int(exactly: number), (1...parts.count + 1).contains(index),
            index <= parts.count
        else { return nil }
        return parts[index - 1]
    }

    /// Returns the part of a name, or nil where items have none such.
    public func part(named name: String) -> Part? {
        parts.first { $0.name == name } ?? (keepsRaw && name == Part.raw.name ? .raw : nil)
    }
}
