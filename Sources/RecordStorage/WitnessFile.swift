import Foundation
import RecordModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a replica's file is not the one, or not as far, as the file beside it says.
public enum Displacement: Hashable, Sendable {
    /// The file is another one than was last worked with: a copy, or restored from one.
    case copied
    /// The same file holds less than it did: it was rolled back.
    case wentBack
}

/// The file beside a replica's (`PATH.witness`) that says which file it is and how far it had come.
///
/// A file that was copied or put back would write again under counters that it has used; the
/// mismatch shows before its first write. The witness is written after each commit and never waits
/// for the disk: one that is behind says nothing wrong. Rolling back a whole machine takes it along;
/// that, the peers find.
///
/// Spec: `Protocol/spec/08-storage.md` §3.
final class WitnessFile: Sendable {
    /// What the file says.
    struct Statement: Hashable {
        var sequence: UInt64
        var machine: String
        var device: UInt64
        var inode: UInt64
        var path: String

        private static let name = "attache-witness-1"

        init(path: String, sequence: UInt64) {
            self.sequence = sequence
            self.path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            machine = Self.thisMachine
            var status = stat()
            guard stat(path, &status) == 0 else {
                (device, inode) = (0, 0)
                return
            }
            device = UInt64(truncatingIfNeeded: status.st_dev)
            inode = UInt64(truncatingIfNeeded: status.st_ino)
        }

        init?(parsing text: String) {
            let lines = text.split(separator: "\n", maxSplits: 4, omittingEmptySubsequences: false)
            guard lines.count == 5, lines[0].hasPrefix(Self.name + " "),
                let sequence = UInt64(lines[0].dropFirst(Self.name.utf8.count + 1)),
                let device = UInt64(lines[2]), let inode = UInt64(lines[3])
            else { return nil }
            self.sequence = sequence
            machine = String(lines[1])
            self.device = device
            self.inode = inode
            path = String(lines[4])
        }

        /// The sequence stands at a fixed place, so that it is written over without the rest.
        var text: String {
            "\(Self.name) \(Self.digits(sequence))\n\(machine)\n\(device)\n\(inode)\n\(path)"
        }

        static func digits(_ sequence: UInt64) -> String {
            let digits = String(sequence)
            return String(repeating: "0", count: 20 - digits.count) + digits
        }

        static var sequenceOffset: Int { name.utf8.count + 1 }

        /// Whether two statements are about one file.
        ///
        /// A folder may move, and a device may get another number when the machine starts; a copy has
        /// another inode, unless all of it is elsewhere.
        func isOfSameFile(as other: Statement) -> Bool {
            machine == other.machine && inode == other.inode
                && (path == other.path || device == other.device)
        }

        private static var thisMachine: String {
            if let id = try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8),
                let line = id.split(separator: "\n").first
            {
                return String(line)
            }
            return ProcessInfo.processInfo.hostName
        }
    }

    private let path: String
    private let storePath: String

    init(besideStoreAt path: String) {
        storePath = path
        self.path = path + ".witness"
    }

    /// Compares what was said with what is; writes nothing.
    func displacement(at sequence: UInt64) -> Displacement? {
        guard let data = FileManager.default.contents(atPath: path),
            let said = Statement(parsing: String(decoding: data, as: UTF8.self)),
            said.isOfSameFile(as: Statement(path: storePath, sequence: sequence))
        else { return .copied }
        return said.sequence > sequence ? .wentBack : nil
    }

    /// Whether there is a witness.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Writes the whole statement.
    func write(_ sequence: UInt64) {
        let text = Statement(path: storePath, sequence: sequence).text
        // Without a witness the next start takes the file for a copy, which costs a name and no data.
        try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Writes how far the file has come over what was said before.
    func note(_ sequence: UInt64) {
        let descriptor = open(path, O_WRONLY)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let digits = Array(Statement.digits(sequence).utf8)
        _ = pwrite(descriptor, digits, digits.count, off_t(Statement.sequenceOffset))
    }
}

extension ReplicaStore {
    /// The setting of a store beside which there has been a witness.
    static let witnessed = "witnessed"

    /// Compares the store with the witness beside it, and keeps one from now on: for a store that
    /// people work with, at each start.
    ///
    /// - Parameter heal: What to do about a store that was copied or went back, before its first
    ///   write: `StoreWriter.takeNewIdentity()` or the like.
    /// - Throws: What the body throws, and what the store reports.
    public func keepWitness(ifDisplaced heal: (Displacement) throws -> Void) throws {
        let file = WitnessFile(besideStoreAt: path)
        let (sequence, isKnown) = try read { reader in
            (try reader.sequence, try reader.setting(Self.witnessed) != nil)
        }
        let displacement = isKnown ? file.displacement(at: sequence) : nil
        if let displacement { try heal(displacement) }
        if !isKnown { try write { try $0.set(Self.witnessed, to: "1") } }
        if displacement != nil || !file.exists { file.write(try read { try $0.sequence }) }
        witness.withLock { $0 = file }
    }
}
