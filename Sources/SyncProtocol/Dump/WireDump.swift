import CausalHistory
import RecordModel

/// A readable account of a message, for a person who looks at what crossed the wire.
///
/// Nothing is verified but the form. Text from the message is escaped, so that it cannot command a
/// terminal.
public struct WireDump: Sendable, CustomStringConvertible {
    /// The account, one fact a line.
    public private(set) var description = ""

    /// Describes an exchange file, the body of a request or an answer, a frame, a message, or a problem
    /// document, whichever the bytes are.
    /// - Throws: The `WireError` of reading them as the frame of a request, where they are none.
    public init(_ bytes: [UInt8]) throws(WireError) {
        if let problem = Problem(parsing: bytes) {
            line("problem \(problem.status) \(quoted(problem.code))")
            line("  \(quoted(problem.title)) \(quoted(problem.detail))")
            return
        }
        if bytes.starts(with: SignedFile.magic) {
            let file = try SignedFile(parsing: bytes)
            line("exchange file of replica \(file.sender) for \(file.receiver)")
            line("  time \(file.time.milliseconds), signature \(hexadecimal(file.signature))")
            for part in try SignedFile.frames(in: bytes.dropFirst(SignedFile.prefixBytes)) {
                let message = try Frame.decode(part)
                frame(part, message)
                add(try Message(message))
            }
            return
        }
        let request = try? SignedRequest(parsing: bytes)
        if let request, let message = try? Frame.decode(request.frame),
            let kind = try? Message(message)
        {
            line("request of replica \(request.replica)")
            line("  time \(request.time.milliseconds), nonce \(hex(request.nonce))")
            line("  signature \(hexadecimal(request.signature))")
            frame(request.frame, message)
            add(kind)
            return
        }
        let response = try? SignedResponse(parsing: bytes)
        if let response, let message = try? Frame.decode(response.frame),
            let kind = try? Message(message)
        {
            line("answer of headquarters")
            line("  signature \(hexadecimal(response.signature))")
            frame(response.frame, message)
            add(kind)
            return
        }
        if let kind = try? Message(bytes) {
            line("message of \(bytes.count) bytes")
            add(kind)
            return
        }
        let message = try Frame.decode(bytes)
        frame(bytes, message)
        add(try Message(message))
    }

    /// A message of any of the six kinds; their closing fields tell them apart.
    private enum Message {
        case syncRequest(SyncRequest)
        case syncResponse(SyncResponse)
        case enrolRequest(EnrolRequest)
        case enrolResponse(EnrolResponse)
        case attachmentRequest(AttachmentRequest)
        case attachmentResponse(AttachmentResponse)

        init(_ bytes: [UInt8]) throws(WireError) {
            if let response = try? SyncResponse(decoding: bytes) {
                self = .syncResponse(response)
            } else if let request = try? EnrolRequest(decoding: bytes) {
                self = .enrolRequest(request)
            } else if let response = try? EnrolResponse(decoding: bytes) {
                self = .enrolResponse(response)
            } else if let request = try? AttachmentRequest(decoding: bytes) {
                self = .attachmentRequest(request)
            } else if let response = try? AttachmentResponse(decoding: bytes) {
                self = .attachmentResponse(response)
            } else {
                self = .syncRequest(try SyncRequest(decoding: bytes))
            }
        }
    }

    private mutating func line(_ text: String) {
        description += text
        description += "\n"
    }

    private mutating func frame(_ frame: [UInt8], _ message: [UInt8]) {
        let encoding = frame.first == 0 ? "plain" : "zlib"
        line("frame of \(frame.count) bytes, \(encoding), \(message.count) inflated")
    }

