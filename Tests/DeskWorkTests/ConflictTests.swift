import DeskWork
import RecordModel
import RecordStorage
import StorageTestSupport
import Testing

/// Two desks that know one record and then wrote apart.
private struct TwoDesks {
    let ber: TestDesk
    let lon: TestDesk

    init(_ texts: String...) throws {
        ber = try TestDesk("BER", seed: 1)
        lon = try TestDesk("LON", seed: 2)
        _ = try ber.desk.add(
            kind: "contact",
            space: "all-missions",
            ber.assignments(["preferred_name=Dr Ayesha Malik"] + texts)
        )
        try send(from: ber.desk, to: lon.desk)
    }

    func meet() throws { try exchange(ber.desk, lon.desk) }
}

struct ConflictTests {
    @Test func twoValuesAreAConflictWithItsBaseAndAuthors() throws {
        let desks = try TwoDesks("employer=Charité")
        try desks.ber.set("ber-1", "employer=Max Delbrück Center", "position=Head")
        try desks.lon.set("ber-1", "employer=Helmholtz Munich", "city=Munich")
        try desks.meet()
        let conflicts = try desks.lon.desk.conflicts()
        #expect(conflicts.map(\.json) == (try desks.ber.desk.conflicts().map(\.json)))
        let conflict = try #require(conflicts.first)
        #expect(conflicts.count == 1)
        #expect(conflict.field == "employer")
        #expect(conflict.base?.text == "Charité")
        #expect(conflict.siblings.map(\.n) == [1, 2])
        #expect(Set(conflict.siblings.map(\.provenance.desk)) == ["BER", "LON"])
        #expect(conflict.siblings.allSatisfy { $0.provenance.change != nil })
        let view = try desks.ber.desk.show("ber-1")
        #expect(view.conflicts == ["employer"])
        #expect(try desks.ber.desk.status().conflicts == 1)
        let item = try #require(try desks.ber.desk.reviewItems().first)
        let also = Dictionary(
            uniqueKeysWithValues: conflict.siblings.map { ($0.provenance.desk, $0.n) }
        )
        #expect(item.alsoChanged[try #require(also["BER"])]?.contains("position") == true)
        #expect(item.alsoChanged[try #require(also["LON"])]?.contains("city") == true)
    }

