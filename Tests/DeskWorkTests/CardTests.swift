import DeskWork
import Foundation
import RecordModel
import RecordStorage
import TestSupport
import Testing

/// Cards into a replica and out of it.
struct CardTests {
    private func export(
        _ test: TestDesk,
        _ format: ExportFormat,
        kind: String = "contact"
    ) throws -> String {
        var bytes: [UInt8] = []
        _ = try test.desk.export(kind: kind, format: format) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields of every record by its uid, what belongs to one replica aside.
    private func fields(_ test: TestDesk, kind: String = "contact") throws -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for view in try test.desk.list(kind: kind) {
            let fields = (view.json()["fields"]?.object ?? []).filter { $0.name != "sources" }
            let levelled = fields.map { field in
                JSONMember(field.name, withoutKeys(field.value))
            }
            result[view.uid.description] = .object(levelled)
        }
        return result
    }

    private func withoutKeys(_ value: JSONValue) -> JSONValue {
        guard let items = value.array else { return value }
        let texts = items.map { item in
            item.object.map { .object($0.filter { $0.name != "key" }) } ?? item
        }
        return .array(texts.sorted { $0.text < $1.text })
    }

    @Test(arguments: [ExportFormat.vcard, .jcard]) func randomContactsComeBackAsTheyWere(
        format: ExportFormat
    ) throws {
        for seed in Seeds.first(4) {
            let test = try TestDesk("BER", seed: seed + 1)
            var generator = SeededGenerator(seed: seed)
            let lines = (0..<40).map { _ in RandomContact.line(&generator) }
            let source = try test.file("people.jsonl", lines.joined(separator: "\n"))
            let first = try test.desk.importFiles(ImportOptions(files: [source]))
            #expect(first.refused.map(\.reason) == [])
            let other = try TestDesk("BER", seed: seed + 1000)
            let file = try other.file("cards.\(format.rawValue)", try export(test, format))
            let summary = try other.desk.importFiles(ImportOptions(files: [file]))
            #expect(summary.refused.isEmpty && summary.held.isEmpty)
            #expect(summary.created == first.created)
            let (before, after) = (try fields(test), try fields(other))
            #expect(before.count == after.count)
            for (uid, fields) in before {
                #expect(after[uid] == fields, "seed \(seed)")
            }
            let again = try other.desk.importFiles(ImportOptions(files: [file]))
            #expect(again.unchanged == first.created)
            let home = try test.desk.importFiles(ImportOptions(files: [file]))
            #expect(home.unchanged == first.created)
        }
    }

    @Test func organisationsComeBackAsTheyWere() throws {
        let test = try TestDesk()
        let line =
            #"{"kind":"organisation","fields":{"name":"Institute, for Arid Lands","names":[{"text":"IAL","type":"acronym"}],"types":["facility"],"country":"PK","city":"Multan","emails":[{"value":"a@b.example","type":"work"}],"urls":[{"value":"https://ial.example","type":"website"}],"import_ids":["p:1"],"summary":"two\nlines"}}"#
        let source = try test.file("o.jsonl", line)
        _ = try test.desk.importFiles(ImportOptions(files: [source]))
        let other = try TestDesk("BER", seed: 2)
        let file = try other.file("o.vcf", try export(test, .vcard, kind: "organisation"))
        #expect(try other.desk.importFiles(ImportOptions(files: [file])).created == 1)
        #expect(try fields(test, kind: "organisation") == fields(other, kind: "organisation"))
    }

    private let card = """
        BEGIN:VCARD\r
        VERSION:3.0\r
        UID:4fbe8971\r
        FN:Ayesha Malik\r
        N:Malik;Ayesha;;;\r
        EMAIL;TYPE=INTERNET,WORK:a@b.org\r
        TITLE:Engineer\r
        NOTE:met in March\r
        X-SPOUSE:Bilal\r
        END:VCARD\r

        """

    @Test func theSameFileChangesNothingAndAChangedCardItsRecord() throws {
        let test = try TestDesk()
        let file = try test.file("people.vcf", card)
        #expect(try test.desk.importFiles(ImportOptions(files: [file])).created == 1)
        let before = try test.desk.store.read { try $0.sequence }
        #expect(try test.desk.importFiles(ImportOptions(files: [file])).unchanged == 1)
        #expect(try test.desk.store.read { try $0.sequence } == before)
        let newer = try test.file("people.vcf", card.replacing("Engineer", with: "Head"))
        #expect(try test.desk.importFiles(ImportOptions(files: [newer])).updated == 1)
        #expect(try test.text("ber-1", "position") == "Head")
        #expect(try test.desk.list(kind: "contact").count == 1)
    }

