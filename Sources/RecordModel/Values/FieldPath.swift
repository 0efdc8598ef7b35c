/// The place that a change names: a field, perhaps one of its items, perhaps one part of that.
///
/// `employer`, `phones[+493012345]`, `commitments[3fa2c1].status`, `affiliations.title`.
public struct FieldPath: Hashable, Sendable {
    /// The field's name.
    public let field: String
    /// What stands in brackets: an item's first key part, or the digits of a row's key.
    public let item: String?
    /// The part's name.
    public let part: String?

    /// Creates a path, or nil where the text is none.
    public init?(_ text: some StringProtocol) {
        let name = text.prefix { $0 != "[" && $0 != "." }
        var rest = text.dropFirst(name.count)
        var item: String?
        if rest.hasPrefix("[") {
            // The key may hold brackets and points itself: the last bracket closes it.
            guard let end = rest.lastIndex(of: "]") else { return nil }
            item = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        }
        let part = rest.hasPrefix(".") ? String(rest.dropFirst()) : nil
        guard isSchemaName(name), item != "", part.map(isSchemaName) ?? rest.isEmpty else {
            return nil
        }
        field = String(name)
        self.item = item
        self.part = part
    }

    /// Creates a path to a field that the schema does not know, `#57` or `#57[3fa2c1]`, or nil where
    /// the text is none.
    ///
    /// Such a field is shown and decided, and cannot be typed.
    public init?(unknown text: some StringProtocol) {
        let name = text.prefix { $0 != "[" }
        let rest = text.dropFirst(name.count)
        guard Kind.number(inUnknownName: name) != nil,
            rest.isEmpty || rest.count > 2 && rest.hasSuffix("]")
        else { return nil }
        field = String(name)
        item = rest.isEmpty ? nil : String(rest.dropFirst().dropLast())
        part = nil
    }
}

/// A change as it is typed: `F=V`, `F+=V`, `F-=V`, `F=`, `F[KEY].PART=V`.
public struct FieldAssignment: Hashable, Sendable {
    /// What is to be done with the text.
    public enum Operation: Hashable, Sendable {
        /// The field, item or part is to be the text; empty text clears.
        case set
        /// The item of the text is to be added.
        case add
        /// The item of the text is to be taken away.
        case remove
    }

    /// Where.
    public let path: FieldPath
    /// What is to be done.
    public let operation: Operation
    /// The text behind the sign.
    public let text: String

    /// Creates a change, or nil where the text is none.
    public init?(_ source: String) {
        // Inside brackets a sign belongs to the key (an address may have “=”).
        var equals = source.firstIndex(of: "=")
        if let bracket = source.firstIndex(of: "["), let first = equals, bracket < first {
            equals = ["]=", "]+=", "]-=", "]."].compactMap { source.firstRange(of: $0) }
                .map(\.lowerBound).min()
                .flatMap { source[$0...].firstIndex(of: "=") }
        }
        guard let equals else { return nil }
        var place = source[..<equals]
        switch place.last {
        case "+": operation = .add
        case "-": operation = .remove
        default: operation = .set
        }
        if operation != .set { place = place.dropLast() }
        guard let path = FieldPath(place) else { return nil }
        self.path = path
        text = String(source[source.index(after: equals)...])
    }
}

extension Field {
    /// Returns the items that a key names, as it is typed in `F[KEY]` or `F-=KEY`: the first key
    /// part, all key parts as JSON, or the first digits of a row's key.
    ///
    /// More than one is the caller's to refuse.
    public func items(
        _ items: [Item],
        named key: String,
        context: ValueContext
    ) -> [Item] {
        if hasRandomKeys {
            let digits = key.asciiLowercased()
            return items.filter { hexadecimal($0.key).hasPrefix(digits) }
        }
        if !isSinglePart, key.hasPrefix("{") { return self.items(items, withJSONKey: key, context) }
        var warnings: [ValueWarning] = []
        let first: String
        do throws(ValueError) {
            first = try type.canonical(key, context: context, warnings: &warnings)
        } catch {
            first = key
        }
        return items.filter { parts(of: $0)?.first?.text.hasSameBytes(as: first) ?? false }
    }

    private func items(
        _ items: [Item],
        withJSONKey key: String,
        _ context: ValueContext
    ) -> [Item] {
        var warnings: [ValueWarning] = []
        let input: FieldInput
        do throws(ValueError) {
            input = try self.input(text: key, context: context, warnings: &warnings)
        } catch {
            return []
        }
        guard case .items(let inputs) = input else { return [] }
        return items.filter { item in inputs.contains { $0.key == item.key } }
    }

    /// Returns an item with one part changed, or taken away where the text is blank.
    ///
    /// Where the part belongs to the key, the result is another item.
    /// - Throws: `ValueError`.
    public func setting(
        _ part: Part,
        to text: String,
        in item: Item,
        context: ValueContext,
        warnings: inout [ValueWarning]
    ) throws(ValueError) -> Item {
        if shape == .log { throw .appendOnly }
        if isRegister { throw .noItems }
        guard var parts = parts(of: item) else {
            throw .malformed(type, text: hexadecimal(item.key))
        }
        parts.removeAll { $0.number == part.number }
        let value = JSONValue.string(text)
        let canonical = try part.type.canonical(json: value, context: context, warnings: &warnings)
        if part.number == 1 {
            guard let canonical else { throw .missingPart(part.name) }
            parts.removeAll { $0.number == Part.raw.number }
            let typed = CanonicalText.trimmed(text)
            if keepsRaw, !typed.hasSameBytes(as: canonical) {
                parts.append(PartText(Part.raw.number, try CanonicalText.line(typed)))
            }
        }
        if let canonical { parts.append(PartText(part.number, canonical)) }
        return self.item(of: parts, key: item.key)
    }
}
