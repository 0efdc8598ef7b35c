import DeskSync
import HeadquartersServer
import NetworkTestSupport
import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol
import Testing

struct AuthenticationTests {
    private func post(
        _ body: [UInt8],
        to ministry: OnlineMinistry,
        _ path: String = Endpoint.sync
    ) async throws -> WireReply {
        try await .request("POST", path, to: ministry.port, body: body)
    }

    @Test func aSignedRequestIsServedOnce() async throws {
        try await OnlineMinistry.run { ministry in
            let body = try OnlineMinistry.sealed(of: try await ministry.enrolledDesk("BER"))
            #expect(try await post(body, to: ministry).status == 200)
            let replayed = try await post(body, to: ministry)
            #expect(replayed.status == 401)
            #expect(replayed.code == "replayed")
        }
    }

    @Test func anAnswerUsesTheDictionaryOnlyWhereTheRequestDid() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            let message = try SyncRequest(schema: 1).encoded()
            for dictionary in [nil, PresetDictionary.latest] {
                // A frame need not be short to name a dictionary: an empty block, then the message.
                let frame =
                    dictionary == nil
                    ? [0] + message
                    : [2, 1, 1, UInt8(message.count), 0, ~UInt8(message.count), 0xff] + message
                let reply = try await post(
                    try OnlineMinistry.sealed(frame, of: store),
                    to: ministry
                )
                #expect(reply.status == 200)
                let answer = try SignedResponse(parsing: reply.body).frame
                #expect(Frame.dictionary(of: answer) == dictionary)
            }
        }
    }

    @Test func anUnknownReplicaIsRefused() async throws {
        try await OnlineMinistry.run { ministry in
            let body = try OnlineMinistry.sealed(of: try ministry.makeDesk("BER"))
            #expect(try await post(body, to: ministry).code == "unknown_replica")
        }
    }

    @Test(arguments: [1, 17, 24, 25, 33, 96, 97, 110])
    func anAlteredByteIsRefused(_ offset: Int) async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            var body = try OnlineMinistry.sealed(of: store)
            body[min(offset, body.count - 1)] ^= 1
            let reply = try await post(body, to: ministry)
            #expect(reply.status == 401)
            #expect(reply.code == (offset < 17 ? "unknown_replica" : "bad_signature"))
        }
    }

    @Test func aRequestSignedForAnotherAddressIsRefused() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            let body = try OnlineMinistry.sealed(of: store, path: Endpoint.enrol)
            #expect(try await post(body, to: ministry).code == "bad_signature")
        }
    }

    @Test(arguments: [-360_000, 360_000])
    func aStaleRequestIsRefusedWithHeadquartersTime(_ milliseconds: Int64) async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            let reply = try await post(
                try OnlineMinistry.sealed(of: store, after: milliseconds),
                to: ministry
            )
            #expect(reply.status == 401)
            let problem = try #require(Problem(parsing: reply.body))
            #expect(problem.knownCode == .staleRequest)
            let now = store.environment.now().milliseconds
            #expect(abs(Int64(try #require(problem.time).milliseconds) - Int64(now)) < 30_000)
        }
    }

    @Test func aRetiredReplicaIsRefusedAndItsDeskToldSo() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            try ministry.headquarters.store.write { writer in
                for peer in try writer.reader.peers() { try writer.retire(peer: peer.row) }
            }
            try OnlineMinistry.write("Ayesha Malik", of: 1, in: store)
            await #expect(throws: SyncFailure.retired) {
                try await OnlineMinistry.client().sync(store)
            }
            #expect(try OnlineMinistry.names(of: 1, in: store) == ["Ayesha Malik"])
            #expect(try OnlineMinistry.names(of: 1, in: ministry.headquarters.store).isEmpty)
        }
    }

    @Test func aSignedBodyThatIsNoMessageIsRefused() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            let zeros = try #require(try? Frame.encode([UInt8](repeating: 0, count: 60_000)))
            let frames: [(frame: [UInt8], status: Int, code: String)] = [
                ([], 400, "truncated"),
                ([0], 400, "truncated"),
                ([9, 1, 2, 3], 400, "malformed"),
                ([0] + [UInt8](repeating: 0xff, count: 100), 400, "malformed"),
                ([1, 0x78, 0x9c, 0x01], 400, "truncated"),
                (zeros, 400, "malformed"),
                ([2, 0, 0, 0, 7, 1], 400, "unknown_dictionary"),
            ]
            for case (let frame, let status, let code) in frames {
                let reply = try await post(
                    try OnlineMinistry.sealed(frame, of: store),
                    to: ministry
                )
                #expect(reply.status == status, "\(frame.prefix(4))")
                #expect(reply.code == code, "\(frame.prefix(4))")
            }
            #expect(try await OnlineMinistry.client().sync(store).isVerified)
        }
    }

    @Test func aRequestOfALaterProtocolIsToldThatHeadquartersIsOld() async throws {
        try await OnlineMinistry.run { ministry in
            let store = try await ministry.enrolledDesk("BER")
            var request = SyncRequest(schema: 1)
            request.versions = [98, 99]
            let frame = try Frame.encode(try request.encoded())
            let reply = try await post(try OnlineMinistry.sealed(frame, of: store), to: ministry)
            #expect(reply.code == "unsupported_version")
        }
    }

    @Test func whoFailsTooOftenIsNotHeardForAWhile() async throws {
        var limits = ServiceLimits()
        limits.failuresPerMinute = 3
        try await OnlineMinistry.run(limits) { ministry in
            let store = try await ministry.enrolledDesk("BER")
            for _ in 1...3 {
                let reply = try await post([UInt8](repeating: 1, count: 120), to: ministry)
                #expect(reply.code == "unknown_replica")
            }
            let reply = try await post(try OnlineMinistry.sealed(of: store), to: ministry)
            #expect(reply.status == 429)
            #expect(reply.headers.contains("Retry-After: "))
        }
    }
}
