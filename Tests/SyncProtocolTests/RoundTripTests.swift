import CausalHistory
import RecordModel
import SyncProtocol
import Testing
import TestSupport

/// Laws of the codec: what was encoded comes back, and equal messages have equal bytes.
struct RoundTripTests {
    @Test func decodingARequestGivesWhatWasEncoded() throws {
        for seed in Seeds.first(300) {
            var messages = RandomMessages(seed: seed)
            let request = messages.syncRequest()
            let bytes = try request.encoded()
            let decoded = try SyncRequest(decoding: bytes)
            #expect(decoded == request, "SEED=\(seed)")
            #expect(try decoded.encoded() == bytes, "SEED=\(seed)")
        }
    }

    @Test func decodingAnAnswerGivesWhatWasEncoded() throws {
        for seed in Seeds.first(300) {
            var messages = RandomMessages(seed: seed)
            let response = messages.syncResponse()
            let bytes = try response.encoded()
            let decoded = try SyncResponse(decoding: bytes)
            #expect(decoded == response, "SEED=\(seed)")
            #expect(try decoded.encoded() == bytes, "SEED=\(seed)")
        }
    }

    @Test func decodingAnEnrolmentGivesWhatWasEncoded() throws {
        let request = EnrolRequest(
            secret: Array(1...16),
            desk: "BER",
            replica: ReplicaID(7),
            publicKey: Array(0..<32)
        )
        #expect(try EnrolRequest(decoding: request.encoded()) == request)
        let space = try #require(SpaceName("ber"))
        let response = EnrolResponse(
            publicKey: Array(0..<32),
            mission: space,
            spaces: [space, .allMissions]
        )
        #expect(try EnrolResponse(decoding: response.encoded()) == response)
    }

    @Test func decodingWhatIsSaidOfAttachmentsGivesWhatWasEncoded() throws {
        for seed in Seeds.first(100) {
            var random = SeededGenerator(seed: seed)
            func hash() throws -> AttachmentHash {
                try #require(
                    AttachmentHash(bytes: (0..<32).map { _ in UInt8(random.below(256)) })
                )
            }
            func bytes(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in UInt8(random.below(256)) }
            }
            var parts: [AttachmentPart] = []
            var answers: [AttachmentAnswer] = []
            for _ in 0..<random.below(5) {
                let size = 1 + random.below(100)
                let offset = random.below(size)
                let acts: [AttachmentPart.Act] = [
                    .ask, .want(from: UInt64(offset)),
                    .push(bytes(size - offset), at: UInt64(offset)),
                ]
                parts.append(
                    AttachmentPart(hash: try hash(), size: UInt64(size), act: acts[random.below(3)])
                )
                var answer = AttachmentAnswer(hash: try hash())
                answer.size = UInt64(size)
                answer.held = UInt64(offset)
                answer.bytes = bytes(size - offset)
                answer.code = ["", "not_named"][random.below(2)]
                answers.append(answer)
            }
            let request = AttachmentRequest(parts: parts, byteLimit: UInt32(random.below(1 << 20)))
            #expect(try AttachmentRequest(decoding: request.encoded()) == request, "SEED=\(seed)")
            let response = AttachmentResponse(parts: answers)
            #expect(
                try AttachmentResponse(decoding: response.encoded()) == response,
                "SEED=\(seed)"
            )
        }
    }

    @Test func textsThatDifferOnlyInTheirNormalFormKeepTheirBytes() throws {
        // The two names are equal strings, and a chain hashes their bytes.
        let names = ["e\u{301}", "é"]
        var page = Page()
        for (index, name) in names.enumerated() {
            let cell = Cell(content: .alive, attribution: .by(name), parents: [])
            let siblings = SiblingSet(dot: Dot("a", UInt64(index + 1)), version: cell)
            page.records.append(
                RecordDelta(
                    uid: RecordUID(UInt64(index)),
                    kind: 1,
                    fields: [FieldEntry(key: .life, siblings: siblings)],
                    context: "a9",
                    isComplete: true
                )
            )
        }
        let decoded = try roundTrip(page)
        let authors = decoded.records.flatMap(\.fields).flatMap(\.siblings.siblings)
            .map { Array($0.version.attribution.author.utf8) }
        #expect(authors == names.map { Array($0.utf8) })
    }

    @Test func basesComeOutInOrder() throws {
        let cell = Cell(content: .alive, attribution: .by("H. Raza"), parents: [])
        let bases = [FieldKey(9), FieldKey(3, item: [2]), FieldKey(3, item: [1])].map { key in
            BaseCell(key: key, sibling: Sibling(dot: "a1", version: cell))
        }
        let record = RecordDelta(
            uid: RecordUID(1),
            kind: 1,
            fields: [],
            context: "a1",
            isComplete: false,
            bases: bases
        )
        let decoded = try roundTrip(Page(records: [record]))
        #expect(decoded.records[0].bases == bases.reversed())
    }

    private func roundTrip(_ page: Page) throws -> Page {
        var space = SpaceRequest(
            space: .allMissions,
            knowledge: KnowledgeUpdate(from: nil, to: "a9")
        )
        space.page = page
        var request = SyncRequest(schema: 1)
        request.spaces = [space]
        return try SyncRequest(decoding: request.encoded()).spaces[0].page
    }
}
