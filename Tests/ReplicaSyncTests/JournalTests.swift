import CausalHistory
import Foundation
import GRDB
import RecordModel
import RecordStorage
import ReplicaSync
import StorageTestSupport
import SyncEngine
import TestSupport
import Testing

/// What is settled and old leaves the journals of desks, and is archived at headquarters.
///
/// Spec: `Protocol/spec/08-storage.md` §7.
struct JournalTests {
    private static let city: UInt32 = 34

    /// Three cities of one record, one after the other, of which all know.
    private func ministry(_ codes: String...) throws -> Ministry {
        let ministry = try Ministry()
        for code in codes { try ministry.addDesk(code) }
        for city in ["Berlin", "Bonn", "Jena"] {
            try ministry.write([20: "Ayesha Malik", Self.city: city], of: 1, at: codes[0])
            for code in codes { try ministry.sync(code) }
        }
        try settle(ministry, codes)
        return ministry
    }

    /// Lets all come to know what the others know, and the stable cut reach it.
    private func settle(_ ministry: Ministry, _ codes: [String]) throws {
        for code in codes + codes { #expect(try ministry.sync(code).isVerified) }
        try ministry.headquarters.compact()
        for code in codes { #expect(try ministry.sync(code).isVerified) }
    }

    @discardableResult
    private func compact(_ ministry: Ministry, _ code: String) throws -> JournalReport {
        // The desks' clocks differ, so that nothing is too young.
        try ministry.desk(code).store.write {
            try $0.compactJournal(before: HybridTime(milliseconds: .max / 4))
        }
    }

    private func replaced(_ store: ReplicaStore, _ uid: UInt64 = 1) throws -> [String] {
        try store.read { reader in
            let key = RecordKey(space: .allMissions, uid: RecordUID(uid))
            guard let record = try reader.record(key) else { return [] }
            return try reader.pastVersions(of: FieldKey(Self.city), row: record.row)
                .compactMap { $0.version.content.bytes.map { String(decoding: $0, as: UTF8.self) } }
                .sorted()
        }
    }

    private func changes(_ store: ReplicaStore) throws -> Int {
        try store.read { reader in
            var count = 0
            try reader.forEachChange(since: nil) { _ in
                count += 1
                return true
            }
            return count
        }
    }

    private func chainProblems(_ store: ReplicaStore) throws -> [String] {
        try store.read { reader in
            let space = try reader.space(.allMissions)
            return try space.actor.map { try reader.chainProblems(of: $0, in: space) } ?? []
        }
    }

    @Test func whatIsSettledAndOldLeavesTheJournalAndNothingElseChanges() throws {
        let ministry = try ministry("BER", "LON")
        let store = try ministry.desk("BER").store
        let before = try ministry.fingerprint(at: "BER")
        #expect(try replaced(store) == ["Berlin", "Bonn"])
        let report = try compact(ministry, "BER")
        // The latest settled change stays with what it replaced, and can be taken back.
        #expect(report.changes == 2 && report.versions == 1)
        #expect(try replaced(store) == ["Bonn"])
        #expect(try changes(store) == 1)
        #expect(try ministry.fingerprint(at: "BER") == before)
        #expect(try ministry.values(of: Self.city, 1, at: "BER") == ["Jena"])
        #expect(try chainProblems(store).isEmpty)
        #expect(try compact(ministry, "BER") == JournalReport())
        #expect(try ministry.sync("BER").isVerified)
        try ministry.write([Self.city: "Ulm"], of: 1, at: "BER")
        for code in ["BER", "LON", "BER"] { #expect(try ministry.sync(code).isVerified) }
        #expect(try ministry.values(of: Self.city, 1, at: "LON") == ["Ulm"])
        #expect(try chainProblems(store).isEmpty)
    }

    @Test func whatIsYoungOrNotSettledStays() throws {
        let ministry = try ministry("BER", "LON")
        let store = try ministry.desk("BER").store
        #expect(
            try store.compactJournalDaily(age: ReplicaStore.journalAge, isDue: true).changes == 0
        )
        try ministry.write([Self.city: "Ulm"], of: 1, at: "BER")
        try ministry.write([Self.city: "Trier"], of: 1, at: "BER")
        try compact(ministry, "BER")
        // What was replaced since the cut can still be brought back.
        #expect(try replaced(store) == ["Bonn", "Jena", "Ulm"])
    }

    @Test func whatAConflictStandsOnStaysUntilItIsDecided() throws {
        let ministry = try ministry("BER", "LON")
        try ministry.write([Self.city: "Ulm"], of: 1, at: "BER")
        try ministry.write([Self.city: "Kiel"], of: 1, at: "LON")
        for code in ["BER", "LON", "BER"] { try ministry.sync(code) }
        try settle(ministry, ["BER", "LON"])
        try compact(ministry, "LON")
        #expect(try replaced(ministry.desk("LON").store).contains("Jena"))
        try ministry.write([Self.city: "Ulm"], of: 1, at: "LON")
        for code in ["BER", "LON"] { try ministry.write([20: code], of: 2, at: code) }
        for _ in 1...2 { try settle(ministry, ["BER", "LON"]) }
        try compact(ministry, "LON")
        #expect(try replaced(ministry.desk("LON").store).isEmpty)
        #expect(try ministry.values(of: Self.city, 1, at: "LON") == ["Ulm"])
    }

    @Test func aDeskThatWroteBeforeItsFirstExchangeGetsWhatHasLeftTheJournal() throws {
        let ministry = try ministry("BER", "LON")
        try ministry.headquarters.archiveJournal(age: 0)
        try ministry.addDesk("PAR")
        try ministry.desk("PAR").store.write { try $0.addSpace(.allMissions) }
        try ministry.write([20: "Bilal Sheikh"], of: 2, at: "PAR")
        for _ in 1...2 { #expect(try ministry.sync("PAR").isVerified) }
        #expect(try ministry.values(of: Self.city, 1, at: "PAR") == ["Jena"])
    }

    @Test func aCopyThatComesBackAfterItsTimeHasLeftTheJournalsIsToldApart() throws {
        let ministry = try Ministry()
        for code in ["BER", "LON"] { try ministry.addDesk(code) }
        try ministry.write([20: "Ayesha Malik", Self.city: "Berlin"], of: 1, at: "BER")
        for code in ["BER", "LON", "BER"] { try ministry.sync(code) }
        let desk = try ministry.desk("BER")
        let path = ministry.directory.path("copy")
        try desk.store.copy(to: path)
        for city in ["Bonn", "Jena", "Ulm"] {
            try ministry.write([Self.city: city], of: 1, at: "BER")
        }
        try settle(ministry, ["BER", "LON"])
        for code in ["BER", "LON"] { try compact(ministry, code) }
        try ministry.headquarters.archiveJournal(age: 0)

        let copy = DeskReplica(
            store: try ReplicaStore(opening: path, environment: .seeded(77)),
            identity: desk.identity
        )
        ministry.replace("BER", by: copy)
        for name in ["Copy 1", "Copy 2", "Copy 3", "Copy 4", "Copy 5"] {
            try ministry.write([20: name], of: 1, at: "BER")
        }
        for code in ["BER", "BER", "LON", "BER"] { try ministry.sync(code) }
        for code in ["BER", "LON", "HQ"] {
            // Both histories are there: the original's city, and the copy's name.
            #expect(try ministry.values(of: Self.city, 1, at: code) == ["Ulm"], "\(code)")
            #expect(try ministry.values(of: 20, 1, at: code).contains("Copy 5"), "\(code)")
        }
        #expect(try ministry.fingerprint(at: "LON") == ministry.fingerprint(at: "HQ"))
        #expect(try ministry.headquarters.audit().problems.isEmpty)
    }

    @Test func aHeadquartersThatIsPutBackGetsAllFromADeskWhoseJournalWasCompacted() throws {
        let ministry = try Ministry()
        for code in ["BER", "LON"] { try ministry.addDesk(code) }
        try ministry.write([20: "Ayesha Malik", Self.city: "Berlin"], of: 1, at: "BER")
        for code in ["BER", "LON"] { try ministry.sync(code) }
        let backup = ministry.directory.path("backup")
        try ministry.headquarters.store.copy(to: backup)
        for city in ["Bonn", "Jena"] {
            try ministry.write([Self.city: city], of: 1, at: "BER")
            try ministry.write([20: city], of: 3, at: "LON")
        }
        for code in ["BER", "LON", "BER"] { try ministry.sync(code) }
        try settle(ministry, ["BER", "LON"])
        for code in ["BER", "LON"] { try compact(ministry, code) }

        try ministry.restoreHeadquarters(from: backup)
        // London alone comes: it holds what Berlin wrote.
        for _ in 1...3 { try ministry.sync("LON") }
        #expect(try ministry.values(of: Self.city, 1, at: "HQ") == ["Jena"])
        #expect(try ministry.values(of: 20, 3, at: "HQ") == ["Jena"])
        #expect(try ministry.sync("BER").isVerified)
    }

    // MARK: The archive

    @Test func whatLeavesHeadquartersJournalIsInTheArchive() throws {
        let ministry = try ministry("BER", "LON")
        let side = ministry.headquarters
        let before = try replaced(side.store)
        let report = try side.archiveJournal(age: 0)
        #expect(report.changes == 2 && report.versions == 1)
        #expect(try replaced(side.store) == ["Bonn"])
        let archive = try #require(try side.archive())
        let key = RecordKey(space: .allMissions, uid: RecordUID(1))
        let cities = try archive.versions(of: key).filter { $0.key.number == Self.city }
            .compactMap(\.sibling.version.content.bytes).map { String(decoding: $0, as: UTF8.self) }
        #expect(try (cities + replaced(side.store)).sorted() == before)
        let audit = try side.audit()
        #expect(audit.problems.isEmpty, "\(audit.problems)")
        #expect(audit.archive?.changes == 2)
        // Nothing is archived twice.
        #expect(try side.archiveJournal(age: 0) == JournalReport())
    }

    /// The archive is written and the store is not, as where the machine stops in between.
    @Test func aBatchThatIsArchivedTwiceIsThereOnce() throws {
        let ministry = try ministry("BER", "LON")
        let store = ministry.headquarters.store
        let archive = try JournalArchive(at: JournalArchive.path(ofStoreAt: store.path))
        struct Stopped: Error {}
        #expect(throws: Stopped.self) {
            try store.write { writer in
                try writer.compactJournal(before: HybridTime(milliseconds: .max / 4)) { history in
                    _ = try archive.append(history, at: store.environment.now())
                    throw Stopped()
                }
            }
        }
        #expect(try replaced(store) == ["Berlin", "Bonn"])
        let first = try archive.mark
        try ministry.headquarters.archiveJournal(age: 0)
        let second = try archive.mark
        #expect(second.batch == 2 && second.sum == first.sum && second.changes == first.changes)
        #expect(try ministry.headquarters.audit().problems.isEmpty)
    }

    @Test(arguments: [
        "UPDATE version SET cell = substr(cell, 1, length(cell) - 1) || x'21'",
        "DELETE FROM version WHERE counter = 1", "UPDATE change SET time = time + 1",
        "DELETE FROM change WHERE counter = 1", "DELETE FROM batch",
    ])
    func anArchiveThatWasAlteredIsFound(sql: String) throws {
        let ministry = try ministry("BER", "LON")
        try ministry.headquarters.archiveJournal(age: 0)
        let path = JournalArchive.path(ofStoreAt: ministry.headquarters.store.path)
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
        #expect(try !ministry.headquarters.audit().problems.isEmpty)
    }

    @Test func anArchiveThatWasReplacedIsFound() throws {
        let ministry = try ministry("BER", "LON")
        try ministry.headquarters.archiveJournal(age: 0)
        let path = JournalArchive.path(ofStoreAt: ministry.headquarters.store.path)
        try FileManager.default.removeItem(atPath: path)
        #expect(try !ministry.headquarters.audit().problems.isEmpty)
    }

    @Test func theArchiveForgetsTheValuesOfWhatIsDeletedForGood() throws {
        let ministry = try ministry("BER", "LON")
        let side = ministry.headquarters
        try side.archiveJournal(age: 0)
        try ministry.delete(1, at: "BER")
        try settle(ministry, ["BER", "LON"])
        try side.compact()
        let key = RecordKey(space: .allMissions, uid: RecordUID(1))
        #expect(try #require(try side.archive()).versions(of: key).isEmpty)
        #expect(try side.audit().problems.isEmpty)
    }
}
