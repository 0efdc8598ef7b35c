import RecordModel
import Testing

@testable import DeskWork

/// Reports that count or list contacts.
struct PeopleReportTests {
    private func contact(
        _ id: String,
        country: String = "DE",
        field: String = "2.7",
        consent: FixtureValue = given,
        _ more: KeyValuePairs<String, FixtureValue> = [:]
    ) -> ReportRecord {
        let base = record(
            "contact",
            id,
            [
                "country_of_residence": .text(country), "research_fields": [["code": field]],
                "consent": consent, "roles": "diaspora",
            ]
        )
        let fields = base.fields.merging(more.map { ($0, $1.items) }) { $1 }
        return ReportRecord(
            "contact",
            id: id,
            uid: base.uid,
            title: base.title,
            fields: fields
        )
    }

    @Test func coverageCountsWhoConsentedByFieldAndCountry() throws {
        let records = [
            contact("ber-1", ["last_contacted": "2026-03-01", "willing_to": [["what": "mentor"]]]),
            contact("ber-2", ["willing_to": [["what": "host", "until": "2026-01-01"]]]),
            contact("ber-3", field: "1.3"), contact("ber-4", consent: []),
            contact("ber-5", ["standing": "deceased"]), contact("ber-6", ["restricted": "true"]),
            contact(
                "ber-7",
                consent: [["basis": "consent", "scope": "keep", "withdrawn": "2026-02-01"]]
            ),
        ]
        let rows = try CoverageReport.rows(of: records, options())
        #expect(
            rows == [
                ["1.3", "Physical sciences", "DE", "1", "0", "0", "", ""],
                ["2.7", "Environmental engineering", "DE", "2", "1", "1", "", ""],
            ]
        )
        let areas = try CoverageReport.rows(of: records, options { $0.byArea = true })
        #expect(areas.map { $0[0] } == ["1", "2"])
    }

    @Test func aPriorityMarksTheCellsInWhichNobodyIs() throws {
        let priority = record(
            "priority",
            "hq-1",
            ["research_fields": [["code": "2"]], "country_group": "Central Asia"]
        )
        let past = record(
            "priority",
            "hq-2",
            ["research_fields": [["code": "1"]], "countries": "FR", "valid_to": "2025-01-01"]
        )
        let rows = try CoverageReport.rows(
            of: [contact("tas-1", country: "UZ"), priority, past],
            options()
        )
        #expect(rows.count == 5)
        let empty = rows.filter { $0.last == "empty" }
        #expect(empty.map { $0[2] } == ["KG", "KZ", "TJ", "TM"])
        #expect(empty.allSatisfy { $0[6] == "hq-1" })
        // Who is in a group of the area serves the area's priority.
        #expect(
            rows.first { $0[2] == "UZ" } == [
                "2.7", "Environmental engineering", "UZ", "1", "0", "0", "hq-1", "",
            ]
        )
    }

    @Test func smallCountsDoNotLeaveTheMinistryAndConsentMustReachPartners() throws {
        let shared: FixtureValue = [["basis": "consent", "scope": "share_with_partners"]]
        let few = (1...4).map { contact("ber-\($0)", country: "FR", consent: shared) }
        let many = (5...9).map { contact("ber-\($0)", consent: shared) }
        let own = [
            contact("ber-10"), contact("ber-11", consent: shared, ["handling": "RESTRICTED"]),
        ]
        let partners = try options { $0.isForPartners = true }
        let rows = try CoverageReport.rows(of: few + many + own, partners)
        #expect(
            rows.map { Array($0[2...5]) } == [["DE", "5", "0", "0"], ["FR", "<5", "<5", "<5"]]
        )
        let gaps = try GapReport.rows(
            of: few + many + own,
            options {
                $0.isForPartners = true
                $0.minimum = 1
            }
        )
        #expect(gaps.map { Array($0[2...]) } == [["DE", "5"]])
    }

    @Test func gapsAreFoundInBothDirections() throws {
        let contacts = (1...5).map { contact("ber-\($0)") } + [contact("ber-6", country: "FR")]
        let met = record(
            "collaboration",
            "ber-7",
            [
                "countries": "FR", "research_fields": [["code": "2"]],
                "people": [["contact": "ber-6", "role": "adviser"]],
            ]
        )
        let lonely = record(
            "collaboration",
            "ber-8",
            ["countries": "CH", "people": [["contact": "A guest", "role": "host"]]]
        )
        let closed = record("collaboration", "ber-9", ["status": "closed", "countries": "DE"])
        let all = contacts + [met, lonely, closed]
        #expect(
            try GapReport.rows(of: all, options { $0.minimum = 1 })
                == [["2.7", "Environmental engineering", "DE", "5"]]
        )
        #expect(try GapReport.rows(of: all, options { $0.minimum = 6 }).isEmpty)
        let without = try GapReport.rows(of: all, options(), section: "no_expert")
        #expect(without.map { $0[0] } == ["ber-8"])
    }

    @Test func staleContactsAreSortedByOwnerWithTheirReasons() throws {
        let records = [
            record(
                "engagement",
                "ber-50",
                ["at": "2026-10-01T09:00:00Z", "participants": [["contact": "ber-1"]]]
            ),
            contact("ber-1", ["last_contacted": "2020-01-01"]),
            contact(
                "ber-2",
                ["last_contacted": "2024-01-01", "relationship_owner": "BER H. Raza"]
            ),
            contact(
                "ber-3",
                [
                    "last_contacted": "2026-11-01",
                    "emails": [["value": "a@b.example", "valid": "false"]],
                ]
            ),
            contact(
                "ber-4",
                ["last_contacted": "2026-11-01", "review_after": "2026-11-27", "owner": "ber"]
            ),
        ]
        let rows = try StaleReport.rows(of: records, options())
        #expect(
            rows.map { [$0[0], $0[1], $0[4]] } == [
                ["", "ber-3", "bounced"], ["BER", "ber-4", "review due"],
                ["BER H. Raza", "ber-2", "silent"],
            ]
        )
    }

    @Test func whoWithdrewConsentIsListedByIdAlone() throws {
        var report = StaleReport(try options())
        report.take(
            contact(
                "ber-1",
                consent: [["basis": "consent", "scope": "keep", "withdrawn": "2026-02-01"]]
            )
        )
        let rows = try report.sections(ReportNames())[0].rows
        #expect(rows[0].cells.map(\.text) == ["", "ber-1", "", "", "consent withdrawn"])
    }

    @Test func uncoveredIsWhatNobodyIsPostedForInNinetyDays() throws {
        let records = [
            record("mission", "hq-1", ["code": "tas", "country": "UZ", "accreditations": "TJ"]),
            record(
                "posting",
                "tas-1",
                ["mission": "TAS", "from": "2024-01-01", "to": "2027-12-31"]
            ),
            record(
                "posting",
                "ber-1",
                [
                    "portfolio_countries": "DE", "portfolio_fields": "3", "to": "2027-01-31",
                    "contact": "ber-9",
                ]
            ),
            record("contact", "ber-9"),
            record("mission", "hq-2", ["code": "ber", "country": "DE"]),
            record("priority", "hq-3", ["research_fields": [["code": "3.1"]], "countries": "DE"]),
            record("priority", "hq-4", ["research_fields": [["code": "5"]], "countries": "FR"]),
            record("collaboration", "ber-2", ["type": "programme", "tech_diplomat": "ber-9"]),
            record("collaboration", "tas-2", ["type": "programme", "countries": "TJ"]),
            record("collaboration", "tas-3", ["type": "project", "countries": "FR"]),
        ]
        let rows = try UncoveredReport.rows(of: records, options())
        #expect(
            rows.map { [$0[0], $0[1], $0[3], $0[4]] } == [
                ["programme", "ber-2", "ending", "2027-01-31"],
                ["priority", "hq-3", "ending", "2027-01-31"], ["priority", "hq-4", "nobody", ""],
                ["country", "hq-2", "ending", "2027-01-31"],
            ]
        )
    }
}
