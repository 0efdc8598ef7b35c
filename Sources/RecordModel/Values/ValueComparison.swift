import Foundation

/// How two values of a type that has an order stand to each other.
public enum ValueOrder: Hashable, Sendable {
    /// The first is less.
    case before
    /// Both are the same.
    case same
    /// The first is greater.
    case after
    /// One is a stretch of time that the other falls into or overlaps.
    case overlapping
}

extension ValueType {
    /// Returns the bytes in which values that mean the same are the same: case, spacing and the
    /// end of an address are levelled.
    public func normalForm(_ bytes: [UInt8]) -> [UInt8] {
        switch self {
        case .text, .longtext, .refOrText, .email, .phone:
            let text = CanonicalText.composed(text(bytes).lowercased())
            return Array(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").utf8)
        case .url:
            return bytes.last == UInt8(ascii: "/") ? bytes.dropLast() : bytes
        default: return bytes
        }
    }

    /// Returns how two values stand to each other, or nil where they cannot be compared (other
    /// currencies, text that is no value of the type).
    ///
    /// Dates and times compare by their bounds, so a day may be compared with a month.
    public func order(_ left: [UInt8], _ right: [UInt8]) -> ValueOrder? {
        let (left, right) = (text(left), text(right))
        switch self {
        case .int: return Self.order(Int64(left), Int64(right))
        case .bool: return Self.order(Self.rank(left), Self.rank(right))
        case .date, .edtf:
            return Self.order(EDTF(left)?.bounds, EDTF(right)?.bounds)
        case .instant: return Self.order(Self.seconds(left), Self.seconds(right))
        case .money: return Self.order(amount: left, amount: right)
        case .enumeration(let words):
            return Self.order(words.firstIndex(of: left), words.firstIndex(of: right))
        default: return Self.order(fold(left), fold(right))
        }
    }

    /// Whether a value is more restrictive than another: true than false, a later word of an
    /// enumeration than an earlier one, a word of a later schema than all; false where neither can be
    /// told.
    public func isStricter(_ value: [UInt8], than other: [UInt8]) -> Bool {
        switch self {
        case .bool: order(value, other) == .after
        case .enumeration(let words):
            words.firstIndex(of: text(value)) ?? words.count
                > words.firstIndex(of: text(other)) ?? words.count
        default: false
        }
    }

    private func fold(_ text: String) -> String? { SearchFold.fold(text) }

    private static func order<Value: Comparable>(_ left: Value?, _ right: Value?) -> ValueOrder? {
        guard let left, let right else { return nil }
        return left == right ? .same : left < right ? .before : .after
    }

    private static func order(_ left: DayBounds?, _ right: DayBounds?) -> ValueOrder? {
        guard let left, let right else { return nil }
        if left == right { return .same }
        if left.upper < right.lower { return .before }
        return left.lower > right.upper ? .after : .overlapping
    }

    private static func order(amount left: String, amount right: String) -> ValueOrder? {
        do throws(ValueError) {
            let (left, right) = (try Money(left), try Money(right))
            guard left.currency == right.currency else { return nil }
            return order(left.minorUnits, right.minorUnits)
        } catch {
            return nil
        }
    }

    private static func rank(_ text: String) -> Int? {
        text == "true" ? 1 : text == "false" ? 0 : nil
    }

    /// The first and last nanosecond that an instant, day or month may mean, as bounds.
    private static func seconds(_ text: String) -> DayBounds? {
        let scale = 1_000_000_000
        if let instant = Instant(text) {
            guard let nanoseconds = decimal((instant.fraction + "000000000").utf8.prefix(9)) else {
                return nil
            }
            let (product, overflows) = instant.seconds.multipliedReportingOverflow(by: scale)
            guard !overflows else { return nil }
            return DayBounds(lower: product + nanoseconds, upper: product + nanoseconds)
        }
        guard let days = EDTF(text)?.bounds else { return nil }
        let lower = days.lower.multipliedReportingOverflow(by: 86_400 * scale)
        let upper = days.upper.addingReportingOverflow(1).partialValue
            .multipliedReportingOverflow(by: 86_400 * scale)
        return DayBounds(
            lower: lower.overflow ? .min : lower.partialValue,
            upper: upper.overflow ? .max : upper.partialValue - 1
        )
    }
}
