import Testing

@testable import RecordModel

/// Names that people write for codes, and what is doubted about values seen together.
struct NamesAndDoubtsTests {
    @Test(arguments: [
        ("pk", "PK"), ("PAK", "PK"), ("Pakistan", "PK"), ("پاکستان", "PK"), ("باكستان", "PK"),
        ("Islamic Republic of Pakistan", "PK"), ("Deutschland", "DE"), ("Allemagne", "DE"),
        ("德国", "DE"), ("Германия", "DE"), ("the Netherlands", "NL"), ("U.S.A.", "US"),
        ("Vereinigte Staaten", "US"), ("UK", "GB"), ("England", "GB"), ("UAE", "AE"),
        ("South Korea", "KR"), ("Republic of Korea", "KR"), ("DPRK", "KP"), ("Congo", "CG"),
        ("DR Congo", "CD"), ("Czech Republic", "CZ"), ("Côte d'Ivoire", "CI"),
        ("Russian Federation", "RU"), ("Kingdom of Saudi Arabia", "SA"), ("Turkey", "TR"),
        ("Federal Republic of Nigeria", "NG"), ("Dominica", "DM"), ("Dominican Republic", "DO"),
    ])
    func countriesByTheNamesThatPeopleWrite(name: String, code: String) {
        #expect(CountryNames.code(of: name) == code)
    }

    @Test(arguments: ["", "Atlantis", "Europe", "XX", "North", "Ger"])
    func whatNamesNoCountryIsNone(name: String) {
        #expect(CountryNames.code(of: name) == nil)
    }

    @Test func namesAreReadWhereTheContextSaysSoAndNowhereElse() throws {
        var warnings: [ValueWarning] = []
        var context = ValueContext()
        #expect(throws: ValueError.self) {
            try ValueType.country.canonical("Germany", context: context, warnings: &warnings)
        }
        context.readsNames = true
        #expect(
            try ValueType.country.canonical("Germany", context: context, warnings: &warnings)
                == "DE"
        )
        for (name, tag) in [("Urdu", "ur"), ("Englisch", "en"), ("deu", "de"), ("اردو", "ur")] {
            let read = try ValueType.lang.canonical(name, context: context, warnings: &warnings)
            #expect(read == tag)
        }
        #expect(!ValueType.country.isCanonical(Array("Germany".utf8)))
    }

    @Test func withdrawnCurrenciesStandInOldRecordsAndAreNotTyped() throws {
        var warnings: [ValueWarning] = []
        var context = ValueContext()
        #expect(ValueType.money.isCanonical(Array("DEM 5.00".utf8)))
        #expect(ValueType.money.isCanonical(Array("ITL 5000".utf8)))
        #expect(!ValueType.money.isCanonical(Array("XEU 5.00".utf8)))
        let old = try ValueType.money.canonical("dem 5", context: context, warnings: &warnings)
        #expect(old == "DEM 5.00")
        #expect(warnings == [.withdrawnCurrency("DEM")])
        context.acceptsWithdrawnCurrencies = false
        #expect(throws: ValueError.withdrawnCurrency("DEM")) {
            try ValueType.money.canonical("DEM 5", context: context, warnings: &warnings)
        }
    }

    @Test func aLanguageThatISO639DoesNotKnowIsDoubted() throws {
        var warnings: [ValueWarning] = []
        _ = try ValueType.lang.canonical("xx-Arab", warnings: &warnings)
        _ = try ValueType.lang.canonical("ur-Arab", warnings: &warnings)
        _ = try ValueType.lang.canonical("skr", warnings: &warnings)
        #expect(warnings == [.unknownLanguage("xx")])
    }

    // MARK: Doubts

    private func doubts(_ kind: String, _ values: KeyValuePairs<String, String>) throws -> [String]
    {
        let kind = try #require(Schema.builtIn.kind(named: kind))
        var warnings: [ValueWarning] = []
        let inputs = try values.map { name, text in
            let field = try #require(kind.field(named: name))
            return (
                field,
                try field.input(
                    text: text,
                    splitting: true,
                    context: ValueContext(),
                    warnings: &warnings
                )
            )
        }
        return RecordDoubts.doubts(
            of: kind,
            now: 1_772_000_000,
            text: { field in
                for case (let named, .register(let bytes)) in inputs where named == field {
                    return String(decoding: bytes, as: UTF8.self)
                }
                return nil
            },
            items: { field in
                inputs.filter { $0.0 == field }.flatMap { _, input -> [Item] in
                    guard case .items(let items) = input else { return [] }
                    return items.map { Item(key: $0.key ?? [], value: $0.value) }
                }
            }
        ).map(\.message)
    }

    @Test func aBirthInTheFutureIsDoubted() throws {
        #expect(try doubts("contact", ["birth_date": "2031"]).count == 1)
        #expect(try doubts("contact", ["birth_date": "1985~"]).isEmpty)
        // The present year may still be the past one.
        #expect(try doubts("contact", ["birth_date": "2026"]).isEmpty)
    }

    @Test func anEndBeforeItsStartIsDoubted() throws {
        #expect(try doubts("collaboration", ["start": "2024-05", "end": "2024-04"]).count == 1)
        #expect(try doubts("collaboration", ["start": "2024-05", "end": "2024"]).isEmpty)
        #expect(try doubts("collaboration", ["start": "2024", "end": "../2023"]).count == 1)
        let posts = #"[{"organisation":"A","from":"2020","to":"2018"}]"#
        #expect(try doubts("contact", ["affiliations": posts]).count == 1)
        #expect(
            try doubts("agreement", ["signed": "2024-05-01", "expires": "2023-01-01"]).count == 1
        )
    }

    @Test func noNumberOfTheCountryOfResidenceIsDoubted() throws {
        let abroad: KeyValuePairs = ["country_of_residence": "DE", "phones": "+923001234567"]
        #expect(try doubts("contact", abroad).count == 1)
        let both: KeyValuePairs = [
            "country_of_residence": "DE", "phones": "+923001234567;+4930123456",
        ]
        #expect(try doubts("contact", both).isEmpty)
    }

    @Test func aSubdivisionIsOneOfItsCountry() throws {
        #expect(try doubts("organisation", ["subdivision": "PK-PB", "country": "PK"]).isEmpty)
        #expect(try doubts("organisation", ["subdivision": "PK-PB", "country": "DE"]).count == 1)
        #expect(try doubts("organisation", ["subdivision": "Punjab"]).count == 1)
    }
}