    @Test func theFormatIsToldByTheContent() throws {
        let test = try TestDesk()
        let file = try test.file("contacts.txt", card)
        #expect(try test.desk.importFiles(ImportOptions(files: [file])).created == 1)
        let json = try test.file("contacts.json", try export(test, .jcard))
        #expect(try test.desk.importFiles(ImportOptions(files: [json])).unchanged == 1)
    }

    @Test func whoMustNotGoOutIsWithheldAndCounted() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Open")
        _ = try test.add("preferred_name=Labelled", "handling=RESTRICTED")
        _ = try test.add("preferred_name=Objected", "restricted=true")
        _ = try test.add(
            "preferred_name=Withdrew",
            #"consent={"basis":"consent","scope":"keep","given":"2025-01-01","withdrawn":"2026-01-01"}"#
        )
        _ = try test.add(
            "preferred_name=Kept",
            #"consent=[{"basis":"consent","scope":"keep","withdrawn":"2026-01-01"},{"basis":"contract","scope":"keep"}]"#
        )
        var bytes: [UInt8] = []
        let outcome = try test.desk.export(kind: "contact", format: .vcard) { bytes += $0 }
        #expect(outcome.written == 2)
        #expect(outcome.withheld.count == 3)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("FN:Open") && text.contains("FN:Kept"))
        #expect(!text.contains("Labelled") && !text.contains("Withdrew"))
        #expect(throws: DeskError.self) {
            try test.desk.export(kind: "agreement", format: .vcard) { _ in }
        }
    }

    @Test(.enabled(if: TestData.url("vcards") != nil, "no public data"))
    func realCardsComeInOnceAndComeBackAsTheyWere() throws {
        let root = try #require(TestData.url("vcards")).path
        let files =
            (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".vcf") }.sorted().map { root + "/" + $0 }
        for file in files {
            let test = try TestDesk()
            let first = try test.desk.importFiles(ImportOptions(files: [file]))
            #expect(first.held.isEmpty, "\(file)")
            let again = try test.desk.importFiles(ImportOptions(files: [file]))
            #expect(again.created + again.updated == 0, "\(file)")
            let other = try TestDesk("BER", seed: 2)
            for format in [ExportFormat.vcard, .jcard] {
                let copy = try other.file("copy.\(format.rawValue)", try export(test, format))
                _ = try other.desk.importFiles(ImportOptions(files: [copy]))
                #expect(try fields(test) == fields(other), "\(file)")
            }
        }
    }
}

/// Contacts of every field, with texts that every notation has to escape.
enum RandomContact {
    private static let texts = [
        "Ayesha Malik", "عائشہ ملک", "a, b; c", #"back\slash \n"#, #"“quoted” "text""#,
        "^n caret ^^",
        "[bracket", "{brace", "colon: here", "=1+1", "孫中山", "Ñ ñ é", "x",
        "a rather long text that goes on beyond the seventy-five octets of a line of a card",
    ]

    /// An ORCID iD that follows from a number, with its check digit (ISO 7064 MOD 11-2).
    private static func orcid(_ number: Int) -> String {
        let digits = Array("00000002" + String(10_000_000 + number).suffix(7)).compactMap(
            \.wholeNumberValue
        )
        let check = (12 - digits.reduce(0) { ($0 + $1) * 2 } % 11) % 11
        let text = digits.map(String.init) + [check == 10 ? "X" : "\(check)"]
        return stride(from: 0, to: 16, by: 4).map { text[$0..<($0 + 4)].joined() }
            .joined(separator: "-")
    }

