import Interchange
import RecordModel
import Testing

@testable import DeskWork

/// What records become in other formats: deadlines in a calendar, collaborations as activities.
struct ExportedReportTests {
    private func calendar(_ test: TestDesk, _ kind: String? = nil) throws -> String {
        var bytes: [UInt8] = []
        _ = try test.desk.exportCalendar(kind: kind) { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func twoExportsOfTheSameRecordsAreEqualAndUidsStay() throws {
        let test = try TestDesk()
        _ = try test.add(
            kind: "agreement",
            "title=MoU",
            "expires=2027-03-01",
            "notice_days=90",
            #"commitments=[{"text":"x","due":"2026-12-01"}]"#
        )
        let first = try calendar(test)
        #expect(try calendar(test) == first)
        #expect(first.contains("DTSTART;VALUE=DATE:20261201"))
        func uids(_ text: String) -> [Substring] {
            text.split(separator: "\r\n").filter { $0.hasPrefix("UID:") }
        }
        #expect(uids(first).count == 3)
        try test.set("ber-1", "expires=2028-03-01")
        let second = try calendar(test)
        #expect(second != first)
        #expect(Set(uids(second)) == Set(uids(first)))
    }

    @Test func whatIsOverHasNoDeadlines() throws {
        let test = try TestDesk()
        _ = try test.add(kind: "agreement", "title=MoU", "expires=2027-03-01", "status=terminated")
        _ = try test.add(kind: "collaboration", "title=P", "end=2027", "status=closed")
        #expect(try !calendar(test).contains("UID:"))
        let error = #expect(throws: DeskError.self) { try calendar(test, "contact") }
        #expect(error?.code == .usage)
    }

    @Test func sharesOfAnyNumberAddUpToTheWhole() {
        #expect(IATIMapping.shares(of: []).isEmpty)
        #expect(IATIMapping.shares(of: ["A"]).map(\.hundredths) == [nil])
        for count in 2...250 {
            let shares = IATIMapping.shares(of: (1...count).map(String.init))
            #expect(shares.compactMap(\.hundredths).reduce(0, +) == 10_000)
        }
    }

    private func mapping() throws -> IATIMapping {
        let names = ReportNames(of: [
            record(
                "organisation",
                "ber-9",
                ["ids": ["grid:grid.1.1", "iati:XM-DAC-1"], "sector": "academia"],
                title: "An institute"
            )
        ])
        return IATIMapping(reporter: "XM-TEST-1", today: try #require(testDay), names: names)
    }

    @Test func whatTheStandardRequiresAndARecordLacksIsNamed() throws {
        let error = #expect(throws: IATIMapping.Missing.self) {
            try mapping().activity(of: record("collaboration", "ber-1"))
        }
        #expect(
            error?.reasons == [
                "no status", "neither start nor end", "no party with a role", "no country",
            ]
        )
    }

    @Test func aCollaborationBecomesAnActivity() throws {
        let collaboration = record(
            "collaboration",
            "ber-1",
            [
                "status": "implementation", "start": "2025-02", "end": "2027",
                "countries": ["UZ", "KZ"],
                "research_fields": [["code": "2.7"], ["code": "1.5"], ["code": "3.1"]],
                "parties": [
                    ["organisation": "ber-9", "role": "host"],
                    ["organisation": "A fund", "role": "funding"],
                    ["organisation": "ror:05bbbc791", "role": "partner"],
                ],
                "budget": [
                    [
                        "amount": "EUR 5.00", "from": "2026-01-01", "to": "2026-12-31",
                        "instrument": "grant",
                    ],
                    ["amount": "EUR 6.00", "kind": "disbursed", "as_of": "2030-01-01"],
                    ["amount": "EUR 7.00"],
                ],
            ],
            conflicts: ["end"]
        )
        let mapped = try mapping().activity(of: collaboration)
        let activity = mapped.activity
        #expect(activity.status == "2")
        #expect(activity.dates.map(\.type) == ["2", "3"])
        #expect(activity.dates.map(\.day.text) == ["2025-02-01", "2027-12-31"])
        #expect(activity.organisations.map(\.role) == ["4", "1", "4"])
        #expect(activity.organisations.map(\.ref) == ["XM-DAC-1", nil, "XI-ROR-05bbbc791"])
        #expect(activity.organisations[0].type == "80")
        #expect(activity.sectors.filter { $0.vocabulary == "1" }.map(\.code) == ["41082", "12182"])
        #expect(activity.sectors.filter { $0.vocabulary == "99" }.count == 3)
        #expect(activity.budgets.map(\.money.amount) == ["5.00"])
        #expect(activity.transactions.map(\.financeType) == ["110"])
        #expect(
            mapped.leftOut == [
                "EUR 6.00: 2030-01-01 is still to come", "EUR 7.00: no date",
                "end: in conflict, the provisional value was written",
            ]
        )
    }

    @Test func labelsKeepRecordsFromBeingPublished() throws {
        let test = try TestDesk()
        for label in ["PUBLIC", "INTERNAL", "RESTRICTED"] {
            _ = try test.add(
                kind: "collaboration",
                "title=\(label)",
                "handling=\(label)",
                "status=implementation",
                "start=2025",
                "countries=UZ",
                #"parties={"organisation":"A fund","role":"funding"}"#
            )
        }
        func export(includesInternal: Bool) throws -> IATISummary {
            try test.desk.exportIATI(
                IATIOptions(
                    reporter: "XM-TEST-1",
                    reporterName: "A ministry",
                    includesInternal: includesInternal
                )
            ) { _ in }
        }
        let all = try export(includesInternal: true)
        #expect(all.activities == 2)
        #expect(all.notPublic == 1)
        #expect(all.withheld.map(\.id) == ["ber-3"])
        #expect(try export(includesInternal: false).activities == 1)
    }
}
