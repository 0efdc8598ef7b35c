/// A writer of XML 1.0 in UTF-8, indented by element.
///
/// Characters that XML cannot hold, which a record may, are left out.
public struct XMLWriter: Sendable {
    /// What was written so far; whoever hands it on may empty it.
    public var bytes: [UInt8] = []
    private var open: [String] = []

    /// Creates a writer and begins a document.
    public init() {
        bytes.append(contentsOf: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
    }

    /// Begins an element.
    public mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
        start(name, attributes)
        bytes.append(contentsOf: ">\n".utf8)
        open.append(name)
    }

    /// Ends the element that was begun last.
    public mutating func end() {
        guard let name = open.popLast() else {
            preconditionFailure("an element is ended that was not begun")
        }
        indent()
        bytes.append(contentsOf: "</\(name)>\n".utf8)
    }

    /// Writes an element without content.
    public mutating func empty(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:]) {
        start(name, attributes)
        bytes.append(contentsOf: "/>\n".utf8)
    }

    /// Writes an element of text.
    public mutating func text(
        _ name: String,
        _ text: String,
        _ attributes: KeyValuePairs<String, String?> = [:]
    ) {
        start(name, attributes)
        bytes.append(UInt8(ascii: ">"))
        append(text, isAttribute: false)
        bytes.append(contentsOf: "</\(name)>\n".utf8)
    }

    private mutating func start(_ name: String, _ attributes: KeyValuePairs<String, String?>) {
        indent()
        bytes.append(contentsOf: "<\(name)".utf8)
        for (name, value) in attributes {
            guard let value else { continue }
            bytes.append(contentsOf: " \(name)=\"".utf8)
            append(value, isAttribute: true)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func indent() {
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * open.count))
    }

    private mutating func append(_ text: String, isAttribute: Bool) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": bytes.append(contentsOf: "&amp;".utf8)
            case "<": bytes.append(contentsOf: "&lt;".utf8)
            // `]]>` must not stand in text.
            case ">": bytes.append(contentsOf: "&gt;".utf8)
            case "\"" where isAttribute: bytes.append(contentsOf: "&quot;".utf8)
            // What a reader would make a space, or a line end, of.
            case "\r": bytes.append(contentsOf: "&#13;".utf8)
            case "\t" where isAttribute: bytes.append(contentsOf: "&#9;".utf8)
            case "\n" where isAttribute: bytes.append(contentsOf: "&#10;".utf8)
            default:
                if Self.isAllowed(scalar) {
                    bytes.append(contentsOf: UTF8.encode(scalar) ?? .init())
                }
            }
        }
    }

    /// The production Char (XML 1.0 §2.2).
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
