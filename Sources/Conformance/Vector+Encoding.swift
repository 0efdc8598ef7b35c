import RecordModel
import SyncProtocol

/// The cases of `Protocol/spec/02-canonical-bytes.md` and `04-proof.md`.
extension Vector {
    func varint() throws -> JSONValue {
        let encoded = try list("numbers").map { json in
            let number = try integer(json)
            var writer = ByteWriter()
            writer.varint(number)
            var reader = ByteReader(writer.bytes)
            guard try reader.varint() == number else {
                throw VectorError("the number \(number) does not read back")
            }
            return hex(writer.bytes)
        }
        return object(("bytes", .array(encoded)))
    }

    func varintRefused() throws -> JSONValue {
        for json in try list("bytes") {
            var reader = ByteReader(try digits(json))
            if let number = try? reader.varint() {
                throw VectorError("\(json.text) is taken as \(number)")
            }
        }
        return object(("refused", .bool(true)))
    }

    func canonicalText() throws -> JSONValue {
        let texts = try list("values").map { value in
            let (type, text) = try typedText(value)
            var warnings: [ValueWarning] = []
            let canonical = try type.canonical(text, warnings: &warnings)
            guard type.isCanonical(Array(canonical.utf8)) else {
                throw VectorError("“\(canonical)” is not canonical itself")
            }
            return JSONValue.string(canonical)
        }
        return object(("texts", .array(texts)))
    }

    func textRefused() throws -> JSONValue {
        for value in try list("values") {
            let (type, text) = try typedText(value)
            var warnings: [ValueWarning] = []
            if let taken = try? type.canonical(text, warnings: &warnings) {
                throw VectorError("“\(text)” is taken as “\(taken)”")
            }
        }
        return object(("refused", .bool(true)))
    }

    private func typedText(_ json: JSONValue) throws -> (type: ValueType, text: String) {
        (
            try need(ValueType(notation: json["type"]?.string ?? ""), "a value type"),
            try need(json["text"]?.string, "a text")
        )
    }

    func item() throws -> JSONValue {
        var warnings: [ValueWarning] = []
        let input = try field().input(
            json: try need(input["json"], "“json”"),
            context: ValueContext(),
            warnings: &warnings
        )
        guard case .items(let items) = input, items.count == 1 else {
            throw VectorError("the input is not one item")
        }
        return object(("key", hex(try need(items[0].key, "a key"))), ("value", hex(items[0].value)))
    }

    func derivedUID() throws -> JSONValue {
        let uid = RecordUID(
            space: try notation.space(input["space"]),
            kind: try notation.kind(input),
            scheme: try text("scheme"),
            identifier: try text("identifier")
        )
        return object(("uid", .string(uid.description)))
    }

    func vectorHash() throws -> JSONValue {
        let hash = (try notation.vector(input["vector"]).hash64)
        return object(("hash", .string(RecordUID(hash).description)))
    }

    func contentHash() throws -> JSONValue {
        var writer = ByteWriter()
        writer.bigEndian(try notation.content(input["content"]).hash32)
        return object(("hash", hex(writer.bytes)))
    }

    func recordDigest() throws -> JSONValue {
        let state = try notation.state(input)
        return object(("digest", .string(state.digest(uid: try notation.uid(input["uid"])).hex)))
    }

    func fingerprint() throws -> JSONValue {
        var fingerprint = Fingerprint()
        for json in try list("digests") {
            fingerprint.add(try need(Digest128(bytes: try digits(json)), "a digest"))
        }
        return object(("sum", .string(fingerprint.hex)))
    }

    func chain() throws -> JSONValue {
        let origin = Chain.origin(
            actor: try notation.actor(input["actor"]?.string),
            space: try notation.space(input["space"])
        )
        var digests = [origin]
        for link in try list("links") {
            let changes = try need(link["changes"]?.array, "changes").map { change in
                let uid = try notation.uid(change["uid"])
                let writes = try need(change["writes"]?.array, "writes").map { write in
                    (key: try notation.key(write), content: try notation.content(write["content"]))
                }
                return (uid: uid, digest: RecordChange(uid: uid, writes: writes).digest)
            }
            digests.append(
                Chain.next(
                    after: digests[digests.count - 1],
                    counter: try integer(link["counter"]),
                    attribution: try notation.attribution(link),
                    changes: changes
                )
            )
        }
        return object(("digests", .array(digests.map { .string($0.hex) })))
    }
}
