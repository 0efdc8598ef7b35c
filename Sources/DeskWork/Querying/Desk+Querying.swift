import CausalHistory
import RecordModel
import RecordStorage

extension Desk {
    /// Returns the records that fulfil conditions; deleted ones only where a condition names `life`.
    ///
    /// - Parameters:
    ///   - kind: The kind's name; nil for all.
    ///   - conditions: All of them must hold (`Condition`).
    ///   - sort: A field or column, `-` in front for the reverse; nil for the short id.
    ///   - limit: How many at most; nil for all.
    /// - Returns: The records, in order.
    /// - Throws: `DeskError` (`unknown_kind`, `unknown_field`, `usage`).
    /// - Complexity: O(*n*) in the records of the kind.
    public func list(
        kind: String?,
        where conditions: [String] = [],
        sort: String? = nil,
        limit: Int? = nil
    ) throws -> [RecordView] {
        let kind = try kind.map(self.kind(named:))
        let condition = try Condition(parsing: conditions, schema: schema)
        var views: [RecordView] = []
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let merged = condition.includesMerged
            try reader.forEachHeld(kind: kind, includingMerged: merged) { held in
                if held.isHidden, !condition.includesDeleted { return true }
                if try condition.holds(for: held, viewer, context) {
                    views.append(try viewer.view(of: held))
                }
                return true
            }
        }
        RecordOrder(sort).sort(&views)
        return limit.map { Array(views.prefix(max(0, $0))) } ?? views
    }
}

/// The order of a list.
private struct RecordOrder {
    private let column: String
    private let isReversed: Bool

    init(_ sort: String?) {
        let text = sort ?? "id"
        isReversed = text.hasPrefix("-")
        column = isReversed ? String(text.dropFirst()) : text
    }

    func sort(_ views: inout [RecordView]) {
        let keyed = views.map { (view: $0, key: key(of: $0)) }
        views = keyed.sorted { left, right in
            if left.key.text.isEmpty != right.key.text.isEmpty {
                // What has no value stands last either way.
                return right.key.text.isEmpty
            }
            if left.key == right.key { return left.view.uid < right.view.uid }
            return (left.key < right.key) != isReversed
        }.map(\.view)
    }

    /// Text before a number at its end, and that number: `ber-9` before `ber-10`.
    private struct Key: Comparable {
        let text: String
        let number: Int

        static func < (left: Key, right: Key) -> Bool {
            left.text == right.text ? left.number < right.number : left.text < right.text
        }
    }

    private func key(of view: RecordView) -> Key {
        let text = view.cell(column)
        guard column == "id" else { return Key(text: SearchFold.fold(text), number: 0) }
        let digits = text.reversed().prefix { $0.isNumber }
        return Key(
            text: String(text.dropLast(digits.count)),
            number: Int(String(digits.reversed())) ?? 0
        )
    }
}
