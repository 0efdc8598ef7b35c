import Crypto
import Foundation
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

    /// A message that is to be refused, and by which code.
    func messageRefused() throws -> JSONValue {
        let (type, bytes) = (try text("type"), try bytes("bytes"))
        return try orCode {
            let taken = try notation.described(type, bytes)
            throw VectorError("what has to be refused is taken: \(taken.text)")
        }
    }

    func frame() throws -> JSONValue {
        let frame = try bytes("frame")
        return try orCode { object(("message", hex(try Frame.decode(frame)))) }
    }

    func signedRequest() throws -> JSONValue {
        let (body, key) = (try bytes("body"), try bytes("public_key"))
        let (method, path) = (try text("method"), try text("path"))
        return try orCode {
            let request = try SignedRequest(parsing: body)
            try request.verify(publicKey: key, method: method, path: path)
            return object(
                ("replica", hex(request.replica.bytes)),
                ("time", .number(request.time.milliseconds)),
                ("nonce", .string(RecordUID(request.nonce).description)),
                ("frame", hex(request.frame))
            )
        }
    }

    func signedResponse() throws -> JSONValue {
        let (body, key) = (try bytes("body"), try bytes("public_key"))
        let replica = try notation.replica(input["replica"])
        let nonce = try notation.uid(input["nonce"]).value
        let status = try need(UInt16(exactly: try integer(input["status"])), "“status”")
        return try orCode {
            let response = try SignedResponse(parsing: body)
            try response.verify(publicKey: key, status: status, nonce: nonce, replica: replica)
            return object(("frame", hex(response.frame)))
        }
    }

    func signedFile() throws -> JSONValue {
        let (file, key) = (try bytes("file"), try bytes("public_key"))
        return try orCode {
            let signed = try SignedFile(parsing: file)
            let content = file.dropFirst(SignedFile.prefixBytes)
            try signed.verify(SHA256.hash(data: content), publicKey: key)
            return object(
                ("sender", hex(signed.sender.bytes)),
                ("receiver", hex(signed.receiver.bytes)),
                ("time", .number(signed.time.milliseconds)),
                ("frames", .array(try SignedFile.frames(in: content).map { hex($0) }))
            )
        }
    }

    func actorStatement() throws -> JSONValue {
        let introduction = try notation.introduction(
            try need(input["introduction"], "“introduction”")
        )
        let space = try notation.space(input["space"])
        return try orCode {
            try introduction.verify(space: space)
            return object(("valid", .bool(true)))
        }
    }

    func enrolmentToken() throws -> JSONValue {
        guard let token = try? EnrolmentToken(parsing: try text("text")) else {
            return object(("refused", .bool(true)))
        }
        return object(("secret", hex(token.secret)), ("key_hash", hex(token.keyHash)))
    }

    /// What comes out, or the code by which the input is refused.
    private func orCode(_ evaluate: () throws -> JSONValue) throws -> JSONValue {
        do {
            return try evaluate()
        } catch let error as WireError {
            return object(("code", .string(error.code.rawValue)))
        }
    }
}
