import Interchange
import RecordModel

extension Desk {
    /// Writes contacts or organisations as cards, in the order of their short ids, without those
    /// that must not go out.
    func exportCards(
        kind: String?,
        _ notation: VCardWriter.Notation,
        where conditions: [String],
        to write: ([UInt8]) throws -> Void
    ) throws -> ExportOutcome {
        let name = try self.kind(named: kind ?? "contact").name
        guard ["contact", "organisation"].contains(name) else {
            throw DeskError(
                .usage,
                "a card cannot hold records of kind \(name)",
                hint: "Export contact or organisation, or use --format jsonl."
            )
        }
        var outcome = ExportOutcome()
        let views = try records(kind: name, where: conditions, .released, &outcome)
        var writer = VCardWriter(notation, count: views.count)
        var bytes: [UInt8] = []
        for view in views {
            writer.write(
                kind: name,
                uid: view.uid.description,
                fields: view.fields.map { JSONMember($0.name, $0.json) },
                changed: view.changed.time,
                to: &bytes
            )
            if bytes.count > ByteSource.chunkSize {
                try write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        writer.finish(to: &bytes)
        try write(bytes)
        return outcome
    }
}
