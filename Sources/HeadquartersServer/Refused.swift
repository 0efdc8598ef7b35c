import Hummingbird
import ReplicaSync
import SyncProtocol

/// A request that is not served, as the problem that its sender is told.
struct Refused: Error {
    let problem: Problem
    /// Whether the sender did not prove who it is; such attempts are counted for each address.
    var isFailedAttempt = false
    /// Whether the rest of the body is not worth waiting for.
    var closesConnection = false

    init(
        _ code: WireErrorCode,
        _ detail: String = "",
        retryAfter: UInt32? = nil,
        isFailedAttempt: Bool = false,
        closesConnection: Bool = false
    ) {
        problem = Problem(code, detail: detail, retryAfter: retryAfter)
        self.isFailedAttempt = isFailedAttempt
        self.closesConnection = closesConnection
    }

    /// The refusal of a message that is not what the protocol demands.
    init(_ error: WireError, isFailedAttempt: Bool) {
        self.init(Problem(error), isFailedAttempt: isFailedAttempt)
    }

    private init(_ problem: Problem, isFailedAttempt: Bool) {
        self.problem = problem
        self.isFailedAttempt = isFailedAttempt
    }

    /// The refusal of a sender.
    init(_ failure: AuthenticationFailure) {
        switch failure {
        case .unknownReplica: self.init(.unknownReplica, isFailedAttempt: true)
        case .badSignature: self.init(.badSignature, isFailedAttempt: true)
        case .badToken: self.init(.badToken, isFailedAttempt: true)
        // These were signed by a replica that is known.
        case .retired: self.init(WireErrorCode.retired)
        case .replayed: self.init(WireErrorCode.replayed)
        case .clockSkew(let now):
            var problem = Problem(.staleRequest)
            problem.time = now
            self.init(problem, isFailedAttempt: false)
        }
    }

    /// The problem document as an answer.
    var response: Response {
        var headers: HTTPFields = [.contentType: Problem.mediaType]
        if let seconds = problem.retryAfter { headers[.retryAfter] = String(seconds) }
        if closesConnection { headers[.connection] = "close" }
        return Response(
            status: .init(code: Int(problem.status)),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.bytes))
        )
    }
}
