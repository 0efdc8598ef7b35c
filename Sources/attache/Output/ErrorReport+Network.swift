import DeskSync
import HeadquartersServer
import RecordModel
import ReplicaSync

extension ErrorReport {
    /// Creates the report of an exchange that did not come about or end well.
    init(_ failure: SyncFailure) {
        let code = ErrorCode(rawValue: failure.code) ?? .unverified
        switch failure {
        case .notEnrolled:
            self.init(
                code,
                "this replica is not enrolled with a headquarters; local work goes on",
                hint: "Ask headquarters for a token, then: attache enrol --hq URL --token TOKEN"
            )
        case .badAddress(let text):
            self.init(
                code,
                "“\(text)” is not the address of a headquarters",
                hint: "An address looks like http://127.0.0.1:8080."
            )
        case .badToken(let reason):
            self.init(
                code,
                "the token was not accepted: \(reason); nothing was changed",
                hint: "Ask headquarters for a new token for this desk."
            )
        case .unreachable(let reason):
            self.init(
                code,
                "headquarters could not be reached: \(reason); local work is safe",
                hint: "Run attache sync again when there is a connection; it goes on from there."
            )
        case .timeout(let seconds):
            self.init(
                code,
                "headquarters said nothing for \(seconds) s; local work is safe",
                hint: "Run attache sync again; it goes on from there."
            )
        case .overloaded(let seconds):
            let wait = seconds.map { " in \($0) s" } ?? " later"
            self.init(
                code,
                "headquarters has too much to do; local work is safe",
                hint: "Run attache sync again\(wait)."
            )
        case .notHeadquarters(let reason):
            self.init(
                code,
                "what answered is not headquarters: \(reason); nothing was changed",
                hint: "A hotel's or airport's sign-in page may stand in between: open a browser, "
                    + "sign in, and try again."
            )
        case .retired:
            self.init(
                code,
                "headquarters has retired this replica; what is here stays",
                hint: "Ask for a token with --replace and enrol anew."
            )
        case .unknownReplica:
            self.init(
                code,
                "headquarters does not know this replica; what is here stays",
                hint: "Enrol it with a token: attache enrol --hq URL --token TOKEN"
            )
        case .revoked:
            self.init(
                code,
                "this replica's access was revoked; what is here stays",
                hint: "Ask headquarters."
            )
        case .protocolTooOld(let isHeadquarters):
            self.init(
                code,
                isHeadquarters
                    ? "headquarters is older than this program" : "this program is too old",
                hint: isHeadquarters
                    ? "Headquarters must install a newer Attaché."
                    : "Install a newer Attaché; what is here stays."
            )
        case .keyMissing(let path):
            self.init(IdentityError.missing(path: path))
        case .headquartersKeyChanged:
            self.init(
                code,
                "the answer bears another key than headquarters'; nothing was changed",
                hint: "Somebody may stand in between. Ask headquarters before you go on."
            )
        case .unverified:
            self.init(
                code,
                "both sides could not prove that they hold the same; nothing was lost",
                hint: "The lines above say which space; run attache doctor and tell headquarters."
            )
        case .refused(_, let reason):
            self.init(
                code,
                "headquarters refused: \(reason); nothing was changed",
                hint: "Tell headquarters what you see here."
            )
        }
    }

    /// Creates the report of an exchange file that was not taken in.
    init(_ refusal: FileRefusal) {
        switch refusal {
        case .unreadable(let path, let reason):
            self.init(
                .badFile,
                "\(path) cannot be read: \(reason); nothing was changed",
                hint: "Is it the right file? If it was cut on its way, ask its sender for it again."
            )
        case .altered:
            self.init(
                .badFile,
                "the file is not as its sender wrote it; nothing was changed",
                hint: "Ask its sender for the file again, by another way."
            )
        case .forAnother(let replica):
            self.init(
                .badFile,
                "the file is for another replica, \(replica); nothing was changed",
                hint: "Give it to the replica that it is for."
            )
        case .unknownSender(let replica):
            self.init(
                .unknownReplica,
                "the file is from a replica that is not known here, \(replica); nothing was changed",
                hint: "attache hq desks lists those that are."
            )
        case .retired(let replica):
            self.init(
                .retired,
                "the file is from a replica that was retired, \(replica); nothing was changed",
                hint: "Its desk enrols anew; what only it holds can be exported and imported there."
            )
        case .notGranted(let space):
            self.init(
                .spaceNotGranted,
                "\(space.text) is not exchanged with the file's sender; nothing was changed",
                hint: "attache hq admit takes in what a desk held when the space was taken from it."
            )
        case .outOfTurn(let space):
            self.init(
                .badFile,
                "the file builds on changes of \(space.text) that are not here, or the other way round; "
                    + "nothing was changed",
                hint: "Let the desks sync first; then try the file again."
            )
        }
    }

    /// Creates the report of headquarters that does not serve.
    init(_ error: ServiceError) {
        switch error {
        case .plainHTTPNotAllowed:
            self.init(
                .usage,
                "TLS is not there yet, and plain HTTP was not allowed",
                hint: "Say --plain-http, on a loopback address or behind a proxy that adds TLS."
            )
        case .cannotListen(let host, let port, let reason):
            self.init(
                .io,
                "cannot listen on \(host):\(port): \(reason)",
                hint: "Another program may use the port; choose one with --listen."
            )
        }
    }
}
