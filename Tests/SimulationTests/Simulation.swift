import CausalHistory
import Crypto
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import SyncProtocol
import TestSupport

/// A headquarters and desks over a bad network: the real engine and the real storage on real files,
/// every message through its bytes, and everything else decided by one seed.
///
/// The ground truth beside it logs what each author had seen, and shares no code with the merge.
final class Simulation {
    /// What happens beside writes, sessions, losses, repetitions and crashes.
    struct Profile: OptionSet, Hashable, CustomStringConvertible {
        let rawValue: Int
        /// Desks' files are put back to an earlier copy.
        static let restoredDesks = Profile(rawValue: 1)
        /// Desks' files are copied, and both copies go on working.
        static let clones = Profile(rawValue: 2)
        /// Headquarters' file is put back to an earlier copy.
        static let restoredHeadquarters = Profile(rawValue: 4)
        /// Records are erased.
        static let erasures = Profile(rawValue: 8)
        /// Headquarters gives up what all have seen deleted, and desks are silent for long and return.
        static let collection = Profile(rawValue: 16)
        /// Replicas work by different schemas, and change to another.
        static let schemas = Profile(rawValue: 32)
        /// Exchanges go through files, too, which come late, twice or never.
        static let files = Profile(rawValue: 64)
        /// The space is taken from desks and granted again; desks are retired, and new ones enrol.
        static let grants = Profile(rawValue: 128)
        /// Disks are full for a while, and bytes are changed on their way.
        static let weather = Profile(rawValue: 256)

        var description: String { "profile \(rawValue)" }
    }

    /// A fault that is planted in the messages, to show that the judges notice.
    enum Fault: CaseIterable {
        /// A record is left out of what a desk pushes.
        case recordLeftOut
        /// A field is left out of what headquarters sends.
        case fieldLeftOut
        /// A record comes without its context.
        case contextLeftOut
        /// Every page says that it is the last.
        case lastPageTooEarly
        /// Nobody shows chains.
        case chainsHidden
    }

    struct LinkBroken: Error {}

    static let space = SpaceName.allMissions
    /// A kind that no schema knows: its values are carried as they are.
    static let kind: UInt32 = 900
    static let uids = (1...4).map { RecordUID(UInt64($0)) }
    static let registers = [FieldKey(20), FieldKey(21)]
    static let items = [FieldKey(5, item: [0x74]), FieldKey(5, item: [0x75])]

    let profile: Profile
    let fault: Fault?
    var generator: SeededGenerator
    let headquarters: SimulatedReplica
    var desks: [SimulatedReplica] = []
    var truth = GroundTruth()
    var complaints: [String] = []
    /// Records that somebody kept who returned late: a person decides about them.
    var returned: Set<RecordUID> = []
    /// Records that headquarters has given up.
    private(set) var givenUp: Set<RecordUID> = []
    /// What happened, one line for each event.
    private(set) var trace: [String] = []
    /// How often something happened that the test wants to know of.
    var counts: [String: Int] = [:]

    /// The files under way, and those that desks kept when they left the space.
    var parcels: [Parcel] = []

    private let seed: UInt64
    let directory: SimulationDirectory
    private var sessions: [SimulatedSession] = []
    /// How many files were made, so that each has a name.
    var files = 0

    init(seed: UInt64, profile: Profile, fault: Fault? = nil) throws {
        self.seed = seed
        self.fault = fault
        self.profile = profile
        generator = SeededGenerator(seed: seed &* 31 &+ UInt64(profile.rawValue))
        directory = SimulationDirectory()
        let machine = Machine(seed: seed &* 1_000)
        let store = try ReplicaStore(
            creating: directory.path("hq"),
            environment: machine.environment
        )
        let random = Digest128(machine.environment.random128())
        try store.write { writer in
            try writer.set("role", to: "headquarters")
            try writer.set("desk", to: "HQ")
            try writer.set("replica", to: random.hex)
            try writer.addSpace(Self.space)
        }
        headquarters = SimulatedReplica(
            name: "hq",
            desk: "HQ",
            machine: machine,
            identity: try Self.identity(seed: seed &* 1_000),
            store: store
        )
        for number in 1...(3 + generator.below(2)) { try addDesk(number) }
    }

