import DeskSync
import NetworkTestSupport
import RecordModel
import RecordStorage
import SyncEngine
import Testing

struct SyncOverHTTPTests {
    @Test func twoDesksExchangeARecordAndEndVerified() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let london = try await ministry.enrolledDesk("LON")
            try OnlineMinistry.write("Ayesha Malik", of: 1, in: berlin)
            let client = OnlineMinistry.client()
            let sent = try await client.sync(berlin)
            #expect(sent.isVerified)
            #expect(sent.summary.sentRecords == 1)
            let received = try await client.sync(london)
            #expect(received.isVerified)
            #expect(received.summary.receivedRecords == 1)
            #expect(try OnlineMinistry.names(of: 1, in: london) == ["Ayesha Malik"])
            #expect(
                try OnlineMinistry.fingerprint(of: berlin)
                    == OnlineMinistry.fingerprint(of: london)
            )
        }
    }

    @Test func concurrentEditsMeetAsAConflictAtBothDesks() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let london = try await ministry.enrolledDesk("LON")
            let client = OnlineMinistry.client()
            try OnlineMinistry.write("A. Malik", of: 1, in: berlin)
            for store in [berlin, london] { _ = try await client.sync(store) }
            try OnlineMinistry.write("Ayesha Malik", of: 1, in: berlin)
            try OnlineMinistry.write("Aisha Malik", of: 1, in: london)
            _ = try await client.sync(berlin)
            #expect(try await client.sync(london).summary.newConflicts == 1)
            #expect(try await client.sync(berlin).isVerified)
            for store in [berlin, london] {
                #expect(
                    try OnlineMinistry.names(of: 1, in: store) == ["Ayesha Malik", "Aisha Malik"]
                )
            }
        }
    }

    @Test func aSmallTwoWaySyncIsOneRoundTripOfLessThanTwoKilobytes() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let london = try await ministry.enrolledDesk("LON")
            let client = OnlineMinistry.client()
            for uid in 1...10 {
                try OnlineMinistry.write("Name \(uid)", of: UInt64(uid), in: berlin)
            }
            for store in [berlin, london, berlin] { _ = try await client.sync(store) }
            for uid in 1...10 {
                try OnlineMinistry.write("New \(uid)", of: UInt64(uid), in: berlin)
            }
            let report = try await client.sync(berlin)
            #expect(report.roundTrips == 1)
            #expect(report.isVerified)
            #expect(report.summary.sentChanges == 10)
            #expect(report.bytesSent + report.bytesReceived < 2_000)
            let idle = try await client.sync(berlin)
            #expect(idle.roundTrips == 1)
            #expect(idle.bytesSent + idle.bytesReceived < 700)
        }
    }

    @Test func bytesAreThoseThatACountingProxySaw() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let proxy = try await ShapingProxy.start(to: ministry.port)
            try OnlineMinistry.write(contacts: 300, in: berlin)
            let report = try await OnlineMinistry.client()
                .sync(berlin, at: "http://127.0.0.1:\(proxy.port)")
            #expect(report.isVerified)
            #expect(report.bytesSent == proxy.bytesUp)
            #expect(report.bytesReceived == proxy.bytesDown)
            #expect(report.bytesSent > 20_000)
            #expect(report.roundTrips > 1)
            #expect(proxy.connections == 1)
            await proxy.stop()
        }
    }

    @Test func aLargeSyncGoesInPagesAndAWholeDeskComesBack() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let london = try await ministry.enrolledDesk("LON")
            try OnlineMinistry.write(contacts: 4_000, in: berlin)
            let client = OnlineMinistry.client()
            let sent = try await client.sync(berlin)
            #expect(sent.isVerified)
            #expect(sent.roundTrips > 2)
            let received = try await client.sync(london)
            #expect(received.isVerified)
            #expect(received.summary.receivedRecords == 4_000)
            #expect(
                try OnlineMinistry.fingerprint(of: berlin)
                    == OnlineMinistry.fingerprint(of: london)
            )
        }
    }

    @Test func aDeskWithAWrongClockIsServedAndToldSo() async throws {
        try await OnlineMinistry.run { ministry in
            let hour: Int64 = 3_600_000
            let berlin = try await ministry.enrolledDesk("BER", clockAhead: hour)
            let report = try await OnlineMinistry.client().sync(berlin)
            #expect(report.isVerified)
            let skew = try #require(report.clockSkew)
            #expect(abs(skew + hour) < 30_000)
        }
    }
}
