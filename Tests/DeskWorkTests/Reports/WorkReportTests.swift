import RecordModel
import Testing

@testable import DeskWork

/// Reports on agreements, collaborations, money and what missions do.
struct WorkReportTests {
    @Test func noticeDeadlinesComeBeforeTheEndTheyBelongTo() throws {
        let records = [
            record("agreement", "ber-1", ["status": "in_force", "expires": "2027-03-01"]),
            record(
                "agreement",
                "ber-2",
                [
                    "status": "in_force", "expires": "2027-05-20", "notice_days": "180",
                    "auto_renews": "true",
                ]
            ),
            record(
                "agreement",
                "ber-3",
                ["status": "in_force", "expires": "2027-05-01", "notice_days": "170"]
            ),
            record("agreement", "ber-4", ["status": "in_force", "expires": "2026-11-01"]),
            record("agreement", "ber-5", ["status": "terminated", "expires": "2027-01-01"]),
            record("agreement", "ber-6", ["expires": "2028-01-01"]),
            record("collaboration", "ber-7", ["status": "implementation", "end": "2026"]),
        ]
        let rows = try ExpiringReport.rows(of: records, options())
        #expect(
            rows.map { Array($0[0...2]) } == [
                ["2026-11-01", "past", "ber-4"], ["2026-12-31", "end", "ber-7"],
                ["2027-03-01", "end", "ber-1"], ["2027-05-01", "end", "ber-3"],
                ["2027-05-20", "end", "ber-2"],
            ]
        )
        let early = try ExpiringReport.rows(
            of: records,
            options { $0.today = $0.today.adding(days: -20) }
        )
        #expect(early.contains { Array($0[0...2]) == ["2026-11-12", "notice", "ber-3"] })
        #expect(try ExpiringReport.rows(of: records, options { $0.months = 1 }).count == 1)
    }

    @Test func eachVersionOfAnAgreementLastsUntilTheNext() throws {
        let agreement = record(
            "agreement",
            "ber-1",
            [
                "versions": [
                    ["n": "2", "date": "2025-01-01", "administration_home": "B"],
                    ["n": "1", "date": "2024-01-01", "administration_home": "A"],
                ],
                "commitments": [
                    ["text": "x", "side": "home", "due": "2026-01-01"],
                    ["text": "y", "side": "both", "status": "overdue"],
                    ["text": "z", "side": "counterpart", "due": "2026-01-01", "status": "met"],
                ],
            ]
        )
        let once = record("agreement", "ber-2", ["versions": [["n": "1"]]])
        let rows = try RenegotiatedReport.rows(of: [agreement, once], options())
        #expect(
            rows.map { Array($0[2...]) } == [
                ["1", "2024-01-01", "366", "A", "", "", "", ""],
                ["2", "2025-01-01", "695", "B", "", "", "2", "1"],
            ]
        )
    }

    @Test func currenciesAreNeverMixedAndFundersAreNamed() throws {
        let records = [
            record("organisation", "ber-9", title: "A foundation"),
            record("collaboration", "ber-1", title: "Programme"),
            record(
                "collaboration",
                "ber-2",
                [
                    "parent": "ber-1",
                    "budget": [
                        ["amount": "EUR 0.10", "source": "ber-9", "from": "2026-01-01"],
                        ["amount": "EUR 0.20", "source": "ber-9", "as_of": "2026-07-01"],
                        ["amount": "JPY 500", "source": "Other", "kind": "disbursed"],
                        [
                            "amount": "EUR 7.00", "kind": "disbursed", "source": "ber-9",
                            "from": "2026-02-01",
                        ],
                    ],
                ]
            ),
        ]
        #expect(
            try FundingReport.rows(of: records, options()) == [
                ["ber-1", "Programme", "A foundation", "2026", "EUR", "0.30", "7.00"],
                ["ber-1", "Programme", "Other", "", "JPY", "", "500"],
            ]
        )
    }

    @Test func parentsInACircleEnd() throws {
        let records = [
            record(
                "collaboration",
                "ber-1",
                ["parent": "ber-2", "budget": [["amount": "EUR 1.00"]]]
            ),
            record("collaboration", "ber-2", ["parent": "ber-1"]),
        ]
        #expect(try FundingReport.rows(of: records, options()).count == 1)
    }

    @Test func aTargetCountsInItsGoalOnce() throws {
        let records = [
            record(
                "collaboration",
                "ber-1",
                ["sdg": ["6.4", "6.a"], "budget": [["amount": "EUR 5.00"]], "priorities": "hq-1"]
            ), record("output", "ber-2", ["sdg": "6.4"]), record("priority", "hq-1", ["sdg": "17"]),
            record("priority", "hq-2", ["sdg": "6.4"]), record("priority", "hq-3", ["sdg": "9"]),
        ]
        let rows = try SDGReport.rows(of: records, options())
        #expect(rows.map { $0[0] } == ["6", "6.4", "6.a", "9", "17"])
        #expect(
            rows[0] == ["6", "Clean water and sanitation", "1", "1", "1", "1", "EUR", "5.00", ""]
        )
        let idle = try SDGReport.rows(of: records, options(), section: "idle")
        #expect(idle.map { $0[0] } == ["hq-3"])
    }

    @Test func activityCountsByMissionAndListsWhatIsOverdue() throws {
        let records = [
            record("mission", "hq-1", ["code": "tas", "country": "UZ", "accreditations": "TJ"]),
            record(
                "engagement",
                "tas-1",
                [
                    "at": "2026-10-01T09:00:00Z", "mission": "TAS", "type": "outreach",
                    "language": "ru", "audience": "schools", "reach": "40", "country": "UZ",
                    "follow_ups": [
                        ["what": "Write", "due": "2026-11-26"],
                        ["what": "Call", "due": "2026-11-27"],
                        ["what": "Meet", "due": "2026-01-01", "done": "2026-01-02"],
                    ],
                ]
            ), record("engagement", "tas-2", ["at": "2024-01-01T09:00:00Z", "owner": "tas"]),
        ]
        #expect(
            try ActivityReport.rows(of: records, options()) == [
                ["tas", "1", "1", "2026-10-01", "2", "1"]
            ]
        )
        #expect(
            try ActivityReport.rows(of: records, options(), section: "overdue") == [
                ["2026-11-26", "1", "tas", "", "tas-1", "Write"]
            ]
        )
        #expect(
            try ActivityReport.rows(of: records, options(), section: "outreach") == [
                ["ru", "schools", "1", "40", "2026-10-01"]
            ]
        )
        #expect(try ActivityReport.rows(of: records, options(), section: "unreached") == [["TJ"]])
    }

    @Test func assessmentsStandInTheirQuadrantTheNewestFirst() throws {
        let records = [
            record(
                "assessment",
                "ber-1",
                ["quadrant": "threat", "date": "2024-01-01", "country": "UZ"]
            ),
            record(
                "assessment",
                "ber-2",
                ["quadrant": "threat", "date": "2026-01-01", "country": "UZ"]
            ),
            record("assessment", "ber-3", ["quadrant": "threat", "country": "DE"]),
        ]
        let rows = try SWOTReport.rows(
            of: records,
            options { $0.country = "UZ" },
            section: "threat"
        )
        #expect(rows.map { $0[1] } == ["ber-2", "ber-1"])
    }

    @Test func whatServesNoPriorityIsNamed() throws {
        let records = [
            record("priority", "hq-1", ["research_fields": [["code": "2"]], "countries": "UZ"]),
            record("priority", "hq-2", ["research_fields": [["code": "1"]]]),
            record("collaboration", "tas-1", ["priorities": "hq-2"]),
            record("collaboration", "tas-2"),
            record(
                "opportunity",
                "tas-3",
                ["research_fields": [["code": "2.7"]], "country": "UZ"]
            ),
            record(
                "opportunity",
                "tas-4",
                ["research_fields": [["code": "2.7"]], "country": "FR"]
            ),
        ]
        let priorities = try AlignmentReport.rows(of: records, options())
        #expect(
            priorities.map { [$0[0], $0[3], $0[4]] } == [["hq-1", "0", "1"], ["hq-2", "1", "0"]]
        )
        let rest = try AlignmentReport.rows(of: records, options(), section: "unaligned")
        #expect(rest.map { $0[1] } == ["tas-2", "tas-4"])
    }

    @Test func aPageOnACountryNamesWhomOneMayName() throws {
        let records = [
            record("contact", "tas-1", ["position": "Head", "consent": given], title: "A. One"),
            record("contact", "tas-2", ["restricted": "true"], title: "B. Two"),
            record(
                "engagement",
                "tas-3",
                [
                    "country": "UZ", "at": "2026-10-01T09:00:00Z",
                    "participants": [
                        ["contact": "tas-1"], ["contact": "tas-2"], ["contact": "C. Three"],
                    ],
                ]
            ),
            record(
                "message",
                "hq-1",
                ["countries": "UZ", "text": "We share.", "valid_until": "2027-01-01"]
            ),
            record(
                "message",
                "hq-2",
                ["countries": "UZ", "text": "Old.", "valid_until": "2026-01-01"]
            ),
        ]
        let asked = try options { $0.country = "UZ" }
        let people = try CountryReport.rows(of: records, asked, section: "people")
        #expect(Set(people.map { $0[1] }) == ["A. One", "C. Three"])
        let lines = try CountryReport.rows(of: records, asked, section: "lines")
        #expect(lines.map { $0[2] } == ["We share."])
    }

    @Test func themesAndRegionsCountRecords() throws {
        let records = [
            record(
                "contact",
                "tas-1",
                ["themes": "water", "consent": given, "country_of_residence": "UZ"]
            ),
            record(
                "agreement",
                "tas-2",
                ["themes": "water", "countries": "UZ", "status": "in_force"]
            ),
            record(
                "agreement",
                "tas-3",
                ["themes": "water", "countries": "UZ", "status": "lapsed"]
            ),
        ]
        #expect(
            try ThemesReport.rows(of: records, options()) == [
                ["water", "1", "0", "0", "2", "0", "0", "0"]
            ]
        )
        let rows = try RegionReport.rows(of: records, options { $0.group = .centralAsia })
        #expect(rows.count == 5)
        #expect(rows.last == ["UZ", "1", "0", "1", "0", "0", "0"])
    }

    @Test func organisationsOfOneDomainShareAKey() {
        var keys = SharedKeys()
        keys.take(
            record("organisation", "ber-1", ["domains": ["a.example", "b.example"]]),
            as: RecordUID(1)
        )
        keys.take(record("organisation", "ber-2", ["domains": "A.example"]), as: RecordUID(2))
        keys.take(record("organisation", "ber-3", ["domains": "c.example"]), as: RecordUID(3))
        #expect(keys.pairs.map(\.pair) == [RecordPair(RecordUID(1), RecordUID(2))])
        #expect(keys.pairs.map(\.shared) == [["domain a.example"]])
    }

    @Test func opportunitiesAreOpenByDeadlineOrEndedWithTheirReasons() throws {
        func contact(_ id: String) -> ReportRecord {
            record(
                "contact",
                id,
                ["research_fields": [["code": "2.7"], ["code": "2.2"]], "consent": given]
            )
        }
        let records = [
            contact("ber-1"), contact("ber-2"),
            record(
                "contact",
                "ber-3",
                ["research_fields": [["code": "2.7"]], "consent": given, "do_not_contact": "true"]
            ),
            record(
                "opportunity",
                "ber-4",
                ["research_fields": [["code": "2"]], "deadline": "2027-03-01T12:00:00Z"]
            ),
            record(
                "opportunity",
                "ber-5",
                ["research_fields": [["code": "2.7"]], "deadline": "2026-12-01T12:00:00Z"]
            ),
            record(
                "opportunity",
                "ber-6",
                ["status": "applied", "deadline": "2026-11-01T12:00:00Z"]
            ),
            record(
                "opportunity",
                "ber-7",
                ["status": "lost", "outcome_reason": "Late", "deadline": "2026-10-01T12:00:00Z"]
            ),
            record("opportunity", "ber-8", ["status": "won", "deadline": "2020-10-01T12:00:00Z"]),
        ]
        let open = try OpportunitiesReport.rows(of: records, options())
        #expect(
            open.map { [$0[1], $0[6], $0[8]] } == [
                ["ber-6", "0", "past"], ["ber-5", "2", ""], ["ber-4", "2", ""],
            ]
        )
        let ended = try OpportunitiesReport.rows(of: records, options(), section: "ended")
        #expect(ended.map { [$0[1], $0[4]] } == [["ber-7", "Late"]])
    }

    @Test func silosAreCollaborationsOfOneSectorAndVisitsThatWereNotAgreed() throws {
        let records = [
            record("organisation", "ber-1", ["sector": "academia"]),
            record("organisation", "ber-2", ["sector": "industry"]),
            record("collaboration", "ber-3", ["parties": [["organisation": "ber-1"]]]),
            record(
                "collaboration",
                "ber-4",
                ["parties": [["organisation": "ber-1"], ["organisation": "ber-2"]]]
            ),
            record(
                "collaboration",
                "ber-5",
                ["parties": [["organisation": "ber-1"], ["organisation": "Other"]]]
            ),
            record(
                "engagement",
                "ber-6",
                ["at": "2026-11-01T09:00:00Z", "mission": "ber", "related": "ber-1"]
            ),
            record(
                "engagement",
                "lon-1",
                ["at": "2026-10-01T09:00:00Z", "mission": "LON", "related": "ber-1"]
            ),
            record(
                "engagement",
                "lon-2",
                ["at": "2025-10-01T09:00:00Z", "mission": "lon", "related": "ber-2"]
            ),
        ]
        #expect(try SiloReport.rows(of: records, options()).map { $0[0] } == ["ber-3"])
        let met = try SiloReport.rows(of: records, options(), section: "met_twice")
        #expect(met.map { [$0[0], $0[2]] } == [["ber-1", "ber; lon"]])
    }
}
