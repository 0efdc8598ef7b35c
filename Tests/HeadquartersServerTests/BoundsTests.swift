import DeskSync
import HeadquartersServer
import Logging
import NetworkTestSupport
import RecordModel
import ReplicaSync
import SyncProtocol
import TestSupport
import Testing

struct BoundsTests {
    @Test func aBodyThatIsDeclaredTooLargeIsRefusedBeforeItComes() async throws {
        try await OnlineMinistry.run { ministry in
            let head = WireReply.head("POST", Endpoint.sync, length: 1 << 30, closes: false)
            let outcome = try await RawClient.send([head], to: ministry.port)
            let reply = try WireReply(outcome)
            #expect(reply.status == 413)
            #expect(reply.code == "too_large")
            #expect(outcome.duration < .seconds(8))
        }
    }

    @Test func aBodyOfNoDeclaredLengthIsCountedAsItComes() async throws {
        var limits = ServiceLimits()
        limits.bodyBytes = 10_000
        try await OnlineMinistry.run(limits) { ministry in
            let head =
                "POST \(Endpoint.sync) HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            let chunk = Array("1000\r\n".utf8) + [UInt8](repeating: 1, count: 4096) + [13, 10]
            let outcome = try await RawClient.send(
                [Array(head.utf8)] + Array(repeating: chunk, count: 5),
                to: ministry.port
            )
            #expect(try WireReply(outcome).status == 413)
        }
    }

    @Test func aBodyThatDripsIsCut() async throws {
        var limits = ServiceLimits()
        limits.slowStart = .milliseconds(500)
        try await OnlineMinistry.run(limits) { ministry in
            let head = WireReply.head("POST", Endpoint.sync, length: 1000)
            let drips = Array(repeating: [UInt8(1)], count: 100)
            let outcome = try await RawClient.send(
                [head] + drips,
                to: ministry.port,
                pause: .milliseconds(100)
            )
            let reply = try WireReply(outcome)
            #expect(reply.status == 408)
            #expect(reply.code == "timeout")
            #expect(outcome.duration < .seconds(8))
        }
    }

    @Test(arguments: ["", "POST /v1/sync HTTP/1.1\r\nHost:", "half"])
    func aConnectionThatSaysNothingMoreIsClosed(_ start: String) async throws {
        var limits = ServiceLimits()
        limits.idle = .seconds(1)
        try await OnlineMinistry.run(limits) { ministry in
            let first =
                start == "half"
                ? WireReply.head("POST", Endpoint.sync, length: 1000) + [1, 2, 3]
                : Array(start.utf8)
            let outcome = try await RawClient.send(
                first.isEmpty ? [] : [first],
                to: ministry.port,
                patience: .seconds(20)
            )
            #expect(outcome.duration < .seconds(10))
        }
    }

    @Test func aBodyThatIsCutShortIsNotServed() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            let body = try OnlineMinistry.sealed(of: store)
            let head = WireReply.head("POST", Endpoint.sync, length: body.count)
            for count in [0, 50, body.count - 1] {
                _ = try await RawClient.send(
                    [head + body.prefix(count)],
                    to: ministry.port,
                    patience: .milliseconds(200)
                )
            }
            // The request was never taken, so that its nonce is still good.
            let reply = try await WireReply.request(
                "POST",
                Endpoint.sync,
                to: ministry.port,
                body: body
            )
            #expect(reply.status == 200)
        }
    }

    @Test func aBusyHeadquartersSaysWhenToComeBackAndDesksDo() async throws {
        var limits = ServiceLimits()
        limits.parallelWork = 1
        limits.waitingWork = 0
        try await OnlineMinistry.run(limits) { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let london = try await ministry.enrolledDesk("LON")
            try OnlineMinistry.write("Ayesha Malik", of: 1, in: berlin)
            let bodies = try [berlin, london].map { try OnlineMinistry.sealed(of: $0) }
            let release = ministry.occupyStore()
            let port = ministry.port
            // Of two requests one is worked on, and cannot end while the store is occupied: the
            // first reply is the one that was sent away.
            let first = try await withThrowingTaskGroup(of: WireReply.self) { group in
                for body in bodies {
                    group.addTask {
                        try await WireReply.request("POST", Endpoint.sync, to: port, body: body)
                    }
                }
                let first = try await group.next()
                release()
                try await group.waitForAll()
                return try #require(first)
            }
            #expect(first.status == 503)
            #expect(first.code == "overloaded")
            #expect(first.headers.contains("Retry-After: 5"))
            #expect(try await OnlineMinistry.client().sync(berlin).isVerified)
            #expect(try await OnlineMinistry.client().sync(london).isVerified)
        }
    }

    @Test func aRequestUnderWayIsAnsweredBeforeTheServiceEnds() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            try OnlineMinistry.write("Ayesha Malik", of: 1, in: store)
            _ = try await OnlineMinistry.client().sync(store)
            try OnlineMinistry.write("Ayesha Malik-Khan", of: 1, in: store)
            ministry.occupyStore(for: 3)
            async let report = OnlineMinistry.client().sync(store)
            // Long enough for the request to arrive on a busy machine, and well within the hold.
            try await Task.sleep(for: .seconds(1))
            await ministry.stop()
            #expect(try await report.isVerified)
            await #expect(throws: (any Error).self) {
                try await OnlineMinistry.client().sync(store)
            }
        }
    }

    @Test func withoutTLSTheServiceHasToBeAllowedToSpeakPlainly() throws {
        let directory = TemporaryDirectory()
        let headquarters = try HeadquartersReplica.create(
            at: directory.path("hq"),
            environment: OnlineMinistry.shifted(seed: 1)
        )
        #expect(throws: ServiceError.plainHTTPNotAllowed) {
            try HeadquartersService(
                replica: headquarters,
                configuration: HeadquartersConfiguration(),
                logger: Logger(label: "attache.test")
            )
        }
    }

    @Test func anAddressThatIsTakenIsNamed() async throws {
        try await OnlineMinistry.run { ministry in
            let service = try HeadquartersService(
                replica: ministry.headquarters,
                configuration: HeadquartersConfiguration(
                    port: ministry.port,
                    allowsPlainHTTP: true
                ),
                logger: Logger(label: "attache.test") { _ in SwiftLogNoOpLogHandler() }
            )
            let error = await #expect(throws: ServiceError.self) { try await service.run() }
            guard case .cannotListen(_, let port, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(port == ministry.port)
        }
    }
}
