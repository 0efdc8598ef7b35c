import SyncProtocol

/// Why an exchange with headquarters did not come about or did not end well; local work is safe in
/// every case.
public enum SyncFailure: Error, Hashable, Sendable {
    /// The replica has not been enrolled with a headquarters.
    case notEnrolled
    /// The text is not the address of a headquarters.
    case badAddress(String)
    /// Headquarters did not accept the enrolment token, or the text is none.
    case badToken(reason: String)
    /// No connection could be made or kept.
    case unreachable(reason: String)
    /// Headquarters did not go on within the time.
    case timeout(seconds: Int)
    /// Headquarters, or a proxy before it, has too much to do.
    case overloaded(retryAfter: Int?)
    /// Something answered that is not headquarters: a captive portal, another server, a proxy.
    case notHeadquarters(reason: String)
    /// The replica was retired by headquarters.
    case retired
    /// Headquarters does not know the replica.
    case unknownReplica
    /// The replica's access was revoked.
    case revoked
    /// One side is too old to speak with the other; which one is given.
    case protocolTooOld(isHeadquarters: Bool)
    /// The file with the replica's key is not there.
    case keyMissing(path: String)
    /// The key that answered is not the one that the token promised.
    case headquartersKeyChanged
    /// Both sides know the same and do not hold the same, or one of them was refused changes.
    case unverified
    /// Headquarters refused for another reason, which has a code and a sentence of the protocol.
    case refused(code: String, reason: String)

    /// What kind of failure it is: what the caller can do, and the exit code of the tool.
    public enum Category: Hashable, Sendable {
        /// Something that the user can mend.
        case ordinary
        /// The network or headquarters could not be reached; another time it may.
        case network
        /// Headquarters refused the replica, or it is not sound.
        case refused
    }

    /// The kind of failure.
    public var category: Category {
        switch self {
        case .notEnrolled, .badAddress, .badToken: .ordinary
        case .unreachable, .timeout, .overloaded, .notHeadquarters: .network
        case .retired, .unknownReplica, .revoked, .protocolTooOld, .keyMissing,
            .headquartersKeyChanged, .unverified, .refused:
            .refused
        }
    }

    /// The stable name that scripts read.
    public var code: String {
        switch self {
        case .notEnrolled: "not_enrolled"
        case .badAddress: "bad_value"
        case .badToken: "bad_token"
        case .unreachable: "unreachable"
        case .timeout: "timeout"
        case .overloaded: "overloaded"
        case .notHeadquarters: "not_headquarters"
        case .retired: "retired"
        case .unknownReplica: "unknown_replica"
        case .revoked: "revoked"
        case .protocolTooOld: "protocol_too_old"
        case .keyMissing: "key_missing"
        case .headquartersKeyChanged: "hq_key_changed"
        case .unverified: "unverified"
        case .refused(let code, _): code
        }
    }

    /// Whether the same exchange may succeed after a while.
    var isTransient: Bool {
        switch self {
        case .unreachable, .timeout, .overloaded: true
        default: false
        }
    }

    /// The failure that a problem document means.
    init(_ problem: Problem) {
        let reason = problem.detail.isEmpty ? problem.title : problem.detail
        switch problem.knownCode {
        case .retired: self = .retired
        case .unknownReplica: self = .unknownReplica
        case .revoked: self = .revoked
        case .protocolTooOld: self = .protocolTooOld(isHeadquarters: false)
        case .unsupportedVersion: self = .protocolTooOld(isHeadquarters: true)
        case .badToken, .deskInUse: self = .badToken(reason: reason)
        case .overloaded, .rateLimited, .internalError:
            self = .overloaded(retryAfter: problem.retryAfter.map(Int.init))
        // The body did not arrive whole, in time or just once: the link's fault; the next may.
        case .truncated, .timeout, .replayed: self = .unreachable(reason: problem.title)
        default: self = .refused(code: problem.code, reason: reason)
        }
    }
}
