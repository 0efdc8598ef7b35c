import RecordModel
import RecordStorage
import ReplicaSync
import SyncProtocol

/// A replica's signed requests to headquarters, and what is taken for an answer.
struct HeadquartersLink {
    let transport: HTTPTransport
    let identity: ReplicaIdentity
    let replica: ReplicaID
    let environment: StoreEnvironment
    /// How far headquarters' clock was found to be ahead when it refused a request for that.
    private var correction: Int64 = 0

    init(
        transport: HTTPTransport,
        identity: ReplicaIdentity,
        replica: ReplicaID,
        environment: StoreEnvironment
    ) {
        self.transport = transport
        self.identity = identity
        self.replica = replica
        self.environment = environment
    }

    /// An answer in the right form, and what is needed to verify it.
    struct Answer {
        let signed: SignedResponse
        let replica: ReplicaID
        let nonce: UInt64

        /// Checks that a key signed the answer to this very request, and returns the message.
        /// - Throws: `SyncFailure.notHeadquarters`.
        func message(signedBy publicKey: [UInt8]) throws(SyncFailure) -> [UInt8] {
            do {
                try signed.verify(
                    publicKey: publicKey,
                    status: 200,
                    nonce: nonce,
                    replica: replica
                )
            } catch {
                throw .notHeadquarters(reason: "\(error)")
            }
            do {
                return try Frame.decode(signed.frame)
            } catch {
                throw SyncFailure(error)
            }
        }
    }

    /// Posts a frame under a fresh signature; once more where headquarters refuses the time, with
    /// its own.
    /// - Throws: `SyncFailure`; `CancellationError`.
    mutating func post(_ frame: [UInt8], to path: String) async throws -> Answer {
        do {
            return try await attempt(frame, path)
        } catch let refusal as ClockRefusal {
            correction = Self.distance(from: environment.now(), to: refusal.time)
        }
        do {
            return try await attempt(frame, path)
        } catch is ClockRefusal {
            let code = WireErrorCode.staleRequest
            throw SyncFailure.refused(code: code.rawValue, reason: code.sentence)
        }
    }

    /// Headquarters refused a request's time, and told its own.
    private struct ClockRefusal: Error {
        let time: HybridTime
    }

    private func attempt(_ frame: [UInt8], _ path: String) async throws -> Answer {
        let nonce = environment.random()
        let now = Int64(clamping: environment.now().milliseconds)
        let signed = try SignedRequest.seal(
            frame,
            method: Endpoint.method,
            path: path,
            replica: replica,
            time: HybridTime(milliseconds: UInt64(clamping: now &+ correction)),
            nonce: nonce,
            key: identity.privateKey
        )
        let reply = try await transport.post(signed.body, to: path)
        if let problem = reply.problem {
            if problem.knownCode == .staleRequest, let time = problem.time {
                throw ClockRefusal(time: time)
            }
            throw SyncFailure(problem)
        }
        return Answer(signed: try reply.signedResponse(), replica: replica, nonce: nonce)
    }

    /// How far a time is ahead of another, in milliseconds.
    static func distance(from start: HybridTime, to end: HybridTime) -> Int64 {
        Int64(clamping: end.milliseconds) &- Int64(clamping: start.milliseconds)
    }
}

extension HTTPReply {
    /// The problem document, where the reply is one.
    fileprivate var problem: Problem? {
        mediaType.hasPrefix(Problem.mediaType) ? Problem(parsing: body) : nil
    }

    /// The signed body of an answer.
    /// - Throws: `SyncFailure` that says what answered instead.
    fileprivate func signedResponse() throws(SyncFailure) -> SignedResponse {
        switch status {
        case 200:
            guard mediaType == Endpoint.mediaType else {
                throw .notHeadquarters(
                    reason: mediaType.isEmpty ? "an answer without a type" : "a \(mediaType) answer"
                )
            }
            do {
                return try SignedResponse(parsing: body)
            } catch {
                throw .notHeadquarters(reason: "\(error)")
            }
        // What a proxy says when headquarters behind it does not answer.
        case 429, 502, 503, 504: throw .overloaded(retryAfter: retryAfter)
        default: throw .notHeadquarters(reason: "an answer with status \(status)")
        }
    }
}

extension SyncFailure {
    /// The failure that headquarters' own message cannot be used.
    init(_ error: WireError) {
        switch error {
        case .unsupportedVersion:
            self = .protocolTooOld(isHeadquarters: error.code == .protocolTooOld)
        default: self = .refused(code: error.code.rawValue, reason: error.description)
        }
    }
}
