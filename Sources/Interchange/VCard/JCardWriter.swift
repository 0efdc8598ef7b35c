import RecordModel

/// Cards as jCard (RFC 7095).
enum JCardWriter {
    /// Returns the jCard of a card, its version first.
    static func json(_ card: VCard) -> JSONValue {
        let version = card.version.isEmpty ? "4.0" : card.version
        let others = card.properties.filter { !["VERSION", "BEGIN", "END"].contains($0.name) }
        let first = VCardProperty("VERSION", text: version)
        return .array([
            .string("vcard"),
            .array(([first] + others).map { json($0, version: version) }),
        ])
    }

    private static func json(_ property: VCardProperty, version: String) -> JSONValue {
        let type = type(of: property, version: version)
        var members = property.parameters.filter { $0.name != "VALUE" }.map { parameter in
            let values = parameter.values.map(JSONValue.string)
            return JSONMember(
                parameter.name.lowercased(),
                values.count == 1 ? values[0] : .array(values)
            )
        }
        if !property.group.isEmpty {
            members.append(JSONMember("group", .string(property.group)))
        }
        return .array(
            [.string(property.name.lowercased()), .object(members), .string(type)]
                + values(of: property, type: type)
        )
    }

    private static func type(of property: VCardProperty, version: String) -> String {
        if let type = property.valueType { return type }
        let type = JCardType.standard(property.name, version: version)
        switch type {
        case "date" where property.value.contains("T"): return "date-time"
        case "date-time" where !property.value.contains("T"): return "date"
        default: return type
        }
    }

    private static func values(of property: VCardProperty, type: String) -> [JSONValue] {
        if JCardType.isStructured(property.name, type: type) {
            let components =
                property.name == "ORG" ? property.texts.map { [$0] } : property.components
            let values = components.map { component in
                let values = component.map { value($0, type: type) }
                return values.count == 1 ? values[0] : .array(values)
            }
            return [values.count == 1 ? values[0] : .array(values)]
        }
        if JCardType.isList(property.name) {
            return property.list.map { value($0, type: type) }
        }
        // What is of no known type stays as it is, escapes and all (RFC 7095 §5.1).
        return [type == "unknown" ? .string(property.value) : value(property.text, type: type)]
    }

    private static func value(_ text: String, type: String) -> JSONValue {
        switch type {
        case "float", "integer":
            let isNumber = (try? JSONValue(parsing: text.trimmed)).map {
                if case .number = $0 { true } else { false }
            }
            return isNumber == true ? .number(text.trimmed) : .string(text)
        case "boolean": return .bool(text.trimmed.lowercased() == "true")
        case "utc-offset": return .string(VCardDate.offset(text.trimmed) ?? text)
        case _ where JCardType.isTime(type): return .string(VCardDate.extended(text.trimmed))
        default: return .string(text)
        }
    }
}
