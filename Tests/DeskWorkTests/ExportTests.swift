import DeskWork
import TestSupport
import Testing

/// What leaves a desk in a file, and what stays (decision 0023).
struct ExportTests {
    private let test: TestDesk

    init() throws {
        test = try TestDesk()
        _ = try test.add("preferred_name=Open")
        _ = try test.add("preferred_name=Labelled", "handling=RESTRICTED")
        _ = try test.add("preferred_name=Objected", "restricted=true")
        _ = try test.add(
            "preferred_name=Withdrew",
            #"consent={"basis":"consent","scope":"keep","withdrawn":"2026-01-01"}"#
        )
        _ = try test.add(
            kind: "agreement",
            "title=Secret",
            "handling=RESTRICTED",
            "expires=2027-03-01"
        )
        _ = try test.add(kind: "agreement", "title=Known", "expires=2027-03-01")
    }

    private func export(
        _ kind: String?,
        _ format: ExportFormat,
        _ scope: ExportScope = .released
    ) throws -> (text: String, outcome: ExportOutcome) {
        var bytes: [UInt8] = []
        let outcome = try test.desk.export(kind: kind, format: format, scope: scope) { bytes += $0 }
        return (String(decoding: bytes, as: UTF8.self), outcome)
    }

    @Test(arguments: [ExportFormat.csv, .jsonl, .vcard, .jcard])
    func everyFormatWithholdsTheSamePeopleAndCountsThem(format: ExportFormat) throws {
        let (text, outcome) = try export("contact", format)
        #expect(outcome.written == 1)
        #expect(outcome.withheld.counts.map(\.count) == [1, 1, 1])
        #expect(text.contains("Open"))
        for name in ["Labelled", "Objected", "Withdrew"] { #expect(!text.contains(name)) }
    }

    @Test func labelsHoldForEveryKind() throws {
        let (text, outcome) = try export(nil, .jsonl)
        #expect(text.contains("Known") && !text.contains("Secret"))
        #expect(outcome.written == 2 && outcome.withheld.count == 4)
    }

    @Test func aCalendarShowsNoLabelsAndSoNothingRestricted() throws {
        var bytes: [UInt8] = []
        let outcome = try test.desk.exportCalendar(kind: "agreement") { bytes += $0 }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("Known") && !text.contains("Secret"))
        #expect(outcome.withheld.counts.map(\.count) == [1])
    }

    @Test(arguments: [ExportFormat.csv, .jsonl])
    func theWholeComesBackWithItsLabels(format: ExportFormat) throws {
        let (text, outcome) = try export("contact", format, .whole)
        #expect(outcome.written == 4 && outcome.withheld.isEmpty)
        let file = try test.file("whole.\(format.rawValue)", text)
        let other = try TestDesk("LON", seed: 2)
        let summary = try other.desk.importFiles(ImportOptions(files: [file], kind: "contact"))
        #expect(summary.created == 4 && summary.refused.isEmpty)
        for (name, field) in [
            ("Labelled", "handling"), ("Objected", "restricted"), ("Withdrew", "consent"),
        ] {
            let copies = try [test, other].map { desk in
                try desk.desk.list(kind: "contact", where: ["preferred_name=\(name)"])
                    .map { $0.field(field)?.text }
            }
            #expect(copies[0] == copies[1] && copies[0].count == 1)
        }
    }

    @Test func noCardHoldsTheWhole() throws {
        let error = #expect(throws: DeskError.self) { try export("contact", .vcard, .whole) }
        #expect(error?.code == .usage)
    }
}
