/// What was typed or imported for a field, in canonical bytes.
public enum FieldInput: Hashable, Sendable {
    /// The value of a register.
    case register([UInt8])
    /// Nothing: the field is to be cleared.
    case cleared
    /// The items of a set, rows or log.
    case items([ItemInput])
}

/// An item that was typed or imported.
public struct ItemInput: Hashable, Sendable {
    /// The key of a set's item; nil in rows and logs, where the caller finds or mints it.
    public let key: [UInt8]?
    /// The key of a row as it is shown, where one was given: the first hexadecimal digits.
    public let rowKey: String?
    /// The value's bytes.
    public let value: [UInt8]

    /// Creates an item's input.
    public init(key: [UInt8]?, rowKey: String? = nil, value: [UInt8]) {
        self.key = key
        self.rowKey = rowKey
        self.value = value
    }
}

extension Field {
    /// Reads what was typed on the command line or stands in a cell.
    ///
    /// Items may be JSON: a list where the text begins with `[`, an item with parts where it
    /// begins with `{`. Else the text is one item's first part, or with `splitting` several that
    /// `;` separates. Blank text clears.
    /// - Throws: `ValueError`.
    public func input(
        text: String,
        splitting: Bool = false,
        context: ValueContext,
        warnings: inout [ValueWarning]
    ) throws(ValueError) -> FieldInput {
        if text.isBlank { return .cleared }
        if isRegister {
            let canonical = try type.canonical(text, context: context, warnings: &warnings)
            return .register(try checked(Array(canonical.utf8)))
        }
        let start = CanonicalText.trimmed(text).utf8.first
        if start == UInt8(ascii: "[") || start == UInt8(ascii: "{") && !isSinglePart {
            let json: JSONValue
            do throws(JSONError) {
                json = try JSONValue(parsing: text)
            } catch {
                throw .json(error)
            }
            return try input(json: json, context: context, warnings: &warnings)
        }
        var items = ItemList()
        let texts = splitting ? text.split(separator: ";").map(String.init) : [text]
        for text in texts where !text.isBlank {
            let first = try firstPart(of: .string(text), context: context, warnings: &warnings)
            try append(self.input(of: first, rowKey: nil), to: &items, warnings: &warnings)
        }
        return items.input
    }

    /// Reads what JSON Lines hold for the field: what `show --json` prints.
    ///
    /// `null`, an empty string and an empty list clear.
    /// - Throws: `ValueError`.
    public func input(
        json: JSONValue,
        context: ValueContext,
        warnings: inout [ValueWarning]
    ) throws(ValueError) -> FieldInput {
        if isRegister {
            let text = try type.canonical(json: json, context: context, warnings: &warnings)
            guard let text else { return .cleared }
            return .register(try checked(Array(text.utf8)))
        }
        let elements = json.array ?? [json]
        var items = ItemList()
        for element in elements {
            let item = try self.item(json: element, context: context, warnings: &warnings)
            if let item { try append(item, to: &items, warnings: &warnings) }
        }
        return items.input
    }

    // MARK: One item

    /// Reads one item: an object of parts, or the first part alone; nil where it is empty.
    private func item(
        json: JSONValue,
        context: ValueContext,
        warnings: inout [ValueWarning]
    ) throws(ValueError) -> ItemInput? {
        if isSinglePart, shape == .set {
            let text = try type.canonical(json: json, context: context, warnings: &warnings)
            return text.map { ItemInput(key: Array($0.utf8), value: []) }
        }
        guard !isSinglePart, case .object(let members) = json else {
            let parts = try firstPart(of: json, context: context, warnings: &warnings)
            return parts.isEmpty ? nil : input(of: parts, rowKey: nil)
        }
        var parts: [PartText] = []
        var raw: PartText?
        var rowKey: String?
        for member in members {
            if hasRandomKeys, member.name == "key" {
                rowKey = member.value.string
            } else if keepsRaw, member.name == Part.raw.name {
                let text = try ValueType.text.canonical(
                    json: member.value,
                    context: context,
                    warnings: &warnings
                )
                raw = text.map { PartText(Part.raw.number, $0) }
            } else if let part = part(named: member.name) ?? self.part(namedByNumber: member.name) {
                if part.number == 1 {
                    parts += try firstPart(of: member.value, context: context, warnings: &warnings)
                } else if let text = try part.type.canonical(
                    json: member.value,
                    context: context,
                    warnings: &warnings
                ) {
                    parts.append(PartText(part.number, text))
                }
            } else if let unknown = Self.unknownPart(member) {
                parts.append(unknown)
            } else {
                throw .unknownPart(member.name, accepted: self.parts.map(\.name))
            }
        }
        guard let first = parts.first(where: { $0.number == 1 }) else {
            throw .missingPart(self.parts[0].name)
        }
        if let raw {
            parts.removeAll { $0.number == raw.number }
            if !raw.text.hasSameBytes(as: first.text) { parts.append(raw) }
        }
        return input(of: parts, rowKey: rowKey)
    }

    /// Reads the first part, and what was typed where that differs and is kept; may be empty.
    private func firstPart(
        of json: JSONValue,
        context: ValueContext,
        warnings: inout [ValueWarning]
    ) throws(ValueError) -> [PartText] {
        let text = try type.canonical(json: json, context: context, warnings: &warnings)
        guard let text else { return [] }
        guard keepsRaw, case .string(let typed) = json, !typed.hasSameBytes(as: text) else {
            return [PartText(1, text)]
        }
        let raw = try CanonicalText.line(typed)
        return [PartText(1, text)]
            + (raw.hasSameBytes(as: text) ? [] : [PartText(Part.raw.number, raw)])
    }

