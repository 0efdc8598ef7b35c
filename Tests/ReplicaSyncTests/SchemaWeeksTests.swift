import CausalHistory
import RecordModel
import RecordStorage
import ReplicaSync
import StorageTestSupport
import SyncEngine
import SyncProtocol
import TestSupport
import Testing

/// Desks of an earlier and a later schema exchange through headquarters for weeks.
struct SchemaWeeksTests {
    /// Who works by which schema, and who is upgraded in the middle.
    struct Fleet: Sendable {
        var headquarters = Schema.builtIn
        var desks: [String: Schema] = ["BER": .builtIn, "LON": .later, "GVA": .later]
        var upgraded: [String] = []

        /// Where all work by the later schema from the start.
        static let control = Fleet(
            headquarters: .later,
            desks: ["BER": .later, "LON": .later, "GVA": .later]
        )
    }

    static let fleets: [Fleet] = [
        Fleet(), Fleet(headquarters: .later), Fleet(upgraded: ["HQ"]),
        Fleet(upgraded: ["BER", "HQ"]),
        Fleet(desks: ["BER": .builtIn, "LON": .later, "GVA": .builtIn], upgraded: ["GVA"]),
    ]

    private static let days = 16

    /// What happened in some weeks: each desk writes what its schema knows, and exchanges.
    private func play(_ fleet: Fleet, seed: UInt64) throws -> Ministry {
        var generator = SeededGenerator(seed: seed)
        let ministry = try Ministry(seed: seed, schema: fleet.headquarters)
        for (code, schema) in fleet.desks.sorted(by: { $0.key < $1.key }) {
            try ministry.addDesk(code, schema: schema)
        }
        for day in 0..<Self.days {
            for code in ["BER", "GVA", "LON"] {
                for _ in 0..<2 { try write(at: code, ministry, &generator) }
                if generator.chance(25) {
                    #expect(try ministry.sync(code).refusals.isEmpty)
                }
            }
            if day == Self.days / 2 {
                for code in ["BER", "GVA", "LON", "HQ"] {
                    try restart(code, ministry, isUpgraded: fleet.upgraded.contains(code))
                }
            }
        }
        for _ in 0..<2 {
            for code in ["BER", "GVA", "LON"] {
                let summary = try ministry.sync(code)
                #expect(summary.refusals.isEmpty)
            }
        }
        for code in ["BER", "GVA", "LON"] { #expect(try ministry.sync(code).isVerified) }
        return ministry
    }

    /// LON alone writes what the earlier schema does not know; what all write is the same whoever has
    /// which schema.
    private func write(
        at code: String,
        _ ministry: Ministry,
        _ generator: inout SeededGenerator
    ) throws {
        let uid = RecordUID(UInt64(1 + generator.below(6)))
        let text = "value \(generator.below(1_000))"
        func value(_ text: String) -> Content { .value(Array(text.utf8)) }
        var steps: [RecordEdit.Step] = []
        let kind: UInt32 = uid.value == 6 ? 17 : 1
        switch (code, kind, generator.below(7)) {
        case ("LON", 17, ..<4): steps = [.write(.life, .alive), .write(FieldKey(20), value(text))]
        case ("LON", 17, _): steps = [.write(FieldKey(21), value("Geneva"))]
        // Others know of such a record only what is common to all.
        case (_, 17, _): steps = [.write(FieldKey(5, item: Array(text.utf8)), .value([]))]
        case ("LON", _, 0): steps = [.write(FieldKey(54), value(text))]
        case ("LON", _, 1): steps = [.write(FieldKey(55, item: Array(text.utf8)), .value([]))]
        case ("LON", _, 2): steps = [.write(FieldKey(47), value("honorary"))]
        case ("LON", _, 3): steps = [.write(FieldKey(4), value("SECRET"))]
        case (_, _, 4): steps = [.delete]
        case (_, _, 5): steps = [.write(.life, .alive), .write(FieldKey(30), value(text))]
        default: steps = [.write(.life, .alive), .write(FieldKey(20), value(text))]
        }
        try ministry.desk(code).store.write { writer in
            let record = try writer.reader.record(RecordKey(space: .allMissions, uid: uid))
            // Nobody writes into what is not there, but who makes it.
            if record == nil, code != "LON" { return }
            _ = try writer.commit(
                [RecordEdit(uid: uid, kind: kind, steps: steps)],
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: code)
            )
        }
    }

