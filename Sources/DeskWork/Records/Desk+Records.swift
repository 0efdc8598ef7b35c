import CausalHistory
import RecordModel
import RecordStorage

extension Desk {
    /// Returns what a person sees of the record that a text names.
    ///
    /// - Parameters:
    ///   - id: A short id, uid or its first digits, ORCID iD, ROR id or e-mail address.
    ///   - change: The record as it stood after this change; nil for now.
    /// - Returns: The record.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`), `StoreError`.
    public func show(_ id: String, at change: String? = nil) throws -> RecordView {
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let held = try RecordFinder(viewer).record(named: id)
            guard let change else {
                var view = try viewer.view(of: held, withChanges: true)
                view.merging = try viewer.merging(of: held, as: view)
                return view
            }
            let moment = try self.change(named: change, viewer)
            let time = moment.attribution?.time ?? .zero
            let parts = try held.parts.map { try reader.record($0, at: time) }
                .filter { !$0.state.fields.isEmpty }
            guard let past = HeldRecord(parts, schema: schema) else {
                let name = try viewer.name(of: held)
                throw DeskError(.notFound, "\(name) was not there yet at \(change)")
            }
            return try viewer.view(of: past, withChanges: true)
        }
    }

    /// Returns the change that a text names: `ber@5f3a9c01`, or the first digits of it.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`).
    func change(named text: String, _ viewer: RecordViewer) throws -> StoredChange {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        var found = try viewer.reader.changes(digestPrefix: halves[halves.count - 1])
        if halves.count == 2, !halves[0].isEmpty {
            found = try found.filter { change in
                try viewer.desk(of: change.dot.actor).lowercased() == halves[0].lowercased()
            }
        }
        if found.count == 1 { return found[0] }
        guard !found.isEmpty, halves.count <= 2 else {
            let start = try viewer.reader.journalStart.map { start in
                " Those of before \(Instant(seconds: Int(start.milliseconds / 1000)).text) that everybody has "
                    + "left this journal."
            }
            throw DeskError(
                .notFound,
                "no change is named “\(text)”",
                hint: "Changes are listed by: attache log.\(start ?? "")"
            )
        }
        let names = try found.prefix(8).compactMap { try viewer.changeName(of: $0.dot) }
        throw DeskError(
            .ambiguousID,
            "“\(text)” fits \(found.count) changes: \(names.joined(separator: ", "))",
            hint: "Type more of its digits."
        )
    }
}
