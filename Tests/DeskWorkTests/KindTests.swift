import Foundation
import RecordModel
import Testing

@testable import DeskWork

/// The kinds beside the five that schema.md gives in full: each is made, listed, written out and read back.
struct KindTests {
    static let samples: [(kind: String, fields: [String])] = [
        (
            "opportunity",
            [
                "title=Call", "type=call", "issuer=A fund", "country=UZ", "research_fields=2.7",
                "deadline=2027-01-15T17:00:00+05:00", "amount=EUR 20000", "status=open",
                "level=graduate",
                "url=https://fund.example/call", "matched_contacts=ber-9",
            ]
        ),
        (
            "priority",
            [
                "title=Water", "research_fields=2.7", "countries=UZ", "country_group=central-asia",
                "sdg=6.4", "themes=water", "valid_from=2026-01-01", "lead=HQ",
                #"indicators=[{"text":"laboratories","target":"4","due":"2027-01-01"}]"#,
            ]
        ),
        (
            "posting",
            [
                "title=Counsellor", "contact=ber-9", "mission=tas", "portfolio_fields=2.7",
                "portfolio_countries=UZ", "from=2025-01-01", "to=2027-01-01",
            ]
        ),
        (
            "event",
            [
                "title=Summit", "type=summit", "start=2026-05", "country=AU",
                #"attendees=[{"contact":"A. Guest","status":"attended"},{"contact":"ber-9","status":"invited"}]"#,
                "winners=A start-up",
            ]
        ),
        (
            "output",
            [
                "title=Paper", "type=publication", "doi=10.1000/182", "published=2022-03",
                "languages=en",
                #"authors=[{"author":"A. Author","position":1,"credit":"writing"}]"#, "sdg=6.4",
            ]
        ),
        (
            "assessment",
            [
                "subject=Labs", "quadrant=weakness", "research_field=2.7", "country=UZ",
                "statement=Few.", "date=2026-04-01",
            ]
        ),
        (
            "group",
            [
                "name=Task force", "mandate=To advise.", "from=2026",
                #"members=[{"contact":"A. Member","role":"chair"}]"#,
            ]
        ),
        (
            "mission",
            [
                "name=Tashkent", "code=tas", "city=Tashkent", "country=UZ", "accreditations=TJ",
                "phone_region=UZ", "language=ru", "time_zone=Asia/Tashkent",
            ]
        ),
        (
            "message",
            [
                "title=Line", "text=We share.", "language=en", "countries=UZ",
                "valid_until=2027-01-01",
            ]
        ),
    ]

    @Test(arguments: samples.indices)
    func aRecordOfTheKindComesBackFromBothFormats(index: Int) throws {
        let (kind, fields) = Self.samples[index]
        for format in [ExportFormat.csv, .jsonl] {
            let (source, target) = (try TestDesk("BER", seed: 1), try TestDesk("LON", seed: 2))
            let assignments = try source.assignments(fields)
            let made = try source.desk.add(kind: kind, assignments)
            #expect(try source.desk.list(kind: kind).map(\.id) == [made.id])
            var bytes: [UInt8] = []
            _ = try source.desk.export(kind: kind, format: format) { bytes += $0 }
            let file = try target.file(
                "export.\(format.rawValue)",
                String(decoding: bytes, as: UTF8.self)
            )
            _ = try target.desk.importFiles(ImportOptions(files: [file], kind: kind))
            let copy = try #require(try target.desk.list(kind: kind).first)
            let original = try source.desk.show(made.id)
            for assignment in assignments {
                let name = assignment.path.field
                let texts = [original, copy].map { $0.field(name)?.values.map(\.text) }
                #expect(texts[0] == texts[1], "\(kind).\(name) by \(format.rawValue)")
                #expect(texts[0]?.isEmpty == false)
            }
        }
    }
}
