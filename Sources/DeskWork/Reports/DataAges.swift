import RecordModel
import RecordStorage

/// How old the data of one mission is in a replica.
public struct MissionAge: Hashable, Sendable {
    /// The mission's code.
    public let mission: String
    /// What people call it.
    public let name: String
    /// When its desks last exchanged, which headquarters alone knows.
    public let lastSync: HybridTime?
    /// The latest change of its desks that is here.
    public let lastChange: HybridTime?
    /// The days since the later of the two; nil where nothing was ever heard.
    public let days: Int?

    /// The later of what is known.
    var heard: HybridTime? { [lastSync, lastChange].compactMap(\.self).max() }

    /// `{"mission","name","last_sync","last_change","days"}`, what is not known left out.
    public var json: JSONValue {
        var members = [JSONMember("mission", .string(mission)), JSONMember("name", .string(name))]
        if let lastSync { members.append(JSONMember("last_sync", .string(lastSync.text))) }
        if let lastChange { members.append(JSONMember("last_change", .string(lastChange.text))) }
        if let days { members.append(JSONMember("days", .number(days))) }
        return .object(members)
    }

    /// What to say to a reader: at headquarters how old the data is, elsewhere since when nothing came,
    /// since a mission that changed nothing may well have exchanged.
    public var sentence: String {
        guard let days else { return "nothing was ever heard from \(name)" }
        let span = days == 1 ? "1 day" : "\(days) days"
        return lastSync != nil
            ? "data from \(name) is \(span) old" : "nothing from \(name) for \(span)"
    }
}

/// How complete the data is on which a report stands: an offline network never is.
public struct DataAges: Hashable, Sendable {
    /// The missions, by code; the replica's own mission is not among them.
    public let missions: [MissionAge]
    /// When this desk last exchanged with headquarters; nil at headquarters, or for never.
    public let lastSync: HybridTime?
    /// Whether this is headquarters' own store.
    public let isHeadquarters: Bool

    /// After how many days without news a mission is behind: desks exchange every working day where
    /// they can, and a week covers a bag and a holiday.
    public static let patienceDays = 7

    /// The missions of which nothing was heard for longer than that, the longest first.
    public var behind: [MissionAge] {
        missions.filter { $0.days.map { $0 > Self.patienceDays } ?? true }
            .sorted { ($0.days ?? .max, $1.mission) > ($1.days ?? .max, $0.mission) }
    }
}

extension StoreReader {
    /// Returns how old the data of each mission is.
    ///
    /// Headquarters knows when its peers exchanged. A desk knows only of its own exchange, and of the
    /// others the time of their latest change that came here, which is the least that can be said.
    /// - Parameters:
    ///   - names: The names of missions by code, from their records.
    ///   - today: The day to count from.
    /// - Returns: The missions that are known, and when this replica last exchanged.
    /// - Throws: What the store reports.
    func dataAges(names: [String: String], today: CivilDate) throws -> DataAges {
        let isHeadquarters = try setting("role") == "headquarters"
        let own = try setting(Desk.Setting.missionSpace) ?? setting(Desk.Setting.desk)?.lowercased()
        var changes: [String: HybridTime] = [:]
        var missions = Set(names.keys)
        for latest in try latestChanges() where !latest.isOwn {
            let space = latest.space.flatMap { $0 == .allMissions ? nil : $0.text }
            let mission = space ?? latest.desk.lowercased()
            missions.insert(mission)
            guard let time = latest.time else { continue }
            changes[mission] = max(changes[mission] ?? .zero, time)
        }
        var syncs: [String: HybridTime] = [:]
        let peers = try peers().filter { $0.state == "active" }
        for peer in peers where isHeadquarters {
            let mission = peer.mission ?? peer.desk.lowercased()
            missions.insert(mission)
            if let time = peer.lastSync { syncs[mission] = max(syncs[mission] ?? .zero, time) }
        }
        if let own, !isHeadquarters { missions.remove(own) }
        return DataAges(
            missions: missions.sorted().map { mission in
                let heard = [syncs[mission], changes[mission]].compactMap(\.self).max()
                return MissionAge(
                    mission: mission,
                    name: names[mission] ?? mission.uppercased(),
                    lastSync: syncs[mission],
                    lastChange: changes[mission],
                    days: heard.map { max(0, today.days(since: $0.day)) }
                )
            },
            lastSync: isHeadquarters ? nil : peers.first?.lastSync,
            isHeadquarters: isHeadquarters
        )
    }
}

extension HybridTime {
    /// The day, UTC.
    var day: CivilDate {
        // Beyond the calendar a clock is wrong anyway, and any far day says so.
        let days = Int(min(milliseconds / 86_400_000, 2_932_896))
        return CivilDate(daysSince1970: days) ?? CivilDate(reporting: "9999-12-31") ?? .epoch
    }
}

extension CivilDate {
    /// The first day of the clock's count.
    static var epoch: CivilDate {
        guard let day = CivilDate(daysSince1970: 0) else { preconditionFailure("1970 is a year") }
        return day
    }
}
