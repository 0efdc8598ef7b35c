import CausalHistory
import Foundation
import RecordModel
import RecordStorage
import StorageTestSupport
import TestSupport
import Testing

struct StoreTests {
    private let directory = TemporaryDirectory()
    private let space = SpaceName.allMissions

    private func store(_ name: String = "a.attache", seed: UInt64 = 1) throws -> ReplicaStore {
        let store = try ReplicaStore(
            creating: directory.path(name),
            environment: .seeded(seed)
        )
        _ = try store.write { writer in
            try writer.set("desk", to: "BER")
            try writer.set("replica", to: Digest128(UInt128(seed)).hex)
            try writer.addSpace(space)
        }
        return store
    }

    @discardableResult
    private func write(
        _ text: String,
        to number: UInt32 = 30,
        of uid: UInt64 = 1,
        in store: ReplicaStore
    ) throws -> ChangeID? {
        try store.write { writer in
            try writer.commit(
                [
                    RecordEdit(
                        uid: RecordUID(uid),
                        kind: 1,
                        steps: [
                            .write(.life, .alive),
                            .write(FieldKey(20), .value(Array("Ayesha Malik".utf8))),
                            .write(FieldKey(number), .value(Array(text.utf8))),
                        ]
                    )
                ],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
    }

    private func copyAll(from source: ReplicaStore, to target: ReplicaStore) throws {
        var deltas: [RecordDelta] = []
        var knowledge = VersionVector()
        try source.read { reader in
            try reader.forEachRecord(space: space) { record in
                deltas.append(record.state.complete(uid: record.key.uid))
                return true
            }
            knowledge = try reader.knowledge(of: space)
        }
        try target.write { writer in
            for delta in deltas { _ = try writer.merge(delta, into: space) }
            try writer.raiseKnowledge(of: space, to: knowledge)
        }
    }

    @Test func aCommittedChangeIsThereAfterReopening() throws {
        let store = try store()
        let change = try #require(try write("Charité Berlin", in: store))
        #expect(change.dot.counter == 1)
        try store.close()
        let again = try ReplicaStore(opening: store.path)
        let record = try #require(
            try again.read { try $0.record(RecordKey(space: space, uid: RecordUID(1))) }
        )
        #expect(
            record.state.siblings(of: FieldKey(30)).map(\.version.content)
                == [.value(Array("Charité Berlin".utf8))]
        )
        #expect(record.state.siblings(of: FieldKey(30))[0].version.attribution.author == "H. Raza")
    }

    @Test func theWriterIsFullySynchronous() throws {
        // The pool refuses to open otherwise; see `ReplicaStore.open`.
        #expect(try store().read { try $0.sequence } == 0)
    }

    @Test func writingTheSameAgainChangesNothing() throws {
        let store = try store()
        try write("Charité", in: store)
        let before = try store.read { try $0.sequence }
        #expect(try write("Charité", in: store) == nil)
        #expect(try store.read { try $0.sequence } == before)
    }

