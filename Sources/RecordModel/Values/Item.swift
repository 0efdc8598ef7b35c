/// An element of a set, rows or log: what names it and what it holds.
///
/// In a set of single values the key is the value's canonical bytes and the value is empty. Else
/// key and value are tagged texts (`TaggedTexts`), the key parts in one and the others in the
/// other; the key of rows and logs is random bytes and every part is in the value.
///
/// Spec: `Protocol/spec/02-canonical-bytes.md`.
public struct Item: Hashable, Sendable {
    /// The key's bytes.
    public let key: [UInt8]
    /// The value's bytes.
    public let value: [UInt8]

    /// Creates an item from its bytes.
    public init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }
}

/// The canonical text of one part of an item.
public struct PartText: Hashable, Sendable {
    /// The part's number.
    public let number: UInt32
    /// The canonical text.
    public let text: String

    /// Creates a part's text.
    public init(_ number: UInt32, _ text: String) {
        self.number = number
        self.text = text
    }
}

/// Texts by part number, as bytes: a protobuf message whose fields are strings, ascending.
///
/// ```
/// varint(number << 3 | 2) varint(length) UTF-8 …
/// ```
enum TaggedTexts {
    /// Appends a part; parts ascend by number.
    static func write(_ part: PartText, to writer: inout ByteWriter) {
        writer.varint(UInt64(part.number) << 3 | 2)
        writer.string(part.text)
    }

    /// Returns the parts, or nil where the bytes are not just what writing parts in order gives.
    static func parts(_ bytes: [UInt8]) -> [PartText]? {
        var parts: [PartText] = []
        var reader = ByteReader(bytes)
        do throws(ByteError) {
            while !reader.isAtEnd {
                let tag = try reader.number(UInt32.self)
                let string = try reader.string()
                guard tag & 7 == 2, tag >> 3 > parts.last?.number ?? 0,
                    let text = String(validating: string, as: UTF8.self)
                else { return nil }
                parts.append(PartText(tag >> 3, text))
            }
        } catch {
            return nil
        }
        return parts
    }
}

extension Field {
    /// Returns the parts of an item by ascending number, or nil where its bytes are not an item's.
    public func parts(of item: Item) -> [PartText]? {
        guard let values = TaggedTexts.parts(item.value) else { return nil }
        if hasRandomKeys { return values }
        guard let keys = keyParts(item.key) else { return nil }
        if values.isEmpty { return keys }
        if let last = keys.last, last.number < values[0].number { return keys + values }
        let parts = (keys + values).sorted { $0.number < $1.number }
        let repeats = zip(parts, parts.dropFirst()).contains { $0.number == $1.number }
        return repeats ? nil : parts
    }

    private func keyParts(_ key: [UInt8]) -> [PartText]? {
        guard isSinglePart else { return TaggedTexts.parts(key) }
        return String(validating: key, as: UTF8.self).map { [PartText(1, $0)] }
    }

    /// Returns the text of one part of an item, or nil where it is absent.
    public func text(of part: Part, in item: Item) -> String? {
        parts(of: item)?.first { $0.number == part.number }?.text
    }

    /// Returns an item with these canonical texts in the place of its own parts, those of a schema that
    /// is not known here included; parts of the key stay as they are.
    public func putting(_ texts: [PartText], into item: Item) -> Item {
        guard let parts = parts(of: item) else { return item }
        let news = texts.filter { part(number: $0.number)?.isKey != true }
        let kept = parts.filter { part in !news.contains { $0.number == part.number } }
        return self.item(of: kept + news, key: item.key)
    }

    /// Returns the item that is made of these parts, in any order; the key is that of a row or
    /// entry, and a set's item makes its own.
    func item(of parts: [PartText], key: [UInt8]) -> Item {
        var keyWriter = ByteWriter()
        var valueWriter = ByteWriter()
        for text in parts.sorted(by: { $0.number < $1.number }) {
            if hasRandomKeys || part(number: text.number)?.isKey != true {
                TaggedTexts.write(text, to: &valueWriter)
            } else if isSinglePart {
                keyWriter.raw(text.text.utf8)
            } else {
                TaggedTexts.write(text, to: &keyWriter)
            }
        }
        return Item(key: hasRandomKeys ? key : keyWriter.bytes, value: valueWriter.bytes)
    }

    /// Whether bytes are the canonical form of a value of this register, or, where that is asked for,
    /// may be so in a later version.
    public func isCanonical(register bytes: [UInt8], inLaterVersion: Bool = false) -> Bool {
        isRegister && type.isCanonical(bytes, inLaterVersion)
    }

    /// Whether an item's bytes are canonical: its parts are, and the first is there.
    ///
    /// Parts that a later schema may have added are accepted outside the key; where that is asked for,
    /// also values of the others that a later version may accept.
    public func isCanonical(item: Item, inLaterVersion: Bool = false) -> Bool {
        guard !isRegister, let parts = parts(of: item), parts.first?.number == 1,
            !hasRandomKeys || item.key.count == Self.randomKeyLength
        else { return false }
        guard self.item(of: parts, key: item.key) == item else { return false }
        return parts.allSatisfy { text in
            guard let part = part(number: text.number) else {
                return text.number != Part.raw.number
            }
            return part.type.isCanonical(Array(text.text.utf8), inLaterVersion)
        }
    }

    /// The number of random bytes that make the key of a row or a log's entry.
    public static let randomKeyLength = 8
}
