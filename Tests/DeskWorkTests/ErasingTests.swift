import DeskWork
import RecordModel
import RecordStorage
import TestSupport
import Testing

/// A person who is forgotten, with all that stands for her.
struct ErasingTests {
    @Test func whatWasMergedIntoARecordAndWhatWasDecidedAboutItGoesAlong() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Zeenat Quell", "city=Berlin")
        _ = try test.add("preferred_name=Zeenat Quell", "city=Potsdam", "notes+=her sister is B.")
        _ = try test.add("preferred_name=Bilal Sheikh")
        _ = try test.desk.notSame("ber-1", "ber-3")
        _ = try test.desk.merge("ber-1", "ber-2")
        let receipt = try test.desk.erase("ber-1", because: .consent)
        #expect(receipt.change != nil)
        #expect(try test.desk.list(kind: "contact").map(\.id) == ["ber-3"])
        let erased = try test.desk.store.read { try $0.erasures() }
        // Two records, the merge, and the pair.
        #expect(erased.count == 4)
        #expect(Set(erased.map(\.erasure.attribution.note)) == ["consent"])
        #expect(Set(erased.map(\.erasure.attribution.author)).count == 1)
        #expect(try test.desk.doctor().isOK)
    }

    @Test func nothingBringsItBack() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Zeenat Quell")
        let change = try test.set("ber-1", "city=Berlin")
        let uid = try #require(try test.desk.list(kind: "contact").first?.uid.description)
        _ = try test.desk.delete("ber-1")
        _ = try test.desk.erase("ber-1", because: .request)
        #expect(throws: DeskError.self) { try test.desk.undelete(uid) }
        #expect(throws: DeskError.self) { try test.desk.erase(uid, because: .request) }
        if let name = change.change { _ = try? test.desk.undo(name) }
        #expect(try test.desk.list(kind: "contact").isEmpty)
        #expect(try test.desk.find("zeenat").isEmpty)
    }
}
