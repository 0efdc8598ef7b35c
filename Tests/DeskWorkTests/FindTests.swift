import DeskWork
import TestSupport
import Testing

/// What a search finds beside the words as they are written.
struct FindTests {
    private let test: TestDesk

    init() throws {
        test = try TestDesk()
        _ = try test.add("preferred_name=Dr Ayesha Malik", "employer=Charité Berlin")
        _ = try test.add("preferred_name=عائشہ ملک")
        _ = try test.add("preferred_name=Jürgen Habermeier", "keywords+=electrolysis")
        _ = try test.add("preferred_name=Иван Сидоров")
    }

    private func find(_ text: String) throws -> [String] {
        try test.desk.find(text).map(\.id)
    }

    @Test func bothScriptsFindEachOtherTheWrittenOneFirst() throws {
        #expect(try find("ayesha malik") == ["ber-1", "ber-2"])
        #expect(try find("عائشہ ملک") == ["ber-2", "ber-1"])
        #expect(try find("عائشه") == ["ber-2", "ber-1"])
        #expect(try find("aisha") == ["ber-1", "ber-2"])
        #expect(try find("sidorov") == ["ber-4"])
    }

    @Test func aWordThatSoundsAndOneThatIsWrittenAreOneSearch() throws {
        #expect(try find("aisha charite") == ["ber-1"])
        #expect(try find("ملک charite") == ["ber-1"])
        #expect(try find("aisha electrolysis").isEmpty)
    }

    @Test func oneSlipInALongWordIsForgiven() throws {
        #expect(try find("habermeierr") == ["ber-3"])
        #expect(try find("haberneier") == ["ber-3"])
        #expect(try find("electrolisis") == ["ber-3"])
        #expect(try find("elektrolisis").isEmpty)
    }

    @Test func aWordComesBeforeWhatItBegins() throws {
        _ = try test.add("preferred_name=Mal Malikson")
        _ = try test.add("preferred_name=Malika Rahman", "position=Malik")
        #expect(try find("malik").prefix(2).sorted() == ["ber-1", "ber-6"])
        #expect(try find("malik").contains("ber-5"))
        #expect(try find("malikso") == ["ber-5"])
    }

    @Test func aWordThatIsWrittenIsNoSlip() throws {
        _ = try test.add("preferred_name=Zaid Habermeir")
        _ = try test.add("preferred_name=Omar", "city=Habermeies")
        #expect(try find("habermeier") == ["ber-3", "ber-5"])
        #expect(try find("habermeiep").contains("ber-6"))
    }

    /// What a list shows of a record is the same whether it was made of the row's bytes or of the record.
    @Test func plainRecordsAndOthersAreShownAlike() throws {
        let plain = try test.desk.find("charite")
        #expect(plain.map(\.title) == ["Dr Ayesha Malik"])
        // A second part, in the mission's own space, takes the short way from it.
        let shared = try test.add(
            in: "all-missions",
            "preferred_name=Dr Ayesha Malik",
            "employer=Charité Berlin",
            "phones=+49 30 1234567"
        )
        let both = try test.desk.find("charite")
        #expect(both.map(\.id).sorted() == ["ber-1", shared.id])
        for found in both {
            #expect(found.title == plain[0].title && found.kindName == "contact")
            #expect(found.field == "employer" && found.snippet == plain[0].snippet)
        }
        #expect(try test.desk.find("ayesha 1234567").map(\.id) == [shared.id])
        let records = try test.desk.findRecords("charite").map(\.id)
        #expect(records == both.map(\.id))
    }

    @Test func theSnippetShowsWhatWasFound() throws {
        let found = try #require(try test.desk.find("aisha malik").last)
        #expect(found.field == "preferred_name")
        #expect(found.snippet.contains { $0.isMatch && $0.text.hasPrefix("عائشہ") })
    }

    @Test func wordsOfAMergedRecordFindTheOneThatStandsForIt() throws {
        _ = try test.desk.merge("ber-1", "ber-2")
        let found = try test.desk.find("عائشہ")
        #expect(found.map(\.id) == ["ber-1"])
        #expect(found.first?.snippet.contains { $0.isMatch } == true)
    }

    @Test(arguments: ["", " ", "\"", "* OR", "name:x", "sounds : mlk", "a\u{0}b", "🦀", "NEAR(a b)"])
    func hostileWordsAreOnlyWords(_ text: String) throws {
        _ = try find(text)
        _ = try find(text + " malik")
    }
}
