import CausalHistory
import RecordModel
import SyncProtocol
import Testing
import TestSupport

/// What messages weigh: a thin link carries them.
struct MessageSizeTests {
    /// An ordinary edit of one field of records that another desk made, in one space.
    private func request(edits: UInt64) throws -> [UInt8] {
        var random = SeededGenerator(seed: 3)
        let own = ActorID(UInt128(random.next()) << 64 | UInt128(random.next()))
        let other = ActorID(UInt128(random.next()) << 64 | UInt128(random.next()))
        var page = Page()
        for edit in 0..<edits {
            let dot = Dot(own, 214 + edit)
            let parent = Dot(other, 1_000 + 7 * edit)
            let time = HybridTime(milliseconds: 1_773_480_000_000 + 61_234 * edit)
            let name = Array("Helmholtz City \(edit % 10)".utf8.prefix(15))
            let cell = Cell(
                content: .value(name),
                attribution: Attribution(time: time, author: "H. Raza"),
                parents: [parent]
            )
            let siblings = SiblingSet(dot: dot, version: cell)
            page.records.append(
                RecordDelta(
                    uid: RecordUID(random.next()),
                    kind: 1,
                    fields: [FieldEntry(key: FieldKey(24), siblings: siblings)],
                    context: VersionVector(covering: [dot, parent]),
                    isComplete: false
                )
            )
        }
        let known = VersionVector(covering: [Dot(own, 213), Dot(other, 9_000)])
        let knowledge = known.merged(with: VersionVector(covering: [Dot(own, 213 + edits)]))
        var space = SpaceRequest(
            space: .allMissions,
            knowledge: KnowledgeUpdate(from: known, to: knowledge)
        )
        space.page = page
        space.cursor = 12_345
        let head = Digest128(hashing: [1])
        let digests = (1..<edits).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) }
        space.chains = [
            ChainSegment(actor: own, first: 214, digests: digests + [head.short], head: head)
        ]
        var request = SyncRequest(schema: 1)
        request.token = Array(0..<24)
        request.byteLimit = 1 << 20
        request.spaces = [space]
        return try request.encoded()
    }

    @Test func aSingleEditTravelsInLessThan320Bytes() throws {
        let message = try request(edits: 1)
        let frame = try Frame.encode(message)
        #expect(frame.count + SignedRequest.prefixBytes < 320)
    }

    @Test func tenEditsTravelInLessThan500Bytes() throws {
        let message = try request(edits: 10)
        let frame = try Frame.encode(message)
        #expect(frame.count + SignedRequest.prefixBytes < 500)
    }

    @Test func aThousandAlikeEditsCostLessThanSixteenBytesEach() throws {
        let message = try request(edits: 1_000)
        let frame = try Frame.encode(message)
        #expect(frame.count < 16_000)
    }
}
