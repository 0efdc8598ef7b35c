import Foundation
import RecordModel
import Testing

@testable import Interchange

/// vCards as the standards and the programs that export them have them.
struct VCardReaderTests {
    private func results(_ text: String) throws -> [RowResult] {
        try VCardReader(ByteSource(text)).results()
    }

    private func row(_ lines: String, version: String = "3.0") throws -> ImportedRow {
        let text = "BEGIN:VCARD\r\nVERSION:\(version)\r\n\(lines)\r\nEND:VCARD\r\n"
        return try #require(try VCardReader(ByteSource(text)).rows().first)
    }

    private func extras(_ row: ImportedRow) -> [String] {
        (row.json("extra")?.array ?? []).map {
            "\($0["name"]?.string ?? "")|\($0["value"]?.string ?? "")"
        }
    }

    // MARK: Lines

    @Test(arguments: ["\r\n", "\n", "\r"]) func anyLineEndAndAnyChunkReadAlike(
        end: String
    ) throws {
        let text = [
            "BEGIN:VCARD", "VERSION:3.0", "FN:Ayesha", "  Malik", "EMAIL:a@b", "\t.org",
            "END:VCARD", "BEGIN:VCARD", "VERSION:3.0", "FN:Bilal", "END:VCARD", "",
        ].joined(separator: end)
        for size in chunkSizes {
            let rows = try VCardReader(ByteSource(text, chunkSize: size)).rows()
            #expect(
                rows.map { $0.json("preferred_name") } == [
                    .string("Ayesha Malik"), .string("Bilal"),
                ]
            )
            #expect(rows.map(\.line) == [1, 8])
            #expect(rows.first?.json("emails")?.array?.first?["value"] == .string("a@b.org"))
        }
    }

    @Test(arguments: [String.Encoding.utf16LittleEndian, .utf16BigEndian], [true, false])
    func aFileInUTF16IsRead(encoding: String.Encoding, hasMark: Bool) throws {
        let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:عائشہ ملک 𝄞\r\nEND:VCARD\r\n"
        let data = try #require(((hasMark ? "\u{feff}" : "") + text).data(using: encoding))
        for size in [1, 2, 3, 1000] {
            let source = ByteSource(bytes: [UInt8](data), name: "sample", chunkSize: size)
            let row = try #require(try VCardReader(source).rows().first)
            #expect(row.json("preferred_name") == .string("عائشہ ملک 𝄞"))
        }
    }

    @Test func softLineBreaksOfQuotedPrintableAreJoined() throws {
        let row = try row(
            "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=\r\nller\r\n"
                + "NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo =\r\n three=\r\nEND:VCARD",
            version: "2.1"
        )
        #expect(row.json("preferred_name") == .string("Müller"))
        #expect(row.json("notes") == .array([.string("one\ntwo  three")]))
    }

    @Test(
        arguments: [
            ("ISO-8859-1", "=FCber", "über"), ("Windows-1252", "=80uro", "€uro"),
            ("windows-1256", "=C8=D1=E1=ED=E4", "برلين"), ("windows-1251", "=CC=E8=F0", "Мир"),
            ("KOI8-R", "=ED=C9=D2", "Мир"), ("UTF-8", "=C3=BCber", "über"),
            ("ISO-8859-9", "=FEehir", "şehir"),
        ]
    ) func quotedPrintableIsReadInItsCharacterSet(
        charset: String,
        bytes: String,
        text: String
    ) throws {
        let row = try row("FN;CHARSET=\(charset);QUOTED-PRINTABLE:\(bytes)", version: "2.1")
        #expect(row.json("preferred_name") == .string(text))
    }

    @Test func bytesThatAreNotUTF8AreReadAsWindowsWroteThemWithAWarning() throws {
        let bytes = Array("BEGIN:VCARD\nFN:M".utf8) + [0xfc] + Array("ller\nEND:VCARD\n".utf8)
        let row = try #require(
            try VCardReader(ByteSource(bytes: bytes, name: "sample")).rows().first
        )
        #expect(row.json("preferred_name") == .string("Müller"))
        #expect(row.warnings.contains { $0.contains("Windows-1252") })
    }

    // MARK: Parameters and groups

    @Test func parametersOf21HaveNoNames() throws {
        let row = try row("FN:A\r\nTEL;HOME;VOICE:+493012345\r\nTEL;CELL:+49170123", version: "2.1")
        #expect(
            row.json("phones")
                == (try json(
                    #"[{"value":"+493012345","type":"home"},{"value":"+49170123","type":"mobile"}]"#
                ))
        )
    }

    @Test func everyGroupKeepsItsLabel() throws {
        let row = try row(
            """
            FN:A\r
            item1.EMAIL:a@b.org\r
            item1.X-ABLabel:_$!<Work>!$_\r
            item2.TEL:+49301\r
            item2.X-ABLabel:Reception\r
            item3.ADR:;;Main St 1;Berlin;;10115;Deutschland\r
            item3.X-ABADR:de\r
            item4.X-ABDATE:1975-03-01\r
            item4.X-ABLabel:_$!<Anniversary>!$_
            """
        )
        #expect(row.json("emails")?.array?.first?["type"] == .string("work"))
        #expect(row.json("addresses")?.array?.first?["country"] == .string("DE"))
        #expect(
            extras(row) == [
                "TEL;X-ABLABEL=Reception|+49301",
                "X-ABDATE;X-ABLABEL=_$!<Anniversary>!$_|1975-03-01",
            ]
        )
    }

    @Test func parametersAreDecodedAsRFC6868HasThem() throws {
        let row = try row(
            #"FN:A"# + "\r\n"
                + #"ADR;LABEL="Main St 1^nBerlin: ^'Mitte^'";CC=de:;;Main St 1;Berlin;;;"#,
            version: "4.0"
        )
        let address = try #require(row.json("addresses")?.array?.first)
        #expect(address["text"] == .string("Main St 1, Berlin: \"Mitte\""))
        #expect(address["country"] == .string("DE"))
        #expect(row.json("city") == .string("Berlin"))
    }

    // MARK: Names

    @Test func namesInSeveralScriptsAreOneContact() throws {
        let row = try row(
            """
            N;ALTID=1;LANGUAGE=en:Malik;Ayesha;;Dr;\r
            N;ALTID=1;LANGUAGE=ur:ملک;عائشہ;;;\r
            FN;ALTID=1;LANGUAGE=en:Dr Ayesha Malik\r
            FN;ALTID=1;LANGUAGE=ur:عائشہ ملک
            """,
            version: "4.0"
        )
        #expect(row.json("preferred_name") == .string("Dr Ayesha Malik"))
        #expect(row.json("honorific") == .string("Dr"))
        #expect(
            row.json("names")
                == (try json(
                    """
                    [{"text":"Dr Ayesha Malik","lang":"en","given":"Ayesha","family":"Malik"},
                    {"text":"عائشہ ملک","lang":"ur","given":"عائشہ","family":"ملک"}]
                    """
                ))
        )
        #expect(row.json("extra") == nil)
    }

    @Test func aPhoneticNameIsATransliteration() throws {
        let row = try row(
            """
            FN:孫中山\r
            N;ALTID=1;LANGUAGE=zh-Hant:孫;中山;;;\r
            N;ALTID=1;PHONETIC=jyut;SCRIPT=Latn;LANGUAGE=yue:syun1;zung1saan1;;;
            """,
            version: "4.0"
        )
        let names = try #require(row.json("names")?.array)
        #expect(
            names.contains { $0["use"] == .string("translit") && $0["script"] == .string("Latn") }
        )
        #expect(names.contains { $0["family"] == .string("孫") })
    }

    @Test func aCardWithoutANameIsNamedByWhatItHas() throws {
        let row = try row("EMAIL:info@example.org", version: "2.1")
        #expect(row.json("preferred_name") == .string("info@example.org"))
        #expect(row.warnings == ["has no name, named by its email"])
    }

    // MARK: Dates

    @Test(
        arguments: [
            ("19850412", "1985-04-12"), ("1985-04-12", "1985-04-12"), ("1985-04", "1985-04"),
            ("1985", "1985"), ("--0415", "XXXX-04-15"), ("--04-15", "XXXX-04-15"),
            ("--04", "XXXX-04"), ("---12", "XXXX-XX-12"),
            ("19531015T231000Z", "1953-10-15T23:10:00Z"),
            ("1987-09-27T08:30:00-06:00", "1987-09-27T08:30:00-06:00"),
            ("1985-04-12T00:00:00Z", "1985-04-12"),
            ("20090808T1430-0500", "2009-08-08T14:30-05:00"),
        ]
    ) func aBirthdayIsAPartialDate(text: String, edtf: String) throws {
        #expect(try row("FN:A\r\nBDAY:\(text)").json("birth_date") == .string(edtf))
    }

    @Test func aBirthdayWithoutYearOrSureYearIsRead() throws {
        let apple = try row("FN:A\r\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-04-15")
        #expect(apple.json("birth_date") == .string("XXXX-04-15"))
        let circa = try row("FN:A\r\nBDAY;VALUE=text:circa 1800", version: "4.0")
        #expect(circa.json("birth_date") == .string("1800~"))
    }

    @Test func aBirthdayThatIsNoDateIsKept() throws {
        let row = try row("FN:A\r\nBDAY:19723101", version: "4.0")
        #expect(row.json("birth_date") == nil)
        #expect(extras(row) == ["BDAY|19723101"])
        #expect(row.warnings.contains { $0.contains("19723101") })
    }

    // MARK: Work, skills, the rest

    @Test func severalOrganisationsAreEmployerAndAffiliations() throws {
        let row = try row(
            """
            FN:A\r
            ORG:IBM;Accounting\r
            TITLE:Money Counter\r
            item1.ORG:KMS\\, Inc.\r
            item1.TITLE:Adviser\r
            ROLE:Programmer
            """
        )
        #expect(row.json("employer") == .string("IBM"))
        #expect(row.json("position") == .string("Money Counter"))
        #expect(
            row.json("affiliations")
                == (try json(
                    #"[{"organisation":"KMS, Inc.","title":"Adviser"}]"#
                ))
        )
        #expect(extras(row) == ["ORG|IBM;Accounting", "ROLE|Programmer"])
    }

    @Test func whatIsSaidInTwoLanguagesIsOneThing() throws {
        let row = try row(
            """
            FN:A\r
            ORG;ALTID=1;LANGUAGE=de:Institut\r
            ORG;ALTID=1;LANGUAGE=en:Institute\r
            TITLE;ALTID=2;LANGUAGE=de:Leiter\r
            TITLE;ALTID=2;LANGUAGE=en:Head
            """,
            version: "4.0"
        )
        #expect(row.json("employer") == .string("Institut"))
        #expect(row.json("position") == .string("Leiter"))
        #expect(row.json("affiliations") == nil)
        #expect(
            extras(row) == [
                "ORG;ALTID=1;LANGUAGE=en|Institute", "TITLE;ALTID=2;LANGUAGE=en|Head",
            ]
        )
    }

    @Test func theLanguageThatOutlookGivesNIsNoOtherName() throws {
        let row = try row("N;LANGUAGE=en-us:Doe;John\r\nFN:John Doe", version: "2.1")
        #expect(
            row.json("names")
                == (try json(#"[{"text":"John Doe","given":"John","family":"Doe"}]"#))
        )
    }

    @Test func skillsGenderLanguagesAndORCIDFindTheirFields() throws {
        let row = try row(
            """
            FN:A\r
            EXPERTISE;LEVEL=expert:cryogenics\r
            INTEREST:chess\r
            GENDER:F\r
            LANG;PREF=1:ur\r
            CATEGORIES:one,two\\, three\r
            SOCIALPROFILE;SERVICE-TYPE=ORCID:https://orcid.org/0000-0002-1825-0097
            """,
            version: "4.0"
        )
        #expect(row.json("keywords") == .array([.string("cryogenics")]))
        #expect(row.json("gender") == .string("female"))
        #expect(row.json("languages") == (try json(#"[{"lang":"ur"}]"#)))
        #expect(row.json("tags") == (try json(#"["one","two, three"]"#)))
        #expect(row.json("orcid") == .string("0000-0002-1825-0097"))
        #expect(extras(row) == ["EXPERTISE;LEVEL=expert|cryogenics", "INTEREST|chess"])
    }

    @Test func picturesAreLeftOutAndSaid() throws {
        let row = try row(
            """
            FN:A\r
            PHOTO;ENCODING=b;TYPE=JPEG:\(String(repeating: "AAAA", count: 1024))\r
            LOGO:data:image/png;base64,AAAAAAAA\r
            PHOTO;VALUE=uri:https://example.org/a.jpg
            """
        )
        #expect(row.warnings.contains("photo of 3 KiB left out"))
        #expect(row.warnings.contains { $0.hasPrefix("logo of") })
        #expect(extras(row) == ["PHOTO|https://example.org/a.jpg"])
    }

    @Test func aPictureBeyondEveryLimitDoesNotCostTheCard() throws {
        let line = " " + String(repeating: "A", count: 70) + "\r\n"
        let text =
            "BEGIN:VCARD\r\nFN:A\r\nPHOTO;ENCODING=b:AAAA\r\n"
            + String(repeating: line, count: 90_000) + "EMAIL:a@b.org\r\nEND:VCARD\r\n"
        let row = try #require(try VCardReader(ByteSource(text)).rows().first)
        #expect(row.json("emails")?.array?.count == 1)
        #expect(row.warnings == ["photo of \(4 * 1024 * 1024 / 1024 + 518) KiB left out"])
    }

    // MARK: Cards

    @Test func aCardThatCannotBeReadIsRefusedAndTheOthersComeIn() throws {
        let long = String(repeating: "x", count: VCardLimits.longestLine + 10)
        let results = try results(
            """
            BEGIN:VCARD
            VERSION:3.0
            FN:First
            END:VCARD
            BEGIN:VCARD
            FN:Long
            NOTE:\(long)
            END:VCARD
            BEGIN:VCARD
            KIND:group
            FN:Friends
            MEMBER:urn:uuid:1
            END:VCARD
            FN:Nobody's
            END:VCARD
            BEGIN:VCARD
            FN:Last
            no colon here
            END:VCARD

            """
        )
        #expect(results.count == 5)
        guard results.count == 5 else { return }
        #expect(results[1] == .refused(line: 5, reason: "line 7 is longer than 1 MiB"))
        #expect(
            results[2]
                == .refused(
                    line: 9,
                    reason: "is a group of 1 member, not a person or an organisation"
                )
        )
        #expect(
            results[3]
                == .refused(line: 14, reason: "a card ends here that BEGIN:VCARD does not begin")
        )
        guard case .record(let last) = results[4] else {
            Issue.record("the last card is missing")
            return
        }
        #expect(last.warnings == ["line 18: “no colon here” is no property, left out"])
    }

    @Test func theCardOfAnAgentIsKeptWithThePerson() throws {
        let row = try row(
            "FN:A\r\nAGENT:\r\nBEGIN:VCARD\r\nVERSION:2.1\r\nFN:Susan\r\nEND:VCARD\r\nTITLE:Head",
            version: "2.1"
        )
        #expect(row.json("preferred_name") == .string("A"))
        #expect(row.json("position") == .string("Head"))
        #expect(extras(row) == [#"AGENT|BEGIN:VCARD\nVERSION:2.1\nFN:Susan\nEND:VCARD\n"#])
    }

    @Test func aCardOfAnOrganisationBecomesOne() throws {
        let row = try row(
            "KIND:org\r\nFN:Institute\r\nTEL;TYPE=work:+49301\r\nADR:;;;Multan;;;Pakistan",
            version: "4.0"
        )
        #expect(row.kind == "organisation")
        #expect(row.json("name") == .string("Institute"))
        #expect(row.json("city") == .string("Multan"))
        #expect(row.json("country") == .string("PK"))
    }

    // MARK: Identifiers

    @Test func aUIDIsAnImportIDWithAndWithoutItsPrefix() throws {
        let row = try row("FN:A\r\nUID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1")
        #expect(
            row.json("import_ids")
                == (try json(
                    """
                    ["urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
                    "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1"]
                    """
                ))
        )
    }

    @Test func aCardWithoutUIDIsKnownByNameAndAddress() throws {
        let first = try row("FN:Ayesha Malik\r\nEMAIL:A@b.org")
        let later = try row("FN:ayesha malik\r\nTITLE:Head\r\nEMAIL:a@b.org")
        let other = try row("FN:Bilal Malik\r\nEMAIL:a@b.org")
        #expect(first.json("import_ids") == later.json("import_ids"))
        #expect(first.json("import_ids") != other.json("import_ids"))
        #expect(try row("FN:Ayesha Malik").json("import_ids") == nil)
    }

    @Test func filesAreKnownByHowTheyBegin() {
        #expect(VCardReader.recognises(Array("\u{feff}\r\nbegin:vcard\r\n".utf8)))
        #expect(VCardReader.recognises([0xff, 0xfe] + "BEGIN:VCARD".utf8.flatMap { [$0, 0] }))
        #expect(!VCardReader.recognises(Array("Name;E-mail".utf8)))
        #expect(VCardReader.recognisesJCard(Array("[\n \"vcard\",".utf8)))
        #expect(VCardReader.recognisesJCard(Array("[[\"vcard\",".utf8)))
        #expect(!VCardReader.recognisesJCard(Array(#"[{"kind":"contact"}]"#.utf8)))
    }
}
