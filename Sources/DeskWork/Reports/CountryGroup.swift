/// A named group of countries.
///
/// Members as the organisations' own lists had them in 2024.
public enum CountryGroup: String, Hashable, Sendable, CaseIterable {
    /// The five republics.
    case centralAsia = "central-asia"
    /// The Economic Cooperation Organization.
    case eco
    /// The Shanghai Cooperation Organisation.
    case sco
    /// The South Asian Association for Regional Cooperation.
    case saarc
    /// The Organisation of Islamic Cooperation.
    case oic

    /// Creates a group from its name, however people write it; nil for other text.
    public init?(named text: String) {
        let name = text.lowercased().split { !$0.isLetter }.joined(separator: "-")
        self.init(rawValue: name)
    }

    /// The countries, ISO 3166-1.
    public var countries: Set<String> {
        let codes =
            switch self {
            case .centralAsia: "KZ KG TJ TM UZ"
            case .eco: "AF AZ IR KZ KG PK TJ TM TR UZ"
            case .sco: "BY CN IN IR KZ KG PK RU TJ UZ"
            case .saarc: "AF BD BT IN LK MV NP PK"
            case .oic:
                """
                AE AF AL AZ BD BF BH BJ BN CI CM DJ DZ EG GA GM GN GW GY ID IQ IR JO KG KM KW KZ LB \
                LY MA ML MR MV MY MZ NE NG OM PK PS QA SA SD SL SN SO SR SY TD TG TJ TM TN TR UG UZ \
                YE
                """
            }
        return Set(codes.split(separator: " ").map(String.init))
    }
}
