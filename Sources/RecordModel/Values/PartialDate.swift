/// A day, month or year of which digits may be unknown, and which may be doubtful.
///
/// `2026-03-14`, `2026-03`, `2026`, `199X`, `1999-XX`, `XXXX-04-15`, with `?`, `~` or `%` behind.
struct PartialDate: Hashable, Sendable {
    /// A month or a day, where one stands.
    enum Component: Hashable {
        case known(Int)
        /// `XX`.
        case unknown

        var number: Int? {
            if case .known(let number) = self { number } else { nil }
        }

        fileprivate var text: String {
            if case .known(let number) = self { padded(number, to: 2) } else { "XX" }
        }
    }

    /// The year without its unknown digits: 19 for `19XX`; the sign stands apart.
    private let yearPrefix: Int
    private let unknownYearDigits: Int
    private let isBeforeZero: Bool
    private let month: Component?
    private let day: Component?
    /// A time of day as it was written, from the `T`; it takes no part in comparisons.
    private let time: String
    /// `?` uncertain, `~` approximate, `%` both, or empty.
    let qualifier: String

    /// Creates a partial date, or nil where the text is none.
    init?(_ text: Substring) {
        var rest = Array(text.utf8)[...]
        var qualifier = ""
        if let last = rest.last, "?~%".utf8.contains(last) {
            qualifier = String(decoding: CollectionOfOne(last), as: UTF8.self)
            rest.removeLast()
        }
        isBeforeZero = rest.first == UInt8(ascii: "-")
        if isBeforeZero { rest.removeFirst() }
        let year = rest.prefix(4)
        let known = year.prefix(while: isDigit)
        guard year.count == 4, year.dropFirst(known.count).allSatisfy({ $0 | 0x20 == 0x78 })
        else { return nil }
        yearPrefix = decimal(known) ?? 0
        unknownYearDigits = 4 - known.count
        rest = rest.dropFirst(4)
        guard let month = Self.component(of: &rest), let day = Self.component(of: &rest) else {
            return nil
        }
        self.month = month.value
        self.day = day.value
        self.qualifier = qualifier
        guard let time = Self.time(rest) else { return nil }
        self.time = time
        guard isPossible, time.isEmpty || (day.value?.number != nil && qualifier.isEmpty) else {
            return nil
        }
    }

    private struct OptionalComponent {
        let value: Component?
    }

    /// Reads `-04` or `-XX` where one follows; nil where it is malformed.
    private static func component(of rest: inout ArraySlice<UInt8>) -> OptionalComponent? {
        guard rest.first == UInt8(ascii: "-") else { return OptionalComponent(value: nil) }
        let digits = rest.dropFirst().prefix(2)
        rest = rest.dropFirst(3)
        guard digits.count == 2 else { return nil }
        if digits.allSatisfy({ $0 | 0x20 == 0x78 }) { return OptionalComponent(value: .unknown) }
        return decimal(digits).map { OptionalComponent(value: .known($0)) }
    }

    private static func time(_ rest: ArraySlice<UInt8>) -> String? {
        guard let first = rest.first else { return "" }
        guard first == UInt8(ascii: "T"), ClockTime(rest.dropFirst()) != nil else { return nil }
        return String(decoding: rest, as: UTF8.self)
    }

    /// Whether the calendar has such a date in some year.
    private var isPossible: Bool {
        if isBeforeZero, unknownYearDigits == 0, yearPrefix == 0 { return false }
        if let month = month?.number, !(1...12).contains(month) { return false }
        guard let day = day?.number else { return true }
        guard case .known(let month) = month else { return (1...31).contains(day) }
        let year = unknownYearDigits == 0 ? (isBeforeZero ? -yearPrefix : yearPrefix) : 2000
        return (1...CivilDate.days(inMonth: month, of: year)).contains(day)
    }

    /// The canonical text.
    var text: String {
        let known = unknownYearDigits == 4 ? "" : padded(yearPrefix, to: 4 - unknownYearDigits)
        let year = known + String(repeating: "X", count: unknownYearDigits)
        let parts = [year] + [month, day].compactMap { $0?.text }
        return (isBeforeZero ? "-" : "") + parts.joined(separator: "-") + time + qualifier
    }

    /// The first and the last day that the date may mean.
    var bounds: ClosedRange<Int> {
        let scale = [1, 10, 100, 1000, 10_000][unknownYearDigits]
        let near = yearPrefix * scale
        let far = near + scale - 1
        let first = Self.day(isBeforeZero ? -far : near, month, day, last: false)
        let last = Self.day(isBeforeZero ? -near : far, month, day, last: true)
        return min(first, last)...max(first, last)
    }

    private static func day(
        _ year: Int,
        _ month: Component?,
        _ day: Component?,
        last: Bool
    ) -> Int {
        let month = month?.number ?? (last ? 12 : 1)
        // A 29 February of an unknown year may fall into a year without one.
        let length = CivilDate.days(inMonth: month, of: year)
        let day = Swift.min(day?.number ?? (last ? 31 : 1), length)
        return CivilDate(year: year, month: month, day: day)?.daysSince1970 ?? 0
    }

    /// Whether every date that this may mean is one that the other may mean, doubts aside.
    func refines(_ other: PartialDate) -> Bool {
        func refines(_ component: Component?, _ other: Component?) -> Bool {
            guard let number = other?.number else { return true }
            return component?.number == number
        }
        guard isBeforeZero == other.isBeforeZero, unknownYearDigits <= other.unknownYearDigits
        else { return false }
        let scale = [1, 10, 100, 1000, 10_000][other.unknownYearDigits - unknownYearDigits]
        return yearPrefix / scale == other.yearPrefix && refines(month, other.month)
            && refines(day, other.day)
    }
}
