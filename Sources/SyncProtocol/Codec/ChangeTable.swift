import CausalHistory
import RecordModel

/// One change as a page's table has it; the order is the table's.
struct ChangeRow: Hashable, Comparable {
    var actor: UInt32
    var counter: UInt64
    var time: UInt64
    var authorship: UInt32

    static func < (left: ChangeRow, right: ChangeRow) -> Bool {
        (left.actor, left.counter, left.time, left.authorship)
            < (right.actor, right.counter, right.time, right.authorship)
    }
}

/// Gathers the distinct changes of a page and writes their table.
///
/// While it gathers, changes and authorships have provisional indexes, in the order of arrival;
/// `encode` puts both tables in order and tells the final index of each change.
struct ChangeTableEncoder {
    fileprivate struct Authorship: Hashable {
        // Bytes, not strings: texts that differ only in their normal form are equal strings.
        var author: [UInt8]
        var reason: UInt32
        var note: [UInt8]

        init(_ attribution: Attribution) {
            author = Array(attribution.author.utf8)
            reason = UInt32(attribution.reason.rawValue)
            note = Array(attribution.note.utf8)
        }

        init(_ wire: WireAuthorship) {
            author = Array(wire.author.utf8)
            reason = wire.reason
            note = Array(wire.note.utf8)
        }

        static func precedes(_ left: Authorship, _ right: Authorship) -> Bool {
            if left.author != right.author {
                return left.author.lexicographicallyPrecedes(right.author)
            }
            if left.reason != right.reason { return left.reason < right.reason }
            return left.note.lexicographicallyPrecedes(right.note)
        }
    }

    private let actors: ActorTable
    private var authorships: [Authorship: UInt32] = [:]
    private var rows: [ChangeRow: Int] = [:]
    private var last: (dot: Dot, attribution: Attribution, index: Int)?

    init(actors: ActorTable) {
        self.actors = actors
    }

    /// Returns the provisional index of a change.
    mutating func index(of dot: Dot, _ attribution: Attribution) -> Int {
        // A transaction writes several fields: most cells have the change of the one before.
        if let last, last.dot == dot, Self.isSame(last.attribution, attribution) {
            return last.index
        }
        let next = UInt32(clamping: authorships.count)
        let authorship = Self.intern(Authorship(attribution), in: &authorships, as: next)
        let row = ChangeRow(
            actor: actors.index(of: dot.actor),
            counter: dot.counter,
            time: attribution.time.milliseconds,
            authorship: authorship
        )
        let index = Self.intern(row, in: &rows, as: rows.count)
        last = (dot, attribution, index)
        return index
    }

    private static func intern<Key: Hashable, Index>(
        _ key: Key,
        in table: inout [Key: Index],
        as next: Index
    ) -> Index {
        if let index = table[key] { return index }
        table[key] = next
        return next
    }

    private static func isSame(_ left: Attribution, _ right: Attribution) -> Bool {
        left.time == right.time && left.reason == right.reason
            && left.author.utf8.elementsEqual(right.author.utf8)
            && left.note.utf8.elementsEqual(right.note.utf8)
    }

    /// Writes both tables.
    /// - Returns: The final index of each change, by its provisional one.
    func encode(to page: inout WirePage) -> [UInt32] {
        let sorted = authorships.sorted { Authorship.precedes($0.key, $1.key) }
        page.authorships = sorted.map { entry in
            var wire = WireAuthorship()
            wire.author = String(decoding: entry.key.author, as: UTF8.self)
            wire.reason = entry.key.reason
            wire.note = String(decoding: entry.key.note, as: UTF8.self)
            return wire
        }
        var authorshipRank = [UInt32](repeating: 0, count: sorted.count)
        for (rank, entry) in sorted.enumerated() {
            authorshipRank[Int(entry.value)] = UInt32(clamping: rank)
        }
        let changes = rows.map { row, index in
            var row = row
            row.authorship = authorshipRank[Int(row.authorship)]
            return (row: row, index: index)
        }.sorted { $0.row < $1.row }
        page.changeActors = Columns.omittingZeros(changes.map(\.row.actor))
        page.changeCounters = Columns.deltas(changes.map(\.row.counter))
        page.changeTimes = Columns.omittingZeros(Columns.deltas(changes.map(\.row.time)))
        page.changeAuthorships = Columns.omittingZeros(changes.map(\.row.authorship))
        var rank = [UInt32](repeating: 0, count: changes.count)
        for (position, change) in changes.enumerated() {
            rank[change.index] = UInt32(clamping: position)
        }
        return rank
    }
}

/// The changes of a page that was received.
struct ChangeTable {
    private let changes: [(dot: Dot, attribution: Attribution)]

    /// Reads both tables.
    /// - Throws: `WireError.malformed` or `.tooLarge`.
    init(decoding page: WirePage, actors: ActorTable) throws(WireError) {
        let authorships = try Self.authorships(page.authorships)
        let count = page.changeCounters.count
        try Check.count(count, atMost: Limits.cells, "changes")
        let indexes = try Columns.full(page.changeActors, count, "change actors")
        let counters = Columns.values(page.changeCounters)
        let times = Columns.values(try Columns.full(page.changeTimes, count, "change times"))
        let authors = try Columns.full(page.changeAuthorships, count, "change authorships")
        var changes: [(dot: Dot, attribution: Attribution)] = []
        changes.reserveCapacity(count)
        var previous: ChangeRow?
        for index in 0..<count {
            let row = ChangeRow(
                actor: indexes[index],
                counter: counters[index],
                time: times[index],
                authorship: authors[index]
            )
            if let previous, previous >= row { throw .malformed("changes: not ascending") }
            previous = row
            guard row.authorship < authorships.count else {
                throw .malformed("changes: the authorship \(row.authorship)")
            }
            let authorship = authorships[Int(row.authorship)]
            changes.append(
                (
                    try actors.dot(row.actor, row.counter, "changes"),
                    Attribution(
                        time: HybridTime(milliseconds: try Check.time(row.time, "changes")),
                        author: authorship.author,
                        reason: authorship.reason,
                        note: authorship.note
                    )
                )
            )
        }
        self.changes = changes
    }

    private typealias Authorship = (author: String, reason: ChangeReason, note: String)

    private static func authorships(_ wire: [WireAuthorship]) throws(WireError) -> [Authorship] {
        var result: [Authorship] = []
        var previous: ChangeTableEncoder.Authorship?
        for entry in wire {
            let form = ChangeTableEncoder.Authorship(entry)
            if let previous, !ChangeTableEncoder.Authorship.precedes(previous, form) {
                throw .malformed("authorships: not ascending")
            }
            previous = form
            try Check.count(entry.author.utf8.count, atMost: Limits.authorBytes, "author")
            try Check.count(entry.note.utf8.count, atMost: Limits.noteBytes, "note")
            guard let number = UInt8(exactly: entry.reason),
                let reason = ChangeReason(rawValue: number)
            else { throw .malformed("authorship: the reason \(entry.reason)") }
            result.append((entry.author, reason, entry.note))
        }
        return result
    }

    /// Returns the change at an index.
    /// - Throws: `WireError.malformed` outside the table.
    func change(
        _ index: some BinaryInteger
    ) throws(WireError) -> (dot: Dot, attribution: Attribution) {
        guard let index = Int(exactly: index), changes.indices.contains(index) else {
            throw .malformed("the change \(index) of \(changes.count)")
        }
        return changes[index]
    }
}
