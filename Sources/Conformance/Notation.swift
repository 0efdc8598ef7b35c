import CausalHistory
import RecordModel

/// The notation of `Protocol/vectors/README.md`: what an example says, read and written.
struct Notation {
    /// The letters for actors that an example uses.
    private let actors: [String: ActorID]
    private let letters: [ActorID: String]

    /// Reads the letters of an example.
    /// - Throws: `VectorError` where one is not 16 bytes.
    init(actors json: JSONValue?) throws {
        var actors: [String: ActorID] = [:]
        for member in json?.object ?? [] {
            let identity = try need(bytes(hexadecimal: member.value.string ?? ""), "an actor")
            guard identity.count == 16 else { throw VectorError("an actor is not 16 bytes") }
            actors[member.name] = ActorID(bytes: identity)
        }
        self.actors = actors
        letters = Dictionary(actors.map { ($1, $0) }) { first, _ in first }
    }

    // MARK: Causality

    func actor(_ name: String?) throws -> ActorID {
        try need(actors[name ?? ""], "the actor “\(name ?? "")”")
    }

    func dot(_ json: JSONValue?) throws -> Dot {
        let text = try need(json?.string, "a dot")
        return Dot(
            try actor(String(text.prefix(1))),
            try need(UInt64(text.dropFirst()), "the counter of “\(text)”")
        )
    }

    /// The letter of an actor, or its digits where it has none.
    func name(of actor: ActorID) -> String { letters[actor] ?? hexadecimal(actor.bytes) }

    func json(_ dot: Dot) -> JSONValue { .string("\(name(of: dot.actor))\(dot.counter)") }

    /// Reads a vector; one that is left out is empty.
    func vector(_ json: JSONValue?) throws -> VersionVector {
        VersionVector(
            try (json?.object ?? []).map {
                VersionVector.Entry(actor: try actor($0.name), counter: try integer($0.value))
            }
        )
    }

    func json(_ vector: VersionVector) -> JSONValue {
        .object(
            vector.entries.map { JSONMember(name(of: $0.actor), .number($0.counter)) }
        )
    }

    // MARK: Records

    func key(_ json: JSONValue) throws -> FieldKey {
        let number = try need(UInt32(exactly: try integer(json["number"])), "a field's number")
        return FieldKey(number, item: try digits(json["item"]))
    }

    func content(_ json: JSONValue?) throws -> Content {
        let json = try need(json, "a content")
        if let text = json["value"]?.string { return .value(Array(text.utf8)) }
        if json["bytes"] != nil { return .value(try digits(json["bytes"])) }
        if json["absent"] != nil { return .absent }
        if json["cleared"] != nil { return .cleared }
        return .deleted(
            try need(json["deleted"]?.array, "a content").map { witness in
                let hash = try digits(witness["hash"])
                guard hash.count == 4 else { throw VectorError("a hash is not 4 bytes") }
                return Witness(
                    dot: try dot(witness["dot"]),
                    hash: hash.reduce(0) { $0 << 8 | UInt32($1) }
                )
            }
        )
    }

