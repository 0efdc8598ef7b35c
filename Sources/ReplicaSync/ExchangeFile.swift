import CausalHistory
import Crypto
import Foundation
import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why an exchange file was not taken in; nothing of it was.
public enum FileRefusal: Error, Hashable, Sendable {
    /// It cannot be read: it is no exchange file, or part of one.
    case unreadable(path: String, reason: String)
    /// It is for another replica.
    case forAnother(ReplicaID)
    /// Its sender is not known here.
    case unknownSender(ReplicaID)
    /// Its sender was retired.
    case retired(ReplicaID)
    /// It is not as its sender wrote it.
    case altered
    /// The space is not exchanged with its sender.
    case notGranted(SpaceName)
    /// One of the two sides lacks what the other builds on or has given up: an ordinary exchange comes first.
    case outOfTurn(SpaceName)
}

/// What was written to an exchange file.
public struct PackedFile: Hashable, Sendable {
    /// How many records it holds.
    public var records = 0
    /// The distinct changes that the receiver lacks.
    public var changes = 0
    /// Whether a record was left out that the disk has changed.
    public var leavesOut = false
}

/// What taking in an exchange file did.
public struct OpenedFile: Hashable, Sendable {
    /// The sender's desk.
    public var desk: String
    /// The space.
    public var space: SpaceName
    /// How many records the file holds.
    public var records = 0
    /// How many records changed here.
    public var merged = 0
    /// The records that were left out, since changes of them are not the sender's to bring.
    public var leftOut: [RecordUID] = []
    /// How many conflicts for a person there are more.
    public var newConflicts = 0
    /// Values that the schema does not allow.
    public var refusals: [Refusal] = []
}

/// Writes an exchange file: durable when `finish` returns, and not there before.
///
/// Spec: `Protocol/spec/05-sync.md` §9.
struct ExchangeFileWriter {
    private let path: String
    private let handle: FileHandle
    private var hash = SHA256()

    /// Begins a file, readable by its owner alone.
    /// - Throws: `StoreError.io` or `.diskFull`.
    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path + ".part", O_RDWR | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try put(Array(repeating: 0, count: SignedFile.prefixBytes))
    }

    private func put(_ bytes: [UInt8]) throws {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            let failure = Self.failure(path)
            discard()
            throw failure
        }
    }

    private static func failure(_ path: String) -> StoreError {
        errno == ENOSPC ? .diskFull : .io(detail: "\(path): \(String(cString: strerror(errno)))")
    }

    /// Adds a message.
    mutating func add(_ message: SyncRequest) throws {
        let part = SignedFile.part(try Frame.encode(try message.encoded()))
        hash.update(data: part)
        try put(part)
    }

    /// Signs the file and gives it its name, once it is on the disk.
    func finish(
        from sender: ReplicaID,
        to receiver: ReplicaID,
        time: HybridTime,
        key: Curve25519.Signing.PrivateKey
    ) throws {
        let signed = try SignedFile.seal(
            hash.finalize(),
            from: sender,
            to: receiver,
            time: time,
            key: key
        )
        try handle.seek(toOffset: 0)
        try put(signed.prefix)
        guard fsync(handle.fileDescriptor) == 0, rename(path + ".part", path) == 0 else {
            throw Self.failure(path)
        }
        // The name, too, is on the disk before what the file holds is removed elsewhere.
        let parent = (path as NSString).deletingLastPathComponent
        let folder = open(parent.isEmpty ? "." : parent, O_RDONLY)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Takes back what was written so far.
    func discard() { unlink(path + ".part") }
}

/// Reads an exchange file.
///
/// A file is hashed whole before any frame of it is read, and one frame at a time is in memory.
/// Spec: `Protocol/spec/05-sync.md` §9.
struct ExchangeFileReader {
    /// From whom to whom it is.
    let signed: SignedFile
    private let path: String
    private let handle: FileHandle
    private let content: SHA256Digest

