import DeskWork
import Foundation
import RecordModel
import RecordStorage
import StorageTestSupport
import TestSupport
import Testing

struct ImportTests {
    private let lines = """
        {"kind":"contact","fields":{"preferred_name":"Dr Ayesha Malik","city":"Berlin","import_ids":["p:1"],"notes":["met in March"]}}
        {"kind":"contact","fields":{"preferred_name":"Bilal Khan","emails":[{"value":"b@k.org","type":"work"}]}}
        {"kind":"contact","fields":{"city":"Nowhere"}}
        not json
        {"kind":"contact","fields":{"preferred_name":"C","country_of_residence":"Atlantis"}}
        """

    @Test func everyRowIsAccountedForAndTheSameFileChangesNothing() throws {
        let test = try TestDesk()
        let file = try test.file("people.jsonl", lines)
        let first = try test.desk.importFiles(ImportOptions(files: [file]))
        #expect(first.created == 2)
        #expect(first.refused.map(\.line) == [3, 4, 5])
        let before = try test.desk.store.read { try $0.sequence }
        let again = try test.desk.importFiles(ImportOptions(files: [file]))
        #expect(again.unchanged == 2)
        #expect(again.created + again.updated == 0)
        #expect(try test.desk.store.read { try $0.sequence } == before)
    }

    @Test func aDryRunSaysWhatWouldHappenAndWritesNothing() throws {
        let test = try TestDesk()
        let file = try test.file("people.jsonl", lines)
        let before = try test.desk.store.read { try $0.sequence }
        let summary = try test.desk.importFiles(ImportOptions(files: [file], isDryRun: true))
        #expect(summary.created == 2)
        #expect(try test.desk.store.read { try $0.sequence } == before)
    }

    @Test func aChangedRowUpdatesItsRecordAndAnImportIsTakenBack() throws {
        let test = try TestDesk()
        let file = try test.file("people.jsonl", lines)
        _ = try test.desk.importFiles(ImportOptions(files: [file]))
        let other = try test.file(
            "again.jsonl",
            """
            {"kind":"contact","fields":{"preferred_name":"Dr Ayesha Malik","city":"Munich","import_ids":["p:1"]}}
            """
        )
        let run = try test.desk.importFiles(ImportOptions(files: [other]))
        #expect(run.updated == 1)
        #expect(try test.text("ber-1", "city") == "Munich")
        _ = try test.desk.undoImport(run.run)
        #expect(try test.text("ber-1", "city") == "Berlin")
    }

    @Test func twoRowsAboutOneRecordInOneFileMakeOne() throws {
        let test = try TestDesk()
        let file = try test.file(
            "twice.jsonl",
            """
            {"kind":"contact","fields":{"preferred_name":"A","import_ids":["p:7"]}}
            {"kind":"contact","fields":{"preferred_name":"A","city":"Berlin","import_ids":["p:7"]}}
            """
        )
        let summary = try test.desk.importFiles(ImportOptions(files: [file]))
        #expect(summary.created == 1)
        #expect(summary.updated == 1)
        #expect(try test.text("ber-1", "city") == "Berlin")
    }

    @Test(arguments: [ExportFormat.jsonl, .csv]) func whatIsExportedReadsBack(
        format: ExportFormat
    ) throws {
        let test = try TestDesk()
        _ = try test.add(
            "preferred_name==Dr \"Ayesha\"; Malik",
            "emails+=a@b.org",
            "phones+=+49 30 1234567",
            "tags+=one",
            "tags+=two; three",
            "last_contacted=2026-03-14",
            "do_not_contact=true",
            "expertise_summary=two\nlines",
            "notes+=a note",
            "birth_date=1985~",
            "research_fields+={\"code\":\"2.2\",\"level\":\"expert\"}"
        )
        var bytes: [UInt8] = []
        _ = try test.desk.export(kind: "contact", format: format) { bytes += $0 }
        let name = format == .csv ? "out.csv" : "out.jsonl"
        let file = try test.file(name, String(decoding: bytes, as: UTF8.self))
        let other = try TestDesk("LON", seed: 2)
        let summary = try other.desk.importFiles(ImportOptions(files: [file], kind: "contact"))
        #expect(summary.refused.isEmpty)
        #expect(summary.created == 1)
        let fields = try [test.desk.show("ber-1"), other.desk.show("lon-1")].map { view in
            (view.json()["fields"]?.object ?? []).filter {
                !["sources", "import_ids", "owner", "notes"].contains($0.name)
            }
        }
        #expect(fields[0] == fields[1])
        #expect(try other.text("lon-1", "notes") == "a note")
    }

    @Test(.enabled(if: TestData.url("orgs/ror-sample.schema-v2.jsonl") != nil, "no public data"))
    func realOrganisationsComeInOnce() throws {
        let file = try #require(TestData.url("orgs/ror-sample.schema-v2.jsonl")).path
        let test = try TestDesk()
        let options = ImportOptions(files: [file], format: .ror, space: "all-missions")
        let first = try test.desk.importFiles(options)
        #expect(first.created == 794)
        #expect(first.refused.isEmpty)
        let before = try test.desk.store.read { try $0.sequence }
        let again = try test.desk.importFiles(options)
        #expect(again.unchanged == 794)
        #expect(try test.desk.store.read { try $0.sequence } == before)
        #expect(try test.desk.find("جامعہ کراچی").first?.title == "University of Karachi")
        let centre = try #require(
            try test.desk.list(kind: "organisation", where: ["ror=024ghrf67"]).first
        )
        let relation = centre.json()["fields"]?["relations"]?.array?.first?["organisation"]
        #expect(relation?["name"] == .string("University of Karachi"))
        #expect(try test.desk.doctor().isOK)
    }
}