    /// A part that a desk which did not know it showed as `"#7"`.
    private func part(namedByNumber name: String) -> Part? {
        Kind.number(inUnknownName: name).flatMap { $0 == Part.raw.number ? nil : part(number: $0) }
    }

    /// A part of a schema that this one does not know, shown as `"#7"`.
    private static func unknownPart(_ member: JSONMember) -> PartText? {
        guard let number = Kind.number(inUnknownName: member.name),
            (1..<(1 << 29)).contains(number), number != Part.raw.number,
            let text = member.value.string
        else { return nil }
        return PartText(number, text)
    }

    private func input(of parts: [PartText], rowKey: String?) -> ItemInput {
        let item = item(of: parts, key: [])
        return ItemInput(key: hasRandomKeys ? nil : item.key, rowKey: rowKey, value: item.value)
    }

    /// Appends an item; one of the same key that stands already gives way.
    private func append(
        _ item: ItemInput,
        to items: inout ItemList,
        warnings: inout [ValueWarning]
    ) throws(ValueError) {
        _ = try checked(item.value)
        if let key = item.key { _ = try checked(key, atMost: ContentLimits.itemBytes) }
        guard items.count < ContentLimits.inputItems else {
            throw .tooManyItems(limit: ContentLimits.inputItems)
        }
        if let earlier = items.append(item), earlier != item, let key = item.key {
            let shown = parts(of: Item(key: key, value: []))?.first?.text ?? ""
            warnings.append(.repeatedItem(shown))
        }
    }

    /// Returns the bytes where they are few enough to travel.
    private func checked(
        _ bytes: [UInt8],
        atMost limit: Int = ContentLimits.valueBytes
    ) throws(ValueError) -> [UInt8] {
        guard bytes.count <= limit else { throw .tooLong(bytes: bytes.count, limit: limit) }
        return bytes
    }
}

/// The items of a field as they are read: of several with one key the last, where it stands.
private struct ItemList {
    private static let few = 16
    /// The items; nil where one gave way.
    private var items: [ItemInput?] = []
    /// Where each key stands, once there are more than a few.
    private var places: [[UInt8]: Int] = [:]

    /// How many items were appended.
    var count: Int { items.count }

    var input: FieldInput {
        let left = items.compactMap(\.self)
        return left.isEmpty ? .cleared : .items(left)
    }

    /// Appends an item; one of the same key gives way and is returned.
    mutating func append(_ item: ItemInput) -> ItemInput? {
        defer { items.append(item) }
        guard let key = item.key, let place = place(of: key) else { return nil }
        defer { items[place] = nil }
        return items[place]
    }

    /// Returns where the item of a key stands, and notes that one of it will be appended.
    private mutating func place(of key: [UInt8]) -> Int? {
        if items.count < Self.few { return items.firstIndex { $0?.key == key } }
        if places.isEmpty {
            for (index, item) in items.enumerated() {
                if let key = item?.key { places[key] = index }
            }
        }
        defer { places[key] = items.count }
        return places[key]
    }
}

extension ValueType {
    /// Returns the canonical text of a JSON value, or nil where it is `null` or blank.
    /// - Throws: `ValueError`.
    func canonical(
        json: JSONValue,
        context: ValueContext,
        warnings: inout [ValueWarning]
    ) throws(ValueError) -> String? {
        switch (self, json) {
        case (_, .null): return nil
        case (_, .string(let text)):
            if text.isBlank { return nil }
            return try canonical(text, context: context, warnings: &warnings)
        case (.bool, .bool(let value)): return value ? "true" : "false"
        case (_, .number(let text)):
            return try canonical(text, context: context, warnings: &warnings)
        case (.money, .object):
            guard let currency = json["currency"]?.string, let amount = json["amount"]?.digits
            else { break }
            let money = try Money(currency: currency, amount: amount)
            return try Self.money(money, context, &warnings)
        case (.ref, .object), (.refOrText, .object):
            guard let text = json["ref"]?.string else { break }
            return try ValueType.ref.canonical(text, context: context, warnings: &warnings)
        case (.blob, .object):
            guard let hash = json["hash"]?.string, let size = json["size"]?.digits,
                let mediaType = json["media_type"]?.string, let name = json["name"]?.string,
                let line = BlobName(hash: hash, size: size, mediaType: mediaType, name: name)?.text
            else { break }
            return try canonical(line, context: context, warnings: &warnings)
        default: break
        }
        throw .wrongShape(expected: jsonShape, found: json.kindName)
    }

    /// What JSON holds for a value, as an error message names it.
    private var jsonShape: String {
        switch self {
        case .int: "a number"
        case .bool: "true or false"
        case .money: #"{"amount":"…","currency":"…"}"#
        case .ref: #"{"ref":"…"}"#
        case .refOrText: #"a string or {"ref":"…"}"#
        case .blob: #"{"hash":"…","size":…,"media_type":"…","name":"…"}"#
        default: "a string"
        }
    }
}

extension JSONValue {
    /// The text of a number, or of a string that stands for one.
    fileprivate var digits: String? {
        switch self {
        case .number(let text), .string(let text): text
        default: nil
        }
    }
}
