import Foundation
import RecordModel

/// What each column of a CSV file is, as its header and the user say.
struct CSVHeader {
    enum Column: Hashable {
        case field(String)
        case part(field: String, Part)
        /// A column that is known from other programs' files.
        case heading(CSVHeading)
        case shortID
        case uid
        /// The kind's name, which every row must then bear.
        case kind
        /// A column that our own export may have and that no import sets.
        case passedOver
        /// A column of what must not be kept about people.
        case forbidden
        /// A column that no field takes; `name` is the header's.
        case extra(name: String)
    }

    private(set) var columns: [Column] = []
    /// The columns' names, for messages; `column 5` where one has none.
    private(set) var names: [String]
    /// The names of the columns that no field takes.
    private(set) var unknown: [String] = []
    /// The names of columns that are dropped.
    private(set) var forbidden: [String] = []

    /// Resolves a header against the fields of a kind.
    ///
    /// `map` names for a header's column, or for its position counted from 1, the field, or
    /// `FIELD.PART`, that takes it. Where a field has a column of its own beside columns for its
    /// parts, it stands for the first part.
    init(
        _ header: [String],
        kind: Kind,
        map: [String: String],
        isNamed: Bool = true
    ) throws(InterchangeError) {
        let header = header.map { $0.trimmingCharacters(in: .whitespaces) }
        var targets: [Int: Column] = [:]
        for (column, target) in map.sorted(by: { $0.key < $1.key }) {
            let places = Self.places(of: column, in: isNamed ? header : [], count: header.count)
            guard !places.isEmpty else {
                throw .unknownColumn(column, header: isNamed ? header : [])
            }
            guard let resolved = Self.target(target, of: kind) else {
                throw .unknownField(target, kind: kind.name)
            }
            for place in places { targets[place] = resolved }
        }
        names = header.enumerated().map { index, name in
            name.isEmpty || !isNamed ? "column \(index + 1)" : name
        }
        let found = header.enumerated().map { index, name in
            targets[index] ?? (isNamed ? Self.column(name, of: kind) : nil)
        }
        resolve(found, header: isNamed ? header : [])
        guard columns.contains(where: \.isOfRecord) else {
            throw .noKnownColumn(header: header, kind: kind.name)
        }
        joinParts(of: kind)
    }

    /// The number of a row's cells that are headings, with those that a map names.
    static func known(_ cells: [String], of kind: Kind, map: [String: String]) -> Int {
        cells.count { cell in
            let name = cell.trimmingCharacters(in: .whitespaces)
            // A heading that holds a delimiter is more than one of another layout.
            guard !name.isEmpty, name.utf8.count <= 60,
                !name.contains(where: { "\";|\t".contains($0) })
            else { return false }
            return map[name] != nil || column(name, of: kind) != nil
        }
    }

    /// Gives every column its meaning; the first of two that say the same has it.
    private mutating func resolve(_ found: [Column?], header: [String]) {
        var taken: Set<Column> = []
        for (index, column) in found.enumerated() {
            let name = index < header.count ? header[index] : ""
            let column = column.map { Self.disambiguated($0, name, found) }
            if column == .forbidden {
                columns.append(.forbidden)
                forbidden.append(names[index])
            } else if let column,
                column == .passedOver || column.isRepeated || taken.insert(column).inserted
            {
                columns.append(column)
            } else {
                columns.append(.extra(name: names[index]))
                if index < header.count, !header[index].isEmpty { unknown.append(names[index]) }
            }
        }
    }