    private mutating func add(_ message: Message) {
        switch message {
        case .syncRequest(let request):
            line("sync request, versions \(request.versions), schema \(request.schema)")
            line("  token \(hexadecimal(request.token)), at most \(request.byteLimit) bytes")
            for space in request.spaces {
                line("space \(space.space)")
                if space.forgottenHash != 0 { line("  forgotten \(hex(space.forgottenHash))") }
                if space.lateness != .none { line("  returns late: \(space.lateness)") }
                if !space.base.isEmpty { line("  for who holds \(text(space.base))") }
                add(space)
            }
        case .syncResponse(let response):
            line("sync answer at \(response.time.milliseconds)")
            line("  token \(hexadecimal(response.token)), \(response.openConflicts) conflicts open")
            for space in response.spaces {
                line("space \(space.space): \(space.verdict)")
                line("  fingerprint \(space.fingerprint.hex)")
                for refusal in space.refusals {
                    line("  refused \(refusal.uid) \(text(refusal.key)) \(text(refusal.dot)):")
                    line("    \(quoted(refusal.code)) \(quoted(refusal.message))")
                }
                add(space)
            }
        case .enrolRequest(let request):
            line("enrol request, versions \(request.versions), desk \(quoted(request.desk))")
            line("  replica \(request.replica), key \(hexadecimal(request.publicKey))")
        case .enrolResponse(let response):
            line("enrol answer, key \(hexadecimal(response.publicKey))")
            line("  mission \(response.mission), spaces \(response.spaces)")
        case .attachmentRequest(let request):
            line("attachment request, versions \(request.versions)")
            line("  at most \(request.byteLimit) bytes")
            for part in request.parts {
                let act =
                    switch part.act {
                    case .ask: "what is held?"
                    case .push(let bytes, let offset): "\(bytes.count) bytes at \(offset)"
                    case .want(let offset): "wanted from \(offset)"
                    }
                line("  \(part.hash) of \(part.size) bytes: \(act)")
            }
        case .attachmentResponse(let response):
            line("attachment answer")
            for part in response.parts {
                let refusal = part.code.isEmpty ? "" : ", refused \(quoted(part.code))"
                line("  \(part.hash) of \(part.size) bytes: \(part.held) held\(refusal)")
                if !part.bytes.isEmpty { line("    \(part.bytes.count) bytes") }
            }
        }
    }

    private mutating func add(_ space: some SpaceMessage) {
        let update = space.knowledge
        let changes = update.changes.map { text(Dot($0.actor, $0.counter)) }
        line("  knowledge \(update.isWhole ? "whole" : "changed by") \(list(changes))")
        line("    hash \(hex(update.hash))")
        line("  forgotten \(text(space.forgotten))")
        for actor in space.actors {
            line("  actor \(hexadecimal(actor.actor.bytes)) of desk \(quoted(actor.desk))")
            line("    replica \(actor.replica)")
        }
        for chain in space.chains {
            let head = chain.head?.hex ?? "no head"
            line("  chain \(text(Dot(chain.actor, chain.first))), \(chain.digests.count): \(head)")
        }
        if !space.needed.isEmpty { line("  needed \(list(space.needed.map(\.description)))") }
        if !space.present.isEmpty { line("  present \(list(space.present.map(\.description)))") }
        let more = space.isLast ? "last" : "more follow"
        line("  page of \(space.page.records.count) records, \(more), cursor \(space.cursor)")
        for record in space.page.records { add(record) }
    }

    private mutating func add(_ record: RecordDelta) {
        let extent = record.isComplete ? "complete" : "partial"
        line("    record \(record.uid) kind \(record.kind) \(extent) \(text(record.context))")
        if let erasure = record.erasure {
            line("      erased \(text(erasure.dot)) \(text(erasure.attribution))")
        }
        for entry in record.fields {
            for sibling in entry.siblings.siblings { add(sibling, entry.key, "") }
        }
        for base in record.bases { add(base.sibling, base.key, "base ") }
    }

    private mutating func add(_ sibling: Sibling, _ key: FieldKey, _ label: String) {
        let cell = sibling.version
        let dot = text(sibling.dot)
        line("      \(label)\(text(key)) \(dot) \(text(cell.content)) \(text(cell.attribution))")
        if !cell.parents.isEmpty { line("        replaced \(list(cell.parents.map(text)))") }
    }
}

// MARK: Parts as text

private func list(_ parts: [String]) -> String {
    parts.isEmpty ? "(none)" : parts.joined(separator: " ")
}

private func text(_ vector: VersionVector) -> String {
    "[" + vector.entries.map { text(Dot($0.actor, $0.counter)) }.joined(separator: " ") + "]"
}

private func text(_ dot: Dot) -> String {
    "\(hexadecimal(dot.actor.bytes.prefix(4))):\(dot.counter)"
}

private func text(_ key: FieldKey) -> String {
    key.item.isEmpty ? "\(key.number)" : "\(key.number){\(quoted(key.item))}"
}

private func text(_ attribution: Attribution) -> String {
    let note = attribution.note.isEmpty ? "" : " \(quoted(attribution.note))"
    let author = quoted(attribution.author)
    return "by \(author) at \(attribution.time.milliseconds), \(attribution.reason)\(note)"
}

private func text(_ content: Content) -> String {
    switch content {
    case .value(let bytes): quoted(bytes)
    case .absent: "absent"
    case .cleared: "cleared"
    case .deleted(let witnesses): "deleted, having seen \(list(witnesses.map { text($0.dot) }))"
    }
}

/// Canonical bytes as a quoted text where they are one, else as hexadecimal digits.
private func quoted(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return quoted(text) }
    return "0x" + hexadecimal(bytes)
}

/// A text between quotes, on one line; control and format characters are escaped.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default:
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

private func hex(_ number: UInt64) -> String {
    var writer = ByteWriter(capacity: 8)
    writer.bigEndian(number)
    return hexadecimal(writer.bytes)
}
