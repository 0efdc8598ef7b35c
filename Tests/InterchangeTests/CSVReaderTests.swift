import RecordModel
import Testing

@testable import Interchange

struct CSVReaderTests {
    private func contact() throws -> Kind {
        try #require(Schema.builtIn.kind(named: "contact"))
    }

    private func read(_ text: String, map: [String: String] = [:]) throws -> [RowResult] {
        try CSVReader(ByteSource(text), kind: contact(), map: map).results()
    }

    private func row(_ line: Int, _ fields: [(String, RowValue)]) -> RowResult {
        .record(
            ImportedRow(
                file: "sample",
                line: line,
                kind: "contact",
                fields: fields.map { ImportedField(name: $0.0, value: $0.1) }
            )
        )
    }

    @Test func theHeaderNamesFieldsAndEmptyCellsAreAbsent() throws {
        let rows = try read("preferred_name, city ,emails\nAmna Rao,,a@b.org;c@d.org\nX,Bonn,\n")
        #expect(
            rows == [
                row(
                    2,
                    [("preferred_name", .text("Amna Rao")), ("emails", .text("a@b.org;c@d.org"))]
                ),
                row(3, [("preferred_name", .text("X")), ("city", .text("Bonn"))]),
            ]
        )
    }

    @Test func shortRowsLackTheirLastFieldsAndLongOnesAreRefused() throws {
        let rows = try read("preferred_name,city\nA\nB,Bonn,,\nC,Bonn,Rhein\n,\nD,Kiel\n")
        #expect(
            rows == [
                row(2, [("preferred_name", .text("A"))]),
                row(3, [("preferred_name", .text("B")), ("city", .text("Bonn"))]),
                .refused(line: 4, reason: "has 3 cells where the header has 2: “Rhein”"),
                row(6, [("preferred_name", .text("D")), ("city", .text("Kiel"))]),
            ]
        )
    }

    @Test func columnsThatNoFieldTakesAreToldOnceAndKept() throws {
        let rows = try read("preferred_name,Shoe size,city,city,\nA,44,Bonn,Kiel,x\nB,,,,\n")
        let extra = try json(
            """
            [{"name":"Shoe size","value":"44"},{"name":"city","value":"Kiel"},\
            {"name":"column 5","value":"x"}]
            """
        )
        #expect(
            rows == [
                .warning(
                    line: 1,
                    message: "no field takes these columns, kept in extra: Shoe size, city"
                ),
                row(
                    2,
                    [
                        ("preferred_name", .text("A")), ("city", .text("Bonn")),
                        ("extra", .json(extra)),
                    ]
                ),
                row(3, [("preferred_name", .text("B"))]),
            ]
        )
    }

    @Test func columnsOfPartsMakeOneItem() throws {
        let rows = try read("preferred_name,phones.type,phones,phones.primary\nA,work,+4930,Yes\n")
        let phone = try json(#"[{"type":"work","value":"+4930","primary":"Yes"}]"#)
        #expect(rows == [row(2, [("preferred_name", .text("A")), ("phones", .json(phone))])])
    }

    @Test func aMappedColumnFillsItsField() throws {
        let rows = try read(
            "Full name,Mail\nA,a@b.org\n",
            map: ["Full name": "preferred_name", "Mail": "emails.value"]
        )
        let mail = try json(#"[{"value":"a@b.org"}]"#)
        #expect(rows == [row(2, [("preferred_name", .text("A")), ("emails", .json(mail))])])
    }

    @Test func theColumnsOfAnExportIdentifyTheRecord() throws {
        let text =
            "id,uid,kind,space,preferred_name\nber-2,9f3c,contact,ber,A\nx,y,agreement,ber,B\n"
        var expected = ImportedRow(
            file: "sample",
            line: 2,
            kind: "contact",
            fields: [ImportedField(name: "preferred_name", value: .text("A"))]
        )
        expected.shortID = "ber-2"
        expected.uid = "9f3c"
        #expect(
            try read(text) == [
                .record(expected),
                .refused(line: 3, reason: "is of kind “agreement”, not “contact”"),
            ]
        )
    }

    @Test func guardedCellsAreReadAsTheyWereMeant() throws {
        let rows = try read("preferred_name,city\n'=A,'Bonn\n")
        #expect(rows == [row(2, [("preferred_name", .text("=A")), ("city", .text("'Bonn"))])])
    }

    @Test func aFileWithoutAKnownColumnIsRefusedAsAWhole() {
        #expect(
            throws: InterchangeError.noKnownColumn(header: ["A", "44"], kind: "contact")
        ) { try read("A,44\nB,45\n") }
    }

    @Test func aMapMustNameAColumnAndAField() {
        #expect(throws: InterchangeError.unknownColumn("Mail", header: ["city"])) {
            try read("city\nBonn\n", map: ["Mail": "emails"])
        }
        #expect(throws: InterchangeError.unknownField("shoe_size", kind: "contact")) {
            try read("city\nBonn\n", map: ["city": "shoe_size"])
        }
        #expect(
            throws: InterchangeError.unreadableHeader(
                reason: "the quote that opens on line 1 is never closed; nothing after it was read"
            )
        ) { try read("city,\"\nBonn\n") }
    }

    @Test func aHeaderOfMoreColumnsThanAnyTableHasIsRefused() throws {
        let columns = InterchangeLimits.columns
        let most = "city" + String(repeating: ",", count: columns - 1)
        #expect(try read("\(most)\nBonn\n").count > 0)
        #expect(
            throws: InterchangeError.unreadableHeader(
                reason: "it has \(columns + 1) columns, more than \(columns)"
            )
        ) { try read("\(most),\nBonn\n") }
    }

    @Test func anEmptyFileHasNoRows() throws {
        #expect(try read("").isEmpty)
        #expect(try read("\u{FEFF}\r\n").isEmpty)
        #expect(try read("city\r\n").isEmpty)
    }
}
