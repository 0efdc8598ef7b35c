/// What can be read of a value whose field the schema does not know.
///
/// Values are canonical text and items texts by part (spec 02 §5, §6), whatever schema wrote them, so
/// that most bytes can be shown and searched without knowing what they mean. What is no such text
/// shows nothing; the bytes are what is kept.
public struct UnknownValue: Hashable, Sendable {
    /// The texts, an item's by part; the number is 0 where there are no parts.
    public let parts: [PartText]

    /// Reads the bytes of a register, where the key has no item, or of an item.
    public init(_ key: FieldKey, _ value: [UInt8]) {
        if key.item.isEmpty {
            parts = Self.text(value).map { [PartText(0, $0)] } ?? []
            return
        }
        let keyParts = Self.parts(key.item)
        let valueParts = Self.parts(value)
        parts = (keyParts + valueParts).sorted { $0.number < $1.number }
    }

    /// The texts in one line as a person reads them; nil where there is none.
    public var line: String? {
        if parts.isEmpty { return nil }
        return parts.map { $0.number == 0 ? $0.text : "#\($0.number)=\($0.text)" }
            .joined(separator: " ")
    }

    private static func parts(_ bytes: [UInt8]) -> [PartText] {
        if let parts = TaggedTexts.parts(bytes) { return parts.filter { isText($0.text) } }
        return text(bytes).map { [PartText(0, $0)] } ?? []
    }

    private static func text(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self), isText(text)
        else { return nil }
        return text
    }

    /// Canonical text has no control characters but those that part lines and columns.
    private static func isText(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09, 0x0a: true
            case ..<0x20, 0x7f...0x9f: false
            default: true
            }
        }
    }
}
