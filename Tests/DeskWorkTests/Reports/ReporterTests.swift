import Foundation
import RecordModel
import RecordStorage
import TestSupport
import Testing

@testable import DeskWork

/// Reports of a replica on disk: what is read of it, and how old that is.
struct ReporterTests {
    private func rows(_ test: TestDesk, _ name: ReportName) throws -> [JSONValue] {
        let reporter = try Reporter(store: test.desk.store)
        let result = try reporter.report(name, ReportOptions(today: reporter.today))
        return try #require(result.json["rows"]?.array)
    }

    @Test func deletedMergedAndRestrictedRecordsAreNotCounted() throws {
        let test = try TestDesk()
        for name in ["A", "B", "C", "D"] {
            _ = try test.add(
                "preferred_name=\(name)",
                "country_of_residence=DE",
                "research_fields=2.7",
                #"consent={"basis":"consent","scope":"keep"}"#
            )
        }
        #expect(try rows(test, .coverage).first?["contacts"] == .number("4"))
        _ = try test.desk.delete("ber-1")
        _ = try test.desk.merge("ber-4", "ber-2")
        try test.set("ber-3", "restricted=true")
        #expect(try rows(test, .coverage).first?["contacts"] == .number("1"))
    }

    @Test func aConflictIsMarkedAndItsProvisionalValueStands() throws {
        let (one, other) = (try TestDesk("BER", seed: 1), try TestDesk("LON", seed: 2))
        _ = try one.add(kind: "agreement", in: "all-missions", "title=MoU", "expires=2026-04-01")
        try exchange(one.desk, other.desk)
        try one.set("ber-1", "expires=2026-05-01")
        try other.set("ber-1", "expires=2026-06-01")
        try exchange(one.desk, other.desk)
        let found = try rows(one, .expiring)
        #expect(found.count == 1)
        #expect(found[0]["conflicts"] == .array([.string("expires")]))
        #expect(found[0]["ends"] == .string(try #require(try one.text("ber-1", "expires"))))
        let reporter = try Reporter(store: one.desk.store)
        let result = try reporter.report(.expiring, ReportOptions(today: reporter.today))
        #expect(String(decoding: result.csv(), as: UTF8.self).contains(",expires\r\n"))
        let health = try rows(one, .health)
        #expect(
            health.contains { $0["section"] == .string("conflicts") && $0["open"] == .number("1") }
        )
    }

    @Test func missionsThatWereNotHeardOfAreNamedWithTheDaysSince() throws {
        let (one, other) = (try TestDesk("BER", seed: 1), try TestDesk("TAS", seed: 2))
        _ = try other.add(kind: "mission", in: "all-missions", "name=Tashkent", "code=tas")
        try send(from: other.desk, to: one.desk)
        let reporter = try Reporter(store: one.desk.store)
        let result = try reporter.report(
            .themes,
            ReportOptions(today: reporter.today.adding(days: 19))
        )
        let behind = try #require(result.json["behind"]?.array?.first)
        #expect(behind["mission"] == .string("tas"))
        #expect(behind["days"] == .number("19"))
        #expect(result.asOfLines[0].contains("nothing from Tashkent for 19 days"))
        let today = try reporter.report(.themes, ReportOptions(today: reporter.today))
        #expect(today.ages.behind.isEmpty)
    }

    @Test func aRecordLabelledRestrictedPutsItsLabelOnTheReport() throws {
        let test = try TestDesk()
        _ = try test.add(kind: "agreement", "title=MoU", "expires=2026-04-01")
        let reporter = try Reporter(store: test.desk.store)
        let options = ReportOptions(today: reporter.today)
        #expect(try reporter.report(.expiring, options).handling == nil)
        try test.set("ber-1", "handling=RESTRICTED")
        #expect(try reporter.report(.expiring, options).handling == "RESTRICTED")
        // It is not among what partners get, nor is anything that is not PUBLIC.
        var partners = options
        partners.isForPartners = true
        #expect(try reporter.report(.expiring, partners).sections[0].rows.isEmpty)
        let error = #expect(throws: DeskError.self) { try reporter.report(.stale, partners) }
        #expect(error?.code == .usage)
    }

    @Test func everyReportRunsOnAnEmptyReplica() throws {
        let test = try TestDesk()
        let reporter = try Reporter(store: test.desk.store)
        var options = ReportOptions(today: reporter.today)
        options.country = "UZ"
        options.group = .eco
        for name in ReportName.allCases {
            let result = try reporter.report(name, options)
            #expect(result.report == name.rawValue)
            #expect(!result.csv().isEmpty)
        }
    }

    @Test func groupsOfCountriesAreCountries() {
        #expect(CountryGroup.oic.countries.count == 57)
        for group in CountryGroup.allCases {
            for country in group.countries {
                var warnings: [ValueWarning] = []
                let code = try? ValueType.country.canonical(
                    country,
                    context: ValueContext(),
                    warnings: &warnings
                )
                #expect(code == country)
            }
        }
    }
}
