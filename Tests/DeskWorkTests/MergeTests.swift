import DeskWork
import RecordModel
import RecordStorage
import TestSupport
import Testing

/// Merging records, taking it back, and saying that two are two.
struct MergeTests {
    /// Two desks that share a space and hold the same three people.
    private struct Desks {
        let ber: TestDesk
        let lon: TestDesk

        init() throws {
            ber = try TestDesk("BER", seed: 1)
            lon = try TestDesk("LON", seed: 2)
            for desk in [ber.desk, lon.desk] {
                try desk.store.write { try $0.addSpace(.allMissions) }
            }
        }

        func exchange() throws { try DeskWorkTests.exchange(ber.desk, lon.desk) }
    }

    private func ids(_ test: TestDesk, kind: String = "contact") throws -> [String] {
        try test.desk.list(kind: kind).map(\.id)
    }

    private func pair(_ test: TestDesk, in space: String? = nil) throws {
        _ = try test.add(
            in: space,
            "preferred_name=Zeb Qureshi",
            "employer=TU Berlin",
            "tags=solar",
            "last_contacted=2026-01-01"
        )
        _ = try test.add(
            in: space,
            "preferred_name=Zeb Qureshi",
            "employer=DLR",
            "city=Berlin",
            "tags=wind",
            "last_contacted=2026-03-01",
            "notes+=met at the fair"
        )
    }

    @Test func whatOnlyTheOtherHasGoesOverAndWhatDiffersIsTold() throws {
        let test = try TestDesk()
        try pair(test)
        let dry = try test.desk.merge("ber-1", "ber-2", isDryRun: true)
        #expect(try ids(test) == ["ber-1", "ber-2"])
        let result = try test.desk.merge("ber-1", "ber-2")
        #expect(dry.taken == result.taken)
        #expect(result.differences.map(\.field) == ["employer"])
        #expect(result.differences.first?.other == "DLR")
        #expect(try test.text("ber-1", "employer") == "TU Berlin")
        #expect(try test.text("ber-1", "city") == "Berlin")
        #expect(try test.text("ber-1", "tags") == "solar; wind")
        #expect(try test.text("ber-1", "last_contacted") == "2026-03-01")
        let absorbed = try #require(try test.desk.show("ber-1").merging?.absorbed.first)
        #expect(absorbed.fields.map(\.name) == ["notes", "employer"])
    }