    /// One line of JSON Lines.
    static func line(_ random: inout SeededGenerator) -> String {
        func text() -> JSONValue { .string(random.pick(texts) ?? "x") }
        func word(_ words: [String]) -> JSONValue { .string(random.pick(words) ?? "") }
        func item(_ parts: [(String, JSONValue)], always: Int = 1) -> JSONValue {
            .object(
                parts.enumerated().filter { $0.offset < always || random.chance(50) }
                    .map { JSONMember($0.element.0, $0.element.1) }
            )
        }
        func items(_ make: () -> JSONValue) -> JSONValue {
            .array((0...random.below(3)).map { _ in make() })
        }
        let number = random.below(1_000_000)
        let country = word(["DE", "PK", "GB", "US", "KZ"])
        let all: [(String, JSONValue)] = [
            ("honorific", text()), ("sort_as", text()), ("employer", text()), ("position", text()),
            ("city", text()), ("country_of_residence", country),
            ("gender", word(["male", "female"])),
            (
                "birth_date",
                word(["1985-04-12", "1985-04", "1985~", "XXXX-04-15", "198X", "2018/.."])
            ),
            ("orcid", .string(orcid(number))),
            ("standing", word(["active", "deceased"])),
            ("do_not_contact", .bool(random.chance(50))),
            ("last_contacted", word(["2026-03-14"])),
            ("expertise_summary", .string("two\nlines, one")),
            ("handling", word(["INTERNAL", "PERSONAL"])), ("relationship_owner", word(["BER"])),
            (
                "names",
                items {
                    item([
                        // Two people who share a name and a number are one person to an import.
                        ("text", .string("\(random.pick(texts) ?? "x") \(number)")),
                        ("lang", word(["ur", "en", "de"])),
                        ("script", word(["Latn", "Arab"])),
                        ("use", word(["display", "birth", "pen"])),
                        ("given", text()), ("family", text()), ("patronymic", text()),
                    ])
                }
            ),
            (
                "emails",
                items {
                    item([
                        (
                            "value",
                            word(["A\(number)@b.org", "c\(number)@d.example", "no address"])
                        ),
                        ("type", word(["work", "home", "other"])),
                        ("primary", .bool(random.chance(50))),
                        ("valid", .bool(random.chance(50))),
                    ])
                }
            ),
            (
                "phones",
                items {
                    item([
                        (
                            "value",
                            word(["+49 30 1234567", "030/7654321", "ask", "+1 212 555 0100 x5"])
                        ),
                        ("type", word(["work", "mobile", "home", "fax", "other"])),
                        ("primary", .bool(true)),
                    ])
                }
            ),
            (
                "addresses",
                items {
                    item([
                        ("text", text()), ("type", word(["work", "home", "other"])),
                        ("street", text()),
                        ("city", text()), ("region", text()), ("postcode", word(["10115"])),
                        ("country", country),
                    ])
                }
            ),
            (
                "urls",
                items {
                    item([
                        (
                            "value",
                            word([
                                "https://a.example/x;y,z", "www.b.example",
                                "https://orcid.org/0000-0002-1825-0097",
                            ])
                        ), ("type", word(["work", "profile", "other"])),
                    ])
                }
            ),
            (
                "affiliations",
                items {
                    item([
                        ("organisation", text()), ("title", text()), ("from", word(["2018"])),
                        ("primary", .bool(true)),
                    ])
                }
            ),
            (
                "languages",
                items { item([("lang", word(["ur", "de"])), ("level", word(["c1"]))]) }
            ),
            (
                "research_fields",
                items { item([("code", word(["2.2", "1.3"])), ("source", text())]) }
            ),
            (
                "consent",
                items {
                    item(
                        [("basis", word(["consent", "contract"])), ("scope", word(["keep"]))],
                        always: 2
                    )
                }
            ),
            (
                "extra",
                items {
                    item(
                        [
                            (
                                "name",
                                word([
                                    "X-FOO", "Favourite colour", "TEL;TYPE=pager", "N", "EMAIL",
                                    "item1.X-BAR;A=b", "BDAY", "X-ATTACHE-CITY", "VERSION", "ORG",
                                ])
                            ), ("value", text()),
                        ],
                        always: 2
                    )
                }
            ),
            ("keywords", items(text)), ("tags", items(text)), ("notes", items(text)),
            ("themes", .array([word(["water", "ai"])])), ("nationality", .array([country])),
        ]
        var members = [
            JSONMember("preferred_name", .string("Person \(number)"))
        ]
        if random.chance(20) { members = [JSONMember("preferred_name", text())] }
        if random.chance(60) {
            members.append(JSONMember("import_ids", .array([.string("p:\(number)")])))
        }
        members += all.filter { _ in random.chance(40) }.map { JSONMember($0.0, $0.1) }
        return JSONValue.object([
            JSONMember("kind", .string("contact")), JSONMember("fields", .object(members)),
        ]).text
    }
}