    /// Tells headings that mean different things in different files by the columns beside them.
    private static func disambiguated(
        _ column: Column,
        _ name: String,
        _ all: [Column?]
    ) -> Column {
        func has(_ concept: CSVHeading.Concept) -> Bool {
            all.contains { column in
                if case .heading(let heading)? = column {
                    heading.concept == concept
                } else {
                    false
                }
            }
        }
        guard case .heading(var heading) = column else { return column }
        switch heading.concept {
        case .title:
            // Outlook's “Title” is Dr; elsewhere it is what somebody does.
            heading.concept = has(.position) || has(.suffix) ? .prefix : .position
        case .fullName where name.lowercased() == "name" && has(.givenName) && !has(.familyName):
            // “Name, Vorname”.
            heading.concept = .familyName
        case .address(.street) where Self.isWholeAddress(name, heading, all):
            heading.concept = .address(.formatted)
        case .familyName where CSVVocabulary.folded(name) == "nom" && !has(.givenName):
            // “Nom” alone is the whole name.
            heading.concept = .fullName
        default: return column
        }
        return .heading(heading)
    }

    /// Whether “Home Address” stands beside “Home Street”, and so is the address as a whole.
    private static func isWholeAddress(
        _ name: String,
        _ heading: CSVHeading,
        _ all: [Column?]
    ) -> Bool {
        let words = CSVHeading.words(name)
        let streets = all.count { $0 == .heading(heading) }
        return streets > 1 && !words.contains { ["street", "strasse", "rue"].contains($0) }
    }

    // MARK: One column

    /// The columns that a map's key names: by name, or else by position from 1.
    private static func places(of key: String, in header: [String], count: Int) -> [Int] {
        let named = header.indices.filter { header[$0] == key }
        if let first = named.first { return [first] }
        let folded = key.lowercased()
        if let like = header.firstIndex(where: { $0.lowercased() == folded }) { return [like] }
        guard let position = Int(key), (1...max(count, 1)).contains(position) else { return [] }
        return [position - 1]
    }

    /// What a map names: a field, `FIELD.PART`, or a heading that is known.
    private static func target(_ name: String, of kind: Kind) -> Column? {
        exactColumn(name, of: kind) ?? heading(name, of: kind).map { .heading($0) }
    }

    /// Finds a column's meaning; people write `Country of residence` for `country_of_residence`.
    private static func column(_ name: String, of kind: Kind) -> Column? {
        if let column = exactColumn(name, of: kind) { return column }
        if let heading = heading(name, of: kind) {
            return heading.concept == .forbidden ? .forbidden : .heading(heading)
        }
        let folded = name.lowercased().split { " -_".contains($0) }.joined(separator: "_")
        return folded == name ? nil : exactColumn(folded, of: kind)
    }

    private static func heading(_ name: String, of kind: Kind) -> CSVHeading? {
        guard var heading = CSVHeading(name) else { return nil }
        if kind.name == "contact" { return heading }
        guard let concept = concept(heading.concept, of: kind) else { return nil }
        heading.concept = concept
        return heading
    }

    /// What a heading means in another kind than contacts; nil where that has no such field.
    private static func concept(
        _ concept: CSVHeading.Concept,
        of kind: Kind
    ) -> CSVHeading.Concept? {
        let field: String
        switch concept {
        case .fullName, .organisation: field = "name"
        case .title: field = "title"
        case .address(.country), .residence: field = "country"
        case .address(.city): field = "city"
        case .biography: field = "summary"
        case .email, .phone, .url:
            return kind.field(named: "urls") == nil ? nil : concept
        case .notes, .labels, .forbidden: return concept
        case .keywords: return kind.field(named: "keywords") == nil ? nil : concept
        case .field(let name): field = name
        default: return nil
        }
        return kind.field(named: field) == nil ? nil : .field(field)
    }

    private static func exactColumn(_ name: String, of kind: Kind) -> Column? {
        // The state of a record's life is no value to import.
        if name != "life", kind.field(named: name) != nil { return .field(name) }
        // A field of another schema, as an export names it.
        if Kind.number(inUnknownName: name) != nil { return .field(name) }
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
        case .field, .part, .heading: true
        case .shortID, .uid, .kind, .passedOver, .forbidden, .extra: false
        }
    }

    /// Whether several columns may say the same of one record.
    fileprivate var isRepeated: Bool {
        guard case .heading(let heading) = self else { return false }
        return switch heading.concept {
        case .email, .phone, .url, .labels, .keywords, .notes: true
        default: false
        }
    }
}
