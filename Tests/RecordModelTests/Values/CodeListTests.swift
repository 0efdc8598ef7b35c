import Testing

@testable import RecordModel

@Suite(.enabled(if: PublicData.isThere, PublicData.missing))
struct CodeListTests {
    @Test func countriesAreThoseOfISO3166() throws {
        let rows = try PublicData.rows("codes/country-codes.csv")
        #expect(Set(rows.compactMap { $0["ISO3166-1-Alpha-2"] }) == CodeLists.countries)
        #expect(CodeLists.countries.count == 249)
    }

    @Test func currenciesAreTheActiveOnesOfISO4217() throws {
        var decimals: [String: Int] = [:]
        for row in try PublicData.rows("codes/iso4217-codes-all.csv") {
            guard let code = row["AlphabeticCode"], let unit = row["MinorUnit"].flatMap(Int.init),
                row["WithdrawalDate"] == ""
            else { continue }
            decimals[code] = unit
        }
        #expect(decimals == Currencies.decimals)
    }

    @Test func withdrawnCurrenciesAreThoseOfISO4217() throws {
        let rows = try PublicData.rows("codes/iso4217-codes-all.csv")
        let active = Set(
            rows.filter { $0["WithdrawalDate"] == "" }.compactMap { $0["AlphabeticCode"] }
        )
        let withdrawn = Set(
            rows.filter { $0["WithdrawalDate"] != "" }.compactMap { $0["AlphabeticCode"] }
        ).subtracting(active)
        // Units of account without coins.
        let units: Set = ["XEU", "XFO", "XFU", "XRE"]
        #expect(Currencies.withdrawn == withdrawn.subtracting(units))
        #expect(Currencies.withdrawn.isDisjoint(with: Currencies.decimals.keys))
    }

    @Test func subdivisionsAreThoseOfISO31662() throws {
        var listed: Set<String> = []
        for row in try PublicData.rows("codes/iso3166-2-subdivisions.csv") {
            guard let country = row["SUCountry"], let code = row["SUCode"] else { continue }
            listed.insert("\(country)-\(code)")
        }
        let known = Set(
            Subdivisions.byCountry.flatMap { country, codes in codes.map { "\(country)-\($0)" } }
        )
        #expect(known == listed)
        #expect(["PK-PB", "PK-SD", "PK-KP", "PK-BA", "PK-GB", "PK-JK"].allSatisfy(known.contains))
        #expect(!Subdivisions.isKnown("PK-XX"))
        #expect(!Subdivisions.isKnown("PK"))
    }

    @Test func threeLetterCodesAreThoseOfISO3166() throws {
        var codes: [String: String] = [:]
        for row in try PublicData.rows("codes/country-codes.csv") {
            guard let three = row["ISO3166-1-Alpha-3"], let two = row["ISO3166-1-Alpha-2"],
                !two.isEmpty
            else { continue }
            codes[three] = two
        }
        #expect(codes == CountryNames.alpha3)
    }

