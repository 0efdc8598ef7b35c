import CausalHistory
import Foundation
import GRDB
import RecordModel

/// Another replica that this one exchanges with: headquarters for a desk, each desk for it.
public struct StoredPeer: Sendable {
    /// The row.
    public let row: Int64
    /// The replica's identity, 16 bytes; of headquarters the first 16 of its public key's hash.
    public let replica: [UInt8]
    /// The desk's code; `HQ` for headquarters.
    public let desk: String
    /// The Ed25519 public key, 32 bytes.
    public let publicKey: [UInt8]
    /// `active`; `dormant` where it was silent for so long that nobody waits for it any more; or
    /// `retired`.
    public let state: String
    /// The mission of the desk.
    public let mission: String?
    /// Where headquarters is reached.
    public let url: String?
    /// The token of the last answer.
    public let token: [UInt8]
    /// When it enrolled, or this replica did with it.
    public let enrolledAt: HybridTime?
    /// When the last exchange ended.
    public let lastSync: HybridTime?
    /// How far the peer's clock is ahead of this one, in milliseconds.
    public let clockSkew: Int64?
    /// Whether the peer is granted every space, those to come included.
    public let hasAllSpaces: Bool
    /// At headquarters: the version of the schema by which the desk worked last; nil before its first
    /// exchange.
    public let schema: UInt32?

    /// Whether it was retired: it gets nothing more, and what it pushes is refused.
    public var isRetired: Bool { state == "retired" }
}

/// A token that headquarters issued for one enrolment.
public struct StoredEnrolment: Sendable {
    /// The code of the desk that may enrol.
    public let desk: String
    /// The mission's space.
    public let mission: SpaceName
    /// The spaces that are granted.
    public let spaces: [SpaceName]
    /// Whether every space is granted, those to come included.
    public let hasAllSpaces: Bool
    /// When the token stops being valid.
    public let expires: HybridTime
    /// Whether the desk's earlier replica is retired by the enrolment.
    public let replaces: Bool
    /// The replica that used the token.
    public let usedBy: [UInt8]?

    /// Creates the account of a token that nobody has used.
    public init(
        desk: String,
        mission: SpaceName,
        spaces: [SpaceName],
        hasAllSpaces: Bool,
        expires: HybridTime,
        replaces: Bool,
        usedBy: [UInt8]? = nil
    ) {
        self.desk = desk
        self.mission = mission
        self.spaces = spaces
        self.hasAllSpaces = hasAllSpaces
        self.expires = expires
        self.replaces = replaces
        self.usedBy = usedBy
    }
}

/// What is remembered of a peer for one space.
public struct StoredPeerSpace: Sendable {
    /// The space.
    public let space: SpaceName
    /// At a desk: the knowledge that headquarters last stated.
    ///
    /// At headquarters: the knowledge that
    /// the desk was last told.
    public let knowledge: VersionVector?
    /// At headquarters: the knowledge that the desk last stated.
    ///
    public let acknowledged: VersionVector?
    /// The local sequence up to which the peer has everything.
    public let pushed: UInt64
    /// The peer's sequence up to which everything was taken.
    public let pulled: UInt64
    /// Whether the peer may read and write the space.
    public let isGranted: Bool
    /// At a desk: which side returns late, by its number in the protocol; 0 for neither.
    public let lateness: UInt8
    /// At a desk: up to which sequence the side that returns late was told of the other's records.
    public let lateCursor: UInt64
}

extension StoreReader {
    /// The peers, by desk code.
    public func peers() throws -> [StoredPeer] {
        try Row.fetchAll(db, sql: "SELECT * FROM peer ORDER BY desk, id").map(storedPeer)
    }

    /// Returns the peer of a replica identity, or nil.
    public func peer(replica: [UInt8]) throws -> StoredPeer? {
        let select = try db.cachedStatement(sql: "SELECT * FROM peer WHERE replica = ?")
        return try Row.fetchOne(select, arguments: [Data(replica)]).map(storedPeer)
    }

    private func storedPeer(_ row: Row) -> StoredPeer {
        func time(_ column: String) -> HybridTime? {
            (row[column] as Int64?).map { HybridTime(milliseconds: UInt64(bitPattern: $0)) }
        }
        return StoredPeer(
            row: row["id"],
            replica: [UInt8](row["replica"] as Data),
            desk: row["desk"],
            publicKey: [UInt8](row["public_key"] as Data),
            state: row["state"],
            mission: row["mission"],
            url: row["url"],
            token: [UInt8](row["token"] as Data? ?? Data()),
            enrolledAt: time("enrolled_at"),
            lastSync: time("last_sync"),
            clockSkew: row["clock_skew"],
            hasAllSpaces: row["has_all_spaces"],
            schema: (row["schema"] as Int64?).map { UInt32(clamping: $0) }
        )
    }

