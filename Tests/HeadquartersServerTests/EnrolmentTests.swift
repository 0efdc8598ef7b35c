import DeskSync
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol
import Testing

struct EnrolmentTests {
    @Test func aTokenMakesADeskKnown() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try ministry.makeDesk("BER")
            let token = try ministry.headquarters.issueToken(desk: "BER")
            let client = OnlineMinistry.client()
            let response = try await client.enrol(store, at: ministry.url, token: token.text)
            #expect(response.mission.text == "ber")
            #expect(response.spaces.map(\.text) == ["all-missions", "ber"])
            #expect(try await client.sync(store).isVerified)
        }
    }

    @Test func aTokenServesOneReplica() async throws {
        try await OnlineMinistry.run { ministry in
            let token = try ministry.headquarters.issueToken(desk: "BER").text
            let client = OnlineMinistry.client()
            let first = try ministry.makeDesk("BER")
            _ = try await client.enrol(first, at: ministry.url, token: token)
            let second = try ministry.makeDesk("BER")
            await #expect(throws: SyncFailure.self) {
                try await client.enrol(second, at: ministry.url, token: token)
            }
            await #expect(throws: SyncFailure.notEnrolled) { try await client.sync(second) }
            #expect(try await client.sync(first).isVerified)
        }
    }

    @Test func whoseAnswerToAnEnrolmentWasLostMayAskAgain() async throws {
        try await OnlineMinistry.run { ministry in
            let token = try ministry.headquarters.issueToken(desk: "BER").text
            let store = try ministry.makeDesk("BER")
            let client = OnlineMinistry.client()
            for _ in 1...2 {
                _ = try await client.enrol(store, at: ministry.url, token: token)
            }
            #expect(try await client.sync(store).isVerified)
        }
    }

    @Test func aTokenOfAnotherHeadquartersIsRefused() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try ministry.makeDesk("BER")
            let foreign = try #require(
                EnrolmentToken(
                    secret: [UInt8](repeating: 7, count: 16),
                    publicKey: [UInt8](repeating: 9, count: 32)
                )
            )
            let error = await #expect(throws: SyncFailure.self) {
                try await OnlineMinistry.client()
                    .enrol(store, at: ministry.url, token: foreign.text)
            }
            #expect(error?.code == "bad_token")
        }
    }

    @Test func aHeadquartersWithAnotherKeyThanTheTokenPromisesIsNotTrusted() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try ministry.makeDesk("BER")
            let token = try ministry.headquarters.issueToken(desk: "BER")
            let twisted = try #require(
                EnrolmentToken(
                    secret: token.secret,
                    publicKey: [UInt8](repeating: 9, count: 32)
                )
            )
            await #expect(throws: SyncFailure.headquartersKeyChanged) {
                try await OnlineMinistry.client()
                    .enrol(store, at: ministry.url, token: twisted.text)
            }
            #expect(try store.read { try $0.peers() }.isEmpty)
        }
    }

    @Test(arguments: ["", "att1-", "att1-0000", "hello", "att1-\u{1b}[31m"])
    func aTextThatIsNoTokenIsRefusedWithoutANetwork(_ text: String) async throws {
        try await OnlineMinistry.run { ministry in
            let store = try ministry.makeDesk("BER")
            let error = await #expect(throws: SyncFailure.self) {
                try await OnlineMinistry.client().enrol(store, at: ministry.url, token: text)
            }
            #expect(error?.code == "bad_token")
        }
    }

    @Test func aReplicaWithoutItsKeySaysSoAndEnrolsAnew() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            let keyPath = ReplicaIdentity.keyPath(ofStoreAt: store.path)
            try FileManager.default.removeItem(atPath: keyPath)
            let client = OnlineMinistry.client()
            await #expect(throws: SyncFailure.keyMissing(path: keyPath)) {
                try await client.sync(store)
            }
            try OnlineMinistry.write("Ayesha Malik", of: 1, in: store)
            let token = try ministry.headquarters.issueToken(desk: "BER", replaces: true)
            _ = try await client.enrol(store, at: ministry.url, token: token.text)
            _ = try await client.sync(store)
            #expect(
                try OnlineMinistry.names(of: 1, in: ministry.headquarters.store)
                    == ["Ayesha Malik"]
            )
        }
    }
}
