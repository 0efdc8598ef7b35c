import Foundation
import RecordModel

/// Brings values other than names into the form in which they are compared.
enum LinkageValues {
    // MARK: E-mail

    /// Names of mailboxes that belong to an office and not to a person.
    private static let sharedMailboxes: Set = [
        "info", "contact", "office", "admin", "administrator", "mail", "email", "enquiries",
        "inquiries", "enquiry", "secretary", "secretariat", "sekretariat", "support", "help", "hr",
        "jobs", "press", "media", "sales", "service", "registrar", "dean", "director", "embassy",
        "consulate", "visa", "hello", "team", "webmaster", "postmaster", "noreply", "general",
        "reception", "kontakt", "accounts", "library", "international", "research",
    ]

    /// Returns an address without case and without what some providers ignore, or nil for no address.
    static func email(_ text: String) -> (whole: String, local: String, isShared: Bool)? {
        let folded = SearchFold.fold(text.filter { !$0.isWhitespace })
        guard let at = folded.lastIndex(of: "@") else { return nil }
        let local = folded[..<at].prefix { $0 != "+" }
        let domain = folded[folded.index(after: at)...]
        guard !local.isEmpty, !domain.isEmpty else { return nil }
        let word = String(local.filter { $0.isLetter })
        return ("\(local)@\(domain)", String(local), sharedMailboxes.contains(word))
    }

    // MARK: Telephone

    /// Returns the last digits of a number, which are the same with and without country code; nil
    /// where they are too few to tell anything.
    static func phone(_ text: String) -> String? {
        let digits = text.unicodeScalars.compactMap { scalar in
            scalar.properties.numericType == .decimal
                ? scalar.properties.numericValue.map { String(Int($0)) } : nil
        }.joined()
        return digits.utf8.count >= 6 ? String(digits.suffix(9)) : nil
    }

    // MARK: Dates

    /// A date, as far as it is known.
    struct BirthDate: Hashable {
        let year: Int
        let month: Int
        let day: Int

        /// Whether day and month are known.
        var isWhole: Bool { month > 0 && day > 0 }

        /// The eight digits.
        var digits: [UInt8] {
            [
                year / 1000 % 10, year / 100 % 10, year / 10 % 10, year % 10, month / 10,
                month % 10,
                day / 10, day % 10,
            ].map { UInt8($0) }
        }

        var text: String { digits.map(String.init).joined() }
    }

    /// Reads `1971-06-24`, `19710624`, `1971-06` or `1971`, uncertain or not; nil for anything else.
    static func date(_ text: String) -> BirthDate? {
        let digits = text.utf8.filter { (0x30...0x39).contains($0) }.map { Int($0) - 0x30 }
        guard !text.contains("/"), !text.contains("."), !text.contains("X") else { return nil }
        func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
        switch digits.count {
        case 8: return BirthDate(year: number(0..<4), month: number(4..<6), day: number(6..<8))
        case 6: return BirthDate(year: number(0..<4), month: number(4..<6), day: 0)
        case 4: return BirthDate(year: number(0..<4), month: 0, day: 0)
        default: return nil
        }
    }

    // MARK: Streets

    private static let streetTypes: Set = [
        "street", "str", "st", "strasse", "road", "rd", "avenue", "ave", "av", "boulevard", "blvd",
        "blv", "lane", "ln", "drive", "dr", "place", "pl", "court", "ct", "crescent", "cres",
        "circuit", "cct", "close", "terrace", "tce", "highway", "hwy", "square", "sq", "way",
        "parade", "rue", "via", "calle", "platz", "weg", "no", "near", "between", "off", "at",
        "the",
        "of", "and", "de", "la", "del", "suite", "ste", "floor", "fl", "flat", "apt", "unit", "po",
        "box", "n", "s", "e", "w", "north", "south", "east", "west", "jl", "jalan", "ulitsa", "ul",
    ]

    /// Returns the name of a street without the word for its type, and the number there; empty where
    /// there is none.
    static func street(_ text: String) -> (name: String, number: String) {
        let words = CyrillicLetters.romanised(SearchFold.fold(text))
            .split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let number = words.first { $0.utf8.first.map { (0x30...0x39).contains($0) } ?? false } ?? ""
        let rest = words.filter { $0 != number }
        var names = rest.filter { !streetTypes.contains($0) }
        if names.isEmpty { names = rest }
        return (names.joined(separator: " "), number)
    }

    /// Returns a place's name, folded.
    static func place(_ text: String) -> String {
        CyrillicLetters.romanised(SearchFold.fold(text))
            .split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }

    /// Returns the host of a web address or domain, without `www`.
    static func host(_ text: String) -> String {
        var text = SearchFold.fold(text)[...]
        if let scheme = text.range(of: "://") { text = text[scheme.upperBound...] }
        if text.hasPrefix("www.") { text = text.dropFirst(4) }
        return String(text.prefix { $0 != "/" && $0 != ":" && $0 != "?" })
    }
}
