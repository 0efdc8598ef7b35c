/// A partial or uncertain date, or an interval of such.
///
/// The Extended Date/Time Format (ISO 8601-2:2019), level 0, with of level 1 the qualifiers `?`
/// `~` `%`, unspecified digits `X`, negative years and open intervals (`2018/..`, `2018/`).
public struct EDTF: Hashable, Sendable {
    private enum End: Hashable {
        case date(PartialDate)
        /// `..`: there is no end.
        case open
        /// Nothing: the end is not known.
        case unknown

        init?(_ text: Substring) {
            switch text {
            case "": self = .unknown
            case "..": self = .open
            default:
                guard let date = PartialDate(text) else { return nil }
                self = .date(date)
            }
        }

        var text: String {
            switch self {
            case .date(let date): date.text
            case .open: ".."
            case .unknown: ""
            }
        }

        var date: PartialDate? {
            if case .date(let date) = self { date } else { nil }
        }

        func refines(_ other: End) -> Bool {
            switch (self, other) {
            case (_, .unknown): true
            case (.date(let date), .date(let other)): date.refines(other)
            default: self == other
            }
        }
    }

    private let start: End
    private let end: End?

    /// Creates a date or interval, or nil where the text is none that is accepted.
    public init?(_ text: String) {
        let ends = text.split(separator: "/", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = ends.first, let start = End(first) else { return nil }
        self.start = start
        if ends.count == 1 {
            guard start.date != nil else { return nil }
            end = nil
        } else {
            guard let end = End(ends[1]), start.date != nil || end.date != nil else { return nil }
            self.end = end
            guard bounds.lower <= bounds.upper else { return nil }
        }
    }

    /// Returns the text of the day that is so many days after 1970-01-01, or nil beyond ±9999.
    public static func day(_ days: Int) -> String? { CivilDate(daysSince1970: days)?.text }

    /// The canonical text.
    public var text: String {
        start.text + (end.map { "/" + $0.text } ?? "")
    }

    /// The first and the last day that may be meant, doubts aside.
    public var bounds: DayBounds {
        DayBounds(
            lower: start.date?.bounds.lowerBound ?? .min,
            upper: (end ?? start).date?.bounds.upperBound ?? .max
        )
    }

    /// Whether this says all that the other says, and more, and is not in doubt where the other
    /// is not.
    public func isMorePrecise(than other: EDTF) -> Bool {
        guard (end == nil) == (other.end == nil) else { return false }
        let isWithin =
            start.refines(other.start) && (end ?? start).refines(other.end ?? other.start)
        guard isWithin, !isInDoubt || other.isInDoubt else { return false }
        let isSame = other.start.refines(start) && (other.end ?? other.start).refines(end ?? start)
        return !isSame || isInDoubt != other.isInDoubt
    }

    private var isInDoubt: Bool {
        [start, end].contains { $0?.date?.qualifier.isEmpty == false }
    }
}

/// The first and the last day of a stretch of time, in days since 1970-01-01.
public struct DayBounds: Hashable, Sendable {
    /// The first day; `Int.min` where there is none.
    public let lower: Int
    /// The last day; `Int.max` where there is none.
    public let upper: Int
}
