import CausalHistory
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import StorageTestSupport
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Exchanges through files.
struct FileTests {
    private let ministry: Ministry

    init() throws {
        ministry = try Ministry()
        for code in ["BER", "TAS"] { try ministry.addDesk(code) }
    }

    private func path(_ name: String) -> String { ministry.directory.path(name) }

    private func pack(_ code: String, to name: String) throws -> String {
        let desk = try ministry.desk(code)
        try desk.pack(.allMissions, for: try #require(try desk.headquarters()), to: path(name))
        return path(name)
    }

    private func packForDesk(_ code: String, to name: String) throws -> String {
        let number = try ministry.desk(code).replicaID()
        try ministry.headquarters.pack(.allMissions, for: number, to: path(name))
        return path(name)
    }

    private func contents(of code: String) throws -> [Fingerprint] {
        [try ministry.fingerprint(at: code)]
    }

    @Test func twoFilesDoWhatAnExchangeDoes() throws {
        try ministry.write([20: "Ayesha", 34: "Berlin"], of: 1, at: "TAS")
        try ministry.sync("TAS")
        try ministry.write([20: "Karim"], of: 2, at: "BER")
        let opened = try ministry.headquarters.open(pack("BER", to: "out"))
        #expect(opened.desk == "BER" && opened.records == 1 && opened.merged == 1)
        let taken = try ministry.desk("BER").open(packForDesk("BER", to: "back"))
        // The answer does not bring the desk's own record back.
        #expect(taken.records == 1 && taken.merged == 1)
        #expect(try ministry.values(of: 20, 2, at: "HQ") == ["Karim"])
        #expect(try ministry.values(of: 34, 1, at: "BER") == ["Berlin"])
        #expect(try contents(of: "BER") == contents(of: "HQ"))
        let summary = try ministry.sync("BER")
        #expect(summary.isVerified)
        #expect(summary.sentRecords == 0 && summary.receivedRecords == 0)
    }

    @Test func aFileMayComeTwiceAndLateAndBeLost() throws {
        try ministry.write([20: "one"], of: 1, at: "BER")
        let first = try pack("BER", to: "1")
        try ministry.write([20: "two"], of: 1, at: "BER")
        _ = try pack("BER", to: "lost")
        try ministry.write([34: "Berlin"], of: 1, at: "BER")
        let third = try pack("BER", to: "3")
        for (file, merged) in [(third, 1), (first, 0), (third, 0)] {
            #expect(try ministry.headquarters.open(file).merged == merged)
            #expect(try ministry.values(of: 20, 1, at: "HQ") == ["two"])
        }
        #expect(try contents(of: "BER") == contents(of: "HQ"))
        #expect(try ministry.sync("BER").isVerified)
        // After an exchange over the link, what was packed before it is old news.
        #expect(try ministry.headquarters.open(first).merged == 0)
    }

    /// A conflict crosses in files with its base.
    @Test func concurrentEditsMeetInFiles() throws {
        try ministry.write([34: "Bonn"], of: 1, at: "BER")
        for code in ["BER", "TAS"] { try ministry.sync(code) }
        try ministry.write([34: "Berlin"], of: 1, at: "BER")
        try ministry.write([34: "Munich"], of: 1, at: "TAS")
        for code in ["BER", "TAS"] {
            _ = try ministry.headquarters.open(pack(code, to: code + "1"))
        }
        for code in ["BER", "TAS"] {
            _ = try ministry.desk(code).open(packForDesk(code, to: code + "2"))
            #expect(try ministry.values(of: 34, 1, at: code) == ["Berlin", "Munich"])
            #expect(try contents(of: code) == contents(of: "HQ"))
        }
    }

    /// I5: a file that is cut or altered anywhere does nothing at all.
    @Test func aFileThatIsCutOrAlteredDoesNothing() throws {
        for uid in 1...20 {
            try ministry.write([20: "person \(uid)"], of: UInt64(uid), at: "BER")
        }
        let whole = try #require(FileManager.default.contents(atPath: pack("BER", to: "whole")))
        let before = try contents(of: "HQ")
        for place in stride(from: 0, to: whole.count, by: 41) {
            var altered = whole
            altered[place] ^= 0x10
            for (name, bytes) in [("cut", whole.prefix(place)), ("altered", altered)] {
                try bytes.write(to: URL(fileURLWithPath: path(name)))
                #expect(throws: FileRefusal.self) { try ministry.headquarters.open(path(name)) }
            }
        }
        #expect(throws: FileRefusal.self) { try ministry.headquarters.open(path("absent")) }
        #expect(try contents(of: "HQ") == before)
        #expect(try ministry.headquarters.store.read { try $0.knowledge(of: .allMissions).isEmpty })
        try whole.write(to: URL(fileURLWithPath: path("again")))
        #expect(try ministry.headquarters.open(path("again")).merged == 20)
    }

    @Test func aFileIsForOneReplicaFromOneThatIsKnown() throws {
        try ministry.write([20: "Karim"], of: 1, at: "BER")
        let file = try pack("BER", to: "out")
        #expect(throws: FileRefusal.self) { try ministry.desk("TAS").open(file) }
        let other = try Ministry(seed: 2)
        #expect(throws: FileRefusal.self) { try other.headquarters.open(file) }
        let answer = try packForDesk("BER", to: "answer")
        #expect(throws: FileRefusal.forAnother(try ministry.desk("BER").replicaID())) {
            try ministry.desk("TAS").open(answer)
        }
        _ = try ministry.headquarters.retire("BER")
        #expect(throws: FileRefusal.retired(try ministry.desk("BER").replicaID())) {
            try ministry.headquarters.open(file)
        }
    }

    /// Who lacks what a file builds on takes nothing, and takes it once that is there.
    @Test func aFileThatComesBeforeWhatItBuildsOnWaits() throws {
        try ministry.sync("BER")
        let copy = path("hq-copy")
        try ministry.headquarters.store.copy(to: copy)
        try ministry.write([20: "one"], of: 1, at: "BER")
        try ministry.sync("BER")
        try ministry.write([34: "Berlin"], of: 1, at: "BER")
        let file = try pack("BER", to: "out")
        try ministry.restoreHeadquarters(from: copy)
        #expect(throws: FileRefusal.outOfTurn(.allMissions)) {
            try ministry.headquarters.open(file)
        }
        try ministry.sync("BER")
        #expect(try ministry.headquarters.open(file).merged == 0)
        #expect(try ministry.values(of: 34, 1, at: "HQ") == ["Berlin"])
    }

    /// What the disk has changed is not in the file, and not taken as known.
    @Test func aDamagedRecordIsNotInTheFile() throws {
        for uid in 1...3 as ClosedRange<UInt64> {
            try ministry.write([20: "person \(uid)"], of: uid, at: "BER")
        }
        let desk = try ministry.desk("BER")
        try desk.store.write {
            try $0.damage(RecordKey(space: .allMissions, uid: RecordUID(2)))
        }
        #expect(try ministry.headquarters.open(pack("BER", to: "out")).records == 2)
        let known = try ministry.headquarters.store.read { try $0.knowledge(of: .allMissions) }
        #expect(known.isEmpty)
    }
}

