import RecordModel
import RecordStorage

extension ReplicaStore {
    /// Looks whether records are as they were written, on from where the last look ended, and remembers how
    /// far it came.
    ///
    /// - Parameters:
    ///   - fromTheStart: Whether the look begins with the first record.
    ///   - goesOn: Asked after each record.
    /// - Returns: The damaged records.
    /// - Throws: What the store reports.
    func findDamage(
        fromTheStart: Bool = false,
        while goesOn: () -> Bool
    ) throws -> [RecordKey] {
        let found = try read { reader in
            try reader.damagedRecords(
                after: fromTheStart ? 0 : reader.checkedRow,
                while: goesOn
            )
        }
        try write { try $0.setChecked(through: found.reached) }
        return found.damaged
    }
}
