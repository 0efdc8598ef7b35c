import Foundation
import GRDB
import RecordModel
import StorageTestSupport
import TestSupport
import Testing

/// The program is killed at some instant of its work, again and again: what it acknowledged stays,
/// nothing is half there, and the same command goes on from where it was.
struct KillTests {
    private static let count = 4_000

    private func people(_ binary: Binary) throws -> String {
        let lines = (1...Self.count).map { number in
            #"{"kind":"contact","fields":{"preferred_name":"Person \#(number)","city":"City \#(number % 90)","emails":["p\#(number)@example.org"],"import_ids":["p:\#(number)"]}}"#
        }
        let path = binary.directory.path("people.jsonl")
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func isSound(_ binary: Binary, _ replica: String) throws -> Bool {
        let report = try binary.run("doctor", "--replica", replica, "--json")
        let isOK = try report.json()["ok"] == .bool(true)
        return report.status == 0 && isOK
    }

    private func records(_ binary: Binary, _ replica: String) throws -> Int {
        let spaces = try binary.run("spaces", "--replica", replica, "--json").json().array ?? []
        return spaces.reduce(0) { sum, space in
            guard case .number(let text)? = space["records"] else { return sum }
            return sum + (Int(text) ?? 0)
        }
    }

    @Test func anImportThatIsKilledGoesOn() throws {
        let binary = Binary()
        try binary.run("init", "--replica", "ber", "--desk", "BER", "--officer", "A")
        let file = try people(binary)
        var before = 0
        var kills = 0
        for delay in stride(from: 0.1, through: 1.6, by: 0.3) {
            let wasRunning = try binary.runAndKill(
                "import",
                file,
                "--replica",
                "ber",
                after: delay
            )
            kills += wasRunning ? 1 : 0
            #expect(try isSound(binary, "ber"))
            let now = try records(binary, "ber")
            #expect(now >= before, "what was there stays")
            before = now
        }
        #expect(kills > 0)
        let last = try binary.run("import", file, "--replica", "ber", "--json").json()
        #expect(last["refused"] == .array([]) && last["held"] == .number(0))
        #expect(try records(binary, "ber") == Self.count)
        #expect(try isSound(binary, "ber"))
    }

    @Test func anExchangeThatIsKilledGoesOn() throws {
        let binary = Binary()
        _ = try binary.ministry("BER", "LON")
        let file = try people(binary)
        try binary.run("import", file, "--replica", "ber", "--space", "all-missions")
        var kills = 0
        for (replica, delay) in [("ber", 0.2), ("ber", 0.6), ("ber", 1.1), ("ber", 0.9)] {
            kills += try binary.runAndKill("sync", "--replica", replica, after: delay) ? 1 : 0
            #expect(try isSound(binary, replica))
        }
        #expect(kills > 0)
        #expect(try binary.run("sync", "--replica", "ber").status == 0)
        for delay in [0.2, 0.7, 1.2, 0.5] {
            _ = try binary.runAndKill("sync", "--replica", "lon", after: delay)
            #expect(try isSound(binary, "lon"))
        }
        let end = try binary.run("sync", "--replica", "lon", "--json").json()
        #expect(end["verified"] == .bool(true))
        #expect(try records(binary, "lon") == Self.count)
        #expect(try isSound(binary, "lon"))
    }

    /// Desk and headquarters are killed at random instants of imports, edits, decisions and exchanges:
    /// every change that was acknowledged is there, and all replicas prove to be equal in the end.
    ///
    /// `KILLS=500 SEED=n` kills more often.
    @Test func nothingAcknowledgedIsLostByKills() throws {
        let environment = ProcessInfo.processInfo.environment
        let wanted = environment["KILLS"].flatMap { Int($0) } ?? 8
        var generator = SeededGenerator(seed: environment["SEED"].flatMap { UInt64($0) } ?? 1)
        let binary = Binary()
        let address = try binary.ministry("BER", "LON")
        let port = try #require(URL(string: address)?.port)
        let desks = ["ber", "lon"]
        /// What was acknowledged of each record's city, by its identifier and the desk that wrote it.
        var acknowledged: [String: String] = [:]
        var kills = 0
        var files = 0

        func file(_ count: Int) throws -> String {
            files += 1
            let lines = (1...count).map { number in
                #"{"kind":"contact","fields":{"preferred_name":"Person \#(files) \#(number)","import_ids":["p:\#(files)-\#(number)"]}}"#
            }
            let path = binary.directory.path("people-\(files).jsonl")
            try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }

        let answers = binary.directory.path("answers")
        try String(repeating: "1\n", count: 200).write(
            toFile: answers,
            atomically: true,
            encoding: .utf8
        )

        func work(_ desk: String) throws -> [String] {
            switch generator.below(6) {
            case 0: ["import", try file(300), "--replica", desk, "--space", "all-missions"]
            case 1: ["resolve", "--all", "--take", "newest", "--replica", desk]
            case 2: ["review", "--plain", "--replica", desk]
            default: ["sync", "--replica", desk]
            }
        }

        while kills < wanted {
            for desk in desks where generator.chance(60) {
                // A change of which the person was told.
                let value = "City \(kills)-\(generator.below(1_000_000))"
                let made = try binary.run(
                    "add",
                    "contact",
                    "preferred_name=\(value)",
                    "--replica",
                    desk,
                    "--space",
                    "all-missions",
                    "--json"
                )
                try #require(made.status == 0, "\(made.errors)")
                acknowledged[try #require(made.json()["id"]?.string)] = value
            }
            // Both desks write what the other does, which is to be decided.
            if let id = generator.pick(acknowledged.keys.sorted()) {
                for desk in desks {
                    try binary.run("set", id, "position=Of \(desk) \(kills)", "--replica", desk)
                }
            }
            let desk = desks[generator.below(2)]
            let process = try binary.start(work(desk), input: answers)
            // At which instant the kill falls is what is tried.
            Thread.sleep(forTimeInterval: Double(generator.below(450)) / 1_000)
            if generator.chance(40) {
                binary.stop(isKilled: true)
                kills += 1
                if generator.chance(50), process.isRunning {
                    kill(process.processIdentifier, SIGKILL)
                    kills += 1
                }
                _ = try binary.serve(port: port)
            } else if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                kills += 1
            }
            process.waitUntilExit()
            try #require(try isSound(binary, desk), "\(desk) after \(kills) kills")
        }
        for desk in desks + desks {
            let end = try binary.run("sync", "--replica", desk, "--json")
            #expect(try end.status == 0 && end.json()["verified"] == .bool(true), "\(end.errors)")
        }
        for desk in desks {
            #expect(try isSound(binary, desk))
            let shown = try binary.run("list", "contact", "--replica", desk, "--json").lines()
            let names = Dictionary(
                shown.compactMap { record -> (String, String)? in
                    guard let id = record["id"]?.string,
                        let name = record["fields"]?["preferred_name"]?.string
                    else { return nil }
                    return (id, name)
                },
                uniquingKeysWith: { first, _ in first }
            )
            for (id, name) in acknowledged { #expect(names[id] == name, "\(desk) lost \(id)") }
        }
        if environment["KILLS"] != nil {
            print("\(kills) kills, \(acknowledged.count) acknowledged changes, all there")
        }
    }

    /// A replica of an earlier version is brought to the present one by whichever command opens it first,
    /// and that one is killed.
    ///
    /// `KILLS=500` kills more often.
    @Test func aMigrationThatIsKilledGoesOn() throws {
        let wanted = ProcessInfo.processInfo.environment["KILLS"].flatMap { Int($0) } ?? 3
        var generator = SeededGenerator(seed: 3)
        let binary = Binary()
        try binary.run("init", "--replica", "ber", "--desk", "BER", "--officer", "A")
        try binary.run("import", people(binary), "--replica", "ber")
        let old = binary.directory.path("ber")
        try makeVersion3(old)
        var kills = 0
        for attempt in 0..<(4 * wanted) where kills < wanted {
            let path = binary.directory.path("copy")
            for suffix in ["", "-wal", "-shm", ".witness"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
            try FileManager.default.copyItem(atPath: old, toPath: path)
            let delay = 0.02 + Double(generator.below(900)) / 1_000
            if try binary.runAndKill("status", "--replica", "copy", after: delay) { kills += 1 }
            #expect(try isSound(binary, "copy"), "attempt \(attempt), killed after \(delay) s")
            #expect(try records(binary, "copy") == Self.count)
        }
        #expect(kills > 0)
    }

    /// Turns a file into what version 3 wrote.
    private func makeVersion3(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { db in
            _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            try db.execute(sql: EarlierFormats.version4)
            try db.execute(sql: EarlierFormats.version3)
            _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try queue.close()
    }
}
