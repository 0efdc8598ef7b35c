import ArgumentParser
import Foundation
import Interchange
import Synchronization

/// How well and how fast public sets are linked whose answers are known.
struct LinkageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "linkage",
        abstract: "Links public sets of records and counts what was found."
    )

    @Option(help: "The folder of public data.")
    var data = "../../../shared/data"

    func run() throws {
        let folder = URL(fileURLWithPath: data)
        print(row("set", "pairs of", "P", "R", "F1", "blocking R", "seconds"))
        for set in try LinkageSet.all(in: folder) { measure(set) }
        if let names = try NamePairSet(folder.appending(path: "names/name-pairs-labelled.csv")) {
            print(row("name pairs", "names", score: names.score))
        }
        let words = folder.appending(path: "names/arabic-latin-name-tokens.csv")
        if let set = try TransliterationSet(words) {
            print(
                "Arabic for Latin words: \(text(set.sharing)) share a key, recall@1"
                    + " \(text(set.recallAtOne))"
            )
        }
    }

    private func measure(_ set: LinkageSet) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = set.linkage.pairs()
        let seconds = Double((clock.now - start) / .milliseconds(1)) / 1_000
        let compared = Compared()
        _ = set.linkage.pairs(observe: { compared.note($0, $1) })
        let blocked = set.score(compared.pairs).recall
        let proposed = result.pairs.filter { $0.comparison.verdict == .same }
        let last = [text(blocked), String(format: "%.2f", seconds)]
        let name = "\(set.name) (\(set.linkage.count))"
        print(row(name, "proposed", score: set.score(places(proposed)), last))
        print(row(name, "and to review", score: set.score(places(result.pairs)), last))
    }

    private func places(_ pairs: [LinkedPair]) -> [(first: Int, second: Int)] {
        pairs.map { ($0.first, $0.second) }
    }

    private func row(
        _ name: String,
        _ what: String,
        score: LinkageSet.Score,
        _ rest: [String] = []
    ) -> String {
        row([name, what, text(score.precision), text(score.recall), text(score.f1)] + rest)
    }

    private func row(_ cells: String...) -> String { row(cells) }

    private func row(_ cells: [String]) -> String {
        zip(cells, [20, 14, 7, 7, 7, 11, 8]).map { cell, width in
            cell.padding(toLength: width, withPad: " ", startingAt: 0)
        }.joined()
    }

    private func text(_ value: Double) -> String { String(format: "%.3f", value) }
}

/// The pairs that were compared, noted from several threads.
private final class Compared: Sendable {
    private let places = Mutex<Set<UInt64>>([])

    func note(_ first: Int, _ second: Int) {
        places.withLock { _ = $0.insert(UInt64(first) << 32 | UInt64(second)) }
    }

    var pairs: [(first: Int, second: Int)] {
        places.withLock { $0 }.map { (Int($0 >> 32), Int($0 & 0xffff_ffff)) }
    }
}
