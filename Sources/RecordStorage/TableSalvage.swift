import GRDB

/// Reads what can be read of a table in a file with malformed pages: in the order of its key, over the
/// holes.
struct TableSalvage {
    /// The table.
    let name: String
    /// The number by which its rows are ordered.
    let key: String
    /// A column before that number in the key, with its value.
    let group: (column: String, value: Int64)?

    /// How many rows of a hole are skipped at most before the rest is given up.
    private static let greatestHole: Int64 = 1 << 40

    init(_ name: String, key: String = "rowid", group: (column: String, value: Int64)? = nil) {
        self.name = name
        self.key = key
        self.group = group
    }

    /// Calls a body with each row that can be read; the key is the first column.
    ///
    /// - Parameters:
    ///   - columns: What is read of each row.
    ///   - db: The file.
    ///   - body: Takes a row; one may come twice.
    /// - Returns: Whether all could be read.
    /// - Throws: What the body throws.
    /// - Complexity: O(*n*) in the rows, and O(log *h*) look-ups for a hole of *h* rows.
    func forEachRow(
        _ columns: [String],
        in db: Database,
        _ body: (Row) throws -> Void
    ) throws -> Bool {
        var isWhole = true
        var next = Int64.min
        while true {
            let reached = try scan(columns, from: next, in: db, body)
            if reached.isAtEnd { return isWhole }
            isWhole = false
            // Within the key that was read last there may be more, behind the malformed page.
            let last = reached.last ?? (next == .min ? 0 : next)
            guard let readable = try nextReadable(after: last, in: db) else { return false }
            next = readable
        }
    }

    /// Reads upwards as far as it goes.
    private func scan(
        _ columns: [String],
        from least: Int64,
        in db: Database,
        _ body: (Row) throws -> Void
    ) throws -> (last: Int64?, isAtEnd: Bool) {
        var last: Int64?
        let names = ([key] + columns).joined(separator: ", ")
        var found: Row?
        let cursor: RowCursor
        do {
            cursor = try Row.fetchCursor(
                db,
                sql: "\(select(names)) AND \(key) >= ? ORDER BY \(key)",
                arguments: arguments(least)
            )
        } catch is DatabaseError {
            return (nil, false)
        }
        while true {
            do {
                found = try cursor.next()
            } catch is DatabaseError {
                return (last, false)
            }
            guard let row = found else { return (last, true) }
            last = row[0] as Int64? ?? last
            try body(row)
        }
    }

    private func select(_ columns: String) -> String {
        "SELECT \(columns) FROM \(name) NOT INDEXED WHERE \(group?.column ?? "0") = ?"
    }

    private func arguments(_ least: Int64) -> StatementArguments { [group?.value ?? 0, least] }

    /// The least key behind a hole, nil where there is none.
    private func nextReadable(after last: Int64, in db: Database) throws -> Int64? {
        let sql = "\(select(key)) AND \(key) >= ? ORDER BY \(key) LIMIT 1"
        func readable(from least: Int64) -> Int64?? {
            do {
                return .some(try Int64.fetchOne(db, sql: sql, arguments: arguments(least)))
            } catch {
                return nil
            }
        }
        // All look-ups that end in the malformed page fail, all behind it succeed.
        var step: Int64 = 1
        while step <= Self.greatestHole, readable(from: last + step) == nil { step *= 2 }
        guard step <= Self.greatestHole else { return nil }
        var (failing, reading) = (step / 2, step)
        while reading - failing > 1 {
            let middle = failing + (reading - failing) / 2
            if readable(from: last + middle) == nil { failing = middle } else { reading = middle }
        }
        return (readable(from: last + reading) ?? nil)
    }
}
