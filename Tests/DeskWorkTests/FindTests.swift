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