    /// Opens a file and hashes it.
    /// - Throws: `FileRefusal.unreadable`.
    init(_ path: String) throws {
        self.path = path
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else {
            throw FileRefusal.unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            let prefix = try handle.read(upToCount: SignedFile.prefixBytes) ?? Data()
            signed = try SignedFile(parsing: [UInt8](prefix))
            var hash = SHA256()
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
                hash.update(data: piece)
            }
            content = hash.finalize()
        } catch {
            let reason =
                error is WireError ? "it is no exchange file" : "the disk does not give it whole"
            throw FileRefusal.unreadable(path: path, reason: reason)
        }
    }

    /// Checks the sender's signature.
    /// - Throws: `FileRefusal.altered`.
    func verify(publicKey: [UInt8]) throws {
        do { try signed.verify(content, publicKey: publicKey) } catch { throw FileRefusal.altered }
    }

    /// Calls a body with each message's one space, in order.
    ///
    /// - Parameter body: Takes the message and whether it is the first.
    /// - Throws: `FileRefusal.unreadable`, also where the last message is missing; what the body throws.
    func forEach(_ body: (SpaceRequest, Bool) throws -> Void) throws {
        try handle.seek(toOffset: UInt64(SignedFile.prefixBytes))
        var space: SpaceName?
        var isWhole = false
        while let part = try nextPart() {
            guard !isWhole, let message = part.spaces.first, part.spaces.count == 1,
                space == nil || message.space == space
            else { throw unreadable("a message that does not belong there") }
            try body(message, space == nil)
            space = message.space
            isWhole = message.isLast
        }
        guard isWhole else { throw unreadable("its last message is missing") }
    }

    private func nextPart() throws -> SyncRequest? {
        let length = [UInt8](try handle.read(upToCount: 4) ?? Data())
        if length.isEmpty { return nil }
        var reader = ByteReader(length)
        guard let count = try? reader.bigEndian(UInt32.self), count <= Limits.frameBytes else {
            throw unreadable("a frame's length")
        }
        let frame = [UInt8](try handle.read(upToCount: Int(count)) ?? Data())
        guard frame.count == Int(count) else { throw unreadable("a frame is cut") }
        do {
            return try SyncRequest(decoding: try Frame.decode(frame))
        } catch {
            throw unreadable("\(error)")
        }
    }

    private func unreadable(_ reason: String) -> FileRefusal {
        .unreadable(path: path, reason: reason)
    }
}

extension StoreReader {
    /// Writes what a receiver lacks of a space to a file, and signs it.
    func pack(
        _ space: SpaceName,
        for base: VersionVector,
        to path: String,
        from sender: ReplicaID,
        receiver: ReplicaID,
        time: HybridTime,
        key: Curve25519.Signing.PrivateKey
    ) throws -> PackedFile {
        var file = try ExchangeFileWriter(path)
        do {
            let packed = try pack(space, for: base, to: &file)
            try file.finish(from: sender, to: receiver, time: time, key: key)
            return packed
        } catch {
            file.discard()
            throw error
        }
    }

    /// Writes what a receiver lacks of a space to a file, whole records in one snapshot.
    ///
    /// - Parameters:
    ///   - space: The space.
    ///   - base: What the receiver has stated.
    ///   - pageBytes: How much of a page stands in one message, uncompressed.
    ///   - file: The file.
    /// - Returns: What was written.
    /// - Throws: What the store and the file report.
    private func pack(
        _ space: SpaceName,
        for base: VersionVector,
        pageBytes: Int = 1 << 20,
        to file: inout ExchangeFileWriter
    ) throws -> PackedFile {
        var packed = PackedFile()
        var reading = SpaceReading(
            space: space,
            peerKnowledge: base,
            met: base,
            after: 0,
            whole: [],
            byteLimit: pageBytes,
            chainsShown: base
        )
        reading.isWhole = true
        reading.leavesOutDamage = true
        var dots: Set<Dot> = []
        var isFirst = true
        while true {
            let snapshot = try snapshot(reading)
            packed.leavesOut = packed.leavesOut || snapshot.leavesOut
            // What was left out must not be taken as known.
            let isHeldBack = snapshot.isLast && packed.leavesOut
            var message = SpaceRequest(
                space: space,
                knowledge: KnowledgeUpdate(
                    from: isFirst ? nil : snapshot.knowledge,
                    to: isHeldBack ? base : snapshot.knowledge
                )
            )
            if isFirst {
                message.base = base
                message.forgotten = snapshot.forgotten
                message.heads = try ChainHeads.hash(of: base, told: base, digest: chainDigest)
            }
            message.page = snapshot.page
            message.chains = snapshot.chains
            message.actors = snapshot.actors
            message.isLast = snapshot.isLast
            for record in snapshot.page.records {
                packed.records += 1
                dots.formUnion(record.dots.filter { !base.covers($0) })
            }
            var request = SyncRequest(schema: schema.version)
            request.spaces = [message]
            try file.add(request)
            if snapshot.isLast { break }
            reading.after = snapshot.reached
            // What the first message has shown is not shown again.
            reading.chainsShown = nil
            isFirst = false
        }
        packed.changes = dots.count
        return packed
    }
}
