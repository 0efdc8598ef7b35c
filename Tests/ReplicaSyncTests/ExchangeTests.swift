import CausalHistory
import RecordModel
import RecordStorage
import ReplicaSync
import StorageTestSupport
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

struct ExchangeTests {
    @Test func aFirstExchangeIsVerified() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.write([20: "Ayesha Malik", 30: "Charité"], of: 1, at: "BER")
        let summary = try ministry.sync("BER")
        #expect(summary.isVerified)
        #expect(summary.sentRecords == 1)
        #expect(try ministry.values(of: 30, 1, at: "HQ") == ["Charité"])
    }

    @Test func aSmallTwoWayExchangeIsOneRoundTrip() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.addDesk("LON")
        for code in ["BER", "LON", "BER"] { #expect(try ministry.sync(code).isVerified) }
        try ministry.write([20: "Ayesha Malik"], of: 1, at: "BER")
        try ministry.write([20: "Bilal Khan"], of: 2, at: "LON")
        let first = try ministry.sync("LON")
        #expect(first.isVerified)
        #expect(first.roundTrips == 1)
        let second = try ministry.sync("BER")
        #expect(second.isVerified)
        #expect(second.roundTrips == 1)
        #expect(second.sentChanges == 1)
        #expect(second.receivedChanges == 1)
        #expect(try ministry.values(of: 20, 2, at: "BER") == ["Bilal Khan"])
        let idle = try ministry.sync("BER")
        #expect(idle.roundTrips == 1)
        #expect(idle.sentChanges == 0)
        #expect(idle.receivedChanges == 0)
        #expect(idle.isVerified)
    }

    @Test func anIdleExchangeWritesNothingAtHeadquarters() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.write([20: "A"], of: 1, at: "BER")
        for _ in 1...2 { try ministry.sync("BER") }
        let before = try ministry.headquarters.store.read { try $0.sequence }
        try ministry.sync("BER")
        #expect(try ministry.headquarters.store.read { try $0.sequence } == before)
    }

    @Test func concurrentEditsOfOneFieldBecomeAConflictWithItsBaseEverywhere() throws {
        let ministry = try Ministry()
        for code in ["BER", "LON", "GVA"] { try ministry.addDesk(code) }
        let base = try #require(
            try ministry.write([20: "Ayesha Malik", 30: "Charité"], of: 1, at: "BER")
        )
        for code in ["BER", "LON"] { try ministry.sync(code) }
        try ministry.write([30: "Max Delbrück Center"], of: 1, at: "BER")
        try ministry.write([30: "Helmholtz Munich", 34: "Munich"], of: 1, at: "LON")
        try ministry.sync("BER")
        #expect(try ministry.sync("LON").newConflicts == 1)
        try ministry.sync("BER")
        // This desk never held the base: it comes with the conflict.
        #expect(try ministry.sync("GVA").isVerified)
        for code in ["BER", "LON", "GVA", "HQ"] {
            #expect(
                try ministry.values(of: 30, 1, at: code)
                    == ["Max Delbrück Center", "Helmholtz Munich"]
            )
            #expect(try ministry.values(of: 34, 1, at: code) == ["Munich"])
            let store =
                code == "HQ" ? ministry.headquarters.store : try ministry.desk(code).store
            try store.read { reader in
                let key = RecordKey(space: .allMissions, uid: RecordUID(1))
                let record = try #require(try reader.record(key))
                let past = try reader.pastVersions(
                    of: FieldKey(30),
                    dot: base.dot,
                    row: record.row
                )
                #expect(past.map(\.version.content) == [.value(Array("Charité".utf8))], "\(code)")
                #expect(try reader.conflictCount() == 1)
            }
        }
        try ministry.write([30: "Helmholtz Munich"], of: 1, at: "GVA")
        for code in ["GVA", "BER", "LON"] { #expect(try ministry.sync(code).isVerified) }
        for code in ["BER", "LON", "GVA", "HQ"] {
            #expect(try ministry.values(of: 30, 1, at: code) == ["Helmholtz Munich"])
        }
    }

    @Test func aDeskReceivesOnlyTheSpacesThatItWasGranted() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.addDesk("LON")
        let own = try #require(SpaceName("ber"))
        try ministry.write([20: "Secret"], of: 9, at: "BER", in: own)
        try ministry.sync("BER")
        try ministry.sync("LON")
        let spaces = try ministry.desk("LON").store.read { try $0.spaces().map(\.name.text) }
        #expect(spaces == ["all-missions", "lon"])
        #expect(try ministry.desk("LON").store.read { try $0.parts(of: RecordUID(9)) }.isEmpty)
    }

    @Test func aRequestForASpaceThatIsNotGrantedGetsNothing() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        let london = try ministry.addDesk("LON")
        let own = try #require(SpaceName("ber"))
        try ministry.write([20: "Secret"], of: 9, at: "BER", in: own)
        try ministry.sync("BER")
        var request = SyncRequest(schema: 1)
        request.spaces = [
            SpaceRequest(space: own, knowledge: KnowledgeUpdate(from: nil, to: VersionVector()))
        ]
        let peer = try #require(
            try ministry.headquarters.store.read {
                try $0.peer(replica: try london.replicaID().bytes)
            }
        )
        let answer = try ministry.headquarters.answer(request, from: peer, byteLimit: 1 << 20)
        #expect(answer.spaces.first?.verdict == .notGranted)
        #expect(answer.spaces.allSatisfy { $0.page.records.isEmpty && $0.chains.isEmpty })
    }

    @Test(arguments: [1, 300, 1 << 20]) func pagesOfAnySizeArriveWhole(limit: Int) throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.addDesk("LON")
        for uid in 1...40 { try ministry.write([20: "Person \(uid)"], of: UInt64(uid), at: "BER") }
        for uid in 41...60 { try ministry.write([20: "Person \(uid)"], of: UInt64(uid), at: "LON") }
        for code in ["BER", "LON", "BER"] {
            #expect(try ministry.sync(code, byteLimit: limit).isVerified)
        }
        for code in ["BER", "LON", "HQ"] {
            for uid in 1...60 {
                #expect(try ministry.values(of: 20, UInt64(uid), at: code) == ["Person \(uid)"])
            }
        }
        #expect(try ministry.fingerprint(at: "BER") == ministry.fingerprint(at: "LON"))
    }

    @Test func anExchangeThatIsCutAnywhereGoesOnAndLosesNothing() throws {
        for cut in 1...14 {
            for side in [Ministry.Cut.request(cut), .response(cut)] {
                let ministry = try Ministry()
                try ministry.addDesk("BER")
                try ministry.addDesk("LON")
                for uid in 1...12 {
                    try ministry.write([20: "Person \(uid)"], of: UInt64(uid), at: "BER")
                }
                try ministry.sync("BER")
                for uid in 13...20 {
                    try ministry.write([20: "Person \(uid)"], of: UInt64(uid), at: "LON")
                }
                _ = try? ministry.sync("LON", byteLimit: 150, cut: side)
                try ministry.write([34: "Late"], of: 3, at: "BER")
                try ministry.sync("BER", byteLimit: 150)
                #expect(try ministry.sync("LON", byteLimit: 150).isVerified)
                #expect(try ministry.sync("BER").isVerified)
                for code in ["BER", "LON", "HQ"] {
                    for uid in 1...20 {
                        #expect(
                            try ministry.values(of: 20, UInt64(uid), at: code)
                                == ["Person \(uid)"],
                            "\(side) \(code) \(uid)"
                        )
                    }
                }
            }
        }
    }

    @Test func aChangeThatIsNotTheDesksToWriteIsLeftOut() throws {
        let ministry = try Ministry()
        let berlin = try ministry.addDesk("BER")
        let london = try ministry.addDesk("LON")
        try ministry.sync("LON")
        // London relays a record that it claims Berlin wrote; headquarters has not seen it.
        let actor = try berlin.store.write { try $0.ownActor(in: .allMissions) }
        try london.store.write { writer in
            var state = RecordState(kind: 1)
            let dot = Dot(actor, 1)
            let attribution = Attribution(time: HybridTime(milliseconds: 5), author: "Forger")
            state.write(.alive, to: .life, dot: dot, attribution: attribution)
            _ = try writer.merge(state.complete(uid: RecordUID(66)), into: .allMissions)
        }
        try ministry.write([20: "Honest"], of: 1, at: "LON")
        let summary = try ministry.sync("LON")
        #expect(summary.standings[.allMissions] == .forged)
        #expect(!summary.isVerified)
        #expect(try ministry.values(of: 20, 1, at: "HQ") == ["Honest"])
        let forged = try ministry.headquarters.store.read { reader in
            try reader.record(RecordKey(space: .allMissions, uid: RecordUID(66)))
        }
        #expect(forged == nil)
    }

    @Test func aValueThatTheSchemaRefusesIsTakenBackAndBlocksNothing() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.addDesk("LON")
        try ministry.write([20: "Ayesha", 33: "DE"], of: 1, at: "BER")
        try ministry.sync("BER")
        try ministry.write([33: "not a country", 34: "Berlin"], of: 1, at: "BER")
        let summary = try ministry.sync("BER")
        #expect(summary.refusals.map(\.code) == ["bad_value"])
        #expect(summary.isVerified)
        try ministry.sync("LON")
        for code in ["BER", "LON", "HQ"] {
            #expect(try ministry.values(of: 33, 1, at: code) == ["DE"])
            #expect(try ministry.values(of: 34, 1, at: code) == ["Berlin"])
        }
    }

    @Test func whoRefusedAValueIsNamedToTheDesks() throws {
        let ministry = try Ministry()
        let berlin = try ministry.addDesk("BER")
        try ministry.write([33: "not a country"], of: 1, at: "BER")
        #expect(try ministry.sync("BER").refusals.count == 1)
        let own = try ministry.headquarters.store.write { try $0.ownActor(in: .allMissions) }
        let owner = try #require(try berlin.store.read { try $0.owner(of: own) })
        #expect(owner.desk == "HQ")
        #expect(owner.publicKey == ministry.headquarters.identity.publicKey)
    }

    /// A desk whose file went back behind what headquarters has of it, without anybody noticing.
    private func ministryWithRestoredDesk() throws -> Ministry {
        let ministry = try Ministry()
        let desk = try ministry.addDesk("BER")
        try ministry.addDesk("LON")
        try ministry.write([20: "One"], of: 1, at: "BER")
        try ministry.sync("BER")
        let copy = ministry.directory.path("copy")
        try desk.store.copy(to: copy)
        try ministry.write([20: "Two", 34: "Bonn"], of: 1, at: "BER")
        try ministry.write([20: "Other"], of: 2, at: "BER")
        try ministry.sync("BER")
        try ministry.sync("LON")
        let restored = DeskReplica(
            store: try ReplicaStore(opening: copy, environment: .seeded(77)),
            identity: desk.identity
        )
        ministry.replace("BER", by: restored)
        return ministry
    }

    @Test func aDeskWhoseFileWentBackTakesItsOwnChangesInAgainUnderANewActor() throws {
        let ministry = try ministryWithRestoredDesk()
        let before = try ministry.desk("BER").replicaID()
        let summary = try ministry.sync("BER")
        #expect(summary.isVerified)
        #expect(summary.hasNewActors)
        #expect(summary.forks == 0)
        #expect(try ministry.values(of: 20, 1, at: "BER") == ["Two"])
        #expect(try ministry.desk("BER").replicaID() != before)
        #expect(try ministry.desk("BER").successionRequests().first?.predecessor == before)
        // Who it was is said at the next exchange; then headquarters lists both.
        try ministry.write([20: "Three"], of: 1, at: "BER")
        #expect(try ministry.sync("BER").isVerified)
        let desks = try ministry.headquarters.store.read { try $0.peers().map(\.desk) }
        #expect(desks == ["BER", "BER", "LON"])
        #expect(try ministry.sync("LON").isVerified)
        #expect(try ministry.values(of: 20, 1, at: "LON") == ["Three"])
    }

    @Test func twoHistoriesOfOneActorAreSetApartAndBothKept() throws {
        let ministry = try ministryWithRestoredDesk()
        // It writes under counters that headquarters and London have seen another history of.
        try ministry.write([20: "Second", 33: "DE"], of: 1, at: "BER")
        try ministry.write([20: "Another"], of: 3, at: "BER")
        let summary = try ministry.sync("BER")
        #expect(summary.isVerified)
        #expect(summary.hasNewActors)
        #expect(try ministry.sync("LON").isVerified)
        #expect(try ministry.sync("BER").isVerified)
        for code in ["BER", "LON", "HQ"] {
            #expect(try ministry.values(of: 20, 1, at: code) == ["Two", "Second"])
            #expect(try ministry.values(of: 34, 1, at: code) == ["Bonn"])
            #expect(try ministry.values(of: 33, 1, at: code) == ["DE"])
            #expect(try ministry.values(of: 20, 2, at: code) == ["Other"])
            #expect(try ministry.values(of: 20, 3, at: code) == ["Another"])
        }
    }

    @Test func headquartersThatWentBackGetsWhatItLostFromAnyDesk() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.addDesk("LON")
        try ministry.write([20: "One"], of: 1, at: "BER")
        try ministry.sync("BER")
        let copy = ministry.directory.path("hq-copy")
        try ministry.headquarters.store.copy(to: copy)
        try ministry.write([20: "Two"], of: 2, at: "BER")
        try ministry.sync("BER")
        try ministry.sync("LON")
        let restored = HeadquartersReplica(
            store: try ReplicaStore(opening: copy, environment: .seeded(78)),
            identity: ministry.headquarters.identity
        )
        try restored.noteRestored()
        ministry.replaceHeadquarters(by: restored)
        // London alone comes: it holds what Berlin wrote.
        #expect(try ministry.sync("LON").isVerified)
        #expect(try ministry.values(of: 20, 2, at: "HQ") == ["Two"])
        #expect(try ministry.sync("BER").isVerified)
    }

    @Test func enrolmentRenamesTheMissionsSpaceAndKeepsUnsentChanges() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER2", mission: "ber")
        let own = try #require(SpaceName("ber"))
        let spaces = try ministry.desk("BER2").store.read { try $0.spaces().map(\.name) }
        #expect(spaces == [.allMissions, own])
        try ministry.write([20: "Own"], of: 1, at: "BER2", in: own)
        #expect(try ministry.sync("BER2").isVerified)
        #expect(try ministry.values(of: 20, 1, at: "HQ", in: own) == ["Own"])
    }

    @Test func aTokenServesOneReplicaOnce() throws {
        let ministry = try Ministry()
        let desk = try ministry.addDesk("BER")
        #expect(throws: TokenFailure.deskInUse("BER")) {
            try ministry.headquarters.issueToken(desk: "BER")
        }
        let token = try ministry.headquarters.issueToken(desk: "PAR")
        #expect(throws: AuthenticationFailure.badToken) {
            try ministry.headquarters.enrol(try desk.enrolRequest(token))
        }
        #expect(throws: TokenFailure.badDeskCode("1X")) {
            try ministry.headquarters.issueToken(desk: "1x")
        }
    }

    @Test func headquartersOwnDeskIsGrantedSpacesThatComeLater() throws {
        let ministry = try Ministry()
        let store = ministry.headquarters
        let desk = try ministry.addDesk("HQD")
        try store.store.write { writer in
            _ = try writer.putPeer(
                replica: try desk.replicaID().bytes,
                desk: "HQD",
                publicKey: desk.identity.publicKey,
                mission: "hqd",
                hasAllSpaces: true
            )
        }
        try ministry.addDesk("BER")
        let own = try #require(SpaceName("ber"))
        try ministry.write([20: "Seen at headquarters"], of: 1, at: "BER", in: own)
        try ministry.sync("BER")
        #expect(try ministry.sync("HQD").isVerified)
        #expect(try ministry.values(of: 20, 1, at: "HQD", in: own) == ["Seen at headquarters"])
    }
}