    @Test func languageCodesAreThoseOfISO639() throws {
        var codes: [String: Set<String>] = [:]
        for row in try PublicData.rows("codes/language-codes-full.csv") {
            guard let two = row["alpha2"], !two.isEmpty else { continue }
            let three = [row["alpha3-b"], row["alpha3-t"]].compactMap { $0 }
            codes[two] = Set(three.filter { !$0.isEmpty })
        }
        #expect(codes == LanguageNames.codes.mapValues(Set.init))
        for (two, threes) in codes {
            for three in threes { #expect(LanguageNames.code(of: three) == two) }
        }
    }

    @Test func countriesAreFoundByTheirNamesInManyLanguages() throws {
        var missed: [String] = []
        var total = 0
        for row in try PublicData.rows("codes/country-names-multilingual.csv") {
            guard let code = row["alpha2"], CodeLists.countries.contains(code) else { continue }
            for language in ["en", "ur", "ar", "fa", "zh", "tr", "ru"] {
                guard let name = row[language], !name.isEmpty else { continue }
                total += 1
                let found = CountryNames.code(of: name)
                // A name may be unknown, but must never stand for another country.
                // The list gives Guinea the Persian name of Papua New Guinea.
                if let found, found != code, (code, language) != ("GN", "fa") {
                    Issue.record("\(name) is \(code), not \(found)")
                }
                if found == nil { missed.append("\(language) \(name)") }
            }
            #expect(CountryNames.code(of: row["en"] ?? "") == code, "\(row["en"] ?? "")")
        }
        #expect(Double(missed.count) < 0.2 * Double(total), "\(missed.count) of \(total)")
    }

    @Test func fieldsAreThoseOfFORD() throws {
        let text = try PublicData.lines("codes/oecd-fos-2007-codes.json").joined()
        let json = try JSONValue(parsing: text)
        let codes = try #require(json["fosFields"]?.array).compactMap { $0["fosId"]?.string }
        #expect(codes.count == 48)
        for code in codes { #expect(CodeLists.ford(code) == code) }
        let accepted = (0...12).flatMap { area in
            ["\(area)"] + (0...20).map { "\(area).\($0)" }
        }.filter { CodeLists.ford($0) != nil }
        #expect(Set(accepted) == Set(codes))
    }

    @Test func targetsAreThoseOfTheUN() throws {
        let text = try PublicData.lines("codes/iati/UNSDG-Targets.xml").joined()
        let codes = text.split(separator: "<code>").dropFirst().compactMap {
            $0.split(separator: "<").first.map(String.init)
        }
        #expect(codes.count == 169)
        let suffixes = (0...25).map { "\($0)" } + ["a", "b", "c", "d", "e"]
        let accepted = (0...20).flatMap { goal in suffixes.map { "\(goal).\($0)" } }
            .filter { CodeLists.sdg($0) != nil }
        #expect(Set(accepted) == Set(codes))
    }

    @Test func languageTagsOfTheWorldAreAcceptedAsTheyStand() throws {
        for row in try PublicData.rows("codes/ietf-language-tags.csv") {
            let tag = try #require(row["lang"])
            // The list writes variants in upper case, RFC 5646 §2.1.1 in lower case.
            let canonical = tag.split(separator: "-").map {
                $0.count > 4 ? $0.lowercased() : "\($0)"
            }
            .joined(separator: "-")
            #expect(LanguageTag.canonical(tag) == canonical)
            #expect(LanguageTag.canonical(tag.uppercased()) == canonical)
        }
    }

    @Test func realIdentifiersPassTheirChecks() throws {
        for line in try PublicData.lines("ids/orcid-valid.txt") {
            #expect(Identifier(scheme: "orcid", line)?.isChecked == true, "\(line)")
        }
        for line in try PublicData.lines("ids/isni-valid.txt") {
            #expect(Identifier(scheme: "isni", line)?.isChecked == true, "\(line)")
        }
        for line in try PublicData.lines("ids/ror-valid.txt") {
            #expect(Identifier(scheme: "ror", line)?.isChecked == true, "\(line)")
        }
        for line in try PublicData.lines("ids/isni-invalid-real.txt") {
            #expect(Identifier(scheme: "isni", line)?.isChecked == false, "\(line)")
        }
    }

    @Test func everyChangedDigitAndEverySwapOfNeighboursIsNoticed() throws {
        for line in try PublicData.lines("ids/orcid-valid.txt").prefix(40) {
            let digits = Array(line.filter { $0 != "-" })
            for index in digits.indices.dropLast() {
                var changed = digits
                changed[index] = digits[index] == "9" ? "0" : "9"
                #expect(Identifier(scheme: "orcid", String(changed))?.isChecked != true)
                guard index < 14, digits[index] != digits[index + 1] else { continue }
                var swapped = digits
                swapped.swapAt(index, index + 1)
                #expect(Identifier(scheme: "orcid", String(swapped))?.isChecked == false)
            }
        }
    }
}
