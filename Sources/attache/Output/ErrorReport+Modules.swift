import DeskSync
import DeskWork
import Foundation
import HeadquartersServer
import Interchange
import RecordModel
import RecordStorage
import ReplicaSync

extension ErrorReport {
    /// Creates the report of any error that a command may end with.
    init(_ error: any Error) {
        switch error {
        case let error as ErrorReport: self = error
        case let error as DeskError: self.init(error)
        case let error as StoreError: self.init(error)
        case let error as IdentityError: self.init(error)
        case let error as TokenFailure: self.init(error)
        case let error as RetirementFailure: self.init(error)
        case let error as FileRefusal: self.init(error)
        case let error as InterchangeError: self.init(error)
        case let error as SyncFailure: self.init(error)
        case let error as ServiceError: self.init(error)
        case is CancellationError:
            self.init(.io, "stopped; what was exchanged stays", hint: "Run it again to go on.")
        case let error as OutputFailure:
            self.init(
                errorNumber: error.errorNumber,
                doing: "the output could not be written"
            )
        case let error as CocoaError: self.init(error)
        default: self.init(.io, "an unexpected error: \(error)")
        }
    }

    init(_ error: RetirementFailure) {
        switch error {
        case .notFound(let name):
            self.init(
                .notFound,
                "no active replica is called “\(name)”",
                hint: "attache hq desks lists them."
            )
        case .ambiguous(let name, let replicas):
            let numbers = replicas.map { String($0.prefix(8)) }.joined(separator: ", ")
            self.init(
                .ambiguousID,
                "desk \(name) has \(replicas.count) active replicas: \(numbers)",
                hint: "Name the one to retire by these digits."
            )
        }
    }

    init(_ error: DeskError) {
        self.init(Self.code(error.code), error.message, hint: error.hint)
    }

    private static func code(_ code: DeskError.Code) -> ErrorCode {
        switch code {
        case .notFound: .notFound
        case .ambiguousID: .ambiguousID
        case .unknownKind: .unknownKind
        case .unknownField: .unknownField
        case .badValue: .badValue
        case .appendOnly: .appendOnly
        case .noSuchItem: .noSuchItem
        case .notHere: .notHere
        case .deleted: .deleted
        case .unknownSpace: .unknownSpace
        case .usage: .usage
        }
    }

    init(_ error: StoreError) {
        switch error {
        case .noReplica(let path):
            self.init(
                .noReplica,
                "there is no replica at \(path)",
                hint: "Make one with: attache init --desk BER --officer \"H. Raza\""
            )
        case .replicaExists(let path):
            self.init(
                .replicaExists,
                "\(path) exists already and was left as it is",
                hint: "Choose another place with --replica, or another file name."
            )
        case .foreignFile(let path):
            self.init(
                .foreignFile,
                "\(path) was not made by Attaché and was left as it is",
                hint: "Choose the replica with --replica or ATTACHE_REPLICA."
            )
        case .newerFormat(let found, let supported):
            self.init(
                .newerFormat,
                "the replica has format \(found), and this program reads up to \(supported)",
                hint: "Install the newer Attaché; nothing was changed."
            )
        case .damaged(let detail):
            self.init(
                .damaged,
                "the replica is damaged: \(detail)",
                hint: """
                    attache doctor says what is damaged, attache doctor --repair mends what can be. Keep the \
                    file; all that was synced is at headquarters.
                    """
            )
        case .tooLarge(let detail):
            self.init(
                .badValue,
                "too much for one record: \(detail); nothing was changed",
                hint: "Keep long texts as files beside the replica."
            )
        case .busy:
            self.init(
                .busy,
                "another program is writing to the replica; nothing was changed",
                hint: "Try again in a moment."
            )
        case .diskFull:
            self.init(
                .diskFull,
                "the disk is full; nothing was written, and what was there is safe",
                hint: "Free some space and run the command again."
            )
        case .io(let detail):
            self.init(
                .io,
                "the replica could not be read or written: \(detail)",
                hint: "Nothing was half written; see that the disk and its permissions are right."
            )
        case .unknownSpace(let name):
            self.init(
                .unknownSpace,
                "this replica holds no space “\(name)”",
                hint: "attache spaces lists those that it holds."
            )
        }
    }

    init(_ error: IdentityError) {
        switch error {
        case .missing(let path):
            self.init(
                .keyMissing,
                "the replica's key \(path) is not there; local work goes on",
                hint: "Put it back, or enrol again with a new token: unsent changes are kept."
            )
        case .malformed(let path):
            self.init(
                .keyMissing,
                "\(path) holds no key; local work goes on",
                hint: "Put the key back, or enrol again with a new token."
            )
        case .io(let path, let reason):
            self.init(.io, "\(path): \(reason)", hint: "See that the directory may be written.")
        }
    }

    private init(_ error: TokenFailure) {
        switch error {
        case .badDeskCode(let code):
            self.init(
                .badValue,
                "“\(code)” is no desk code",
                hint: "A code has 2 to 8 letters and digits, a letter first, as BER."
            )
        case .badSpaceName(let name):
            self.init(
                .badValue,
                "“\(name)” cannot be the name of a space",
                hint: "A name is lower-case letters, digits and hyphens, as all-missions."
            )
        case .deskInUse(let code):
            self.init(
                .deskInUse,
                "desk \(code) has a replica already",
                hint: "With --replace the token retires that replica."
            )
        }
    }

    private init(_ error: InterchangeError) {
        switch error {
        case .noKnownColumn(let header, let kind):
            self.init(
                .unknownField,
                "no column of the file is a field of \(kind): \(header.joined(separator: ", "))",
                hint:
                    "Name columns with --map COLUMN=FIELD; attache schema show \(kind) lists them."
            )
        case .unknownColumn(let column, let header):
            self.init(
                .usage,
                "the file has no column “\(column)”",
                hint: "Its columns are \(header.joined(separator: ", "))."
            )
        case .unknownField(let field, let kind):
            self.init(
                .unknownField,
                "\(kind) has no field “\(field)”",
                hint: "attache schema show \(kind) lists them."
            )
        case .unreadableHeader(let reason):
            self.init(.badValue, "the file's header cannot be read: \(reason)")
        }
    }

    private init(_ error: CocoaError) {
        let path = error.filePath ?? error.url?.path
        let place = path.map { "\($0): " } ?? ""
        switch error.code {
        case .fileNoSuchFile, .fileReadNoSuchFile:
            self.init(.io, "\(place)there is no such file or directory")
        case .fileReadNoPermission, .fileWriteNoPermission:
            self.init(.io, "\(place)this user may not use it")
        case .fileWriteOutOfSpace:
            self.init(StoreError.diskFull)
        case .fileWriteFileExists:
            self.init(.io, "\(place)it exists already and was left as it is")
        default:
            self.init(.io, "\(place)\(error.localizedDescription)")
        }
    }

    /// Creates the report of a system call that failed.
    init(errorNumber: Int32, doing what: String) {
        let isFull = [ENOSPC, EDQUOT, EFBIG].contains(errorNumber)
        self.init(
            isFull ? .diskFull : .io,
            "\(what): \(Platform.message(of: errorNumber))",
            hint: isFull ? "Free some space and run the command again." : nil
        )
    }
}
