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
        var views: [RecordView] = []
        try forEachListed(kind: kind, where: conditions, sort: sort, limit: limit) {
            views.append($0)
        }
        return views
    }

    /// Calls a body with each record that `list` returns, in order.
    ///
    /// The body may take its time: records are read some hundreds at a time, and none that was deleted
    /// meanwhile is told.
    /// - Parameters:
    ///   - kind: The kind's name; nil for all.
    ///   - conditions: All of them must hold (`Condition`).
    ///   - sort: A field or column, `-` in front for the reverse; nil for the short id.
    ///   - limit: How many at most; nil for all.
    ///   - body: Takes a record.
    /// - Throws: `DeskError` (`unknown_kind`, `unknown_field`, `usage`); what the body throws.
    /// - Complexity: O(*n*) in the records of the kind; memory of some tens of bytes for each that fits.
    public func forEachListed(
        kind: String?,
        where conditions: [String] = [],
        sort: String? = nil,
        limit: Int? = nil,
        _ body: (RecordView) throws -> Void
    ) throws {
        let kind = try kind.map(self.kind(named:))
        let condition = try Condition(parsing: conditions, schema: schema)
        let order = RecordOrder(sort)
        var listed: [RecordOrder.Place] = []
        try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let merged = condition.includesMerged
            try reader.forEachHeld(kind: kind, includingMerged: merged) { held in
                if held.isHidden, !condition.includesDeleted { return true }
                if try condition.holds(for: held, viewer, context) {
                    listed.append(try order.place(of: held, viewer))
                }
                return true
            }
        }
        order.sort(&listed)
        var rest = listed.prefix(max(0, limit ?? listed.count))
        while !rest.isEmpty {
            let views = try store.read { reader in
                let viewer = RecordViewer(reader, missionSpace: missionSpace)
                return try rest.prefix(Self.viewsAtOnce).compactMap { place -> RecordView? in
                    guard let held = try reader.held(place.uid),
                        !held.isHidden || condition.includesDeleted
                    else { return nil }
                    return try viewer.view(of: held)
                }
            }
            rest = rest.dropFirst(Self.viewsAtOnce)
            for view in views { try body(view) }
        }
    }

    /// How many whole records are in memory at a time, some 8 kB each.
    private static let viewsAtOnce = 500
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

    /// A record and what it is sorted by.
    struct Place {
        let uid: RecordUID
        fileprivate let key: Key
    }

    /// Returns the place of a record.
    func place(of held: HeldRecord, _ viewer: RecordViewer) throws -> Place {
        // The name alone is read faster than the whole record is shown.
        let text = try column == "id" ? viewer.name(of: held) : viewer.view(of: held).cell(column)
        return Place(uid: held.uid, key: key(of: text))
    }

    func sort(_ places: inout [Place]) {
        places.sort { left, right in
            if left.key.text.isEmpty != right.key.text.isEmpty {
                // What has no value stands last either way.
                return right.key.text.isEmpty
            }
            if left.key == right.key { return left.uid < right.uid }
            return (left.key < right.key) != isReversed
        }
    }

    /// Text before a number at its end, and that number: `ber-9` before `ber-10`.
    fileprivate struct Key: Comparable {
        let text: String
        let number: Int

        static func < (left: Key, right: Key) -> Bool {
            left.text == right.text ? left.number < right.number : left.text < right.text
        }
    }

    private func key(of text: String) -> Key {
        guard column == "id" else { return Key(text: SearchFold.fold(text), number: 0) }
        let digits = text.reversed().prefix { $0.isNumber }
        return Key(
            text: String(text.dropLast(digits.count)),
            number: Int(String(digits.reversed())) ?? 0
        )
    }
}
