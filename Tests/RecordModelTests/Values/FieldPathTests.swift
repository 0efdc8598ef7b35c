import Testing

@testable import RecordModel

struct FieldPathTests {
    private let berlin = ValueContext(region: "DE")

    private func field(_ name: String, of kind: String = "contact") throws -> Field {
        try #require(Schema.builtIn.kind(named: kind)?.field(named: name))
    }

    private func items(_ field: Field, _ text: String) throws -> [Item] {
        var warnings: [ValueWarning] = []
        let input = try field.input(text: text, context: berlin, warnings: &warnings)
        guard case .items(let items) = input else { return [] }
        return items.map { Item(key: $0.key ?? [], value: $0.value) }
    }

    @Test(
        arguments: [
            ("employer=Charité", "employer", nil, nil, FieldAssignment.Operation.set, "Charité"),
            ("employer=", "employer", nil, nil, .set, ""),
            ("tags+=a=b", "tags", nil, nil, .add, "a=b"),
            ("tags-=a[b]", "tags", nil, nil, .remove, "a[b]"),
            ("affiliations.title=Dr", "affiliations", nil, "title", .set, "Dr"),
            ("commitments[3fa2c1].status=met", "commitments", "3fa2c1", "status", .set, "met"),
            (
                "urls[https://x.org/?a=b&c=d].type=work", "urls", "https://x.org/?a=b&c=d", "type",
                .set, "work"
            ),
            ("names[A.B]=x", "names", "A.B", nil, .set, "x"),
            (#"emails=[{"value":"a@b.org"}]"#, "emails", nil, nil, .set, #"[{"value":"a@b.org"}]"#),
        ] as [(String, String, String?, String?, FieldAssignment.Operation, String)]
    )
    func assignmentsAreTakenApart(
        source: String,
        field: String,
        item: String?,
        part: String?,
        operation: FieldAssignment.Operation,
        text: String
    ) throws {
        let assignment = try #require(FieldAssignment(source))
        #expect(assignment.path.field == field)
        #expect(assignment.path.item == item)
        #expect(assignment.path.part == part)
        #expect(assignment.operation == operation)
        #expect(assignment.text == text)
    }

    @Test(arguments: [
        "", "=", "employer", "Employer=x", "a[=b", "a[]=b", "a.=b", "a.b.c=d", "a b=c",
    ])
    func otherTextIsNoAssignment(source: String) {
        #expect(FieldAssignment(source) == nil)
    }

    @Test func keysNameItems() throws {
        let phones = try field("phones")
        let both = try items(phones, #"["+4930123456","+4930654321"]"#)
        #expect(phones.items(both, named: "030 123456", context: berlin) == [both[0]])
        #expect(phones.items(both, named: "030 9", context: berlin) == [])
        let consent = try field("consent")
        let scopes = try items(
            consent,
            #"[{"basis":"consent","scope":"keep"},{"basis":"consent"}]"#
        )
        #expect(consent.items(scopes, named: "consent", context: berlin) == scopes)
        let exact = #"{"basis":"consent","scope":"keep","given":"2026-01-01"}"#
        #expect(consent.items(scopes, named: exact, context: berlin) == [scopes[0]])
        let rows = [[0x3f, 0xa2], [0x3f, 0xb0]].map { Item(key: $0, value: []) }
        let milestones = try field("milestones", of: "collaboration")
        #expect(milestones.items(rows, named: "3FA", context: berlin) == [rows[0]])
        #expect(milestones.items(rows, named: "3f", context: berlin) == rows)
    }

    @Test func onePartOfAnItemChanges() throws {
        let phones = try field("phones")
        var warnings: [ValueWarning] = []
        func setting(_ part: String, _ text: String, _ item: Item) throws -> Item {
            try phones.setting(
                #require(phones.part(named: part)),
                to: text,
                in: item,
                context: berlin,
                warnings: &warnings
            )
        }
        let typed = try #require(try items(phones, "030 123456").first)
        let mobile = try setting("type", "mobile", typed)
        #expect(mobile.key == typed.key)
        #expect(phones.text(item: mobile) == "+4930123456 type=mobile raw=030 123456")
        #expect(try setting("type", "", mobile) == typed)
        let other = try setting("value", "+4930654321", mobile)
        #expect(phones.text(item: other) == "+4930654321 type=mobile")
        #expect(throws: ValueError.self) { try setting("type", "satellite", typed) }
        #expect(throws: ValueError.missingPart("value")) { try setting("value", "", typed) }
    }

    @Test func displayedKeysAreAsShortAsTheyCanBe() {
        let keys: [[UInt8]] = [
            [0x3f, 0xa2, 0xc1, 0x00, 0x01], [0x3f, 0xa2, 0xc1, 0x01, 0x01], [0x99, 0, 0, 0, 0],
        ]
        #expect(Field.displayKeys(of: keys) == ["3fa2c100", "3fa2c101", "990000"])
        #expect(Field.displayKeys(of: []) == [])
    }
}