    /// Ends a process and starts it again, with the later schema where it is upgraded.
    private func restart(_ code: String, _ ministry: Ministry, isUpgraded: Bool) throws {
        func again(_ store: ReplicaStore) throws -> ReplicaStore {
            try store.close()
            return try ReplicaStore(
                opening: store.path,
                environment: store.environment,
                schema: isUpgraded ? .later : store.schema
            )
        }
        if code == "HQ" {
            let side = ministry.headquarters
            ministry.replaceHeadquarters(
                by: HeadquartersReplica(store: try again(side.store), identity: side.identity)
            )
        } else {
            let desk = try ministry.desk(code)
            let identity = desk.identity
            ministry.replace(
                code,
                by: DeskReplica(store: try again(desk.store), identity: identity)
            )
        }
    }

    private func states(at code: String, _ ministry: Ministry) throws -> [RecordState] {
        let store = code == "HQ" ? ministry.headquarters.store : try ministry.desk(code).store
        return try store.read { reader in
            var states: [RecordUID: RecordState] = [:]
            try reader.forEachRecord(space: .allMissions) { record in
                states[record.key.uid] = record.state
                return true
            }
            return states.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// The join does not depend on the schema: the same weeks come to the same states, bit for bit,
    /// whoever knows what of them.
    @Test func theSameWeeksComeToTheSameStates() throws {
        let control = try play(.control, seed: 1)
        let expected = try states(at: "HQ", control)
        #expect(expected.contains { $0.kind == 17 })
        #expect(expected.contains { !$0.entries(of: 55).isEmpty })
        for fleet in Self.fleets {
            let ministry = try play(fleet, seed: 1)
            for code in ["BER", "GVA", "LON", "HQ"] {
                #expect(try states(at: code, ministry) == expected, "\(code)")
                let store =
                    code == "HQ" ? ministry.headquarters.store : try ministry.desk(code).store
                #expect(try store.read { try $0.indexProblems() }.isEmpty)
            }
        }
    }

    @Test func headquartersKnowsByWhichSchemaEachDeskWorks() throws {
        let ministry = try play(Fleet(), seed: 3)
        let desks = try ministry.headquarters.desks()
        #expect(desks.map(\.schema) == [1, 2, 2])
        #expect(desks[1].json["schema"] == .number(2))
        try ministry.addDesk("PAR")
        #expect(try ministry.headquarters.desks().last?.schema == nil)
    }

    // MARK: Refusals

    @Test func aWordOfALaterSchemaIsCarriedWhileSomebodyWorksByOne() throws {
        let ministry = try Ministry()
        try ministry.addDesk("BER")
        try ministry.write([20: "Ayesha", 47: "active"], of: 1, at: "BER")
        try ministry.sync("BER")
        // Nobody works by a later schema: it is a mistake.
        try ministry.write([47: "honorary"], of: 1, at: "BER")
        #expect(try ministry.sync("BER").refusals.map(\.key) == [FieldKey(47)])
        #expect(try ministry.values(of: 47, 1, at: "BER") == ["active"])

        try ministry.addDesk("LON", schema: .later)
        try ministry.sync("LON")
        try ministry.write([47: "honorary", 33: "ZZ"], of: 1, at: "LON")
        #expect(try ministry.sync("LON").refusals.isEmpty)
        try ministry.sync("BER")
        #expect(try ministry.values(of: 47, 1, at: "BER") == ["honorary"])
        // What no schema can allow is refused all the same.
        try ministry.write([48: "some day"], of: 1, at: "LON")
        #expect(try ministry.sync("LON").refusals.map(\.key) == [FieldKey(48)])
        // A desk of the earlier schema may write again what it found.
        try ministry.write([47: "honorary", 34: "Bonn"], of: 1, at: "BER")
        #expect(try ministry.sync("BER").refusals.isEmpty)
        #expect(try ministry.values(of: 47, 1, at: "HQ") == ["honorary"])
    }

    @Test func aRefusalLeavesWhatOthersWroteBesideIt() throws {
        let ministry = try Ministry()
        for code in ["BER", "LON", "GVA"] { try ministry.addDesk(code) }
        try ministry.write([20: "Ayesha", 33: "DE"], of: 1, at: "BER")
        for code in ["BER", "LON", "GVA"] { try ministry.sync(code) }
        try ministry.write([33: "FR"], of: 1, at: "BER")
        try ministry.write([33: "GB"], of: 1, at: "LON")
        try ministry.write([33: "nowhere", 34: "Berlin"], of: 1, at: "GVA")
        for code in ["BER", "LON"] { try ministry.sync(code) }
        #expect(try ministry.sync("GVA").refusals.count == 1)
        for code in ["BER", "LON"] { try ministry.sync(code) }
        for code in ["BER", "LON", "GVA", "HQ"] {
            #expect(try ministry.values(of: 33, 1, at: code) == ["FR", "GB"])
            #expect(try ministry.values(of: 34, 1, at: code) == ["Berlin"])
        }
    }
}
