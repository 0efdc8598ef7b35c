import ArgumentParser
import DeskWork
import Foundation
import GRDB
import GRDBSQLite
import RecordModel
import RecordStorage

/// Durable edits in this process, each beside a durable commit of one row by the C interface and by
/// GRDB: the three in turn, so that a slow moment of the disk falls on all.
struct EditBench {
    /// Seconds of each.
    private(set) var edits: [Double] = []
    private(set) var library: [Double] = []
    private(set) var raw: [Double] = []
    /// Seconds of the processor of each edit.
    private(set) var editCPU: [Double] = []

    /// Edits one field of so many records of a replica.
    ///
    /// - Parameters:
    ///   - count: How many records, of those that the replica numbered first.
    ///   - value: What the field gets, with the record's number behind it.
    ///   - replica: The replica, of the desk BER.
    ///   - folder: Where the tables that it is compared to are made.
    /// - Throws: What opening or editing the replica does.
    init(count: Int, value: String, replica: String, folder: URL) throws {
        let desk = try Desk(store: ReplicaStore(opening: replica))
        var handle: OpaquePointer?
        sqlite3_open(folder.appendingPathComponent("raw-edits").path, &handle)
        defer { sqlite3_close(handle) }
        let table = "CREATE TABLE edit(id INTEGER PRIMARY KEY, value TEXT)"
        for sql in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", table] {
            sqlite3_exec(handle, sql, nil, nil, nil)
        }
        let pool = try DatabasePool(path: folder.appendingPathComponent("grdb-edits").path)
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try pool.write { try $0.execute(sql: table) }
        var insert: OpaquePointer?
        sqlite3_prepare_v2(handle, "INSERT INTO edit(value) VALUES ('a')", -1, &insert, nil)
        defer { sqlite3_finalize(insert) }

        for number in 1...count {
            guard let assignment = FieldAssignment("position=\(value) \(number)") else { continue }
            raw.append(
                Self.seconds {
                    sqlite3_step(insert)
                    sqlite3_reset(insert)
                }
            )
            library.append(
                try Self.seconds {
                    try pool.write { db in
                        try db.cachedStatement(sql: "INSERT INTO edit(value) VALUES (?)")
                            .execute(arguments: ["a"])
                    }
                }
            )
            let before = clock()
            edits.append(try Self.seconds { _ = try desk.set("ber-\(number)", [assignment]) })
            editCPU.append(Double(clock() - before) / Double(CLOCKS_PER_SEC))
        }
    }

    private static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try work()
        return start.duration(to: .now) / .seconds(1)
    }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// The edits, in a process of their own.
struct EditsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "edits", shouldDisplay: false)

    @Argument var replica: String
    @Argument var count: Int
    @Argument var value: String

    func run() throws {
        let folder = URL(fileURLWithPath: replica).deletingLastPathComponent()
            .appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let bench = try EditBench(count: count, value: value, replica: replica, folder: folder)
        let medians = [
            ("edit", bench.edits), ("grdb", bench.library), ("raw", bench.raw),
            ("cpu", bench.editCPU),
        ]
        print(
            JSONValue.object(
                medians.map { JSONMember($0.0, .number(String(EditBench.median($0.1)))) }
            ).text
        )
    }
}
