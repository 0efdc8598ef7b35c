import CausalHistory
import Foundation
import RecordModel
import SwiftProtobuf
import Testing
import TestSupport

@testable import SyncProtocol

/// Bytes that nobody vouches for: they never trap, and what is not a message is refused.
struct HostileMessageTests {
    /// The smallest of some random requests that have records with bases, so that each of its bytes
    /// can be tried.
    private func sample() throws -> SyncRequest {
        var best: (request: SyncRequest, size: Int)?
        for seed in UInt64(0)..<200 {
            var messages = RandomMessages(seed: seed)
            let request = messages.syncRequest()
            let records = request.spaces.flatMap(\.page.records)
            guard records.contains(where: { !$0.bases.isEmpty }) else { continue }
            let size = try request.encoded().count
            if size < best?.size ?? .max { best = (request, size) }
        }
        return try #require(best).request
    }

    @Test func aMessageThatWasCutAnywhereIsRefused() throws {
        let bytes = try sample().encoded()
        for count in 0..<bytes.count {
            #expect(throws: WireError.self, "after \(count)") {
                try SyncRequest(decoding: Array(bytes.prefix(count)))
            }
        }
        var messages = RandomMessages(seed: 4)
        let answer = try messages.syncResponse().encoded()
        for count in 0..<answer.count {
            #expect(throws: WireError.self, "after \(count)") {
                try SyncResponse(decoding: Array(answer.prefix(count)))
            }
        }
    }

    @Test func aFrameThatWasCutAnywhereIsRefused() throws {
        for level: Int32 in [0, 6] {
            let message = try sample().encoded()
            let frame = try level == 0 ? [0] + message : Frame.encode(message, level: level)
            for count in 0..<frame.count {
                #expect(throws: WireError.self, "after \(count)") {
                    try SyncRequest(decoding: Frame.decode(Array(frame.prefix(count))))
                }
            }
        }
    }

    @Test func anAlteredByteNeverTrapsAndWhatIsAcceptedIsCanonical() throws {
        let bytes = try sample().encoded()
        for offset in bytes.indices {
            for mask: UInt8 in [0x01, 0x80] {
                var altered = bytes
                altered[offset] ^= mask
                guard let request = try? SyncRequest(decoding: altered) else { continue }
                #expect(try SyncRequest(decoding: request.encoded()) == request)
            }
        }
    }

    @Test func randomBytesNeverTrap() {
        for seed in Seeds.first(2_000) {
            var random = SeededGenerator(seed: seed)
            let bytes = (0..<random.below(200)).map { _ in UInt8(random.below(256)) }
            _ = try? SyncRequest(decoding: bytes)
            _ = try? SyncResponse(decoding: bytes)
            _ = try? AttachmentRequest(decoding: bytes)
            _ = try? AttachmentResponse(decoding: bytes)
            _ = try? EnrolRequest(decoding: bytes)
            _ = try? EnrolResponse(decoding: bytes)
            _ = try? SignedRequest(parsing: bytes)
            _ = try? Frame.decode(bytes)
            _ = try? WireDump(bytes)
        }
    }

    @Test func oneMessageIsNotTakenForAnother() throws {
        var request = SyncRequest(schema: 1)
        request.token = [1, 2, 3]
        let bytes = try request.encoded()
        #expect(throws: WireError.truncated("message")) { try SyncResponse(decoding: bytes) }
        #expect(throws: WireError.truncated("message")) { try AttachmentRequest(decoding: bytes) }
        #expect(throws: WireError.truncated("message")) { try AttachmentResponse(decoding: bytes) }
        #expect(throws: WireError.truncated("message")) { try EnrolRequest(decoding: bytes) }
        #expect(throws: WireError.truncated("message")) { try EnrolResponse(decoding: bytes) }
    }

    @Test func fieldsOfALaterRevisionAreSkipped() throws {
        var messages = RandomMessages(seed: 9)
        let request = messages.syncRequest()
        let later: [UInt8] = [0xc2, 0x3e, 3, 1, 2, 3]
        #expect(try SyncRequest(decoding: request.encoded() + later) == request)
    }

    @Test func aFloodOfEmptyPartsIsRefusedBeforeItIsDecoded() {
        var bytes: [UInt8] = []
        for _ in 0...Limits.fields { bytes += [0x1a, 0] }
        let error = WireError.tooLarge("fields of the message", limit: Limits.fields)
        #expect(throws: error) { try SyncRequest(decoding: bytes) }
    }

    /// A column of small numbers takes eight times its bytes once it is decoded.
    @Test(arguments: [[10, 3], [10, 13, 3], [10, 14, 7], [4, 2]])
    func aFloodOfNumbersIsRefusedBeforeItIsDecoded(_ path: [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: Limits.numberBytes + 1)
        for field in ([3] + path).reversed() {
            var head = ByteWriter()
            head.byte(field << 3 | 2)
            head.count(bytes.count)
            bytes = head.bytes + bytes
        }
        let error = WireError.tooLarge("numbers of the message", limit: Limits.numberBytes)
        #expect(throws: error) { try SyncRequest(decoding: bytes) }
        #expect(throws: error) { try SyncResponse(decoding: bytes) }
    }

    @Test func textThatIsNotUTF8IsRefused() throws {
        let bytes: [UInt8] = [0x1a, 5, 0x0a, 3, 0xff, 0xfe, 0xfd, 0x7a, 1, 1]
        #expect(throws: WireError.malformed("message: text that is not UTF-8")) {
            try SyncRequest(decoding: bytes)
        }
    }

    // MARK: One fault at a time

    /// A space's message with two records: one edited field with a parent, one deletion.
    private func valid() -> WireSpaceRequest {
        let edit = Cell(
            content: .text("Lahore"),
            attribution: .by("F. Khan", at: 5),
            parents: ["a1", "b2"]
        )
        let deletion = Cell(
            content: .deleted([Witness(dot: "a1", hash: 7), Witness(dot: "b2", hash: 9)]),
            attribution: .by("F. Khan", at: 6),
            parents: []
        )
        var space = SpaceRequest(
            space: .allMissions,
            knowledge: KnowledgeUpdate(from: nil, to: "a1 b5")
        )
        space.page = Page(records: [
            RecordDelta(
                uid: RecordUID(1),
                kind: 1,
                fields: [
                    FieldEntry(
                        key: FieldKey(20, item: [1, 2]),
                        siblings: SiblingSet(dot: "b4", version: edit)
                    )
                ],
                context: "a1 b4 c3",
                isComplete: false
            ),
            RecordDelta(
                uid: RecordUID(2),
                kind: 1,
                fields: [
                    FieldEntry(key: .life, siblings: SiblingSet(dot: "b5", version: deletion))
                ],
                context: "a1 b5",
                isComplete: false
            ),
        ])
        space.chains = [ChainSegment(actor: "b", first: 4, digests: [1, 2], head: nil)]
        space.forgotten = "a1"
        return space.encoded()
    }

    private func decode(_ fault: (inout WireSpaceRequest) -> Void) throws -> SpaceRequest {
        var wire = valid()
        fault(&wire)
        var message = WireSyncRequest()
        message.spaces = [wire]
        message.versions = [1]
        let bytes: [UInt8] = try message.serializedBytes()
        return try SyncRequest(decoding: bytes).spaces[0]
    }

    @Test func theSampleWithoutAFaultIsAccepted() throws {
        #expect(try decode { _ in }.page.records.count == 2)
    }

    static let faults: [(String, @Sendable (inout WireSpaceRequest) -> Void)] = [
        ("space name", { $0.space = "All Missions" }),
        ("actor of 15 bytes", { $0.actors.removeLast() }),
        ("actors not ascending", { $0.actors = Data($0.actors.suffix(16) + $0.actors.prefix(32)) }),
        ("knowledge of no actor", { $0.knowledge.actors = [0, 9] }),
        ("knowledge not ascending", { $0.knowledge.actors = [1, 1] }),
        ("knowledge counter", { $0.knowledge.counters = [1, 1 << 62] }),
        ("vector with zero", { $0.forgotten.counters = [0] }),
        ("vector column too long", { $0.forgotten.actors = [0, 1] }),
        ("chain from zero", { $0.chains[0].first = 0 }),
        ("chain beyond the counters", { $0.chains[0].first = 1 << 62 - 1 }),
        ("chain without digest", { $0.chains[0].digests = [] }),
        ("chain head of 3 bytes", { $0.chains[0].head = Data([1, 2, 3]) }),
        ("needed of 7 bytes", { $0.needed = Data(count: 7) }),
        ("present of 7 bytes", { $0.present = Data(count: 7) }),
        ("lateness of 3", { $0.lateness = 3 }),
        ("inspected of 5 bits", { $0.inspectedBits = 5 }),
        (
            "inspected within its range",
            {
                $0.inspected = [1]
                $0.inspectedBits = 8
            }
        ),
        ("uid of 7 bytes", { $0.page.uids.removeLast() }),
        ("kinds too long", { $0.page.kinds.append(1) }),
        ("unknown flag", { $0.page.flags = [8, 0] }),
        ("change of no actor", { $0.page.changeActors = [0, 3] }),
        ("change zero", { $0.page.changeCounters = [0, 5] }),
        ("change beyond the counters", { $0.page.changeCounters = [4, 1 << 62] }),
        (
            "change twice",
            {
                $0.page.changeCounters = [4, 0]; $0.page.changeTimes = [5, 0]
            }
        ),
        ("change time", { $0.page.changeTimes = [-1, 0] }),
        ("change by nobody", { $0.page.changeAuthorships = [0, 1] }),
        ("unknown reason", { $0.page.authorships[0].reason = 6 }),
        ("context of no actor", { $0.page.contextActors = [3] }),
        ("context zero", { $0.page.contextCounters = [0] }),
        ("context too long", { $0.page.contextCounters = [3, 1] }),
        ("context too short", { $0.page.contextCounts = [2, 0] }),
        ("erasure of a living record", { $0.page.erasures = [0] }),
        (
            "erased record with cells",
            {
                $0.page.flags = [2, 0]; $0.page.erasures = [0]
            }
        ),
        (
            "erased record without erasure",
            {
                $0.page.flags = [2, 0]; $0.page.columns = []
            }
        ),
        ("columns not ascending", { $0.page.columns.reverse() }),
        ("cell of no record", { $0.page.columns[1].records = [2] }),
        ("cell of no change", { $0.page.columns[1].changes = [2] }),
        ("cell of a negative change", { $0.page.columns[1].changes = [-1] }),
        (
            "unknown tag",
            {
                Self.clear(&$0.page.columns[1]); $0.page.columns[1].tags = [4]
            }
        ),
        ("items not ascending", { Self.appendSmallerItem(&$0.page.columns[1]) }),
        ("item too short", { $0.page.columns[1].itemLengths = [3] }),
        ("item too long", { $0.page.columns[1].itemLengths = [1] }),
        ("value too short", { $0.page.columns[1].valueLengths = [7] }),
        ("value too long", { $0.page.columns[1].valueLengths = [5] }),
        ("parents too short", { $0.page.columns[1].parentCounts = [3] }),
        ("parents too long", { $0.page.columns[1].parentCounts = [1] }),
        ("parents not ascending", { $0.page.columns[1].parentActors = [1, 0] }),
        ("parent zero", { $0.page.columns[1].parentCounters = [0, 2] }),
        ("witnesses too short", { $0.page.columns[0].witnessCounts = [3] }),
        ("witnesses too long", { $0.page.columns[0].witnessCounts = [1] }),
        ("witnesses not ascending", { $0.page.columns[0].witnessActors = [1, 0] }),
        ("witness of no actor", { $0.page.columns[0].witnessActors = [0, 3] }),
        ("a cell twice", { Self.repeatCell(&$0.page.columns[0]) }),
        ("author too long", { $0.page.authorships[0].author = String(repeating: "x", count: 257) }),
        ("note too long", { $0.page.authorships[0].note = String(repeating: "x", count: 4_097) }),
        ("base not ascending", { $0.page.bases = $0.page.columns.reversed() }),
    ]

    private static func clear(_ column: inout WireColumn) {
        column.valueLengths = []
        column.values = Data()
    }

    private static func appendSmallerItem(_ column: inout WireColumn) {
        column.changes.append(0)
        column.itemLengths = [2, 1]
        column.items.append(1)
        column.valueLengths.append(0)
        column.parentCounts.append(0)
    }

    private static func repeatCell(_ column: inout WireColumn) {
        column.changes.append(0)
        column.records = [1, 0]
        column.tags = [3, 3]
        column.witnessCounts = [1, 1]
        column.witnessActors = []
        column.witnessCounters = [1, 0]
        column.witnessHashes = [7, 7]
    }

    @Test(arguments: faults.indices)
    func aFaultIsRefused(_ index: Int) throws {
        let (name, fault) = Self.faults[index]
        #expect(throws: WireError.self, "\(name)") { try decode(fault) }
    }

    @Test func aValueOverTheLimitIsTooLarge() throws {
        let error = #expect(throws: WireError.self) {
            try decode { wire in
                wire.page.columns[1].values = Data(count: Limits.valueBytes + 1)
                wire.page.columns[1].valueLengths = [UInt32(Limits.valueBytes + 1)]
            }
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func tooManyRecordsAreTooLarge() throws {
        let error = #expect(throws: WireError.self) {
            try decode { $0.page.uids = Data(count: 8 * (Limits.records + 1)) }
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func tooManyCellsAreTooLarge() throws {
        let error = #expect(throws: WireError.self) {
            try decode { wire in
                wire.page.columns[1].changes = [Int32](repeating: 0, count: Limits.cells + 1)
            }
        }
        #expect(error?.code == .tooLarge)
    }
}
