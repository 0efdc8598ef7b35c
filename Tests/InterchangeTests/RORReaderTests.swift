import Foundation
import RecordModel
import TestSupport
import Testing

@testable import Interchange

struct RORReaderTests {
    private static let sample = "orgs/ror-sample.schema-v2.jsonl"
    private static let older = "orgs/ror-sample.schema-v1.jsonl"

    private func rows(_ path: String) throws -> [ImportedRow] {
        let file = try #require(TestData.url(path))
        let results = try RORReader(ByteSource(path: file.path)).results()
        return try results.map { result in
            guard case .record(let row) = result else {
                throw Refusal("\(result)")
            }
            return row
        }
    }

    /// The lines of the sample as the JSON parser alone gives them.
    private func objects(_ path: String) throws -> [JSONValue] {
        let bytes = try [UInt8](Data(contentsOf: #require(TestData.url(path))))
        return try bytes.split(separator: 0x0A).map { try JSONValue(parsing: $0) }
    }

    private func row(_ id: String, of rows: [ImportedRow]) throws -> ImportedRow {
        try #require(rows.first { $0.authority?.id == id })
    }

    // MARK: The public sample

    @Test(.enabled(if: TestData.url(sample) != nil, dataIsAbsent))
    func everyLineOfTheSampleIsRead() throws {
        let rows = try rows(Self.sample)
        #expect(rows.count == 794)
        #expect(rows.map(\.line) == Array(1...794))
        #expect(rows.allSatisfy { $0.kind == "organisation" && $0.authority?.scheme == "ror" })
        #expect(Set(rows.map(\.authority)).count == 794)
        #expect(rows.filter { $0.json("status") == .string("withdrawn") }.count == 4)
        #expect(rows.allSatisfy { $0.warnings.isEmpty })
    }

    @Test(.enabled(if: TestData.url(sample) != nil, dataIsAbsent))
    func nothingCountableIsLost() throws {
        for (row, object) in zip(try rows(Self.sample), try objects(Self.sample)) {
            let relations = object["relationships"]?.array ?? []
            #expect((row.json("relations")?.array ?? []).count == relations.count)
            let identifiers = (object["external_ids"]?.array ?? []).flatMap {
                $0["all"]?.array ?? []
            }
            #expect((row.json("ids")?.array ?? []).count == identifiers.count)
            #expect((row.json("urls")?.array ?? []).count == object["links"]?.array?.count)
            let types = (object["names"]?.array ?? []).flatMap { name in
                let types = name["types"]?.array ?? []
                let further = types.filter { $0 != .string("ror_display") }
                return further.isEmpty ? types : further
            }
            #expect((row.json("names")?.array ?? []).count == types.count)
        }
    }

    @Test(.enabled(if: TestData.url(sample) != nil, dataIsAbsent))
    func theSchemaTakesEveryValue() throws {
        let kind = try #require(Schema.builtIn.kind(named: "organisation"))
        var warnings: [ValueWarning] = []
        for row in try rows(Self.sample) {
            for imported in row.fields {
                let field = try #require(kind.field(named: imported.name))
                let json = try #require(row.json(imported.name))
                let input = try field.input(
                    json: json,
                    context: ValueContext(),
                    warnings: &warnings
                )
                if case .items(let items) = input {
                    #expect(items.count == json.array?.count)
                }
            }
        }
        // The register itself holds one ISNI whose check digit is wrong.
        #expect(warnings == [.checkDigit(scheme: "isni", text: "0000000419367301")])
    }

    @Test(.enabled(if: TestData.url(sample) != nil, dataIsAbsent))
    func aCentreInKarachiHasItsNamesInUrduAndEnglish() throws {
        let row = try row("024ghrf67", of: rows(Self.sample))
        #expect(
            row.json("name") == .string("International Center for Chemical and Biological Sciences")
        )
        let names = row.json("names")?.array ?? []
        let urdu = "کیمیائی اور حیاتیاتی سائنس کے لئے بین الاقوامی مرکز"
        #expect(names.contains(try json(#"{"text":"\#(urdu)","lang":"ur","type":"label"}"#)))
        #expect(names.contains(try json(#"{"text":"ICCBS","type":"acronym"}"#)))
    }

    @Test(.enabled(if: TestData.url(sample) != nil, dataIsAbsent))
    func aFoundationHasItsPlaceItsIdentifiersAndItsRelations() throws {
        let row = try row("04srehp09", of: rows(Self.sample))
        let expected = try json(
            """
            {"name":"Pakistan Science Foundation","ror":"04srehp09","status":"active",
            "established":"1973","country":"PK","subdivision":"PK-IS","city":"Islamabad",
            "location":"33.72148,73.04329",
            "names":[{"text":"PSF","type":"acronym"},
             {"text":"Pakistan Science Foundation","lang":"en","type":"label"}],
            "ids":["fundref:100009374","grid:grid.480976.4","isni:0000000403716119",
             "wikidata:Q25052476"],
            "types":["funder","government"],
            "urls":[{"value":"http://www.psf.gov.pk/","type":"website"},
             {"value":"https://en.wikipedia.org/wiki/Pakistan_Science_Foundation",
             "type":"wikipedia"}],
            "relations":[
             {"organisation":{"ref":"ror:01cdxzt16"},"type":"child",
             "name":"Pakistan Scientific and Technological Information Centre"},
             {"organisation":{"ref":"ror:00c2x1j89"},"type":"child",
             "name":"Pakistan Museum of Natural History"}]}
            """
        )
        let read = row.fields.map { field in
            JSONMember(field.name, row.json(field.name) ?? .null)
        }
        #expect(JSONValue.object(read) == expected)
    }

    @Test(.enabled(if: TestData.url(sample) != nil, dataIsAbsent))
    func oneArrayReadsAsTheLinesDo() throws {
        let lines = try objects(Self.sample)
        for pretty in [false, true] {
            var bytes: [UInt8] = []
            if pretty {
                bytes = Array(JSONValue.array(lines).prettyText.utf8)
            } else {
                JSONValue.array(lines).write(to: &bytes)
            }
            let read = try RORReader(ByteSource(bytes: bytes, name: "")).rows()
            #expect(read.map(\.fields) == (try rows(Self.sample).map(\.fields)))
        }
    }

    @Test(.enabled(if: TestData.url(older) != nil, dataIsAbsent))
    func theOlderSchemaIsReadToo() throws {
        let older = try rows(Self.older)
        #expect(older.count == 332)
        for (row, object) in zip(older, try objects(Self.older)) {
            let relations = object["relationships"]?.array ?? []
            #expect((row.json("relations")?.array ?? []).count == relations.count)
            #expect(row.json("name") == object["name"])
            #expect(row.json("country") == object["country"]?["country_code"])
        }
        let nust = try row("03w2j5y17", of: older)
        #expect(
            nust.json("ids")
                == (try json(
                    #"["isni:0000000122342376","fundref:501100007278","wikidata:Q3696003","grid:grid.412117.0"]"#
                ))
        )
        #expect(nust.json("city") == .string("Islamabad"))
        #expect(nust.json("types") == .array([.string("education")]))
    }

