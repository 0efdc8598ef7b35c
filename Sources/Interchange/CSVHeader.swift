import Foundation
import RecordModel

/// What each column of a CSV file is, as its header and the user say.
struct CSVHeader {
    enum Column: Hashable {
        case field(String)
        case part(field: String, Part)
        case shortID
        case uid
        /// The kind's name, which every row must then bear.
        case kind
        /// A column that our own export may have and that no import sets.
        case passedOver
        /// A column that no field takes; `name` is the header's.
        case extra(name: String)
    }

    private(set) var columns: [Column] = []
    /// The names of the columns that no field takes.
    private(set) var unknown: [String] = []

    /// Resolves a header against the fields of a kind.
    ///
    /// `map` names for a header's column the field, or `FIELD.PART`, that takes it. Where a field
    /// has a column of its own beside columns for its parts, it stands for the first part.
    init(_ names: [String], kind: Kind, map: [String: String]) throws(InterchangeError) {
        let names = names.map { $0.trimmingCharacters(in: .whitespaces) }
        for (column, target) in map.sorted(by: { $0.key < $1.key }) {
            guard names.contains(column) else {
                throw .unknownColumn(column, header: names)
            }
            guard Self.column(target, of: kind) != nil else {
                throw .unknownField(target, kind: kind.name)
            }
        }
        var taken: Set<Column> = []
        for (index, name) in names.enumerated() {
            let column = Self.column(map[name] ?? name, of: kind)
            if let column, column == .passedOver || taken.insert(column).inserted {
                columns.append(column)
            } else {
                columns.append(.extra(name: name.isEmpty ? "column \(index + 1)" : name))
                if !name.isEmpty { unknown.append(name) }
            }
        }
        guard columns.contains(where: \.isOfRecord) else {
            throw .noKnownColumn(header: names, kind: kind.name)
        }
        joinParts(of: kind)
    }

    /// Finds a column's meaning; people write `Country of residence` for `country_of_residence`.
    private static func column(_ name: String, of kind: Kind) -> Column? {
        if let column = exactColumn(name, of: kind) { return column }
        let folded = name.lowercased().split { " -_".contains($0) }.joined(separator: "_")
        return folded == name ? nil : exactColumn(folded, of: kind)
    }

    private static func exactColumn(_ name: String, of kind: Kind) -> Column? {
        // The state of a record's life is no value to import.
        if name != "life", kind.field(named: name) != nil { return .field(name) }
        let halves = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2, let field = kind.field(named: String(halves[0])),
            !field.isSinglePart, let part = field.part(named: String(halves[1]))
        {
            return .part(field: field.name, part)
        }
        return switch name {
        case "id": .shortID
        case "uid": .uid
        case "kind": .kind
        case "space", "life", "conflicts", "changed": .passedOver
        default: nil
        }
    }

    private mutating func joinParts(of kind: Kind) {
        let parted = Set(
            columns.compactMap { if case .part(let name, _) = $0 { name } else { nil } }
        )
        columns = columns.map { column in
            guard case .field(let name) = column, parted.contains(name),
                let first = kind.field(named: name)?.parts.first
            else { return column }
            return .part(field: name, first)
        }
    }
}

extension CSVHeader.Column {
    fileprivate var isOfRecord: Bool {
        switch self {
        case .field, .part: true
        case .shortID, .uid, .kind, .passedOver, .extra: false
        }
    }
}
