import CausalHistory
import HeadquartersServer
import NetworkTestSupport
import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol
import TestSupport
import Testing

/// Clients that mean harm, or are broken: what each may hold is bounded, and the others are served.
///
/// Each bound is shown by what headquarters has room for: who is served could not be if another
/// still held what it took.
struct HostileClientTests {
    private func isHealthy(_ port: Int) async throws -> Bool {
        // A machine that has other work to do may take long over a large answer.
        let reply = try await WireReply.request(
            "GET",
            "/healthz",
            to: port,
            patience: .seconds(120)
        )
        return reply.status == 200
    }

    /// Asks again until the answer is as wanted, or it never will be.
    private func eventually(_ isSo: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<200 {
            if try await isSo() { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    @Test func connectionsThatSayNothingMakeRoomForOthers() async throws {
        var limits = ServiceLimits()
        limits.connections = 3
        limits.idle = .seconds(1)
        try await OnlineMinistry.run(limits) { ministry in
            try await RawClient.holding(3, sending: [], to: ministry.port) {
                let isAsWanted = try await isHealthy(ministry.port)
                #expect(isAsWanted)
            }
        }
    }

    /// Writes 7 MiB that do not compress, more than sockets take of an answer that nobody reads: a
    /// block that repeats beyond the reach of deflate.
    private func writeLargeRecord(in store: ReplicaStore) throws {
        var random = SeededGenerator(seed: 3)
        let block = (0..<(64 << 10)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let value = Array(repeatElement(block, count: 56).joined())
        let steps = (9_000..<9_002).map { RecordEdit.Step.write(FieldKey($0), .value(value)) }
        let edit = RecordEdit(uid: RecordUID(1), kind: 1, steps: [.write(.life, .alive)] + steps)
        _ = try store.write { writer in
            let attribution = Attribution(time: writer.nextTime(), author: "H. Raza")
            try writer.commit([edit], in: .allMissions, attribution: attribution)
        }
    }

    @Test func aClientThatStopsReadingIsCutOff() async throws {
        var limits = ServiceLimits()
        limits.connections = 1
        limits.exchange = .seconds(2)
        limits.pageBytes = 16 << 20
        try await OnlineMinistry.run(limits) { ministry in
            let store = try await ministry.enrolledDesk("BER")
            try writeLargeRecord(in: ministry.headquarters.store)
            var request = SyncRequest(schema: 1)
            let nothing = KnowledgeUpdate(from: nil, to: VersionVector())
            request.spaces = [SpaceRequest(space: .allMissions, knowledge: nothing)]
            let frame = try Frame.encode(request.encoded())
            let body = try OnlineMinistry.sealed(frame, of: store)
            let head = WireReply.head("POST", Endpoint.sync, length: body.count, closes: false)
            try await RawClient.holding(sending: head + body, to: ministry.port) {
                let isAsWanted = try await isHealthy(ministry.port)
                #expect(isAsWanted)
            }
        }
    }

    @Test func bodiesThatAreBeingReadHoldNoMoreTogetherThanThereIsRoomFor() async throws {
        var limits = ServiceLimits()
        limits.readingBytes = 10_000
        limits.failuresPerMinute = 10_000
        try await OnlineMinistry.run(limits) { ministry in
            let port = ministry.port
            func isHeard() async throws -> Bool {
                try await !isOverloaded()
            }
            func isOverloaded() async throws -> Bool {
                let body = [UInt8](repeating: 1, count: 4_000)
                let reply = try await WireReply.request(
                    "POST",
                    Endpoint.sync,
                    to: port,
                    body: body
                )
                guard reply.code == "overloaded" else { return false }
                return reply.status == 503 && reply.headers.contains("Retry-After: 5")
            }
            let isHeardAtFirst = try await isHeard()
            #expect(isHeardAtFirst)
            let head = WireReply.head("POST", Endpoint.sync, length: 9_000)
            let most = [UInt8](repeating: 1, count: 8_000)
            try await RawClient.holding(sending: head + most, to: port) {
                let isAsWanted = try await eventually(isOverloaded)
                #expect(isAsWanted)
            }
            let isAsWanted = try await eventually(isHeard)
            #expect(isAsWanted)
        }
    }

    @Test(arguments: [(1_001, 1), (90, 1_000)])
    func aFloodOfHeadersIsRefused(_ count: Int, _ length: Int) async throws {
        try await OnlineMinistry.run { ministry in
            let value = String(repeating: "x", count: length)
            let fields = String(repeating: "X: \(value)\r\n", count: count)
            let head = "GET /healthz HTTP/1.1\r\nHost: h\r\n\(fields)\r\n"
            let outcome = try await RawClient.send([Array(head.utf8)], to: ministry.port)
            #expect(try WireReply(outcome).status == 400)
            let isAsWanted = try await isHealthy(ministry.port)
            #expect(isAsWanted)
        }
    }
}
