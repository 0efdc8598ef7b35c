import RecordModel
import Testing

@testable import RecordModel

struct PhoneNumberTests {
    @Test(arguments: [
        ("030 123456", "DE", "+4930123456"), ("0301 2345678", "pk", "+923012345678"),
        ("(201) 555-0123", "US", "+12015550123"), ("1-201-555-0123", "CA", "+12015550123"),
        ("8 (495) 123-45-67", "RU", "+74951234567"), ("8001234567", "RU", "+78001234567"),
        ("06 20 123 4567", "HU", "+36201234567"), ("06 6981 2345", "IT", "+390669812345"),
        ("011 15-2345-6789", "AR", "+5491123456789"), ("0343 15 412-3456", "AR", "+5493434123456"),
        ("011 44 20 7946 0018", "US", "+442079460018"), ("810 49 30 123456", "TJ", "+4930123456"),
        ("00 49 30 123456", "US", "+4930123456"), ("010 44 20 7946 0018", "JP", "+442079460018"),
        ("+49 030 123456", "PK", "+4930123456"), ("+39 06 6981 2345", "DE", "+390669812345"),
        ("030/12 34-56 x7", "DE", "+4930123456;ext=7"),
        ("030.123456#12", "DE", "+4930123456;ext=12"),
    ])
    func nationalNumbersFollowTheirRegion(typed: String, region: String, number: String) {
        #expect(PhoneNumber(typed, region: region)?.text == number)
        #expect(PhoneNumber(number, region: nil)?.text == number)
    }

    @Test(arguments: [
        "", "+", "12", "112", "+1 555", "1.2E+11", "+49 30 12345678901234", "030 123456 ext",
        "+49+30123456", "030 123456 / 57 or 58", "++4930123456", "030 123456 x12345678",
    ])
    func otherTextIsNone(typed: String) {
        #expect(PhoneNumber(typed, region: "DE") == nil)
    }

    @Test func aRegionNobodyKnowsReadsInternationalNumbersOnly() {
        #expect(PhoneNumber("+4930123456", region: "ZZ")?.text == "+4930123456")
        #expect(PhoneNumber("030123456", region: "ZZ") == nil)
    }

    /// What spreadsheets leave of a number that they took for a figure.
    @Test(arguments: [
        ("491757123456", "DE", "+491757123456", PhoneNumber.Remark.lacksPlus),
        ("1757123456", "DE", "+491757123456", .lacksTrunk),
        ("491757123456", "PK", "+491757123456", .lacksPlus),
        ("923001234567", "PK", "+923001234567", .lacksPlus),
        ("3001234567", "PK", "+923001234567", .lacksTrunk),
        ("79161234567", "RU", "+79161234567", .lacksPlus),
        ("998901234567", "UZ", "+998901234567", .lacksPlus),
    ])
    func whatASpreadsheetTookAwayIsPutBack(
        typed: String,
        region: String,
        number: String,
        remark: PhoneNumber.Remark
    ) {
        let read = PhoneNumber(typed, region: region)
        #expect(read?.text == number)
        #expect(read?.remark == remark)
        #expect(PhoneNumber(number, region: region)?.remark == nil)
    }

    @Test(arguments: [
        ("030 123456", "DE"), ("0301 2345678", "PK"), ("(201) 555-0123", "US"),
        ("8 (495) 123-45-67", "RU"), ("91 234 56 78", "TJ"), ("612345678", "ES"),
        ("2 2123 4567", "CL"),
    ])
    func whatIsWholeIsNotDoubted(typed: String, region: String) {
        let number = PhoneNumber(typed, region: region)
        #expect(number != nil)
        #expect(number?.remark == nil)
    }

    @Test(.enabled(if: PublicData.isThere, PublicData.missing))
    func invalidExamplesAreDoubtedAndValidOnesAreNot() throws {
        var counts = (doubted: 0, accepted: 0)
        for row in try PublicData.rows("phones/example-numbers.csv") {
            let e164 = try #require(row["e164"])
            let remark = PhoneNumber(e164, region: nil)?.remark
            if row["type"] == "invalid" {
                if PhoneNumber(e164, region: nil) == nil || remark == .unusualLength {
                    counts.doubted += 1
                } else {
                    counts.accepted += 1
                }
            } else {
                #expect(remark == nil, "\(e164) \(row["type"] ?? "")")
            }
        }
        // Some numbers are wrong in ways that their length does not show.
        #expect(counts.doubted >= 110, "\(counts)")
    }

    @Test(.enabled(if: PublicData.isThere, PublicData.missing))
    func prefixesAreThoseOfTheStandard() throws {
        for row in try PublicData.rows("phones/calling-codes.csv") where row["region"] != "001" {
            let region = try #require(row["region"])
            let pattern = try Regex("(?:" + (row["international_prefix"] ?? "") + ")")
            let prefixes = CallingCodes.internationalPrefixes(of: region)
            for prefix in prefixes.isEmpty ? ["00"] : prefixes {
                #expect(prefix.prefixMatch(of: pattern) != nil, "\(region) \(prefix)")
            }
            // The Marshall Islands have a trunk prefix on paper; numbers there are dialled whole.
            guard region != "MH" else { continue }
            let trunk = try #require(row["national_prefix"])
            #expect(CallingCodes.regions[region]?.trunk == trunk, "\(region) \(trunk)")
        }
    }

    @Test(.enabled(if: PublicData.isThere, PublicData.missing))
    func exampleNumbersOfTheWorldAreRead() throws {
        var total = 0
        var missed: [String] = []
        for row in try PublicData.rows("phones/example-numbers.csv") where row["type"] != "invalid"
        {
            let region = try #require(row["region"])
            let e164 = try #require(row["e164"])
            for form in ["national", "international", "e164", "rfc3966"] {
                let typed = try #require(row[form])
                let isNational = form == "national"
                if isNational, row["type"] == "toll_free" { continue }
                total += 1
                let number = PhoneNumber(typed, region: isNational ? region : nil)
                if number?.text != e164 { missed.append("\(region) \(typed)") }
            }
        }
        #expect(total > 1000)
        #expect(missed == [], "\(missed)")
    }

    @Test(.enabled(if: PublicData.isThere, PublicData.missing))
    func callingCodesAreThoseOfTheStandard() throws {
        let rows = try PublicData.rows("phones/calling-codes.csv").filter { $0["region"] != "001" }
        #expect(Set(rows.compactMap { $0["region"] }) == Set(CallingCodes.regions.keys))
        for row in rows {
            let region = try #require(row["region"])
            #expect(CallingCodes.regions[region]?.code == row["calling_code"], "\(region)")
        }
    }
}
