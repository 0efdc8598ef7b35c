import CausalHistory
import RecordModel
import SyncProtocol

/// Messages in the notation of the vectors: what a codec has to bring across, without its columns.
extension Notation {
    /// Encodes a described message.
    /// - Throws: `VectorError` for a description that is none, `WireError` for what may not travel.
    func encoded(_ json: JSONValue) throws -> [UInt8] {
        switch json["type"]?.string {
        case "sync_request": try syncRequest(json).encoded()
        case "sync_response": try syncResponse(json).encoded()
        case "enrol_request": try enrolRequest(json).encoded()
        case "enrol_response": try enrolResponse(json).encoded()
        case "attachment_request": try attachmentRequest(json).encoded()
        case "attachment_response": try attachmentResponse(json).encoded()
        default: throw VectorError("the message's type is unknown")
        }
    }

    /// Decodes a message of a type and describes it.
    func described(_ type: String?, _ bytes: [UInt8]) throws -> JSONValue {
        switch type {
        case "sync_request": json(try SyncRequest(decoding: bytes))
        case "sync_response": json(try SyncResponse(decoding: bytes))
        case "enrol_request": json(try EnrolRequest(decoding: bytes))
        case "enrol_response": json(try EnrolResponse(decoding: bytes))
        case "attachment_request": json(try AttachmentRequest(decoding: bytes))
        case "attachment_response": json(try AttachmentResponse(decoding: bytes))
        default: throw VectorError("the message's type is unknown")
        }
    }

    // MARK: Exchange

    private func syncRequest(_ json: JSONValue) throws -> SyncRequest {
        var request = SyncRequest(schema: try number32(json["schema"]))
        request.token = try digits(json["token"])
        request.byteLimit = try number32(json["byte_limit"])
        request.versions = try (json["versions"]?.array ?? []).map(number32)
        request.spaces = try (json["spaces"]?.array ?? []).map { json in
            var space = SpaceRequest(
                space: try space(json["space"]),
                knowledge: try knowledge(json["knowledge"])
            )
            try readCommon(json, into: &space)
            if let heads = json["heads"] { space.heads = try uid(heads).value }
            space.wantsChains = try flag(json["chains_wanted"])
            if let hash = json["forgotten_hash"] { space.forgottenHash = try uid(hash).value }
            let lateness = UInt8(exactly: try count(json["lateness"]))
            space.lateness = try need(lateness.flatMap(Lateness.init(rawValue:)), "a lateness")
            let bits = Int(try count(json["inspected_bits"]))
            space.inspected = try (json["inspected"]?.array ?? []).map {
                RecordRange(first: try uid($0), bits: bits)
            }
            space.base = try vector(json["base"])
            return space
        }
        return request
    }

    private func json(_ request: SyncRequest) -> JSONValue {
        message(
            "sync_request",
            [
                JSONMember("schema", .number(request.schema)),
                JSONMember("token", hex(request.token)),
                JSONMember("byte_limit", .number(request.byteLimit)),
                JSONMember("versions", .array(request.versions.map { .number($0) })),
                JSONMember(
                    "spaces",
                    .array(
                        request.spaces.map { space in
                            .object(common(space) + chainMembers(space))
                        }
                    )
                ),
            ]
        )
    }

    /// What a request says of chains, where it says anything.
    private func chainMembers(_ space: SpaceRequest) -> [JSONMember] {
        var members: [JSONMember] = []
        if space.heads != 0 {
            members.append(JSONMember("heads", .string(RecordUID(space.heads).description)))
        }
        if space.wantsChains { members.append(JSONMember("chains_wanted", .bool(true))) }
        if space.forgottenHash != 0 {
            let hash = RecordUID(space.forgottenHash).description
            members.append(JSONMember("forgotten_hash", .string(hash)))
        }
        if space.lateness != .none {
            members.append(JSONMember("lateness", .number(space.lateness.rawValue)))
        }
        if let first = space.inspected.first {
            let firsts = space.inspected.map { JSONValue.string($0.first.description) }
            members.append(JSONMember("inspected", .array(firsts)))
            members.append(JSONMember("inspected_bits", .number(first.bits)))
        }
        if !space.base.isEmpty { members.append(JSONMember("base", json(space.base))) }
        return members
    }

