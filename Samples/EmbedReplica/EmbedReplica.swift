// Opens a replica in a program of your own, edits it and reads its conflicts:
//
//     swift run EmbedReplica PATH
//
// The replica is made where there is none.
import DeskWork
import Foundation
import RecordModel
import RecordStorage

@main
struct EmbedReplica {
    static func main() {
        do {
            let path = CommandLine.arguments.dropFirst().first ?? "replica"
            let desk =
                FileManager.default.fileExists(atPath: path)
                ? try Desk(store: ReplicaStore(opening: path))
                : try DeskSetup.create(at: path, desk: "BER", officer: "H. Raza")

            let name = FieldAssignment("preferred_name=Dr Ayesha Malik")
            let city = FieldAssignment("city=Berlin")
            let added = try desk.add(kind: "contact", [name, city].compactMap(\.self))
            print("added \(added.id) by \(added.change ?? "no change")")

            for record in try desk.list(kind: "contact", where: ["city=Berlin"]) {
                print("\(record.id)  \(record.title)")
            }
            for conflict in try desk.conflicts() {
                let versions = conflict.siblings.map { "\($0.n) \($0.text)" }
                print("\(conflict.id) \(conflict.field): \(versions.joined(separator: " | "))")
            }
        } catch {
            print("failed: \(error)")
            exit(1)
        }
    }
}
