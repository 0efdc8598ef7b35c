import CausalHistory
import Crypto
import RecordModel
import RecordStorage
import SyncEngine
import SyncProtocol

/// A desk's replica as one side of an exchange: performs the actions of a `DeskSession` on its
/// store, one transaction each.
public struct DeskReplica: Sendable {
    /// The store.
    public let store: ReplicaStore
    /// The key by which headquarters knows the replica.
    public let identity: ReplicaIdentity

    /// Creates the side of a store with its key.
    public init(store: ReplicaStore, identity: ReplicaIdentity) {
        self.store = store
        self.identity = identity
    }

    /// The replica's own number.
    /// - Throws: `StoreError.damaged` where the setting is missing.
    public func replicaID() throws -> ReplicaID {
        try store.read { try $0.replicaID() }
    }

    /// Headquarters, as far as the desk is enrolled.
    public func headquarters() throws -> StoredPeer? {
        try store.read { try $0.peers().first }
    }

    /// Begins an exchange with headquarters over every granted space.
    ///
    /// - Parameters:
    ///   - peer: Headquarters.
    ///   - byteLimit: How much a page may hold, uncompressed.
    ///   - mending: Records that both sides send whole, since they were found to differ or to be damaged.
    /// - Returns: The session.
    /// - Throws: What the store reports.
    public func beginSession(
        with peer: StoredPeer,
        byteLimit: Int,
        mending: [SpaceName: Set<RecordUID>] = [:]
    ) throws -> DeskSession {
        let memories = try store.read { reader in
            try reader.peerSpaces(of: peer.row).filter(\.isGranted)
        }
        return DeskSession(
            memories: Dictionary(
                uniqueKeysWithValues: memories.map { memory in
                    (
                        memory.space,
                        PeerMemory(
                            knowledge: memory.knowledge,
                            pushed: memory.pushed,
                            pulled: memory.pulled,
                            lateness: Lateness(rawValue: memory.lateness) ?? .none,
                            lateCursor: memory.lateCursor
                        )
                    )
                }
            ),
            token: peer.token,
            schema: store.schema.version,
            byteLimit: byteLimit,
            mending: mending
        )
    }

    /// Reads what a session asks for.
    public func read(_ readings: [SpaceReading]) throws -> [SpaceSnapshot] {
        if try !store.read({ try $0.unsignedActors().isEmpty }) {
            try store.write { writer in
                try writer.signActors(identity, desk: try writer.reader.setting("desk") ?? "")
            }
        }
        return try store.read { reader in
            try readings.map { reading in
                var snapshot = try reader.snapshot(reading)
                snapshot.heads = try ChainHeads.hash(
                    of: snapshot.knowledge,
                    told: reading.peerKnowledge,
                    digest: reader.chainDigest
                )
                return snapshot
            }
        }
    }

    /// Compares headquarters' chains with this replica's.
    ///
    /// A replica whose own actor is among those that differ was restored or copied: it goes on under a
    /// new number and new actors.
    public func compare(_ comparisons: [SpaceComparison]) throws -> ChainAgreement {
        try store.write { writer in
            var result = ChainAgreement()
            for comparison in comparisons {
                try writer.keepMissing(comparison.chains)
                let agreed = try writer.reader.agreement(on: comparison)
                let differing = comparison.chains.map(\.actor).filter {
                    agreed.counter(of: $0) == 0
                }
                if differing.isEmpty { continue }
                result.shared[comparison.space] = agreed
                let own = try writer.reader.space(comparison.space).actor
                if let own, differing.contains(own) { result.hasNewActors = true }
            }
            if result.hasNewActors { try writer.takeNewIdentity() }
            return result
        }
    }

    /// Applies the pages of an answer, one transaction for each space, and remembers its token.
    public func apply(
        _ applications: [SpaceApplication],
        token: [UInt8],
        of peer: StoredPeer
    ) throws -> [SpaceResult] {
        var results: [SpaceResult] = []
        for application in applications {
            let result = try store.write { writer in
                try writer.addSpace(application.space)
                let before = try writer.reader.peerSpaces(of: peer.row)
                    .first { $0.space == application.space && $0.isGranted }
                if before == nil { try writer.grant(application.space, toPeer: peer.row) }
                let isAllPushed =
                    try writer.recordSequence(in: application.space) <= application.memory.pushed
                if application.memory.lateness == .desk, application.memory.lateCursor == 0,
                    application.late == nil
                {
                    try writer.forgetPresent(at: peer.row, in: application.space)
                }
                let result = try writer.apply(application, from: peer.row)
                for delta in application.page.records {
                    // What is kept here beside the part that was erased goes, too.
                    guard let erasure = delta.erasure else { continue }
                    try writer.eraseOtherParts(of: delta.uid, after: erasure)
                }
                if result.hasNewActor { try writer.takeNewIdentity() }
                // What the page brought needs no push: headquarters has it. Unless something was
                // written here after the push was read, the next push begins behind it.
                try writer.remember(
                    peer: peer.row,
                    space: application.space,
                    knowledge: application.memory.knowledge,
                    pushed: isAllPushed && !result.isForked && application.late == nil
                        ? writer.currentSequence : application.memory.pushed,
                    // A record that is still needed whole must be met again if the session is cut.
                    pulled: result.needed.isEmpty || !Rule.neededIsMetAgain.holds
                        ? application.memory.pulled : before?.pulled ?? 0,
                    lateness: application.memory.lateness.rawValue,
                    lateCursor: application.memory.lateCursor
                )
                return result
            }
            results.append(result)
        }
        try store.write { try $0.setToken(token, ofPeer: peer.row) }
        return results
    }

