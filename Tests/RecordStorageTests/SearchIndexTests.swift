import CausalHistory
import GRDB
import RecordModel
import StorageTestSupport
import TestSupport
import Testing

@testable import RecordStorage

/// What a search reads of records and of its index.
struct SearchIndexTests {
    private let directory = TemporaryDirectory()
    private let words = ["Ayesha", "عائشہ", "Сидорова", "Jürgen", "O'Neill", "山田太郎", "Ph.D.", "7"]

    private func store(_ name: String) throws -> ReplicaStore {
        let store = try ReplicaStore(creating: directory.path(name), environment: .seeded(1))
        try store.write { try $0.addSpace(.allMissions) }
        return store
    }

    private func write(
        _ uid: UInt64,
        kind: UInt32,
        _ steps: [RecordEdit.Step],
        in store: ReplicaStore
    )
        throws
    {
        try store.write { writer in
            _ = try writer.commit(
                [
                    RecordEdit(
                        uid: RecordUID(uid),
                        kind: kind,
                        steps: [.write(.life, .alive)] + steps
                    )
                ],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "A")
            )
        }
    }

    /// The shortcut over a record's bytes reads what the index was made of, whatever else is there.
    @Test func namesReadFromBytesAreThoseOfTheIndex() throws {
        let store = try store("a")
        let schema = store.schema
        var random = SeededGenerator(seed: 5)
        for uid in 1...60 {
            let kind = try #require(
                schema.kinds.filter { $0.number < 15 }.randomElement(using: &random)
            )
            var steps: [RecordEdit.Step] = []
            for field in kind.fields
            where field.isRegister && field.number > 3 && Bool.random(using: &random) {
                let text = words.shuffled(using: &random).prefix(2).joined(separator: " ")
                steps.append(.write(FieldKey(field.number), .value(Array(text.utf8))))
            }
            try write(UInt64(uid), kind: kind.number, steps, in: store)
        }
        try store.read { reader in
            let indexing = RecordIndexing(schema: schema)
            var names = RecordIndexing.NameReading(indexing)
            var named = 0
            try reader.forEachRecord { record in
                let bytes = try StateCodec.encode(record.state, reader.interner)
                let text = try names.text(of: bytes, kind: record.state.kind)
                #expect(text == indexing.entry(of: record.state).name)
                named += text.isEmpty ? 0 : 1
                return true
            }
            #expect(named > 20)
        }
    }

    @Test func bytesThatAreCutAreDamageAndNoTrap() throws {
        let store = try store("a")
        try write(1, kind: 1, [.write(FieldKey(20), .value(Array("Ayesha".utf8)))], in: store)
        try store.read { reader in
            let record = try #require(try reader.record(row: 1))
            let bytes = try StateCodec.encode(record.state, reader.interner)
            var names = RecordIndexing.NameReading(RecordIndexing(schema: store.schema))
            for count in bytes.indices {
                for byte: UInt8 in [0, 0x7f, 0xff] {
                    // What is thrown does not matter, nor what is read of other bytes.
                    _ = try? names.text(of: Array(bytes.prefix(count)) + [byte], kind: 1)
                }
            }
            #expect(throws: StoreError.self) {
                try names.text(of: Array(bytes.dropLast()), kind: 1)
            }
        }
    }

    @Test func mergingTheIndexLeavesOneSegmentAndFindsTheSame() throws {
        let store = try store("a")
        for uid in 1...40 {
            let name = Array("\(words[uid % words.count]) Malik\(uid % 5)".utf8)
            try write(UInt64(uid), kind: 1, [.write(FieldKey(20), .value(name))], in: store)
        }
        func segments() throws -> Int {
            try store.read { reader in
                try Int.fetchOne(
                    reader.db,
                    sql: "SELECT count(DISTINCT segid) FROM search_idx"
                ) ?? 0
            }
        }
        func found() throws -> [[Int64]] {
            try store.read { reader in
                try (0..<5).map { try reader.search(["malik\($0)"], limit: 50) }
            }
        }
        let before = try found()
        #expect(try segments() > 3)
        store.mergeSearchIndex()
        #expect(try segments() == 1)
        #expect(try found() == before)
        #expect(before.allSatisfy { $0.count == 8 })
        #expect(try store.read { try $0.indexProblems() }.isEmpty)
    }
}
