/// The codes of every error that crosses the wire: one table for desks and headquarters.
///
/// Codes never change their meaning; a receiver treats one that it does not know by the HTTP
/// status alone. Spec: `Protocol/spec/07-errors.md`.
public enum WireErrorCode: String, Hashable, Sendable, CaseIterable {
    /// The body is not a message of the protocol.
    case malformed
    /// The body ends too early.
    case truncated
    /// The body, or something in it, is over a limit.
    case tooLarge = "too_large"
    /// A signature does not verify.
    case badSignature = "bad_signature"
    /// The frame needs a dictionary that the receiver lacks.
    case unknownDictionary = "unknown_dictionary"
    /// The sender speaks only later versions of the protocol.
    case unsupportedVersion = "unsupported_version"
    /// The sender speaks only earlier versions of the protocol.
    case protocolTooOld = "protocol_too_old"
    /// The time in the request is too far from headquarters' clock.
    case staleRequest = "stale_request"
    /// The request came a second time.
    case replayed
    /// No such replica is enrolled.
    case unknownReplica = "unknown_replica"
    /// The replica was retired.
    case retired
    /// The replica's access was revoked.
    case revoked
    /// The enrolment token is unknown, expired, used or for another desk.
    case badToken = "bad_token"
    /// The desk already has an active replica.
    case deskInUse = "desk_in_use"
    /// The space is not granted to the desk.
    case spaceNotGranted = "space_not_granted"
    /// No record that the desk may see names the attachment.
    case notNamed = "not_named"
    /// Headquarters keeps no more bytes of this desk.
    case quotaExceeded = "quota_exceeded"
    /// The bytes of an attachment are not those that its hash names.
    case wrongHash = "wrong_hash"
    /// There is nothing at this path.
    case notFound = "not_found"
    /// The path does not take this method.
    case methodNotAllowed = "method_not_allowed"
    /// The request took too long to arrive.
    case timeout
    /// The sender has asked too often.
    case rateLimited = "rate_limited"
    /// Headquarters has too much to do.
    case overloaded
    /// Headquarters failed; nothing was changed.
    case internalError = "internal_error"
    /// In a refusal: the value is not one of the field's type.
    case badValue = "bad_value"
    /// In a refusal: the schema has no such kind.
    case unknownKind = "unknown_kind"
    /// In a refusal: the kind has no such field.
    case unknownField = "unknown_field"

    /// The HTTP status with which the code is sent.
    public var status: UInt16 {
        switch self {
        case .malformed, .truncated, .unknownDictionary, .unsupportedVersion: 400
        case .badSignature, .staleRequest, .replayed, .unknownReplica: 401
        case .retired, .revoked, .badToken, .spaceNotGranted, .notNamed: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .timeout: 408
        case .deskInUse: 409
        case .tooLarge: 413
        case .badValue, .unknownKind, .unknownField, .wrongHash: 422
        case .protocolTooOld: 426
        case .rateLimited: 429
        case .internalError: 500
        case .overloaded: 503
        case .quotaExceeded: 507
        }
    }

    /// What the code means, in a sentence for a person.
    public var sentence: String {
        switch self {
        case .malformed: "The message is damaged or was not made by Attaché."
        case .truncated: "The message was cut short on its way; send it again."
        case .tooLarge: "The message is too large; send it in smaller pages."
        case .badSignature: "The signature does not belong to this message and sender."
        case .unknownDictionary: "The message is compressed with an unknown dictionary."
        case .unsupportedVersion: "Headquarters is older than this desk and must be upgraded."
        case .protocolTooOld: "This desk is too old for headquarters; install a newer Attaché."
        case .staleRequest: "The desk's clock is too far from headquarters' clock; set it right."
        case .replayed: "The request was received before."
        case .unknownReplica: "Headquarters does not know this replica; enrol it."
        case .retired: "This replica was retired; enrol again to keep its unsent changes."
        case .revoked: "This replica's access was revoked; ask headquarters."
        case .badToken: "The enrolment token is unknown, used, expired or for another desk."
        case .deskInUse: "The desk already has a replica; ask for a token that replaces it."
        case .spaceNotGranted: "The space is not granted to this desk."
        case .notNamed: "No record that this desk may see names the attachment."
        case .quotaExceeded:
            "Headquarters keeps no more attachments of this desk; ask headquarters."
        case .wrongHash: "The bytes are not those that the attachment's hash names; send them anew."
        case .notFound: "There is nothing here."
        case .methodNotAllowed: "This address does not take such a request."
        case .timeout: "The request took too long to arrive; try again."
        case .rateLimited: "Too many requests; wait before the next."
        case .overloaded: "Headquarters is busy; try again later."
        case .internalError: "Headquarters failed and changed nothing; try again later."
        case .badValue: "The value is not one that the field may hold."
        case .unknownKind: "The schema has no such kind of record."
        case .unknownField: "This kind of record has no such field."
        }
    }
}
