import RecordModel

/// The cards of a file of jCards: one jCard, several in one array, or one a line.
struct JCardScanner: VCardElements {
    private var elements: any JSONElements
    /// Whether the word `vcard` was read and its properties are to come.
    private var isInCard = false
    private var line = 1

    init(_ elements: any JSONElements) {
        self.elements = elements
    }

    var source: ByteSource { elements.source }

    /// Returns the next card, or nil at the end of the file.
    /// - Throws: the source's error when reading fails.
    mutating func next() throws -> VCardElement? {
        while let element = try elements.next() {
            switch element {
            case .malformed(let line, let reason): return .refused(line: line, reason: reason)
            case .cutShort(let line):
                return .warning(
                    line: line,
                    message: "the list is not closed: the file may be cut short"
                )
            case .value(let line, .string(let word)) where word.lowercased() == "vcard":
                isInCard = true
                self.line = line
            case .value(_, .array(let properties)) where isInCard:
                isInCard = false
                return Self.element(properties, line: line)
            case .value(let line, .array(let card)):
                // Behind the properties of a card some write a list of the cards in it.
                if card.isEmpty { continue }
                guard card.first?.string?.lowercased() == "vcard", card.count > 1,
                    let properties = card[1].array
                else { return .refused(line: line, reason: "is no jCard") }
                return Self.element(properties, line: line)
            case .value(let line, _):
                return .refused(line: line, reason: "is no jCard")
            }
        }
        return nil
    }

    /// Reads a jCard; nil where it is none.
    static func card(_ json: JSONValue, line: Int) -> VCard? {
        guard let properties = json.array?.last?.array,
            case .card(let card) = element(properties, line: line)
        else { return nil }
        return card
    }

    private static func element(_ properties: [JSONValue], line: Int) -> VCardElement {
        guard properties.count <= VCardLimits.properties else {
            return .refused(
                line: line,
                reason: "has more than \(VCardLimits.properties) properties"
            )
        }
        var card = VCard(line: line)
        for property in properties {
            if let property = Self.property(property) {
                card.properties.append(property)
            } else if card.warnings.count < 20 {
                card.warnings.append("“\(property.text.prefix(60))” is no property, left out")
            }
        }
        return .card(card)
    }

    private static func property(_ json: JSONValue) -> VCardProperty? {
        guard let parts = json.array, parts.count >= 4, let name = parts[0].string?.uppercased(),
            let members = parts[1].object, let type = parts[2].string?.lowercased(),
            !name.isEmpty, !name.contains(where: { ":;\r\n".contains($0) })
        else { return nil }
        var property = VCardProperty(name, value: "")
        for member in members.prefix(VCardLimits.parameters) {
            let values = (member.value.array ?? [member.value]).compactMap(\.scalarText)
            switch member.name.lowercased() {
            case "group": property.group = values.first ?? ""
            case "encoding", "charset": break
            default:
                property.parameters.append(
                    VCardParameter(name: member.name.uppercased(), values: values)
                )
            }
        }
        if type != "unknown", type != JCardType.standard(name, version: "4.0"),
            type != "phone-number"
        {
            property.parameters.append(VCardParameter(name: "VALUE", values: [type]))
        }
        let values = parts[3...].map { Self.value($0, type: type) }
        property.value = values.joined(separator: ",")
        let isBinary = VCardProperty.binaryNames.contains(name)
        if isBinary, type == "binary" {
            property.omittedBytes = VCardTransfer.base64Size(property.value.utf8.count)
        } else if isBinary, property.value.lowercased().hasPrefix("data:") {
            property.omittedBytes = VCardTransfer.base64Size(property.value.utf8.count)
        }
        return property
    }

    private static func value(_ json: JSONValue, type: String) -> String {
        if let components = json.array {
            return components.map { component in
                (component.array ?? [component]).map { value($0, type: type) }
                    .joined(separator: ",")
            }.joined(separator: ";")
        }
        let text = json.scalarText ?? ""
        if type == "unknown" { return VCardText.withoutLineEnds(text) }
        if type == "utc-offset" { return text.filter { $0 != ":" } }
        if JCardType.isTime(type) { return VCardDate.basic(extended: text) }
        return VCardText.escaped(text)
    }
}

extension JSONValue {
    /// The text of a string, number or truth value.
    fileprivate var scalarText: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }
}