    private func syncResponse(_ json: JSONValue) throws -> SyncResponse {
        let spaces = try (json["spaces"]?.array ?? []).map { json in
            let verdict = UInt8(exactly: try count(json["verdict"]))
                .flatMap(SpaceVerdict.init(rawValue:))
            var space = SpaceResponse(
                space: try space(json["space"]),
                verdict: try need(verdict, "a verdict"),
                knowledge: try knowledge(json["knowledge"])
            )
            try readCommon(json, into: &space)
            if let text = json["fingerprint"]?.string {
                let sum = try need(Digest128(bytes: try digits(.string(text))), "a fingerprint")
                space.fingerprint.add(sum)
            }
            space.inspections = try (json["inspections"]?.array ?? []).map(inspection)
            space.refusals = try (json["refusals"]?.array ?? []).map { json in
                Refusal(
                    uid: try uid(json["uid"]),
                    key: try key(json),
                    dot: try dot(json["dot"]),
                    code: try need(json["code"]?.string, "a code"),
                    message: try need(json["message"]?.string, "a message")
                )
            }
            return space
        }
        return SyncResponse(
            token: try digits(json["token"]),
            time: HybridTime(milliseconds: try count(json["time"])),
            spaces: spaces,
            openConflicts: try number32(json["open_conflicts"])
        )
    }

    private func json(_ response: SyncResponse) -> JSONValue {
        let spaces = response.spaces.map { space in
            let own = [
                JSONMember("verdict", .number(space.verdict.rawValue)),
                JSONMember("fingerprint", .string(space.fingerprint.hex)),
                JSONMember("refusals", .array(space.refusals.map(json))),
            ]
            let found = space.inspections.map(json)
            return JSONValue.object(
                common(space) + own
                    + (found.isEmpty ? [] : [JSONMember("inspections", .array(found))])
            )
        }
        return message(
            "sync_response",
            [
                JSONMember("token", hex(response.token)),
                JSONMember("time", .number(response.time.milliseconds)),
                JSONMember("spaces", .array(spaces)),
                JSONMember("open_conflicts", .number(response.openConflicts)),
            ]
        )
    }

    private func json(_ inspection: RangeInspection) -> JSONValue {
        switch inspection {
        case .records(let records):
            let pairs = records.map { record in
                JSONValue.array([
                    .string(record.uid.description),
                    .string(RecordUID(record.digest).description),
                ])
            }
            return .object([JSONMember("records", .array(pairs))])
        case .parts(let tallies):
            let pairs = tallies.map { JSONValue.array([.number($0.count), .string($0.sum.hex)]) }
            return .object([JSONMember("parts", .array(pairs))])
        }
    }

    private func inspection(_ json: JSONValue) throws -> RangeInspection {
        if let parts = json["parts"]?.array {
            return .parts(
                try parts.map { pair in
                    var sum = Fingerprint()
                    sum.add(try need(Digest128(bytes: try digits(pair.array?.last)), "a sum"))
                    let number = try count(pair.array?.first)
                    return RangeTally(count: Int(clamping: number), sum: sum)
                }
            )
        }
        return .records(
            try (json["records"]?.array ?? []).map { pair in
                (try uid(pair.array?.first), try uid(pair.array?.last).value)
            }
        )
    }

    private func json(_ refusal: Refusal) -> JSONValue {
        .object([
            JSONMember("uid", .string(refusal.uid.description)),
            JSONMember("number", .number(refusal.key.number)),
            JSONMember("item", hex(refusal.key.item)),
            JSONMember("dot", json(refusal.dot)),
            JSONMember("code", .string(refusal.code)),
            JSONMember("message", .string(refusal.message)),
        ])
    }

    /// Reads what requests and answers both have for a space.
    private func readCommon(_ json: JSONValue, into space: inout some SpaceMessage) throws {
        space.page = try page(json["page"])
        space.isLast = try !flag(json["more"])
        space.cursor = try count(json["cursor"])
        space.chains = try chains(json["chains"])
        space.actors = try (json["introductions"]?.array ?? []).map(introduction)
        space.needed = try (json["needed"]?.array ?? []).map(uid)
        space.forgotten = try vector(json["forgotten"])
        space.present = try (json["present"]?.array ?? []).map(uid)
    }

