import ArgumentParser
import DeskSync
import DeskWork
import Dispatch
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync

/// Desks in one process that exchange with a headquarters in another.
struct Fleet: Sendable {
    let folder: String
    let url: String

    /// Makes a desk and the changes that it has to tell: one new contact each.
    func make(_ code: String, token: String, changes: Int) async throws {
        let path = path(of: code)
        let desk = try DeskSetup.create(at: path, desk: code, officer: "A. Desk")
        _ = try ReplicaIdentity.create(besideStoreAt: path)
        _ = try await client.enrol(desk.store, at: url, token: token)
        _ = try await client.sync(desk.store, at: url)
        for number in 0..<changes {
            _ = try desk.add(
                kind: "contact",
                [
                    "preferred_name=Person \(code) \(number)", "city=City \(number % 50)",
                    "employer=University of \(number % 40)", "position=Professor",
                    "emails=p\(number)@\(code.lowercased()).example",
                ].compactMap { FieldAssignment($0) }
            )
        }
    }

    /// Lets desks exchange, all at once.
    /// - Returns: Seconds in all and of each desk, ascending, and the bytes both ways of all.
    func sync(_ codes: [String]) async throws -> (seconds: Double, each: [Double], bytes: Int) {
        let stores = try codes.map { try ReplicaStore(opening: path(of: $0)) }
        let begun = ContinuousClock.now
        let reports = try await withThrowingTaskGroup(of: SyncReport.self) { group in
            for store in stores {
                group.addTask { try await client.sync(store, at: url) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let seconds = begun.duration(to: .now) / .seconds(1)
        if let failure = reports.lazy.compactMap(\.failure).first { throw failure }
        let bytes = reports.reduce(0) { $0 + $1.bytesSent + $1.bytesReceived }
        return (seconds, reports.map(\.seconds).sorted(), bytes)
    }

    /// Two desks edit the same records apart: the same field of half of them, different fields of
    /// the others; then each exchanges, and the first once more.
    func disagree(_ first: String, _ second: String, count: Int) async throws -> JSONValue {
        let one = try Desk(store: ReplicaStore(opening: path(of: first)))
        let other = try Desk(store: ReplicaStore(opening: path(of: second)))
        let ids = try (0..<(2 * count)).map { number in
            try one.add(
                kind: "contact",
                space: "all-missions",
                [FieldAssignment("preferred_name=Shared Person \(number)")].compactMap(\.self)
            ).id
        }
        for desk in [one, other] { _ = try await client.sync(desk.store, at: url) }
        func edit(_ desk: Desk, _ id: String, _ text: String) throws {
            if let assignment = FieldAssignment(text) { _ = try desk.set(id, [assignment]) }
        }
        for (number, id) in ids.enumerated() {
            if number < count {
                try edit(one, id, "position=Dean \(number)")
                try edit(other, id, "position=Rector \(number)")
            } else {
                try edit(one, id, "position=Dean \(number)")
                try edit(other, id, "city=Town \(number)")
            }
        }
        var members: [JSONMember] = []
        for (name, desk) in [("first", one), ("second", other), ("third", one)] {
            let report = try await client.sync(desk.store, at: url)
            if let failure = report.failure { throw failure }
            members.append(
                JSONMember(
                    name,
                    .object([
                        JSONMember("seconds", .number(String(report.seconds))),
                        JSONMember("bytes", .number(report.bytesSent + report.bytesReceived)),
                        JSONMember("round_trips", .number(report.roundTrips)),
                    ])
                )
            )
        }
        for desk in [one, other] {
            let conflicts = try desk.conflicts()
            let readable = conflicts.count { $0.siblings.count == 2 }
            guard conflicts.count == count, readable == count else {
                throw Program.Failure(
                    description: "\(readable) readable of \(conflicts.count), not \(count)"
                )
            }
        }
        let merged = try ids.dropFirst(count).allSatisfy { id in
            try one.show(id).json().text == other.show(id).json().text
        }
        guard merged else { throw Program.Failure(description: "the desks show different records") }
        members.append(JSONMember("conflicts", .number(count)))
        return .object(members)
    }

    private var client: SyncClient { SyncClient(settings: SyncSettings(environment: [:])) }

    private func path(of code: String) -> String {
        (folder as NSString).appendingPathComponent(code)
    }
}

/// What a fleet does, in a process of its own.
struct FleetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "fleet", shouldDisplay: false)

    @Argument(help: "make, sync or disagree.") var action: String
    @Argument var folder: String
    @Argument var url: String
    @Argument(help: "Changes of each new desk, or records of each sort to disagree over.")
    var count: Int
    @Argument(help: "Codes of desks; with make, code=token.") var desks: [String]

    func run() throws {
        // The main thread waits: a main function that is asynchronous ends its thread, which
        // valgrind does not survive in the other commands.
        let ended = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                try await act()
            } catch {
                Self.exit(withError: error)
            }
            ended.signal()
        }
        ended.wait()
    }

    private func act() async throws {
        let fleet = Fleet(folder: folder, url: url)
        switch action {
        case "make":
            for desk in desks {
                let parts = desk.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw ValidationError("no token for \(desk)") }
                try await fleet.make(parts[0], token: parts[1], changes: count)
            }
        case "sync":
            let (seconds, each, bytes) = try await fleet.sync(desks)
            func percentile(_ part: Double) -> JSONMember {
                let place = Int((part * Double(each.count - 1)).rounded())
                return JSONMember("p\(Int(part * 100))", .number(String(each[place])))
            }
            print(
                JSONValue.object([
                    JSONMember("seconds", .number(String(seconds))),
                    JSONMember("bytes", .number(bytes)),
                    percentile(0.5), percentile(0.95), percentile(0.99), percentile(1),
                ]).text
            )
        case "disagree":
            guard desks.count == 2 else { throw ValidationError("two desks disagree") }
            print(try await fleet.disagree(desks[0], desks[1], count: count).text)
        default: throw ValidationError("no action “\(action)”")
        }
    }
}

