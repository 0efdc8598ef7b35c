import RecordModel

/// A record's part as a list of search results needs it: its values where they stand in the row's bytes.
public struct RecordGlance: Sendable {
    /// A value and its place.
    public struct Value: Sendable {
        /// The number of its field.
        public let number: UInt32
        /// The item's key; empty for a register.
        public let item: ArraySlice<UInt8>
        /// The canonical bytes.
        public let bytes: ArraySlice<UInt8>
    }

    /// The row.
    public let row: Int64
    /// The record's number.
    public let uid: RecordUID
    /// The number of its kind.
    public let kind: UInt32
    /// The values in their order; `life` is not among them.
    public let values: [Value]
    /// Whether the values are all that there is to say: the record has one part, no place holds several
    /// versions, and it was not merged into another.
    public let isPlain: Bool
}

extension StoreReader {
    /// Returns a glance at the record's part in a row, or nil where there is none.
    /// - Complexity: O(*n*) in the bytes of the record, which are not copied further.
    public func glance(row: Int64) throws -> RecordGlance? {
        let sql = """
            SELECT uid, kind, state,
                (SELECT count(*) FROM record AS part WHERE part.uid = record.uid) > 1
            FROM record WHERE id = ?
            """
        return try DirectQuery.first(sql, [row], in: db) { columns in
            let uid = RecordUID(UInt64(bitPattern: columns.number(0)))
            var values: [RecordGlance.Value] = []
            values.reserveCapacity(32)
            var isPlain = columns.number(3) == 0
            var last: (number: UInt32, item: ArraySlice<UInt8>) = (0, [])
            try StateCodec.forEachVersion(of: columns.bytes(2) ?? []) { version in
                // Versions of one place stand beside each other.
                if version.number == last.number, version.item == last.item { isPlain = false }
                last = (version.number, version.item)
                switch version.number {
                case FieldKey.life.number: break
                case Self.mergedInto: isPlain = false
                default:
                    if let value = version.value {
                        values.append(
                            RecordGlance.Value(
                                number: version.number,
                                item: version.item,
                                bytes: value
                            )
                        )
                    }
                }
                return true
            }
            return RecordGlance(
                row: row,
                uid: uid,
                kind: UInt32(truncatingIfNeeded: columns.number(1)),
                values: values,
                isPlain: isPlain
            )
        }
    }

    /// The field that says into which record a record was merged.
    private static let mergedInto: UInt32 = 10
}
