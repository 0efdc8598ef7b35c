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

    @Test func pairsOfTwoMissionsAreShownWithBothOwnersAndTheEvidence() throws {
        let (one, other) = (try TestDesk("BER", seed: 1), try TestDesk("LON", seed: 2))
        // Telephone numbers would stay in their missions' spaces.
        let numbers = ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"]
        for (number, name) in zip(numbers, ["Dr Ayesha Malik", "Bilal Aziz", "Carla Weber"]) {
            _ = try one.add(in: "all-missions", "preferred_name=\(name)", "orcid=\(number)")
        }
        for (number, name) in zip(numbers, ["Aisha Malik", "Bilal Azeez", "Carla Weber"]) {
            _ = try other.add(in: "all-missions", "preferred_name=\(name)", "orcid=\(number)")
        }
        for (test, name) in [(one, "A Centre"), (other, "Zentrum für Wasser")] {
            _ = try test.add(
                kind: "organisation",
                in: "all-missions",
                "name=\(name)",
                "domains=water.example"
            )
        }
        try exchange(one.desk, other.desk)
        _ = try one.desk.notSame("ber-2", "lon-2")
        try one.set("ber-3", "restricted=true")
        let found = try rows(one, .duplicates)
        let people = found.filter { $0["section"] == .string("people") }
        #expect(people.count == 1)
        #expect(people.first?["id"] == .string("ber-1"))
        #expect(people.first?["other"] == .string("lon-1"))
        #expect(people.first?["owner"] == .string("ber"))
        #expect(people.first?["other_owner"] == .string("lon"))
        #expect(people.first?["proposal"] == .string("same"))
        #expect(people.first.flatMap { $0["score"] }.flatMap { Double($0.text) } ?? 0 > 10)
        let evidence = people.first?["evidence"]?.array?.compactMap(\.string) ?? []
        #expect(evidence.contains { $0.hasPrefix("identifier same") })
        #expect(evidence.contains { $0.hasPrefix("name") })
        let organisations = found.filter { $0["section"] == .string("organisations") }
        #expect(organisations.map { $0["id"] } == [.string("ber-4")])
        #expect(organisations.map { $0["other"] } == [.string("lon-4")])
        _ = try one.desk.notSame("ber-4", "lon-4")
        #expect(try rows(one, .duplicates).map { $0["section"] } == [.string("people")])
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
