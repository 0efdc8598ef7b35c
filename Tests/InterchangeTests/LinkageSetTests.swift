import Foundation
import Interchange
import TestSupport
import Testing

/// How well public sets are linked whose answers are known; nothing is learned from them.
struct LinkageSetTests {
    private static let folder = TestData.url("linkage")?.deletingLastPathComponent()

    @Test(.enabled(if: folder != nil, "the public linkage sets are absent"))
    func proposalsAreRightAndFewPairsAreMissed() throws {
        let folder = try #require(Self.folder)
        for set in try LinkageSet.all(in: folder) where set.linkage.count < 5_000 {
            let pairs = set.linkage.pairs().pairs
            let proposed = set.score(
                pairs.filter { $0.comparison.verdict == .same }.map { ($0.first, $0.second) }
            )
            let shown = set.score(pairs.map { ($0.first, $0.second) })
            #expect(proposed.precision >= 0.995, "\(set.name)")
            switch set.name {
            case "febrl1": #expect(shown.recall >= 0.97)
            case "fake_1000": #expect(shown.f1 >= 0.86)
            default: #expect(shown.recall >= 0.95)
            }
        }
    }

    @Test(.enabled(if: folder != nil, "the public name pairs are absent"))
    func pairsOfNamesAreJudged() throws {
        let folder = try #require(Self.folder)
        let file = folder.appending(path: "names/name-pairs-labelled.csv")
        let score = try #require(try NamePairSet(file)).score
        #expect(score.f1 >= 0.81)
    }

    @Test(.enabled(if: folder != nil, "the public transliterated names are absent"))
    func wordsOfTwoScriptsShareKeys() throws {
        let folder = try #require(Self.folder)
        let file = folder.appending(path: "names/arabic-latin-name-tokens.csv")
        let set = try #require(try TransliterationSet(file))
        #expect(set.sharing >= 0.8)
        #expect(set.recallAtOne >= 0.7)
    }
}
