import RecordModel
import Testing

@testable import Interchange

/// Cards as other programs get them.
struct VCardWriterTests {
    private let fields = """
        {"preferred_name":"Dr Ayesha Malik","honorific":"Dr",
        "names":[{"text":"Dr Ayesha Malik","lang":"en","given":"Ayesha","family":"Malik"},
        {"text":"عائشہ ملک","lang":"ur","given":"عائشہ","family":"ملک"}],
        "emails":[{"value":"a@b.org","type":"work","primary":true}],
        "phones":[{"value":"+4917012345","type":"mobile"}],
        "addresses":[{"text":"Main St 1, 10115 Berlin","type":"work","street":"Main St 1","city":"Berlin",
        "postcode":"10115","country":"DE"}],"employer":"KMS, Inc.","position":"Head; Laboratory",
        "birth_date":"XXXX-04-15","orcid":"0000-0002-1825-0097","standing":"active",
        "city":"Berlin","country_of_residence":"DE","notes":["one\\ntwo"],
        "consent":[{"basis":"consent","scope":"keep","given":"2026-01-02"}]}
        """

    private func card(_ notation: VCardWriter.Notation = .vCard) throws -> String {
        var bytes: [UInt8] = []
        var writer = VCardWriter(notation, count: 1)
        writer.write(
            kind: "contact",
            uid: "0123456789abcdef",
            fields: try #require(try json(fields).object),
            changed: "2026-03-14T09:12:00Z",
            to: &bytes
        )
        writer.finish(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aCardHasWhatTheStandardHasForIt() throws {
        let unfolded = try card().replacing("\r\n ", with: "")
        for line in [
            "VERSION:4.0", "UID;VALUE=text:attache:0123456789abcdef",
            "FN;ALTID=1;LANGUAGE=en:Dr Ayesha Malik", "FN;ALTID=1;LANGUAGE=ur:عائشہ ملک",
            "N;ALTID=1;LANGUAGE=en:Malik;Ayesha;;Dr;", "N;ALTID=1;LANGUAGE=ur:ملک;عائشہ;;;",
            "EMAIL;TYPE=work;PREF=1:a@b.org", "TEL;TYPE=cell:+4917012345",
            #"ADR;TYPE=work;LABEL="Main St 1, 10115 Berlin";CC=DE:;;Main St 1;Berlin;;10115;Germany"#,
            #"ORG:KMS\, Inc."#, #"TITLE:Head\; Laboratory"#, "BDAY:--0415", #"NOTE:one\ntwo"#,
            "SOCIALPROFILE;SERVICE-TYPE=ORCID:https://orcid.org/0000-0002-1825-0097",
            "REV:20260314T091200Z", "X-ATTACHE-STANDING:active", "END:VCARD",
        ] {
            #expect(unfolded.contains("\r\n\(line)\r\n"), "\(line)\n\(unfolded)")
        }
        #expect(unfolded.hasPrefix("BEGIN:VCARD\r\nVERSION:4.0\r\n"))
        #expect(!unfolded.contains("X-ATTACHE-NAMES"))
        #expect(!unfolded.contains("X-ATTACHE-ADDRESSES"))
        #expect(!unfolded.contains("X-ATTACHE-CITY"))
    }

    @Test func linesHaveAtMost75OctetsAndSplitNoCharacter() throws {
        let text = try card()
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            #expect(line.utf8.count <= 75)
            #expect(!line.contains("\u{fffd}"))
        }
    }

    @Test func aJCardAloneIsNoListAndSeveralAre() throws {
        let value = try json(try card(.jCard))
        #expect(value.array?.first == .string("vcard"))
        var bytes: [UInt8] = []
        var writer = VCardWriter(.jCard, count: 0)
        writer.finish(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "[]\n")
        bytes = []
        writer = VCardWriter(.jCard, count: 2)
        for _ in 0..<2 {
            writer.write(
                kind: "organisation",
                uid: "0123456789abcdef",
                fields: [JSONMember("name", .string("Institute"))],
                to: &bytes
            )
        }
        writer.finish(to: &bytes)
        #expect(try JSONValue(parsing: bytes).array?.count == 2)
    }

    /// What another program changed in the standard's properties wins over ours.
    @Test func anEditInAnotherProgramIsNotLost() throws {
        let edited = try card().replacing("EMAIL;TYPE=work;PREF=1:a@b.org", with: "EMAIL:new@b.org")
            .replacing(";;Main St 1;Berlin", with: ";;Main St 1;Munich")
        let row = try #require(try VCardReader(ByteSource(edited)).rows().first)
        #expect(row.json("emails") == (try json(#"[{"value":"new@b.org"}]"#)))
        #expect(row.json("city") == .string("Munich"))
        #expect(row.json("standing") == .string("active"))
    }

    @Test func whatAnImportKeptIsWrittenBack() throws {
        let source = """
            BEGIN:VCARD\r
            VERSION:3.0\r
            FN:John Doe\r
            N:Doe;John;Richter;Mr.;Sr.\r
            ORG:IBM;Accounting\r
            item1.TEL;TYPE=WORK,FAX:+493012345\r
            item1.X-ABLabel:Reception\r
            IMPP;X-SERVICE-TYPE=Skype:skype:john\r
            X-CUSTOM;LABEL="a: b":one\\, two\r
            END:VCARD\r

            """
        let row = try #require(try VCardReader(ByteSource(source)).rows().first)
        let members = row.fields.compactMap { field in
            row.json(field.name).map { JSONMember(field.name, $0) }
        }
        var bytes: [UInt8] = []
        var writer = VCardWriter(.vCard, count: 1)
        writer.write(kind: "contact", uid: "0123456789abcdef", fields: members, to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n ", with: "")
        for line in [
            "N:Doe;John;Richter;Mr.;Sr.", "ORG:IBM;Accounting",
            "item1.TEL;TYPE=WORK,FAX:+493012345", "item1.X-ABLabel:Reception",
            "IMPP;X-SERVICE-TYPE=Skype:skype:john", #"X-CUSTOM;LABEL="a: b":one\, two"#,
        ] {
            #expect(text.contains("\r\n\(line)\r\n"), "\(line)\n\(text)")
        }
        #expect(!text.contains("X-ATTACHE-EXTRA"))
    }
}
