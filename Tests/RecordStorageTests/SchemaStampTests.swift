import CausalHistory
import GRDB
import RecordModel
import StorageTestSupport
import TestSupport
import Testing

@testable import RecordStorage

/// Stores that are opened by another schema than the one that indexed them.
struct SchemaStampTests {
    private let directory = TemporaryDirectory()

    private var path: String { directory.path("a.attache") }

    private func steps(_ values: [(UInt32, String)]) -> [RecordEdit.Step] {
        [.write(.life, .alive)]
            + values.map { .write(FieldKey($0.0), .value(Array($0.1.utf8))) }
    }

    /// Writes two contacts and a record of the later schema's kind.
    private func fill(_ store: ReplicaStore) throws {
        try store.write { writer in
            try writer.addSpace(.allMissions)
            let edits = [
                RecordEdit(
                    uid: RecordUID(1),
                    kind: 1,
                    steps: steps([(20, "Ayesha Malik"), (54, "Bilal Qureshi")])
                        + [.write(FieldKey(55, item: Array("Ash".utf8)), .value([]))]
                ),
                RecordEdit(uid: RecordUID(2), kind: 1, steps: steps([(20, "Hina Raza")])),
                RecordEdit(
                    uid: RecordUID(3),
                    kind: 17,
                    steps: steps([(2, "ber-3"), (20, "Water Commission"), (21, "Geneva")])
                ),
            ]
            _ = try writer.commit(
                edits,
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
    }

    /// All that derives from the records by a schema, as the file has it.
    private func derived(_ store: ReplicaStore) throws -> [String] {
        try store.read { reader in
            let rows = try Row.fetchAll(
                reader.db,
                sql: "SELECT term, col, doc FROM search_instance ORDER BY term, doc, col, offset"
            ).map { "\($0)" }
            let keys = try Row.fetchAll(
                reader.db,
                sql: "SELECT hash, record FROM lookup ORDER BY hash, record"
            ).map { "\($0)" }
            let conflicts = try Row.fetchAll(
                reader.db,
                sql: "SELECT id, conflicts FROM record ORDER BY id"
            ).map { "\($0)" }
            return rows + keys + conflicts
        }
    }

    /// Adds a view of the search index's words by record.
    private func addInstances(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(
                sql: "CREATE VIRTUAL TABLE search_instance USING fts5vocab(search, instance)"
            )
        }
        try queue.close()
    }

    @Test(arguments: [false, true]) func anIndexIsThatOfTheSchemaThatOpened(isUpgrade: Bool) throws
    {
        let (first, second) =
            isUpgrade ? (Schema.builtIn, Schema.later) : (Schema.later, Schema.builtIn)
        let store = try ReplicaStore(creating: path, environment: .seeded(1), schema: first)
        try fill(store)
        try store.close()
        try addInstances(path)
        let again = try ReplicaStore(opening: path, environment: .seeded(2), schema: second)
        let after = try derived(again)
        #expect(try again.read { try $0.indexProblems() }.isEmpty)
        // The same as if it had been indexed anew.
        try again.write { try $0.rebuildIndexes() }
        #expect(try derived(again) == after)
        // And nothing of the records has changed.
        let states = try again.read { reader in
            try (1...3).map {
                try reader.record(RecordKey(space: .allMissions, uid: RecordUID($0)))
            }
        }
        #expect(states.allSatisfy { $0?.isDamaged == false })
        try again.close()
        let back = try ReplicaStore(opening: path, environment: .seeded(3), schema: first)
        let fresh = try ReplicaStore(
            creating: directory.path("b.attache"),
            environment: .seeded(1),
            schema: first
        )
        try fill(fresh)
        try fresh.close()
        try addInstances(directory.path("b.attache"))
        let reference = try ReplicaStore(opening: directory.path("b.attache"), schema: first)
        #expect(try derived(back) == derived(reference))
    }

    @Test func wordsOfFieldsAndKindsThatAreNotKnownAreFound() throws {
        for schema in [Schema.builtIn, .later] {
            let store = try ReplicaStore(
                creating: directory.path("\(schema.version)"),
                environment: .seeded(1),
                schema: schema
            )
            try fill(store)
            for word in ["qureshi", "ash", "commission", "geneva"] {
                let found = try store.read {
                    try $0.search(StoreReader.searchWords(word), limit: 5)
                }
                #expect(found.count == 1, "\(word)")
            }
            let named = try store.read {
                try $0.candidates(for: LookupKey(scheme: "short", "ber-3".utf8))
            }
            #expect(named.count == 1)
        }
    }

    @Test func conflictsAreCountedByTheSchemaThatOpened() throws {
        let store = try ReplicaStore(creating: path, environment: .seeded(1))
        let later = try Schema(
            parsing: Schema.builtInNotation(replacing: [
                ("schema 1\n", "schema 2\n"),
                ("48 last_contacted date max", "48 last_contacted date review"),
            ])
        )
        try fill(store)
        try store.write { writer in
            let steps: [RecordEdit.Step] = [
                .restore(
                    FieldKey(48),
                    [.value(Array("2026-01-01".utf8)), .value(Array("2026-02-01".utf8))]
                )
            ]
            _ = try writer.commit(
                [RecordEdit(uid: RecordUID(2), kind: 1, steps: steps)],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
        #expect(try store.read { try $0.conflictCount() } == 0)
        try store.close()
        let again = try ReplicaStore(opening: path, schema: later)
        #expect(try again.read { try $0.conflictCount() } == 1)
        try again.close()
        let back = try ReplicaStore(opening: path)
        #expect(try back.read { try $0.conflictCount() } == 0)
    }

    @Test func aProcessWithAnotherSchemaIndexesByItsOwnAgain() throws {
        let store = try ReplicaStore(creating: path, environment: .seeded(1))
        try fill(store)
        let other = try ReplicaStore(opening: path, environment: .seeded(2), schema: .later)
        // Both go on writing: each write stands on an index by its own schema.
        for (number, side) in [(1, store), (2, other), (3, store)] {
            try side.write { writer in
                let edit = RecordEdit(
                    uid: RecordUID(1),
                    kind: 1,
                    steps: [.write(FieldKey(54), .value(Array("Liaison \(number)".utf8)))]
                )
                _ = try writer.commit(
                    [edit],
                    in: .allMissions,
                    attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
                )
            }
            #expect(try side.read { try $0.indexProblems() }.isEmpty)
            #expect(try side.read { try $0.search(["liaison", "\(number)"], limit: 5) }.count == 1)
            #expect(try side.read { try $0.search(["qureshi"], limit: 5) }.isEmpty)
        }
    }
}
