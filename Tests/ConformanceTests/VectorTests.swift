import CausalHistory
import Foundation
import RecordModel
import SyncProtocol
import Testing

/// Every example of `Protocol/vectors`, run by this implementation.
struct VectorTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Protocol/vectors")

    private static let files: [String] = {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
        return (all ?? []).filter { $0.hasSuffix(".json") }.sorted()
    }()

    @Test func thereAreExamplesOfEveryCase() throws {
        let cases = try Set(
            Self.files.map { try Vector(Self.folder.appendingPathComponent($0)).kind }
        )
        #expect(
            cases == [
                "order", "join", "derived_uid", "vector_hash", "content_hash", "record_digest",
                "chain",
            ]
        )
    }

    @Test(arguments: files) func holds(file: String) throws {
        let vector = try Vector(Self.folder.appendingPathComponent(file))
        switch vector.kind {
        case "order": try order(vector)
        case "join": try join(vector)
        case "derived_uid":
            let uid = RecordUID(
                space: try #require(SpaceName(try vector.text("space"))),
                kind: UInt32(try vector.integer(vector.input["kind"])),
                scheme: try vector.text("scheme"),
                identifier: try vector.text("identifier")
            )
            #expect(uid.description == vector.expected["uid"]?.string)
        case "vector_hash":
            let hash = KnowledgeUpdate.hash(of: try vector.vector(vector.input["vector"]))
            #expect(RecordUID(hash).description == vector.expected["hash"]?.string)
        case "content_hash":
            let content = try vector.content(try #require(vector.input["content"]))
            #expect(ChangeHex.text(content.hash32) == vector.expected["hash"]?.string)
        case "record_digest":
            let state = try vector.state(vector.input)
            let uid = try #require(RecordUID(hexadecimal: try vector.text("uid")))
            #expect(state.digest(uid: uid).hex == vector.expected["digest"]?.string)
        case "chain": try chain(vector)
        default: Issue.record("unknown case \(vector.kind)")
        }
    }

    private func order(_ vector: Vector) throws {
        let left = try vector.vector(vector.input["left"])
        let right = try vector.vector(vector.input["right"])
        #expect("\(left.order(relativeTo: right))" == vector.expected["order"]?.string)
        #expect(try left.merged(with: right) == vector.vector(vector.expected["merged"]))
        #expect(try left.intersection(right) == vector.vector(vector.expected["intersection"]))
    }

    private func join(_ vector: Vector) throws {
        let left = try vector.state(try #require(vector.input["left"]))
        let right = try vector.state(try #require(vector.input["right"]))
        let expected = try vector.state(try #require(vector.expected["state"]))
        #expect(left.joined(with: right) == expected)
        #expect(right.joined(with: left) == expected)
        #expect("\(expected.life)" == vector.expected["life"]?.string)
    }

    private func chain(_ vector: Vector) throws {
        let actor = try vector.actor(try vector.text("actor"))
        let space = try #require(SpaceName(try vector.text("space")))
        var digests = [Chain.origin(actor: actor, space: space)]
        for link in vector.input["links"]?.array ?? [] {
            let reason = ChangeReason(rawValue: UInt8(try vector.integer(link["reason"])))
            let attribution = Attribution(
                time: HybridTime(milliseconds: try vector.integer(link["time"])),
                author: link["author"]?.string ?? "",
                reason: try #require(reason),
                note: link["note"]?.string ?? ""
            )
            let changes = try (link["changes"]?.array ?? []).map { change in
                let uid = try #require(RecordUID(hexadecimal: change["uid"]?.string ?? ""))
                let writes = try (change["writes"]?.array ?? []).map { write in
                    (
                        key: try vector.key(write),
                        content: try vector.content(try #require(write["content"]))
                    )
                }
                return (uid: uid, digest: RecordChange(uid: uid, writes: writes).digest)
            }
            digests.append(
                Chain.next(
                    after: digests[digests.count - 1],
                    counter: try vector.integer(link["counter"]),
                    attribution: attribution,
                    changes: changes
                )
            )
        }
        #expect(digests.map { JSONValue.string($0.hex) } == vector.expected["digests"]?.array)
    }
}

/// Four bytes as digits.
private enum ChangeHex {
    static func text(_ number: UInt32) -> String {
        var writer = ByteWriter()
        writer.bigEndian(number)
        return hexadecimal(writer.bytes)
    }
}

/// One file of examples.
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

    func integer(_ json: JSONValue?) throws -> UInt64 {
        guard case .number(let text)? = json else { throw VectorError.malformed }
        return try #require(UInt64(text))
    }

    func actor(_ name: String) throws -> ActorID { try #require(actors[name]) }

    func dot(_ text: String) throws -> Dot {
        Dot(try actor(String(text.prefix(1))), try #require(UInt64(text.dropFirst())))
    }

    func vector(_ json: JSONValue?) throws -> VersionVector {
        VersionVector(
            try (json?.object ?? []).map {
                VersionVector.Entry(actor: try actor($0.name), counter: try integer($0.value))
            }
        )
    }

    func key(_ json: JSONValue) throws -> FieldKey {
        let item = try #require(bytes(hexadecimal: json["item"]?.string ?? ""))
        return FieldKey(UInt32(try integer(json["number"])), item: item)
    }

    func content(_ json: JSONValue) throws -> Content {
        if let text = json["value"]?.string { return .value(Array(text.utf8)) }
        if json["absent"] != nil { return .absent }
        if json["cleared"] != nil { return .cleared }
        return .deleted(
            try (json["deleted"]?.array ?? []).map { witness in
                let hash = try #require(UInt32(witness["hash"]?.string ?? "", radix: 16))
                return Witness(dot: try dot(witness["dot"]?.string ?? ""), hash: hash)
            }
        )
    }

    func state(_ json: JSONValue) throws -> RecordState {
        let fields = try (json["fields"]?.array ?? []).map { field in
            FieldEntry(
                key: try key(field),
                siblings: SiblingSet(try (field["siblings"]?.array ?? []).map(sibling))
            )
        }
        let kind = try json["kind"].map { UInt32(try integer($0)) } ?? 1
        return RecordState(kind: kind, fields: fields, context: try vector(json["context"]))
    }

    private func sibling(_ json: JSONValue) throws -> Sibling {
        let attribution = Attribution(
            time: HybridTime(milliseconds: try integer(json["time"])),
            author: json["author"]?.string ?? ""
        )
        let cell = Cell(
            content: try content(try #require(json["content"])),
            attribution: attribution,
            parents: try (json["parents"]?.array ?? []).map { try dot($0.string ?? "") }
        )
        return Sibling(dot: try dot(json["dot"]?.string ?? ""), version: cell)
    }

    private enum VectorError: Error { case malformed }
}
