/// A vCard of any version as a list of properties, before anything is made of them.
struct VCard: Hashable, Sendable {
    /// The line on which the card begins, from 1.
    var line: Int
    var properties: [VCardProperty] = []
    /// What is doubtful in the card though it was kept.
    var warnings: [String] = []

    /// What `VERSION` says, in any version that is.
    var version: String { first("VERSION")?.text.trimmed ?? "" }

    /// Returns the first property of a name.
    func first(_ name: String) -> VCardProperty? { properties.first { $0.name == name } }

    /// Returns the properties of a name that hold something, in their order.
    func all(_ name: String) -> [VCardProperty] {
        properties.filter { $0.name == name && !$0.isBlank }
    }
}

/// A parameter of a property: `TYPE=work,fax`.
struct VCardParameter: Hashable, Sendable {
    /// The name in upper case.
    var name: String
    var values: [String]
}

/// A property: name, parameters and the value with its escapes, line ends among them.
struct VCardProperty: Hashable, Sendable {
    /// The group in the case in which it stands (`item1`), or empty.
    var group = ""
    /// The name in upper case.
    var name: String
    var parameters: [VCardParameter] = []
    /// The value, unfolded, decoded, in Unicode, with the escapes of RFC 6350.
    var value: String
    /// The bytes of a photo, sound or key that was left out.
    var omittedBytes: Int?

    init(
        _ name: String,
        _ parameters: [VCardParameter] = [],
        group: String = "",
        value: String
    ) {
        self.name = name
        self.parameters = parameters
        self.group = group
        self.value = value
    }

    /// Creates a property of one text.
    init(_ name: String, _ parameters: [VCardParameter] = [], group: String = "", text: String) {
        self.init(name, parameters, group: group, value: VCardText.escaped(text))
    }

    /// Creates a property of components, each of one text.
    init(_ name: String, _ parameters: [VCardParameter] = [], components: [String]) {
        self.init(
            name,
            parameters,
            value: components.map(VCardText.escaped).joined(separator: ";")
        )
    }

    /// The value as one text.
    var text: String { VCardText.unescaped(value) }

    /// The values between commas.
    var list: [String] { VCardText.split(value, at: ",").map { VCardText.unescaped($0) } }

    /// The components between semicolons, each a list of values between commas.
    var components: [[String]] {
        VCardText.split(value, at: ";").map { component in
            VCardText.split(component, at: ",").map { VCardText.unescaped($0) }
        }
    }

    /// The components between semicolons, in which commas separate nothing.
    var texts: [String] { VCardText.split(value, at: ";").map { VCardText.unescaped($0) } }

    var isBlank: Bool {
        omittedBytes == nil
            && value.unicodeScalars.allSatisfy {
                $0.properties.isWhitespace || $0 == ";" || $0 == ","
            }
    }

    /// Returns the first value of a parameter.
    subscript(_ parameter: String) -> String? {
        parameters.first { $0.name == parameter }?.values.first
    }

    /// The values of all `TYPE` parameters in lower case.
    var types: [String] {
        parameters.filter { $0.name == "TYPE" }.flatMap(\.values).map { $0.lowercased() }
    }

    /// The type of value that `VALUE` names, in lower case.
    var valueType: String? { self["VALUE"]?.lowercased() }

    /// How much the property is preferred: 1 most, 100 least; nil where it says nothing.
    var preference: Int? {
        if let number = self["PREF"].flatMap({ Int($0) }) { return min(max(number, 1), 100) }
        return types.contains("pref") || self["PREF"] != nil ? 1 : nil
    }
}
