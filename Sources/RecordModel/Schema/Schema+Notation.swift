extension Schema {
    /// The schema as a schema file writes it, without remarks: the same text for equal schemas.
    ///
    /// `init(parsing:)` reads it back.
    public var notation: String { Self.notation(version, kinds) }

    static func notation(_ version: UInt32, _ kinds: [Kind]) -> String {
        var lines = ["schema \(version)"]
        let common = (kinds.first?.fields ?? []).filter(\.isCommon)
        if !common.isEmpty {
            lines.append("common")
            lines += common.map { field in
                let wary = kinds.filter { $0.field(number: field.number)?.isSensitive ?? false }
                if wary.count == kinds.count { return field.line(isNaming: false, " s") }
                let names = wary.map(\.name).joined(separator: ",")
                return field.line(isNaming: false, names.isEmpty ? "" : " s(\(names))")
            }
        }
        for kind in kinds {
            lines.append("kind \(kind.number) \(kind.name) handling \(kind.initialHandling)")
            lines += kind.fields.filter { !$0.isCommon }.map { field in
                let isNaming = kind.namingFields.contains(field.number)
                return field.line(isNaming: isNaming, field.isSensitive ? " s" : "")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Field {
    /// The field's shape and type as a schema file writes them.
    public var notation: String {
        if isRegister { return type.notation }
        if isSinglePart, shape != .rows, parts[0].name == Part.singleName {
            return "\(shape.rawValue) \(type.notation)"
        }
        let parts = parts.map { part in
            part.name + (part.isKey ? "*" : "")
                + (part.type == .text ? "" : " \(part.type.notation)")
        }
        let braces = "{\(parts.joined(separator: ", "))}"
        return shape == .set ? braces : "\(shape.rawValue) \(braces)"
    }

    /// The field's line in a schema file.
    fileprivate func line(isNaming: Bool, _ sensitivity: String) -> String {
        let winner = winner.map { "(\($0))" } ?? ""
        return "\(number) \(name)\(isNaming ? " !" : "") \(notation) \(policy.rawValue)\(winner)"
            + sensitivity
    }
}
