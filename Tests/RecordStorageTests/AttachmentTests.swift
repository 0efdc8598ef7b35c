import CausalHistory
import GRDB
import RecordModel
import StorageTestSupport
import TestSupport
import Testing

@testable import RecordStorage

/// The bytes of attachments in a replica's file.
struct AttachmentTests {
    private let directory = TemporaryDirectory()

    private func store() throws -> ReplicaStore {
        let store = try ReplicaStore(
            creating: directory.path("a.attache"),
            environment: .seeded(1)
        )
        try store.write { try $0.addSpace(.allMissions) }
        return store
    }

    private func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(random.below(256)) }
    }

    private func hash(_ bytes: [UInt8]) -> AttachmentHash {
        var hasher = AttachmentHasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The key of the item of the field `attachments` that names a hash.
    private func key(_ hash: AttachmentHash) -> FieldKey {
        FieldKey(
            FieldKey.attachments.number,
            item: [0x0a, 64] + Array(hash.description.utf8)
        )
    }

    /// Writes what a contact holds.
    private func write(_ steps: [RecordEdit.Step], to store: ReplicaStore) throws {
        _ = try store.write { writer in
            try writer.commit(
                [RecordEdit(uid: RecordUID(1), kind: 1, steps: steps)],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
    }

    /// Keeps all of an attachment.
    private func keep(_ bytes: [UInt8], in store: ReplicaStore) throws {
        let outcome = try store.write { writer in
            try writer.keepPiece(bytes, at: 0, of: hash(bytes), size: UInt64(bytes.count))
        }
        #expect(outcome == .whole)
    }

    @Test func piecesOfAnySizeMakeTheWholeAndAreReadAnywhere() throws {
        let store = try store()
        for seed in Seeds.first(20) {
            var random = SeededGenerator(seed: seed)
            let bytes = bytes(1 + random.below(5_000), seed: seed)
            let hash = hash(bytes)
            var offset = 0
            while offset < bytes.count {
                let count = min(bytes.count - offset, 1 + random.below(1_500))
                let piece = Array(bytes[offset..<(offset + count)])
                offset += count
                let outcome = try store.write { writer in
                    try writer.keepPiece(
                        piece,
                        at: UInt64(offset - count),
                        of: hash,
                        size: UInt64(bytes.count)
                    )
                }
                #expect(outcome == (offset == bytes.count ? .whole : .held(UInt64(offset))))
            }
            let start = random.below(bytes.count)
            let count = random.below(bytes.count - start + 1)
            try store.read { reader in
                let held = try #require(try reader.wholeAttachment(hash))
                #expect(try reader.isIntact(held))
                let read = try reader.piece(of: held, from: UInt64(start), count: count)
                #expect(read == Array(bytes[start..<(start + count)]), "SEED=\(seed)")
            }
        }
    }

    @Test func whatIsNotWhatItsHashNamesIsNotHeld() throws {
        let store = try store()
        let (meant, other) = (bytes(300, seed: 1), bytes(300, seed: 2))
        let outcome = try store.write { writer in
            try writer.keepPiece(other, at: 0, of: hash(meant), size: 300)
        }
        #expect(outcome == .wrong)
        #expect(try store.read { try $0.attachment(hash(meant)) } == nil)
        #expect(try store.read { try $0.attachmentTally().count } == 0)
    }

    @Test func aPieceOutOfPlaceIsLeftOutAndAnotherSizeBeginsAnew() throws {
        let store = try store()
        let bytes = bytes(300, seed: 1)
        let hash = hash(bytes)
        try store.write { (writer: StoreWriter) throws in
            func keep(_ range: Range<Int>, size: UInt64 = 300) throws -> PieceOutcome {
                try writer.keepPiece(
                    Array(bytes[range]),
                    at: UInt64(range.lowerBound),
                    of: hash,
                    size: size
                )
            }
            #expect(try keep(0..<100) == .held(100))
            #expect(try keep(0..<100) == .held(100), "it came twice")
            #expect(try keep(200..<300) == .held(100), "one before it is missing")
            #expect(try keep(100..<300, size: 250) == .held(0), "it would have another size")
            #expect(try keep(0..<300) == .whole)
        }
    }

    @Test func thePiecesOfTwoSendersAreNotMixed() throws {
        let store = try store()
        let bytes = bytes(200, seed: 1)
        let hash = hash(bytes)
        try store.write { writer in
            _ = try writer.keepPiece([1, 2, 3], at: 0, of: hash, size: 200, from: 7)
            #expect(try writer.keepPiece(bytes, at: 0, of: hash, size: 200, from: 8) == .whole)
            // The other proves in vain; what is here stays.
            let rest = [UInt8](repeating: 0, count: 197)
            #expect(try writer.keepPiece(rest, at: 3, of: hash, size: 200, from: 7) == .wrong)
            #expect(try writer.reader.wholeAttachment(hash) != nil)
        }
    }

    @Test func whatRecordsNameFollowsTheirVisibleVersions() throws {
        let store = try store()
        let bytes = bytes(10, seed: 1)
        let named = key(hash(bytes))
        func isNamed() throws -> Bool {
            try store.read { reader in
                #expect(try reader.indexProblems().isEmpty)
                return try !reader.recordsWithAttachments().isEmpty
            }
        }
        try write([.write(.life, .alive), .write(named, .value([]))], to: store)
        #expect(try isNamed())
        try write([.delete], to: store)
        #expect(try !isNamed(), "a deleted record gives nobody a right to the bytes")
        try write([.write(.life, .alive)], to: store)
        #expect(try isNamed())
        try store.write { try $0.rebuildIndexes() }
        #expect(try isNamed())
        try write([.write(named, .absent)], to: store)
        #expect(try !isNamed())
    }

    @Test func onlyWhatNothingCanBringBackIsFreed() throws {
        let store = try store()
        let (kept, gone) = (bytes(100, seed: 1), bytes(50, seed: 2))
        try keep(kept, in: store)
        try keep(gone, in: store)
        func freed() throws -> AttachmentTally { try store.write { try $0.freeAttachments() } }
        try write([.write(.life, .alive), .write(key(hash(kept)), .value([]))], to: store)
        #expect(try freed().bytes == 50, "no record names it")
        try write([.write(key(hash(kept)), .absent)], to: store)
        #expect(try freed().count == 0, "undo may bring it back")
        try write([.write(key(hash(kept)), .value([])), .delete], to: store)
        #expect(try freed().count == 0, "undelete may bring it back")
        #expect(try store.read { try $0.wholeAttachment(hash(kept)) } != nil)
    }

    @Test func aByteThatTheDiskHasChangedIsFound() throws {
        let store = try store()
        let bytes = bytes(400, seed: 1)
        try keep(bytes, in: store)
        #expect(try store.read { try $0.damagedAttachments() } == [])
        try store.write { writer in
            try writer.damage(try #require(try writer.reader.wholeAttachment(hash(bytes))))
        }
        #expect(try store.read { try $0.damagedAttachments().map(\.hash) } == [hash(bytes)])
    }

    @Test func aFileOfVersion4KnowsAfterOpeningWhatItsRecordsName() throws {
        let store = try store()
        let bytes = bytes(10, seed: 1)
        try write([.write(.life, .alive), .write(key(hash(bytes)), .value([]))], to: store)
        try store.close()
        let queue = try DatabaseQueue(path: store.path)
        try queue.write { db in
            try db.execute(sql: EarlierFormats.version4)
        }
        try queue.close()
        let again = try ReplicaStore(opening: store.path)
        #expect(try again.read { try $0.recordsWithAttachments() } == [RecordUID(1)])
        #expect(try again.read { try $0.indexProblems() } == [])
        try keep(bytes, in: again)
    }
}
