import Foundation
import RecordModel
import TestSupport
import Testing

/// What a desk does in a week, told as it happens (the people are invented).
@Suite(.serialized)
struct WeekTests {
    private func desk(
        _ code: String,
        officer: String,
        _ binary: Binary
    ) throws -> Officer {
        let replica = "\(code.lowercased())-desk"
        let made = try binary.run(
            "init",
            "--desk",
            code,
            "--officer",
            officer,
            "--replica",
            replica
        )
        #expect(made.status == 0, "\(made.errors)")
        return Officer(binary: binary, replica: replica)
    }

    private func rows(_ outcome: Binary.Outcome, _ section: String) throws -> [JSONValue] {
        try #require(try outcome.json()["rows"]?.array)
            .filter { $0["section"] == .string(section) }
    }

    /// Story d: the ambassador asks who in Central Asia works on water, speaks Russian or Urdu, and would
    /// mentor.
    ///
    /// There is no network.
    @Test func whoInCentralAsiaWorksOnWaterAndWouldMentor() throws {
        let binary = Binary()
        let officer = try desk("TAS", officer: "N. Karim", binary)

        // Three people are known; one of them fits.
        let fits = try officer.adds(
            "contact",
            "preferred_name=Dr Ayesha Malik",
            #"names+={"text":"عائشہ ملک","lang":"ur"}"#,
            "country_of_residence=UZ",
            "themes=water",
            "languages=ur",
            "willing_to=mentor"
        )
        _ = try officer.adds(
            "contact",
            "preferred_name=Dr B. Busy",
            "country_of_residence=KZ",
            "themes=water",
            "languages=ru"
        )
        _ = try officer.adds(
            "contact",
            "preferred_name=Dr C. Faraway",
            "country_of_residence=FR",
            "themes=water",
            "languages=ru",
            "willing_to=mentor"
        )

        // The officer asks, and has the answer before the ambassador has finished the sentence.
        let question = """
            (country_of_residence=KZ or country_of_residence=KG or country_of_residence=TJ or \
            country_of_residence=TM or country_of_residence=UZ) and themes:water and \
            (languages:ru or languages:ur) and willing_to:mentor
            """
        var fastest = Duration.seconds(60)
        for _ in 1...3 {
            let start = ContinuousClock.now
            let answer = try officer.types("list", "contact", "--where", question, "--json").lines()
            fastest = min(fastest, ContinuousClock.now - start)
            #expect(answer.compactMap { $0["id"]?.string } == [fits])
        }
        #expect(fastest < .seconds(1))

        // The name is found as it is written in Urdu, and as it is written in Latin letters.
        for name in ["عائشہ ملک", "ayesha malik"] {
            let found = try officer.types("find", name, "--json").lines()
            #expect(found.compactMap { $0["id"]?.string } == [fits])
        }
    }

    /// Story e: the officer is posted away, and a successor takes over.
    @Test func theOfficerIsPostedAwayAndTheSuccessorOwnsTheWork() throws {
        let binary = Binary()
        let officer = try desk("BER", officer: "H. Raza", binary)

        // H. Raza leads a programme, owes a follow-up, answers for an agreement, and knows people.
        let agreement = try officer.adds(
            "agreement",
            "title=MoU on batteries",
            "status=in_force",
            "expires=2027-03-01",
            "notice_days=60",
            #"commitments=[{"text":"Name a contact point","side":"home","due":"2026-10-01","status":"open"}]"#
        )
        let programme = try officer.adds(
            "collaboration",
            "title=Battery programme",
            "type=programme",
            "status=implementation",
            "lead=BER H. Raza",
            "agreements=\(agreement)",
            #"milestones=[{"text":"Second call","due":"2027-02-01","owner":"BER H. Raza"}]"#
        )
        let talk = try officer.adds(
            "engagement",
            "subject=Talk at the institute",
            "at=2026-11-20T10:00:00Z",
            #"follow_ups=[{"what":"Send the draft","owner":"BER H. Raza","due":"2026-12-01"},"#
                + #"{"what":"Not mine","owner":"BER F. Khan"}]"#
        )
        let person = try officer.adds(
            "contact",
            "preferred_name=Prof D. Key",
            "relationship_owner=BER H. Raza"
        )

        // The handover shows what is left, in the order in which it falls due.
        let pack = try officer.types(
            "handover",
            "--from",
            "H. Raza",
            "--today",
            "2026-11-27",
            "--json"
        )
        #expect(try rows(pack, "follow_ups").map { $0["what"] } == [.string("Send the draft")])
        #expect(try rows(pack, "commitments").map { $0["id"] } == [.string(agreement)])
        #expect(try rows(pack, "milestones").map { $0["id"] } == [.string(programme)])
        #expect(try rows(pack, "people").map { $0["id"] } == [.string(person)])
        #expect(
            try rows(pack, "deadlines").map { $0["date"] } == [
                .string("2026-12-31"), .string("2027-03-01"),
            ]
        )

        // First it is looked at, and nothing is written.
        let plan = try officer.types(
            "handover",
            "--from",
            "H. Raza",
            "--to",
            "S. Iqbal",
            "--dry-run",
            "--json"
        ).json()
        #expect(plan["changes"]?.array?.count == 4)
        #expect(plan["change"] == nil)
        #expect(try officer.types("show", programme).output.contains("BER H. Raza"))