    /// Describes what requests and answers both have for a space.
    private func common(_ space: some SpaceMessage) -> [JSONMember] {
        let changes = space.knowledge.changes.map { change in
            JSONMember(name(of: change.actor), .number(change.counter))
        }
        let present = space.present.map { JSONValue.string($0.description) }
        return [
            JSONMember("space", .string(space.space.text)),
            JSONMember(
                "knowledge",
                .object([
                    JSONMember("changes", .object(changes)),
                    JSONMember("whole", .bool(space.knowledge.isWhole)),
                    JSONMember("hash", .string(RecordUID(space.knowledge.hash).description)),
                ])
            ),
            JSONMember("more", .bool(!space.isLast)),
            JSONMember("cursor", .number(space.cursor)),
            JSONMember("chains", .array(space.chains.map(json))),
            JSONMember("introductions", .array(space.actors.map(json))),
            JSONMember("needed", .array(space.needed.map { .string($0.description) })),
            JSONMember("forgotten", json(space.forgotten)),
            JSONMember("page", .array(space.page.records.map(json))),
        ] + (present.isEmpty ? [] : [JSONMember("present", .array(present))])
    }

    // MARK: Parts

    private func knowledge(_ json: JSONValue?) throws -> KnowledgeUpdate {
        let changes = try (json?["changes"]?.object ?? []).map { member in
            (actor: try actor(member.name), counter: try integer(member.value))
        }
        return KnowledgeUpdate(
            changes: changes.sorted { $0.actor < $1.actor },
            isWhole: try flag(json?["whole"]),
            hash: try uid(json?["hash"]).value
        )
    }

    private func chains(_ json: JSONValue?) throws -> [ChainSegment] {
        try (json?.array ?? []).map { json in
            ChainSegment(
                actor: try actor(json["actor"]?.string),
                first: try integer(json["first"]),
                digests: try (json["digests"]?.array ?? []).map { json in
                    try need(UInt32(json.string ?? "", radix: 16), "a digest")
                },
                head: try json["head"].map {
                    try need(Digest128(bytes: try digits($0)), "a head")
                }
            )
        }
    }

    private func json(_ chain: ChainSegment) -> JSONValue {
        let digests = chain.digests.map(short)
        var members = [
            JSONMember("actor", .string(name(of: chain.actor))),
            JSONMember("first", .number(chain.first)),
            JSONMember("digests", .array(digests)),
        ]
        if let head = chain.head { members.append(JSONMember("head", .string(head.hex))) }
        return .object(members)
    }

    func introduction(_ json: JSONValue) throws -> ActorIntroduction {
        let branch = try json["branch"].map { json in
            BranchOrigin(
                root: try actor(json["root"]?.string),
                digest: try need(UInt32(json["digest"]?.string ?? "", radix: 16), "a digest")
            )
        }
        return ActorIntroduction(
            actor: try actor(json["actor"]?.string),
            replica: try replica(json["replica"]),
            desk: try need(json["desk"]?.string, "a desk"),
            publicKey: try digits(json["public_key"]),
            signature: try digits(json["signature"]),
            branch: branch
        )
    }

    private func json(_ introduction: ActorIntroduction) -> JSONValue {
        var members = [
            JSONMember("actor", .string(name(of: introduction.actor))),
            JSONMember("replica", hex(introduction.replica.bytes)),
            JSONMember("desk", .string(introduction.desk)),
            JSONMember("public_key", hex(introduction.publicKey)),
            JSONMember("signature", hex(introduction.signature)),
        ]
        if let branch = introduction.branch {
            members.append(
                JSONMember(
                    "branch",
                    .object([
                        JSONMember("root", .string(name(of: branch.root))),
                        JSONMember("digest", short(branch.digest)),
                    ])
                )
            )
        }
        return .object(members)
    }

    private func short(_ digest: UInt32) -> JSONValue {
        var writer = ByteWriter(capacity: 4)
        writer.bigEndian(digest)
        return hex(writer.bytes)
    }

    private func page(_ json: JSONValue?) throws -> Page {
        Page(records: try (json?.array ?? []).map(record))
    }