    /// A key that follows from the seed, so that a schedule can be run again byte for byte.
    private static func identity(seed: UInt64) throws -> ReplicaIdentity {
        let bytes = SHA256.hash(data: Array("simulated key \(seed)".utf8))
        return ReplicaIdentity(privateKey: try .init(rawRepresentation: Array(bytes)))
    }

    func addDesk(_ number: Int) throws {
        let code = "D\(number)"
        let machine = Machine(seed: seed &* 1_000 &+ UInt64(number))
        let store = try ReplicaStore(
            creating: directory.path(code),
            environment: machine.environment,
            schema: profile.contains(.schemas) && number > 1 ? Self.laterSchema : .builtIn
        )
        let random = Digest128(machine.environment.random128())
        try store.write { writer in
            try writer.set("desk", to: code)
            try writer.set("replica", to: random.hex)
            try writer.set("mission_space", to: code.lowercased())
        }
        let desk = SimulatedReplica(
            name: code,
            desk: code,
            machine: machine,
            identity: try Self.identity(seed: seed &* 1_000 &+ UInt64(number)),
            store: store
        )
        try enrol(desk)
        desks.append(desk)
    }

    /// Makes a desk known to headquarters.
    func enrol(_ desk: SimulatedReplica) throws {
        let side = headquarters.headquarters
        do {
            let token = try side.issueToken(desk: desk.desk)
            let response = try side.enrol(try desk.deskReplica.enrolRequest(token))
            try desk.deskReplica.didEnrol(response, url: "http://headquarters.invalid")
        } catch is TokenFailure {
            // A copy of it is known by now: one desk has one replica.
            try giveUp(desk)
        }
    }

    /// Goes on without a desk that headquarters will not know again.
    func giveUp(_ desk: SimulatedReplica) throws {
        say("\(desk.name) is given up")
        desks.removeAll { $0 === desk }
        throw LinkBroken()
    }

    var replicas: [SimulatedReplica] { [headquarters] + desks }

    /// The replicas that hold the space.
    var members: [SimulatedReplica] {
        get throws { try replicas.filter { try $0.hasSpace } }
    }

    func say(_ event: @autoclosure () -> String) { trace.append(event()) }

    func count(_ what: String) { counts[what, default: 0] += 1 }

    // MARK: The schedule

    /// How many steps a schedule has.
    static let steps = 90

    /// Runs the steps of the schedule, judging now and then, up to the first complaint.
    ///
    /// What a step draws follows from the seed and its number alone, so that a schedule without some of
    /// its steps is much like the whole.
    func run(without skipped: Set<Int> = []) throws {
        for step in 0..<Self.steps where complaints.isEmpty && !skipped.contains(step) {
            draw(step)
            if hasBroaderWorld, generator.chance(25) {
                try happen()
            } else {
                try takeStep()
            }
            if step % 6 == 5, let replica = generator.pick(try members) { try judge(replica) }
            if step % 12 == 11 { try judgeAgreement() }
        }
    }

    private func takeStep() throws {
        switch generator.below(100) {
        case ..<30: try writeAtRandom()
        case ..<42: try openSession()
        case ..<84: try stepRandomSession()
        case ..<88: try crash()
        case ..<90: jump()
        case ..<93: try backUp()
        case ..<97 where profile.contains(.collection): try collect()
        default: try goWrong()
        }
    }

    private func draw(_ step: Int) {
        let profiled = seed &* 31 &+ UInt64(profile.rawValue)
        generator = SeededGenerator(seed: profiled &* 1_000 &+ UInt64(step))
    }

    /// Lets every desk exchange until nothing is new, and judges the end.
    func settle() throws {
        guard complaints.isEmpty else { return }
        say("---- quiet")
        draw(Self.steps)
        sessions = []
        try clearUp()
        var last: [VersionVector] = []
        for round in 0..<14 {
            for desk in desks { try runSession(of: desk) }
            if round < 3 { try admitAll() }
            if profile.contains(.collection) { _ = try compact() }
            let now = try members.map { try $0.knowledge() }
            if now == last, Set(now).count == 1 { break }
            last = now
        }
        try judgeEnd()
    }

    private func crash() throws {
        guard let replica = generator.pick(replicas) else { return }
        say("\(replica.name) crashes")
        try replica.crash()
    }

    private func jump() {
        guard let replica = generator.pick(replicas) else { return }
        let hours = Int64(generator.below(200_000)) - 100_000
        say("the clock of \(replica.name) jumps by \(hours) hours")
        replica.machine.jump(by: hours * 3_600_000)
    }