    func json(_ content: Content) -> JSONValue {
        switch content {
        case .absent: return .object([JSONMember("absent", .bool(true))])
        case .cleared: return .object([JSONMember("cleared", .bool(true))])
        case .value(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self),
                bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 || $0 == 0x0a })
            else {
                return .object([JSONMember("bytes", .string(hexadecimal(bytes)))])
            }
            return .object([JSONMember("value", .string(text))])
        case .deleted(let witnesses):
            let list = witnesses.map { witness in
                var writer = ByteWriter()
                writer.bigEndian(witness.hash)
                return JSONValue.object([
                    JSONMember("dot", json(witness.dot)),
                    JSONMember("hash", .string(hexadecimal(writer.bytes))),
                ])
            }
            return .object([JSONMember("deleted", .array(list))])
        }
    }

    func attribution(_ json: JSONValue) throws -> Attribution {
        let reason = try json["reason"].map { try integer($0) } ?? 0
        return Attribution(
            time: HybridTime(milliseconds: try integer(json["time"])),
            author: try need(json["author"]?.string, "an author"),
            reason: try need(
                UInt8(exactly: reason).flatMap(ChangeReason.init(rawValue:)),
                "the reason \(reason)"
            ),
            note: json["note"]?.string ?? ""
        )
    }

    private func members(_ attribution: Attribution) -> [JSONMember] {
        var members = [
            JSONMember("time", .number(attribution.time.milliseconds)),
            JSONMember("author", .string(attribution.author)),
        ]
        if attribution.reason != .edit {
            members.append(JSONMember("reason", .number(attribution.reason.rawValue)))
        }
        if !attribution.note.isEmpty {
            members.append(JSONMember("note", .string(attribution.note)))
        }
        return members
    }

    func sibling(_ json: JSONValue) throws -> Sibling {
        let cell = Cell(
            content: try content(json["content"]),
            attribution: try attribution(json),
            parents: try (json["parents"]?.array ?? []).map(dot)
        )
        return Sibling(dot: try dot(json["dot"]), version: cell)
    }

    func json(_ sibling: Sibling) -> JSONValue {
        .object(
            [
                JSONMember("dot", json(sibling.dot)),
                JSONMember("content", json(sibling.version.content)),
            ] + members(sibling.version.attribution) + [
                JSONMember("parents", .array(sibling.version.parents.map(json)))
            ]
        )
    }

    func siblings(_ json: JSONValue?) throws -> SiblingSet<Cell> {
        SiblingSet(try need(json?.array, "siblings").map(sibling))
    }

    func fields(_ json: JSONValue?) throws -> [FieldEntry] {
        try (json?.array ?? []).map { field in
            FieldEntry(key: try key(field), siblings: try siblings(field["siblings"]))
        }
    }

    private func json(_ entry: FieldEntry) -> JSONValue {
        .object([
            JSONMember("number", .number(entry.key.number)),
            JSONMember("item", .string(hexadecimal(entry.key.item))),
            JSONMember("siblings", .array(entry.siblings.siblings.map(json))),
        ])
    }

    func state(_ json: JSONValue?) throws -> RecordState {
        let json = try need(json, "a state")
        return RecordState(
            kind: try kind(json),
            fields: try fields(json["fields"]),
            context: try vector(json["context"]),
            erasure: try erasure(json["erasure"])
        )
    }

    func kind(_ json: JSONValue) throws -> UInt32 {
        try need(UInt32(exactly: try json["kind"].map(integer) ?? 1), "a kind's number")
    }

    func erasure(_ json: JSONValue?) throws -> Erasure? {
        try json.map { Erasure(dot: try dot($0["dot"]), attribution: try attribution($0)) }
    }

    func json(_ state: RecordState) -> JSONValue {
        json(
            kind: state.kind,
            fields: state.fields,
            context: state.context,
            erasure: state.erasure
        )
    }

    func json(
        kind: UInt32,
        fields: [FieldEntry],
        context: VersionVector,
        erasure: Erasure?
    ) -> JSONValue {
        var result = [
            JSONMember("kind", .number(kind)),
            JSONMember("fields", .array(fields.map(json))),
            JSONMember("context", json(context)),
        ]
        if let erasure {
            let dot = [JSONMember("dot", json(erasure.dot))]
            result.append(
                JSONMember("erasure", .object(dot + members(erasure.attribution)))
            )
        }
        return .object(result)
    }
}

/// What is wrong with an example, or with what was made of it.
public struct VectorError: Error, Hashable, Sendable {
    /// The fault, as a phrase.
    public let message: String

    init(_ message: String) { self.message = message }
}

/// Returns what has to be there.
func need<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw VectorError("\(what) is missing or malformed") }
    return value
}

func integer(_ json: JSONValue?) throws -> UInt64 {
    switch json {
    case .number(let text)?, .string(let text)?: try need(UInt64(text), "the number \(text)")
    default: throw VectorError("a number is missing")
    }
}

/// Reads bytes written as hexadecimal digits; none where they are left out.
func digits(_ json: JSONValue?) throws -> [UInt8] {
    try need(bytes(hexadecimal: json?.string ?? ""), "hexadecimal digits")
}
