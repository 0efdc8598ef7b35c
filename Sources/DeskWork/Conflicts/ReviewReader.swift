import CausalHistory
import RecordModel
import RecordStorage

/// Gathers what a person needs beside a conflict to decide it.
struct ReviewReader {
    let viewer: RecordViewer

    func item(_ found: ConflictReader.Found) throws -> ReviewItem {
        let conflict = found.conflict
        let held = try viewer.reader.held(conflict.uid)
        return ReviewItem(
            conflict: conflict,
            alsoChanged: try held.map { try alsoChanged(conflict, $0) } ?? [:],
            offlineDays: Self.offlineDays(conflict),
            decisions: try decisions(conflict, held),
            merge: Self.merge(conflict),
            canKeepBoth: ConflictResolution.canKeepBoth(conflict)
        )
    }

    /// The other fields that the desk of each version wrote after the base.
    private func alsoChanged(
        _ conflict: Conflict,
        _ held: HeldRecord
    ) throws -> [Int: [String]] {
        let start = conflict.base?.provenance.at ?? earliest(of: conflict)
        var result: [Int: [String]] = [:]
        for part in held.parts {
            for entry in part.state.fields where entry.key != .life && entry.key != .shortID {
                let field = held.kind.field(number: entry.key.number)
                let name = RecordViewer.name(of: entry.key.number, field)
                guard name != conflict.field else { continue }
                for sibling in entry.siblings.siblings
                where sibling.version.attribution.time > start {
                    let desk = try viewer.desk(of: sibling.dot.actor)
                    for version in conflict.siblings where version.provenance.desk == desk {
                        if !result[version.n, default: []].contains(name) {
                            result[version.n, default: []].append(name)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Just before the first version, for a conflict whose base is not known.
    private func earliest(of conflict: Conflict) -> HybridTime {
        let first = conflict.siblings.map(\.provenance.at.milliseconds).min() ?? 0
        return HybridTime(milliseconds: first > 0 ? first - 1 : 0)
    }

    /// A version that does not cover an earlier one was written without news of it: its desk had
    /// been offline for at least the time between.
    private static func offlineDays(_ conflict: Conflict) -> [Int: Int] {
        var result: [Int: Int] = [:]
        for version in conflict.siblings {
            let unseen = conflict.siblings.filter { $0.provenance.desk != version.provenance.desk }
            guard let first = unseen.map(\.provenance.at.milliseconds).min(),
                version.provenance.at.milliseconds > first
            else { continue }
            let days = (version.provenance.at.milliseconds - first) / 86_400_000
            if days > 0 { result[version.n] = Int(clamping: days) }
        }
        return result
    }

    private func decisions(_ conflict: Conflict, _ held: HeldRecord?) throws -> [HistoryEntry] {
        guard let held, conflict.key != .life else { return [] }
        return try HistoryReader(viewer: viewer).entries(of: held, field: conflict.key.number)
            .filter { $0.action == .resolve && $0.item == conflict.item }
    }

    private static func merge(_ conflict: Conflict) -> [MergedStretch]? {
        guard conflict.definition?.type == .longtext, conflict.siblings.count >= 2,
            let base = conflict.base, base.value != nil,
            conflict.siblings.prefix(2).allSatisfy({ $0.value != nil })
        else { return nil }
        return TextMerge.merge(
            base: base.text,
            first: conflict.siblings[0].text,
            second: conflict.siblings[1].text
        )
    }
}
