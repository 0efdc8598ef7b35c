import CausalHistory
import RecordModel
import TestSupport
import Testing

struct ChainTests {
    private let change = RecordChange(
        uid: RecordUID(7),
        writes: [(.life, .alive), (FieldKey(20), .text("Noor"))]
    )

    private func next(
        after previous: Digest128 = Digest128(1),
        counter: UInt64 = 1,
        attribution: Attribution = .by("amina", at: 5),
        changes: [RecordChange]
    ) -> Digest128 {
        Chain.next(
            after: previous,
            counter: counter,
            attribution: attribution,
            changes: changes.map { ($0.uid, $0.digest) }
        )
    }

    @Test func theDigestOfAStateIsThatOfItsWrites() {
        let dot = Dot(ActorID(1), 1)
        var state = RecordState(kind: 1)
        for (key, content) in change.writes {
            state.write(content, to: key, dot: dot, attribution: .by("amina", at: 5))
        }
        let later = Dot(ActorID(1), 2)
        state.write(.text("Lab"), to: FieldKey(30), dot: later, attribution: .by("amina", at: 6))
        #expect(RecordChange.digest(of: dot, in: state, uid: change.uid) == change.digest)
    }

    @Test func everyFactOfATransactionChangesItsDigest() {
        let other = RecordChange(uid: RecordUID(8), writes: change.writes)
        let later = Attribution(
            time: HybridTime(milliseconds: 5),
            author: "amina",
            reason: .undo,
            note: ""
        )
        let digests = [
            next(changes: [change]),
            next(after: Digest128(2), changes: [change]),
            next(counter: 2, changes: [change]),
            next(attribution: .by("amina", at: 6), changes: [change]),
            next(attribution: .by("amin", at: 5), changes: [change]),
            next(attribution: later, changes: [change]),
            next(changes: [other]),
            next(changes: [change, other]),
            next(changes: []),
        ]
        #expect(Set(digests).count == digests.count)
    }

    @Test func everyFactOfAChangeChangesItsDigest() {
        let changes = [
            change,
            RecordChange(uid: RecordUID(8), writes: change.writes),
            RecordChange(uid: change.uid, writes: [(.life, .alive)]),
            RecordChange(
                uid: change.uid,
                writes: [(.life, .alive), (FieldKey(21), .text("Noor"))]
            ),
            RecordChange(
                uid: change.uid,
                writes: [(.life, .alive), (FieldKey(20), .text("Noo"))]
            ),
            RecordChange(uid: change.uid, writes: [(.life, .alive), (FieldKey(20), .cleared)]),
            RecordChange(uid: change.uid, writes: [(.life, .alive), (FieldKey(20), .absent)]),
            RecordChange(
                uid: change.uid,
                writes: [(.life, .alive), (FieldKey(20, item: [1]), .text("Noor"))]
            ),
        ]
        #expect(Set(changes.map(\.digest)).count == changes.count)
        #expect(Set(changes).count == changes.count)
    }

    @Test func chainsOfOneActorInTwoSpacesHaveDifferentOrigins() throws {
        let bern = try #require(SpaceName("ber"))
        let origins = [
            Chain.origin(actor: "a", space: bern), Chain.origin(actor: "b", space: bern),
            Chain.origin(actor: "a", space: .allMissions),
        ]
        #expect(Set(origins).count == 3)
    }

    @Test func aFingerprintDoesNotDependOnTheOrderOfItsRecords() {
        let digests = (0..<20).map { Digest128(hashing: [UInt8($0)]) }
        var (forward, backward) = (Fingerprint(), Fingerprint())
        for digest in digests { forward.add(digest) }
        for digest in digests.reversed() { backward.add(digest) }
        #expect(forward == backward)
        for digest in digests.dropFirst() { backward.remove(digest) }
        #expect(backward.bytes == digests[0].bytes)
        backward.remove(digests[0])
        #expect(backward == Fingerprint())
    }
}
