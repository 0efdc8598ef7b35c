import CausalHistory
import Foundation
import RecordModel

/// What a request and an answer both have for one space.
package protocol SpaceMessage {
    var space: SpaceName { get }
    var knowledge: KnowledgeUpdate { get set }
    var page: Page { get set }
    var isLast: Bool { get set }
    var cursor: UInt64 { get set }
    var chains: [ChainSegment] { get set }
    var actors: [ActorIntroduction] { get set }
    var needed: [RecordUID] { get set }
    var forgotten: VersionVector { get set }
    var present: [RecordUID] { get set }
}

extension SpaceRequest: SpaceMessage {}
extension SpaceResponse: SpaceMessage {}

/// The same in its encoded form.
protocol WireSpaceMessage {
    var space: String { get set }
    var actors: Data { get set }
    var introductions: [WireIntroduction] { get set }
    var knowledge: WireKnowledge { get set }
    var more: Bool { get set }
    var cursor: UInt64 { get set }
    var chains: [WireChain] { get set }
    var needed: Data { get set }
    var forgotten: WireVector { get set }
    var hasForgotten: Bool { get }
    var present: Data { get set }
    var page: WirePage { get set }
    var hasPage: Bool { get }
}

extension WireSpaceRequest: WireSpaceMessage {}
extension WireSpaceResponse: WireSpaceMessage {}

extension SpaceMessage {
    /// Gathers the actors of the common part.
    func collectActors(into collector: inout ActorCollector) {
        for change in knowledge.changes { collector.insert(change.actor) }
        for chain in chains { collector.insert(chain.actor) }
        for introduction in actors { collector.insert(introduction.actor) }
        collector.insert(forgotten)
        collector.insert(page)
    }

    /// Writes the common part.
    func encode(to wire: inout some WireSpaceMessage, _ table: ActorTable) {
        wire.space = space.text
        wire.actors = table.data
        wire.introductions = actors.map { WireIntroduction($0, table) }
        wire.knowledge = WireKnowledge(knowledge, table)
        wire.more = !isLast
        wire.cursor = cursor
        wire.chains = chains.map { WireChain($0, table) }
        wire.needed = RecordUID.data(needed)
        wire.present = RecordUID.data(present)
        if !forgotten.isEmpty { wire.forgotten = WireVector(forgotten, table) }
        if !page.records.isEmpty { wire.page = PageEncoder.encode(page, actors: table) }
    }

    /// Reads the common part, except the name and the knowledge that the initialisers take.
    mutating func decode(
        _ wire: some WireSpaceMessage,
        _ table: ActorTable
    ) throws(WireError) {
        for introduction in wire.introductions { actors.append(try introduction.decoded(table)) }
        guard Set(actors.map(\.actor)).count == actors.count else {
            throw .malformed("introductions: an actor twice")
        }
        isLast = !wire.more
        cursor = wire.cursor
        for chain in wire.chains { chains.append(try chain.decoded(table)) }
        needed = try RecordUID.list(decoding: wire.needed, "needed")
        present = try RecordUID.list(decoding: wire.present, "present")
        if wire.hasForgotten { forgotten = try wire.forgotten.decoded(table, "forgotten") }
        if wire.hasPage { page = try PageDecoder.decode(wire.page, actors: table) }
    }
}

extension SpaceRequest {
    func encoded() -> WireSpaceRequest {
        var collector = ActorCollector()
        collectActors(into: &collector)
        collector.insert(base)
        let table = ActorTable(collector.actors)
        var wire = WireSpaceRequest()
        encode(to: &wire, table)
        wire.heads = heads
        wire.chainsWanted = wantsChains
        wire.forgottenHash = forgottenHash
        wire.lateness = UInt32(lateness.rawValue)
        encodeInspected(to: &wire)
        if !base.isEmpty { wire.base = WireVector(base, table) }
        return wire
    }

    init(decoding wire: WireSpaceRequest) throws(WireError) {
        let table = try ActorTable(decoding: wire.actors)
        self.init(
            space: try Check.space(wire.space),
            knowledge: try wire.knowledge.decoded(table)
        )
        try decode(wire, table)
        heads = wire.heads
        wantsChains = wire.chainsWanted
        forgottenHash = wire.forgottenHash
        guard let number = UInt8(exactly: wire.lateness), let late = Lateness(rawValue: number)
        else { throw .malformed("the lateness \(wire.lateness)") }
        lateness = late
        try decodeInspected(wire)
        if wire.hasBase { base = try wire.base.decoded(table, "base") }
    }
}

extension SpaceResponse {
    func encoded() -> WireSpaceResponse {
        var collector = ActorCollector()
        collectActors(into: &collector)
        for refusal in refusals { collector.insert(refusal.dot.actor) }
        let table = ActorTable(collector.actors)
        var wire = WireSpaceResponse()
        encode(to: &wire, table)
        wire.verdict = UInt32(verdict.rawValue)
        if fingerprint.sum != 0 { wire.fingerprint = Data(fingerprint.bytes) }
        wire.refusals = refusals.map { WireRefusal($0, table) }
        wire.inspections = inspections.map { WireInspection($0) }
        return wire
    }

    init(decoding wire: WireSpaceResponse) throws(WireError) {
        let table = try ActorTable(decoding: wire.actors)
        guard let number = UInt8(exactly: wire.verdict),
            let verdict = SpaceVerdict(rawValue: number)
        else { throw .malformed("the verdict \(wire.verdict)") }
        self.init(
            space: try Check.space(wire.space),
            verdict: verdict,
            knowledge: try wire.knowledge.decoded(table)
        )
        try decode(wire, table)
        if !wire.fingerprint.isEmpty {
            let bytes = try Check.bytes(wire.fingerprint, 16, "fingerprint")
            fingerprint = Fingerprint(sum: bytes.reduce(0) { $0 << 8 | UInt128($1) })
        }
        for refusal in wire.refusals { refusals.append(try refusal.decoded(table)) }
        try Check.count(wire.inspections.count, atMost: Limits.inspected, "inspections")
        for inspection in wire.inspections { inspections.append(try inspection.decoded()) }
    }
}
