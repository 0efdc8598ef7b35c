import CausalHistory
import RecordModel
import RecordStorage

/// Reads from a replica what reports are calculated of.
struct ReportReader {
    let viewer: RecordViewer
    let gate: ReportGate
    /// Whether it is read who made each record and when it was last changed.
    let readsChanges: Bool
    private var reader: StoreReader { viewer.reader }

    init(_ viewer: RecordViewer, gate: ReportGate, readsChanges: Bool = false) {
        self.viewer = viewer
        self.gate = gate
        self.readsChanges = readsChanges
    }

    /// Calls a body with each visible record of a kind that may be read and is asked for.
    /// - Complexity: O(*n*) in the records of the kind; one is in memory at a time.
    func forEach(
        _ source: ReportSource,
        where isAsked: (HeldRecord) throws -> Bool = { _ in true },
        _ body: (ReportRecord) throws -> Void
    ) throws {
        guard let kind = reader.schema.kind(named: source.kind) else { return }
        let fields = fields(source.fields, of: kind)
        try reader.forEachHeld(kind: kind) { held in
            if try held.isHidden || !isAsked(held) { return true }
            let record = try record(held, fields, isCounted: source.isCounted)
            if gate.admits(record) { try body(record) }
            return true
        }
    }

    /// Returns the record that a reference names, followed to where it was merged; nil where it is not
    /// here or may not be read.
    func record(_ reference: String, _ sources: [ReportSource]) throws -> ReportRecord? {
        var next: String? = reference
        // Merges are not chained deeper than people do it; a circle must end.
        for _ in 0..<8 {
            guard let text = next, let reference = Reference(text) else { return nil }
            let found = try RecordFinder(viewer).records(for: reference).filter { !$0.isHidden }
            guard found.count == 1 else { return nil }
            let kind = found[0].kind
            let names = sources.first { $0.kind == kind.name }?.fields ?? []
            let record = try record(found[0], fields(names, of: kind))
            next = record.text("merged_into")
            if next == nil { return gate.admits(record) ? record : nil }
        }
        return nil
    }

    /// Returns what a source asks of a record that was read already; nil where it may not be read.
    func record(of held: HeldRecord, _ source: ReportSource) throws -> ReportRecord? {
        guard !held.isHidden else { return nil }
        let record = try record(
            held,
            fields(source.fields, of: held.kind),
            isCounted: source.isCounted
        )
        return gate.admits(record) ? record : nil
    }

    private func fields(_ names: [String], of kind: Kind) -> [Field] {
        let all = Set(names + ReportGate.fields(of: kind.name))
        return kind.fields.filter { all.contains($0.name) }
    }

    /// Returns what of a record was asked for.
    private func record(
        _ held: HeldRecord,
        _ fields: [Field],
        isCounted: Bool = false
    ) throws -> ReportRecord {
        var values: [String: [ReportRecord.Item]] = [:]
        var conflicts: [String] = held.life == .contested ? ["life"] : []
        let parts = held.parts(asSeenFrom: viewer.missionSpace)
        for field in fields {
            var items: [ReportRecord.Item] = []
            var seen: Set<[UInt8]> = []
            for part in parts {
                for entry in part.state.entries(of: field.number) {
                    let reading = try reader.reading(of: entry, as: field, row: part.row)
                    if reading.isConflict, !conflicts.contains(field.name) {
                        conflicts.append(field.name)
                    }
                    guard case .value(let bytes) = reading.shown,
                        parts.count == 1 || seen.insert(entry.key.item).inserted
                    else { continue }
                    items.append(item(entry.key.item, bytes, field))
                }
            }
            if !items.isEmpty { values[field.name] = items }
        }
        return ReportRecord(
            held.kindName,
            id: isCounted ? held.uid.description : try viewer.name(of: held),
            uid: held.uid.description,
            title: isCounted ? "" : viewer.title(of: held),
            fields: values,
            conflicts: conflicts,
            changed: readsChanges ? latestChange(of: parts) : .zero,
            author: readsChanges ? author(of: held) : ""
        )
    }

    private func latestChange(of parts: [StoredRecord]) -> HybridTime {
        var latest = HybridTime.zero
        for entry in parts.lazy.flatMap(\.state.fields) {
            for sibling in entry.siblings.siblings {
                latest = max(latest, sibling.version.attribution.time)
            }
        }
        return latest
    }

    /// Who gave the record its name, which is written once.
    private func author(of held: HeldRecord) -> String {
        held.main.state.siblings(of: .shortID).map(\.version.attribution).min()?.author ?? ""
    }

    private func item(_ key: [UInt8], _ bytes: [UInt8], _ field: Field) -> ReportRecord.Item {
        if field.isRegister { return ReportRecord.Item(field.type.text(bytes)) }
        var texts: [String: String] = [:]
        var first = ""
        for part in field.parts(of: Item(key: key, value: bytes)) ?? [] {
            guard let described = field.part(number: part.number) else { continue }
            if part.number == 1 { first = part.text }
            texts[described.name] = part.text
        }
        let digits = field.hasRandomKeys ? hexadecimal(key) : ""
        return ReportRecord.Item(first, key: digits, parts: texts)
    }
}
