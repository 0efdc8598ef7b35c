import RecordModel

/// One example of `Protocol/vectors`: a case, what goes in, and what has to come out.
public struct Vector: Sendable {
    /// The name of the case, which says what is done with the input.
    public let kind: String
    let input: JSONValue
    let notation: Notation
    private let expected: JSONValue?

    /// Reads an example.
    /// - Throws: `JSONError` for bytes that are no JSON, `VectorError` for JSON that is no example.
    public init(_ bytes: [UInt8]) throws {
        let json = try JSONValue(parsing: bytes)
        kind = try need(json["case"]?.string, "the case")
        input = try need(json["input"], "the input")
        expected = json["expected"]
        notation = try Notation(actors: json["actors"])
    }

    /// The cases that an example may be of.
    public static var kinds: Set<String> { Set(cases.keys) }

    /// Does what the case says with the input.
    /// - Returns: What came out, in the notation of the vectors.
    /// - Throws: `VectorError` for an unknown case, an input that is none of the case, or a promise
    ///   of the protocol that does not hold.
    public func result() throws -> JSONValue {
        guard let evaluate = Self.cases[kind] else {
            throw VectorError("no case is called “\(kind)”")
        }
        return try evaluate(self)
    }

    /// Checks that what comes out is what the example expects.
    /// - Throws: As `result`; `VectorError` where it is something else.
    public func check() throws {
        let expected = try need(expected, "what is expected")
        let result = try result()
        guard Self.isSame(result, expected) else {
            throw VectorError("expected \(expected.text), got \(result.text)")
        }
    }

    /// Whether two descriptions say the same: an object's members have no order, and a member that
    /// says the default (nothing, 0, false, the kind 1, a fingerprint of zero) may be left out.
    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            let names = Set(left.map(\.name)).union(right.map(\.name))
            return names.allSatisfy { name in
                let (mine, theirs) = (
                    left.first { $0.name == name }?.value, right.first { $0.name == name }?.value
                )
                return switch (mine, theirs) {
                case (let mine?, let theirs?): isSame(mine, theirs)
                case (let one?, nil), (nil, let one?): isDefault(one, of: name)
                case (nil, nil): true
                }
            }
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        default:
            return left == right
        }
    }

    private static func isDefault(_ value: JSONValue, of name: String) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .number(let digits): digits == (name == "kind" ? "1" : "0")
        case .string(let text): text.allSatisfy { $0 == "0" }
        case .array(let elements): elements.isEmpty
        case .object(let members): members.allSatisfy { isDefault($0.value, of: $0.name) }
        }
    }

    // MARK: Reading the input

    func text(_ name: String) throws -> String { try need(input[name]?.string, "“\(name)”") }

    func list(_ name: String) throws -> [JSONValue] { try need(input[name]?.array, "“\(name)”") }

    func bytes(_ name: String) throws -> [UInt8] {
        try need(RecordModel.bytes(hexadecimal: try text(name)), "“\(name)”")
    }

    /// The cases, each with what it does.
    private static let cases: [String: @Sendable (Vector) throws -> JSONValue] = [
        "actor_statement": { try $0.actorStatement() },
        "branch": { try $0.branch() },
        "canonical_text": { try $0.canonicalText() },
        "chain": { try $0.chain() },
        "chain_heads": { try $0.chainHeads() },
        "content_hash": { try $0.contentHash() },
        "delta": { try $0.delta() },
        "derived_uid": { try $0.derivedUID() },
        "enrolment_token": { try $0.enrolmentToken() },
        "fingerprint": { try $0.fingerprint() },
        "frame": { try $0.frame() },
        "item": { try $0.item() },
        "join": { try $0.join() },
        "life": { try $0.life() },
        "message": { try $0.message() },
        "message_refused": { try $0.messageRefused() },
        "order": { try $0.order() },
        "reading": { try $0.reading() },
        "record_digest": { try $0.recordDigest() },
        "session": { try $0.session() },
        "signed_request": { try $0.signedRequest() },
        "signed_file": { try $0.signedFile() },
        "signed_response": { try $0.signedResponse() },
        "take": { try $0.take() },
        "text_refused": { try $0.textRefused() },
        "varint": { try $0.varint() },
        "varint_refused": { try $0.varintRefused() },
        "vector_hash": { try $0.vectorHash() },
    ]
}

/// An object of one member or several.
func object(_ members: (String, JSONValue)...) -> JSONValue {
    .object(members.map { JSONMember($0.0, $0.1) })
}
