import DeskSync
import NetworkTestSupport
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import Testing

/// A disk that changes a value silently is found out, and what headquarters has mends it.
///
/// Spec: `Protocol/spec/04-proof.md` §4.
struct DamageTests {
    private static let uid = RecordUID(77)

    private func damage(_ store: ReplicaStore) throws {
        try store.write { writer in
            try writer.damage(RecordKey(space: .allMissions, uid: Self.uid))
        }
        #expect(try store.read { try $0.damagedRecords().damaged.map(\.uid) } == [Self.uid])
    }

    /// Two desks that hold the same 200 records.
    private func twoDesks(
        _ body:
            @escaping @Sendable (OnlineMinistry, ReplicaStore, ReplicaStore) async throws -> Void
    ) async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let london = try await ministry.enrolledDesk("LON")
            for uid in 1...200 {
                try OnlineMinistry.write("Name \(uid)", of: UInt64(uid), in: berlin)
            }
            let client = OnlineMinistry.client()
            for store in [berlin, london] { #expect(try await client.sync(store).isVerified) }
            try await body(ministry, berlin, london)
        }
    }

    @Test func anOrdinaryExchangeFindsADamagedRecordAndMendsIt() async throws {
        try await twoDesks { _, _, london in
            try damage(london)
            let report = try await OnlineMinistry.client().sync(london)
            #expect(report.isVerified)
            #expect(report.mended == 1)
            #expect(report.roundTrips == 2)
            #expect(try OnlineMinistry.names(of: Self.uid.value, in: london) == ["Name 77"])
            #expect(try london.read { try $0.damagedRecords().damaged.isEmpty })
        }
    }

    @Test func aDamagedRecordIsNoBaseForAnEdit() async throws {
        try await twoDesks { _, _, london in
            try damage(london)
            #expect(throws: StoreError.self) {
                try OnlineMinistry.write("Ayesha Malik", of: Self.uid.value, in: london)
            }
        }
    }

    @Test func whatWasNeverSentAndIsDamagedIsSaidAndNotSpread() async throws {
        try await twoDesks { ministry, _, london in
            let key = RecordKey(space: .allMissions, uid: RecordUID(500))
            try OnlineMinistry.write("Bilal Sheikh", of: 500, in: london)
            try london.write { try $0.damage(key) }
            try OnlineMinistry.write("Dar", of: 501, in: london)
            let report = try await OnlineMinistry.client().sync(london)
            #expect(report.summary.standings[.allMissions] == .damaged)
            #expect(report.failure == .unverified)
            #expect(report.damaged == 1)
            #expect(report.mended == 0)
            let headquarters = ministry.headquarters.store
            #expect(try OnlineMinistry.names(of: 500, in: headquarters).isEmpty)
            #expect(try OnlineMinistry.names(of: 501, in: headquarters) == ["Dar"])
        }
    }

    @Test func anEditFromElsewhereReplacesADamagedRecord() async throws {
        try await twoDesks { _, berlin, london in
            let client = OnlineMinistry.client()
            try damage(london)
            try OnlineMinistry.write("Ayesha Malik", of: Self.uid.value, in: berlin)
            for store in [berlin, london] { #expect(try await client.sync(store).isVerified) }
            #expect(try OnlineMinistry.names(of: Self.uid.value, in: london) == ["Ayesha Malik"])
        }
    }

    @Test func aDifferenceThatNobodysDigestsTellIsFoundByComparingRanges() async throws {
        try await twoDesks { _, berlin, london in
            // A record and its digest are gone, as when a file is put together from two.
            try london.write { try $0.lose(RecordKey(space: .allMissions, uid: Self.uid)) }
            var settings = SyncSettings(environment: [:])
            settings.comparesAll = true
            let report = try await SyncClient(settings: settings).sync(london)
            #expect(report.isVerified)
            #expect(report.mended == 1)
            #expect(
                try OnlineMinistry.fingerprint(of: berlin)
                    == OnlineMinistry.fingerprint(of: london)
            )
        }
    }

    @Test func aRecordThatHeadquartersLostComesBackFromADesk() async throws {
        try await twoDesks { ministry, berlin, _ in
            let key = RecordKey(space: .allMissions, uid: Self.uid)
            try ministry.headquarters.store.write { try $0.damage(key) }
            let found = { try ministry.headquarters.store.read { try $0.damagedRecords().damaged } }
            #expect(try found() == [key])
            // Its digest is still the right one: only who looks at the record itself sees it.
            try OnlineMinistry.write("Ayesha Malik", of: Self.uid.value, in: berlin)
            #expect(try await OnlineMinistry.client().sync(berlin).isVerified)
            #expect(try found().isEmpty)
        }
    }
}
