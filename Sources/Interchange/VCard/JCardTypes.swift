/// The types of values that properties have by default, and how jCard writes those of each type.
///
/// Source: RFC 6350 §6, RFC 2426 §3, RFC 7095 §3.
enum JCardType {
    private static let types4: [String: [String]] = [
        "uri": [
            "SOURCE", "PHOTO", "IMPP", "GEO", "LOGO", "MEMBER", "RELATED", "SOUND", "UID", "URL",
            "KEY", "FBURL", "CALADRURI", "CALURI", "ORG-DIRECTORY", "CONTACT-URI", "SOCIALPROFILE",
        ],
        "date-and-or-time": ["BDAY", "ANNIVERSARY", "DEATHDATE"],
        "timestamp": ["REV", "CREATED"],
        "language-tag": ["LANG", "LANGUAGE"],
    ]
    private static let types3: [String: [String]] = [
        "uri": ["SOURCE", "URL"], "binary": ["PHOTO", "LOGO", "SOUND", "KEY"],
        "date": ["BDAY"], "date-time": ["REV"], "utc-offset": ["TZ"], "float": ["GEO"],
        "phone-number": ["TEL"], "vcard": ["AGENT"],
    ]
    private static let texts: Set = [
        "VERSION", "FN", "N", "NICKNAME", "SORT-STRING", "ADR", "LABEL", "EMAIL", "MAILER", "TZ",
        "TITLE", "ROLE", "ORG", "CATEGORIES", "NOTE", "PRODID", "CLASS", "GENDER", "KIND", "TEL",
        "CLIENTPIDMAP", "XML", "BIRTHPLACE", "DEATHPLACE", "EXPERTISE", "HOBBY", "INTEREST", "UID",
        "NAME", "PROFILE", "GRAMGENDER", "PRONOUNS", "BEGIN", "END",
    ]

    /// Returns the type that a property has where it names none.
    static func standard(_ name: String, version: String) -> String {
        let table = version == "4.0" ? types4 : types3
        if let type = table.first(where: { $0.value.contains(name) })?.key { return type }
        return texts.contains(name) ? "text" : "unknown"
    }

    /// Whether the values of a property have components.
    static func isStructured(_ name: String, type: String) -> Bool {
        switch name {
        case "N", "ADR", "ORG", "GENDER", "CLIENTPIDMAP": type == "text"
        case "GEO": type == "float"
        default: false
        }
    }

    /// Whether commas in the value of a property separate values.
    static func isList(_ name: String) -> Bool { name == "NICKNAME" || name == "CATEGORIES" }

    static func isTime(_ type: String) -> Bool {
        ["date", "time", "date-time", "date-and-or-time", "timestamp"].contains(type)
    }
}
