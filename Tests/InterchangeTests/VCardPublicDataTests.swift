import Foundation
import RecordModel
import TestSupport
import Testing

@testable import Interchange

/// Cards that real programs wrote, beside what an independent reader made of them.
@Suite(.enabled(if: TestData.url("expected/vcards.vobject.json") != nil, dataIsAbsent))
struct VCardPublicDataTests {
    /// Where this reader reads otherwise, and why: `file#card field`.
    private static let exceptions: [String: String] = [
        "vcards/ez-vcard/John_Doe_MS_OUTLOOK.vcf#0 n":
            "in 2.1 a comma separates nothing: the second name is “Richter,James”",
        "vcards/evolution-data-server/11.vcf#0 props":
            "lines with an empty parameter are read here; the other reader skips two of them",
        "vcards/ez-vcard/John_Doe_GMAIL.vcf#0 fn":
            "a full name is one text: a comma that is not escaped is part of it",
        "vcards/ez-vcard/outlook-2003.vcf#0 org":
            "commas separate nothing in ORG: the organisation is “Company, The”",
    ]

    private func cards(_ path: String, keepsBinary: Bool = false) throws -> [VCard] {
        let file = try #require(TestData.url(path))
        var scanner = VCardScanner(try ByteSource(path: file.path), keepsBinary: keepsBinary)
        var cards: [VCard] = []
        while let element = try scanner.next() {
            if case .card(let card) = element { cards.append(card) }
        }
        return cards
    }

    @Test func cardsReadAsAnIndependentReaderReadsThem() throws {
        let file = try #require(TestData.url("expected/vcards.vobject.json"))
        let expected = try JSONValue(parsing: [UInt8](try Data(contentsOf: file)))
        let files = try #require(expected["files"]?.object)
        #expect(files.count > 30)
        var differing: [String] = []
        for entry in files {
            let cards = try cards(entry.name)
            let others = entry.value["cards"]?.array ?? []
            #expect(cards.count == others.count, "\(entry.name)")
            for (index, (card, other)) in zip(cards, others).enumerated() {
                let readings: [(String, JSONValue?)] = [
                    ("fn", .array(card.all("FN").map { .string($0.text) })),
                    ("n", card.first("N").map(Self.name)),
                    ("email", .array(Self.texts(card, "EMAIL"))),
                    ("tel", .array(Self.texts(card, "TEL"))),
                    (
                        "org",
                        .array(card.all("ORG").map { .array($0.texts.map(JSONValue.string)) })
                    ),
                    ("uid", .array(card.all("UID").map { .string($0.text) })),
                    ("version", .string(card.version)),
                    ("props", .number(card.properties.count)),
                ]
                for (field, reading) in readings {
                    let expected = other[field] == .null ? nil : other[field]
                    let place = "\(entry.name)#\(index) \(field)"
                    guard reading != expected else { continue }
                    differing.append(place)
                    #expect(
                        Self.exceptions[place] != nil,
                        "\(place): \(reading?.text ?? "none"), not \(expected?.text ?? "none")"
                    )
                }
            }
        }
        #expect(Set(differing) == Set(Self.exceptions.keys))
    }

    private static func texts(_ card: VCard, _ name: String) -> [JSONValue] {
        card.all(name).map { .string($0.text) }
    }

    private static func name(_ property: VCardProperty) -> JSONValue {
        let components = property.components.map { values in
            values.count == 1 ? JSONValue.string(values[0]) : .array(values.map(JSONValue.string))
        }
        let missing = Array(repeating: JSONValue.string(""), count: max(0, 5 - components.count))
        return .array(components + missing)
    }

    @Test func filesThatTheOtherReaderFailsOnAreReadOrRefusedWithLineAndReason() throws {
        let file = try #require(TestData.url("expected/vcards.vobject.json"))
        let expected = try JSONValue(parsing: [UInt8](try Data(contentsOf: file)))
        for entry in expected["vobject_could_not_read"]?.object ?? [] {
            let path = try #require(TestData.url(entry.name)).path
            let results = try VCardReader(ByteSource(path: path)).results()
            switch (entry.name as NSString).lastPathComponent {
            case "7.vcf":
                let refusal = RowResult.refused(
                    line: 1,
                    reason: "a card ends here that BEGIN:VCARD does not begin"
                )
                #expect(results == [refusal])
            case "8.vcf", "9.vcf":
                guard case .record(let row)? = results.first else {
                    Issue.record("\(entry.name) was not read")
                    continue
                }
                #expect(row.json("preferred_name") == .string("Frank Dawson"))
                #expect(row.warnings.contains { $0.contains("not closed") })
            case "John_Doe_ANDROID.vcf":
                let rows = results.compactMap { if case .record(let row) = $0 { row } else { nil } }
                #expect(rows.count == 6)
                #expect(rows[0].json("preferred_name") == .string("john.doe@company.com"))
                #expect(rows[4].json("emails")?.array?.count == 2)
            case "John_Doe_LOTUS_NOTES.vcf":
                guard case .record(let row)? = results.first else {
                    Issue.record("\(entry.name) was not read")
                    continue
                }
                #expect(row.json("employer") == .string("IBM"))
                #expect(row.warnings.contains { $0.hasPrefix("photo of") })
            case "Empty.vcf": #expect(results.isEmpty)
            default: Issue.record("\(entry.name) has no expectation")
            }
        }
    }

    @Test(arguments: ["vcard3", "vcard_author"]) func aCardAsJCardIsAsOthersWriteIt(
        name: String
    ) throws {
        let card = try #require(
            try cards("vcards/ical.js-jcard-pairs/\(name).vcf", keepsBinary: true).first
        )
        let file = try #require(TestData.url("vcards/ical.js-jcard-pairs/\(name).json"))
        let expected = try JSONValue(parsing: [UInt8](try Data(contentsOf: file)))
        let ours = try #require(JCardWriter.json(card).array?[1].array)
        let theirs = try #require(expected.array?[1].array)
        #expect(ours.count == theirs.count)
        for (our, their) in zip(ours, theirs) {
            #expect(Self.unordered(our) == Self.unordered(their))
        }
    }

    /// A property with its parameters in the order of their names.
    private static func unordered(_ property: JSONValue) -> JSONValue {
        guard var parts = property.array, parts.count > 1, let members = parts[1].object else {
            return property
        }
        parts[1] = .object(members.sorted { $0.name < $1.name })
        return .array(parts)
    }

    @Test func aCardAndItsJCardMakeTheSameContact() throws {
        let path = "vcards/ical.js-jcard-pairs/vcard_author"
        let text = try #require(TestData.url(path + ".vcf")).path
        let json = try #require(TestData.url(path + ".json")).path
        let fromText = try #require(try VCardReader(ByteSource(path: text)).rows().first)
        let fromJSON = try #require(try VCardReader(jCard: ByteSource(path: json)).rows().first)
        #expect(fromText.fields == fromJSON.fields)
    }

    @Test func everyFileReadsAlikeInPiecesOfAnySize() throws {
        let root = try #require(TestData.url("vcards")).path
        let files =
            FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String }
            .filter { $0.hasSuffix(".vcf") } ?? []
        #expect(files.count > 40)
        for file in files {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: root + "/" + file)))
            guard bytes.count < 8_000 else { continue }
            let whole = try VCardReader(ByteSource(bytes: bytes, name: file)).results()
            for size in [1, 2, 3, 64] {
                let source = ByteSource(bytes: bytes, name: file, chunkSize: size)
                #expect(try VCardReader(source).results() == whole, "\(file) by \(size)")
            }
        }
    }
}
