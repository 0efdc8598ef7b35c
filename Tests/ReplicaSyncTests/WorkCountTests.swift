import GRDB
import GRDBSQLite
import RecordModel
import ReplicaSync
import Synchronization
import Testing

@testable import RecordStorage

/// What an exchange makes SQLite do, counted in the steps of its virtual machine: the same on every
/// machine, so that it can be a threshold.
struct WorkCountTests {
    /// Steps of SQLite, in hundreds.
    private final class Meter: Sendable {
        private let hundreds = Mutex(0)

        /// Counts what a store's connections do from now on.
        ///
        /// One thread at a time reads here, so that the pool has one connection for reading.
        func attach(to store: ReplicaStore) throws {
            try store.read { attach(to: $0.db) }
            try store.write { attach(to: $0.db) }
        }

        private func attach(to db: Database) {
            let meter = Unmanaged.passUnretained(self).toOpaque()
            sqlite3_progress_handler(
                db.sqliteConnection,
                100,
                { meter in
                    guard let meter else { return 0 }
                    Unmanaged<Meter>.fromOpaque(meter).takeUnretainedValue().note()
                    return 0
                },
                meter
            )
        }

        private func note() { hundreds.withLock { $0 += 1 } }

        /// The steps of a body, in hundreds.
        func count(_ body: () throws -> Void) rethrows -> Int {
            let before = hundreds.withLock { $0 }
            try body()
            return hundreds.withLock { $0 } - before
        }
    }

    /// The steps of an exchange of so many edits, and of an idle one, among so many records.
    private func work(records: Int, edits: Int) throws -> (busy: Int, idle: Int) {
        let ministry = try Ministry(seed: 5)
        try ministry.addDesk("BER")
        let change = (1...records).map { number in
            RecordEdit(
                uid: RecordUID(UInt64(number) &* 0x9e37_79b9_7f4a_7c15),
                kind: 1,
                steps: [
                    .write(.life, .alive),
                    .write(FieldKey(20), .value(Array("Person number \(number)".utf8))),
                ]
            )
        }
        let desk = try ministry.desk("BER").store
        try desk.write { writer in
            _ = try writer.commit(
                change,
                in: .allMissions,
                attribution: Attribution(time: writer.nextTime(), author: "H. Raza")
            )
        }
        try ministry.sync("BER")
        try ministry.sync("BER")
        for number in 1...edits {
            try ministry.write([31: "Dean"], of: change[number * 7].uid.value, at: "BER")
        }
        let meter = Meter()
        try meter.attach(to: desk)
        try meter.attach(to: ministry.headquarters.store)
        let busy = try meter.count { try ministry.sync("BER") }
        let idle = try meter.count { try ministry.sync("BER") }
        // The handlers hold the meter unretained.
        try desk.close()
        try ministry.headquarters.store.close()
        return withExtendedLifetime(meter) { (busy, idle) }
    }

    @Test func workDoesNotGrowWithTheStore() throws {
        let small = try work(records: 500, edits: 10)
        let large = try work(records: 5_000, edits: 10)
        #expect(large.busy * 10 <= small.busy * 12)
        #expect(large.idle * 10 <= small.idle * 12)
    }

    /// Thresholds a fifth above what was counted when they were set.
    @Test func tenEditsAndNothingStayCheap() throws {
        let work = try work(records: 500, edits: 10)
        #expect(work.busy <= 58, "both sides of an exchange of ten edits took 4,800 steps")
        #expect(work.idle <= 15, "both sides of an idle exchange took 1,200 steps")
    }

    @Test func theMeterSeesWhatReadsEveryRecord() throws {
        let ministry = try Ministry(seed: 6)
        try ministry.addDesk("BER")
        for uid in 1...200 { try ministry.write([20: "Dr A"], of: UInt64(uid), at: "BER") }
        let store = try ministry.desk("BER").store
        let meter = Meter()
        try meter.attach(to: store)
        let count = try meter.count {
            let select = "SELECT count(*) FROM record WHERE length(state) > 1"
            _ = try store.read { try Int.fetchOne($0.db, sql: select) }
        }
        try store.close()
        withExtendedLifetime(meter) {}
        #expect(count >= 8)
    }
}
