import ArgumentParser
import DeskWork
import Foundation
import RecordStorage

/// Which replica a command works on.
struct ReplicaOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The replica's file.",
            discussion: "Without it, $ATTACHE_REPLICA, else attache/replica in $XDG_DATA_HOME.",
            valueName: "path"
        ),
        completion: .file()
    )
    var replica: String?

    /// The replica's file.
    var path: String { replica ?? Self.defaultPath(ProcessInfo.processInfo.environment) }

    /// Returns where the replica is when the command line does not say, by the XDG Base Directory
    /// Specification: a relative `XDG_DATA_HOME` does not count.
    static func defaultPath(_ environment: [String: String]) -> String {
        if let path = environment["ATTACHE_REPLICA"], !path.isEmpty { return path }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
            return data + "/attache/replica"
        }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/attache/replica"
    }

    /// Opens the replica's store.
    /// - Throws: `StoreError`; `ErrorReport` where it is headquarters' own.
    func store() throws -> ReplicaStore {
        let store = try ReplicaStore(opening: path, schema: .chosen())
        guard try store.read({ try $0.setting("role") }) != "headquarters" else {
            throw ErrorReport(
                .foreignFile,
                "\(path) is headquarters' store, which no desk works on",
                hint: "Headquarters' staff work at a desk of their own: attache hq token --help"
            )
        }
        try store.keepWitness { displacement in
            try store.write { try $0.takeNewIdentity() }
            StandardStreams.warn("attache: \(Self.sentence(displacement))")
        }
        return store
    }

    private static func sentence(_ displacement: Displacement) -> String {
        switch displacement {
        case .copied:
            "this replica was copied or restored, so it goes on under an identity of its own; "
                + "nothing is lost, the next sync brings what it lacks"
        case .wentBack:
            "this replica holds less than it did: it was put back to an earlier state; it goes on "
                + "under a new identity, and the next sync brings back what headquarters has"
        }
    }

    /// Opens the replica for a person.
    func desk() throws -> Desk { try Desk(store: store()) }
}
