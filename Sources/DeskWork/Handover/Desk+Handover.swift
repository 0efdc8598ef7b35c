import RecordModel
import RecordStorage

/// What a handover came to.
public struct HandoverResult: Sendable {
    /// What is handed over.
    public let report: ReportResult
    /// What is, or would be, written.
    public let changes: [HandoverChange]
    /// Fields that name who goes and are in conflict, as `ber-3 lead`: they were left alone.
    public let undecided: [String]
    /// The name of the change, as `ber@5f3a9c01`; nil where nothing was written.
    public let change: String?

    /// The object that scripts read: that of a report, with `changes`, `undecided` and `change`.
    public var json: JSONValue {
        let changes = changes.map { change in
            JSONValue.object(
                [JSONMember("id", .string(change.id)), JSONMember("place", .string(change.place))]
                    + (change.old.map { [JSONMember("old", .string($0))] } ?? [])
                    + [JSONMember("new", .string(change.new))]
            )
        }
        let undecided = undecided.map(JSONValue.string)
        let name = change.map { [JSONMember("change", .string($0))] } ?? []
        return .object(
            (report.json.object ?? []) + [JSONMember("changes", .array(changes))]
                + (undecided.isEmpty ? [] : [JSONMember("undecided", .array(undecided))]) + name
        )
    }
}

extension Desk {
    /// Returns what somebody who is posted away leaves, and lets a successor take it over.
    ///
    /// Everything is written in one change for each space at one moment, so that `undo` of it takes all of
    /// it back. A field in conflict is left to a person.
    ///
    /// - Parameters:
    ///   - from: A desk's code, an officer's name, or both.
    ///   - to: Who takes over, likewise, or the id of their contact; nil to write nothing.
    ///   - isDryRun: Whether to say what would be written, and write nothing.
    ///   - today: The day to count from; nil for today.
    /// - Returns: What is handed over and what was written.
    /// - Throws: `DeskError` (`bad_value` for an empty name).
    /// - Complexity: O(*n*) in the records of the kinds that name officers.
    public func handover(
        from: String,
        to: String? = nil,
        isDryRun: Bool = false,
        today: CivilDate? = nil
    ) throws -> HandoverResult {
        let names = try [from, to].compactMap(\.self).map { name in
            try Self.setting(name, of: "officer", as: .text, context)
        }
        let today = today ?? store.environment.now().day
        if to == nil || isDryRun {
            return try store.read { reader in
                try plan(from: names[0], to: names.dropFirst().first, today, reader)
            }
        }
        return try store.write { writer in
            let plan = try plan(from: names[0], to: names[1], today, writer.reader)
            let change = try write(
                plan.changes,
                note: "handover from \(names[0]) to \(names[1])",
                writer
            )
            return HandoverResult(
                report: plan.report,
                changes: plan.changes,
                undecided: plan.undecided,
                change: change
            )
        }
    }

    private func plan(
        from: String,
        to: String?,
        _ today: CivilDate,
        _ reader: StoreReader
    ) throws -> HandoverResult {
        let viewer = RecordViewer(reader, missionSpace: missionSpace)
        let gate = ReportGate(isForPartners: false)
        let records = ReportReader(viewer, gate: gate, readsChanges: true)
        let successor = try to.flatMap { try records.record($0, HandoverReport.sources) }
        let desks = try Set(reader.latestChanges().map { $0.desk.uppercased() } + [code])
        var report = HandoverReport(
            from: from,
            to: successor?.title ?? to,
            successorRecord: successor.map { "uid:\($0.uid)" },
            desks: desks,
            today: today
        )
        var restricted: Set<String> = []
        for source in HandoverReport.sources {
            try records.forEach(source) { record in
                if record.text("handling").map(HandlingLabel.isRestricted) ?? false {
                    restricted.insert(record.id)
                }
                report.take(record)
            }
        }
        let names = ReportNames { try records.record($0, HandoverReport.sources) }
        try report.takePostings(names)
        let result = ReportResult(
            report: "handover",
            asOf: store.environment.now().text,
            ages: try reader.dataAges(names: [:], today: today),
            sections: report.sections,
            handling: restricted.label(of: report.sections),
            notes: []
        )
        return HandoverResult(
            report: result,
            changes: report.changes,
            undecided: report.undecided,
            change: nil
        )
    }

    private func write(
        _ changes: [HandoverChange],
        note: String,
        _ writer: StoreWriter
    ) throws -> String? {
        let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
        var surroundings = self.surroundings
        var edits: [SpaceName: [RecordEdit]] = [:]
        for (uid, changes) in Dictionary(grouping: changes, by: \.uid).sorted(by: {
            $0.key < $1.key
        }) {
            guard let number = RecordUID(hexadecimal: uid),
                let held = try writer.reader.held(number)
            else { continue }
            var draft = try draft(of: held, viewer)
            for change in changes {
                guard let assignment = FieldAssignment("\(change.place)=\(change.new)") else {
                    continue
                }
                try draft.apply(assignment, &surroundings)
            }
            for space in draft.spaces {
                if let edit = draft.edit(in: space) { edits[space, default: []].append(edit) }
            }
        }
        let attribution = Attribution(time: writer.nextTime(), author: officer, note: note)
        var name: String?
        for (space, edits) in edits.sorted(by: { $0.key < $1.key }) {
            let made = try writer.commit(edits, in: space, attribution: attribution)
            name = name ?? made.map { Self.changeName(desk: code, $0) }
        }
        return name
    }
}
