import Foundation
import RecordModel

/// The names under which address books know countries.
enum CountryNames {
    /// Returns the code of a country by its code or name in a language that Foundation knows.
    static func code(of name: String) -> String? {
        let folded = fold(name)
        if folded.utf8.count == 2, let code = ValueType.country.checked(folded) { return code }
        return codes[folded]
    }

    /// Returns the English name of a country.
    static func name(of code: String) -> String {
        english.localizedString(forRegionCode: code) ?? code
    }

    private static let english = Locale(identifier: "en")

    private static func fold(_ name: String) -> String {
        name.lowercased().filter { $0 != "." && $0 != "," }.trimmed
    }

    private static let codes: [String: String] = {
        var result = [
            "usa": "US", "united states of america": "US", "u s a": "US", "uk": "GB",
            "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
            "northern ireland": "GB", "uae": "AE", "ksa": "SA", "holland": "NL",
            "the netherlands": "NL", "pr china": "CN", "peoples republic of china": "CN",
            "people's republic of china": "CN", "republic of korea": "KR", "korea": "KR",
            "russian federation": "RU", "türkiye": "TR", "turkey": "TR", "turkiye": "TR",
            "islamic republic of pakistan": "PK", "brd": "DE", "czech republic": "CZ",
        ]
        for language in ["en", "de", "fr", "es", "ar", "ur", "ru", "zh", "tr", "it"] {
            let locale = Locale(identifier: language)
            for region in Locale.Region.isoRegions {
                let code = region.identifier
                guard code.utf8.count == 2, ValueType.country.checked(code) != nil,
                    let name = locale.localizedString(forRegionCode: code)
                else { continue }
                let folded = fold(name)
                if result[folded] == nil { result[folded] = code }
            }
        }
        return result
    }()
}
