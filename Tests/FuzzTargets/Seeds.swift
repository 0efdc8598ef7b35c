import CausalHistory
import Foundation
import RecordModel

@testable import RecordStorage

/// Inputs to begin with: what is in the protocol's vectors, and made-up files of each format.
enum Seeds {
    // MARK: The protocol

    /// The examples of the protocol.
    static var vectors: [[UInt8]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Protocol/vectors").standardizedFileURL
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let paths = (files?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "json" }
        return paths.map(\.path).sorted().compactMap { path in
            FileManager.default.contents(atPath: path).map { [UInt8]($0) }
        }
    }

    /// Every byte string of the examples: messages, frames, requests, whole and damaged.
    static var vectorBytes: [[UInt8]] {
        var found: Set<[UInt8]> = []
        func collect(_ json: JSONValue) {
            switch json {
            case .string(let text):
                if let bytes = bytes(hexadecimal: text), bytes.count > 3 { found.insert(bytes) }
            case .array(let elements): elements.forEach(collect)
            case .object(let members): members.forEach { collect($0.value) }
            default: break
            }
        }
        for vector in vectors {
            if let json = try? JSONValue(parsing: vector) { collect(json) }
        }
        return found.sorted { $0.lexicographicallyPrecedes($1) }
    }

    static var tokens: [[UInt8]] {
        texts(["att1-tmv4mggw5s6kat48wfwenf386wjw97cqn27qdzxeafe3srf7fxn73b0zs4", "ATT1-oil "])
    }