    @Test(arguments: [
        (ConflictChoice.take(1), 1), (.take(2), 2), (.base, 0), (.value("Charité Berlin"), 3),
    ])
    func aDecisionSettlesTheConflictEverywhere(choice: ConflictChoice, index: Int) throws {
        let desks = try TwoDesks("employer=Charité")
        try desks.ber.set("ber-1", "employer=MDC")
        try desks.lon.set("ber-1", "employer=Helmholtz")
        try desks.meet()
        let siblings = try #require(try desks.lon.desk.conflicts().first).siblings.map(\.text)
        let expected = [["Charité"], siblings, ["Charité Berlin"]].joined().map { $0 }[index]
        let receipt = try desks.lon.desk.resolve("ber-1", "employer", choice, reason: "asked her")
        try desks.meet()
        for desk in [desks.ber, desks.lon] {
            #expect(try desk.desk.conflicts().isEmpty)
            #expect(try desk.text("ber-1", "employer") == expected)
            let entry = try #require(try desk.desk.history("ber-1", field: "employer").first)
            #expect(entry.action == .resolve)
            #expect(entry.change == receipt.change)
            #expect(entry.provenance.note.hasSuffix("asked her"))
        }
        #expect(throws: DeskError.self) {
            try desks.lon.desk.resolve("ber-1", "employer", .take(1))
        }
    }

    @Test func aDecisionThatIsTakenBackIsAConflictAgain() throws {
        let desks = try TwoDesks("employer=Charité")
        try desks.ber.set("ber-1", "employer=MDC")
        try desks.lon.set("ber-1", "employer=Helmholtz")
        try desks.meet()
        let before = try #require(try desks.lon.desk.conflicts().first)
        let receipt = try desks.lon.desk.resolve("ber-1", "employer", .take(1))
        _ = try desks.lon.desk.undo(try #require(receipt.change))
        try desks.meet()
        for desk in [desks.ber.desk, desks.lon.desk] {
            let after = try #require(try desk.conflicts().first)
            #expect(Set(after.siblings.map(\.text)) == Set(before.siblings.map(\.text)))
            #expect(
                Set(after.siblings.map(\.provenance.desk)) == ["BER", "LON"],
                "each version is still that of who wrote it"
            )
            #expect(after.base?.text == "Charité")
        }
    }

    @Test func anEditBesideADeletionIsOneConflictOfLife() throws {
        let desks = try TwoDesks("city=Berlin")
        _ = try desks.ber.desk.delete("ber-1")
        try desks.lon.set("ber-1", "city=London")
        try desks.meet()
        for desk in [desks.ber, desks.lon] {
            let conflict = try #require(try desk.desk.conflicts().first)
            #expect(conflict.field == "life")
            #expect(Set(conflict.siblings.map(\.text)) == ["alive", "deleted"])
            #expect(conflict.siblings.first { $0.text == "alive" }?.edits == ["city"])
            #expect(try desk.text("ber-1", "city") == "London")
        }
        _ = try desks.ber.desk.resolve("ber-1", "life", .value("deleted"))
        try desks.meet()
        for desk in [desks.ber.desk, desks.lon.desk] {
            #expect(try desk.conflicts().isEmpty)
            #expect(try desk.list(kind: "contact").isEmpty)
        }
    }

    @Test func allAreDecidedByARuleAndADryRunDecidesNone() throws {
        let desks = try TwoDesks("employer=Charité", "city=Berlin")
        try desks.ber.set("ber-1", "employer=MDC", "city=Potsdam")
        try desks.lon.set("ber-1", "employer=Helmholtz", "city=London")
        try desks.meet()
        let planned = try desks.ber.desk.resolveAll(.desk("LON"), isDryRun: true)
        #expect(planned.count == 2)
        #expect(try desks.ber.desk.conflicts().count == 2)
        let decided = try desks.ber.desk.resolveAll(.mine)
        #expect(Set(decided.compactMap(\.receipt?.change)).count == 2)
        #expect(try desks.ber.desk.conflicts().isEmpty)
        #expect(try desks.ber.text("ber-1", "employer") == "MDC")
        #expect(try desks.ber.text("ber-1", "city") == "Potsdam")
    }

    @Test func paragraphsThatDoNotOverlapAreSettledAndListed() throws {
        let desks = try TwoDesks("expertise_summary=one\ntwo\nthree")
        try desks.ber.set("ber-1", "expertise_summary=first\ntwo\nthree")
        try desks.lon.set("ber-1", "expertise_summary=one\ntwo\nthird")
        try desks.meet()
        for desk in [desks.ber, desks.lon] {
            #expect(try desk.desk.conflicts().isEmpty)
            #expect(try desk.desk.status().conflicts == 0)
            #expect(try desk.text("ber-1", "expertise_summary") == "first\ntwo\nthird")
            let settled = try desk.desk.settledConflicts()
            #expect(settled.contains { $0.conflict.field == "expertise_summary" })
        }
    }

    @Test func bothTextsAreKeptOneBehindTheOther() throws {
        let desks = try TwoDesks("expertise_summary=one")
        try desks.ber.set("ber-1", "expertise_summary=solar")
        try desks.lon.set("ber-1", "expertise_summary=wind")
        try desks.meet()
        let item = try #require(try desks.lon.desk.reviewItems().first)
        #expect(item.canKeepBoth)
        _ = try desks.lon.desk.resolve("ber-1", "expertise_summary", .both)
        let text = try #require(try desks.lon.text("ber-1", "expertise_summary"))
        #expect(text.contains("solar") && text.contains("wind"))
    }

    @Test func twoMissionsSensitiveValuesStandSideBySide() throws {
        let desks = try TwoDesks("birth_date=1985")
        try desks.lon.set("ber-1", "birth_date=1971", "city=London")
        try desks.meet()
        #expect(try desks.ber.desk.conflicts().isEmpty)
        #expect(try desks.ber.text("ber-1", "birth_date") == "1985")
        #expect(try desks.lon.text("ber-1", "birth_date") == "1971")
    }

    @Test func twoRecordsOfOneNumberAreToldApart() throws {
        let one = try TestDesk("BER", seed: 1)
        let other = try TestDesk("BER", seed: 2)
        _ = try one.add(in: "all-missions", "preferred_name=A")
        _ = try other.add(in: "all-missions", "preferred_name=B")
        try exchange(one.desk, other.desk)
        let ids = try one.desk.list(kind: "contact").map(\.id)
        #expect(ids.count == 2)
        #expect(ids.allSatisfy { $0.hasPrefix("ber-1~") })
        for id in ids { #expect(try one.desk.show(id).id == id) }
        let error = #expect(throws: DeskError.self) { try one.desk.show("ber-1") }
        #expect(error?.code == .ambiguousID)
        #expect(try one.add("preferred_name=C").id == "ber-2")
    }
}
