import TestSupport
import Testing

@testable import RecordModel

struct FieldInputTests {
    private let berlin = ValueContext(region: "DE")

    private func field(_ name: String, of kind: String = "contact") throws -> Field {
        try #require(Schema.builtIn.kind(named: kind)?.field(named: name))
    }

    private func items(_ input: FieldInput) throws -> [Item] {
        guard case .items(let items) = input else { throw ValueError.empty }
        return items.map { Item(key: $0.key ?? [], value: $0.value) }
    }

    /// What is typed for a field, and what `show --json` prints then.
    static let typed: [(kind: String, field: String, text: String, json: String)] = [
        ("contact", "employer", "Max Delbrück Center", #""Max Delbrück Center""#),
        ("contact", "last_contacted", "2026-03-14", #""2026-03-14""#),
        ("contact", "do_not_contact", "yes", "true"),
        ("agreement", "notice_days", "090", "90"),
        ("agreement", "supersedes", "BER-7", #"{"ref":"ber-7"}"#),
        ("contact", "tags", "[\"b\",\"a\"]", #"["b","a"]"#),
        ("contact", "tags", "{odd}", #"["{odd}"]"#),
        ("contact", "emails", "A@B.org", #"[{"value":"a@b.org","raw":"A@B.org"}]"#),
        (
            "contact", "emails", #"{"value":"a@b.org","type":"Work","primary":true}"#,
            #"[{"value":"a@b.org","type":"work","primary":true}]"#
        ),
        ("contact", "phones", "030 123456", #"[{"value":"+4930123456","raw":"030 123456"}]"#),
        ("contact", "phones", "+4930123456", #"[{"value":"+4930123456"}]"#),
        (
            "contact", "languages", #"[{"lang":"UR","level":"c1"},"de"]"#,
            #"[{"lang":"ur","level":"c1"},{"lang":"de"}]"#
        ),
        (
            "contact", "affiliations", "https://ror.org/05bbbc791",
            #"[{"organisation":{"ref":"ror:05bbbc791"}}]"#
        ),
        (
            "contact", "affiliations", "Karachi University",
            #"[{"organisation":"Karachi University"}]"#
        ),
        ("contact", "ids", "isni:0000000403716119", #"["isni:0000000403716119"]"#),
        (
            "collaboration", "budget", #"{"amount":"EUR 5","kind":"committed"}"#,
            #"[{"amount":{"amount":"5.00","currency":"EUR"},"kind":"committed"}]"#
        ),
        ("collaboration", "priorities", "hq-1", #"[{"ref":"hq-1"}]"#),
        ("contact", "notes", "met at the summit", #"["met at the summit"]"#),
    ]

    private func shown(_ input: FieldInput, _ field: Field) throws -> JSONValue {
        if case .register(let bytes) = input { return field.json(register: bytes) }
        return .array(try items(input).map { field.json(item: $0) })
    }

    @Test(arguments: typed)
    func whatIsTypedIsShownAsJSONAndReadBack(
        kind: String,
        name: String,
        text: String,
        json: String
    ) throws {
        let field = try field(name, of: kind)
        var warnings: [ValueWarning] = []
        let input = try field.input(text: text, context: berlin, warnings: &warnings)
        #expect(try shown(input, field).text == json)
        let again = try field.input(
            json: JSONValue(parsing: json),
            context: ValueContext(),
            warnings: &warnings
        )
        #expect(again == input)
        #expect(warnings == [])
    }

    @Test(arguments: typed)
    func whatIsReadIsCanonicalAndMadeOfItsParts(
        kind: String,
        name: String,
        text: String,
        json: String
    ) throws {
        let field = try field(name, of: kind)
        var warnings: [ValueWarning] = []
        let input = try field.input(text: text, context: berlin, warnings: &warnings)
        if case .register(let bytes) = input {
            #expect(field.isCanonical(register: bytes))
            return
        }
        for item in try items(input) {
            let key = field.hasRandomKeys ? [1, 2, 3, 4, 5, 6, 7, 8] : item.key
            let item = Item(key: key, value: item.value)
            #expect(field.isCanonical(item: item))
            let parts = try #require(field.parts(of: item))
            #expect(field.item(of: parts.reversed(), key: key) == item)
        }
    }

    @Test func keysOfSetsAreBareOrTagged() throws {
        var warnings: [ValueWarning] = []
        let tag = try items(
            field("tags").input(text: "water", context: berlin, warnings: &warnings)
        )
        #expect(tag == [Item(key: Array("water".utf8), value: [])])
        let phone = try items(
            field("phones").input(
                text: #"{"value":"+4930123456","type":"work"}"#,
                context: berlin,
                warnings: &warnings
            )
        )
        #expect(phone[0].key == [0x0a, 11] + Array("+4930123456".utf8))
        #expect(phone[0].value == [0x12, 4] + Array("work".utf8))
        let note = try field("notes").input(text: "met", context: berlin, warnings: &warnings)
        #expect(
            note
                == .items([ItemInput(key: nil, value: [0x0a, 3] + Array("met".utf8))])
        )
    }

    @Test func cellsSeparateItemsAndReadBack() throws {
        let tags = try field("tags")
        var warnings: [ValueWarning] = []
        let input = try tags.input(
            text: "water; energy ;; water;",
            splitting: true,
            context: berlin,
            warnings: &warnings
        )
        #expect(tags.cell(items: try items(input)) == "energy; water")
        #expect(warnings == [])
        for texts in [["a;b", "c"], ["[x]"], ["x", "{y}"], ["plain"]] {
            let items = texts.map { Item(key: Array($0.utf8), value: []) }
            let cell = tags.cell(items: items)
            let again = try tags.input(
                text: cell,
                splitting: true,
                context: berlin,
                warnings: &warnings
            )
            #expect(try self.items(again) == items, "\(cell)")
        }
        let phones = try field("phones")
        let numbers = try phones.input(
            text: "+4930123456; 030 654321",
            splitting: true,
            context: berlin,
            warnings: &warnings
        )
        let cell = phones.cell(items: try items(numbers))
        #expect(cell.hasPrefix("["))
        let again = try phones.input(
            text: cell,
            splitting: true,
            context: ValueContext(),
            warnings: &warnings
        )
        #expect(again == numbers)
    }

    @Test func blankTextAndNullClear() throws {
        var warnings: [ValueWarning] = []
        for name in ["employer", "tags", "emails", "last_contacted"] {
            let field = try field(name)
            for text in ["", "  "] {
                let input = try field.input(text: text, context: berlin, warnings: &warnings)
                #expect(input == .cleared)
                let json = try field.input(
                    json: .string(text),
                    context: berlin,
                    warnings: &warnings
                )
                #expect(json == .cleared)
            }
            let null = try field.input(json: .null, context: berlin, warnings: &warnings)
            #expect(null == .cleared)
        }
        let empty = try field("tags").input(json: .array([]), context: berlin, warnings: &warnings)
        #expect(empty == .cleared)
    }

    @Test func anItemGivenTwiceIsKeptOnce() throws {
        var warnings: [ValueWarning] = []
        let input = try field("emails").input(
            text: #"["a@b.org",{"value":"a@b.org","type":"work"}]"#,
            context: berlin,
            warnings: &warnings
        )
        #expect(try items(input).count == 1)
        #expect(warnings == [.repeatedItem("a@b.org")])
        #expect(try shown(input, field("emails")).text == #"[{"value":"a@b.org","type":"work"}]"#)
    }

    @Test func ofManyItemsTheLastOfEachKeyIsKeptWhereItStands() throws {
        var random = SeededGenerator(seed: 5)
        for count in [3, 15, 16, 17, 200] {
            let texts = (0..<count).map { _ in "t\(random.below(count))" }
            var expected: [String] = []
            for text in texts {
                expected.removeAll { $0 == text }
                expected.append(text)
            }
            var warnings: [ValueWarning] = []
            let input = try field("tags").input(
                json: .array(texts.map { .string($0) }),
                context: berlin,
                warnings: &warnings
            )
            #expect(try items(input).map(\.key) == expected.map { Array($0.utf8) })
        }
    }

    @Test func rowsReportTheKeyThatWasGiven() throws {
        var warnings: [ValueWarning] = []
        let input = try field("milestones", of: "collaboration").input(
            text: #"{"key":"3fa2c1","text":"kick-off"}"#,
            context: berlin,
            warnings: &warnings
        )
        guard case .items(let items) = input else { throw ValueError.empty }
        #expect(items[0].key == nil)
        #expect(items[0].rowKey == "3fa2c1")
    }

    @Test func partsOfALaterSchemaPassThrough() throws {
        let emails = try field("emails")
        let item = emails.item(
            of: [PartText(1, "a@b.org"), PartText(2, "work"), PartText(9, "new")],
            key: []
        )
        #expect(emails.isCanonical(item: item))
        let json = emails.json(item: item)
        #expect(json.text == ##"{"value":"a@b.org","type":"work","#9":"new"}"##)
        var warnings: [ValueWarning] = []
        let again = try emails.input(json: json, context: berlin, warnings: &warnings)
        #expect(try items(again) == [item])
    }

    @Test(arguments: [
        ("tags", #"["a",]"#), ("emails", #"{"type":"work"}"#), ("emails", #"{"mail":"a@b.org"}"#),
        ("emails", #"{"value":"a@b.org","type":"office"}"#), ("emails", #"[["a@b.org"]]"#),
        ("emails", #"{"value":{"ref":"ber-1"}}"#), ("emails", ##"{"value":"a@b.org","#2":"x"}"##),
        ("notes", #"[{"text":"x"}]"#), ("consent", #"{"basis":"consent","given":"soon"}"#),
        ("emails", #"{"value":"a@b.org","primary":1}"#),
    ])
    func malformedItemsAreRefused(name: String, text: String) throws {
        let field = try field(name)
        var warnings: [ValueWarning] = []
        #expect(throws: ValueError.self) {
            try field.input(text: text, context: berlin, warnings: &warnings)
        }
    }

    @Test func referencesShowTheRecordThatIsHere() throws {
        let successor = try field("successor", of: "collaboration")
        let label: (Reference) -> ReferenceLabel? = { reference in
            reference == .shortID("ber-3") ? ReferenceLabel(shortID: "ber-3", name: "SDI") : nil
        }
        let known = successor.json(register: Array("ber-3".utf8), label: label)
        #expect(known.text == #"{"ref":"ber-3","name":"SDI"}"#)
        let unknown = successor.json(register: Array("ror:05bbbc791".utf8), label: label)
        #expect(unknown.text == #"{"ref":"ror:05bbbc791"}"#)
    }

    @Test(arguments: Seeds.first(20))
    func bytesFromOutsideNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for kind in Schema.builtIn.kinds {
            for field in kind.fields {
                func noise() -> [UInt8] {
                    let isText = random.chance(50)
                    return (0..<random.below(24)).map { _ in
                        isText
                            ? UInt8(truncatingIfNeeded: 0x20 + random.below(0x5f))
                            : UInt8(truncatingIfNeeded: random.next())
                    }
                }
                let item = Item(key: noise(), value: noise())
                if let parts = field.parts(of: item) {
                    #expect(parts.allSatisfy { $0.number >= 1 })
                }
                _ = field.json(item: item)
                _ = field.json(register: item.key)
                _ = field.cell(items: [item, item])
                _ = field.text(item: item)
                _ = field.isCanonical(item: item)
                _ = field.isCanonical(register: item.key)
                _ = field.type.order(item.key, item.value)
                _ = field.type.normalForm(item.key)
                let text = String(decoding: item.value, as: UTF8.self)
                var warnings: [ValueWarning] = []
                guard
                    let input = try? field.input(
                        text: text,
                        context: berlin,
                        warnings: &warnings
                    )
                else { continue }
                if case .register(let bytes) = input {
                    #expect(field.isCanonical(register: bytes), "\(field.name) “\(text)”")
                }
            }
        }
    }
}
