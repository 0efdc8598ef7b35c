import CausalHistory
import RecordModel
import RecordStorage

/// How one desk stands, seen from headquarters.
public struct DeskReport: Hashable, Sendable {
    /// The desk's code.
    public let desk: String
    /// The replica, 32 hexadecimal digits.
    public let replica: String
    /// `active`, `dormant` or `retired`.
    public let state: String
    /// When it last exchanged; nil for never.
    public let lastSync: HybridTime?
    /// How many changes headquarters knows that the desk has not acknowledged.
    public let unacknowledged: UInt64
    /// The spaces granted, by name.
    public let spaces: [SpaceName]
    /// For how many days it has been silent, where that is 90 or more.
    public let silentDays: Int?
    /// The version of the schema by which it works; nil before its first exchange.
    public let schema: UInt32?
    /// How many erasures in its spaces it has not confirmed to have done.
    public var unconfirmedErasures = 0

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("desk", .string(desk)), JSONMember("replica", .string(replica)),
            JSONMember("state", .string(state)),
        ]
        if let lastSync {
            members.append(
                JSONMember(
                    "last_sync",
                    .string(Instant(seconds: Int(lastSync.milliseconds / 1000)).text)
                )
            )
        }
        members.append(JSONMember("unacknowledged", .number(unacknowledged)))
        members.append(JSONMember("spaces", .array(spaces.map { .string($0.text) })))
        if let silentDays { members.append(JSONMember("silent_days", .number(silentDays))) }
        if let schema { members.append(JSONMember("schema", .number(schema))) }
        members.append(JSONMember("unconfirmed_erasures", .number(unconfirmedErasures)))
        return .object(members)
    }
}

/// A space at headquarters in figures.
public struct HeadquartersSpaceReport: Hashable, Sendable {
    /// The name.
    public let name: SpaceName
    /// The number of visible records.
    public let records: Int
    /// The fingerprint.
    public let fingerprint: Fingerprint
}

/// Headquarters in figures.
public struct HeadquartersReport: Hashable, Sendable {
    /// Distinct visible records.
    public let records: Int
    /// Active desks.
    public let desks: Int
    /// Conflicts that wait for a person.
    public let conflicts: Int
    /// The spaces, by name.
    public let spaces: [HeadquartersSpaceReport]
    /// For how many seconds a server has been serving; nil where none is.
    public let uptimeSeconds: Int?

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("records", .number(records)), JSONMember("desks", .number(desks)),
            JSONMember("conflicts", .number(conflicts)),
            JSONMember(
                "spaces",
                .array(
                    spaces.map { space in
                        .object([
                            JSONMember("name", .string(space.name.text)),
                            JSONMember("records", .number(space.records)),
                            JSONMember("digest", .string(space.fingerprint.hex)),
                        ])
                    }
                )
            ),
        ]
        if let uptimeSeconds {
            members.append(JSONMember("uptime_seconds", .number(uptimeSeconds)))
        }
        return .object(members)
    }
}

/// Why no replica was retired.
public enum RetirementFailure: Error, Hashable, Sendable {
    /// No active replica has the code or number.
    case notFound(String)
    /// Several active replicas do: their numbers.
    case ambiguous(String, replicas: [String])
}

extension HeadquartersReplica {
    /// Retires a replica: it gets nothing more, and what it sends is refused.
    ///
    /// - Parameter name: The code of a desk with one active replica, or the first digits of a
    ///   replica's number.
    /// - Returns: The replica's report, from before.
    /// - Throws: `RetirementFailure`; what the store reports.
    public func retire(_ name: String) throws -> DeskReport {
        let active = try desks().filter { $0.state != "retired" }
        let ofDesk = active.filter { $0.desk == name.uppercased() }
        let named =
            ofDesk.isEmpty ? active.filter { $0.replica.hasPrefix(name.lowercased()) } : ofDesk
        guard let report = named.first else { throw RetirementFailure.notFound(name) }
        guard named.count == 1 else {
            throw RetirementFailure.ambiguous(name, replicas: named.map(\.replica))
        }
        try store.write { writer in
            for peer in try writer.reader.peers() where hexadecimal(peer.replica) == report.replica
            {
                try retire(peer, writer)
            }
        }
        return report
    }

