extension JSONValue {
    /// The JSON text in one line, without spaces.
    public var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The JSON text with one member or element a line, indented by two spaces.
    public var prettyText: String {
        var bytes: [UInt8] = []
        writePretty(to: &bytes, indent: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the JSON text in one line, without spaces.
    public func write(to bytes: inout [UInt8]) {
        switch self {
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                appendQuoted(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        default: writeScalar(to: &bytes)
        }
    }

    private func writeScalar(to bytes: inout [UInt8]) {
        switch self {
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): appendQuoted(text, to: &bytes)
        case .null, .array, .object: bytes.append(contentsOf: "null".utf8)
        }
    }

    private func writePretty(to bytes: inout [UInt8], indent: Int) {
        func newLine(_ indent: Int) {
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
        }
        switch self {
        case .array(let elements) where !elements.isEmpty:
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(indent + 2)
                element.writePretty(to: &bytes, indent: indent + 2)
            }
            newLine(indent)
            bytes.append(UInt8(ascii: "]"))
        case .object(let members) where !members.isEmpty:
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(indent + 2)
                appendQuoted(member.name, to: &bytes)
                bytes.append(contentsOf: ": ".utf8)
                member.value.writePretty(to: &bytes, indent: indent + 2)
            }
            newLine(indent)
            bytes.append(UInt8(ascii: "}"))
        default: write(to: &bytes)
        }
    }
}

/// Appends a JSON string; only what must be escaped is.
private func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    let needsEscape = text.utf8.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }
    if needsEscape {
        for byte in text.utf8 { appendEscaped(byte, to: &bytes) }
    } else {
        bytes.append(contentsOf: text.utf8)
    }
    bytes.append(UInt8(ascii: "\""))
}

private func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case 0x22: bytes.append(contentsOf: #"\""#.utf8)
    case 0x5c: bytes.append(contentsOf: #"\\"#.utf8)
    case 0x0a: bytes.append(contentsOf: #"\n"#.utf8)
    case 0x0d: bytes.append(contentsOf: #"\r"#.utf8)
    case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
    case 0..<0x20:
        bytes.append(contentsOf: #"\u00"#.utf8)
        bytes.append(contentsOf: hexadecimal(CollectionOfOne(byte)).utf8)
    default: bytes.append(byte)
    }
}
