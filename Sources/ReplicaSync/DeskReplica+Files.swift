import CausalHistory
import Foundation
import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

/// What leaving a space did that was taken from this desk.
public struct Departure: Hashable, Sendable {
    /// The space.
    public let space: SpaceName
    /// How many records were removed from this replica.
    public let removed: Int
    /// What of them headquarters may lack, in the file.
    public let kept: PackedFile
    /// The file for headquarters; nil where headquarters has everything.
    public let file: String?
}

/// Exchanges through files, and leaving spaces.
///
/// Spec: `Protocol/spec/05-sync.md` §9 and §10.
extension DeskReplica {
    /// Writes what headquarters lacks of a space to a file.
    ///
    /// - Parameters:
    ///   - space: The space.
    ///   - peer: Headquarters.
    ///   - path: The file; one that is there is replaced.
    /// - Returns: What was written.
    /// - Throws: `FileRefusal.notGranted`; what the store and the file report.
    @discardableResult
    public func pack(
        _ space: SpaceName,
        for peer: StoredPeer,
        to path: String
    ) throws -> PackedFile {
        try store.write { try $0.signActors(identity, desk: $0.reader.setting("desk") ?? "") }
        return try store.read { reader in
            let memory = try reader.peerSpaces(of: peer.row).first { $0.space == space }
            guard let memory, memory.isGranted else { throw FileRefusal.notGranted(space) }
            return try pack(
                space,
                for: memory.knowledge ?? VersionVector(),
                of: peer,
                to: path,
                reader
            )
        }
    }

    private func pack(
        _ space: SpaceName,
        for base: VersionVector,
        of peer: StoredPeer,
        to path: String,
        _ reader: StoreReader
    ) throws -> PackedFile {
        guard let receiver = ReplicaID(bytes: peer.replica) else {
            throw StoreError.damaged(detail: "headquarters' number")
        }
        return try reader.pack(
            space,
            for: base,
            to: path,
            from: try reader.replicaID(),
            receiver: receiver,
            time: store.environment.now(),
            key: identity.privateKey
        )
    }

    /// Takes in a file that headquarters wrote: all of it, or nothing.
    ///
    /// The next exchange over a link begins as if headquarters' last answer had been this file.
    ///
    /// - Parameter path: The file.
    /// - Returns: What it did.
    /// - Throws: `FileRefusal`; `ExchangeError.badIntroduction`; what the store reports.
    public func open(_ path: String) throws -> OpenedFile {
        let file = try ExchangeFileReader(path)
        guard let peer = try headquarters(), file.signed.sender.bytes == peer.replica else {
            throw FileRefusal.unknownSender(file.signed.sender)
        }
        try file.verify(publicKey: peer.publicKey)
        guard file.signed.receiver == (try replicaID()) else {
            throw FileRefusal.forAnother(file.signed.receiver)
        }
        return try store.write { writer in
            var opened = OpenedFile(desk: "HQ", space: .allMissions)
            var knowledge = VersionVector()
            var chains: [ChainSegment] = []
            var hasNewActor = false
            try file.forEach { message, isFirst in
                if isFirst {
                    knowledge = try begin(message, from: peer, writer)
                    chains = message.chains
                    opened.space = message.space
                }
                guard let stated = message.knowledge.applied(to: knowledge) else {
                    throw FileRefusal.outOfTurn(message.space)
                }
                let application = SpaceApplication(
                    space: message.space,
                    page: message.page,
                    chains: chains,
                    actors: message.actors,
                    raise: message.isLast ? stated : nil,
                    shown: knowledge,
                    memory: PeerMemory()
                )
                let result = try writer.apply(application, from: peer.row)
                opened.records += message.page.records.count
                opened.merged += result.merged
                opened.newConflicts += result.newConflicts
                hasNewActor = hasNewActor || result.hasNewActor
            }
            try remember(knowledge, of: peer, in: opened.space, writer)
            if hasNewActor { try writer.takeNewIdentity() }
            return opened
        }
    }

    /// Looks whether the two sides hold what each other builds on.
    /// - Returns: What headquarters knows.
    private func begin(
        _ message: SpaceRequest,
        from peer: StoredPeer,
        _ writer: StoreWriter
    ) throws -> VersionVector {
        let space = message.space
        let memory = try writer.reader.peerSpaces(of: peer.row).first { $0.space == space }
        guard let memory, memory.isGranted else { throw FileRefusal.notGranted(space) }
        let own = try writer.reader.knowledge(of: space)
        let heads = try ChainHeads.hash(
            of: message.base,
            told: message.base,
            digest: writer.reader.chainDigest
        )
        guard let knowledge = message.knowledge.applied(to: VersionVector()),
            own.covers(message.base), own.covers(message.forgotten),
            knowledge.covers(try writer.reader.forgotten(of: space)),
            heads != 0, heads == message.heads, memory.lateness == 0
        else { throw FileRefusal.outOfTurn(space) }
        return knowledge
    }

    private func remember(
        _ knowledge: VersionVector,
        of peer: StoredPeer,
        in space: SpaceName,
        _ writer: StoreWriter
    ) throws {
        guard
            let memory = try writer.reader.peerSpaces(of: peer.row).first(where: {
                $0.space == space
            })
        else { return }
        let isFurther = knowledge.covers(memory.knowledge ?? VersionVector())
        try writer.remember(
            peer: peer.row,
            space: space,
            knowledge: knowledge,
            pushed: isFurther ? memory.pushed : 0,
            pulled: memory.pulled
        )
        try writer.setToken([], ofPeer: peer.row)
    }

    /// Leaves the spaces that headquarters took from this desk.
    ///
    /// What headquarters may lack of them is in a file beside the replica before anything is removed.
    ///
    /// - Parameters:
    ///   - revocations: The spaces, with headquarters' digests at what both hold.
    ///   - peer: Headquarters.
    /// - Returns: What was done, by space.
    /// - Throws: What the store and the file report; a space of which that is thrown is as it was.
    public func leave(
        _ revocations: [SpaceName: [ChainSegment]],
        of peer: StoredPeer
    ) throws -> [Departure] {
        try revocations.sorted { $0.key < $1.key }.map { space, chains in
            let path = Self.unusedPath(store.path + ".\(space.text)")
            return try store.write { writer in
                try writer.signActors(identity, desk: writer.reader.setting("desk") ?? "")
                let agreed = try writer.reader.agreement(
                    on: SpaceComparison(space: space, chains: chains)
                )
                let kept = try pack(space, for: agreed, of: peer, to: path, writer.reader)
                let isEmpty = kept.records == 0 && !kept.leavesOut
                if isEmpty { try? FileManager.default.removeItem(atPath: path) }
                return Departure(
                    space: space,
                    removed: try writer.remove(space),
                    kept: kept,
                    file: isEmpty ? nil : path
                )
            }
        }
    }

    /// The name of a file for headquarters that nobody has written yet.
    private static func unusedPath(_ stem: String) -> String {
        var number = 1
        while true {
            let path = stem + (number == 1 ? "" : "-\(number)") + ".withdrawn"
            if !FileManager.default.fileExists(atPath: path) { return path }
            number += 1
        }
    }
}