    private func backUp() throws {
        guard let replica = generator.pick(replicas) else { return }
        files += 1
        say("\(replica.name) is copied")
        replica.backup = try replica.copy(to: directory.path("backup-\(files)"))
    }

    /// Headquarters gives up what all have seen; now and then a desk has been silent for too long.
    private func collect() throws {
        let side = headquarters.headquarters
        if generator.chance(30), let desk = generator.pick(desks) {
            let number = try desk.deskReplica.replicaID()
            if let peer = try side.store.read({ try $0.peer(replica: number.bytes) }) {
                say("\(desk.name) is dormant")
                count("dormant desks")
                try side.setDormant(peer)
            }
        }
        let report = try compact()
        say("hq gives up \(report.collected.records) records")
        counts["records given up", default: 0] += report.collected.records
        counts["records thinned", default: 0] += report.collected.thinned
        // What is settled leaves the journals at once, however young it is.
        let archived = try side.archiveJournal(age: 0)
        counts["changes archived", default: 0] += archived.changes
        for desk in desks { try desk.store.compactJournalDaily(age: 0, isDue: true) }
    }

    private func compact() throws -> CompactionReport {
        let before = try Self.uids.filter { try headquarters.holds($0) }
        let report = try headquarters.headquarters.compact()
        givenUp.formUnion(try before.filter { try !headquarters.holds($0) })
        return report
    }

    /// Something goes back in time, or exists twice, as far as the profile has it.
    private func goWrong() throws {
        let isSilent = generator.chance(60)
        var faults: [Profile] = []
        for fault in [Profile.restoredDesks, .clones, .restoredHeadquarters, .schemas]
        where profile.contains(fault) { faults.append(fault) }
        switch generator.pick(faults) {
        case .restoredDesks?:
            let desk = generator.pick(desks.filter { $0.backup != nil })
            guard let desk, let backup = desk.backup else { return }
            say("\(desk.name) goes back in time\(isSilent ? ", silently" : "")")
            count("restored desks")
            try desk.goBack(to: backup)
            if !isSilent { try desk.store.write { try $0.takeNewIdentity() } }
        case .clones?:
            guard desks.count < 6, let desk = generator.pick(desks) else { return }
            files += 1
            count("clones")
            let copy = try desk.copy(to: directory.path("clone-\(files)"))
            let machine = Machine(seed: seed &* 1_000 &+ 500 &+ UInt64(files))
            let clone = SimulatedReplica(
                name: desk.name + "'",
                desk: desk.desk,
                machine: machine,
                identity: desk.identity,
                store: try ReplicaStore(
                    opening: copy.path,
                    environment: machine.environment,
                    schema: desk.schema
                ),
                seen: copy.seen
            )
            say("\(desk.name) is cloned\(isSilent ? ", silently" : "")")
            if !isSilent { try clone.store.write { try $0.takeNewIdentity() } }
            desks.append(clone)
        case .restoredHeadquarters?:
            guard let backup = headquarters.backup else { return }
            say("hq goes back in time\(isSilent ? ", silently" : "")")
            count("restored headquarters")
            try headquarters.goBack(to: backup)
            if !isSilent { try headquarters.headquarters.noteRestored() }
        case .schemas?: try changeSchema()
        default: break
        }
    }

    /// A replica's process is started with another schema: a newer one, or the older one again.
    ///
    /// Headquarters' does not describe the records of the schedule, whose values would be none.
    private func changeSchema() throws {
        guard let replica = generator.pick(replicas) else { return }
        let newer = replica === headquarters ? Schema.later : Self.laterSchema
        let schema = replica.schema == newer ? Schema.builtIn : newer
        say("\(replica.name) works by schema \(schema.version)")
        count("changes of schema")
        try replica.work(by: schema)
    }

    /// A schema that describes the kind of the records, by policies that settle some of its conflicts.
    static let laterSchema: Schema = {
        let text =
            Schema.laterNotation.replacing("schema 2\n", with: "schema 3\n") + """
                kind \(kind) example handling INTERNAL
                20 name ! text fuller
                21 count int max

                """
        guard let schema = try? Schema(parsing: text) else {
            preconditionFailure("the schema of the schedules does not parse")
        }
        return schema
    }()

    // MARK: Writing