    /// Remembers that an exchange ended, and once a day takes out of the journal what is settled and old.
    ///
    /// - Parameters:
    ///   - peer: Headquarters.
    ///   - clockSkew: How far headquarters' clock is ahead, in milliseconds; nil where unknown.
    /// - Returns: What left the journal.
    /// - Throws: What the store reports.
    @discardableResult
    public func finish(with peer: StoredPeer, clockSkew: Int64?) throws -> JournalReport {
        try store.write { try $0.noteSync(peer: peer.row, clockSkew: clockSkew) }
        return try store.compactJournalDaily()
    }

    /// Counts the changes and records that the next exchange would send, for each space.
    public func pending(for peer: StoredPeer) throws -> (changes: Int, records: Int) {
        try store.read { reader in
            var dots: Set<Dot> = []
            var records = 0
            for memory in try reader.peerSpaces(of: peer.row) where memory.isGranted {
                let theirs = memory.knowledge ?? VersionVector()
                try reader.forEachRecord(
                    in: memory.space,
                    beyond: theirs,
                    after: memory.pushed
                ) { record in
                    if let delta = record.state.delta(uid: record.key.uid, for: theirs) {
                        records += 1
                        dots.formUnion(delta.dots.filter { !theirs.covers($0) })
                    }
                    return true
                }
            }
            return (dots.count, records)
        }
    }

    // MARK: Finding damage

    /// Returns what this replica holds in ranges of records.
    public func inspections(
        of ranges: [SpaceName: [RecordRange]]
    ) throws -> [SpaceName: [RangeInspection]] {
        try store.read { reader in
            try Dictionary(
                uniqueKeysWithValues: ranges.map { space, ranges in
                    (space, try reader.inspections(of: ranges, in: space))
                }
            )
        }
    }

    /// Looks whether records are as they were written: the next ones for a while, or all.
    ///
    /// - Parameters:
    ///   - wholly: Whether all are looked at.
    ///   - goesOn: Asked after each record otherwise.
    /// - Returns: The damaged records, by space.
    /// - Throws: What the store reports.
    public func findDamage(
        wholly: Bool,
        while goesOn: () -> Bool
    ) throws -> [SpaceName: Set<RecordUID>] {
        try store.findDamage(fromTheStart: wholly) { wholly || goesOn() }
            .reduce(into: [:]) { $0[$1.space, default: []].insert($1.uid) }
    }

    /// Counts those of some records that are not as they were written.
    public func damaged(of records: [SpaceName: Set<RecordUID>]) throws -> Int {
        try store.read { reader in
            try records.reduce(0) { sum, part in
                sum
                    + (try part.value.count {
                        try reader.record(RecordKey(space: part.key, uid: $0))?.isDamaged ?? false
                    })
            }
        }
    }

    // MARK: Enrolment

    /// Whether this replica was restored or copied and has not yet said who it was.
    public func hasUnsaidIdentity() throws -> Bool {
        try store.read { try $0.hasUnsaidIdentity }
    }

    /// Makes the requests by which a replica that was restored or copied says who it was, the latest
    /// number first: headquarters may itself have gone back behind one of them.
    public func successionRequests() throws -> [EnrolRequest] {
        try store.read { reader in
            try reader.earlierReplicas.reversed().compactMap { text in
                guard let predecessor = bytes(hexadecimal: text).flatMap({ ReplicaID(bytes: $0) })
                else { return nil }
                var request = EnrolRequest(
                    secret: [],
                    desk: try reader.setting("desk") ?? "",
                    replica: try reader.replicaID(),
                    publicKey: identity.publicKey
                )
                request.predecessor = predecessor
                return request
            }
        }
    }

    /// Takes headquarters' answer to one of them.
    public func didSayIdentity() throws {
        try store.write { try $0.didSayIdentity() }
    }

    /// Makes the request to enrol with a token.
    public func enrolRequest(_ token: EnrolmentToken) throws -> EnrolRequest {
        try store.read { reader in
            EnrolRequest(
                secret: token.secret,
                desk: try reader.setting("desk") ?? "",
                replica: try reader.replicaID(),
                publicKey: identity.publicKey
            )
        }
    }

    /// Takes headquarters' answer: pins its key, brings the mission's space to its name and
    /// remembers the grants.
    ///
    /// Changes that were never sent are kept.
    public func didEnrol(_ response: EnrolResponse, url: String) throws {
        let hash = SHA256.hash(data: response.publicKey)
        try store.write { writer in
            let local = try writer.reader.setting("mission_space").flatMap { SpaceName($0) }
            if let local, local != response.mission,
                try writer.reader.spaces().contains(where: { $0.name == local })
            {
                try writer.rename(space: local, to: response.mission)
            }
            try writer.set("mission_space", to: response.mission.text)
            // A replica whose key was lost has a new one: its actors are stated anew.
            try writer.unsignActors(except: identity.publicKey)
            try writer.didSayIdentity()
            let peer = try writer.putPeer(
                replica: Array(hash.prefix(16)),
                desk: "HQ",
                publicKey: response.publicKey,
                mission: response.mission.text,
                url: url
            )
            for space in response.spaces {
                try writer.addSpace(space)
                try writer.grant(space, toPeer: peer)
            }
        }
    }
}

extension StoreReader {
    /// Returns what this replica holds in ranges of a space's records.
    func inspections(of ranges: [RecordRange], in space: SpaceName) throws -> [RangeInspection] {
        try ranges.map { RangeInspection(of: $0, try digests(in: space, $0)) }
    }

    /// The replica's own number.
    /// - Throws: `StoreError.damaged` where the setting is missing.
    public func replicaID() throws -> ReplicaID {
        guard let text = try setting("replica"), let bytes = bytes(hexadecimal: text),
            let replica = ReplicaID(bytes: bytes)
        else { throw StoreError.damaged(detail: "the replica's own number is missing") }
        return replica
    }
}
