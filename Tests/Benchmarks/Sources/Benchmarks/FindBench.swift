import ArgumentParser
import DeskWork
import Foundation
import GRDBSQLite
import RecordModel
import RecordStorage

/// Searches for words of names as `attache find` does, beside a bare query for each, in a process of their
/// own.
struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "find", shouldDisplay: false)

    @Argument var replica: String
    @Argument var raw: String
    @Argument var file: String

    func run() throws {
        let desk = try Desk(store: ReplicaStore(opening: replica))
        let database = try RawDatabase(raw)
        let query = try database.prepare(RawWork.searchQuery)
        defer { sqlite3_finalize(query) }
        let words = try Workload(URL(fileURLWithPath: file)).searchWords(100)
        var times: [(find: Double, bare: Double)] = []
        for word in words {
            RawDatabase.bind(query, 1, RawWork.searchPattern(word))
            let start = ContinuousClock.now
            try database.step(query)
            let between = ContinuousClock.now
            guard try !desk.find(String(word)).isEmpty else {
                throw Program.Failure(description: "nobody is found by \(word)")
            }
            times.append(
                (
                    between.duration(to: .now) / .seconds(1),
                    start.duration(to: between) / .seconds(1)
                )
            )
        }
        let figures = [times.map(\.find), times.map(\.bare), times.map { $0.find / $0.bare }]
        let medians = figures.map { JSONValue.number(String(EditBench.median($0))) }
        print(JSONValue.array(medians).text)
    }
}

/// The medians of searches for many words, in seconds, and of their ratio for each word.
struct FindTimes {
    let find: Double
    let bare: Double
    let ratio: Double

    init?(_ json: JSONValue) {
        let figures = (json.array ?? []).compactMap(\.double)
        guard figures.count == 3 else { return nil }
        (find, bare, ratio) = (figures[0], figures[1], figures[2])
    }
}
