import RecordModel

/// The fields of a record as they are gathered from a card: registers, and lists of items.
struct CardFields {
    private(set) var names: [String] = []
    private var values: [String: JSONValue] = [:]

    subscript(_ name: String) -> JSONValue? { values[name] }

    /// Sets a register; what was set first stays.
    mutating func set(_ name: String, _ text: String) {
        let text = VCardText.line(text)
        guard !text.isEmpty, values[name] == nil else { return }
        replace(name, with: .string(text))
    }

    /// Adds an item of parts, the first of which names it; one of the same name stays.
    mutating func add(_ name: String, _ parts: [(String, JSONValue?)]) {
        let members = parts.compactMap { part, value in value.map { JSONMember(part, $0) } }
        guard let first = members.first?.value, first.string?.isEmpty != true else { return }
        add(name, .object(members)) { $0.object?.first?.value == first }
    }

    /// Adds an item of one text, unless it is there.
    mutating func add(_ name: String, _ text: String) {
        guard !text.trimmed.isEmpty else { return }
        add(name, .string(text)) { $0 == .string(text) }
    }

    private mutating func add(
        _ name: String,
        _ item: JSONValue,
        unless isSame: (JSONValue) -> Bool
    ) {
        let items = values[name]?.array ?? []
        guard !items.contains(where: isSame) else { return }
        replace(name, with: .array(items + [item]))
    }

    /// Adds an item whatever else is there, unless the same stands already.
    mutating func append(_ name: String, _ item: JSONValue) {
        add(name, item) { $0 == item }
    }

    /// Puts a value in the place of what was gathered; nil takes it away.
    mutating func replace(_ name: String, with value: JSONValue?) {
        if values[name] == nil, value != nil { names.append(name) }
        if value == nil { names.removeAll { $0 == name } }
        values[name] = value
    }

    /// The fields as a row of an import gives them.
    var imported: [ImportedField] {
        names.compactMap { name in
            values[name].map { ImportedField(name: name, value: .json($0)) }
        }
    }
}

extension JSONValue {
    /// A text as one line, or nil where nothing is left of it.
    static func line(_ text: String?) -> JSONValue? {
        let line = VCardText.line(text ?? "")
        return line.isEmpty ? nil : .string(line)
    }

    /// The value with the members of its objects in order, without keys of rows: two values that
    /// say the same are equal.
    var levelled: JSONValue {
        switch self {
        case .object(let members):
            .object(
                members.filter { $0.name != "key" }
                    .map { JSONMember($0.name, $0.value.levelled) }
                    .sorted { $0.name < $1.name }
            )
        case .array(let items):
            .array(items.map(\.levelled).sorted { $0.text < $1.text })
        case .bool(let value): .string(value ? "true" : "false")
        case .number(let text): .string(text)
        case .null, .string: self
        }
    }

    /// Eight digits that tell whether a value still says the same.
    var fingerprint: String {
        hexadecimal(Digest128(hashing: Array(levelled.text.utf8)).bytes.prefix(4))
    }
}