    @Test func theOtherIsNowhereButSaysWhereItWent() throws {
        let test = try TestDesk()
        try pair(test)
        _ = try test.add(kind: "engagement", "subject=Talk", "participants=ber-2")
        _ = try test.desk.merge("ber-1", "ber-2")
        #expect(try ids(test) == ["ber-1"])
        #expect(try test.desk.find("DLR").map(\.id) == ["ber-1"])
        #expect(try test.desk.duplicates().isEmpty)
        #expect(try test.desk.show("ber-2").merging?.into?.id == "ber-1")
        let talk = try test.desk.show("ber-3").json()
        #expect(
            talk["fields"]?["participants"]?.array?.first?["contact"]?["ref"] == .string("ber-1")
        )
        let error = #expect(throws: DeskError.self) { try test.set("ber-2", "city=Bonn") }
        #expect(error?.code == .deleted)
    }

    @Test func takingBackLeavesWhatWasEditedSince() throws {
        let test = try TestDesk()
        try pair(test)
        _ = try test.desk.merge("ber-1", "ber-2")
        try test.set("ber-1", "city=Potsdam")
        let result = try test.desk.unmerge("ber-2")
        #expect(result.kept == ["ber-1 city"])
        #expect(try ids(test) == ["ber-1", "ber-2"])
        #expect(try test.text("ber-1", "tags") == "solar")
        #expect(try test.text("ber-1", "last_contacted") == "2026-01-01")
        #expect(try test.text("ber-1", "city") == "Potsdam")
        #expect(try test.text("ber-2", "city") == "Berlin")
        #expect(throws: DeskError.self) { try test.desk.unmerge("ber-2") }
        _ = try test.desk.merge("ber-1", "ber-2")
        #expect(try test.text("ber-1", "tags") == "solar; wind")
        #expect(try ids(test) == ["ber-1"])
    }

    @Test func aChainIsReadToItsEndAndTakenBackInTheMiddle() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A")
        _ = try test.add("preferred_name=A", "city=Berlin")
        _ = try test.add("preferred_name=A", "tags=x")
        _ = try test.desk.merge("ber-2", "ber-3")
        _ = try test.desk.merge("ber-1", "ber-2")
        #expect(try ids(test) == ["ber-1"])
        #expect(try test.desk.show("ber-3").merging?.into?.id == "ber-1")
        #expect(try test.text("ber-1", "tags") == "x")
        _ = try test.desk.unmerge("ber-3")
        #expect(try ids(test) == ["ber-1", "ber-3"])
        #expect(try test.text("ber-1", "tags") == nil)
        #expect(try test.text("ber-1", "city") == "Berlin")
    }

    @Test func mergesInBothDirectionsConverge() throws {
        let desks = try Desks()
        try pair(desks.ber, in: "all-missions")
        try desks.exchange()
        _ = try desks.ber.desk.merge("ber-1", "ber-2")
        _ = try desks.lon.desk.merge("ber-2", "ber-1")
        try desks.exchange()
        let left = try ids(desks.ber)
        #expect(left.count == 1)
        #expect(try ids(desks.lon) == left)
        let least = try ["ber-1", "ber-2"].map { try desks.ber.desk.show($0) }.min {
            $0.uid < $1.uid
        }
        #expect(left == [try #require(least).id])
        #expect(try desks.ber.desk.show(left[0]).merging?.isRing == true)
        #expect(try desks.ber.desk.show(left[0]).merging?.absorbed.count == 1)
    }

    @Test func mergesIntoTwoRecordsAreAConflictOfOneField() throws {
        let desks = try Desks()
        for name in ["A B", "A B", "A B"] {
            _ = try desks.ber.add(in: "all-missions", "preferred_name=\(name)")
        }
        try desks.exchange()
        _ = try desks.ber.desk.merge("ber-1", "ber-3")
        _ = try desks.lon.desk.merge("ber-2", "ber-3")
        try desks.exchange()
        #expect(try ids(desks.ber) == ["ber-1", "ber-2"])
        #expect(try ids(desks.lon) == ["ber-1", "ber-2"])
        let into = try desks.ber.desk.show("ber-3").merging?.into?.id
        #expect(try desks.lon.desk.show("ber-3").merging?.into?.id == into)
        #expect(try desks.ber.desk.conflicts().map(\.field) == ["merged_into"])
    }

    @Test func theSameMergeAtTwoDesksIsOneMerge() throws {
        let desks = try Desks()
        try pair(desks.ber, in: "all-missions")
        try desks.exchange()
        _ = try desks.ber.desk.merge("ber-1", "ber-2")
        _ = try desks.lon.desk.merge("ber-1", "ber-2")
        try desks.exchange()
        #expect(try desks.ber.desk.conflicts().isEmpty)
        #expect(try desks.ber.desk.list(kind: "merge").count == 1)
        _ = try desks.lon.desk.unmerge("ber-2")
        try desks.exchange()
        #expect(try ids(desks.ber) == ["ber-1", "ber-2"])
        #expect(try desks.ber.text("ber-1", "tags") == "solar")
    }

    @Test func aReferenceThatArrivesLaterIsReadAsTheSurvivor() throws {
        let desks = try Desks()
        try pair(desks.ber, in: "all-missions")
        try desks.exchange()
        _ = try desks.ber.desk.merge("ber-1", "ber-2")
        _ = try desks.lon.add(
            kind: "engagement",
            in: "all-missions",
            "subject=Talk",
            "participants=ber-2"
        )
        try desks.exchange()
        let talk = try desks.ber.desk.show("lon-1").json()
        #expect(
            talk["fields"]?["participants"]?.array?.first?["contact"]?["ref"] == .string("ber-1")
        )
    }

    @Test func anotherSpacesValuesAreNotCopied() throws {
        let test = try TestDesk()
        try test.desk.store.write { writer in
            try writer.addSpace(.allMissions)
            try writer.addSpace(try #require(SpaceName("lon")))
        }
        _ = try test.add(in: "all-missions", "preferred_name=Zeb Qureshi")
        _ = try test.add(in: "lon", "preferred_name=Zeb Qureshi", "city=London")
        let result = try test.desk.merge("ber-1", "ber-2")
        #expect(result.taken.isEmpty)
        #expect(result.spacesLeft.contains("lon"))
        #expect(try test.text("ber-1", "city") == nil)
        #expect(try ids(test) == ["ber-1"])
    }

    @Test func twoThatAreTwoAreNotShownAgainAtAnyDesk() throws {
        let desks = try Desks()
        try pair(desks.ber, in: "all-missions")
        try desks.ber.set("ber-1", "birth_date=1980-01-02", "emails=z@q.example")
        try desks.ber.set("ber-2", "birth_date=1980-01-02", "emails=z@q.example")
        try desks.exchange()
        #expect(try desks.ber.desk.duplicates().count == 1)
        let said = try desks.ber.desk.notSame("ber-1", "ber-2", because: "father and son")
        _ = try desks.lon.desk.notSame("ber-2", "ber-1")
        try desks.exchange()
        for test in [desks.ber, desks.lon] {
            #expect(try test.desk.duplicates().isEmpty)
            #expect(try test.desk.list(kind: "not_same").count == 1)
            #expect(try test.desk.conflicts().isEmpty)
        }
        let error = #expect(throws: DeskError.self) { try desks.lon.desk.merge("ber-1", "ber-2") }
        #expect(error?.code == .badValue)
        _ = try desks.ber.desk.undo(try #require(said.change))
    }

    @Test func deletedRecordsAreNoDoubles() throws {
        let test = try TestDesk()
        try pair(test)
        try test.set("ber-1", "emails=z@q.example")
        try test.set("ber-2", "emails=z@q.example")
        #expect(try test.desk.duplicates().map(\.first.id) == ["ber-1"])
        _ = try test.desk.delete("ber-2")
        #expect(try test.desk.duplicates().isEmpty)
        #expect(throws: DeskError.self) { try test.desk.merge("ber-1", "ber-2") }
        #expect(throws: DeskError.self) { try test.desk.merge("ber-1", "ber-1") }
    }

    @Test func importingAgainUpdatesTheSurvivor() throws {
        let test = try TestDesk()
        let row =
            #"{"kind":"contact","fields":{"preferred_name":"Zeb Qureshi","import_ids":["x1"],"#
        let file = try test.file("a.jsonl", row + #""employer":"DLR"}}"#)
        _ = try test.add("preferred_name=Zeb Qureshi", "employer=TU Berlin")
        _ = try test.desk.importFiles(ImportOptions(files: [file]))
        _ = try test.desk.merge("ber-1", "ber-2")
        #expect(try test.desk.importFiles(ImportOptions(files: [file])).unchanged == 1)
        #expect(try test.text("ber-1", "employer") == "TU Berlin")
        let news = try test.file("b.jsonl", row + #""employer":"DLR","city":"Bonn"}}"#)
        #expect(try test.desk.importFiles(ImportOptions(files: [news])).updated == 1)
        #expect(try test.text("ber-1", "city") == "Bonn")
        #expect(try ids(test) == ["ber-1"])
    }
}
