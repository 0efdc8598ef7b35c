import Foundation
import RecordModel

extension ReplicaStore {
    /// Puts a backup in a replica's place; what was there is kept beside it.
    ///
    /// The backup is copied and checked before anything is moved. Who opens the replica next finds it
    /// displaced (`keepWitness`).
    ///
    /// - Parameters:
    ///   - backup: The file that `copy` wrote.
    ///   - path: Where the replica is, or was.
    ///   - schema: The kinds and fields by which it is read.
    /// - Returns: Where the file that was there is kept, nil where there was none.
    /// - Throws: `StoreError.noReplica`, `.foreignFile`, `.newerFormat`, `.damaged`, `.busy`, `.io`.
    public static func restore(
        _ backup: String,
        to path: String,
        schema: Schema = .builtIn
    ) throws -> String? {
        guard FileManager.default.fileExists(atPath: backup) else {
            throw StoreError.noReplica(path: backup)
        }
        let fresh = path + ".restoring"
        remove(fresh)
        do {
            try FileManager.default.copyItem(atPath: backup, toPath: fresh)
            let store = try ReplicaStore(opening: fresh, schema: schema)
            if let problem = try store.read({ try $0.integrityProblems() }).first {
                throw StoreError.damaged(detail: problem)
            }
            store.checkpoint()
            try store.close()
            let kept = try setAside(path, schema)
            try FileManager.default.moveItem(atPath: fresh, toPath: path)
            remove(fresh)
            return kept
        } catch {
            remove(fresh)
            throw error
        }
    }

    /// Moves a replica's file away, its log folded into it.
    private static func setAside(_ path: String, _ schema: Schema) throws -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        // A file that cannot be opened any more is set aside as it is.
        if let store = try? ReplicaStore(opening: path, schema: schema) {
            store.checkpoint()
            try store.close()
        }
        return try moveAside(path, as: "replaced")
    }

    /// Moves a replica's files to a name that says why and that no file has.
    static func moveAside(_ path: String, as reason: String) throws -> String {
        var number = 1
        while FileManager.default.fileExists(atPath: "\(path).\(reason)-\(number)") { number += 1 }
        let kept = "\(path).\(reason)-\(number)"
        for suffix in ["", "-wal", "-shm", ".witness"]
        where FileManager.default.fileExists(atPath: path + suffix) {
            try FileManager.default.moveItem(atPath: path + suffix, toPath: kept + suffix)
        }
        return kept
    }

    /// Removes a database's files.
    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
