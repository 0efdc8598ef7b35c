import RecordModel

/// Dates of vCards and jCards in the three notations that meet: basic, extended and EDTF.
///
/// Source: RFC 6350 §4.3, RFC 7095 §3.5, ISO 8601-2:2019 for EDTF.
enum VCardDate {
    /// Returns a date of a vCard as EDTF, or nil where it is none.
    static func edtf(_ text: String, omittedYear: String? = nil) -> String? {
        let text = text.trimmed.uppercased()
        let halves = text.split(maxSplits: 1, omittingEmptySubsequences: false) {
            $0 == "T" || $0 == " "
        }
        guard let first = halves.first, var date = date(String(first)) else { return nil }
        if let omittedYear, date.hasPrefix(omittedYear + "-") {
            date = "XXXX" + date.dropFirst(omittedYear.count)
        }
        if halves.count == 2 {
            guard let time = time(String(halves[1])) else { return nil }
            // Midnight is what exporters write who know the day alone.
            if !time.hasPrefix("00:00:00"), date.utf8.count == 10, !date.hasPrefix("X") {
                date += "T" + time
            } else if !time.hasPrefix("00:00") {
                return nil
            }
        }
        return EDTF(date).map(\.text)
    }

    /// Returns the year of “circa 1800” as EDTF, or nil where the text says something else.
    static func approximate(_ text: String) -> String? {
        let words = text.lowercased().split(separator: " ")
        guard words.count == 2, ["circa", "ca.", "ca", "c.", "about"].contains(words[0]),
            words[1].utf8.count == 4
        else { return nil }
        return EDTF(words[1] + "~").map(\.text)
    }

    /// `19850412`, `1985-04-12`, `1985-04`, `1985`, `--0412`, `--04-12`, `--04`, `---12`.
    private static func date(_ text: String) -> String? {
        let digits = text.filter { $0 != "-" && $0 != "/" }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        func part(_ from: Int, _ count: Int) -> Substring { digits.dropFirst(from).prefix(count) }
        if text.hasPrefix("---") { return digits.count == 2 ? "XXXX-XX-" + digits : nil }
        if text.hasPrefix("--") {
            switch digits.count {
            case 2: return "XXXX-" + digits
            case 4: return "XXXX-\(part(0, 2))-\(part(2, 2))"
            default: return nil
            }
        }
        switch digits.count {
        case 8: return "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))"
        case 6 where text.count == 7: return "\(part(0, 4))-\(part(4, 2))"
        case 4 where text.count == 4: return digits
        default: return nil
        }
    }

    /// `102200`, `10:22:00.5`, `1022`, with `Z`, `-05`, `-0500` or `-05:00` behind.
    private static func time(_ text: String) -> String? {
        var clock = Substring(text)
        var zone = ""
        if clock.hasSuffix("Z") {
            clock.removeLast()
            zone = "Z"
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let offset = offset(String(clock[sign...])) else { return nil }
            zone = offset
            clock = clock[..<sign]
        }
        let pieces = clock.split(maxSplits: 1) { $0 == "." || $0 == "," }
        guard let whole = pieces.first else { return nil }
        let digits = whole.filter { $0 != ":" }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let hours = digits.prefix(2)
        let minutes = digits.dropFirst(2).prefix(2)
        let seconds = digits.dropFirst(4)
        switch digits.count {
        case 4: return "\(hours):\(minutes)\(zone)"
        case 6: return "\(hours):\(minutes):\(seconds)\(zone)"
        default: return nil
        }
    }

    /// Returns an offset from UTC as `-05:00`, or nil where the text is none.
    static func offset(_ text: String) -> String? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        switch digits.count {
        case 1: return "\(sign)0\(digits):00"
        case 2: return "\(sign)\(digits):00"
        case 4: return "\(sign)\(digits.prefix(2)):\(digits.suffix(2))"
        default: return nil
        }
    }

    /// Returns EDTF as a date of vCard 4.0, or nil where it says what such a date cannot.
    static func basic(edtf: String) -> String? {
        let parts = edtf.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        func isNumber(_ text: String, _ count: Int) -> Bool {
            text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        switch parts.count {
        case 1 where isNumber(parts[0], 4): return edtf
        case 2 where isNumber(parts[0], 4) && isNumber(parts[1], 2): return edtf
        case 2 where parts[0] == "XXXX" && isNumber(parts[1], 2): return "--" + parts[1]
        case 3 where isNumber(parts[0], 4) && isNumber(parts[1], 2) && isNumber(parts[2], 2):
            return parts.joined()
        case 3 where parts[0] == "XXXX" && isNumber(parts[1], 2) && isNumber(parts[2], 2):
            return "--" + parts[1] + parts[2]
        case 3 where parts[0] == "XXXX" && parts[1] == "XX" && isNumber(parts[2], 2):
            return "---" + parts[2]
        default: return nil
        }
    }

    // MARK: jCard

    /// Returns a date, time or timestamp in the extended notation of jCard; other text stays.
    static func extended(_ text: String) -> String {
        let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first else { return text }
        let date = first.isEmpty ? "" : extendedDate(String(first))
        guard halves.count == 2 else { return date }
        return date + "T" + extendedTime(String(halves[1]))
    }

    private static func extendedDate(_ text: String) -> String {
        let digits = text.filter { $0 != "-" }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return text }
        if text.hasPrefix("---") { return text }
        if text.hasPrefix("--") {
            return digits.count == 4 ? "--\(digits.prefix(2))-\(digits.suffix(2))" : text
        }
        guard digits.count == 8 else { return text }
        return "\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))"
    }

    private static func extendedTime(_ text: String) -> String {
        var clock = Substring(text)
        var zone = ""
        if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }), sign != clock.startIndex {
            zone = offset(String(clock[sign...])) ?? String(clock[sign...])
            clock = clock[..<sign]
        } else if clock.hasSuffix("Z") {
            clock.removeLast()
            zone = "Z"
        }
        guard clock.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return clock + zone }
        var pieces: [Substring] = []
        while !clock.isEmpty {
            pieces.append(clock.prefix(2))
            clock = clock.dropFirst(2)
        }
        return pieces.joined(separator: ":") + zone
    }

    /// Returns an extended date, time or timestamp in the basic notation of vCard 4.0.
    static func basic(extended text: String) -> String {
        let halves = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first else { return text }
        let date = String(first)
        let isMonth = date.utf8.count == 7 && !date.hasPrefix("-")
        var basic = date
        if !isMonth {
            let dashes = date.prefix { $0 == "-" }
            basic = dashes + date.dropFirst(dashes.count).filter { $0 != "-" }
        }
        guard halves.count == 2 else { return basic }
        return basic + "T" + halves[1].filter { $0 != ":" }
    }
}
