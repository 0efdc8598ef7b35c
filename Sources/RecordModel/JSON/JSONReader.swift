extension JSONValue {
    /// How deep arrays and objects may be nested, so that a hostile text cannot use up the stack.
    public static let depthLimit = 64

    /// Reads one JSON text, strictly after RFC 8259; names in an object must not repeat.
    /// - Throws: `JSONError` with the reason and the offset.
    /// - Complexity: O(*n*) in the number of bytes.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var reader = JSONReader(bytes: bytes.bindMemory(to: UInt8.self))
        self = try reader.document()
    }

    /// Reads one JSON text from bytes.
    /// - Throws: `JSONError` with the reason and the offset.
    public init(parsing bytes: [UInt8]) throws(JSONError) {
        let result = bytes.withUnsafeBytes { Self.result(of: $0) }
        self = try result.get()
    }

    /// Reads one JSON text from a part of an array; offsets in errors count from its start.
    /// - Throws: `JSONError` with the reason and the offset.
    public init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
        let result = bytes.withUnsafeBytes { Self.result(of: $0) }
        self = try result.get()
    }

    /// Reads one JSON text from a string.
    /// - Throws: `JSONError` with the reason and the offset in UTF-8.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: Array(text.utf8))
    }

    private static func result(of bytes: UnsafeRawBufferPointer) -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            return .success(try JSONValue(parsing: bytes))
        } catch {
            return .failure(error)
        }
    }
}

/// A recursive descent over the bytes of one JSON text.
private struct JSONReader {
    let bytes: UnsafeBufferPointer<UInt8>
    var offset = 0

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw JSONError(.trailingBytes, offset: offset) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, offset: offset) }
        switch bytes[offset] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try elements(depth: depth + 1))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case let other: throw JSONError(.unexpectedByte(other), offset: offset)
        }
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0a, 0x0d, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, offset: offset) }
        guard bytes[offset] == byte else {
            throw JSONError(.unexpectedByte(bytes[offset]), offset: offset)
        }
        offset += 1
    }

    private mutating func word(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[index]) }
    }

    // MARK: Arrays and objects

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
        guard try open(depth: depth, closing: UInt8(ascii: "]")) else { return [] }
        var elements: [JSONValue] = []
        repeat {
            elements.append(try value(depth: depth))
        } while try goesOn(closing: UInt8(ascii: "]"))
        return elements
    }

    private mutating func members(depth: Int) throws(JSONError) -> [JSONMember] {
        guard try open(depth: depth, closing: UInt8(ascii: "}")) else { return [] }
        var members: [JSONMember] = []
        var names = MemberNames()
        repeat {
            let start = offset
            guard offset < bytes.count else { throw JSONError(.unexpectedEnd, offset: offset) }
            guard bytes[offset] == UInt8(ascii: "\"") else {
                throw JSONError(.unexpectedByte(bytes[offset]), offset: offset)
            }
            let name = try string()
            guard names.insert(name, after: members) else {
                throw JSONError(.repeatedMember(name), offset: start)
            }
            skipSpace()
            try expect(UInt8(ascii: ":"))
            skipSpace()
            members.append(JSONMember(name, try value(depth: depth)))
        } while try goesOn(closing: UInt8(ascii: "}"))
        return members
    }

    /// Steps over an opening bracket; false where the closing one follows at once.
    private mutating func open(depth: Int, closing: UInt8) throws(JSONError) -> Bool {
        guard depth <= JSONValue.depthLimit else {
            throw JSONError(.nestedTooDeeply, offset: offset)
        }
        offset += 1
        skipSpace()
        guard offset < bytes.count, bytes[offset] == closing else { return true }
        offset += 1
        return false
    }

    /// Steps over a comma (true) or the closing bracket (false).
    private mutating func goesOn(closing: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, offset: offset) }
        let byte = bytes[offset]
        guard byte == UInt8(ascii: ",") || byte == closing else {
            throw JSONError(.unexpectedByte(byte), offset: offset)
        }
        offset += 1
        guard byte != closing else { return false }
        skipSpace()
        return true
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> String {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "0") {
            offset += 1
        } else {
            try digits(from: start)
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits(from: start)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count,
                bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-")
            {
                offset += 1
            }
            try digits(from: start)
        }
        if offset < bytes.count, isDigit(bytes[offset]) {
            throw JSONError(.malformedNumber, offset: start)
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func digits(from start: Int) throws(JSONError) {
        let first = offset
        while offset < bytes.count, isDigit(bytes[offset]) { offset += 1 }
        guard offset > first else { throw JSONError(.malformedNumber, offset: start) }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        let start = offset + 1
        var index = start
        var seen: UInt8 = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                offset = index + 1
                return try decoded(bytes[start..<index], isASCII: seen < 0x80, at: start)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start, to: index) }
            if byte < 0x20 { throw JSONError(.malformedString, offset: index) }
            seen |= byte
            index += 1
        }
        throw JSONError(.unexpectedEnd, offset: index)
    }

    private func decoded(
        _ part: Slice<UnsafeBufferPointer<UInt8>>,
        isASCII: Bool,
        at start: Int
    ) throws(JSONError) -> String {
        let part = UnsafeBufferPointer(rebasing: part)
        if isASCII { return String(decoding: part, as: UTF8.self) }
        guard let text = String(validating: part, as: UTF8.self) else {
            throw JSONError(.malformedUTF8, offset: start)
        }
        return text
    }

    /// Reads a string on from its first escape.
    private mutating func escapedString(from start: Int, to first: Int) throws(JSONError) -> String
    {
        var content = Array(bytes[start..<first])
        offset = first
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") {
                offset += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw JSONError(.malformedUTF8, offset: start)
                }
                return text
            }
            if byte < 0x20 { throw JSONError(.malformedString, offset: offset) }
            offset += 1
            if byte == UInt8(ascii: "\\") {
                content.append(contentsOf: String(try escape()).utf8)
            } else {
                content.append(byte)
            }
        }
        throw JSONError(.unexpectedEnd, offset: offset)
    }

    private mutating func escape() throws(JSONError) -> Character {
        guard offset < bytes.count else { throw JSONError(.unexpectedEnd, offset: offset) }
        offset += 1
        switch bytes[offset - 1] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try unicodeEscape())
        default: throw JSONError(.malformedString, offset: offset - 1)
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = offset
        let first = try fourHexDigits()
        var value = first
        if (0xd800..<0xdc00).contains(first) {
            guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                bytes[offset + 1] == UInt8(ascii: "u")
            else { throw JSONError(.malformedString, offset: start) }
            offset += 2
            let second = try fourHexDigits()
            guard (0xdc00..<0xe000).contains(second) else {
                throw JSONError(.malformedString, offset: start)
            }
            value = 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else {
            throw JSONError(.malformedString, offset: start)
        }
        return scalar
    }

    private mutating func fourHexDigits() throws(JSONError) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw JSONError(.unexpectedEnd, offset: offset) }
        var value: UInt32 = 0
        for index in offset..<(offset + 4) {
            let digit = bytes[index]
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(digit - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(digit - 87)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(digit - 55)
            default: throw JSONError(.malformedString, offset: index)
            }
        }
        offset += 4
        return value
    }
}

/// The names that an object has so far: compared one by one while they are few.
private struct MemberNames {
    private static let few = 16
    private var names: Set<String> = []

    /// Adds a name; false where it was there.
    mutating func insert(_ name: String, after members: [JSONMember]) -> Bool {
        if members.count < Self.few { return !members.contains { $0.name == name } }
        if names.isEmpty { names = Set(members.map(\.name)) }
        return names.insert(name).inserted
    }
}
