import RecordModel

/// What a card holds beyond the properties of the standards.
extension CardComposer {
    /// Adds what an import kept and no field takes.
    mutating func addKept() {
        for property in kept where meaning(of: property) == nil && property.name != "N" {
            add(property)
        }
        kept = []
    }

    /// Adds a property of our own for each field that the card does not give back as it is.
    mutating func addOwnFields(_ names: [String], _ read: VCard) {
        let kind = isContact ? "contact" : "organisation"
        guard let mapping = try? CardMapping(read, kind: kind) else { return }
        let gathered = mapping.fields.names.filter { fields[$0] == nil }
        for name in names + gathered where name != "life" && name != "short_id" {
            let value = fields[name]
            let read = mapping.fields[name]
            guard value?.levelled != read?.levelled else { continue }
            add(CardOwnField(field: name, value: value?.withoutKeys, basis: read))
        }
    }

    mutating func add(_ own: CardOwnField) {
        card.properties.append(own.property)
    }

    /// Gives what has a label a group with the label in it, as Apple's and Google's programs do.
    mutating func expandLabels() {
        var result: [VCardProperty] = []
        let used = Set(card.properties.map { $0.group.lowercased() })
        var number = 0
        for property in card.properties {
            guard let label = property[CardGroups.label] else {
                result.append(property)
                continue
            }
            var property = property
            property.parameters.removeAll { $0.name == CardGroups.label }
            if property.group.isEmpty {
                repeat { number += 1 } while used.contains("item\(number)")
                property.group = "item\(number)"
            }
            result.append(property)
            result.append(VCardProperty(CardGroups.label, group: property.group, text: label))
        }
        card.properties = result
    }
}

extension JSONValue {
    /// The value without the keys of rows, which hold in one replica alone.
    fileprivate var withoutKeys: JSONValue {
        guard let items = array else { return self }
        return .array(
            items.map { item in
                item.object.map { .object($0.filter { $0.name != "key" }) } ?? item
            }
        )
    }
}
