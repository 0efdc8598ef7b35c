import CausalHistory
import Foundation
import GRDB
import RecordModel
import RecordStorage
import StorageTestSupport
import TestSupport
import Testing

/// Counters and chains that the disk has damaged are mended from what else the file holds.
///
/// Spec: `Protocol/spec/08-storage.md` §8.
struct MendingTests {
    private let directory = TemporaryDirectory()

    /// A replica with some changes of two records.
    private func path() throws -> String {
        let path = directory.path("a.attache")
        let store = try ReplicaStore(creating: path, environment: .seeded(1))
        try store.write { try $0.addSpace(.allMissions) }
        for number in 1...6 {
            try store.write { writer in
                _ = try writer.commit(
                    [
                        RecordEdit(
                            uid: RecordUID(UInt64(number % 2 + 1)),
                            kind: 1,
                            steps: [
                                .write(.life, .alive),
                                .write(FieldKey(20), .value(Array("Name \(number)".utf8))),
                            ]
                        )
                    ],
                    in: .allMissions,
                    attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
                )
            }
        }
        try store.close()
        return path
    }

    private func alter(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    private func chainProblems(_ reader: StoreReader) throws -> [String] {
        let space = try reader.space(.allMissions)
        return try space.actor.map { try reader.chainProblems(of: $0, in: space) } ?? []
    }

    @Test(arguments: [
        "UPDATE change SET time = time + 1000 WHERE counter = 3",
        "UPDATE change SET digest = zeroblob(16) WHERE counter = 3",
        "UPDATE change SET digest = zeroblob(16) WHERE counter = 6",
        "UPDATE change_record SET digest = zeroblob(16) WHERE counter = 2",
        "UPDATE change SET time = 7; UPDATE change_record SET digest = zeroblob(16)",
        "UPDATE space SET head = zeroblob(16)",
    ])
    func aBrokenChainIsMendedFromTheRecords(sql: String) throws {
        let path = try path()
        try alter(path, sql)
        let store = try ReplicaStore(opening: path, environment: .seeded(2))
        #expect(try !store.read(chainProblems).isEmpty)
        let (mended, broken) = try store.write { try $0.mendChains() }
        #expect(mended > 0 && broken.isEmpty)
        #expect(try store.read(chainProblems).isEmpty)
        let again = try store.write { try $0.mendChains() }
        #expect(again.mended == 0 && again.broken.isEmpty)
    }

    @Test func aChainThatCannotBeMendedIsNamed() throws {
        let path = try path()
        try alter(path, "DELETE FROM change WHERE counter = 3")
        let store = try ReplicaStore(opening: path, environment: .seeded(2))
        #expect(try store.write { try $0.mendChains() }.broken == [.allMissions])
    }

    @Test func aCounterThatIsTooLowIsRaisedAndNeverUsedTwice() throws {
        let path = try path()
        try alter(path, "UPDATE knowledge SET counter = 2")
        let store = try ReplicaStore(opening: path, environment: .seeded(2))
        #expect(try store.write { try $0.mendCounters() } == [.allMissions])
        #expect(try store.write { try $0.mendCounters() }.isEmpty)
        let change = try store.write { writer in
            try writer.commit(
                [RecordEdit(uid: RecordUID(1), kind: 1, steps: [.write(FieldKey(34), .cleared)])],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
        #expect(change == nil)
        let next = try store.write { writer in
            try writer.commit(
                [
                    RecordEdit(
                        uid: RecordUID(1),
                        kind: 1,
                        steps: [.write(FieldKey(34), .value(Array("Bonn".utf8)))]
                    )
                ],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
        #expect(next?.dot.counter == 7)
        #expect(try store.read(chainProblems).isEmpty)
    }

    @Test func aWholeFileIsNotPutTogetherAnew() throws {
        let path = try path()
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try ReplicaStore.salvage(path) == nil)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aFileOfSomebodyElseIsLeftAsItIs() throws {
        let path = directory.path("letter")
        let letter = Data("Dear Sir, ".utf8) + Data(repeating: 0x20, count: 9_000)
        try letter.write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) { try ReplicaStore.salvage(path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == letter)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.url.path).count == 1)
    }
}
