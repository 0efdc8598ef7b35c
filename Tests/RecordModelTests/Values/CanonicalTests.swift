import RecordModel
import TestSupport
import Testing

struct CanonicalTests {
    private static let hash = String(repeating: "ab", count: 32)

    /// Type, what is typed, and the canonical text.
    static let accepted: [(ValueType, String, String)] = [
        (.text, "  Dr Ayesha Malik ", "Dr Ayesha Malik"),
        (.text, "Rene\u{301}", "Ren\u{e9}"),
        (.text, "\u{202b}عائشہ\u{202c}", "\u{202b}عائشہ\u{202c}"),
        (.longtext, " one\r\ntwo\rthree\n\n", "one\ntwo\nthree"),
        (.longtext, "a\r\n\r\nb", "a\n\nb"),
        (.int, "-014", "-14"), (.int, "+7", "7"), (.int, "-0", "0"),
        (.int, "9223372036854775807", "9223372036854775807"),
        (.bool, "Yes", "true"), (.bool, "no", "false"), (.bool, "TRUE", "true"),
        (.date, "2024-02-29", "2024-02-29"), (.date, "0001-01-01", "0001-01-01"),
        (.edtf, "1985~", "1985~"), (.edtf, "xxxx-04-15", "XXXX-04-15"),
        (.edtf, "2018/..", "2018/.."), (.edtf, "199x?", "199X?"),
        (.instant, "2026-03-14T09:12:00Z", "2026-03-14T09:12:00Z"),
        (.instant, "2026-03-14t10:12:00.500+01:00", "2026-03-14T09:12:00.5Z"),
        (.instant, "2026-03-01 00:30-02:00", "2026-03-01T02:30:00Z"),
        (.instant, "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        (.instant, "0000-01-01T00:00Z", "0000-01-01T00:00:00Z"),
        (.money, "EUR 1200000", "EUR 1200000.00"), (.money, "pkr  -0012.5", "PKR -12.50"),
        (.money, "JPY 5000", "JPY 5000"), (.money, "KWD 1.5", "KWD 1.500"),
        (.money, "USD -0.00", "USD 0.00"),
        (.enumeration(["in_force", "lapsed"]), "In Force", "in_force"),
        (.enumeration(["PUBLIC", "INTERNAL"]), "public", "PUBLIC"),
        (.country, "pk", "PK"), (.lang, "UR-arab-pk", "ur-Arab-PK"),
        (.lang, "ZH-HANS", "zh-Hans"), (.lang, "de-1996", "de-1996"),
        (.lang, "en-x-Embassy", "en-x-embassy"), (.lang, "es-419", "es-419"),
        (.ford, "2.11", "2.11"), (.ford, "6", "6"), (.sdg, "9.5", "9.5"), (.sdg, "17.19", "17.19"),
        (.sdg, "9.A", "9.a"), (.sdg, "4", "4"),
        (.email, "Ayesha.Malik@Example.ORG", "ayesha.malik@example.org"),
        (.email, "mailto:a@b.org", "a@b.org"), (.email, "<a@b.org>", "a@b.org"),
        (.phone, "+49 (0)30 123456", "+4930123456"), (.phone, "0049 30 123456", "+4930123456"),
        (.phone, "tel:+49-30-123456", "+4930123456"),
        (.phone, "+49 30 123456 ext. 12", "+4930123456;ext=12"),
        (.phone, "+49 006 896 9196", "+4968969196"),
        (.phone, "\u{202a}+92 301 2345678\u{202c}", "+923012345678"),
        (.phone, "+۹۲ ۳۰۱ ۲۳۴۵۶۷۸", "+923012345678"),
        (.url, "HTTPS://WWW.Example.org/Path?Q=A", "https://www.example.org/Path?Q=A"),
        (.id(scheme: "orcid"), "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        (.id(scheme: "orcid"), "000000021694233x", "0000-0002-1694-233X"),
        (.id(scheme: "ror"), "https://ror.org/05BBBC791", "05bbbc791"),
        (.id(scheme: "doi"), "https://doi.org/10.1000/ABC", "10.1000/abc"),
        (.id(scheme: nil), "ISNI: 0000 0004 0371 6119", "isni:0000000403716119"),
        (.id(scheme: nil), "https://www.wikidata.org/wiki/Q25052476", "wikidata:Q25052476"),
        (.id(scheme: nil), "scopus:7004212771", "scopus:7004212771"),
        (.ref, "BER-214", "ber-214"), (.ref, "ber-214~9F3C", "ber-214~9f3c"),
        (.ref, "9F3C00000000000A", "uid:9f3c00000000000a"),
        (.ref, "uid:9f3c00000000000a", "uid:9f3c00000000000a"),
        (.ref, "https://ror.org/05bbbc791", "ror:05bbbc791"),
        (.ref, "orcid:0000-0002-1825-0097", "orcid:0000-0002-1825-0097"),
        (.refOrText, "ber-3", "ber-3"),
        (.refOrText, "University of Karachi", "University of Karachi"),
        (.blob, "\(hash) 007 Text/Plain mou final.txt", "\(hash) 7 text/plain mou final.txt"),
    ]

    @Test(arguments: accepted)
    func whatIsTypedBecomesCanonical(type: ValueType, typed: String, canonical: String) throws {
        var warnings: [ValueWarning] = []
        let text = try type.canonical(typed, warnings: &warnings)
        #expect(Array(text.utf8) == Array(canonical.utf8))
        #expect(warnings == [])
    }

    @Test(arguments: accepted)
    func canonicalTextIsItsOwnCanonicalForm(type: ValueType, typed: String, canonical: String) {
        #expect(type.isCanonical(Array(canonical.utf8)))
        if !typed.utf8.elementsEqual(canonical.utf8) {
            #expect(!type.isCanonical(Array(typed.utf8)))
        }
        #expect(!type.isCanonical([]))
        #expect(!type.isCanonical([0xff]))
        #expect(!type.isCanonical(Array((" " + canonical).utf8)))
    }

    static let refused: [(ValueType, String)] = [
        (.text, ""), (.text, " \u{a0} "), (.text, "a\nb"), (.text, "a\u{2028}b"),
        (.text, "a\u{7}b"), (.text, "a\tb"), (.text, "a\u{85}b"), (.longtext, "a\u{0}b"),
        (.longtext, " \n"), (.int, "1.0"), (.int, "9223372036854775808"), (.int, "1,000"),
        (.bool, "maybe"), (.date, "2026-02-29"), (.date, "2026-3-14"), (.date, "14.03.2026"),
        (.date, "2026-03"), (.edtf, "2016-13-08"), (.edtf, "soon"),
        (.instant, "2026-03-14"), (.instant, "2026-03-14T24:00Z"),
        (.instant, "2026-03-14T09:12:00+25:00"), (.instant, "2026-03-14T09:12:00.Z"),
        (.instant, "9999-12-31T23:59:59-01:00"), (.instant, "2026-03-14T09:12Zulu"),
        (.money, "1200"), (.money, "EUR 12,50"), (.money, "EUR 1.234"), (.money, "JPY 1.5"),
        (.money, "XEU 10"), (.money, "EUR 1234567890123456"), (.money, "EUR .5"),
        (.money, "EUR 1."), (.money, "EUR"), (.enumeration(["a", "b"]), "c"), (.country, "XX"),
        (.country, "DEU"), (.lang, "u"), (.lang, "en-"), (.lang, "en-toolongsubtag"),
        (.lang, "english language"), (.lang, "de-1996-1996"), (.lang, "en-a"), (.ford, "2.12"),
        (.ford, "7"), (.ford, "2."), (.ford, "02"), (.ford, "2.2.1"), (.sdg, "18"),
        (.sdg, "9.6"), (.sdg, "9.d"), (.sdg, "17.a"), (.sdg, "0"),
        (.id(scheme: "orcid"), "0000-0002-1825"), (.id(scheme: "orcid"), "X000-0002-1825-0097"),
        (.id(scheme: "ror"), "15bbbc791"), (.id(scheme: "ror"), "05bbbl791"),
        (.id(scheme: nil), "0000000403716119"), (.id(scheme: nil), "https://example.org/1"),
        (.id(scheme: nil), "isni:1"), (.id(scheme: nil), "wikidata:P31"),
        (.id(scheme: nil), "scopus:"), (.ref, "Charité"), (.ref, "ber-0"), (.ref, "b-1"),
        (.ref, "isni:0000000403716119"), (.ref, "ror:15bbbc791"), (.blob, "abc 1 text/plain x"),
    ]

    @Test(arguments: refused)
    func whatIsNotOfTheTypeIsRefused(type: ValueType, typed: String) {
        var warnings: [ValueWarning] = []
        #expect(throws: ValueError.self) { try type.canonical(typed, warnings: &warnings) }
    }

    /// What looks wrong but may be the world's fault, not the typist's.
    static let doubtful: [(ValueType, String, String)] = [
        (.phone, "call Bilal", "call Bilal"), (.phone, "030 123456", "030 123456"),
        (.phone, "+999 12345678", "+999 12345678"), (.phone, "+1 201 555 012", "+1 201 555 012"),
        (.email, "ayesha at example.org", "ayesha at example.org"),
        (.email, "a@b", "a@b"), (.email, "A@B@c.org", "A@B@c.org"),
        (.url, "www.psf.gov.pk", "www.psf.gov.pk"), (.url, "https://", "https://"),
        (.id(scheme: "orcid"), "0000-0002-1825-0098", "0000-0002-1825-0098"),
        (.id(scheme: "ror"), "05bbbc792", "05bbbc792"),
        (.id(scheme: nil), "isni:0000 0004 1936 7301", "isni:0000000419367301"),
        (.ref, "ror:05bbbc792", "ror:05bbbc792"),
    ]

    @Test(arguments: doubtful)
    func whatLooksWrongIsKeptWithAWarning(type: ValueType, typed: String, kept: String) throws {
        var warnings: [ValueWarning] = []
        #expect(try type.canonical(typed, warnings: &warnings) == kept)
        #expect(warnings.count == 1)
        #expect(type.isCanonical(Array(kept.utf8)))
    }

    /// What one desk accepts, headquarters must not refuse: whatever comes out is read as itself.
    @Test(arguments: Seeds.first(40))
    func whatComesOutIsCanonical(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let samples = Self.accepted.map { ($0.0, $0.1) } + Self.doubtful.map { ($0.0, $0.1) }
        let regions = [nil, "DE", "PK", "US", "BY", "AR", "IT"]
        let alphabet = Array("0001+ -()./;:=,#xXeEtT@~?%[]{}\u{301}\u{a0}é９Z\n")
        for _ in 0..<400 {
            let (type, sample) = samples[generator.below(samples.count)]
            var text = Array(sample)
            for _ in 0...generator.below(4) {
                let place = generator.below(text.count + 1)
                switch generator.below(3) {
                case 0 where place < text.count: text.remove(at: place)
                case 1 where place < text.count:
                    text[place] = alphabet[generator.below(alphabet.count)]
                default: text.insert(alphabet[generator.below(alphabet.count)], at: place)
                }
            }
            let context = ValueContext(region: regions[generator.below(regions.count)])
            var warnings: [ValueWarning] = []
            let result = try? type.canonical(String(text), context: context, warnings: &warnings)
            guard let result else { continue }
            #expect(type.isCanonical(Array(result.utf8)), "\(type): \(String(text)) → \(result)")
        }
    }

    @Test func localTimesTakeTheOffsetOfTheirPlaceAndSeason() throws {
        // One hour in winter, two from April on.
        let april = 1_774_994_400
        let context = ValueContext(utcOffset: { $0 < april ? 3600 : 7200 })
        var warnings: [ValueWarning] = []
        func utc(_ text: String) throws -> String {
            try ValueType.instant.canonical(text, context: context, warnings: &warnings)
        }
        #expect(try utc("2026-03-14T09:12") == "2026-03-14T08:12:00Z")
        #expect(try utc("2026-07-14 09:12:30") == "2026-07-14T07:12:30Z")
        #expect(try utc("2026-07-14T09:12Z") == "2026-07-14T09:12:00Z")
    }

    @Test func messagesSayWhatIsAccepted() {
        let message = ValueError.malformed(.enumeration(["home", "counterpart"]), text: "ours")
            .message
        #expect(message == "“ours” is not one of home, counterpart")
        #expect(ValueError.malformed(.date, text: "14.3.").message.contains("2026-03-14"))
        #expect(ValueError.appendOnly.code == "append_only")
        #expect(ValueError.empty.code == "bad_value")
        let long = String(repeating: "x", count: 10_000)
        #expect(ValueError.malformed(.int, text: long).message.count < 200)
    }
}
