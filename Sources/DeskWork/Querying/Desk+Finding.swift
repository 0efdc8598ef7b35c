import CausalHistory
import Interchange
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
    /// Returns the visible records that hold all the words of a text, best first; after them those
    /// whose names are the same in another spelling or script, and, where few are found, those in which
    /// a word is one slip away.
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
            var search = Search(viewer, text, kind: kind, limit: limit)
            // Parts of one record and records of other kinds take places in the ranking.
            let width = kind == nil ? 2 * limit : 20 * limit
            try search.take(rows(of: text, reader, limit: width)) { nil }
            if search.isFull { return search.found }
            try search.takeSounds(width: width)
            try search.takeSlips(width: width)
            return search.found
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

/// A search while it goes on: what was found, and how more is looked for.
private struct Search {
    private let viewer: RecordViewer
    private let words: [String]
    private let kind: Kind?
    private let limit: Int
    private(set) var found: [FoundRecord] = []
    private var seen: Set<RecordUID> = []

    /// With so many found, nobody is asked whether a word was meant otherwise.
    private static let enough = 5
    /// The letters of the shortest word of which slips are looked for.
    private static let slipLetters = 5
    /// How many words count as slips of one.
    private static let slipLimit = 20
    /// How near a name must sound to a word of its own script, and of another.
    private static let leastNearness = (own: 0.85, other: 0.7)

    init(_ viewer: RecordViewer, _ text: String, kind: Kind?, limit: Int) {
        self.viewer = viewer
        words = StoreReader.searchWords(text)
        self.kind = kind
        self.limit = limit
    }

    var isFull: Bool { found.count >= limit }

    /// Takes the records of rows in.
    mutating func take(_ rows: [Int64], wordsFound: () -> [String]?) throws {
        for row in rows {
            if isFull { return }
            guard let hit = try hit(row) else { continue }
            let snippet = Snippet.best(in: hit.text, for: wordsFound() ?? words)
            found.append(
                FoundRecord(record: hit.record, field: snippet.field, snippet: snippet.pieces)
            )
        }
    }

    /// The record that a row is part of, and the record in which the words stand, which is another
    /// where that one stands for it; nil for one that was taken in already or is not asked for.
    private mutating func hit(_ row: Int64) throws -> (record: RecordView, text: RecordView)? {
        let reader = viewer.reader
        guard let part = try reader.record(row: row),
            kind.map({ $0.number == part.state.kind }) ?? true,
            seen.insert(part.key.uid).inserted,
            let held = try reader.held(with: part), !held.isHidden
        else { return nil }
        let view = try viewer.view(of: held)
        guard let survivor = try reader.survivor(of: held) else { return (view, view) }
        guard !survivor.isHidden, seen.insert(survivor.uid).inserted else { return nil }
        return (try viewer.view(of: survivor), view)
    }

    // MARK: Other spellings

    /// Takes in records whose names sound like the words, the nearest first.
    mutating func takeSounds(width: Int) throws {
        let rows = try viewer.reader.search(
            words.map { ($0, []) },
            sounds: found.count < Self.enough ? .all : .otherScripts,
            limit: width
        )
        var near: [(found: FoundRecord, nearness: Double)] = []
        for row in rows {
            guard let hit = try hit(row), let match = match(hit.text) else { continue }
            let snippet = Snippet.best(in: hit.text, for: match.words)
            let record = FoundRecord(
                record: hit.record,
                field: snippet.field,
                snippet: snippet.pieces
            )
            near.append((record, match.nearness))
        }
        near.sort { $0.nearness > $1.nearness }
        found += near.prefix(limit - found.count).map(\.found)
    }

    /// The words of a record's names that sound like those looked for; nil where one is too far.
    private func match(_ view: RecordView) -> (words: [String], nearness: Double)? {
        let names = view.fields.filter { Self.nameFields.contains($0.name) }
            .flatMap { $0.values.flatMap { StoreReader.searchWords($0.text) } }
        var matched: [String] = []
        var least = 1.0
        for word in words {
            let keys = Set(ConsonantSkeleton.keys(of: word))
            let units = Array(SoundSpelling.spelling(of: word).utf16)
            var best: (word: String, nearness: Double)?
            for name in names {
                if name == word {
                    best = (name, 1)
                    break
                }
                guard !keys.isDisjoint(with: ConsonantSkeleton.keys(of: name)) else { continue }
                let spelling = Array(SoundSpelling.spelling(of: name).utf16)
                let nearness = TextSimilarity.jaroWinkler(units, spelling)
                let isOwn = Self.isLatin(name) == Self.isLatin(word)
                let needed = isOwn ? Self.leastNearness.own : Self.leastNearness.other
                if nearness >= needed, nearness > best?.nearness ?? 0 { best = (name, nearness) }
            }
            // A word that no name has stands in other text, or the record would not be here.
            if let best {
                matched.append(best.word)
                least = min(least, best.nearness)
            } else if holds(word, view) {
                matched.append(word)
            } else {
                return nil
            }
        }
        return (matched, least)
    }

    private func holds(_ word: String, _ view: RecordView) -> Bool {
        view.fields.contains { field in
            field.values.contains { StoreReader.searchWords($0.text).contains(word) }
        }
    }

    private static let nameFields: Set = [
        "preferred_name", "names", "name", "title", "titles", "subject",
    ]

    private static func isLatin(_ word: String) -> Bool { word.utf8.allSatisfy { $0 < 0x80 } }

    // MARK: Slips

    /// Takes in records that hold a word one edit away, where little was found.
    mutating func takeSlips(width: Int) throws {
        guard found.count < Self.enough else { return }
        let alternatives = try words.map { word in (word: word, alternatives: try slips(of: word)) }
        let all = alternatives.flatMap { [$0.word] + $0.alternatives }
        let rows = try viewer.reader.search(alternatives, sounds: .none, limit: width)
        try take(rows) { all }
    }

    /// The indexed words that are one edit away from a word and begin alike: a first letter is seldom
    /// mistyped, and keeps the look-up to a part of the index.
    private func slips(of word: String) throws -> [String] {
        guard word.count >= Self.slipLetters, let first = word.first else { return [] }
        let units = Array(word.utf16)
        var near: [String] = []
        try viewer.reader.forEachSearchWord(startingWith: first) { other in
            let count = other.utf8.count
            guard near.count < Self.slipLimit, abs(count - word.utf8.count) <= 4, other != word,
                !near.contains(other)
            else { return }
            if TextSimilarity.edits(units, Array(other.utf16), limit: 1) != nil {
                near.append(other)
            }
        }
        return near
    }
}
