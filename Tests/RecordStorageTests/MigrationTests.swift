import GRDB
import RecordModel
import StorageTestSupport
import TestSupport
import Testing

@testable import RecordStorage

/// Files of earlier versions.
struct MigrationTests {
    private let directory = TemporaryDirectory()

    @Test func aFileOfVersion2IsSearchedBySoundAfterOpening() throws {
        let path = directory.path("a.attache")
        let store = try ReplicaStore(creating: path, environment: .seeded(1))
        let change = try store.write { writer in
            try writer.addSpace(.allMissions)
            let steps: [RecordEdit.Step] = [
                .write(.life, .alive),
                .write(FieldKey(20), .value(Array("Ayesha Malik".utf8))),
                .write(FieldKey(30), .value(Array("Charité".utf8))),
            ]
            return try writer.commit(
                [RecordEdit(uid: RecordUID(1), kind: 1, steps: steps)],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
        #expect(change != nil)
        try store.close()
        try makeVersion2(path)

        let again = try ReplicaStore(opening: path)
        let found = try again.read { reader in
            (
                word: try reader.search(["charite"], limit: 5),
                sound: try rows(soundingLike: "ملك", reader),
                problems: try reader.indexProblems()
            )
        }
        #expect(found.word.count == 1)
        #expect(found.sound == found.word)
        #expect(found.problems.isEmpty)
        // Records of before have no digest to be held to.
        #expect(try again.read { try $0.damagedRecords().damaged.isEmpty })
        // What is forgotten is what was indexed.
        try again.write { writer in
            _ = try writer.commit(
                [RecordEdit(uid: RecordUID(1), kind: 1, steps: [.delete])],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
        #expect(try again.read { try $0.search(["charite"], limit: 5) }.isEmpty)
        #expect(try again.read { try $0.indexProblems() }.isEmpty)
    }

    private func rows(soundingLike word: String, _ reader: StoreReader) throws -> [Int64] {
        var rows: [Int64] = []
        try reader.forEachSounding([word], .otherScripts, limit: 5) { rows.append($0.row) }
        return rows
    }

    /// Turns a file into what version 2 wrote.
    private func makeVersion2(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { db in
            try db.execute(sql: EarlierFormats.version4)
            try db.execute(sql: EarlierFormats.version3)
            try db.execute(
                sql: """
                    INSERT INTO search(rowid, name, body)
                        SELECT id, 'ayesha malik', 'charite' FROM record;
                    DROP INDEX record_collectable;
                    ALTER TABLE record DROP COLUMN collectable;
                    ALTER TABLE record DROP COLUMN digest;
                    ALTER TABLE space DROP COLUMN forgotten;
                    ALTER TABLE peer_space DROP COLUMN lateness;
                    ALTER TABLE peer_space DROP COLUMN late_cursor;
                    DROP TABLE cut;
                    DROP TABLE present;
                    DROP TABLE damaged;
                    DELETE FROM grdb_migrations WHERE identifier = '3';
                    PRAGMA user_version = 2;
                    """
            )
        }
        try queue.close()
    }
}