    /// Grants a space to a desk, or takes it from it.
    ///
    /// A desk leaves a space that was taken with its next exchange, and keeps what it had not sent in a file
    /// for headquarters (`open`). A grant is told by the next exchange, too.
    ///
    /// - Parameters:
    ///   - space: The space's name; a grant makes it where there is none.
    ///   - desk: The desk's code.
    ///   - isGranted: Whether the desk is to have it.
    /// - Returns: The desk's active replicas as they are now.
    /// - Throws: `TokenFailure.badSpaceName`, `RetirementFailure.notFound` where no active replica has the
    ///   code, `StoreError.unknownSpace` where a space is taken that is not there; what the store reports.
    @discardableResult
    public func setGrant(
        of space: String,
        toDesk desk: String,
        isGranted: Bool
    ) throws -> [DeskReport] {
        let name = try Self.spaceName(space)
        let code = desk.uppercased()
        try store.write { writer in
            let peers = try writer.reader.peers().filter { $0.desk == code && !$0.isRetired }
            if peers.isEmpty { throw RetirementFailure.notFound(desk) }
            if isGranted { try addSpace(name, writer) }
            for peer in peers {
                let isHeld = try writer.reader.peerSpaces(of: peer.row).contains {
                    $0.space == name && $0.isGranted
                }
                if isHeld != isGranted {
                    if !isGranted { try takeOver(from: peer, in: name, writer) }
                    try writer.grant(name, toPeer: peer.row, isGranted: isGranted)
                }
            }
        }
        return try desks().filter { $0.desk == code && $0.state != "retired" }
    }

    private static let servingSince = "serving_since"

    /// Remembers that a server serves from now on, or no longer does.
    public func noteServing(_ isServing: Bool) throws {
        let now = store.environment.now().milliseconds
        try store.write { try $0.set(Self.servingSince, to: isServing ? "\(now)" : nil) }
    }

    /// Returns how every desk stands, by code.
    public func desks() throws -> [DeskReport] {
        try store.read { reader in
            let knowledge = try Dictionary(
                uniqueKeysWithValues: reader.spaces().map {
                    ($0.name, try reader.knowledge(of: $0.name))
                }
            )
            return try reader.peers().map { peer in
                let spaces = try reader.peerSpaces(of: peer.row).filter(\.isGranted)
                let unacknowledged = spaces.reduce(UInt64(0)) { sum, space in
                    let theirs = space.acknowledged ?? VersionVector()
                    let beyond = knowledge[space.space]?.entries(beyond: theirs) ?? []
                    return beyond.reduce(sum) {
                        $0 + $1.counter - theirs.counter(of: $1.actor)
                    }
                }
                return DeskReport(
                    desk: peer.desk,
                    replica: hexadecimal(peer.replica),
                    state: peer.state,
                    lastSync: peer.lastSync,
                    unacknowledged: unacknowledged,
                    spaces: spaces.map(\.space),
                    silentDays: silentDays(of: peer),
                    schema: peer.schema
                )
            }
        }
    }

    /// Returns how every desk stands, by code, with the erasures that each has not confirmed.
    ///
    /// - Complexity: as `desks`, and O(*n*) in the number of hidden records.
    public func desksWithErasures() throws -> [DeskReport] {
        var reports = try desks()
        try store.read { reader in
            let erasures = try reader.erasures()
            for (index, peer) in try reader.peers().enumerated() where !peer.isRetired {
                let spaces = try reader.peerSpaces(of: peer.row).filter(\.isGranted)
                for space in spaces {
                    // A desk that never asked for the space holds nothing of it.
                    guard let acknowledged = space.acknowledged else { continue }
                    reports[index].unconfirmedErasures += erasures.count {
                        $0.key.space == space.space && !acknowledged.covers($0.erasure.dot)
                    }
                }
            }
        }
        return reports
    }

    /// For how many days a desk has been silent, where that is long enough to be warned of.
    private func silentDays(of peer: StoredPeer) -> Int? {
        let now = store.environment.now().milliseconds
        guard let heard = peer.lastSync ?? peer.enrolledAt, now > heard.milliseconds,
            now - heard.milliseconds >= Self.warnedSilence
        else { return nil }
        return Int((now - heard.milliseconds) / 86_400_000)
    }

    /// Returns headquarters in figures.
    public func status() throws -> HeadquartersReport {
        try store.read { reader in
            let since = try reader.setting(Self.servingSince).flatMap { UInt64($0) }
            let now = store.environment.now().milliseconds
            return HeadquartersReport(
                records: try reader.recordCount(),
                desks: try reader.peers().count { $0.state == "active" },
                conflicts: try reader.conflictCount(),
                spaces: try reader.spaces().map { space in
                    HeadquartersSpaceReport(
                        name: space.name,
                        records: try reader.recordCount(in: space.name),
                        fingerprint: space.fingerprint
                    )
                },
                uptimeSeconds: since.map { Int((now > $0 ? now - $0 : 0) / 1000) }
            )
        }
    }
}
