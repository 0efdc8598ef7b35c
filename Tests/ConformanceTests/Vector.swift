import CausalHistory
import Foundation
import RecordModel
import Testing

/// One example of `Protocol/vectors`, in the notation of its `README.md`.
struct Vector {
    let kind: String
    let input: JSONValue
    let expected: JSONValue
    private let actors: [String: ActorID]

    init(_ url: URL) throws {
        let json = try JSONValue(parsing: [UInt8](Data(contentsOf: url)))
        kind = try #require(json["case"]?.string)
        input = try #require(json["input"])
        expected = try #require(json["expected"])
        var actors: [String: ActorID] = [:]
        for member in json["actors"]?.object ?? [] {
            let identity = try #require(bytes(hexadecimal: member.value.string ?? ""))
            actors[member.name] = ActorID(bytes: identity)
        }
        self.actors = actors
    }

    func text(_ name: String) throws -> String { try #require(input[name]?.string) }

    func list(_ name: String) throws -> [JSONValue] { try #require(input[name]?.array) }

    func integer(_ json: JSONValue?) throws -> UInt64 {
        guard case .number(let text)? = json else { throw VectorError.malformed }
        return try #require(UInt64(text))
    }

    // MARK: Causality

    func actor(_ name: String) throws -> ActorID { try #require(actors[name]) }

    func dot(_ json: JSONValue?) throws -> Dot {
        let text = try #require(json?.string)
        return Dot(try actor(String(text.prefix(1))), try #require(UInt64(text.dropFirst())))
    }

    /// Reads a vector; one that is left out is empty.
    func vector(_ json: JSONValue?) throws -> VersionVector {
        VersionVector(
            try (json?.object ?? []).map {
                VersionVector.Entry(actor: try actor($0.name), counter: try integer($0.value))
            }
        )
    }

    // MARK: Records

    func key(_ json: JSONValue) throws -> FieldKey {
        let item = try #require(bytes(hexadecimal: json["item"]?.string ?? ""))
        return FieldKey(UInt32(try integer(json["number"])), item: item)
    }

    func content(_ json: JSONValue) throws -> Content {
        if let text = json["value"]?.string { return .value(Array(text.utf8)) }
        if let digits = json["bytes"]?.string {
            return .value(try #require(bytes(hexadecimal: digits)))
        }
        if json["absent"] != nil { return .absent }
        if json["cleared"] != nil { return .cleared }
        let witnesses = try #require(json["deleted"]?.array)
        return .deleted(
            try witnesses.map { witness in
                let hash = try #require(UInt32(witness["hash"]?.string ?? "", radix: 16))
                return Witness(dot: try dot(witness["dot"]), hash: hash)
            }
        )
    }

    func attribution(_ json: JSONValue) throws -> Attribution {
        let reason = try json["reason"].map { try integer($0) } ?? 0
        return Attribution(
            time: HybridTime(milliseconds: try integer(json["time"])),
            author: try #require(json["author"]?.string),
            reason: try #require(UInt8(exactly: reason).flatMap(ChangeReason.init(rawValue:))),
            note: json["note"]?.string ?? ""
        )
    }

    func siblings(_ json: JSONValue?) throws -> SiblingSet<Cell> {
        SiblingSet(
            try #require(json?.array).map { json in
                let cell = Cell(
                    content: try content(try #require(json["content"])),
                    attribution: try attribution(json),
                    parents: try (json["parents"]?.array ?? []).map(dot)
                )
                return Sibling(dot: try dot(json["dot"]), version: cell)
            }
        )
    }

    func state(_ json: JSONValue?) throws -> RecordState {
        let json = try #require(json)
        return RecordState(
            kind: try json["kind"].map { UInt32(try integer($0)) } ?? 1,
            fields: try (json["fields"]?.array ?? []).map { field in
                FieldEntry(key: try key(field), siblings: try siblings(field["siblings"]))
            },
            context: try vector(json["context"]),
            erasure: try json["erasure"].map { json in
                Erasure(dot: try dot(json["dot"]), attribution: try attribution(json))
            }
        )
    }

    private enum VectorError: Error { case malformed }
}