    private func writeAtRandom() throws {
        guard let author = generator.pick(desks), try author.hasSpace else { return }
        var shown: [RecordUID] = []
        var hidden: [RecordUID] = []
        var unknown: [RecordUID] = []
        for uid in Self.uids {
            let state = try author.shown(uid)
            if case .record = state {
                shown.append(uid)
            } else if state == .erased {
                continue
            } else if try author.holds(uid),
                truth.writes.contains(where: { $0.uid == uid && $0.act == .creation }),
                author.seen.contains(where: { truth.writes[$0].uid == uid })
            {
                hidden.append(uid)
            } else {
                unknown.append(uid)
            }
        }
        let acts = try generator.acts(
            shown: shown,
            hidden: hidden,
            unknown: unknown,
            keys: Self.registers + Self.items,
            erases: profile.contains(.erasures)
        ).filter { act in
            guard [.cleared, .absent].contains(act.act) else { return true }
            return try !author.isEmpty(act.key, of: act.uid)
        }
        if !acts.isEmpty { try commit(acts, at: author) }
    }

    private func commit(
        _ acts: [SeededGenerator.Act],
        at author: SimulatedReplica
    ) throws {
        var edits: [RecordUID: [RecordEdit.Step]] = [:]
        var numbers: [Int] = []
        let before = truth
        for (uid, key, act) in acts {
            // Nothing in these judges asks for the dot.
            let number = truth.log(
                act,
                to: key,
                of: uid,
                dot: Dot(ActorID(0), 1),
                seen: author.seen
            )
            numbers.append(number)
            let step: RecordEdit.Step =
                switch act {
                case .value: .write(key, .value(Array(String(number).utf8)))
                case .absent: .write(key, .absent)
                case .cleared: .write(key, .cleared)
                case .creation, .alive: .write(.life, .alive)
                case .deletion: .delete
                case .erasure: .erase
                }
            edits[uid, default: []].append(step)
        }
        do {
            try author.store.write { writer in
                _ = try writer.commit(
                    edits.sorted { $0.key < $1.key }.map { uid, steps in
                        RecordEdit(uid: uid, kind: Self.kind, steps: steps)
                    },
                    in: Self.space,
                    attribution: Attribution(time: writer.nextTime(), author: author.name)
                )
            }
        } catch StoreError.diskFull {
            truth = before
            count("writes that a full disk refused")
            return
        }
        author.seen.formUnion(numbers)
        say("\(author.name) writes \(numbers): \(acts.map { "\($0.0.value).\($0.1) \($0.2)" })")
    }

    // MARK: Sessions

    private func openSession() throws {
        guard let desk = generator.pick(desks) else { return }
        let limit = [1, 60, 400, 1 << 20][generator.below(4)]
        do {
            let session = try SimulatedSession(of: desk, with: headquarters, byteLimit: limit, self)
            sessions.append(session)
        } catch is LinkBroken {
            say("\(desk.name) reaches nobody")
        } catch StoreError.diskFull {
            count("sessions that a full disk cut")
        }
    }

    private func stepRandomSession() throws {
        guard !sessions.isEmpty else { return }
        let index = generator.below(sessions.count)
        for _ in 0..<(1 + generator.below(4)) {
            do {
                if try sessions[index].step(isLossy: true) { continue }
            } catch is LinkBroken {
                say("a session of \(sessions[index].desk.name) is cut")
            }
            sessions.remove(at: index)
            return
        }
    }

    func runSession(of desk: SimulatedReplica) throws {
        guard desks.contains(where: { $0 === desk }) else { return }
        let session: SimulatedSession
        do {
            session = try SimulatedSession(
                of: desk,
                with: headquarters,
                byteLimit: 300,
                self
            )
        } catch is LinkBroken {
            return
        }
        var steps = 0
        do {
            while try session.step(isLossy: false) {
                steps += 1
                if steps > 300 {
                    complaints.append("a session of \(desk.name) never ends")
                    return
                }
            }
        } catch is LinkBroken where !desks.contains(where: { $0 === desk }) {
            return
        }
    }
}

/// A folder in memory where the system has one.
final class SimulationDirectory {
    private let path: String

    init() {
        let base =
            FileManager.default.fileExists(atPath: "/dev/shm")
            ? "/dev/shm" : FileManager.default.temporaryDirectory.path
        path = "\(base)/attache-simulation-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func path(_ name: String) -> String { "\(path)/\(name)" }
}