/// Spaces that are taken from a desk.
struct RevocationTests {
    private let ministry: Ministry

    init() throws {
        ministry = try Ministry()
        for code in ["BER", "TAS"] { try ministry.addDesk(code) }
        try ministry.write([20: "Ayesha"], of: 1, at: "TAS")
        for code in ["TAS", "BER"] { try ministry.sync(code) }
    }

    private func revoke(_ code: String, isGranted: Bool = false) throws {
        try ministry.headquarters.setGrant(
            of: "all-missions",
            toDesk: code,
            isGranted: isGranted
        )
    }

    private func holds(_ space: SpaceName, at code: String) throws -> Bool {
        try ministry.desk(code).store.read { reader in
            try reader.spaces().contains { $0.name == space }
        }
    }

    @Test func aDeskLeavesASpaceAndKeepsWhatItHadNotSent() throws {
        try ministry.write([34: "Berlin"], of: 1, at: "BER")
        try ministry.write([20: "Karim"], of: 2, at: "BER")
        try ministry.write([20: "own"], of: 3, at: "BER", in: try #require(SpaceName("ber")))
        try revoke("BER")
        let summary = try ministry.sync("BER")
        #expect(summary.standings[.allMissions] == .revoked)
        #expect(summary.isVerified)
        let departure = try #require(ministry.departures.first)
        #expect(departure.removed == 2)
        #expect(departure.kept.records == 2 && departure.kept.changes == 2)
        #expect(try !holds(.allMissions, at: "BER"))
        #expect(try ministry.desk("BER").store.read { try $0.search(["karim"], limit: 5) }.isEmpty)
        // The next exchange does not name the space.
        let next = try ministry.sync("BER")
        #expect(next.standings.keys.map(\.text) == ["ber"] && next.isVerified)
        #expect(try ministry.values(of: 20, 2, at: "HQ").isEmpty)

        let file = try #require(departure.file)
        #expect(throws: FileRefusal.notGranted(.allMissions)) {
            try ministry.headquarters.open(file)
        }
        let opened = try ministry.headquarters.open(file, isAdmitted: true)
        #expect(opened.desk == "BER" && opened.merged == 2 && opened.leftOut.isEmpty)
        #expect(try ministry.headquarters.open(file, isAdmitted: true).merged == 0)
        try ministry.sync("TAS")
        #expect(try ministry.values(of: 34, 1, at: "TAS") == ["Berlin"])
        #expect(try ministry.values(of: 20, 2, at: "TAS") == ["Karim"])
    }

