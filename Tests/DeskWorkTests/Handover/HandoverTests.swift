import RecordModel
import Testing

@testable import DeskWork

struct HandoverTests {
    private let desks: Set<String> = ["BER", "TAS"]

    private func covers(_ one: String, _ other: String) -> Bool {
        OfficerName(one, desks: desks).covers(OfficerName(other, desks: desks))
    }

    @Test func aNameCoversWhatMeansTheSameOfficer() {
        #expect(covers("H. Raza", "BER H. Raza"))
        #expect(covers("BER H. Raza", "H. RAZA"))
        #expect(covers("BER", "BER H. Raza"))
        #expect(covers("ber", "BER"))
        #expect(!covers("TAS H. Raza", "BER H. Raza"))
        #expect(!covers("H. Raza", "BER"))
        #expect(!covers("H. Raza", "S. Raza"))
        #expect(!covers("", ""))
    }

    @Test func theDeskStaysWhereTheSuccessorNamesNone() {
        func new(_ successor: String, _ old: String) -> String {
            OfficerName(successor, desks: desks).succeeding(OfficerName(old, desks: desks))
        }
        #expect(new("S. Iqbal", "BER H. Raza") == "BER S. Iqbal")
        #expect(new("S. Iqbal", "H. Raza") == "S. Iqbal")
        #expect(new("TAS S. Iqbal", "BER H. Raza") == "TAS S. Iqbal")
        #expect(new("S. Iqbal", "BER") == "BER S. Iqbal")
    }

    @Test func aFieldInConflictIsLeftToAPerson() throws {
        let (one, other) = (try TestDesk("BER", seed: 1), try TestDesk("LON", seed: 2))
        _ = try one.add(kind: "collaboration", in: "all-missions", "title=P", "lead=BER H. Raza")
        _ = try one.add(kind: "collaboration", in: "all-missions", "title=Q", "lead=BER H. Raza")
        try exchange(one.desk, other.desk)
        try other.set("ber-1", "lead=LON H. Raza")
        try one.set("ber-1", "lead=H. Raza")
        try exchange(one.desk, other.desk)
        let result = try one.desk.handover(from: "H. Raza", to: "S. Iqbal")
        #expect(result.undecided == ["ber-1 lead"])
        #expect(result.changes.map(\.id) == ["ber-2"])
        #expect(try one.desk.show("ber-1").conflicts == ["lead"])
        #expect(try one.text("ber-2", "lead") == "BER S. Iqbal")
    }

    @Test func everythingIsOneChangeThatUndoTakesBack() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A", "relationship_owner=BER H. Raza")
        _ = try test.add(kind: "priority", in: "all-missions", "title=P", "lead=BER")
        _ = try test.add(
            kind: "engagement",
            "subject=E",
            #"follow_ups=[{"what":"x"},{"what":"y","done":"2026-01-01"}]"#
        )
        let dry = try test.desk.handover(from: "BER", to: "BER S. Iqbal", isDryRun: true)
        #expect(dry.changes.count == 3)
        #expect(dry.change == nil)
        let done = try test.desk.handover(from: "BER", to: "BER S. Iqbal")
        #expect(done.changes == dry.changes)
        #expect(try test.text("ber-2", "lead") == "BER S. Iqbal")
        #expect(try test.text("ber-3", "follow_ups")?.contains("owner=BER S. Iqbal") == true)
        let undone = try test.desk.undo(try #require(done.change))
        #expect(undone.receipts.count == 3)
        #expect(undone.kept.isEmpty)
        #expect(try test.text("ber-1", "relationship_owner") == "BER H. Raza")
        #expect(try test.text("ber-3", "follow_ups")?.contains("owner") == false)
    }

    @Test func aSuccessorNamedByRecordTakesOverThePosting() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=H. Raza")
        _ = try test.add("preferred_name=S. Iqbal")
        _ = try test.add(kind: "posting", "title=Counsellor", "contact=ber-1", "mission=ber")
        let result = try test.desk.handover(from: "H. Raza", to: "ber-2")
        #expect(result.changes.map(\.place) == ["handover_to"])
        #expect(
            try test.desk.show("ber-3").json()["fields"]?["handover_to"]?["ref"] == .string("ber-2")
        )
    }

    @Test func anEmptyNameIsRefused() throws {
        let test = try TestDesk()
        let error = #expect(throws: DeskError.self) { try test.desk.handover(from: " ") }
        #expect(error?.code == .badValue)
    }
}
