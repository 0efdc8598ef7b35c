import CausalHistory
import RecordModel
import RecordStorage

/// How a record was merged with others, as a person sees it.
public struct MergeView: Sendable {
    /// A record that went into the one that is shown.
    public struct Absorbed: Sendable {
        /// The record.
        public let record: RecordLabel
        /// Its values that the record shown does not have, logs included.
        public let fields: [FieldView]
    }

    /// The record that stands for the one shown; nil where that stands for itself.
    public let into: RecordLabel?
    /// Who merged it, and when; nil where it stands for itself by its own word.
    public let provenance: Provenance?
    /// Whether two desks merged it and others in both directions.
    public let isRing: Bool
    /// The records for which it stands.
    public let absorbed: [Absorbed]
}

extension RecordViewer {
    /// Returns how a record was merged with others; nil where it was not.
    func merging(of held: HeldRecord, as view: RecordView) throws -> MergeView? {
        let survivor = try reader.survivor(of: held)
        let aliases = survivor == nil ? try reader.aliases(of: held) : []
        let siblings = held.main.state.siblings(of: .mergedInto)
        guard survivor != nil || !aliases.isEmpty else { return nil }
        let latest = siblings.max {
            $0.version.attribution.time < $1.version.attribution.time
        }
        return MergeView(
            into: try survivor.map { try recordLabel(of: $0.uid) },
            provenance: try survivor == nil ? nil : latest.map { try provenance(of: $0, true) },
            isRing: try reader.isInRing(held),
            absorbed: try aliases.map { alias in
                MergeView.Absorbed(
                    record: try recordLabel(of: alias.uid),
                    fields: Self.beyond(view, try self.view(of: alias).fields)
                )
            }
        )
    }

    /// The values of fields that a record does not show.
    private static func beyond(_ view: RecordView, _ fields: [FieldView]) -> [FieldView] {
        fields.compactMap { other in
            let field = other.field
            if let field, field.staysInAMerge, field.shape != .log { return nil }
            let own = Dictionary(
                (view.field(other.name)?.values ?? []).map { ($0.key, $0.text) },
                uniquingKeysWith: { first, _ in first }
            )
            let values = other.values.filter { own[$0.key] != $0.text }
            if values.isEmpty { return nil }
            return FieldView(number: other.number, name: other.name, field: field, values: values)
        }
    }
}
