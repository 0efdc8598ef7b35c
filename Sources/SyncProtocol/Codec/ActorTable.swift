import CausalHistory
import Foundation
import RecordModel

/// The actors of a space's message, ascending; everything else names them by their index.
struct ActorTable {
    let actors: [ActorID]
    private let indexes: [ActorID: UInt32]

    /// Creates the table of the actors that a message names.
    init(_ actors: Set<ActorID>) {
        self.actors = actors.sorted()
        indexes = Dictionary(
            uniqueKeysWithValues: zip(self.actors, 0..<UInt32(clamping: actors.count))
        )
    }

    /// Reads the table.
    /// - Throws: `WireError.malformed` unless it is 16 bytes for each, strictly ascending.
    init(decoding data: Data) throws(WireError) {
        guard data.count.isMultiple(of: 16) else {
            throw .malformed("actors: not of 16 bytes each")
        }
        try Check.count(data.count / 16, atMost: Limits.actors, "actors")
        let bytes = [UInt8](data)
        actors = stride(from: 0, to: bytes.count, by: 16).compactMap { offset in
            ActorID(bytes: bytes[offset..<(offset + 16)])
        }
        guard zip(actors, actors.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .malformed("actors: not ascending")
        }
        // Only senders look actors up.
        indexes = [:]
    }

    /// The table's bytes.
    var data: Data { Data(actors.flatMap(\.bytes)) }

    /// Returns the index of an actor.
    func index(of actor: ActorID) -> UInt32 {
        guard let index = indexes[actor] else {
            preconditionFailure("The message names \(actor), which was not collected")
        }
        return index
    }

    /// Returns the actor at an index.
    /// - Throws: `WireError.malformed` outside the table.
    func actor(_ index: UInt32, _ what: String) throws(WireError) -> ActorID {
        guard index < actors.count else {
            throw .malformed("\(what): the actor \(index) of \(actors.count)")
        }
        return actors[Int(index)]
    }

    /// Returns the dot of an actor's index and a counter.
    /// - Throws: `WireError.malformed` where one of them is none.
    func dot(_ index: UInt32, _ count: UInt64, _ what: String) throws(WireError) -> Dot {
        Dot(try actor(index, what), try Check.counter(count, what))
    }
}

/// Gathers the actors that a message names.
struct ActorCollector {
    private(set) var actors: Set<ActorID> = []
    /// Most dots have the actor of the one before.
    private var last: ActorID?

    mutating func insert(_ actor: ActorID) {
        if actor == last { return }
        last = actor
        actors.insert(actor)
    }

    mutating func insert(_ vector: VersionVector) {
        for entry in vector.entries { insert(entry.actor) }
    }

    mutating func insert(_ page: Page) {
        for record in page.records {
            insert(record.context)
            if let erasure = record.erasure { insert(erasure.dot.actor) }
            var dots = record.namedDots
            for base in record.bases { base.sibling.appendNamedDots(to: &dots) }
            for dot in dots { insert(dot.actor) }
        }
    }
}

extension Sibling {
    /// Appends the dots that stand in a cell: its own, its parents' and its witnesses'.
    func appendNamedDots(to dots: inout [Dot]) {
        if dots.last != dot { dots.append(dot) }
        dots += version.parents
        if case .deleted(let witnesses) = version.content { dots += witnesses.lazy.map(\.dot) }
    }
}

extension RecordDelta {
    /// The dots that stand in the record's cells, some perhaps several times.
    var namedDots: [Dot] {
        var dots: [Dot] = []
        for entry in fields {
            for sibling in entry.siblings.siblings { sibling.appendNamedDots(to: &dots) }
        }
        return dots
    }

    /// The least context that covers every dot in the record's cells: what a page need not say.
    var impliedContext: VersionVector {
        VersionVector(covering: namedDots)
    }
}
