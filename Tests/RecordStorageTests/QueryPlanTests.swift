import GRDB
import StorageTestSupport
import TestSupport
import Testing

@testable import RecordStorage

/// What every exchange asks must not read every record.
struct QueryPlanTests {
    private let directory = TemporaryDirectory()

    @Test func conflictsAreCountedByTheirOwnIndex() throws {
        let store = try ReplicaStore(
            creating: directory.path("a.attache"),
            environment: .seeded(1)
        )
        let plan = try store.read { reader in
            try Row.fetchAll(
                reader.db,
                sql: "EXPLAIN QUERY PLAN " + StoreReader.conflictsInSpace,
                arguments: ["all-missions"]
            ).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("record_conflicts") })
        #expect(!plan.contains { $0.contains("record_sequence") || $0.hasPrefix("SCAN record") })
    }
}
