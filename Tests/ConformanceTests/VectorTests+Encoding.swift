import CausalHistory
import RecordModel
import SyncProtocol
import Testing

/// The examples of `Protocol/spec/02-canonical-bytes.md` and `04-proof.md`.
extension VectorTests {
    func varint(_ vector: Vector) throws {
        let encoded = try vector.list("numbers").map { number in
            var writer = ByteWriter()
            writer.varint(try #require(UInt64(number.string ?? "")))
            var reader = ByteReader(writer.bytes)
            #expect(try reader.varint() == UInt64(number.string ?? ""))
            return JSONValue.string(hexadecimal(writer.bytes))
        }
        #expect(encoded == vector.expected["bytes"]?.array)
    }

    func varintRefused(_ vector: Vector) throws {
        for digits in try vector.list("bytes") {
            var reader = ByteReader(try #require(bytes(hexadecimal: digits.string ?? "-")))
            #expect(throws: ByteError.self, "\(digits)") { try reader.varint() }
        }
    }

    func canonicalText(_ vector: Vector) throws {
        var warnings: [ValueWarning] = []
        let texts = try vector.list("values").map { value in
            let (type, text) = try typedText(value)
            let canonical = try type.canonical(text, warnings: &warnings)
            #expect(type.isCanonical(Array(canonical.utf8)), "\(canonical)")
            return JSONValue.string(canonical)
        }
        #expect(texts == vector.expected["texts"]?.array)
    }

    func textRefused(_ vector: Vector) throws {
        for value in try vector.list("values") {
            let (type, text) = try typedText(value)
            var warnings: [ValueWarning] = []
            #expect(throws: ValueError.self, "\(text)") {
                try type.canonical(text, warnings: &warnings)
            }
        }
    }

    private func typedText(_ json: JSONValue) throws -> (type: ValueType, text: String) {
        (
            try #require(ValueType(notation: json["type"]?.string ?? "")),
            try #require(json["text"]?.string)
        )
    }

    func item(_ vector: Vector) throws {
        var warnings: [ValueWarning] = []
        let input = try field(vector).input(
            json: try #require(vector.input["json"]),
            context: ValueContext(),
            warnings: &warnings
        )
        guard case .items(let items) = input else {
            Issue.record("no items but \(input)")
            return
        }
        #expect(items.count == 1)
        #expect(items.first?.key.map { hexadecimal($0) } == vector.expected["key"]?.string)
        #expect(items.first.map { hexadecimal($0.value) } == vector.expected["value"]?.string)
    }

    func derivedUID(_ vector: Vector) throws {
        let uid = RecordUID(
            space: try #require(SpaceName(try vector.text("space"))),
            kind: UInt32(try vector.integer(vector.input["kind"])),
            scheme: try vector.text("scheme"),
            identifier: try vector.text("identifier")
        )
        #expect(uid.description == vector.expected["uid"]?.string)
    }

    func vectorHash(_ vector: Vector) throws {
        let hash = KnowledgeUpdate.hash(of: try vector.vector(vector.input["vector"]))
        #expect(RecordUID(hash).description == vector.expected["hash"]?.string)
    }

    func contentHash(_ vector: Vector) throws {
        let content = try vector.content(try #require(vector.input["content"]))
        var writer = ByteWriter()
        writer.bigEndian(content.hash32)
        #expect(hexadecimal(writer.bytes) == vector.expected["hash"]?.string)
    }

    func recordDigest(_ vector: Vector) throws {
        let state = try vector.state(vector.input)
        let uid = try #require(RecordUID(hexadecimal: try vector.text("uid")))
        #expect(state.digest(uid: uid).hex == vector.expected["digest"]?.string)
    }

    func fingerprint(_ vector: Vector) throws {
        var fingerprint = Fingerprint()
        for digits in try vector.list("digests") {
            let digest = try #require(bytes(hexadecimal: digits.string ?? "-"))
            fingerprint.add(try #require(Digest128(bytes: digest)))
        }
        #expect(fingerprint.hex == vector.expected["sum"]?.string)
    }

    func chain(_ vector: Vector) throws {
        let actor = try vector.actor(try vector.text("actor"))
        let space = try #require(SpaceName(try vector.text("space")))
        var digests = [Chain.origin(actor: actor, space: space)]
        for link in try vector.list("links") {
            let changes = try #require(link["changes"]?.array).map { change in
                let uid = try #require(RecordUID(hexadecimal: change["uid"]?.string ?? ""))
                let writes = try #require(change["writes"]?.array).map { write in
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
                    attribution: try vector.attribution(link),
                    changes: changes
                )
            )
        }
        #expect(digests.map { JSONValue.string($0.hex) } == vector.expected["digests"]?.array)
    }
}