    /// The version of the latest schema by which a peer has worked; 0 where none has.
    public func newestPeerSchema() throws -> UInt32 {
        UInt32(clamping: try Int64.fetchOne(db, sql: "SELECT max(schema) FROM peer") ?? 0)
    }

    /// Returns the token whose secret has a hash, or nil.
    public func enrolment(secretHash: [UInt8]) throws -> StoredEnrolment? {
        let sql = "SELECT * FROM enrolment WHERE secret_hash = ?"
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [Data(secretHash)]),
            let mission = SpaceName(row["mission"] as String)
        else { return nil }
        return StoredEnrolment(
            desk: row["desk"],
            mission: mission,
            spaces: (row["spaces"] as String).split(separator: " ").compactMap {
                SpaceName(String($0))
            },
            hasAllSpaces: row["has_all_spaces"],
            expires: HybridTime(milliseconds: UInt64(bitPattern: row["expires"] as Int64)),
            replaces: row["replaces"],
            usedBy: (row["used_by"] as Data?).map { [UInt8]($0) }
        )
    }

    /// Returns what is remembered of a peer for each space, by space.
    public func peerSpaces(of peer: Int64) throws -> [StoredPeerSpace] {
        let sql = """
            SELECT space.name, knowledge, acknowledged, pushed, pulled, is_granted, lateness,
                late_cursor
            FROM peer_space JOIN space ON space.id = peer_space.space
            WHERE peer = ? ORDER BY space.name
            """
        return try Row.fetchAll(db, sql: sql, arguments: [peer]).compactMap { row in
            guard let space = SpaceName(row[0] as String) else { return nil }
            return StoredPeerSpace(
                space: space,
                knowledge: try (row[1] as Data?).map(VectorCodec.decode),
                acknowledged: try (row[2] as Data?).map(VectorCodec.decode),
                pushed: UInt64(row[3] as Int64),
                pulled: UInt64(row[4] as Int64),
                isGranted: row[5],
                lateness: UInt8(truncatingIfNeeded: row[6] as Int64),
                lateCursor: UInt64(row[7] as Int64)
            )
        }
    }
}

extension StoreWriter {
    /// Adds a peer, or brings what is known of it up to date.
    /// - Returns: The row.
    @discardableResult
    public func putPeer(
        replica: [UInt8],
        desk: String,
        publicKey: [UInt8],
        mission: String?,
        url: String? = nil,
        hasAllSpaces: Bool = false
    ) throws -> Int64 {
        let now = Int64(bitPattern: reader.store.environment.now().milliseconds)
        try db.execute(
            sql: """
                INSERT INTO peer(
                    replica, desk, public_key, state, mission, url, enrolled_at, has_all_spaces)
                VALUES (?, ?, ?, 'active', ?, ?, ?, ?)
                ON CONFLICT (replica) DO UPDATE SET desk = excluded.desk,
                    public_key = excluded.public_key, state = 'active', token = NULL,
                    mission = excluded.mission, url = excluded.url,
                    has_all_spaces = excluded.has_all_spaces
                """,
            arguments: [
                Data(replica), desk, Data(publicKey), mission, url, now, hasAllSpaces,
            ]
        )
        return try Int64.fetchOne(
            db,
            sql: "SELECT id FROM peer WHERE replica = ?",
            arguments: [Data(replica)]
        ) ?? 0
    }

    /// Remembers by which schema a peer works.
    public func setSchema(_ version: UInt32, ofPeer peer: Int64) throws {
        try db.execute(
            sql: "UPDATE peer SET schema = ? WHERE id = ?",
            arguments: [Int64(version), peer]
        )
    }

    /// Says where headquarters is reached from now on.
    public func setURL(_ url: String, ofPeer peer: Int64) throws {
        try db.execute(sql: "UPDATE peer SET url = ? WHERE id = ?", arguments: [url, peer])
    }

    /// Marks a peer as retired: it gets nothing more, and what it pushes is refused.
    public func retire(peer: Int64) throws { try setState("retired", ofPeer: peer) }

