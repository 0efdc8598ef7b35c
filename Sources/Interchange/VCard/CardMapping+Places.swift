import RecordModel

extension CardMapping {
    /// Reads `ADR` and `LABEL`; the address at home, else the preferred or first one, says where
    /// the person lives.
    mutating func mapPlaces() {
        var labels = all("LABEL")[...]
        var best: (rank: Int, place: CardPlace)?
        for property in all("ADR") {
            let words = CardWords(property)
            let type = words.first(of: ["work", "home", "other"])
            let index = labels.firstIndex { CardWords($0).first(of: ["work", "home"]) == type }
            let label = property["LABEL"] ?? index.map { labels.remove(at: $0).text }
            let place = CardPlace(property, label: label)
            if isContact {
                fields.add("addresses", place.parts(type: type))
                let isLost = place.hasUnknownCountry && label != nil
                if isLost || place.hasMore {
                    keep(property)
                } else {
                    keepRest(of: property, using: type, parameters: Self.placeParameters)
                }
            } else {
                keep(property)
            }
            let rank = type == "home" ? 0 : property.preference == 1 ? 1 : 2
            if best.map({ rank < $0.rank }) ?? true { best = (rank, place) }
        }
        if isContact {
            for label in labels {
                let type = CardWords(label).first(of: ["work", "home", "other"])
                fields.add("addresses", [("text", .line(label.text)), ("type", .line(type))])
            }
        } else {
            for label in labels { keep(label) }
        }
        guard let place = best?.place else { return }
        fields.set("city", place.city)
        let country = isContact ? "country_of_residence" : "country"
        if let code = place.country { fields.set(country, code) }
    }

    private static let placeParameters: Set = ["LABEL", "CC", CardGroups.country, "LANGUAGE"]
}

/// An address of a card.
struct CardPlace {
    private let components: [String]
    private let label: String?
    /// The country's code, where it is said or can be told by the name.
    let country: String?

    init(_ property: VCardProperty, label: String?) {
        components = property.components.prefix(7).map { values in
            VCardText.line(values.map(\.trimmed).filter { !$0.isEmpty }.joined(separator: ", "))
        }
        // Exporters write “\n” into a parameter too, where RFC 6868 has “^n”.
        self.label = label.map { VCardText.line(VCardText.unescaped($0)) }
        let codes = [property["CC"], property[CardGroups.country]].compactMap { $0 }
        let code = codes.lazy.compactMap { $0.count == 2 ? ValueType.country.checked($0) : nil }
            .first
        country = code ?? (components.count > 6 ? CountryNames.code(of: components[6]) : nil)
    }

    private func component(_ index: Int) -> String {
        index < components.count ? components[index] : ""
    }

    var city: String { component(3) }
    var hasUnknownCountry: Bool { !component(6).isEmpty && country == nil }

    /// Whether a post office box or an extended address stands beside the street.
    var hasMore: Bool { !component(0).isEmpty || !component(1).isEmpty }

    func parts(type: String?) -> [(String, JSONValue?)] {
        let street = [component(0), component(1), component(2)].filter { !$0.isEmpty }
        let all = street + [3, 4, 5, 6].map(component).filter { !$0.isEmpty }
        let text = label.flatMap { $0.isEmpty ? nil : $0 } ?? all.joined(separator: ", ")
        return [
            ("text", .line(text)), ("type", .line(type)),
            ("street", .line(street.joined(separator: ", "))), ("city", .line(city)),
            ("region", .line(component(4))), ("postcode", .line(component(5))),
            ("country", country.map { .string($0) }),
        ]
    }
}
