import CausalHistory
import RecordModel
import RecordStorage

/// How the exchange stands: by mission what was last heard, conflicts that wait and since when, and
/// erasures that are still to be confirmed.
///
/// At headquarters it tells what every desk has acknowledged; a desk knows that of itself alone.
struct HealthReport {
    let sections: [ReportSection]

    init(_ reader: StoreReader, _ ages: DataAges, _ options: ReportOptions) throws {
        let peers = try reader.peers().filter { $0.state == "active" }
        sections = [
            try Self.missions(reader, ages, peers), try Self.desks(reader, ages, peers, options),
            try Self.conflicts(reader, options), try Self.erasures(reader, peers, options),
        ]
    }

    private static func missions(
        _ reader: StoreReader,
        _ ages: DataAges,
        _ peers: [StoredPeer]
    ) throws -> ReportSection {
        ReportSection(
            "missions",
            "What was last heard of missions",
            columns: ["mission", "name", "last_sync", "last_change", "days", "mark"],
            rows: ages.missions.map { age in
                ReportRow([
                    .text(age.mission), .text(age.name), ReportValue(age.lastSync?.text),
                    ReportValue(age.lastChange?.text), age.days.map(ReportValue.number) ?? .none,
                    ages.behind.contains(age) ? "behind" : .none,
                ])
            }
        )
    }

    /// The exchanges of this replica: at headquarters one with each desk, at a desk the one with it.
    private static func desks(
        _ reader: StoreReader,
        _ ages: DataAges,
        _ peers: [StoredPeer],
        _ options: ReportOptions
    ) throws -> ReportSection {
        let rows = try peers.map { peer in
            let days = peer.lastSync.map { options.today.days(since: $0.day) }
            return ReportRow([
                .text(peer.desk), ReportValue(peer.lastSync?.text),
                days.map { .number(max(0, $0)) } ?? .none,
                .number(try pending(peer, isHeadquarters: ages.isHeadquarters, reader)),
                peer.clockSkew.map { .number(Int($0 / 1000)) } ?? .none,
            ])
        }
        return ReportSection(
            "exchanges",
            ages.isHeadquarters ? "Exchanges with desks" : "This desk's exchange with headquarters",
            columns: ["desk", "last_sync", "days", "pending", "clock_skew_seconds"],
            rows: rows
        )
    }

    /// The changes that a peer has not acknowledged: of a desk all that are here, of headquarters the
    /// own ones.
    private static func pending(
        _ peer: StoredPeer,
        isHeadquarters: Bool,
        _ reader: StoreReader
    ) throws -> Int {
        var sum: UInt64 = 0
        for space in try reader.peerSpaces(of: peer.row)
        where isHeadquarters || space.knowledge != nil {
            let own = try reader.knowledge(of: space.space)
            let theirs = (isHeadquarters ? space.acknowledged : space.knowledge) ?? VersionVector()
            if isHeadquarters {
                guard space.isGranted else { continue }
                for entry in own.entries(beyond: theirs) {
                    sum &+= entry.counter - theirs.counter(of: entry.actor)
                }
            } else if let actor = try reader.space(space.space).actor {
                let (mine, told) = (own.counter(of: actor), theirs.counter(of: actor))
                sum &+= mine > told ? mine - told : 0
            }
        }
        return Int(clamping: sum)
    }

    private static func conflicts(
        _ reader: StoreReader,
        _ options: ReportOptions
    ) throws -> ReportSection {
        var found: [SpaceName: (count: Int, oldest: HybridTime)] = [:]
        for record in try reader.conflictedRecords() {
            let kind = reader.schema.kind(orStandInFor: record.state.kind)
            for entry in record.state.fields where entry.siblings.siblings.count > 1 {
                let field = kind.field(number: entry.key.number)
                let reading = try reader.reading(of: entry, as: field, row: record.row)
                let isContested = entry.key == .life && record.state.life == .contested
                guard isContested || (entry.key != .life && reading.isConflict) else { continue }
                // It is a conflict since its second version came to be.
                let times = entry.siblings.siblings.map(\.version.attribution.time).sorted()
                let since = times.count > 1 ? times[1] : .zero
                let known = found[record.key.space]
                found[record.key.space] = (
                    (known?.count ?? 0) + 1, min(known?.oldest ?? since, since)
                )
            }
        }
        return ReportSection(
            "conflicts",
            "Conflicts that wait",
            columns: ["space", "open", "oldest", "days"],
            rows: found.sorted { $0.key < $1.key }.map { space, conflict in
                ReportRow([
                    .text(space.text), .number(conflict.count), .text(conflict.oldest.text),
                    .number(max(0, options.today.days(since: conflict.oldest.day))),
                ])
            }
        )
    }

    /// Erasures that a peer with a right to the space has not acknowledged.
    private static func erasures(
        _ reader: StoreReader,
        _ peers: [StoredPeer],
        _ options: ReportOptions
    ) throws -> ReportSection {
        var waiting: [String: (count: Int, oldest: HybridTime)] = [:]
        let isHeadquarters = try reader.setting("role") == "headquarters"
        let told = try peers.map { ($0.desk, try reader.peerSpaces(of: $0.row)) }
        for record in try reader.hiddenRecords() {
            guard let erasure = record.state.erasure else { continue }
            for (desk, spaces) in told {
                guard let space = spaces.first(where: { $0.space == record.key.space }),
                    space.isGranted || !isHeadquarters
                else { continue }
                let known = isHeadquarters ? space.acknowledged : space.knowledge
                if known?.covers(erasure.dot) ?? false { continue }
                let before = waiting[desk]
                let time = erasure.attribution.time
                waiting[desk] = ((before?.count ?? 0) + 1, min(before?.oldest ?? time, time))
            }
        }
        return ReportSection(
            "erasures",
            "Erasures not yet confirmed",
            columns: ["desk", "waiting", "oldest", "days"],
            rows: waiting.sorted { $0.key < $1.key }.map { desk, erasure in
                ReportRow([
                    .text(desk), .number(erasure.count), .text(erasure.oldest.text),
                    .number(max(0, options.today.days(since: erasure.oldest.day))),
                ])
            }
        )
    }
}
