import Interchange
import RecordModel
import Testing

struct CalendarWriterTests {
    private func text(_ entries: [CalendarEntry]) -> String {
        let writer = CalendarWriter()
        var bytes: [UInt8] = []
        writer.begin(&bytes)
        for entry in entries { writer.write(entry, to: &bytes) }
        writer.end(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func entry(
        _ kind: CalendarEntry.Kind,
        summary: String = "Expires: MoU",
        description: String = ""
    ) -> CalendarEntry {
        CalendarEntry(
            uid: "0123456789abcdef-expires@attache",
            changed: Instant(seconds: 1_772_000_000),
            kind: kind,
            day: CivilDate(year: 2026, month: 12, day: 31),
            summary: summary,
            description: description,
            category: "agreement"
        )
    }

    /// Joins folded lines again (RFC 5545 §3.1).
    private func unfolded(_ text: String) -> [String] {
        String(decoding: Array(text.utf8), as: UTF8.self)
            .replacing("\r\n ", with: "").split(separator: "\r\n").map(String.init)
    }

    @Test func anEventFillsItsDay() {
        let lines = unfolded(text([entry(.event)]))
        #expect(lines.first == "BEGIN:VCALENDAR")
        #expect(lines.last == "END:VCALENDAR")
        #expect(lines.contains("DTSTART;VALUE=DATE:20261231"))
        #expect(lines.contains("DTEND;VALUE=DATE:20270101"))
        #expect(lines.contains("DTSTAMP:20260225T061320Z"))
        #expect(lines.contains("UID:0123456789abcdef-expires@attache"))
    }

    @Test func aTaskIsDueAndMayBeDone() {
        let open = unfolded(text([entry(.task(done: nil))]))
        #expect(open.contains("BEGIN:VTODO"))
        #expect(open.contains("DUE;VALUE=DATE:20261231"))
        #expect(open.contains("STATUS:NEEDS-ACTION"))
        let done = unfolded(text([entry(.task(done: CivilDate(year: 2026, month: 3, day: 14)))]))
        #expect(done.contains("COMPLETED:20260314T000000Z"))
        #expect(done.contains("STATUS:COMPLETED"))
    }

    @Test(arguments: [
        "A; B, C \\ D\nnext", String(repeating: "ab", count: 100),
        String(repeating: "水", count: 60),
        "عائشہ ملک " + String(repeating: "x", count: 70), "a\u{0}b\r\u{1B}c", "",
    ])
    func linesAreFoldedAtSeventyFiveOctetsAndReadBack(summary: String) {
        let text = text([entry(.event, summary: summary)])
        // Swift takes CR LF for one character, so octets are looked at.
        let lines = text.utf8.split(separator: 0x0A)
        for line in lines {
            #expect(line.last == 0x0D)
            #expect(line.count - 1 <= 75)
            #expect(String(validating: line, as: UTF8.self) != nil)
        }
        let shown = unfolded(text).first { $0.hasPrefix("SUMMARY:") }?.dropFirst(8) ?? ""
        let back = shown.replacing("\\\\", with: "\u{1}").replacing("\\n", with: "\n")
            .replacing("\\;", with: ";").replacing("\\,", with: ",").replacing("\u{1}", with: "\\")
        let wanted = String(
            String.UnicodeScalarView(
                summary.unicodeScalars.filter { $0 == "\n" || $0.value >= 0x20 }
            )
        )
        #expect(back == wanted)
    }
}
