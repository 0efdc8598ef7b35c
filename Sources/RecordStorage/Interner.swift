import CausalHistory
import GRDB
import RecordModel

/// A number that a table lacks: the file has to be asked.
struct UnknownNumber: Error {}

/// Who wrote, why, and more about the reason: an attribution without its time.
private struct Sort: Hashable {
    let author: String
    let reason: ChangeReason
    let note: String

    init(_ attribution: Attribution) {
        self.init(
            author: attribution.author,
            reason: attribution.reason,
            note: attribution.note
        )
    }

    init(author: String, reason: ChangeReason, note: String) {
        self.author = author
        self.reason = reason
        self.note = note
    }
}

/// The numbers that a transaction has met so far, as a value that other threads may read.
struct InternTable: Interning, Sendable {
    fileprivate var actors: [ActorID: Int64] = [:]
    fileprivate var sorts: [Sort: Int64] = [:]

    /// - Throws: `UnknownNumber`.
    func number(of actor: ActorID) throws -> Int64 {
        guard let number = actors[actor] else { throw UnknownNumber() }
        return number
    }

    /// - Throws: `UnknownNumber`.
    func number(of attribution: Attribution) throws -> Int64 {
        guard let number = sorts[Sort(attribution)] else { throw UnknownNumber() }
        return number
    }
}

/// This file's numbers for actors and attributions, as one transaction sees them.
///
/// It lives no longer than its transaction: numbers that a rollback takes back must not be
/// remembered.
final class Interner: Interning, InternLookup {
    private let db: Database
    /// The numbers met so far.
    private(set) var table = InternTable()
    private var actors: [Int64: ActorID] = [:]
    private var sorts: [Int64: Sort] = [:]
    private var spaces: [Int64: SpaceName] = [:]
    private var latest: (attribution: Attribution, number: Int64)?

    init(_ db: Database) {
        self.db = db
    }

    func number(of actor: ActorID) throws -> Int64 {
        if let number = table.actors[actor] { return number }
        let number: Int64
        if let found = try existingNumber(of: actor) {
            number = found
        } else {
            try db.cachedStatement(sql: "INSERT INTO actor(uuid) VALUES (?)")
                .execute(arguments: [actor.data])
            number = db.lastInsertedRowID
        }
        table.actors[actor] = number
        actors[number] = actor
        return number
    }

    /// Returns the number of an actor that this store has met, nil for others.
    func existingNumber(of actor: ActorID) throws -> Int64? {
        if let number = table.actors[actor] { return number }
        return try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM actor WHERE uuid = ?"),
            arguments: [actor.data]
        )
    }

    func number(of attribution: Attribution) throws -> Int64 {
        if let latest, latest.attribution.author == attribution.author,
            latest.attribution.reason == attribution.reason,
            latest.attribution.note == attribution.note
        {
            return latest.number
        }
        let sort = Sort(attribution)
        let number = try table.sorts[sort] ?? insertOrFind(sort)
        table.sorts[sort] = number
        latest = (attribution, number)
        return number
    }

    private func insertOrFind(_ sort: Sort) throws -> Int64 {
        let arguments: StatementArguments = [sort.author, Int(sort.reason.rawValue), sort.note]
        let select = try db.cachedStatement(
            sql: "SELECT id FROM attribution WHERE author = ? AND reason = ? AND note = ?"
        )
        if let found = try Int64.fetchOne(select, arguments: arguments) { return found }
        try db.cachedStatement(
            sql: "INSERT INTO attribution(author, reason, note) VALUES (?, ?, ?)"
        ).execute(arguments: arguments)
        return db.lastInsertedRowID
    }

    func actor(_ number: Int64) throws -> ActorID {
        if let actor = actors[number] { return actor }
        let select = try db.cachedStatement(sql: "SELECT uuid FROM actor WHERE id = ?")
        guard let bytes = try [UInt8].fetch(select, [number]), let actor = ActorID(bytes: bytes)
        else { throw StoreError.damaged(detail: "actor \(number) is missing") }
        actors[number] = actor
        table.actors[actor] = number
        return actor
    }

    /// Returns the name of a space by its row.
    func space(_ row: Int64) throws -> SpaceName {
        if let name = spaces[row] { return name }
        let select = try db.cachedStatement(sql: "SELECT name FROM space WHERE id = ?")
        guard let text = try String.fetchOne(select, arguments: [row]), let name = SpaceName(text)
        else { throw StoreError.damaged(detail: "space \(row) is missing") }
        spaces[row] = name
        return name
    }

    /// Forgets the names of spaces, of which one was changed.
    func forgetSpaces() {
        spaces.removeAll()
    }

    func attribution(_ number: Int64, time: HybridTime) throws -> Attribution {
        let sort = try sorts[number] ?? fetchSort(number)
        return Attribution(
            time: time,
            author: sort.author,
            reason: sort.reason,
            note: sort.note
        )
    }

    private func fetchSort(_ number: Int64) throws -> Sort {
        let select = try db.cachedStatement(
            sql: "SELECT author, reason, note FROM attribution WHERE id = ?"
        )
        guard let row = try Row.fetchOne(select, arguments: [number]) else {
            throw StoreError.damaged(detail: "attribution \(number) is missing")
        }
        let sort = Sort(
            author: row[0],
            reason: ChangeReason(rawValue: row[1]) ?? .edit,
            note: row[2]
        )
        sorts[number] = sort
        table.sorts[sort] = number
        return sort
    }
}