    private func record(_ json: JSONValue) throws -> RecordDelta {
        var delta = RecordDelta(
            uid: try uid(json["uid"]),
            kind: try kind(json),
            fields: try fields(json["fields"]),
            context: try vector(json["context"]),
            isComplete: try flag(json["complete"])
        )
        delta.erasure = try erasure(json["erasure"])
        delta.bases = try (json["bases"]?.array ?? []).map { base in
            BaseCell(key: try key(base), sibling: try sibling(base))
        }
        return delta
    }

    private func json(_ delta: RecordDelta) -> JSONValue {
        let state = json(
            kind: delta.kind,
            fields: delta.fields,
            context: delta.context,
            erasure: delta.erasure
        )
        let bases = delta.bases.map { base in
            JSONValue.object(
                [
                    JSONMember("number", .number(base.key.number)),
                    JSONMember("item", hex(base.key.item)),
                ] + (json(base.sibling).object ?? [])
            )
        }
        return .object(
            [
                JSONMember("uid", .string(delta.uid.description)),
                JSONMember("complete", .bool(delta.isComplete)),
            ] + (state.object ?? []) + [JSONMember("bases", .array(bases))]
        )
    }

    // MARK: Enrolment

    private func enrolRequest(_ json: JSONValue) throws -> EnrolRequest {
        var request = EnrolRequest(
            secret: try digits(json["secret"]),
            desk: try need(json["desk"]?.string, "a desk"),
            replica: try replica(json["replica"]),
            publicKey: try digits(json["public_key"])
        )
        request.predecessor = try json["predecessor"].map { try replica($0) }
        request.versions = try (json["versions"]?.array ?? []).map(number32)
        return request
    }

    private func json(_ request: EnrolRequest) -> JSONValue {
        var members = [
            JSONMember("secret", hex(request.secret)),
            JSONMember("desk", .string(request.desk)),
            JSONMember("replica", hex(request.replica.bytes)),
            JSONMember("public_key", hex(request.publicKey)),
            JSONMember("versions", .array(request.versions.map { .number($0) })),
        ]
        if let predecessor = request.predecessor {
            members.append(JSONMember("predecessor", hex(predecessor.bytes)))
        }
        return message("enrol_request", members)
    }

    private func enrolResponse(_ json: JSONValue) throws -> EnrolResponse {
        EnrolResponse(
            publicKey: try digits(json["public_key"]),
            mission: try space(json["mission"]),
            spaces: try (json["spaces"]?.array ?? []).map(space)
        )
    }

    private func json(_ response: EnrolResponse) -> JSONValue {
        message(
            "enrol_response",
            [
                JSONMember("public_key", hex(response.publicKey)),
                JSONMember("mission", .string(response.mission.text)),
                JSONMember("spaces", .array(response.spaces.map { .string($0.text) })),
            ]
        )
    }

    // MARK: Small things

    func uid(_ json: JSONValue?) throws -> RecordUID {
        try need(RecordUID(hexadecimal: json?.string ?? ""), "16 hexadecimal digits")
    }

    func replica(_ json: JSONValue?) throws -> ReplicaID {
        try need(ReplicaID(bytes: try digits(json)), "a replica")
    }

    func space(_ json: JSONValue?) throws -> SpaceName {
        try need(SpaceName(json?.string ?? ""), "a space")
    }

    /// A number that is 0 where it is left out.
    func count(_ json: JSONValue?) throws -> UInt64 { try json.map { try integer($0) } ?? 0 }

    func number32(_ json: JSONValue?) throws -> UInt32 {
        try need(UInt32(exactly: try count(json)), "a number of 32 bits")
    }

    func flag(_ json: JSONValue?) throws -> Bool {
        switch json {
        case nil: false
        case .bool(let flag)?: flag
        default: throw VectorError("true or false is missing")
        }
    }

    func message(_ type: String, _ members: [JSONMember]) -> JSONValue {
        .object([JSONMember("type", .string(type))] + members)
    }
}

/// Bytes as a JSON string of hexadecimal digits.
func hex(_ bytes: some Sequence<UInt8>) -> JSONValue { .string(hexadecimal(bytes)) }
