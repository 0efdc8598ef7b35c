import DeskWork
import Foundation
import RecordModel
import RecordStorage
import StorageTestSupport
import TestSupport
import Testing

/// A desk on a real file in a folder of its own.
struct TestDesk {
    let directory = TemporaryDirectory()
    let desk: Desk

    init(_ code: String = "BER", seed: UInt64 = 1, schema: Schema = .builtIn) throws {
        desk = try DeskSetup.create(
            at: directory.path("replica"),
            desk: code,
            officer: "H. Raza",
            mission: "Berlin",
            environment: .seeded(seed),
            schema: schema
        )
    }

    func assignments(_ texts: [String]) throws -> [FieldAssignment] {
        try texts.map { try #require(FieldAssignment($0)) }
    }

    func add(
        kind: String = "contact",
        in space: String? = nil,
        _ texts: String...
    ) throws
        -> ChangeReceipt
    {
        try desk.add(kind: kind, space: space, assignments(texts))
    }

    @discardableResult
    func set(_ id: String, _ texts: String...) throws -> ChangeReceipt {
        try desk.set(id, assignments(texts))
    }

    func text(_ id: String, _ field: String) throws -> String? {
        try desk.show(id).field(field)?.text
    }

    func file(_ name: String, _ content: String) throws -> String {
        let path = directory.path(name)
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}

struct DeskTests {
    @Test func aNewRecordIsNumberedAndShown() throws {
        let test = try TestDesk()
        let receipt = try test.add("preferred_name=Dr Ayesha Malik", "city=Berlin")
        #expect(receipt.id == "ber-1")
        #expect(receipt.space == "ber")
        #expect(try #require(receipt.change).hasPrefix("ber@"))
        let json = try test.desk.show("ber-1").json()
        #expect(json["kind"] == .string("contact"))
        #expect(json["life"] == .string("alive"))
        #expect(json["handling"] == .string("PERSONAL"))
        #expect(json["fields"]?["city"] == .string("Berlin"))
        #expect(json["changed"]?["by"] == .string("H. Raza"))
        #expect(try test.add("preferred_name=Second").id == "ber-2")
    }

    @Test func aContactWithoutANameIsRefused() throws {
        let test = try TestDesk()
        let error = #expect(throws: DeskError.self) { try test.add("city=Berlin") }
        #expect(error?.code == .badValue)
        let unknown = #expect(throws: DeskError.self) {
            try test.add("preferred_name=A", "citty=B")
        }
        #expect(unknown?.code == .unknownField)
    }

    @Test func setsAddReplaceTakeAndClear() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A", "tags+=one", "tags+=two")
        try test.set("ber-1", "tags-=one", "tags+=three", "emails+=A@B.org", "city=Berlin")
        #expect(
            try test.desk.show("ber-1").json()["fields"]?["tags"]
                == .array([.string("three"), .string("two")])
        )
        try test.set("ber-1", "city=")
        #expect(try test.text("ber-1", "city") == nil)
        let missing = #expect(throws: DeskError.self) { try test.set("ber-1", "tags-=none") }
        #expect(missing?.code == .noSuchItem)
        let log = try test.set("ber-1", "notes+=first note", "notes+=second")
        #expect(log.change != nil)
        let append = #expect(throws: DeskError.self) { try test.set("ber-1", "notes=other") }
        #expect(append?.code == .appendOnly)
    }

    @Test func sensitiveFieldsOfASharedRecordStayWithTheMission() throws {
        let test = try TestDesk()
        _ = try test.add(
            in: "all-missions",
            "preferred_name=A",
            "emails+=a@b.org",
            "city=Berlin",
            "notes+=said in confidence"
        )
        let uid = try test.desk.show("ber-1").uid
        let parts = try test.desk.store.read { try $0.parts(of: uid) }
        #expect(parts.map(\.key.space.text) == ["all-missions", "ber"])
        let numbers = parts.map { Set($0.state.fields.map(\.key.number)) }
        #expect(numbers[0].isDisjoint(with: [11, 24]))
        #expect(numbers[1] == [11, 24])
        // The person sees one record.
        #expect(try test.text("ber-1", "emails") == "a@b.org")
        #expect(try test.text("ber-1", "city") == "Berlin")
    }

    @Test func aDeletedRecordIsHiddenAndComesBack() throws {
        let test = try TestDesk()
        _ = try test.add(in: "all-missions", "preferred_name=A", "emails+=a@b.org")
        _ = try test.desk.delete("ber-1")
        #expect(try test.desk.list(kind: "contact").isEmpty)
        let error = #expect(throws: DeskError.self) { try test.set("ber-1", "city=B") }
        #expect(error?.code == .deleted)
        _ = try test.desk.undelete("ber-1")
        #expect(try test.desk.list(kind: "contact").map(\.id) == ["ber-1"])
        #expect(try test.text("ber-1", "emails") == "a@b.org")
    }

    @Test(arguments: [
        ("country_of_residence=DE", ["ber-1"]),
        ("country_of_residence=de and research_fields:2", ["ber-1"]),
        ("country_of_residence!=DE", ["ber-2", "ber-3"]),
        ("last_contacted<2026-02", ["ber-2"]),
        ("last_contacted=2026", ["ber-1", "ber-2"]),
        ("not last_contacted", ["ber-3"]),
        ("(city=Berlin or city=London) and tags:x", ["ber-2"]),
        ("preferred_name~ayesha", ["ber-1"]),
        ("emails=A@b.org", ["ber-1"]),
        ("preferred_name=\"Bilal Khan\"", ["ber-2"]),
        ("city", ["ber-1", "ber-2"]),
    ])
    func conditionsChoose(condition: String, expected: [String]) throws {
        let test = try TestDesk()
        _ = try test.add(
            "preferred_name=Dr Ayeshá Malik",
            "country_of_residence=DE",
            "city=Berlin",
            "research_fields+=2.2",
            "last_contacted=2026-03-14",
            "emails+=a@b.org"
        )
        _ = try test.add(
            "preferred_name=Bilal Khan",
            "country_of_residence=GB",
            "city=London",
            "tags+=x",
            "last_contacted=2026-01-02"
        )
        _ = try test.add("preferred_name=Sana")
        #expect(try test.desk.list(kind: "contact", where: [condition]).map(\.id) == expected)
    }

    @Test(arguments: ["city=", "and", "(city=B", "city=B)", "citty=B", "city=\"B", "city=B city=C"])
    func aConditionThatCannotBeReadIsRefused(condition: String) throws {
        let test = try TestDesk()
        #expect(throws: DeskError.self) {
            try test.desk.list(kind: "contact", where: [condition])
        }
    }

    @Test func textIsFoundWithItsMark() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Dr Ayesha Malik", "employer=Charité Berlin")
        let found = try test.desk.find("charite")
        #expect(found.map(\.id) == ["ber-1"])
        #expect(found.first?.field == "employer")
        #expect(found.first?.snippet.filter(\.isMatch).map(\.text) == ["Charité"])
        #expect(try test.desk.find("nobody").isEmpty)
    }

    @Test func historyTellsOldAndNewAndUndoPutsBack() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A", "city=Berlin")
        let change = try #require(try test.set("ber-1", "city=Munich").change)
        let entries = try test.desk.history("ber-1", field: "city")
        #expect(entries.map(\.newText) == ["Munich", "Berlin"])
        #expect(entries.first?.oldText == "Berlin")
        #expect(entries.map(\.action.rawValue) == ["set", "set"])
        _ = try test.desk.undo(change)
        #expect(try test.text("ber-1", "city") == "Berlin")
        #expect(throws: DeskError.self) { try test.desk.undo(change) }
    }

    @Test func undoLeavesWhatLaterChangesStandOn() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A", "city=Berlin")
        let change = try #require(
            try test.set("ber-1", "city=Munich", "position=Professor").change
        )
        try test.set("ber-1", "city=Hamburg")
        let result = try test.desk.undo(change)
        #expect(result.kept == ["ber-1 city"])
        #expect(try test.text("ber-1", "city") == "Hamburg")
        #expect(try test.text("ber-1", "position") == nil)
    }

    @Test func aBackupIsWholeAndWritesUnderNewActors() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A")
        let path = test.directory.path("backup")
        #expect(try test.desk.backup(to: path).records == 1)
        let before = try test.desk.store.read { try $0.spaces().compactMap(\.actor) }
        let copy = try Desk(store: ReplicaStore(opening: path, environment: .seeded(9)))
        #expect(try copy.doctor().isOK)
        _ = try copy.add(kind: "contact", try test.assignments(["preferred_name=B"]))
        let after = try copy.store.read { try $0.spaces().compactMap(\.actor) }
        #expect(Set(before).isDisjoint(with: after))
        #expect(try copy.show("ber-2").title == "B")
    }

    @Test func doctorFindsWhatWasAlteredAndMendsTheIndex() throws {
        let test = try TestDesk()
        for n in 1...5 {
            _ = try test.add("preferred_name=Person \(n)", "orcid=0000-0002-1825-0097")
        }
        #expect(try test.desk.doctor().isOK)
        try test.desk.store.write { try $0.forgetIndexes() }
        let report = try test.desk.doctor()
        #expect(report.checks.filter { !$0.isOK }.map(\.name) == ["indexes"])
        #expect(try test.desk.doctor(repair: true).isOK)
        #expect(try test.desk.find("person").count == 5)
    }
}
