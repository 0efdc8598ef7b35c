import CausalHistory
import RecordModel
import SyncProtocol
import TestSupport

/// Messages with everything that the model allows, from seeds.
struct RandomMessages {
    private var random: SeededGenerator
    private let actors: [ActorID]

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        actors = (0..<(1 + random.below(6))).map { _ in
            ActorID(UInt128(random.next()) << 64 | UInt128(random.next()))
        }
        self.random = random
    }

    mutating func syncRequest() -> SyncRequest {
        var request = SyncRequest(schema: UInt32(random.below(9)))
        request.token = bytes(24)
        request.byteLimit = UInt32(random.below(1 << 20))
        request.versions = random.chance(80) ? [1] : [1, 2, 7]
        for name in names() {
            var space = SpaceRequest(space: name, knowledge: knowledge())
            space.page = page()
            space.isLast = random.chance(50)
            space.cursor = random.next() >> UInt64(random.below(64))
            space.chains = chains()
            space.actors = introductions()
            space.needed = list(3) { RecordUID($0.random.next()) }
            space.forgotten = vector()
            space.inspected = list(3) {
                RecordRange(first: RecordUID(UInt64($0.random.below(256)) << 56), bits: 8)
            }
            space.forgottenHash = random.chance(50) ? 0 : random.next()
            space.lateness = [.none, .desk, .headquarters][random.below(3)]
            space.present = list(3) { RecordUID($0.random.next()) }
            request.spaces.append(space)
        }
        return request
    }

    mutating func syncResponse() -> SyncResponse {
        var response = SyncResponse(
            token: bytes(24),
            time: time(),
            spaces: [],
            openConflicts: UInt32(random.below(300))
        )
        for name in names() {
            let verdicts: [SpaceVerdict] = [
                .merged, .tokenUnknown, .notGranted, .forged, .forked, .late, .behind,
            ]
            var space = SpaceResponse(
                space: name,
                verdict: random.pick(verdicts) ?? .merged,
                knowledge: knowledge()
            )
            space.page = page()
            space.isLast = random.chance(50)
            space.cursor = random.next() >> UInt64(random.below(64))
            space.fingerprint = Fingerprint(
                sum: random.chance(20) ? 0 : UInt128(random.next()) << 9
            )
            space.chains = chains()
            space.actors = introductions()
            space.needed = list(3) { RecordUID($0.random.next()) }
            space.present = list(3) { RecordUID($0.random.next()) }
            space.forgotten = vector()
            space.inspections = list(3) { generator in
                generator.random.chance(50)
                    ? .records([(RecordUID(3), generator.random.next())])
                    : .parts(
                        (0..<RecordRange.fanOut).map {
                            RangeTally(
                                count: $0,
                                sum: Fingerprint(sum: UInt128(generator.random.next()))
                            )
                        }
                    )
            }
            space.refusals = list(3) { generator in
                Refusal(
                    uid: RecordUID(generator.random.next()),
                    key: generator.key(),
                    dot: generator.dot(),
                    code: "bad_value",
                    message: "No such country: “ZZ”."
                )
            }
            response.spaces.append(space)
        }
        return response
    }

    /// Records with forks, erasures, absent items, deletions, unknown kinds and fields, contexts
    /// that were stripped and contexts that know more than the cells.
    mutating func page() -> Page {
        Page(records: list(6) { $0.record() })
    }

    private mutating func record() -> RecordDelta {
        var record = RecordDelta(
            uid: RecordUID(random.next()),
            kind: random.chance(90) ? 1 : UInt32.max,
            fields: [],
            context: VersionVector(),
            isComplete: random.chance(50)
        )
        if random.chance(10) {
            record.erasure = Erasure(dot: dot(), attribution: attribution())
            return record
        }
        for key in Set(list(9) { $0.key() }).sorted() {
            let siblings = (0..<(1 + random.below(3))).map { _ in sibling() }
            // A fork: two variants under one dot.
            let forks = random.chance(20) ? [Sibling(dot: siblings[0].dot, version: cell())] : []
            record.fields.append(
                FieldEntry(key: key, siblings: SiblingSet(siblings + forks))
            )
        }
        record.context = vector()
        if random.chance(80) {
            for entry in record.fields {
                for dot in entry.siblings.dots { record.context.include(dot) }
            }
        }
        if random.chance(30) {
            record.bases = Set(list(3) { $0.key() }).sorted().map { key in
                BaseCell(key: key, sibling: sibling())
            }
        }
        return record
    }

    private mutating func sibling() -> Sibling {
        Sibling(dot: dot(), version: cell())
    }

    private mutating func cell() -> Cell {
        let parents = Set(list(4) { $0.dot() }).sorted()
        return Cell(content: content(), attribution: attribution(), parents: parents)
    }

    private mutating func content() -> Content {
        switch random.below(10) {
        case 0: .absent
        case 1: .cleared
        case 2:
            .deleted(
                Set(
                    list(4) { generator in
                        let hash = UInt32(truncatingIfNeeded: generator.random.next())
                        return Witness(dot: generator.dot(), hash: hash)
                    }
                ).sorted()
            )
        default: .value(bytes(20))
        }
    }

    private mutating func attribution() -> Attribution {
        let authors = ["H. Raza", "F. Khan", "س. اقبال", "", "é", "e\u{301}"]
        return Attribution(
            time: time(),
            author: random.pick(authors) ?? "",
            reason: random.pick(ChangeReason.allCases) ?? .edit,
            note: random.chance(80) ? "" : "run \(random.below(5))"
        )
    }

    private mutating func key() -> FieldKey {
        let number = random.chance(90) ? UInt32(1 + random.below(8)) : UInt32.max
        return FieldKey(number, item: random.chance(50) ? [] : bytes(9))
    }

    private mutating func time() -> HybridTime {
        HybridTime(milliseconds: random.next() >> UInt64(2 + random.below(62)))
    }

    private mutating func counter() -> UInt64 {
        max(1, random.next() >> UInt64(2 + random.below(62)))
    }

    private mutating func dot() -> Dot {
        Dot(actors[random.below(actors.count)], counter())
    }

    private mutating func vector() -> VersionVector {
        VersionVector(covering: list(4) { $0.dot() })
    }

    private mutating func knowledge() -> KnowledgeUpdate {
        KnowledgeUpdate(from: random.chance(50) ? nil : vector(), to: vector())
    }

    private mutating func chains() -> [ChainSegment] {
        list(3) { generator in
            let head = Digest128(UInt128(generator.random.next()) << 60)
            var digests = (0..<(1 + generator.random.below(5))).map { _ in
                UInt32(truncatingIfNeeded: generator.random.next())
            }
            let isWhole = generator.random.chance(60)
            if isWhole { digests[digests.count - 1] = head.short }
            return ChainSegment(
                actor: generator.dot().actor,
                first: generator.counter() >> 1 | 1,
                digests: digests,
                head: isWhole ? head : nil
            )
        }
    }

    private mutating func introductions() -> [ActorIntroduction] {
        let known = actors.prefix(random.below(actors.count + 1))
        return known.reversed().map { actor in
            ActorIntroduction(
                actor: actor,
                replica: ReplicaID(UInt128(random.next())),
                desk: "BER",
                publicKey: (0..<32).map { _ in UInt8(random.below(256)) },
                signature: (0..<64).map { _ in UInt8(random.below(256)) }
            )
        }
    }

    private mutating func names() -> [SpaceName] {
        ["ber", "all-missions", "hq-2"].prefix(random.below(4)).compactMap { SpaceName($0) }
    }

    private mutating func bytes(_ limit: Int) -> [UInt8] {
        (0..<random.below(limit)).map { _ in UInt8(random.below(256)) }
    }

    private mutating func list<Element>(
        _ limit: Int,
        _ make: (inout RandomMessages) -> Element
    ) -> [Element] {
        (0..<random.below(limit + 1)).map { _ in make(&self) }
    }
}
