/// A JSON text (RFC 8259) as a value.
///
/// Objects keep the order of their members, and numbers the text that they were written with, so
/// that nothing is lost or rounded on the way. Equality is that of the values with their order.
public enum JSONValue: Hashable, Sendable {
    /// The word `null`.
    case null
    /// The word `true` or `false`.
    case bool(Bool)
    /// A number as its source text.
    case number(String)
    /// A string, escapes decoded.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object's members in order; names do not repeat.
    case object([JSONMember])

    /// Creates a number from an integer.
    public static func number(_ integer: some FixedWidthInteger) -> JSONValue {
        .number(String(integer))
    }

    /// Returns the value of an object's member, or nil where there is none or this is no object.
    /// - Complexity: O(*n*) in the number of members.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// The text of a string, or nil of any other value.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array, or nil of any other value.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object, or nil of any other value.
    public var object: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// What the value is, as an error message names it.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

/// A member of a JSON object.
public struct JSONMember: Hashable, Sendable {
    /// The member's name.
    public let name: String
    /// The member's value.
    public let value: JSONValue

    /// Creates a member.
    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}

/// Why bytes are not a JSON text that this package reads, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The text ends too early.
        case unexpectedEnd
        /// A byte stands where the grammar does not allow it.
        case unexpectedByte(UInt8)
        /// More follows behind the value.
        case trailingBytes
        /// A string holds a control character, a bad escape or half of a surrogate pair.
        case malformedString
        /// A string is not UTF-8.
        case malformedUTF8
        /// A number does not follow the grammar.
        case malformedNumber
        /// An object has two members of one name.
        case repeatedMember(String)
        /// Arrays and objects are nested deeper than the limit.
        case nestedTooDeeply
    }

    /// What is wrong.
    public let reason: Reason
    /// The offset of the byte where it was found.
    public let offset: Int

    /// Creates an error.
    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// What is wrong and where, as a person reads it.
    public var message: String {
        let what =
            switch reason {
            case .unexpectedEnd: "the JSON text ends too early"
            case .unexpectedByte(let byte) where (0x21...0x7e).contains(byte):
                "unexpected “\(Character(Unicode.Scalar(byte)))”"
            case .unexpectedByte: "unexpected byte"
            case .trailingBytes: "something follows behind the JSON value"
            case .malformedString: "a bad character or escape in a string"
            case .malformedUTF8: "a string that is not UTF-8"
            case .malformedNumber: "a malformed number"
            case .repeatedMember(let name): "the member “\(name)” stands twice"
            case .nestedTooDeeply: "more than \(JSONValue.depthLimit) levels of nesting"
            }
        return "\(what) (byte \(offset))"
    }
}
