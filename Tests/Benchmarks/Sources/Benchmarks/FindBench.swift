import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage

/// Searches for words of names as `attache find` does, in a process of their own.
struct FindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "find", shouldDisplay: false)

    @Argument var replica: String
    @Argument var file: String

    func run() throws {
        let desk = try Desk(store: ReplicaStore(opening: replica))
        let words = try Workload(URL(fileURLWithPath: file)).searchWords(100)
        let times = try words.map { word in
            let start = ContinuousClock.now
            guard try !desk.find(String(word)).isEmpty else {
                throw Program.Failure(description: "nobody is found by \(word)")
            }
            return start.duration(to: .now) / .seconds(1)
        }
        print(JSONValue.number(String(EditBench.median(times))).text)
    }
}
