import RecordModel
import TestSupport
import Testing

/// What can be read of values without knowing what they mean.
struct UnknownValueTests {
    private func value(_ text: String, of name: String) throws -> (FieldKey, [UInt8]) {
        let kind = try #require(Schema.later.kind(named: "contact"))
        let field = try #require(kind.field(named: name))
        var warnings: [ValueWarning] = []
        switch try field.input(text: text, context: ValueContext(), warnings: &warnings) {
        case .register(let bytes): return (FieldKey(field.number), bytes)
        case .items(let items):
            let item = try #require(items.first)
            let key = item.key ?? [0xf1, 0, 9, 0x80, 1, 2, 3, 4]
            return (FieldKey(field.number, item: key), item.value)
        case .cleared: throw ValueError.noItems
        }
    }

    @Test(arguments: [
        ("liaison", "Dr. Ayesha", "Dr. Ayesha"),
        ("nicknames", "Ash", "Ash"),
        (
            "grants", #"{"name":"Tea","year":"2026-01-02","amount":"EUR 5.00"}"#,
            "#1=Tea #2=2026-01-02 #3=EUR 5.00"
        ),
        ("remarks", "called back", "#1=called back"),
    ])
    func everyShapeIsRead(_ field: String, _ text: String, _ line: String) throws {
        let (key, bytes) = try value(text, of: field)
        #expect(UnknownValue(key, bytes).line == line)
    }

    @Test(arguments: [[], [0xff], [0x41, 0x00], [0x0a, 0x05, 0x41], [0xc3, 0x28]] as [[UInt8]])
    func whatIsNoTextShowsNothing(_ bytes: [UInt8]) {
        #expect(UnknownValue(FieldKey(99), bytes).line == nil)
    }

    @Test func bytesFromOutsideNeverTrap() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            let item = (0..<generator.below(12)).map { _ in UInt8(generator.below(256)) }
            let bytes = (0..<generator.below(24)).map { _ in UInt8(generator.below(256)) }
            let read = UnknownValue(FieldKey(99, item: item), bytes)
            #expect(read.parts.allSatisfy { !$0.text.utf8.contains(0) })
        }
    }

    @Test func aWordOfALaterSchemaIsTheStrictest() {
        let labels = ValueType.enumeration(["PUBLIC", "RESTRICTED"])
        let (public_, restricted) = (Array("PUBLIC".utf8), Array("RESTRICTED".utf8))
        let secret = Array("SECRET".utf8)
        #expect(labels.isStricter(restricted, than: public_))
        #expect(labels.isStricter(secret, than: restricted))
        #expect(!labels.isStricter(restricted, than: secret))
        #expect(!labels.isStricter(secret, than: Array("TOP".utf8)))
    }

    @Test func namesOfWhatIsNotKnownReadBack() {
        #expect(Kind.number(inUnknownName: "#17") == 17)
        for text in ["17", "#", "#017", "#-1", "#17a", "#99999999999"] {
            #expect(Kind.number(inUnknownName: text) == nil)
        }
        #expect(FieldPath(unknown: "#57")?.field == "#57")
        #expect(FieldPath(unknown: "#57[3fa2c1]")?.item == "3fa2c1")
        for text in ["#57[]", "#57[a", "#57.x", "employer"] {
            #expect(FieldPath(unknown: text) == nil)
        }
    }

    @Test func aKindThatIsNotKnownHasTheFieldsOfAll() throws {
        let kind = Schema.builtIn.kind(orStandInFor: 17)
        #expect(kind.name == "#17")
        #expect(!kind.isKnown)
        #expect(kind.fields.map(\.number) == Array(1...11))
        #expect(kind.namingFields.isEmpty)
        // Where some kind takes care of notes, they are taken care of here.
        #expect(try #require(kind.field(named: "notes")).isSensitive)
        #expect(try #require(kind.field(named: "tags")).isSensitive == false)
        #expect(Schema.builtIn.kind(orStandInFor: 1) == Schema.builtIn.kind(number: 1))
    }
}
