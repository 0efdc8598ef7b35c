/// The stable codes of every error that a command may end with, and the exit code of each.
///
/// Both are interface: scripts read them, and they keep their meaning.
enum ErrorCode: String, CaseIterable {
    case notFound = "not_found"
    case ambiguousID = "ambiguous_id"
    case unknownKind = "unknown_kind"
    case unknownField = "unknown_field"
    case badValue = "bad_value"
    case appendOnly = "append_only"
    case noSuchItem = "no_such_item"
    case notHere = "not_here"
    case deleted
    case noReplica = "no_replica"
    case replicaExists = "replica_exists"
    case notEnrolled = "not_enrolled"
    case unknownSpace = "unknown_space"
    case spaceNotGranted = "space_not_granted"
    case deskInUse = "desk_in_use"
    case badToken = "bad_token"
    case badFile = "bad_file"
    case busy
    case diskFull = "disk_full"
    case io
    case interrupted
    case usage
    case unreachable
    case timeout
    case overloaded
    case notHeadquarters = "not_headquarters"
    case damaged
    case foreignFile = "foreign_file"
    case newerFormat = "newer_format"
    case retired
    case unknownReplica = "unknown_replica"
    case revoked
    case protocolTooOld = "protocol_too_old"
    case keyMissing = "key_missing"
    case headquartersKeyChanged = "hq_key_changed"
    case unverified

    /// The exit code of a command that ends with the error.
    var exitStatus: ExitStatus {
        switch self {
        case .notFound, .ambiguousID, .unknownKind, .unknownField, .badValue, .appendOnly,
            .noSuchItem, .notHere, .deleted, .noReplica, .replicaExists, .notEnrolled,
            .unknownSpace, .spaceNotGranted, .deskInUse, .badToken, .badFile, .busy, .diskFull, .io,
            .interrupted:
            .failure
        case .usage: .usage
        case .unreachable, .timeout, .overloaded, .notHeadquarters: .offline
        case .damaged, .foreignFile, .newerFormat, .retired, .unknownReplica, .revoked,
            .protocolTooOld, .keyMissing, .headquartersKeyChanged, .unverified:
            .refused
        }
    }
}

/// The exit codes.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case failure = 1
    case usage = 2
    case conflicts = 3
    case offline = 4
    case refused = 5

    /// What the code means, as `attache help exit-codes` says it.
    var meaning: String {
        switch self {
        case .done: "done"
        case .failure: "an ordinary failure: what happened and what to do is said"
        case .usage: "the command line cannot be read"
        case .conflicts: "conflicts are waiting (conflicts, sync --fail-on-conflict)"
        case .offline: "the network or headquarters could not be reached; local work is safe"
        case .refused:
            "the replica is damaged or refused by headquarters, or not proven equal after repair"
        }
    }
}