    /// Marks a peer as active, dormant or retired.
    public func setState(_ state: String, ofPeer peer: Int64) throws {
        try db.execute(sql: "UPDATE peer SET state = ? WHERE id = ?", arguments: [state, peer])
    }

    /// Grants or takes a space; what was remembered of the peer there is forgotten.
    public func grant(_ space: SpaceName, toPeer peer: Int64, isGranted: Bool = true) throws {
        try db.execute(
            sql: """
                INSERT INTO peer_space(peer, space, pushed, pulled, is_granted) VALUES (?, ?, 0, 0, ?)
                ON CONFLICT (peer, space) DO UPDATE SET is_granted = excluded.is_granted,
                    knowledge = NULL, acknowledged = NULL, pushed = 0, pulled = 0,
                    lateness = 0, late_cursor = 0
                """,
            arguments: [peer, try ledger(of: space).row, isGranted]
        )
    }

    /// Keeps a token that was issued, by the hash of its secret.
    public func putEnrolment(_ enrolment: StoredEnrolment, secretHash: [UInt8]) throws {
        try db.execute(
            sql: "INSERT INTO enrolment VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            arguments: [
                Data(secretHash), enrolment.desk, enrolment.mission.text,
                enrolment.spaces.map(\.text).joined(separator: " "), enrolment.hasAllSpaces,
                Int64(bitPattern: enrolment.expires.milliseconds), enrolment.replaces,
            ]
        )
    }

    /// Marks a token as used by a replica.
    public func useEnrolment(secretHash: [UInt8], by replica: [UInt8]) throws {
        try db.execute(
            sql: "UPDATE enrolment SET used_by = ? WHERE secret_hash = ?",
            arguments: [Data(replica), Data(secretHash)]
        )
    }

    /// Remembers what an exchange established about a peer and a space.
    public func remember(
        peer: Int64,
        space: SpaceName,
        knowledge: VersionVector?,
        pushed: UInt64,
        pulled: UInt64,
        lateness: UInt8 = 0,
        lateCursor: UInt64 = 0
    ) throws {
        try db.cachedStatement(
            sql: """
                UPDATE peer_space
                SET knowledge = ?, pushed = ?, pulled = ?, lateness = ?, late_cursor = ?
                WHERE peer = ? AND space = ?
                """
        ).execute(arguments: [
            knowledge.map(VectorCodec.encode), Int64(pushed), Int64(pulled), Int64(lateness),
            Int64(lateCursor), peer, try ledger(of: space).row,
        ])
    }

    /// Remembers what a desk was told of a space and what it said it has.
    public func remember(
        peer: Int64,
        space: SpaceName,
        told: VersionVector,
        acknowledged: VersionVector
    ) throws {
        let told = VectorCodec.encode(told)
        let acknowledged = VectorCodec.encode(acknowledged)
        try db.cachedStatement(
            sql: """
                UPDATE peer_space SET knowledge = ?, acknowledged = ?
                WHERE peer = ? AND space = ? AND (knowledge IS NOT ? OR acknowledged IS NOT ?)
                """
        ).execute(arguments: [
            told, acknowledged, peer, try ledger(of: space).row, told, acknowledged,
        ])
    }

    /// Remembers what a desk said in a file that it has, beside what it said before.
    public func acknowledge(
        _ knowledge: VersionVector,
        of peer: Int64,
        in space: SpaceName
    ) throws {
        let memory = try reader.peerSpaces(of: peer).first { $0.space == space }
        let greater = knowledge.merged(with: memory?.acknowledged ?? VersionVector())
        try db.execute(
            sql: "UPDATE peer_space SET acknowledged = ? WHERE peer = ? AND space = ?",
            arguments: [VectorCodec.encode(greater), peer, try ledger(of: space).row]
        )
    }

    /// Remembers the token of a peer's answer.
    public func setToken(_ token: [UInt8], ofPeer peer: Int64) throws {
        try db.cachedStatement(sql: "UPDATE peer SET token = ? WHERE id = ?")
            .execute(arguments: [Data(token), peer])
    }

    /// Remembers that an exchange with a peer ended now, and how far its clock is ahead.
    public func noteSync(peer: Int64, clockSkew: Int64?) throws {
        let now = Int64(bitPattern: reader.store.environment.now().milliseconds)
        try db.cachedStatement(
            sql: """
                UPDATE peer SET last_sync = ?, clock_skew = coalesce(?, clock_skew) WHERE id = ?
                """
        ).execute(arguments: [now, clockSkew, peer])
    }
}