    /// Neither the file nor its log has a word of it any more.
    @Test func whatADeskLeavesIsWiped() throws {
        try ministry.write([20: "Zubaida Wiped", 34: "Berlin"], of: 2, at: "BER")
        try ministry.write([34: "Zubaidabad"], of: 2, at: "BER")
        try revoke("BER")
        let path = try ministry.desk("BER").store.path
        func holdsWord() -> Bool {
            ["", "-wal"].contains { suffix in
                let data = FileManager.default.contents(atPath: path + suffix) ?? Data()
                return ["Zubaida", "zubaida"].contains { data.range(of: Data($0.utf8)) != nil }
            }
        }
        #expect(holdsWord())
        try ministry.sync("BER")
        try ministry.desk("BER").store.purgeErased()
        #expect(!holdsWord())
    }

    @Test func nothingIsKeptWhereNothingWasUnsent() throws {
        try revoke("BER")
        try ministry.sync("BER")
        let departure = try #require(ministry.departures.first)
        #expect(departure.removed == 1 && departure.file == nil)
        let folder = (ministry.directory.path("BER") as NSString).deletingLastPathComponent
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files.allSatisfy { !$0.contains("withdrawn") })
    }

    /// A space that is granted again is taken like one that the desk never had, under a new actor.
    @Test func aSpaceThatIsGrantedAgainBeginsAnew() throws {
        try ministry.write([34: "Berlin"], of: 1, at: "BER")
        let desk = try ministry.desk("BER")
        let old = try desk.store.read { try $0.space(.allMissions).actor }
        try revoke("BER")
        try ministry.sync("BER")
        try revoke("BER", isGranted: true)
        try ministry.sync("BER")
        #expect(try ministry.values(of: 20, 1, at: "BER") == ["Ayesha"])
        try ministry.write([34: "Potsdam"], of: 1, at: "BER")
        #expect(try desk.store.read { try $0.space(.allMissions).actor } != old)
        // What was kept is let in later, and stands beside what was written since.
        let file = try #require(ministry.departures.first?.file)
        _ = try ministry.headquarters.open(file, isAdmitted: true)
        #expect(try ministry.sync("BER").isVerified)
        #expect(try ministry.values(of: 34, 1, at: "HQ") == ["Berlin", "Potsdam"])
        #expect(try ministry.values(of: 34, 1, at: "BER") == ["Berlin", "Potsdam"])
    }

    /// What headquarters lost with an old backup is in the file, too, whoever wrote it.
    @Test func whatHeadquartersLostIsKept() throws {
        let copy = ministry.directory.path("hq-copy")
        try ministry.headquarters.store.copy(to: copy)
        try ministry.write([34: "Tashkent"], of: 1, at: "TAS")
        for code in ["TAS", "BER"] { try ministry.sync(code) }
        try ministry.restoreHeadquarters(from: copy)
        try revoke("BER")
        try ministry.sync("BER")
        let file = try #require(ministry.departures.first?.file)
        #expect(try ministry.headquarters.open(file, isAdmitted: true).merged == 1)
        #expect(try ministry.values(of: 34, 1, at: "HQ") == ["Tashkent"])
        #expect(try ministry.sync("TAS").isVerified)
    }

    /// An edit of a record that was deleted and given up meanwhile is for a person to decide.
    @Test func whatWasGivenUpMeanwhileComesBackToBeDecided() throws {
        try ministry.write([34: "Berlin"], of: 1, at: "BER")
        try revoke("BER")
        try ministry.delete(1, at: "TAS")
        for _ in 0..<2 { try ministry.sync("TAS") }
        try ministry.headquarters.compact()
        try ministry.sync("TAS")
        let key = RecordKey(space: .allMissions, uid: RecordUID(1))
        #expect(try ministry.headquarters.store.read { try $0.record(key) } == nil)
        try ministry.sync("BER")
        let file = try #require(ministry.departures.first?.file)
        _ = try ministry.headquarters.open(file, isAdmitted: true)
        #expect(try ministry.sync("TAS").isVerified)
        for code in ["HQ", "TAS"] {
            #expect(try ministry.values(of: 34, 1, at: code) == ["Berlin"])
            #expect(try ministry.values(of: 20, 1, at: code) == ["Ayesha"])
        }
        let state = try #require(
            try ministry.headquarters.store.read { try $0.record(key)?.state }
        )
        #expect(state.siblings(of: .life).count == 2)
        #expect(try ministry.headquarters.open(file, isAdmitted: true).merged == 0)
    }

    /// A copy of a desk leaves, too, though it says who it was only after the space was taken.
    @Test func aCopyOfTheDeskLeavesTheSpaceToo() throws {
        let desk = try ministry.desk("BER")
        let path = ministry.directory.path("copy")
        try desk.store.copy(to: path)
        try revoke("BER")
        let copy = DeskReplica(
            store: try ReplicaStore(opening: path, environment: .seeded(99)),
            identity: desk.identity
        )
        try copy.store.write { try $0.takeNewIdentity() }
        ministry.replace("BER", by: copy)
        #expect(try ministry.sync("BER").standings[.allMissions] == .revoked)
        #expect(try !holds(.allMissions, at: "BER"))
    }

    /// A desk that was revoked before it first asked has nothing to leave.
    @Test func aDeskThatNeverAskedLeavesNothing() throws {
        try ministry.addDesk("KAB")
        try revoke("KAB")
        #expect(try ministry.sync("KAB").standings[.allMissions] == .revoked)
        #expect(ministry.departures.map(\.removed) == [0])
    }

    /// Whoever was never granted a space learns nothing of it.
    @Test func whoNeverHadASpaceIsToldNothing() throws {
        let request = SpaceRequest(
            space: try #require(SpaceName("tas")),
            knowledge: KnowledgeUpdate(from: nil, to: VersionVector())
        )
        var message = SyncRequest(schema: 1)
        message.spaces = [request]
        let number = try ministry.desk("BER").replicaID()
        let peer = try #require(
            try ministry.headquarters.store.read { try $0.peer(replica: number.bytes) }
        )
        let answer = try ministry.headquarters.answer(message, from: peer, byteLimit: 1000)
        let space = try #require(answer.spaces.first)
        #expect(space.verdict == .notGranted && space.chains.isEmpty)
        #expect(space.knowledge.changes.isEmpty)
    }
}
