import RecordModel
import Testing

struct JSONValueTests {
    static let texts = [
        "null", "true", "false", "0", "-1.50e+10", "\"\"", "[]", "{}",
        #"{"kind":"contact","fields":{"emails":[{"value":"a@b.org","primary":true}],"n":14}}"#,
        #"["پاکستان","北京","Grüße 👩‍🔬","\"\\/tab\t"]"#.replacing("\t", with: #"\t"#),
    ]

    @Test(arguments: texts)
    func writingThenReadingGivesTheSameValue(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.text) == value)
        #expect(try JSONValue(parsing: value.prettyText) == value)
        #expect(try JSONValue(parsing: Array(" \(text)\r\n".utf8)[...]) == value)
    }

    @Test func membersKeepTheirOrderAndNumbersTheirText() throws {
        let value = try JSONValue(parsing: #"{ "b" : 1.00 , "a" : [ -0 ] }"#)
        #expect(
            value
                == .object([
                    JSONMember("b", .number("1.00")), JSONMember("a", .array([.number("-0")])),
                ])
        )
        #expect(value.text == #"{"b":1.00,"a":[-0]}"#)
        #expect(value.prettyText == "{\n  \"b\": 1.00,\n  \"a\": [\n    -0\n  ]\n}")
    }

    @Test func escapesAreDecodedAndOnlyNeededOnesWritten() throws {
        let value = try JSONValue(parsing: #""\u0041\u00e9\ud83d\ude00\n\/\u0000\b\f\r\t""#)
        #expect(value == .string("Aé😀\n/\0\u{8}\u{c}\r\t"))
        #expect(value.text == #""Aé😀\n/\u0000\u0008\u000c\r\t""#)
    }

    @Test(arguments: [
        ("", JSONError.Reason.unexpectedEnd, 0), ("  ", .unexpectedEnd, 2),
        ("[1,2", .unexpectedEnd, 4), ("\"abc", .unexpectedEnd, 4), ("nul", .unexpectedEnd, 3),
        ("\"\\u12", .unexpectedEnd, 3), ("[1,]", .unexpectedByte(0x5d), 3),
        ("{1:2}", .unexpectedByte(0x31), 1), ("{\"a\" 1}", .unexpectedByte(0x31), 5),
        ("[1 2]", .unexpectedByte(0x32), 3), ("nix", .unexpectedByte(0x69), 1),
        ("'a'", .unexpectedByte(0x27), 0), ("1 2", .trailingBytes, 2), ("01", .malformedNumber, 0),
        ("-", .malformedNumber, 0), ("1.", .malformedNumber, 0), ("1e", .malformedNumber, 0),
        ("\"\\x\"", .malformedString, 2), ("\"a\nb\"", .malformedString, 2),
        ("\"\\ud800\"", .malformedString, 3), ("\"\\ud800\\u0041\"", .malformedString, 3),
        ("\"\\udc00\"", .malformedString, 3), ("\"\\u00g0\"", .malformedString, 5),
        (#"{"a":1,"b":2,"a":3}"#, .repeatedMember("a"), 13),
    ])
    func malformedTextIsRefused(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason, offset: offset)) { try JSONValue(parsing: text) }
    }

    @Test func stringsThatAreNotUTF8AreRefused() {
        for bad: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]] {
            #expect(throws: JSONError(.malformedUTF8, offset: 1)) {
                try JSONValue(parsing: [0x22] + bad + [0x22])
            }
            #expect(throws: JSONError(.malformedUTF8, offset: 1)) {
                try JSONValue(parsing: [0x22] + bad + Array(#"\n""#.utf8))
            }
        }
    }

    @Test func nestingIsLimited() throws {
        let limit = JSONValue.depthLimit
        let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        _ = try JSONValue(parsing: deepest)
        #expect(throws: JSONError(.nestedTooDeeply, offset: limit)) {
            try JSONValue(parsing: "[" + deepest + "]")
        }
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: String(repeating: "{\"a\":", count: 100_000))
        }
    }

    @Test func repeatedNamesAreFoundAmongMany() {
        let members = (0..<1000).map { "\"m\($0)\":\($0)" }
        #expect(throws: Never.self) {
            try JSONValue(parsing: "{" + members.joined(separator: ",") + "}")
        }
        #expect(throws: JSONError.self) {
            try JSONValue(parsing: "{" + (members + [members[500]]).joined(separator: ",") + "}")
        }
    }

    @Test func everyCutAndEveryAlteredByteIsReadOrRefused() throws {
        let source = Array(Self.texts.joined(separator: ",").utf8)
        let text = [UInt8(ascii: "[")] + source + [UInt8(ascii: "]")]
        for end in text.indices {
            #expect(throws: JSONError.self) { try JSONValue(parsing: text[..<end]) }
        }
        var refused = 0
        for index in text.indices {
            for byte: UInt8 in [0x00, 0x22, 0x5c, 0x7b, 0x80, 0xff] {
                var altered = text
                altered[index] = byte
                do throws(JSONError) {
                    let value = try JSONValue(parsing: altered)
                    #expect(try JSONValue(parsing: value.text) == value)
                } catch {
                    refused += 1
                    #expect((0...altered.count).contains(error.offset))
                }
            }
        }
        #expect(refused > text.count)
    }

    @Test(.enabled(if: PublicData.isThere, PublicData.missing))
    func realOrganisationsAreWrittenAsTheyWereRead() throws {
        let lines = try PublicData.lines("orgs/ror-sample.schema-v2.jsonl")
        #expect(lines.count == 794)
        for line in lines {
            let value = try JSONValue(parsing: line)
            #expect(value["id"]?.string?.hasPrefix("https://ror.org/") == true)
            #expect(try JSONValue(parsing: value.text) == value)
        }
    }
}
