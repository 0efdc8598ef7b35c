import RecordModel
import TestSupport
import Testing

@testable import Interchange

/// Bytes that no program meant as cards: everything is accounted for and nothing traps.
struct VCardHostileTests {
    private static let card = """
        BEGIN:VCARD\r
        VERSION:4.0\r
        N;ALTID=1;LANGUAGE=ur;SORT-AS="Malik,Ayesha":ملک;عائشہ;;Dr;\r
        FN;PREF=1:Dr Ayesha Malik\r
        item1.TEL;TYPE="work,voice";VALUE=uri:tel:+49-30-123;ext=5\r
        item1.X-ABLabel:_$!<Work>!$_\r
        ADR;LABEL="Main St^n1":;;Main St 1;Berlin;;10115;Germany\r
        NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=BC=\r
        x\r
        PHOTO;ENCODING=b:AAAA\r
        BDAY:--0415\r
        X-ATTACHE-CONSENT;X-OF=00000000:[{"basis":"consent"\\,"scope":"keep"}]\r
        END:VCARD\r

        """

    @Test func damagedCardsNeverTrap() throws {
        for seed in Seeds.first(300) {
            var generator = SeededGenerator(seed: seed)
            var bytes = Array(Self.card.utf8)
            for _ in 0..<(1 + generator.below(12)) {
                let index = generator.below(bytes.count)
                switch generator.below(4) {
                case 0: bytes[index] = UInt8(generator.below(256))
                case 1: bytes.insert(UInt8(generator.below(256)), at: index)
                case 2: bytes.remove(at: index)
                default:
                    let end = min(bytes.count, index + generator.below(30))
                    bytes.insert(contentsOf: bytes[index..<end], at: generator.below(bytes.count))
                }
            }
            let source = ByteSource(
                bytes: bytes,
                name: "sample",
                chunkSize: 1 + generator.below(40)
            )
            let results = try VCardReader(source).results()
            #expect(!results.isEmpty)
        }
    }

    @Test func randomBytesNeverTrap() throws {
        for seed in Seeds.first(200) {
            var generator = SeededGenerator(seed: seed)
            let alphabet =
                Array("BEGIN:VCARD\r\nEND:VCARD\n=;,.\"\\^ \t:TELN".utf8) + [0, 0xff, 0xc3]
            let bytes = (0..<generator.below(400)).map { _ in
                generator.pick(alphabet) ?? 0
            }
            let start = Array("BEGIN:VCARD\n".utf8)
            _ = try VCardReader(ByteSource(bytes: start + bytes, name: "sample")).results()
            _ = try VCardReader(ByteSource(bytes: bytes, name: "sample")).results()
            _ = try VCardReader(jCard: ByteSource(bytes: bytes, name: "sample")).results()
        }
    }

    @Test func cardsWithinCardsEnd() throws {
        let nested = String(repeating: "AGENT:\nBEGIN:VCARD\n", count: 10_000)
        let text = "BEGIN:VCARD\nFN:A\n" + nested
        #expect(try VCardReader(ByteSource(text)).rows().count == 1)
    }

    @Test func cardsWithinACardAreKeptAsFarAsOneLineMay() throws {
        let inner = "BEGIN:VCARD\nNOTE:\(String(repeating: "x", count: 1 << 19))\nEND:VCARD\n"
        let agents = String(repeating: inner, count: 8)
        let text = "BEGIN:VCARD\nFN:A\nAGENT:\nBEGIN:VCARD\n\(agents)END:VCARD\nEND:VCARD\n"
        var scanner = VCardScanner(ByteSource(text))
        guard case .card(let card)? = try scanner.next() else {
            Issue.record("no card")
            return
        }
        let agent = try #require(card.properties.last)
        #expect(agent.name == "AGENT")
        #expect(agent.value.utf8.count > 1 << 19)
        #expect(agent.value.utf8.count < VCardLimits.longestLine + 100)
    }

    @Test(arguments: ["BEGIN", "END", "begin", "X.BEGIN", "END;A=b"])
    func whatWasKeptOfADamagedCardNeverBoundsACard(_ name: String) throws {
        let row = JSONValue.object([
            JSONMember("name", .string(name)), JSONMember("value", .string("VCARD")),
        ])
        let fields = [
            JSONMember("preferred_name", .string("A")), JSONMember("extra", .array([row])),
        ]
        for notation in [VCardWriter.Notation.vCard, .jCard] {
            var writer = VCardWriter(notation, count: 1)
            var bytes: [UInt8] = []
            writer.write(kind: "contact", uid: "00000000000000a7", fields: fields, to: &bytes)
            writer.finish(to: &bytes)
            let source = ByteSource(bytes: bytes, name: "sample")
            let reader = try notation == .vCard ? VCardReader(source) : VCardReader(jCard: source)
            let rows = try reader.rows()
            #expect(rows.count == 1)
            #expect(rows.first?["extra"] == .json(.array([row])))
        }
    }

    @Test func aCardOfTooManyPropertiesIsRefused() throws {
        let lines = String(repeating: "TEL:1\n", count: VCardLimits.properties + 1)
        let text = "BEGIN:VCARD\nFN:A\n\(lines)END:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD\n"
        let reader = VCardReader(ByteSource(text))
        #expect(try reader.refusals().map(\.line) == [1])
        #expect(try reader.rows().count == 1)
    }

    @Test func jCardsOfOtherShapesAreRefusedWithTheirLine() throws {
        let text = """
            [["vcard",[["version",{},"text","4.0"],["fn",{},"text","A"],["x"]]],
            ["vevent",[]],
            ["vcard",[["fn",{},"text","B"]]]]
            """
        let reader = try VCardReader(jCard: ByteSource(text))
        let names = try reader.rows().map { $0.json("preferred_name") }
        #expect(names == [.string("A"), .string("B")])
        #expect(try reader.refusals().map(\.line) == [2])
    }
}