/// Many desks at once beside one desk with as many changes; and two desks that disagree.
struct FleetBench {
    static let desks = 120
    static let changes = 100
    static let disagreements = 500

    let program: Program
    let folder: URL

    func run(into report: inout Report) throws {
        let place = folder.appendingPathComponent("fleet")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let data = place.appendingPathComponent("hq").path
        try program.run(["hq", "init", "--data", data])
        let codes = (1...Self.desks).map { "D\($0)" }
        let all = Self.desks * Self.changes

        var headquarters = try Headquarters(program, data: data)
        func fleet(_ action: String, _ count: Int, _ desks: [String]) throws -> JSONValue {
            try Program.measured(
                ["fleet", action, place.path, headquarters.url, String(count)] + desks
            )
        }
        func token(_ code: String) throws -> String {
            try code + "=" + program.token(for: code, data: data)
        }
        _ = try fleet("make", Self.changes, codes.map(token))
        _ = try fleet("make", all, [token("ONE")])
        _ = try fleet("make", 0, [token("AAA"), token("BBB")])
        _ = try headquarters.stop()

        headquarters = try Headquarters(program, data: data)
        let one = try fleet("sync", 0, ["ONE"])
        let oneUsage = try headquarters.stop()
        headquarters = try Headquarters(program, data: data)
        let many = try fleet("sync", 0, codes)
        let manyUsage = try headquarters.stop()
        headquarters = try Headquarters(program, data: data)
        let apart = try fleet("disagree", Self.disagreements, ["AAA", "BBB"])
        _ = try headquarters.stop()

        let oneSeconds = one["seconds"]?.double ?? .nan
        let manySeconds = many["seconds"]?.double ?? .nan
        let name = "\(Self.desks) desks with \(Self.changes) changes each, at once"
        report.note("one desk with \(all) changes", [oneSeconds], "s", size: all)
        report.note("  headquarters' CPU", [oneUsage.cpuSeconds], "s", size: all)
        report.note(name, [manySeconds], "s", size: all)
        report.note("  to one desk", [manySeconds / oneSeconds], "x", size: all, aim: "3")
        for (name, key) in [
            ("half of the desks within", "p50"), ("95 % within", "p95"), ("99 % within", "p99"),
            ("the last after", "p100"),
        ] {
            report.note("  \(name)", [many[key]?.double ?? .nan], "s", size: all)
        }
        report.note("  headquarters' CPU", [manyUsage.cpuSeconds], "s", size: all)
        report.note(
            "  records merged for each second of it",
            [Double(all) / manyUsage.cpuSeconds],
            "",
            size: all
        )
        report.note("  peak memory", [Double(manyUsage.peakBytes) / 1e6], "MB", size: all)
        var bytes = 0.0
        for name in ["first", "second", "third"] {
            let sync = apart[name]
            report.note(
                "\(name) exchange of desks that disagree",
                [sync?["seconds"]?.double ?? .nan],
                "s",
                size: all
            )
            report.note("  bytes both ways", [sync?["bytes"]?.double ?? .nan], "B", size: all)
            report.note(
                "  round trips",
                [sync?["round_trips"]?.double ?? .nan],
                "",
                size: all,
                aim: "1"
            )
            bytes += sync?["bytes"]?.double ?? .nan
        }
        report.note(
            "bytes of \(Self.disagreements) conflicts and as many merges",
            [bytes],
            "B",
            size: all,
            aim: "120,000"
        )
    }
}
