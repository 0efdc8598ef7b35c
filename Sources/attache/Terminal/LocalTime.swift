import Foundation
import RecordModel

/// A moment as a person at this machine reads it.
enum LocalTime {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `14 Mar 2026 09:12`.
    static func text(_ time: HybridTime) -> String {
        let parts = Platform.localTime(secondsSince1970: seconds(time))
        return "\(date(parts)) \(padded(parts.tm_hour)):\(padded(parts.tm_min))"
    }

    /// `14 Mar 2026`.
    static func date(_ time: HybridTime) -> String {
        date(Platform.localTime(secondsSince1970: seconds(time)))
    }

    private static func date(_ parts: tm) -> String {
        let month = months.indices.contains(Int(parts.tm_mon)) ? months[Int(parts.tm_mon)] : "?"
        return "\(parts.tm_mday) \(month) \(Int(parts.tm_year) + 1900)"
    }

    /// The moment in seconds, not after the year 9999, to which a wrong clock may point.
    private static func seconds(_ time: HybridTime) -> Int {
        Int(min(time.milliseconds / 1000, 253_402_300_799))
    }

    private static func padded(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
