import Foundation
import TestSupport
import Testing

@testable import RecordModel

struct SchemaTests {
    private let schema = Schema.builtIn

    private func field(_ kind: String, _ name: String) throws -> Field {
        try #require(schema.kind(named: kind)?.field(named: name))
    }

    @Test func builtInTextIsTheFileOfTheProtocol() throws {
        let file = TestData.repository.appending(path: "Protocol/schema/records.schema")
        #expect(try Data(contentsOf: file) == Data(builtInSchemaText.utf8))
    }

    @Test func kindsAndFieldsAreFoundByNumberAndName() {
        #expect(schema.version == 1)
        #expect(schema.kinds.map(\.number) == Array(1...16))
        for kind in schema.kinds {
            #expect(schema.kind(number: kind.number) == kind)
            #expect(schema.kind(named: kind.name) == kind)
            for field in kind.fields {
                #expect(kind.field(number: field.number) == field)
                #expect(kind.field(named: field.name) == field)
                #expect((field.number < 20) == (field.number <= 11))
                // From there on numbers are a ministry's own.
                #expect(field.number < 1_000 && kind.number < 1_000)
            }
        }
        #expect(schema.kind(named: "person") == nil)
        #expect(schema.kind(number: 99) == nil)
        #expect(schema.kind(number: 1)?.field(number: 12) == nil)
    }

    @Test func numbersNamesTypesAndPoliciesAreThoseOfTheInterface() throws {
        let lines = schema.kinds.prefix(5).map { kind in
            let own = kind.fields.filter { $0.number >= 20 }
            return "\(kind.name) \(own.count) \(own.first?.name ?? "") \(own.last?.name ?? "")"
        }
        #expect(
            lines == [
                "contact 34 preferred_name delete_after", "organisation 21 name summary",
                "collaboration 25 title lead", "agreement 19 title summary",
                "engagement 14 subject reach",
            ]
        )
        let contact = try #require(schema.kind(named: "contact"))
        for (offset, field) in contact.fields.filter({ $0.number >= 20 }).enumerated() {
            #expect(field.number == UInt32(20 + offset))
        }
        #expect(try field("contact", "orcid").type == .id(scheme: "orcid"))
        #expect(try field("contact", "birth_date").policy == .fuller)
        #expect(try field("organisation", "relations").number == 36)
        #expect(try field("collaboration", "budget").shape == .rows)
        #expect(try field("agreement", "versions").shape == .log)
        #expect(try field("engagement", "at").type == .instant)
    }

    @Test func itemsHaveTheirPartsInOrder() throws {
        let consent = try field("contact", "consent")
        #expect(consent.shape == .set)
        #expect(consent.policy == .strict)
        #expect(consent.isSensitive)
        #expect(
            consent.parts.map(\.name) == [
                "basis", "scope", "given", "withdrawn", "text_version", "language", "evidence",
            ]
        )
        #expect(consent.parts.map(\.number) == Array(1...7))
        #expect(consent.parts.map(\.isKey) == [true, true, false, false, false, false, false])
        #expect(consent.part(named: "given")?.type == .date)
        #expect(consent.part(number: 8) == nil)
        #expect(consent.part(number: 15) == nil)
        #expect(consent.part(number: .max) == nil)
        let phones = try field("contact", "phones")
        #expect(phones.type == .phone)
        #expect(phones.part(number: 15) == .raw)
        #expect(phones.part(named: "raw") == .raw)
        let tags = try field("contact", "tags")
        #expect(
            tags.parts == [Part(number: 1, name: "value", type: .text, isKey: true)]
        )
        #expect(tags.policy == .none)
        #expect(try field("contact", "notes").parts.map(\.isKey) == [false])
    }

    @Test func notesAreSensitiveInSomeKindsOnly() throws {
        for kind in schema.kinds {
            let isSensitive = ["contact", "agreement", "engagement"].contains(kind.name)
            #expect(kind.field(named: "notes")?.isSensitive == isSensitive)
            #expect(kind.field(named: "extra")?.isSensitive == true)
            #expect(kind.field(named: "tags")?.isSensitive == false)
        }
    }

    @Test func kindsSayWhatNamesARecordAndItsFirstLabel() throws {
        let contact = try #require(schema.kind(named: "contact"))
        #expect(contact.namingFields == [20, 21])
        #expect(contact.titleField?.name == "preferred_name")
        #expect(contact.initialHandling == "PERSONAL")
        #expect(schema.kind(named: "engagement")?.titleField?.name == "subject")
        #expect(schema.kind(named: "agreement")?.initialHandling == "INTERNAL")
        for kind in schema.kinds where ![15, 16].contains(kind.number) {
            #expect(!kind.namingFields.isEmpty)
        }
    }

    @Test func wordsThatWinAreKnown() throws {
        #expect(try field("contact", "standing").winner == "deceased")
        #expect(try field("contact", "standing").policy == .review)
        #expect(try field("contact", "handling").policy == .strict)
        #expect(try field("contact", "short_id").policy == .first)
        #expect(try field("contact", "city").winner == nil)
    }

    @Test(arguments: [
        ("kind 1 a handling X\n20 b text review", 0, "schema NUMBER"),
        ("schema x", 1, "schema NUMBER"),
        ("schema 1\n20 b text review", 2, "before"),
        ("schema 1\nkind 1 a handling X\n19 b text review", 3, "1 to 19"),
        ("schema 1\nkind 1 a handling X\n20 b text review\n20 c text review", 4, "taken"),
        ("schema 1\nkind 1 a handling X\n20 b txt review", 3, "no type"),
        ("schema 1\nkind 1 a handling X\n20 b text maybe", 3, "no policy"),
        ("schema 1\nkind 1 a handling X\n20 b set {c, d} newest", 3, "key part"),
        ("schema 1\nkind 1 a handling X\n20 b rows {c*, d} newest", 3, "key part"),
        ("schema 1\nkind 1 a handling X\n20 b {c*, c} newest", 3, "taken"),
        ("schema 1\nkind 1 a handling X\n20 b {c*, raw} newest", 3, "taken"),
        ("schema 1\nkind 1 a handling X\n20 b {c* newest", 3, "}"),
        ("schema 1\nkind 1 a handling X\n20 B text review", 3, "name"),
        ("schema 1\nkind 1 a handling X\n20 b", 3, "missing"),
        ("schema 1\nkind 1 a handling X\nkind 1 b handling X", 3, "taken"),
        ("schema 1\nkind 1 a", 2, "handling"), ("schema 1\nfoo", 2, "field number"),
        ("schema 1\nkind 1 a handling X\n99999999999 b text review", 3, "field number"),
    ])
    func malformedSchemasAreRefusedWithTheLine(text: String, line: Int, says: String) {
        do throws(SchemaError) {
            _ = try Schema(parsing: text)
            Issue.record("accepted: \(text)")
        } catch {
            #expect(line == 0 || error.line == line)
            #expect(error.problem.contains(says), "\(error.problem)")
        }
    }

    @Test func notationOfATypeReadsBack() {
        for kind in schema.kinds {
            for field in kind.fields {
                #expect(ValueType(notation: field.type.notation) == field.type)
            }
        }
        #expect(ValueType(notation: "a|a") == nil)
        #expect(ValueType(notation: "a|") == nil)
        #expect(ValueType(notation: "number") == nil)
    }
}
