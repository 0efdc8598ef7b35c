import DeskSync
import HeadquartersServer
import NetworkTestSupport
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Attachments over HTTP: who gets which bytes, and what a cut costs.
struct AttachmentExchangeTests {
    private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }

    private static func hash(_ bytes: [UInt8]) -> AttachmentHash {
        var hasher = AttachmentHasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Lets a contact name an attachment, and keeps its bytes where they are given.
    private static func attach(
        _ hash: AttachmentHash,
        _ bytes: [UInt8]? = nil,
        size: Int,
        to uid: UInt64 = 1,
        in store: ReplicaStore,
        _ space: SpaceName = .allMissions
    ) throws {
        let item = [0x0a, 64] + Array(hash.description.utf8)
        let size = "\(size)"
        let value = [UInt8(4 << 3 | 2), UInt8(size.utf8.count)] + Array(size.utf8)
        try store.write { writer in
            if let bytes {
                if try writer.reader.wholeAttachment(hash) != nil {
                    try writer.noteUnsent(hash)
                } else {
                    var offset = 0
                    while offset < bytes.count {
                        let piece = Array(bytes[offset..<min(bytes.count, offset + 100_000)])
                        _ = try writer.keepPiece(
                            piece,
                            at: UInt64(offset),
                            of: hash,
                            size: UInt64(bytes.count)
                        )
                        offset += piece.count
                    }
                }
            }
            _ = try writer.commit(
                [
                    RecordEdit(
                        uid: RecordUID(uid),
                        kind: 1,
                        steps: [
                            .write(.life, .alive),
                            .write(
                                FieldKey(FieldKey.attachments.number, item: item),
                                .value(value)
                            ),
                        ]
                    )
                ],
                in: space,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
    }

    private static func client(
        under limit: UInt64 = 1 << 30,
        comparesAll: Bool = false,
        attempts: Int = 3
    ) -> SyncClient {
        var settings = SyncSettings(environment: [:])
        settings.retry = RetryPolicy(attempts: attempts, first: .milliseconds(10))
        settings.timeouts = SyncTimeouts(connect: .seconds(2), stall: .seconds(10))
        settings.attachments = .under(limit)
        settings.comparesAll = comparesAll
        return SyncClient(settings: settings)
    }

    private static func holds(_ store: ReplicaStore, _ hash: AttachmentHash) throws -> Bool {
        try store.read { try $0.wholeAttachment(hash) != nil }
    }

    @Test func whatOneDeskAttachesAnotherGetsUpToASizeAndTheRestWhenAsked() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let tashkent = try await ministry.enrolledDesk("TAS")
            let (small, large) = (Self.bytes(5_000), Self.bytes(700_000, seed: 2))
            for bytes in [small, large] {
                try Self.attach(Self.hash(bytes), bytes, size: bytes.count, in: berlin)
            }
            let sent = try await Self.client().sync(berlin)
            #expect(sent.attachments.summary.sent == 2)
            #expect(sent.attachments.summary.sentBytes == 705_000)
            #expect(sent.isVerified)
            let client = Self.client(under: 10_000)
            let got = try await client.sync(tashkent)
            #expect(got.attachments.summary.received == 1)
            #expect(got.attachments.larger == 1)
            #expect(try Self.holds(tashkent, Self.hash(small)))
            #expect(try !Self.holds(tashkent, Self.hash(large)))
            let fetched = try await client.fetch([Self.hash(large)], into: tashkent)
            #expect(fetched.summary.receivedBytes == 700_000)
            #expect(try Self.holds(tashkent, Self.hash(large)))
            // There is nothing left to ask about.
            let idle = try await client.sync(tashkent)
            #expect(idle.roundTrips == 1)
        }
    }

    @Test func aLinkThatIsCutAgainAndAgainGoesOnWhereItStopped() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let tashkent = try await ministry.enrolledDesk("TAS")
            let bytes = Self.bytes(400_000)
            let hash = Self.hash(bytes)
            try Self.attach(hash, bytes, size: bytes.count, in: berlin)
            let proxy = try await ShapingProxy.start(to: ministry.port)
            let url = "http://127.0.0.1:\(proxy.port)"
            // Each connection dies after some pages, up and then down.
            proxy.shape.cutUp = 60_000
            let sent = try await Self.client(attempts: 30).sync(berlin, at: url)
            #expect(sent.attachments.summary.sent == 1)
            #expect(proxy.connections > 5)
            let up = proxy.bytesUp
            // What is in flight at a cut is lost, a page of some 16 KB for each 60.
            #expect(up < 400_000 * 7 / 4, "\(up) bytes for 400,000")
            proxy.shape.cutUp = nil
            proxy.shape.cutDown = 60_000
            let before = proxy.bytesDown
            let got = try await Self.client(attempts: 30).sync(tashkent, at: url)
            #expect(got.attachments.summary.received == 1)
            #expect(try Self.holds(tashkent, hash))
            let down = proxy.bytesDown
            #expect(down - before < 400_000 * 7 / 4, "\(down - before) bytes for 400,000")
            await proxy.stop()
        }
    }

    @Test func aDeskThatGivesUpKeepsWhatCameAndTheRecordsAreVerified() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let tashkent = try await ministry.enrolledDesk("TAS")
            let bytes = Self.bytes(400_000)
            let hash = Self.hash(bytes)
            try Self.attach(hash, bytes, size: bytes.count, in: berlin)
            _ = try await Self.client().sync(berlin)
            let proxy = try await ShapingProxy.start(to: ministry.port)
            proxy.shape.cutDown = 60_000
            let url = "http://127.0.0.1:\(proxy.port)"
            let cut = try await Self.client(attempts: 1).sync(tashkent, at: url)
            #expect(cut.isVerified)
            #expect(cut.attachments.left == 1)
            #expect(cut.failure == cut.attachments.failure)
            #expect(cut.failure?.category == .network)
            let held = try tashkent.read { try $0.partialAttachment(hash)?.held ?? 0 }
            #expect(held > 0)
            proxy.shape.cutDown = nil
            let before = proxy.bytesDown
            let rest = try await Self.client().sync(tashkent, at: url)
            #expect(rest.attachments.summary.receivedBytes == 400_000 - held)
            #expect(proxy.bytesDown - before < 400_000 - Int(held) + 20_000)
            #expect(try Self.holds(tashkent, hash))
            await proxy.stop()
        }
    }

    // MARK: Who may

    /// Asks headquarters about attachments as a desk, outside of what the client would do.
    private func ask(
        _ parts: [AttachmentPart],
        _ store: ReplicaStore,
        _ ministry: OnlineMinistry
    ) async throws -> [AttachmentAnswer] {
        let frame = try Frame.encode(AttachmentRequest(parts: parts).encoded())
        let reply = try await WireReply.request(
            "POST",
            Endpoint.attachments,
            to: ministry.port,
            body: try OnlineMinistry.sealed(frame, of: store, path: Endpoint.attachments)
        )
        #expect(reply.status == 200)
        let response = try SignedResponse(parsing: reply.body)
        return try AttachmentResponse(decoding: Frame.decode(response.frame)).parts
    }

    @Test func theBytesOfASpaceThatIsNotGrantedAreNeitherGivenNorTaken() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let tashkent = try await ministry.enrolledDesk("TAS")
            let own = try #require(SpaceName("ber"))
            let bytes = Self.bytes(1_000)
            let hash = Self.hash(bytes)
            try Self.attach(hash, bytes, size: 1_000, in: berlin, own)
            _ = try await Self.client().sync(berlin)
            _ = try await Self.client().sync(tashkent)
            for act: AttachmentPart.Act in [.ask, .want(from: 0), .push(bytes, at: 0)] {
                let part = AttachmentPart(hash: hash, size: 1_000, act: act)
                let answer = try await ask([part], tashkent, ministry)[0]
                #expect(answer.code == "not_named")
                #expect(answer.bytes.isEmpty)
                #expect(answer.held == 0)
            }
            // Berlin itself, after it has lost them, gets them again.
            try berlin.write { writer in
                try writer.drop(try #require(try writer.reader.wholeAttachment(hash)))
            }
            _ = try await Self.client().sync(berlin)
            #expect(try Self.holds(berlin, hash))
        }
    }

    @Test func whoKnowsAHashAloneIsGivenNothing() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let tashkent = try await ministry.enrolledDesk("TAS")
            let own = try #require(SpaceName("ber"))
            let bytes = Self.bytes(1_000)
            let hash = Self.hash(bytes)
            try Self.attach(hash, bytes, size: 1_000, in: berlin, own)
            _ = try await Self.client().sync(berlin)
            // Tashkent has learnt the hash, and names it in a record of a space that both see.
            try Self.attach(hash, size: 1_000, to: 2, in: tashkent)
            for client in [Self.client(), Self.client(comparesAll: true)] {
                let got = try await client.sync(tashkent)
                #expect(got.attachments.summary.received == 0)
                _ = try await client.sync(berlin)
            }
            _ = try await Self.client().fetch([hash], into: tashkent)
            #expect(try !Self.holds(tashkent, hash))
            // Once Berlin names it there too, it is Tashkent's to read.
            try Self.attach(hash, bytes, size: 1_000, to: 3, in: berlin)
            _ = try await Self.client().sync(berlin)
            _ = try await Self.client().fetch([hash], into: tashkent)
            #expect(try Self.holds(tashkent, hash))
        }
    }

    @Test func whoHasTheBytesTooProvesItByPushingThem() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let tashkent = try await ministry.enrolledDesk("TAS")
            let bytes = Self.bytes(30_000)
            let hash = Self.hash(bytes)
            for (store, name) in [(berlin, "ber"), (tashkent, "tas")] {
                let own = try #require(SpaceName(name))
                try Self.attach(hash, bytes, size: bytes.count, in: store, own)
                let report = try await Self.client().sync(store)
                #expect(report.attachments.summary.sentBytes == 30_000)
            }
            let tally = try ministry.headquarters.store.read { try $0.attachmentTally() }
            #expect(tally.count == 1, "one copy is kept")
        }
    }

    // MARK: What is not taken

    @Test func otherBytesThanTheHashNamesAreNotHeld() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let hash = Self.hash(Self.bytes(1_000))
            try Self.attach(hash, size: 1_000, in: berlin)
            _ = try await Self.client().sync(berlin)
            let other = Self.bytes(1_000, seed: 9)
            let part = AttachmentPart(hash: hash, size: 1_000, act: .push(other, at: 0))
            let answer = try await ask([part], berlin, ministry)[0]
            #expect(answer.code == "wrong_hash")
            let asked = AttachmentPart(hash: hash, size: 1_000, act: .ask)
            #expect(try await ask([asked], berlin, ministry)[0].held == 0)
        }
    }

    @Test func whatIsTooLargeOrTooMuchIsRefusedWithItsCodeAndTheRestGoesOn() async throws {
        var limits = ServiceLimits()
        limits.attachments.attachmentBytes = 50_000
        limits.attachments.deskBytes = 70_000
        try await OnlineMinistry.run(limits) { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            for (size, seed) in [(60_000, UInt64(1)), (40_000, 2), (30_001, 3), (30_000, 4)] {
                let bytes = Self.bytes(size, seed: seed)
                try Self.attach(Self.hash(bytes), bytes, size: size, in: berlin)
            }
            let report = try await Self.client().sync(berlin)
            #expect(report.isVerified)
            #expect(report.attachments.summary.sent == 2)
            #expect(
                report.attachments.summary.refusals.map(\.code).sorted()
                    == ["quota_exceeded", "too_large"]
            )
        }
    }

    // MARK: Damage

    @Test func aHeadquartersThatWasPutBackIsOfferedWhatItLost() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let bytes = Self.bytes(10_000)
            let hash = Self.hash(bytes)
            try Self.attach(hash, bytes, size: bytes.count, in: berlin)
            _ = try await Self.client().sync(berlin)
            try ministry.headquarters.store.write { writer in
                try writer.drop(try #require(try writer.reader.wholeAttachment(hash)))
            }
            // Nobody has told the desk, which asks about nothing that it believes to be there.
            #expect(try await Self.client().sync(berlin).attachments.summary.sent == 0)
            try ministry.headquarters.noteRestored()
            #expect(try await Self.client().sync(berlin).attachments.summary.sent == 1)
            #expect(try Self.holds(ministry.headquarters.store, hash))
        }
    }

    @Test func aCopyThatHeadquartersDiskHasChangedIsNotGivenAndComesAgain() async throws {
        try await OnlineMinistry.run { ministry in
            let berlin = try await ministry.enrolledDesk("BER")
            let tashkent = try await ministry.enrolledDesk("TAS")
            let bytes = Self.bytes(40_000)
            let hash = Self.hash(bytes)
            try Self.attach(hash, bytes, size: bytes.count, in: berlin)
            _ = try await Self.client().sync(berlin)
            try ministry.headquarters.store.write { writer in
                try writer.damage(try #require(try writer.reader.wholeAttachment(hash)))
            }
            let got = try await Self.client().sync(tashkent)
            #expect(got.attachments.summary.missing == [hash])
            // Who compares everything offers everything.
            let mended = try await Self.client(comparesAll: true).sync(berlin)
            #expect(mended.attachments.summary.sent == 1)
            _ = try await Self.client().fetch([hash], into: tashkent)
            #expect(try Self.holds(tashkent, hash))
        }
    }
}
