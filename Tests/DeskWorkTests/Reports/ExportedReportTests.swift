import Foundation
import Interchange
import RecordModel
import TestSupport
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
                "no status", "no start", "no party with a role", "no country",
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

    @Test func whatTheStandardsRulesExcludeIsNotPublished() throws {
        let names = ReportNames(of: [
            record("organisation", "ber-8", ["ids": ["iati:XM/1 & 2"]], title: "An institute")
        ])
        let mapping = IATIMapping(
            reporter: "XM-TEST-1",
            today: try #require(testDay),
            names: names
        )
        let backwards = record(
            "collaboration",
            "ber-1",
            [
                "status": "closed", "start": "2025", "end": "2024", "countries": "UZ",
                "parties": [["organisation": "ber-8", "role": "host"]],
            ]
        )
        #expect(throws: IATIMapping.Missing(reasons: ["ends before it starts"])) {
            try mapping.activity(of: backwards)
        }
        let sound = record(
            "collaboration",
            "ber-2",
            [
                "status": "closed", "start": "2025", "countries": "UZ",
                "parties": [["organisation": "ber-8", "role": "host"]],
                "titles": [["text": "پانی", "lang": "ur-Arab"]],
            ]
        )
        let activity = try mapping.activity(of: sound).activity
        #expect(activity.organisations.map(\.ref) == [nil])
        #expect(activity.titles.map(\.language) == [nil, "ur"])
        let test = try TestDesk()
        let options = IATIOptions(reporter: "XM 1", reporterName: "A", includesInternal: true)
        let error = #expect(throws: DeskError.self) { try test.desk.exportIATI(options) { _ in } }
        #expect(error?.code == .badValue)
    }

    private static let schema = TestData.url("iati/iati-activities-schema.xsd")
    private static let xmllint = "/usr/bin/xmllint"

    /// The published schema (with `iati-common.xsd` and `xml.xsd` beside it) is not of the repository.
    @Test(
        .enabled(
            if: schema != nil && FileManager.default.isExecutableFile(atPath: xmllint),
            "no iati/iati-activities-schema.xsd among the test data, or no xmllint"
        )
    )
    func everyFileIsValidAgainstThePublishedSchema() throws {
        let test = try TestDesk()
        _ = try test.add(kind: "organisation", "name=An institute & <co>", "ror=05bbbc791")
        _ = try test.add(kind: "organisation", "name=A fund", "ids=iati:XM-DAC-1", "sector=ngo")
        let statuses = [
            "pipeline", "implementation", "finalisation", "closed", "cancelled", "suspended",
        ]
        for (index, status) in statuses.enumerated() {
            _ = try test.add(
                kind: "collaboration",
                "title=Water & <b> ]]> \(status)",
                "titles=[{\"text\":\"Вода\",\"lang\":\"ru\"},{\"text\":\"پانی\",\"lang\":\"ur-Arab\"}]",
                "status=\(status)",
                "start=\(["2020", "2020-03~", "2019-02-03", "2018/2019", "2099", "2021-12"][index])",
                index.isMultiple(of: 2) ? "end=2100~" : "end=",
                "countries=UZ",
                index > 2 ? "countries+=KZ" : "tags+=x",
                "research_fields=2.7",
                "research_fields+=5.3",
                "sdg=6.4",
                "sdg+=9",
                index > 0 ? "parent=ber-3" : "tags+=y",
                "goals=one",
                #"parties=[{"organisation":"ber-1","role":"host"},{"organisation":"ber-2","role":"funding"},{"organisation":"x","role":"accountable"}]"#,
                #"budget=[{"amount":"EUR 1200.50","kind":"committed","from":"2020-03-01","to":"2021-02-28","source":"ber-2","instrument":"grant"},{"amount":"USD 99","kind":"disbursed","as_of":"2021-02-03","source":"A giver","instrument":"loan"},{"amount":"JPY 5"}]"#
            )
        }
        var bytes: [UInt8] = []
        let options = IATIOptions(
            reporter: "XM-TEST-1",
            reporterName: "A ministry",
            includesInternal: true
        )
        let summary = try test.desk.exportIATI(options) { bytes += $0 }
        #expect(summary.activities == statuses.count)
        let good = try test.file("good.xml", String(decoding: bytes, as: UTF8.self))
        let outcome = try validate(good)
        #expect(outcome.status == 0, "\(outcome.report)")
        // The checker sees what it is for.
        let text = String(decoding: bytes, as: UTF8.self)
        let bad = try test.file(
            "bad.xml",
            text.replacingOccurrences(of: "<activity-status", with: "<activity-state")
        )
        #expect(try validate(bad).status != 0)
    }

    private func validate(_ file: String) throws -> (status: Int32, report: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.xmllint)
        process.arguments = ["--noout", "--schema", try #require(Self.schema).path, file]
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = pipe
        try process.run()
        let report = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: report, as: UTF8.self))
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
