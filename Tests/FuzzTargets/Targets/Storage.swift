import CausalHistory
import RecordModel
import Synchronization

@testable import RecordStorage

/// What a replica's own files hold, which a disk or a person may have changed.
let storageTargets = [
    FuzzTarget("state", seeds: Seeds.rows) { bytes in
        let numbers = Numbers()
        if let state = accepted({ try StateCodec.decode(bytes, kind: 1, numbers) }) {
            let row = try must("writing") { try StateCodec.encode(state, numbers) }
            let again = try must("reading") { try StateCodec.decode(row, kind: 1, numbers) }
            try require(again == state, "the row reads as another record")
            _ = (state.digest(uid: RecordUID(1)), state.life, state.joined(with: state))
        }
        if let cell = accepted({ try StateCodec.decodeCell(bytes, numbers) }) {
            let row = try must("writing") { try StateCodec.encode(cell, numbers) }
            let again = try must("reading") { try StateCodec.decodeCell(row, numbers) }
            try require(again == cell, "the row reads as another version")
        }
    },
    FuzzTarget("witness", seeds: Seeds.witnesses) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let statement = WitnessFile.Statement(parsing: text) else { return }
        let again = WitnessFile.Statement(parsing: statement.text)
        try require(again == statement, "the witness reads as another")
    },
]

/// Numbers for actors and attributions without a file: a small actor's number is itself.
final class Numbers: Interning, InternLookup {
    private let sorts = Mutex<[Attribution]>([])
    private let actors = Mutex<[ActorID]>([])
    /// Where the numbers of actors begin that are not small.
    private static let table: Int64 = 1 << 62

    func number(of actor: ActorID) throws -> Int64 {
        if actor.value < UInt128(Self.table) { return Int64(actor.value) }
        return actors.withLock { actors in
            if let index = actors.firstIndex(of: actor) { return Self.table + Int64(index) }
            actors.append(actor)
            return Self.table + Int64(actors.count - 1)
        }
    }

    func number(of attribution: Attribution) throws -> Int64 {
        let sort = Attribution(
            time: HybridTime(milliseconds: 0),
            author: attribution.author,
            reason: attribution.reason,
            note: attribution.note
        )
        return sorts.withLock { sorts in
            if let index = sorts.firstIndex(of: sort) { return Int64(index) }
            sorts.append(sort)
            return Int64(sorts.count - 1)
        }
    }

    func actor(_ number: Int64) throws -> ActorID {
        guard number >= 0 else { throw UnknownNumber() }
        if number < Self.table { return ActorID(UInt128(number)) }
        return try actors.withLock { actors in
            let index = Int(number - Self.table)
            guard actors.indices.contains(index) else { throw UnknownNumber() }
            return actors[index]
        }
    }

    func attribution(_ number: Int64, time: HybridTime) throws -> Attribution {
        let sort = sorts.withLock { sorts in
            Int(exactly: number).flatMap { sorts.indices.contains($0) ? sorts[$0] : nil }
        }
        return Attribution(
            time: time,
            author: sort?.author ?? "author \(number)",
            reason: sort?.reason ?? .edit,
            note: sort?.note ?? ""
        )
    }
}