        // Then it is done, and S. Iqbal owns it; what was F. Khan's stays F. Khan's.
        let done = try officer.types(
            "handover",
            "--from",
            "H. Raza",
            "--to",
            "S. Iqbal",
            "--json"
        ).json()
        let change = try #require(done["change"]?.string)
        #expect(try officer.types("show", person).output.contains("BER S. Iqbal"))
        let after = try officer.types("show", talk).output
        #expect(after.contains("BER S. Iqbal"))
        #expect(after.contains("BER F. Khan"))
        let successor = try officer.types("handover", "--from", "BER S. Iqbal", "--json")
        #expect(try rows(successor, "leads").map { $0["id"] } == [.string(programme)])

        // The posting falls through: one command takes all of it back.
        try officer.types("undo", change)
        for id in [programme, talk, person] {
            let shown = try officer.types("show", id).output
            #expect(shown.contains("BER H. Raza"))
            #expect(!shown.contains("S. Iqbal"))
        }
    }

    /// Story f: the minister flies to Tashkent tomorrow; headquarters prints one page on the country.
    @Test func onePageOnTheCountryForTheMinister() throws {
        let binary = Binary()
        let address = try binary.ministry("TAS")
        let tashkent = Officer(binary: binary, replica: "tas")
        let headquarters = try desk("HQ", officer: "A. Shah", binary)
        let token = try binary.run("hq", "token", "--data", "hq", "--desk", "HQ", "--all-spaces")
        try headquarters.types(
            "enrol",
            "--hq",
            address,
            "--token",
            token.output.trimmingCharacters(in: .newlines)
        )

        // What the desk in Tashkent has written down over the year.
        _ = try tashkent.adds("mission", "name=Tashkent", "code=tas", "country=UZ")
        let person = try tashkent.adds(
            "contact",
            "preferred_name=Dr L. Host",
            "country_of_residence=UZ",
            "position=Director",
            #"consent={"basis":"consent","scope":"share_with_hq","given":"2026-01-01"}"#
        )
        let restricted = try tashkent.adds(
            "contact",
            "preferred_name=Dr R. Hidden",
            "restricted=true"
        )
        let agreement = try tashkent.adds(
            "agreement",
            "title=MoU on water",
            "type=mou",
            "status=in_force",
            "countries=UZ",
            "signed=2023-05-01",
            "expires=2027-03-01",
            "notice_days=90"
        )
        let programme = try tashkent.adds(
            "collaboration",
            "title=Water programme",
            "type=programme",
            "status=implementation",
            "countries=UZ",
            #"budget=[{"amount":"EUR 1200000","kind":"committed","as_of":"2026-01-01"},"#
                + #"{"amount":"USD 50000","kind":"committed","as_of":"2026-01-01"}]"#
        )
        _ = try tashkent.adds(
            "engagement",
            "subject=Talks on water",
            "at=2026-09-01T10:00:00Z",
            "country=UZ",
            "participants=\(person)",
            "participants+=\(restricted)",
            #"follow_ups=[{"what":"Send the draft","due":"2026-10-15"}]"#
        )
        try tashkent.types("sync")

        // Headquarters has agreed a line to take; it has every space, so that it sees all of it.
        _ = try headquarters.adds(
            "message",
            "title=Line on water",
            "text=We share the data of the basin.",
            "countries=UZ",
            "valid_until=2027-06-01"
        )
        try headquarters.types("sync")
        let ask = ["report", "country", "--country", "uz", "--today", "2026-11-27"]
        let page = try headquarters.types(ask[0], ask[1], ask[2], ask[3], ask[4], ask[5], "--json")
        #expect(try rows(page, "agreements").map { $0["id"] } == [.string(agreement)])
        #expect(try rows(page, "programmes").map { $0["id"] } == [.string(programme)])
        #expect(
            try rows(page, "money").map { $0["title"] } == [
                .string("EUR 1200000.00"), .string("USD 50000.00"),
            ]
        )
        #expect(
            try rows(page, "lines").map { $0["what"] } == [
                .string("We share the data of the basin.")
            ]
        )
        #expect(
            try rows(page, "expiring").map { $0["what"] } == [
                .string("notice by"), .string("expires"),
            ]
        )
        #expect(try rows(page, "open").map { $0["what"] } == [.string("Send the draft")])

        // Whose data is restricted is on no page.
        #expect(try rows(page, "people").map { $0["id"] } == [.string(person)])
        #expect(!page.output.contains("Hidden"))

        // It fits a page, and says from when it is.
        let printed = try headquarters.types(ask[0], ask[1], ask[2], ask[3], ask[4], ask[5]).output
        #expect(printed.split(separator: "\n").allSatisfy { $0.count <= 100 })
        #expect(printed.contains("As of 2026-11-27"))

        // Weeks later nothing has come from Tashkent: the page says so, and headquarters' own store says
        // when the desk last exchanged.
        let later = try headquarters.types(
            "report",
            "country",
            "--country",
            "UZ",
            "--today",
            "2036-01-01",
            "--json"
        ).json()
        let behind = try #require(later["behind"]?.array)
        #expect(behind.compactMap { $0["mission"]?.string } == ["tas"])
        #expect(behind[0]["days"] != nil)
        let health = try binary.run("report", "health", "--data", "hq", "--json")
        let missions = try rows(health, "missions")
        #expect(missions.contains { $0["mission"] == .string("tas") && $0["last_sync"] != nil })
    }
}
