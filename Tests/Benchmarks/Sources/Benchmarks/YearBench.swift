import ArgumentParser
import CausalHistory
import Foundation
import GRDB
import RecordModel
import RecordStorage
import ReplicaSync
import SyncEngine
import Synchronization

/// `Benchmarks year`: how files, journals and vectors grow in a year of work.
struct YearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "year",
        abstract: "Simulates desks at work for a year, and prints what grows, month by month."
    )

    @Option(help: "How many desks.")
    var desks = 120

    @Option(help: "How many changes each makes a day.")
    var changes = 50

    @Option(help: "How many of these are in the space of all missions.")
    var shared = 5

    @Option(help: "How many days.")
    var days = 365

    @Option(help: "How often a year each desk is restored from a backup, under a new identity.")
    var restores = 2

    @Option(help: "Where the files are.")
    var folder = "/dev/shm"

    func run() throws {
        let place = URL(fileURLWithPath: folder)
            .appendingPathComponent("attache-year-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        var year = try YearBench(self, in: place)
        Self.say(
            "\(desks) desks, \(changes) changes a day each, \(shared) of them for all missions, "
                + "\(restores) restores a year each"
        )
        Self.say(YearBench.heading)
        for day in 1...days {
            try year.work(day)
            if day % 30 == 0 || day == days { Self.say(try year.figures(day)) }
        }
    }

    /// Prints a line at once: a year takes long.
    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// A headquarters and desks in one process, on one clock that jumps from day to day.
///
/// A desk makes a few records a day, deletes some, and edits the others; then it exchanges.
struct YearBench {
    private struct Member {
        let code: String
        var desk: DeskReplica
        let space: SpaceName
        /// The records that it may edit, of its own space and of all missions'.
        var own: [RecordUID] = []
        var shared: [RecordUID] = []
        var replica: ReplicaID
    }

    private let command: YearCommand
    private let headquarters: HeadquartersReplica
    private let clock: SimulatedClock
    private var members: [Member] = []
    private var random = SplitMix(state: 11)
    private var exchanges = 0
    private var bytes = 0
    private var seconds = 0.0
    private let begun = ContinuousClock.now

    /// Time as the simulation has it.
    private final class SimulatedClock: Sendable {
        private let now = Mutex(UInt64(1_772_000_000_000))
        private let generator = Mutex(SplitMix(state: 5))

        func advance(by milliseconds: UInt64) { now.withLock { $0 += milliseconds } }

        var environment: StoreEnvironment {
            StoreEnvironment(
                now: {
                    HybridTime(
                        milliseconds: self.now.withLock {
                            $0 += 1
                            return $0
                        }
                    )
                },
                random: { self.generator.withLock { $0.next() } }
            )
        }
    }

    init(_ command: YearCommand, in folder: URL) throws {
        self.command = command
        let clock = SimulatedClock()
        self.clock = clock
        headquarters = try HeadquartersReplica.create(
            at: folder.appendingPathComponent("hq").path,
            environment: clock.environment
        )
        for number in 1...command.desks {
            let code = "D\(number)"
            let path = folder.appendingPathComponent(code).path
            let store = try ReplicaStore(creating: path, environment: clock.environment)
            let replica = ReplicaID(clock.environment.random128())
            guard let space = SpaceName(code.lowercased()) else { continue }
            try store.write { writer in
                try writer.set("desk", to: code)
                try writer.set("replica", to: replica.description)
                try writer.set("mission_space", to: space.text)
                try writer.addSpace(space)
                try writer.addSpace(.allMissions)
            }
            let desk = DeskReplica(
                store: store,
                identity: try ReplicaIdentity.create(besideStoreAt: path)
            )
            let token = try headquarters.issueToken(desk: code)
            let answer = try headquarters.enrol(try desk.enrolRequest(token))
            try desk.didEnrol(answer, url: "http://headquarters.invalid")
            members.append(Member(code: code, desk: desk, space: space, replica: replica))
        }
    }

    // MARK: A day

    /// Lets each desk work and exchange, and headquarters compact.
    mutating func work(_ day: Int) throws {
        let interval = command.restores > 0 ? 365 / command.restores : Int.max
        for index in members.indices {
            if interval < Int.max, (day + index * 7) % interval == 0 { try restore(index) }
            try write(index)
            let start = ContinuousClock.now
            let exchange = try ExchangeBench(headquarters, members[index].desk)
            seconds += start.duration(to: .now) / .seconds(1)
            bytes += exchange.requestBytes + exchange.answerBytes
            exchanges += 1
            clock.advance(by: 86_400_000 / UInt64(command.desks))
        }
        try headquarters.compact()
    }

    /// A replica that is restored goes on under another identity; headquarters retires the old one.
    private mutating func restore(_ index: Int) throws {
        let old = members[index].replica
        let desk = members[index].desk
        try desk.store.write { try $0.takeNewIdentity() }
        if let request = try desk.successionRequests().first {
            _ = try headquarters.enrol(request)
            try desk.didSayIdentity()
        }
        _ = try headquarters.retire(old.description)
        members[index].replica = try desk.replicaID()
    }

    private mutating func write(_ index: Int) throws {
        let changes = command.changes
        let shared = min(command.shared, changes)
        for space in [members[index].space, .allMissions] {
            let isShared = space == .allMissions
            let count = isShared ? shared : changes - shared
            var held = isShared ? members[index].shared : members[index].own
            var edits: [RecordEdit] = []
            for number in 0..<count {
                // Of 50 changes four make a record and one deletes one.
                if held.isEmpty || number % 12 == 0 {
                    let uid = RecordUID(random.next())
                    held.append(uid)
                    edits.append(RecordEdit(uid: uid, kind: 1, steps: person(uid)))
                } else if number % 50 == 7, held.count > 20 {
                    let uid = held.remove(at: random.below(held.count))
                    edits.append(RecordEdit(uid: uid, kind: 1, steps: [.delete]))
                } else {
                    edits.append(
                        RecordEdit(uid: random.pick(held), kind: 1, steps: [edit()])
                    )
                }
            }
            let author = "Officer \(members[index].code)"
            try members[index].desk.store.write { writer in
                for edit in edits {
                    let time = writer.nextTime()
                    try writer.commit(
                        [edit],
                        in: space,
                        attribution: Attribution(time: time, author: author)
                    )
                }
            }
            if isShared { members[index].shared = held } else { members[index].own = held }
        }
    }

    private mutating func person(_ uid: RecordUID) -> [RecordEdit.Step] {
        [
            .write(.life, .alive), text(20, "Person \(uid.description.prefix(6))"),
            text(30, "University of \(random.below(400))"), text(31, "Lecturer"),
            text(34, "City \(random.below(90))"),
        ]
    }

    private mutating func edit() -> RecordEdit.Step {
        let field: UInt32 = [30, 31, 34][random.below(3)]
        return text(field, "Value \(random.below(100_000)) of a field")
    }

    private func text(_ field: UInt32, _ value: String) -> RecordEdit.Step {
        .write(FieldKey(field), .value(Array(value.utf8)))
    }

    // MARK: Figures

    static let heading =
        "day  | headquarters: MB  journal  replaced  archive MB | desk: MB  journal  replaced | "
        + "actors  vectors KB | idle B | a sync: ms  KB | wall s"

    /// Returns a line of figures, and begins to count the exchanges anew.
    mutating func figures(_ day: Int) throws -> String {
        let desk = members[0].desk
        _ = try ExchangeBench(headquarters, desk)
        let idle = try ExchangeBench(headquarters, desk)
        let side = try Self.counts(headquarters.store)
        let own = try Self.counts(desk.store)
        let archive = try Self.size(of: JournalArchive.path(ofStoreAt: headquarters.store.path))
        let knowledge = try headquarters.store.read { try $0.knowledge(of: .allMissions) }
        defer { (exchanges, bytes, seconds) = (0, 0, 0) }
        let count = Double(max(1, exchanges))
        return String(
            format: "%4d | %7.1f %9d %9d %9.1f | %6.1f %8d %8d | %5d %8.1f | %5d | %7.1f %6.1f "
                + "| %.0f",
            day,
            side.megabytes,
            side.journal,
            side.replaced,
            archive,
            own.megabytes,
            own.journal,
            own.replaced,
            knowledge.entries.count,
            side.vectorBytes / 1e3,
            idle.requestBytes + idle.answerBytes,
            1000 * seconds / count,
            Double(bytes) / count / 1e3,
            begun.duration(to: .now) / .seconds(1)
        )
    }

    private static func counts(
        _ store: ReplicaStore
    ) throws -> (megabytes: Double, journal: Int, replaced: Int, vectorBytes: Double) {
        store.checkpoint()
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: store.path, configuration: configuration)
        let (journal, replaced, vectors) = try queue.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM change") ?? 0,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM past") ?? 0,
                try Double.fetchOne(
                    db,
                    sql: """
                        SELECT total(length(knowledge)) + total(length(acknowledged)) FROM peer_space
                        """
                ) ?? 0
            )
        }
        try queue.close()
        return (try size(of: store.path), journal, replaced, vectors)
    }

    private static func size(of path: String) throws -> Double {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
        return (size?.doubleValue ?? 0) / 1e6
    }
}
