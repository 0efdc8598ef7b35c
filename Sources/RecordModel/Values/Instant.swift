/// A moment in UTC, to the fraction of a second that was given.
///
/// Canonical text: RFC 3339 in UTC with seconds, as `2026-03-14T09:12:00Z`; a fraction only where
/// it is not zero. Years are 0000 to 9999.
public struct Instant: Hashable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int
    /// The fraction's digits without zeros at the end, at most nine.
    public let fraction: String

    /// Creates a moment of whole seconds.
    public init(seconds: Int) {
        self.seconds = seconds
        fraction = ""
    }

    /// Creates a moment from RFC 3339, or from a local time without zone; nil for other text.
    ///
    /// The date and time may be separated by a space, and the seconds left out.
    public init?(_ text: String, context: ValueContext = ValueContext()) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 16, let date = CivilDate(text.prefix(10)), date.year >= 0,
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]),
            let time = ClockTime(bytes[11...])
        else { return nil }
        let local = date.daysSince1970 * 86_400 + time.seconds
        let seconds = local - (time.offset ?? context.utcOffset(local))
        guard Self.range.contains(seconds) else { return nil }
        self.seconds = seconds
        fraction = time.fraction
    }

    /// The years 0000 to 9999.
    private static let range = -62_167_219_200..<253_402_300_800

    /// The canonical text.
    public var text: String {
        let days = floorDivision(seconds, by: 86_400)
        let rest = seconds - days * 86_400
        let date = CivilDate(daysSince1970: days)?.text ?? "0000-01-01"
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, to: 2) }
        return "\(date)T\(clock.joined(separator: ":"))\(fraction.isEmpty ? "" : ".")\(fraction)Z"
    }
}

/// A time of day with its zone: `09:12`, `09:12:00.5+01:00`, `09:12Z`.
struct ClockTime {
    /// Seconds since midnight.
    let seconds: Int
    /// The fraction's digits without zeros at the end.
    let fraction: String
    /// The offset from UTC in seconds, or nil without a zone.
    let offset: Int?

    init?(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        func twoDigits(_ limit: Int) -> Int? {
            guard rest.count >= 2, let number = decimal(rest.prefix(2)), number < limit else {
                return nil
            }
            rest = rest.dropFirst(2)
            return number
        }
        guard let hour = twoDigits(24), rest.popFirst() == UInt8(ascii: ":"),
            let minute = twoDigits(60)
        else { return nil }
        var second = 0
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ":") {
            rest = rest.dropFirst()
            // A leap second (60) reads as the second that follows it.
            guard let number = twoDigits(61) else { return nil }
            second = number
            if rest.first == UInt8(ascii: ".") {
                fraction = rest.dropFirst().prefix(while: isDigit)
                guard (1...9).contains(fraction.count) else { return nil }
                rest = rest.dropFirst(1 + fraction.count)
            }
        }
        switch rest.popFirst() {
        case nil: offset = nil
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): offset = 0
        case let sign? where sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"):
            guard let hours = twoDigits(24), rest.popFirst() == UInt8(ascii: ":"),
                let minutes = twoDigits(60)
            else { return nil }
            offset = (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
        default: return nil
        }
        guard rest.isEmpty else { return nil }
        seconds = hour * 3600 + minute * 60 + second
        while fraction.last == UInt8(ascii: "0") { fraction.removeLast() }
        self.fraction = String(decoding: fraction, as: UTF8.self)
    }
}
