import CausalHistory
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// What every desk has seen deleted goes for good, and desks that were silent are told of it.
///
/// Spec: `Protocol/spec/03-merge.md` §8, `05-sync.md` §8.
struct CollectionTests {
    /// A ministry in which all desks have two records.
    private func ministry(_ codes: String...) throws -> Ministry {
        let ministry = try Ministry()
        for code in codes { try ministry.addDesk(code) }
        try ministry.write([20: "Ayesha Malik", 34: "Berlin"], of: 1, at: codes[0])
        try ministry.write([20: "Bilal Sheikh"], of: 2, at: codes[0])
        for code in codes + codes { #expect(try ministry.sync(code).isVerified) }
        return ministry
    }

    private func holds(_ uid: UInt64, _ ministry: Ministry, at code: String) throws -> Bool {
        let store =
            code == "HQ" ? ministry.headquarters.store : try ministry.desk(code).store
        return try store.read { reader in
            try reader.record(RecordKey(space: .allMissions, uid: RecordUID(uid))) != nil
        }
    }

    private func silence(_ code: String, in ministry: Ministry) throws {
        let side = ministry.headquarters
        let number = try ministry.desk(code).replicaID()
        let peer = try side.store.read { try $0.peer(replica: number.bytes) }
        try side.setDormant(try #require(peer))
    }

    @Test func theStableCutWaitsForADeskUntilItIsDormant() throws {
        let ministry = try ministry("BER", "LON")
        try ministry.delete(1, at: "BER")
        for _ in 1...2 { try ministry.sync("BER") }
        #expect(try ministry.headquarters.compact().collected.records == 0)
        #expect(try holds(1, ministry, at: "HQ"))
        try silence("LON", in: ministry)
        #expect(try ministry.headquarters.compact().collected.records == 1)
        #expect(try !holds(1, ministry, at: "HQ"))
    }

    @Test func aDeletedRecordGoesEverywhereOnceAllHaveSeenIt() throws {
        let ministry = try ministry("BER", "LON")
        try ministry.delete(1, at: "BER")
        for code in ["BER", "LON", "BER", "LON"] { try ministry.sync(code) }
        #expect(try ministry.headquarters.compact().collected.records == 1)
        for code in ["BER", "LON"] {
            #expect(try holds(1, ministry, at: code))
            #expect(try ministry.sync(code).isVerified)
            #expect(try !holds(1, ministry, at: code))
            #expect(try holds(2, ministry, at: code))
        }
        #expect(try ministry.headquarters.compact().collected == CollectionReport())
    }

    @Test func anItemThatWasTakenOutGoesAndTheRecordStays() throws {
        let ministry = try ministry("BER", "LON")
        let tag = FieldKey(5, item: [1])
        func put(_ content: Content) throws {
            try ministry.desk("BER").store.write { writer in
                _ = try writer.commit(
                    [RecordEdit(uid: RecordUID(2), kind: 1, steps: [.write(tag, content)])],
                    in: .allMissions,
                    attribution: Attribution(time: writer.nextTime(), author: "BER")
                )
            }
        }
        try put(.value([]))
        try put(.absent)
        for code in ["BER", "LON", "BER", "LON"] { try ministry.sync(code) }
        #expect(try ministry.headquarters.compact().collected.thinned == 1)
        for code in ["BER", "LON", "HQ"] {
            if code != "HQ" { #expect(try ministry.sync(code).isVerified) }
            let store =
                code == "HQ" ? ministry.headquarters.store : try ministry.desk(code).store
            let state = try store.read {
                try $0.record(RecordKey(space: .allMissions, uid: RecordUID(2)))?.state
            }
            #expect(state?.siblings(of: tag) == [])
        }
    }

    @Test func anEditThatTheDeletionHadNotSeenBringsTheWholeRecordBack() throws {
        let ministry = try ministry("BER", "LON")
        try ministry.delete(1, at: "BER")
        for _ in 1...2 { try ministry.sync("BER") }
        try silence("LON", in: ministry)
        try ministry.headquarters.compact()
        try ministry.write([34: "Munich"], of: 1, at: "LON")
        try ministry.sync("LON")
        #expect(try ministry.values(of: 34, 1, at: "HQ") == ["Munich"])
        #expect(try ministry.values(of: 20, 1, at: "HQ") == ["Ayesha Malik"])
    }

    @Test func aDeskThatWasSilentForLongIsToldWhatIsGoneAndKeepsWhatItNeverSent() throws {
        let ministry = try ministry("BER", "LON")
        for uid in [1, 2] as [UInt64] { try ministry.delete(uid, at: "BER") }
        try ministry.write([20: "Chaudhry"], of: 3, at: "BER")
        for _ in 1...2 { try ministry.sync("BER") }
        try silence("LON", in: ministry)
        #expect(try ministry.headquarters.compact().collected.records == 2)
        try ministry.write([34: "Leeds"], of: 2, at: "LON")
        try ministry.write([20: "Dar"], of: 4, at: "LON")
        // Pages of one record each: the return takes several rounds and can be cut at each.
        for round in 1...4 {
            do {
                try ministry.sync("LON", byteLimit: 1, cut: .response(round))
            } catch is Ministry.LinkBroken {}
        }
        #expect(try ministry.sync("LON", byteLimit: 1).isVerified)
        #expect(try !holds(1, ministry, at: "LON"))
        for code in ["LON", "HQ"] {
            #expect(try ministry.values(of: 34, 2, at: code) == ["Leeds"])
            #expect(try ministry.values(of: 20, 3, at: code) == ["Chaudhry"])
            #expect(try ministry.values(of: 20, 4, at: code) == ["Dar"])
            #expect(try ministry.values(of: 1, 2, at: code) == ["alive"])
        }
        let kept = try ministry.headquarters.store.read {
            try $0.record(RecordKey(space: .allMissions, uid: RecordUID(2)))?.state
        }
        #expect(kept?.life == .contested)
        // It counts again.
        #expect(try ministry.sync("BER").isVerified)
        #expect(try ministry.headquarters.desks().map(\.state) == ["active", "active"])
    }

    @Test func aHeadquartersOfBeforeTheCutIsToldWhatIsGone() throws {
        let ministry = try ministry("BER", "LON")
        let backup = ministry.directory.path("backup")
        try ministry.headquarters.store.copy(to: backup)
        try ministry.delete(1, at: "BER")
        for code in ["BER", "LON", "BER", "LON"] { try ministry.sync(code) }
        try ministry.headquarters.compact()
        for code in ["BER", "LON"] { try ministry.sync(code) }
        #expect(try !holds(1, ministry, at: "BER"))

        let store = try ReplicaStore(
            opening: backup,
            environment: ministry.headquarters.store.environment
        )
        let restored = HeadquartersReplica(
            store: store,
            identity: ministry.headquarters.identity
        )
        try restored.noteRestored()
        ministry.replaceHeadquarters(by: restored)
        #expect(try holds(1, ministry, at: "HQ"))
        #expect(try ministry.sync("BER").isVerified)
        #expect(try !holds(1, ministry, at: "HQ"))
        #expect(try ministry.sync("LON").isVerified)
        #expect(try ministry.fingerprint(at: "HQ") == ministry.fingerprint(at: "LON"))
    }

    @Test func whatARetiredReplicaHadPushedWithoutAnEndIsWrittenAgain() throws {
        let ministry = try ministry("BER", "LON")
        try ministry.write([34: "Leeds"], of: 1, at: "LON")
        try ministry.write([34: "Hull"], of: 2, at: "LON")
        // The first of two pages arrives, the second never does.
        _ = try? ministry.sync("LON", byteLimit: 1, cut: .request(2))
        #expect(try ministry.values(of: 34, 1, at: "HQ") == ["Leeds"])
        _ = try ministry.headquarters.retire("LON")
        for _ in 1...2 { #expect(try ministry.sync("BER").isVerified) }
        #expect(try ministry.values(of: 34, 1, at: "BER") == ["Leeds"])
        // Others go on writing in the record, whose context names what headquarters never came to know.
        try ministry.write([34: "York"], of: 1, at: "BER")
        #expect(try ministry.sync("BER").isVerified)
        #expect(try ministry.values(of: 34, 1, at: "HQ") == ["York"])
    }
}
