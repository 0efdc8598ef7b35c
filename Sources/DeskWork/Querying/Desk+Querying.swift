import CausalHistory
import RecordModel
import RecordStorage

/// A piece of text in which a search found words, or that stands between them.
public struct SnippetPiece: Hashable, Sendable {
    /// The text.
    public let text: String
    /// Whether it is what was looked for.
    public let isMatch: Bool
}

/// A record that a search found.
public struct FoundRecord: Sendable {
    /// The record.
    public let record: RecordView
    /// The name of the field in which the words were found.
    public let field: String
    /// The text found, the words marked.
    public let snippet: [SnippetPiece]
}

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

    /// Returns the visible records that hold all the words of a text, best first.
    ///
    /// - Parameters:
    ///   - text: Words in any script; the last may be the beginning of one.
    ///   - kind: Only this kind.
    ///   - limit: How many at most.
    /// - Returns: The records, best first.
    /// - Throws: `DeskError` (`unknown_kind`).
    public func find(
        _ text: String,
        kind: String? = nil,
        limit: Int = 50
    ) throws -> [FoundRecord] {
        let kind = try kind.map(self.kind(named:))
        return try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            var found: [FoundRecord] = []
            var seen: Set<RecordUID> = []
            // Parts of one record and records of other kinds take places in the ranking.
            for row in try rows(of: text, reader, limit: kind == nil ? 2 * limit : 20 * limit) {
                guard found.count < limit, let part = try reader.record(row: row),
                    kind.map({ $0.number == part.state.kind }) ?? true,
                    seen.insert(part.key.uid).inserted,
                    var held = try reader.held(part.key.uid), !held.isHidden
                else { continue }
                if let survivor = try reader.survivor(of: held) {
                    guard !survivor.isHidden, seen.insert(survivor.uid).inserted else { continue }
                    held = survivor
                }
                let view = try viewer.view(of: held)
                let snippet = Snippet.best(in: view, for: text)
                found.append(
                    FoundRecord(record: view, field: snippet.field, snippet: snippet.pieces)
                )
            }
            return found
        }
    }

    /// Returns the rows in which all words stand, or else those of records whose parts together hold
    /// them.
    private func rows(of text: String, _ reader: StoreReader, limit: Int) throws -> [Int64] {
        let whole = try reader.search(text, limit: limit)
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard whole.isEmpty, words.count > 1 else { return whole }
        let split = try reader.splitRecords()
        var first: [(uid: RecordUID, row: Int64)] = []
        var common = split
        for (index, word) in words.enumerated() {
            let hits = try reader.search(word, limit: Self.wordLimit).compactMap { row in
                try reader.record(row: row).map { (uid: $0.key.uid, row: row) }
            }
            if index == 0 { first = hits }
            common.formIntersection(hits.map(\.uid))
        }
        return Array(first.filter { common.contains($0.uid) }.map(\.row).prefix(limit))
    }

    /// How many records of one word are looked at to find those that hold the others too.
    private static let wordLimit = 10_000
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

/// Finds the piece of a record in which the words of a search stand.
enum Snippet {
    /// About how many characters are shown around the first word.
    private static let width = 60

    static func best(
        in view: RecordView,
        for text: String
    ) -> (field: String, pieces: [SnippetPiece]) {
        let words = SearchFold.fold(text).split(whereSeparator: { !$0.isLetter && !$0.isNumber })
            .map(String.init)
        var best: (field: String, pieces: [SnippetPiece], count: Int) = ("", [], 0)
        for field in view.fields {
            for value in field.values {
                let pieces = pieces(of: value.text, words)
                let count = pieces.count(where: \.isMatch)
                if count > best.count { best = (field.name, pieces, count) }
            }
        }
        return (best.field, shortened(best.pieces))
    }

    /// Splits a text into words and what stands between them, and marks those that begin with one of
    /// the words looked for.
    private static func pieces(of text: String, _ words: [String]) -> [SnippetPiece] {
        var pieces: [SnippetPiece] = []
        func append(_ text: Substring, isMatch: Bool) {
            guard !text.isEmpty else { return }
            if let last = pieces.last, last.isMatch == isMatch {
                pieces[pieces.count - 1] = SnippetPiece(text: last.text + text, isMatch: isMatch)
            } else {
                pieces.append(SnippetPiece(text: String(text), isMatch: isMatch))
            }
        }
        var rest = Substring(text)
        while !rest.isEmpty {
            let between = rest.prefix { !$0.isLetter && !$0.isNumber }
            append(between, isMatch: false)
            rest = rest.dropFirst(between.count)
            let word = rest.prefix { $0.isLetter || $0.isNumber }
            let folded = SearchFold.fold(String(word))
            append(word, isMatch: words.contains { folded.hasPrefix($0) })
            rest = rest.dropFirst(word.count)
        }
        return pieces
    }

    private static func shortened(_ pieces: [SnippetPiece]) -> [SnippetPiece] {
        guard let first = pieces.firstIndex(where: \.isMatch) else { return [] }
        var result: [SnippetPiece] = []
        if first > 0 {
            let before = pieces[0..<first].map(\.text).joined()
            let shown = before.suffix(width / 2)
            let mark = shown.count < before.count ? "…" : ""
            result.append(SnippetPiece(text: mark + shown, isMatch: false))
        }
        var left = width
        for piece in pieces[first...] {
            guard left > 0 else {
                result.append(SnippetPiece(text: "…", isMatch: false))
                break
            }
            let shown = piece.isMatch ? Substring(piece.text) : piece.text.prefix(left)
            result.append(SnippetPiece(text: String(shown), isMatch: piece.isMatch))
            left -= shown.count
        }
        return result
    }
}
