import Crypto
import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol

/// What comes of a signed body: the answer's, and what is known of the sender for the log.
struct Answer: Sendable {
    var body: [UInt8]
    /// The code of the desk.
    var desk: String
    /// Bytes of the messages, uncompressed, in both directions.
    var rawBytes: Int
    /// How each space was taken.
    var verdicts: [SpaceVerdict] = []
}

/// Signed bodies in, signed bodies out: the part of the service that knows no HTTP.
///
/// It blocks on the store. The sender is verified before anything of its message is parsed.
struct SignedExchange: Sendable {
    let replica: HeadquartersReplica
    let replays = ReplayWindow()
    let pageBytes: Int
    let attachmentLimits: AttachmentLimits

    /// Merges what a desk sends and answers with what it lacks.
    /// - Throws: `Refused`; what the store reports.
    func sync(_ body: [UInt8]) throws -> Answer {
        try answer(body, at: Endpoint.sync) { message, peer in
            let response = try replica.answer(
                try SyncRequest(decoding: message),
                from: peer,
                byteLimit: pageBytes
            )
            return (try response.encoded(), response.spaces.map(\.verdict))
        }
    }

    /// Keeps attachments that a desk pushes, and answers with those that it wants.
    /// - Throws: `Refused`; what the store reports.
    func attachments(_ body: [UInt8]) throws -> Answer {
        try answer(body, at: Endpoint.attachments) { message, peer in
            let response = try replica.answer(
                try AttachmentRequest(decoding: message),
                from: peer,
                limits: attachmentLimits
            )
            return (try response.encoded(), [])
        }
    }

    /// Answers the message of a desk that has proven who it is.
    private func answer(
        _ body: [UInt8],
        at path: String,
        _ respond: ([UInt8], StoredPeer) throws -> (message: [UInt8], verdicts: [SpaceVerdict])
    ) throws -> Answer {
        let signed = try parse(body)
        let peer = try authenticate(signed, path)
        do {
            let message = try Frame.decode(signed.frame)
            let response = try respond(message, peer)
            var answer = try seal(response.message, answering: signed, desk: peer.desk)
            answer.rawBytes += message.count
            answer.verdicts = response.verdicts
            return answer
        } catch let error as WireError {
            throw Refused(error, isFailedAttempt: false)
        } catch ExchangeError.badIntroduction(let actor) {
            throw Refused(.badSignature, "the introduction of the actor \(actor)")
        } catch StoreError.busy {
            throw Refused(.overloaded, retryAfter: 5)
        }
    }

    /// Enrols the replica whose key signed the body and which presents a token.
    /// - Throws: `Refused`; what the store reports.
    func enrol(_ body: [UInt8]) throws -> Answer {
        let signed = try parse(body)
        let request: EnrolRequest
        do {
            request = try EnrolRequest(decoding: try Frame.decode(signed.frame))
            try signed.verify(
                publicKey: request.publicKey,
                method: Endpoint.method,
                path: Endpoint.enrol
            )
        } catch {
            throw Refused(error, isFailedAttempt: true)
        }
        guard request.replica == signed.replica else {
            throw Refused(.badSignature, isFailedAttempt: true)
        }
        let response = try refusing { try replica.enrol(request) }
        return try seal(try response.encoded(), answering: signed, desk: request.desk)
    }

    // MARK: What monitors ask

    /// Reads from the store.
    /// - Throws: What the store reports.
    func checkStore() throws {
        _ = try replica.store.read { try $0.sequence }
    }

    /// Measures what the store shows of desks and conflicts.
    /// - Throws: What the store reports.
    func gauges() throws -> ServiceMetrics.Gauges {
        var gauges = ServiceMetrics.Gauges()
        gauges.openConflicts = try replica.store.read { try $0.conflictCount() }
        let now = Double(replica.store.environment.now().milliseconds)
        gauges.desks = try replica.desks().filter { $0.state == "active" }.map { desk in
            ServiceMetrics.Gauges.Desk(
                desk: desk.desk,
                secondsSinceSync: desk.lastSync.map { (now - Double($0.milliseconds)) / 1000 },
                unacknowledged: desk.unacknowledged
            )
        }
        return gauges
    }

    // MARK: Steps

    private func authenticate(_ signed: SignedRequest, _ path: String) throws -> StoredPeer {
        try refusing {
            try replica.authenticate(
                signed,
                method: Endpoint.method,
                path: path,
                replays: replays
            )
        }
    }

    private func parse(_ body: [UInt8]) throws -> SignedRequest {
        do {
            return try SignedRequest(parsing: body)
        } catch {
            throw Refused(error, isFailedAttempt: true)
        }
    }

    private func refusing<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let failure as AuthenticationFailure {
            throw Refused(failure)
        }
    }

    private func seal(
        _ message: [UInt8],
        answering request: SignedRequest,
        desk: String
    ) throws -> Answer {
        let response = try SignedResponse.seal(
            // What the desk sent with it has, too.
            try Frame.encode(message, dictionary: Frame.dictionary(of: request.frame)),
            status: 200,
            nonce: request.nonce,
            replica: request.replica,
            key: replica.identity.privateKey
        )
        return Answer(body: response.body, desk: desk, rawBytes: message.count)
    }
}
