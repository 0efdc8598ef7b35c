import RecordModel

/// An entry of a calendar that fills whole days.
public struct CalendarEntry: Hashable, Sendable {
    /// What the entry is.
    public enum Kind: Hashable, Sendable {
        /// Something that falls on the day.
        case event
        /// Something to be done by the day; `done` is when it was.
        case task(done: CivilDate?)
    }

    /// The globally unique identifier, which stays with the entry.
    public let uid: String
    /// When what the entry stands on was last changed.
    public let changed: Instant
    /// What it is.
    public let kind: Kind
    /// The day; nil for a task without one.
    public let day: CivilDate?
    /// What is shown in a calendar.
    public let summary: String
    /// More about it.
    public let description: String
    /// What sorts entries, as “agreement”.
    public let category: String

    /// Creates an entry.
    public init(
        uid: String,
        changed: Instant,
        kind: Kind,
        day: CivilDate?,
        summary: String,
        description: String = "",
        category: String
    ) {
        self.uid = uid
        self.changed = changed
        self.kind = kind
        self.day = day
        self.summary = summary
        self.description = description
        self.category = category
    }
}

/// A writer of iCalendar (RFC 5545): all-day events and tasks, in UTF-8 with CR LF line ends and lines
/// folded at 75 octets.
///
/// What is written is a function of the entries alone: the time stamps are those of the changes, so that
/// the same records give the same file.
public struct CalendarWriter: Sendable {
    /// Creates a writer.
    public init() {}

    /// Appends what opens a calendar.
    public func begin(_ bytes: inout [UInt8]) {
        line("BEGIN:VCALENDAR", to: &bytes)
        line("VERSION:2.0", to: &bytes)
        line("PRODID:-//Attache//Records//EN", to: &bytes)
        line("CALSCALE:GREGORIAN", to: &bytes)
    }

    /// Appends what closes a calendar.
    public func end(_ bytes: inout [UInt8]) {
        line("END:VCALENDAR", to: &bytes)
    }

    /// Appends an entry.
    public func write(_ entry: CalendarEntry, to bytes: inout [UInt8]) {
        let component = entry.kind == .event ? "VEVENT" : "VTODO"
        line("BEGIN:\(component)", to: &bytes)
        line("UID:\(Self.escaped(entry.uid))", to: &bytes)
        line("DTSTAMP:\(Self.text(entry.changed))", to: &bytes)
        line("LAST-MODIFIED:\(Self.text(entry.changed))", to: &bytes)
        writeDay(of: entry, to: &bytes)
        line("SUMMARY:\(Self.escaped(entry.summary))", to: &bytes)
        if !entry.description.isEmpty {
            line("DESCRIPTION:\(Self.escaped(entry.description))", to: &bytes)
        }
        line("CATEGORIES:\(Self.escaped(entry.category))", to: &bytes)
        line("END:\(component)", to: &bytes)
    }

    private func writeDay(of entry: CalendarEntry, to bytes: inout [UInt8]) {
        switch entry.kind {
        case .event:
            if let day = entry.day {
                line("DTSTART;VALUE=DATE:\(Self.text(day))", to: &bytes)
                // The end is the first day that no longer belongs to it (§3.6.1).
                if let next = CivilDate(daysSince1970: day.daysSince1970 + 1) {
                    line("DTEND;VALUE=DATE:\(Self.text(next))", to: &bytes)
                }
            }
            // A deadline does not make anybody busy.
            line("TRANSP:TRANSPARENT", to: &bytes)
        case .task(let done):
            if let day = entry.day { line("DUE;VALUE=DATE:\(Self.text(day))", to: &bytes) }
            if let done {
                line("COMPLETED:\(Self.text(done))T000000Z", to: &bytes)
                line("STATUS:COMPLETED", to: &bytes)
            } else {
                line("STATUS:NEEDS-ACTION", to: &bytes)
            }
        }
    }

    /// `20260314`.
    private static func text(_ day: CivilDate) -> String { day.text.filter { $0 != "-" } }

    /// `20260314T091200Z`; parts of a second have no place there.
    private static func text(_ instant: Instant) -> String {
        Instant(seconds: instant.seconds).text.filter { $0 != "-" && $0 != ":" }
    }

    /// Escapes a TEXT value (§3.3.11); other control characters have no place in a calendar.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": result.unicodeScalars.append(contentsOf: ["\\", scalar])
            case "\n": result += "\\n"
            case "\r": break
            case "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The octets of a line at most, without its end (§3.1).
    private static let lineLength = 75

    /// Appends a line, folded between characters.
    private func line(_ text: String, to bytes: inout [UInt8]) {
        var used = 0
        for scalar in text.unicodeScalars {
            let octets = UTF8.encode(scalar).map(Array.init) ?? []
            if used + octets.count > Self.lineLength {
                bytes.append(contentsOf: [0x0D, 0x0A, 0x20])
                used = 1
            }
            bytes.append(contentsOf: octets)
            used += octets.count
        }
        bytes.append(contentsOf: [0x0D, 0x0A])
    }
}