    // MARK: Scenarios

    @Test func badLinesAreRefusedWithTheirLine() throws {
        let good = #"{"id":"https://ror.org/04srehp09","names":[{"value":"A","types":["label"]}]}"#
        let text = """
            \(good)
            \(good.dropLast(20))
            garbage

            {"id":"https://ror.org/04srehp0","names":[{"value":"A"}]}
            {"id":"https://ror.org/04srehp09","names":[]}
            {"id":"https://ror.org/04srehp09"}
            [1]
            \(good)
            """
        let reader = try RORReader(ByteSource(text))
        #expect(try reader.rows().map(\.line) == [1, 9])
        let refusals = try reader.refusals()
        #expect(refusals.map(\.line) == [2, 3, 5, 6, 7, 8])
        #expect(
            refusals.dropFirst(2).map(\.reason) == [
                "has no ROR id in “id”", "has no name",
                "has neither “names” (ROR schema 2) nor “name” (schema 1)", "not a JSON object",
            ]
        )
    }

    @Test func aNameOfTwoTypesIsKeptAsBoth() throws {
        let line = """
            {"id":"https://ror.org/04srehp09","names":[{"value":"UAR","lang":"fr",\
            "types":["acronym","label","ror_display"]},{"value":"B","types":["ror_display"]}]}
            """
        let row = try #require(try RORReader(ByteSource(line)).rows().first)
        #expect(row.json("name") == .string("UAR"))
        #expect(
            row.json("names")
                == (try json(
                    #"[{"text":"UAR","lang":"fr","type":"label"},{"text":"UAR","type":"acronym"},{"text":"B"}]"#
                ))
        )
    }

    @Test func whatIsNoIdentifierIsToldAndLeftOut() throws {
        let line = """
            {"id":"https://ror.org/04srehp09","names":[{"value":"A","types":["label"]}],\
            "external_ids":[{"type":"isni","all":["0000 0004","0000 0004 0371 6119"]}],\
            "relationships":[{"id":"https://example.org/1","type":"parent","label":"B"}]}
            """
        let row = try #require(try RORReader(ByteSource(line)).rows().first)
        #expect(row.json("ids") == .array([.string("isni:0000000403716119")]))
        #expect(row.json("relations") == nil)
        #expect(
            row.warnings == [
                "“0000 0004” is no identifier of isni, left out",
                "a relation to “https://example.org/1”, which is no ROR id, was left out",
            ]
        )
    }
}
