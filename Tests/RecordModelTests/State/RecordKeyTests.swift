import RecordModel
import Testing

struct RecordKeyTests {
    @Test(arguments: ["ber", "all-missions", "a", "x9", String(repeating: "a", count: 64)])
    func spacesAreShortLowerCaseWords(text: String) throws {
        #expect(try #require(SpaceName(text)).text == text)
    }

    @Test(
        arguments: ["", "9a", "-a", "Ber", "bér", "a b", "a_b", String(repeating: "a", count: 65)])
    func otherTextsAreNoSpaces(text: String) {
        #expect(SpaceName(text) == nil)
    }

    @Test func aNumberReadsBackFromItsDigits() {
        let uid = RecordUID(0x00ff_1234_5678_9abc)
        #expect(uid.description == "00ff123456789abc")
        #expect(RecordUID(hexadecimal: uid.description) == uid)
        #expect(RecordUID(hexadecimal: "00FF123456789ABC") == uid)
        #expect(RecordUID(hexadecimal: "ff123456789abc") == nil)
        #expect(RecordUID(hexadecimal: "00ff123456789abg") == nil)
    }

    @Test func whatAnAuthorityIdentifiesHasOneNumberInEachSpace() throws {
        func uid(_ space: SpaceName, _ kind: UInt32, _ scheme: String, _ id: String) -> RecordUID {
            RecordUID(space: space, kind: kind, scheme: scheme, identifier: id)
        }
        let bern = try #require(SpaceName("ber"))
        let uids = [
            uid(.allMissions, 2, "ror", "05bbbc791"), uid(bern, 2, "ror", "05bbbc791"),
            uid(.allMissions, 1, "ror", "05bbbc791"), uid(.allMissions, 2, "isni", "05bbbc791"),
            uid(.allMissions, 2, "ror", "05bbbc792"), uid(.allMissions, 2, "ro", "r05bbbc791"),
        ]
        #expect(Set(uids).count == uids.count)
        #expect(uid(.allMissions, 2, "ror", "05bbbc791") == uids[0])
    }

    @Test func fieldsAreOrderedByNumberThenItem() {
        let keys = [
            FieldKey(20), FieldKey(5, item: [2]), FieldKey(5, item: [1, 9]), FieldKey(5), .life,
        ]
        let sorted = [
            .life, FieldKey(5), FieldKey(5, item: [1, 9]), FieldKey(5, item: [2]), FieldKey(20),
        ]
        #expect(keys.sorted() == sorted)
    }
}
