import CausalHistory
import Foundation
import RecordModel
import StorageTestSupport
import TestSupport
import Testing

@testable import RecordStorage

/// What is left in a file of a record that was forgotten.
struct ErasureTests {
    private let directory = TemporaryDirectory()
    private let own = SpaceName("ber")

    private func store(_ name: String, seed: UInt64) throws -> ReplicaStore {
        let store = try ReplicaStore(
            creating: directory.path(name),
            environment: .seeded(seed)
        )
        try store.write { writer in
            try writer.addSpace(.allMissions)
            try writer.addSpace(try #require(own))
        }
        return store
    }

    private func commit(
        _ steps: [RecordEdit.Step],
        to store: ReplicaStore,
        in space: SpaceName = .allMissions,
        note: String = ""
    ) throws {
        _ = try store.write { writer in
            try writer.commit(
                [RecordEdit(uid: RecordUID(1), kind: 1, steps: steps)],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza", note: note)
            )
        }
    }

    private func write(_ text: String, to store: ReplicaStore) throws {
        try commit(
            [.write(.life, .alive), .write(FieldKey(20), .value(Array(text.utf8)))],
            to: store
        )
    }

    /// Whether the bytes of a text stand anywhere in a store's files.
    private func holds(_ text: String, _ store: ReplicaStore) throws -> Bool {
        try ["", "-wal"].contains { suffix in
            guard FileManager.default.fileExists(atPath: store.path + suffix) else { return false }
            return try Data(contentsOf: URL(fileURLWithPath: store.path + suffix))
                .range(of: Data(text.utf8)) != nil
        }
    }

    private func copy(_ source: ReplicaStore, to target: ReplicaStore) throws -> MergeOutcome {
        let key = RecordKey(space: .allMissions, uid: RecordUID(1))
        let record = try #require(try source.read { try $0.record(key) })
        return try target.write { writer in
            try writer.merge(record.state.complete(uid: key.uid), into: key.space)
        }
    }

    @Test func noByteOfWhatWasErasedIsLeftWhereItWasErasedNorWhereItIsLearnt() throws {
        let (here, there) = (try store("here", seed: 1), try store("there", seed: 2))
        // Names that no other text of the file has, one of them long enough for pages of its own.
        let long = "Quellwasser" + String(repeating: " und mehr", count: 2_000)
        for text in ["Zeenat Quellwasser", long, "Zeenat Wassermann"] { try write(text, to: here) }
        _ = try copy(here, to: there)
        try write("Zeenat Meeresgrund", to: there)
        for store in [here, there] { #expect(try holds("Zeenat", store)) }
        try commit([.erase], to: here, note: "consent")
        _ = try copy(here, to: there)
        for store in [here, there] {
            try store.purgeErased()
            for word in ["Zeenat", "zeenat", "wasser", "Quell", "quell", "Meeresgrund", "meeres"] {
                #expect(try !holds(word, store), "\(word) in \(store.path)")
            }
            #expect(try store.read { try $0.pastVersions(row: 1) }.isEmpty)
            #expect(try store.read { try $0.indexProblems() }.isEmpty)
            #expect(try store.read { try $0.search(["zeenat"], limit: 5) }.isEmpty)
            let known = try store.read { try $0.erasures() }
            #expect(known.map(\.erasure.attribution.note) == ["consent"])
        }
    }

    @Test func whatOthersWriteOfAnErasedRecordIsNotTakenIn() throws {
        let (here, there) = (try store("here", seed: 1), try store("there", seed: 2))
        try write("Zeenat Quellwasser", to: here)
        _ = try copy(here, to: there)
        try commit([.erase], to: here)
        try write("Zeenat Wassermann", to: there)
        _ = try copy(there, to: here)
        #expect(try here.read { try $0.erasures() }.count == 1)
        #expect(try here.read { try $0.pastVersions(row: 1) }.isEmpty)
        try write("Zeenat once more", to: here)
        #expect(try here.read { try $0.recordCount() } == 0)
    }

    @Test func theOtherPartsGoAlongAndAnErasureIsDoneAgainAfterARestore() throws {
        let store = try store("here", seed: 1)
        let own = try #require(own)
        try write("Zeenat Quellwasser", to: store)
        try commit([.write(FieldKey(12), .value(Array("secret".utf8)))], to: store, in: own)
        try store.copy(to: directory.path("backup"))
        try commit([.erase], to: store, note: "request")
        let erasure = try #require(try store.read { try $0.erasures() }.first?.erasure)
        #expect(try store.write { try $0.eraseOtherParts(of: RecordUID(1), after: erasure) })
        #expect(try !store.write { try $0.eraseOtherParts(of: RecordUID(1), after: erasure) })
        let erasures = try store.read { try $0.erasures() }
        #expect(Set(erasures.map(\.key.space)) == [own, .allMissions])

        let backup = try ReplicaStore(opening: directory.path("backup"))
        #expect(try backup.read { try $0.recordCount() } == 1)
        #expect(try backup.write { try $0.eraseAgain(erasures) } == 2)
        #expect(try backup.read { try $0.recordCount() } == 0)
        #expect(
            try backup.read { try $0.erasures().map(\.erasure.attribution.note) }
                == ["request", "request"]
        )
    }

    @Test func theBytesOfAttachmentsGoUnlessAnotherRecordNamesThem() throws {
        let store = try store("here", seed: 1)
        let bytes = Array("Portrait of somebody".utf8)
        var hasher = AttachmentHasher()
        hasher.update(bytes)
        let hash = hasher.finish()
        let item = [0x0a, 64] + Array(hash.description.utf8)
        let named = RecordEdit.Step.write(
            FieldKey(FieldKey.attachments.number, item: item),
            .value([])
        )
        _ = try store.write { writer in
            try writer.keepPiece(bytes, at: 0, of: hash, size: UInt64(bytes.count))
        }
        try commit([.write(.life, .alive), named], to: store)
        try commit([.write(.life, .alive), named], to: store, in: try #require(own))
        try commit([.erase], to: store)
        #expect(try store.read { try $0.wholeAttachment(hash) } != nil)
        try commit([.erase], to: store, in: try #require(own))
        #expect(try store.read { try $0.wholeAttachment(hash) } == nil)
        try store.purgeErased()
        #expect(try !holds("Portrait of", store))
    }
}
