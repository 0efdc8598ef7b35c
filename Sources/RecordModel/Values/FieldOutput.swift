/// How a reference is shown where the record is here.
public struct ReferenceLabel: Hashable, Sendable {
    /// The record's short id.
    public let shortID: String
    /// The record's name, or nil where it has none.
    public let name: String?

    /// Creates a label.
    public init(shortID: String, name: String?) {
        self.shortID = shortID
        self.name = name
    }
}

extension ValueType {
    /// Returns the canonical bytes as text; bytes that are not UTF-8 are shown mended.
    public func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// Returns a value as a person reads it: a reference to a record that is here by what `label` finds,
    /// anything else as it is.
    func line(_ text: String, label: (Reference) -> ReferenceLabel?) -> String {
        guard self == .ref || self == .refOrText, let reference = Reference(text),
            let label = label(reference)
        else { return text }
        return label.name.map { "\(label.shortID) \($0)" } ?? label.shortID
    }

    /// Returns the canonical text of a value as `show --json` prints it; other text is a string.
    ///
    /// `label` finds how a reference to a record that is here is shown.
    public func json(
        _ text: String,
        label: (Reference) -> ReferenceLabel? = { _ in nil }
    ) -> JSONValue {
        switch self {
        case .int where Int64(text).map { String($0) } == text: return .number(text)
        case .bool where text == "true" || text == "false": return .bool(text == "true")
        case .money:
            let words = text.split(separator: " ")
            guard words.count == 2 else { return .string(text) }
            return .object([
                JSONMember("amount", .string(String(words[1]))),
                JSONMember("currency", .string(String(words[0]))),
            ])
        case .ref, .refOrText:
            guard let reference = Reference(text) else { return .string(text) }
            guard let label = label(reference) else {
                return .object([JSONMember("ref", .string(text))])
            }
            let name = label.name.map { [JSONMember("name", .string($0))] } ?? []
            return .object([JSONMember("ref", .string(label.shortID))] + name)
        case .blob:
            guard let blob = BlobName(text) else { return .string(text) }
            return .object([
                JSONMember("hash", .string(blob.hash)), JSONMember("size", .number(blob.size)),
                JSONMember("media_type", .string(blob.mediaType)),
                JSONMember("name", .string(blob.name)),
            ])
        default: return .string(text)
        }
    }
}

extension Field {
    /// Returns a register's value as `show --json` prints it.
    public func json(
        register bytes: [UInt8],
        label: (Reference) -> ReferenceLabel? = { _ in nil }
    ) -> JSONValue {
        type.json(type.text(bytes), label: label)
    }

    /// Returns an item as `show --json` prints it: an object of its parts, or its only part.
    ///
    /// Bytes that are no item are shown as hexadecimal digits. `rowKey` is what is shown as the
    /// key of a row (`displayKeys(of:)`), `label` finds how a reference to a record that is here
    /// is shown.
    public func json(
        item: Item,
        rowKey: String? = nil,
        label: (Reference) -> ReferenceLabel? = { _ in nil }
    ) -> JSONValue {
        guard let parts = parts(of: item) else {
            return .string(hexadecimal(item.key) + ":" + hexadecimal(item.value))
        }
        if isSinglePart, parts.count == 1, let only = parts.first {
            return type.json(only.text, label: label)
        }
        let key = rowKey.map { [JSONMember("key", .string($0))] } ?? []
        return .object(
            key
                + parts.map { text in
                    guard let part = part(number: text.number) else {
                        return JSONMember("#\(text.number)", .string(text.text))
                    }
                    return JSONMember(part.name, part.type.json(text.text, label: label))
                }
        )
    }

    /// Returns a register's value as a cell or a person's line holds it.
    ///
    /// `label` finds how a reference to a record that is here is shown.
    public func text(
        register bytes: [UInt8],
        label: (Reference) -> ReferenceLabel? = { _ in nil }
    ) -> String {
        type.line(type.text(bytes), label: label)
    }

    /// Returns an item in one line: its key parts, then the others as `name=text`.
    ///
    /// `label` finds how a reference to a record that is here is shown.
    public func text(
        item: Item,
        label: (Reference) -> ReferenceLabel? = { _ in nil }
    ) -> String {
        guard let parts = parts(of: item) else {
            return hexadecimal(item.key) + ":" + hexadecimal(item.value)
        }
        return parts.map { text in
            let part = part(number: text.number)
            let line = part?.type.line(text.text, label: label) ?? text.text
            if part?.isKey == true || text.number == 1 { return line }
            return "\(part?.name ?? "#\(text.number)")=\(line)"
        }.joined(separator: " ")
    }

    /// Returns all items of a field as one cell of a CSV file, which `input(text:splitting:)` reads
    /// back.
    ///
    /// `rowKeys` are what is shown as the keys of rows, in the order of the items, or empty.
    public func cell(items: [Item], rowKeys: [String] = []) -> String {
        let texts = items.map { item -> String? in
            guard let parts = parts(of: item), parts.count == 1, let text = parts.first?.text,
                rowKeys.isEmpty, !text.contains(";"), !text.contains(where: \.isNewline),
                !text.hasPrefix("["), !text.hasPrefix("{")
            else { return nil }
            return text
        }
        if !texts.contains(nil) { return texts.compactMap(\.self).joined(separator: "; ") }
        return JSONValue.array(
            items.enumerated().map { index, item in
                json(item: item, rowKey: rowKeys.indices.contains(index) ? rowKeys[index] : nil)
            }
        ).text
    }

    /// Returns what is shown as the keys of rows or entries: the first hexadecimal digits, at least
    /// six, as many as tell the keys apart.
    public static func displayKeys(of keys: [[UInt8]]) -> [String] {
        let digits = keys.map { hexadecimal($0) }
        let sorted = digits.sorted()
        var lengths: [String: Int] = [:]
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            let shared = zip(left.utf8, right.utf8).prefix { $0 == $1 }.count
            for key in [left, right] { lengths[key] = max(lengths[key] ?? 0, shared + 1) }
        }
        return digits.map { String($0.prefix(max(6, lengths[$0] ?? 0))) }
    }
}
