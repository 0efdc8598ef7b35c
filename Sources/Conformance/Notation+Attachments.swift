import RecordModel
import SyncProtocol

/// Messages about attachments in the notation of the vectors.
extension Notation {
    func attachmentRequest(_ json: JSONValue) throws -> AttachmentRequest {
        var request = AttachmentRequest(
            parts: try (json["parts"]?.array ?? []).map { part in
                let bytes = try digits(part["bytes"])
                let offset = try count(part["offset"])
                let act: AttachmentPart.Act =
                    if !bytes.isEmpty {
                        .push(bytes, at: offset)
                    } else if try flag(part["wanted"]) {
                        .want(from: offset)
                    } else {
                        .ask
                    }
                return AttachmentPart(
                    hash: try hash(part["hash"]),
                    size: try count(part["size"]),
                    act: act
                )
            },
            byteLimit: try number32(json["byte_limit"])
        )
        request.versions = try (json["versions"]?.array ?? []).map(number32)
        return request
    }

    func json(_ request: AttachmentRequest) -> JSONValue {
        message(
            "attachment_request",
            [
                JSONMember(
                    "parts",
                    .array(
                        request.parts.map { part in
                            var members = [
                                JSONMember("hash", .string(part.hash.description)),
                                JSONMember("size", .number(part.size)),
                            ]
                            switch part.act {
                            case .ask: break
                            case .push(let bytes, let offset):
                                members.append(JSONMember("offset", .number(offset)))
                                members.append(JSONMember("bytes", hex(bytes)))
                            case .want(let offset):
                                members.append(JSONMember("offset", .number(offset)))
                                members.append(JSONMember("wanted", .bool(true)))
                            }
                            return .object(members)
                        }
                    )
                ),
                JSONMember("byte_limit", .number(request.byteLimit)),
                JSONMember("versions", .array(request.versions.map { .number($0) })),
            ]
        )
    }

    func attachmentResponse(_ json: JSONValue) throws -> AttachmentResponse {
        AttachmentResponse(
            parts: try (json["parts"]?.array ?? []).map { part in
                var answer = AttachmentAnswer(hash: try hash(part["hash"]))
                answer.size = try count(part["size"])
                answer.held = try count(part["held"])
                answer.bytes = try digits(part["bytes"])
                answer.code = part["code"]?.string ?? ""
                return answer
            }
        )
    }

    func json(_ response: AttachmentResponse) -> JSONValue {
        message(
            "attachment_response",
            [
                JSONMember(
                    "parts",
                    .array(
                        response.parts.map { answer in
                            .object([
                                JSONMember("hash", .string(answer.hash.description)),
                                JSONMember("size", .number(answer.size)),
                                JSONMember("held", .number(answer.held)),
                                JSONMember("bytes", hex(answer.bytes)),
                                JSONMember("code", .string(answer.code)),
                            ])
                        }
                    )
                )
            ]
        )
    }

    private func hash(_ json: JSONValue?) throws -> AttachmentHash {
        try need(AttachmentHash(hexadecimal: json?.string ?? ""), "an attachment's hash")
    }
}