    @Test func aBodyThatThrowsLeavesNoTrace() throws {
        struct Stop: Error {}
        let store = try store()
        try write("one", in: store)
        let before = try store.read { (try $0.space(space).fingerprint, try $0.sequence) }
        #expect(throws: Stop.self) {
            try store.write { writer in
                try writer.commit(
                    [RecordEdit(uid: RecordUID(2), kind: 1, steps: [.write(.life, .alive)])],
                    in: space,
                    attribution: Attribution(time: writer.nextTime(), author: "A")
                )
                throw Stop()
            }
        }
        let after = try store.read { (try $0.space(space).fingerprint, try $0.sequence) }
        #expect(before == after)
        #expect(try store.read { try $0.record(RecordKey(space: space, uid: RecordUID(2))) } == nil)
    }

    @Test func theStoredFingerprintIsTheSumOverTheRecords() throws {
        let store = try store()
        for uid in 1...20 { try write("v\(uid)", of: UInt64(uid), in: store) }
        for uid in 5...9 { try write("w\(uid)", of: UInt64(uid), in: store) }
        _ = try store.write { writer in
            try writer.commit(
                [RecordEdit(uid: RecordUID(7), kind: 1, steps: [.delete])],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: "A")
            )
        }
        try store.read { reader in
            var sum = Fingerprint()
            try reader.forEachRecord(space: space) { record in
                sum.add(record.state.digest(uid: record.key.uid))
                return true
            }
            #expect(try reader.space(space).fingerprint == sum)
        }
    }

    @Test func supersededVersionsAreKept() throws {
        let store = try store()
        let first = try #require(try write("first", in: store))
        try write("second", in: store)
        try store.read { reader in
            let record = try #require(try reader.record(RecordKey(space: space, uid: RecordUID(1))))
            let past = try reader.pastVersions(of: FieldKey(30), dot: first.dot, row: record.row)
            #expect(past.map(\.version.content) == [.value(Array("first".utf8))])
            #expect(record.state.siblings(of: FieldKey(30))[0].version.parents == [first.dot])
        }
    }

    @Test func mergingGivesTheSameFingerprintAndCountsTheConflict() throws {
        let (a, b) = (try store("a", seed: 1), try store("b", seed: 2))
        try write("base", in: a)
        try copyAll(from: a, to: b)
        try write("from a", in: a)
        try write("from b", in: b)
        try copyAll(from: a, to: b)
        try copyAll(from: b, to: a)
        for store in [a, b] {
            #expect(try store.read { try $0.conflictCount() } == 1)
            #expect(try store.read { try $0.conflictCount(in: [space]) } == 1)
        }
        let prints = try [a, b].map { try $0.read { try $0.space(space).fingerprint } }
        #expect(prints[0] == prints[1])
        #expect(prints[0] != Fingerprint())
        try write("decided", in: a)
        #expect(try a.read { try $0.conflictCount() } == 0)
    }

    @Test func searchFindsNamesInAnyScriptAndForgetsOldText() throws {
        let store = try store()
        try write("Charité Berlin", in: store)
        _ = try store.write { writer in
            try writer.commit(
                [
                    RecordEdit(
                        uid: RecordUID(2),
                        kind: 2,
                        steps: [
                            .write(.life, .alive),
                            .write(FieldKey(20), .value(Array("جامعہ کراچی".utf8))),
                        ]
                    )
                ],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: "A")
            )
        }
        func hits(_ text: String) throws -> Int {
            let words = StoreReader.searchWords(text)
            return try store.read { reader in
                try reader.search(words, endsInABeginning: true, limit: 10).count
            }
        }
        #expect(try hits("charite") == 1)
        #expect(try hits("ayesh") == 1)
        #expect(try hits("كراچى") == 1)  // Arabic code points of the Urdu word
        #expect(try hits("\"' OR *") == 0)
        try write("Helmholtz", in: store)
        #expect(try hits("charite") == 0)
        #expect(try hits("helmholtz") == 1)
    }

    @Test func theIndexByDotFindsJustWhatAPeerLacks() throws {
        let store = try store()
        for uid in 1...10 { try write("v", of: UInt64(uid), in: store) }
        let knowledge = try store.read { try $0.knowledge(of: space) }
        try write("new", of: 4, in: store)
        try write("new", of: 8, in: store)
        var found: [RecordUID] = []
        try store.read { reader in
            try reader.forEachRecord(in: space, beyond: knowledge, after: 0) { record in
                found.append(record.key.uid)
                return true
            }
        }
        #expect(found == [RecordUID(4), RecordUID(8)])
    }

    @Test func chainsAreWholeAndStayAsTheyAre() throws {
        let store = try store()
        for n in 1...5 { try write("v\(n)", in: store) }
        let space = try store.read { try $0.space(self.space) }
        let actor = try #require(space.actor)
        let chains = try store.read { try $0.chains(of: actor, after: 2, through: 5) }
        #expect(chains.count == 1)
        #expect(chains.first?.first == 3)
        #expect(chains.first?.digests.count == 3)
        #expect(chains.first?.head == space.head)
        _ = try store.write { writer in
            let digests = try #require(chains.first).digests
            // Four bytes from elsewhere do not take the place of a whole digest.
            try writer.keepChain(actor: actor, counter: 3, digest: digests[0] ^ 1)
            #expect(try writer.reader.chainDigest(of: Dot(actor, 3)) == digests[0])
        }
    }

    @Test func foreignAndDamagedFilesAreRefusedByName() throws {
        let text = directory.path("notes.txt")
        try Data("not a database at all, just some words".utf8).write(
            to: URL(fileURLWithPath: text)
        )
        #expect(throws: StoreError.foreignFile(path: text)) { try ReplicaStore(opening: text) }
        #expect(throws: StoreError.noReplica(path: directory.path("none"))) {
            try ReplicaStore(opening: directory.path("none"))
        }
        let store = try store("damaged")
        for uid in 1...200 { try write("v\(uid)", of: UInt64(uid), in: store) }
        store.checkpoint()
        try store.close()
        var data = try Data(contentsOf: URL(fileURLWithPath: store.path))
        for index in data.indices.dropFirst(4096) { data[index] = 0x5a }
        try data.write(to: URL(fileURLWithPath: store.path))
        #expect {
            let damaged = try ReplicaStore(opening: store.path)
            _ = try damaged.read { try $0.spaces() }
        } throws: { error in
            if case StoreError.damaged = error { true } else { false }
        }
        #expect(throws: StoreError.replicaExists(path: text)) {
            try ReplicaStore(creating: text)
        }
    }

    @Test func aSecondWriterWaits() async throws {
        let store = try store()
        let other = try ReplicaStore(opening: store.path, environment: .seeded(9))
        async let first: Void = Task.detached {
            for uid in 1...50 { try write("a", of: UInt64(uid), in: store) }
        }.value
        async let second: Void = Task.detached {
            for uid in 51...100 { try write("b", of: UInt64(uid), in: other) }
        }.value
        _ = try await (first, second)
        #expect(try store.read { try $0.recordCount(in: space) } == 100)
    }
}
