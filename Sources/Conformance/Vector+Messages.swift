import RecordModel
import SyncProtocol

/// The cases of `Protocol/schema/sync.proto`, `spec/05-sync.md` and `06-authentication.md`.
extension Vector {
    /// A described message as bytes; they decode to the same, and are the only form of it.
    func message() throws -> JSONValue {
        let described = try need(input["message"], "“message”")
        let bytes = try notation.encoded(described)
        let again = try notation.described(described["type"]?.string, bytes)
        guard try notation.encoded(again) == bytes else {
            throw VectorError("the message decodes to another: \(again.text)")
        }
        return object(("bytes", hex(bytes)))
    }

    /// A message or a frame that is to be refused, and by which code.
    func messageRefused() throws -> JSONValue {
        let type = try text("type")
        let bytes = try bytes("bytes")
        return try code {
            let message = type == "frame" ? try Frame.decode(bytes) : bytes
            if type != "frame" { _ = try notation.described(type, message) }
        }
    }

    func frame() throws -> JSONValue {
        let frame = try bytes("frame")
        do {
            return object(("message", hex(try Frame.decode(frame))))
        } catch {
            return object(("code", .string(error.code.rawValue)))
        }
    }

    func signedRequest() throws -> JSONValue {
        let body = try bytes("body")
        let (key, method, path) = (
            try bytes("public_key"), try text("method"), try text("path")
        )
        do throws(WireError) {
            let request = try SignedRequest(parsing: body)
            try request.verify(publicKey: key, method: method, path: path)
            return object(
                ("replica", hex(request.replica.bytes)),
                ("time", .number(request.time.milliseconds)),
                ("nonce", .string(RecordUID(request.nonce).description)),
                ("frame", hex(request.frame))
            )
        } catch {
            return object(("code", .string(error.code.rawValue)))
        }
    }

    func signedResponse() throws -> JSONValue {
        let body = try bytes("body")
        let key = try bytes("public_key")
        let replica = try notation.replica(input["replica"])
        let nonce = try notation.uid(input["nonce"]).value
        let status = try need(UInt16(exactly: try integer(input["status"])), "“status”")
        do throws(WireError) {
            let response = try SignedResponse(parsing: body)
            try response.verify(publicKey: key, status: status, nonce: nonce, replica: replica)
            return object(("frame", hex(response.frame)))
        } catch {
            return object(("code", .string(error.code.rawValue)))
        }
    }

    func actorStatement() throws -> JSONValue {
        let introduction = try notation.introduction(
            try need(input["introduction"], "“introduction”")
        )
        let space = try notation.space(input["space"])
        do throws(WireError) {
            try introduction.verify(space: space)
            return object(("valid", .bool(true)))
        } catch {
            return object(("code", .string(error.code.rawValue)))
        }
    }

    func enrolmentToken() throws -> JSONValue {
        guard let token = try? EnrolmentToken(parsing: try text("text")) else {
            return object(("refused", .bool(true)))
        }
        return object(("secret", hex(token.secret)), ("key_hash", hex(token.keyHash)))
    }

    /// The code by which something is refused.
    private func code(_ attempt: () throws -> Void) throws -> JSONValue {
        do {
            try attempt()
        } catch let error as WireError {
            return object(("code", .string(error.code.rawValue)))
        }
        throw VectorError("what has to be refused is taken")
    }
}
