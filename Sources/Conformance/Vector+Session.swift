import CausalHistory
import RecordModel
import SyncProtocol

/// Exchanges of desks with headquarters as transcripts: what each side holds after the last frame.
extension Vector {
    /// Follows what `spec/05-sync.md` §4 and §5 make each side hold of one space.
    ///
    /// All sides begin empty. What a side wrote itself is known from the page that it sends, which
    /// is joined on both sides.
    func session() throws -> JSONValue {
        let space = try need(SpaceName(try text("space")), "“space”")
        var headquarters = Holding()
        var desks: [String: Holding] = [:]
        var verified: [JSONValue] = []
        for json in try list("sessions") {
            let name = try need(json["desk"]?.string, "“desk”")
            var desk = desks[name] ?? Holding()
            var isVerified = false
            let frames = try need(json["frames"]?.array, "“frames”").map { frame in
                try Frame.decode(digits(frame))
            }
            guard frames.count.isMultiple(of: 2) else { throw VectorError("a request alone") }
            for round in stride(from: 0, to: frames.count, by: 2) {
                let request = try SyncRequest(decoding: frames[round])
                let answer = try SyncResponse(decoding: frames[round + 1])
                guard let asked = request.spaces.first(where: { $0.space == space }),
                    let told = answer.spaces.first(where: { $0.space == space })
                else { throw VectorError("no word of \(space)") }
                isVerified = try desk.exchange(asked, told, with: &headquarters)
            }
            desks[name] = desk
            verified.append(.bool(isVerified))
        }
        let sides = desks.sorted { $0.key < $1.key } + [("headquarters", headquarters)]
        return object(
            ("verified", .array(verified)),
            ("sides", .object(sides.map { JSONMember($0.0, $0.1.json(notation)) }))
        )
    }
}

/// What one side holds of a space.
private struct Holding {
    private var records: [RecordUID: RecordState] = [:]
    private var knowledge = VersionVector()
    /// The knowledge that headquarters' last answer stated.
    private var told: VersionVector?

    /// Takes in both messages of one round.
    /// - Returns: Whether both sides now provably hold the same.
    mutating func exchange(
        _ request: SpaceRequest,
        _ answer: SpaceResponse,
        with other: inout Holding
    ) throws -> Bool {
        let mine = try need(
            request.knowledge.applied(to: told ?? VersionVector()),
            "a base of the request's knowledge"
        )
        knowledge.merge(mine)
        take(request.page)
        if answer.verdict == .merged {
            other.take(request.page)
            if request.isLast, answer.needed.isEmpty { other.knowledge.merge(mine) }
        }
        let theirs = try need(
            answer.knowledge.applied(to: mine),
            "a base of the answer's knowledge"
        )
        // Headquarters may write itself: what it says of its knowledge is what it holds.
        other.knowledge.merge(theirs)
        other.take(answer.page)
        let lacking = take(answer.page)
        if answer.isLast, lacking.isEmpty { knowledge.merge(theirs) }
        told = theirs
        guard other.fingerprint == answer.fingerprint else {
            throw VectorError("headquarters' fingerprint is \(other.fingerprint.hex)")
        }
        let isOver = request.isLast && answer.isLast && answer.verdict == .merged
        return isOver && knowledge == theirs && fingerprint == answer.fingerprint
    }

    /// Joins the records of a page.
    /// - Returns: Those of which only a part came and nothing is held.
    @discardableResult
    private mutating func take(_ page: Page) -> [RecordUID] {
        var lacking: [RecordUID] = []
        for delta in page.records {
            if records[delta.uid] == nil, !delta.isComplete {
                lacking.append(delta.uid)
                continue
            }
            records[delta.uid, default: RecordState(kind: delta.kind)].join(delta)
        }
        return lacking
    }

    private var fingerprint: Fingerprint {
        var result = Fingerprint()
        for (uid, state) in records { result.add(state.digest(uid: uid)) }
        return result
    }

    func json(_ notation: Notation) -> JSONValue {
        let list = records.sorted { $0.key < $1.key }.map { uid, state in
            let members = notation.json(state).object ?? []
            return JSONValue.object([JSONMember("uid", .string(uid.description))] + members)
        }
        return object(
            ("knowledge", notation.json(knowledge)),
            ("fingerprint", .string(fingerprint.hex)),
            ("records", .array(list))
        )
    }
}
