import RecordModel

/// Dates as people and spreadsheets write them.
enum SpreadsheetDate {
    /// Whether the day or the month stands first in `03/04/2021`.
    enum Order: Hashable {
        case dayFirst
        case monthFirst
    }

    /// What a text is as a date.
    enum Reading: Hashable {
        /// A date, in the form of EDTF, and what was supposed in reading it.
        case date(String, remark: String?)
        /// Day and month cannot be told apart.
        case ambiguous
        /// There is nothing: `0/0/00`.
        case nothing
        /// It is written in no form that is known here.
        case other
    }

    /// Reads a date.
    ///
    /// - Parameters:
    ///   - text: What stands in the cell.
    ///   - order: What other cells of the column tell, if they do.
    /// - Returns: What the text is.
    static func read(_ text: String, order: Order?) -> Reading {
        let text = String(text.prefix(64))
        let (date, _) = parts(text)
        if let found = figures(date, order) { return found }
        if let found = words(text) { return found }
        return serial(text) ?? .other
    }

    /// Tells the order by a date in which only one is possible, or returns nil.
    static func evidence(in text: String) -> Order? {
        let fields = parts(text).date.split(whereSeparator: { "/-. ".contains($0) })
        guard fields.count == 3, fields[0].utf8.count <= 2, let first = Int(fields[0]),
            let second = Int(fields[1]), first >= 1, second >= 1
        else { return nil }
        if first > 12, first <= 31, second <= 12 { return .dayFirst }
        return second > 12 && second <= 31 && first <= 12 ? .monthFirst : nil
    }

    /// Returns the time of day behind a date, as `10:22`, or nil.
    static func time(in text: String) -> String? {
        let time = parts(text).time
        return time.contains(":") ? time : nil
    }

    /// The date, and the time of day behind it.
    private static func parts(_ text: String) -> (date: String, time: String) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "T" }).map(String.init)
        guard words.count >= 2, words[0].utf8.first.map({ (0x30...0x39).contains($0) }) == true,
            words[1].contains(":")
        else { return (String(text.drop(while: \.isWhitespace)), "") }
        let isAfternoon = words.dropFirst(2).first?.uppercased() == "PM"
        guard isAfternoon, let hour = Int(words[1].prefix { $0 != ":" }), hour < 12 else {
            return (words[0], words[1])
        }
        return (words[0], "\(hour + 12)" + words[1].drop { $0 != ":" })
    }

    private static func figures(_ text: String, _ order: Order?) -> Reading? {
        let separators = text.filter { "/-.".contains($0) }
        // `--04-15`: a birthday without a year.
        if text.hasPrefix("--"), text.utf8.count == 7 { return date(nil, text.dropFirst(2)) }
        guard separators.count == 2, Set(separators).count == 1, let mark = separators.first else {
            return nil
        }
        let fields = text.split(separator: mark, omittingEmptySubsequences: false)
            .map { $0.filter { !$0.isWhitespace } }
        let numbers = fields.compactMap { Int($0) }
        guard fields.count == 3, numbers.count == 3, fields.allSatisfy({ $0.utf8.count <= 4 })
        else { return nil }
        if numbers.allSatisfy({ $0 == 0 }) { return .nothing }
        if fields[0].utf8.count == 4 { return date(numbers[0], numbers[1], numbers[2], nil) }
        let (year, remark) = century(numbers[2], digits: fields[2].utf8.count)
        guard let year else { return nil }
        let (first, second) = (numbers[0], numbers[1])
        // With points the day stands first everywhere, unless the column proves otherwise.
        let order = order ?? (mark == "." || first == second ? .dayFirst : nil)
        switch order ?? evidence(in: text) {
        case .dayFirst: return date(year, second, first, remark)
        case .monthFirst: return date(year, first, second, remark)
        case nil: return first <= 12 && second <= 12 ? .ambiguous : nil
        }
    }

    /// Reads `04-15`.
    private static func date(_ year: Int?, _ text: Substring) -> Reading? {
        let fields = text.split(separator: "-").compactMap { Int($0) }
        return fields.count == 2 ? date(year, fields[0], fields[1], nil) : nil
    }

    private static func date(_ year: Int?, _ month: Int, _ day: Int, _ remark: String?) -> Reading?
    {
        let text = "\(year.map { padded($0, 4) } ?? "XXXX")-\(padded(month, 2))-\(padded(day, 2))"
        return EDTF(text) == nil ? nil : .date(text, remark: remark)
    }

    /// Two digits are of this century up to 29, as spreadsheets have it.
    private static func century(_ year: Int, digits: Int) -> (year: Int?, remark: String?) {
        switch digits {
        case 4: return (year, nil)
        case 2:
            let full = year + (year < 30 ? 2000 : 1900)
            return (full, "its year was read as \(full)")
        default: return (nil, nil)
        }
    }

    /// `14 Mar 2024`, `March 14, 2024`, `14. März 1980`, `avril 1980`.
    private static func words(_ text: String) -> Reading? {
        var month: Int?
        var numbers: [(value: Int, digits: Int)] = []
        for word in SearchFold.fold(text).split(whereSeparator: { " .,-/".contains($0) }) {
            if let value = Int(word) {
                numbers.append((value, word.utf8.count))
            } else if month == nil, let found = Self.month(String(word)) {
                month = found
            } else if let value = Int(word.prefix { $0.isNumber }),
                ["st", "nd", "rd", "th", "er"].contains(word.drop { $0.isNumber })
            {
                numbers.append((value, 1))
            } else if !["of", "de"].contains(word) {
                return nil
            }
        }
        guard let month else { return nil }
        let isYearFirst = numbers.first?.digits == 4
        switch numbers.count {
        case 1 where numbers[0].digits == 4:
            return .date("\(padded(numbers[0].value, 4))-\(padded(month, 2))", remark: nil)
        case 2:
            let (day, written) = isYearFirst ? (numbers[1], numbers[0]) : (numbers[0], numbers[1])
            let (year, remark) = century(written.value, digits: written.digits)
            guard let year else { return nil }
            return date(year, month, day.value, remark)
        default: return nil
        }
    }

    private static func month(_ word: String) -> Int? {
        months.firstIndex { names in
            names.split(separator: " ").contains { $0 == word }
                || word.utf8.count == 3 && names.hasPrefix(word)
        }.map { $0 + 1 }
    }

    private static let months = [
        "january januar janner janvier jan janv", "february februar fevrier feb fevr fev",
        "march marz mars mar mrz", "april avril apr avr", "may mai", "june juni juin jun",
        "july juli juillet jul juil", "august aout aug", "september septembre sep sept",
        "october oktober octobre oct okt", "november novembre nov",
        "december dezember decembre dec dez",
    ]

    /// A day as a spreadsheet counts it, since 1899-12-30.
    private static func serial(_ text: String) -> Reading? {
        guard text.utf8.count == 5, let number = Int(text), (10_000...60_000).contains(number),
            let date = EDTF.day(number - 25_569)
        else { return nil }
        return .date(date, remark: "the number was read as the day \(date), as spreadsheets count")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