    static var problems: [[UInt8]] {
        texts([#"{"type":"/problems/x","status":503,"code":"overloaded","retry_after":5,"time":1}"#]
        )
    }

    // MARK: Values

    static var json: [[UInt8]] {
        texts([
            #"{"a":[1,-0.5e+3,true,false,null],"b":{"":"\u00e9\ud83d\ude00\n\\\"\/"}}"#,
            "[[[[]]]]", "\" \"", " 12 ", #"{"a":1,"a":2}"#, "\"\\ud800\"",
        ])
    }

    static var schemas: [[UInt8]] {
        texts([
            """
            schema 1
            common
             1 life    alive|deleted review
             9 files   {hash*, size int} newest s(contact)
            kind 1 contact handling PERSONAL # a remark
            20 name    ! text fuller
            21 emails  {value* email, type: work|home, primary bool} newest s
            22 past    rows {name, value money} newest
            23 notes   log longtext -
            24 ids     set id(orcid) review(yes)
            """,
            "schema 2\nkind 1 a handling X\n20 b set ref|text first\n21 c log {d edtf} -",
        ])
    }

    static var values: [[UInt8]] {
        let samples = [
            "Zeb", "e\u{301} \u{202e}x", "a\r\nb", "-9223372036854775808", "yes", "2024-02-29",
            "1985~", "2018/..", "199X", "XXXX-04-15", "../2018-12?", "-0044",
            "2026-03-14T10:12:60.25+01:00", "9999-12-31T23:59:59-23:59", "KWD -0.500", "jpy 5",
            "Germany", "ur-Arab-PK", "2.2", "9.a", "Noor@Example.org", "+49 (0)30 123-456 ext. 5",
            "00 44 20 7946 0000", "HTTPS://Example.org:80/A?b#c", "uid:00000000000000a7",
            "https://ror.org/05bbbc791", "0000-0002-1825-0097", "isni:0000 0004 0371 6119",
            "ber-214~9f3c", "doi:10.1000/182",
            String(repeating: "a", count: 64) + " 12 text/plain a file.txt",
        ]
        return samples.enumerated().flatMap { index, text -> [[UInt8]] in
            [0, 6, 12, 17, 18].map { (step: Int) -> [UInt8] in
                let head: [UInt8] = [UInt8(index + step), UInt8(index * 7)]
                return head + Array(text.utf8)
            }
        }
    }

    static var items: [[UInt8]] {
        let samples = [
            #"[{"value":"a@b.example","type":"work","raw":"A@B.example","primary":true}]"#,
            ##"[{"key":"56e74c","name":"x","value":"y","#7":"later"}]"##,
            #"{"ref":"ber-1"}"#, #"{"amount":"5","currency":"EUR"}"#, #"["a","b","a"]"#,
            "a; b; [c]", "+49 30 1", "\u{3}abc\u{a}\u{3}abc",
        ]
        return samples.enumerated().flatMap { index, text -> [[UInt8]] in
            (UInt8(0)..<3).map { form -> [UInt8] in
                let head: [UInt8] = [UInt8(index / 2), UInt8(4 + index), form]
                return head + Array(text.utf8)
            }
        }
    }

    // MARK: A replica's files

    static var rows: [[UInt8]] {
        let (first, second) = (Dot(ActorID(7), 3), Dot(ActorID(9), 1))
        let attribution = Attribution(time: HybridTime(milliseconds: 5), author: "author 0")
        var state = RecordState(kind: 1)
        state.write(.alive, to: .life, dot: second, attribution: attribution)
        state.write(.value([65]), to: FieldKey(20), dot: second, attribution: attribution)
        state.write(.value([66]), to: FieldKey(20), dot: first, attribution: attribution)
        state.write(.absent, to: FieldKey(21, item: [1, 2]), dot: first, attribution: attribution)
        var deleted = state
        deleted.delete(dot: Dot(ActorID(7), 4), attribution: attribution)
        var erased = state
        erased.erase(dot: Dot(ActorID(7), 4), attribution: attribution)
        let states = [state, deleted, erased].compactMap { try? StateCodec.encode($0, Numbers()) }
        let cells = (state.fields + deleted.fields).flatMap(\.siblings.siblings).map(\.version)
        return states + cells.compactMap { try? StateCodec.encode($0, Numbers()) }
    }

    static var witnesses: [[UInt8]] {
        texts(["attache-witness-1 00000000000000000042\nmachine\n64769\n131\n/home/raza/replica"])
    }

    // MARK: Files

    static var cards: [[UInt8]] {
        texts([
            """
            BEGIN:VCARD\r
            VERSION:4.0\r
            UID:urn:uuid:5b0c7e1c-77a5-4c3e-9d0f-0a4de9d0c2aa\r
            N;ALTID=1;LANGUAGE=ur;SORT-AS="Malik,Ayesha":ملک;عائشہ;;Dr;\r
            FN;PREF=1:Dr Ayesha Malik\r
            item1.TEL;TYPE="work,voice";VALUE=uri:tel:+49-30-123;ext=5\r
            item1.X-ABLabel:_$!<Work>!$_\r
            EMAIL;TYPE=home:a@b.example\r
            ADR;LABEL="Main St^n1":;;Main St 1;Berlin;;10115;Germany\r
            ORG:TU Berlin;Physics\r
            GENDER:F;x\r
            LANG;PREF=1:ur\r
            BDAY:--0415\r
            X-ATTACHE-CONSENT;X-OF=00000000:[{"basis":"consent"\\,"scope":"keep"}]\r
            END:VCARD\r

            """,
            """
            BEGIN:VCARD
            VERSION:2.1
            N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Eva
            TEL;CELL;PREF:+49 30 1
            NOTE;ENCODING=QUOTED-PRINTABLE:a=
            b
            PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ
             SkZJ
            AGENT:
            BEGIN:VCARD
            END:VCARD
            END:VCARD
            """,
            "BEGIN:VCARD\nVERSION:3.0\nKIND:org\nFN:A\nURL:http://a.example\nEND:VCARD\n",
        ])
    }

    static var jCards: [[UInt8]] {
        texts([
            """
            ["vcard",[["version",{},"text","4.0"],["fn",{"pref":"1"},"text","Ayesha Malik"],
            ["n",{},"text",["Malik","Ayesha","",["Dr","Prof"],""]],["tel",{"type":["work","voice"]},
            "uri","tel:+49-30-123"],["bday",{},"date-and-or-time","1985-04-12"],
            ["adr",{"group":"item1"},"text",["","","Main St 1","Berlin","","10115","Germany"]]]]
            """,
            #"[["vcard",[["fn",{},"text","A"]]],["vcard",[["fn",{},"text","B"]]]]"#,
        ])
    }

    static var tables: [[UInt8]] {
        texts([
            "\u{0}preferred_name,emails,country\r\n\"Malik, Ayesha\",a@b.example; c@d.example,DE\r\n",
            "\u{0}sep=;\nname;email\nZeb;=1+1\n'-x;\"a\"\"b\"\n",
            "\u{0}First Name\tLast Name\tBirthday\tPhone 1 - Value\nZeb\tQureshi\t3/4/1985\t+49 30 1\n",
            "\u{1}name|website|founded\nTU Berlin|http://a.example|01.02.2003\n",
            "\u{2}id,uid,title,signed_on\nber-1,00000000000000a7,MoU,2019-01-02\n",
        ]) + foreign
    }

    /// A table in UTF-16 and one in Windows' encoding of Western Europe.
    private static var foreign: [[UInt8]] {
        let units = "name,city\nZeb,K\u{f6}ln\n".utf16
        let wide = units.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        return [[0, 0xff, 0xfe] + wide, [0] + units.map { UInt8($0) }]
    }

    static var lines: [[UInt8]] {
        texts([
            #"{"kind":"contact","fields":{"preferred_name":"Zeb","emails":[{"value":"a@b.example"}]}}"#
                + "\n\n" + #"{"kind":"contact","id":"ber-1","uid":"00000000000000a7","fields":{}}"#,
            #"[{"kind":"contact","fields":{"tags":["a"],"birth_date":null}},{"kind":1}]"#,
        ])
    }

    static var organisations: [[UInt8]] {
        texts([
            """
            {"id":"https://ror.org/05bbbc791","names":[{"value":"A","lang":"en","types":["ror_display",\
            "label"]}],"types":["education"],"status":"active","established":1946,"links":[{"type":\
            "website","value":"http://a.example"}],"domains":["a.example"],"locations":[{"geonames_details"\
            :{"country_code":"DE","name":"Berlin","lat":52.5,"lng":13.4,"country_subdivision_code":"BE"}}],\
            "relationships":[{"id":"https://ror.org/05bbbc791","label":"B","type":"parent"}],\
            "external_ids":[{"type":"isni","all":["0000 0004 0371 6119"]}]}
            """,
            """
            [{"id":"https://ror.org/05bbbc791","name":"A","labels":[{"label":"Ä","iso639":"de"}],"acronyms":\
            ["A"],"aliases":[],"country":{"country_code":"DE"},"addresses":[{"city":"Berlin"}],"links":\
            ["http://a.example"],"external_ids":{"GRID":{"all":"grid.1"}},"wikipedia_url":""}]
            """,
        ])
    }

    // MARK: Notations

    static var conditions: [[UInt8]] {
        texts([
            "country_of_residence=DE and research_fields:3",
            #"not (preferred_name~"a \"b\"" or emails.type!=work) and last_contacted>=2026-03"#,
            "life=deleted or merged_into", "((((id=ber-1))))", "emails[a=b].type+=work", ".",
            "not not",
        ])
    }

    private static func texts(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }
}
