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

/// A record that a search found, as a list of results shows it.
public struct FoundRecord: Sendable {
    /// The record's name: its short id.
    public let id: String
    /// The record's number.
    public let uid: RecordUID
    /// The name of its kind.
    public let kindName: String
    /// The text that names it in lists; empty where it has none.
    public let title: String
    /// The name of the field in which the words were found.
    public let field: String
    /// The text found, the words marked.
    public let snippet: [SnippetPiece]
}

extension Desk {
    /// Returns the visible records that hold all the words of a text, best first, and what may be meant.
    ///
    /// After them come those whose names are the same in another script, and, where few are found, in
    /// another spelling. Where none holds the words as they are written, those in which a word is one
    /// slip away come last.
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
        try search(text, kind, limit) { hit, viewer in try viewer.found(hit) }
    }

    /// Returns what `find` finds, each record whole.
    /// - Throws: `DeskError` (`unknown_kind`).
    public func findRecords(
        _ text: String,
        kind: String? = nil,
        limit: Int = 50
    ) throws -> [RecordView] {
        try search(text, kind, limit) { hit, viewer in
            switch hit.subject {
            case .held(let record, _): return try viewer.view(of: record)
            case .plain(let glance, _):
                return try viewer.reader.held(glance.uid).map { try viewer.view(of: $0) }
            }
        }
    }

    private func search<Shown>(
        _ text: String,
        _ kind: String?,
        _ limit: Int,
        show: (SearchHit, RecordViewer) throws -> Shown?
    ) throws -> [Shown] {
        let kind = try kind.map(self.kind(named:))
        return try store.read { reader in
            var search = Search(reader, text, kind: kind, limit: limit)
            try search.run()
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            return try search.hits.compactMap { try show($0, viewer) }
        }
    }
}

/// A record that a search found, and where.
private struct SearchHit {
    enum Subject {
        /// A record of a kind that the schema knows, shown as it stands.
        case plain(RecordGlance, Kind)
        /// The record that is shown, and that in which the words stand: another one where it was merged
        /// into that which is shown.
        case held(HeldRecord, holder: HeldRecord)
    }

    let subject: Subject
    /// The words that stand there for those looked for.
    let words: [String]
}

extension RecordViewer {
    /// Returns a hit as a list of results shows it.
    fileprivate func found(_ hit: SearchHit) throws -> FoundRecord {
        switch hit.subject {
        case .plain(let glance, let kind):
            let snippet = Snippet.best(
                in: texts(of: glance, kind, holding: SoughtBytes(hit.words)),
                for: hit.words
            )
            return FoundRecord(
                id: try name(of: glance),
                uid: glance.uid,
                kindName: kind.name,
                title: title(of: glance, kind),
                field: snippet.field,
                snippet: snippet.pieces
            )
        case .held(let record, let holder):
            let snippet = Snippet.best(in: texts(of: holder), for: hit.words)
            return FoundRecord(
                id: try name(of: record),
                uid: record.uid,
                kindName: record.kindName,
                title: title(of: record),
                field: snippet.field,
                snippet: snippet.pieces
            )
        }
    }

    /// The texts of the values of a glance that may hold one of the words, made when they are asked for.
    private func texts(
        of glance: RecordGlance,
        _ kind: Kind,
        holding words: SoughtBytes
    ) -> some Sequence<(field: String, text: String)> {
        glance.values.lazy
            .filter { value in
                value.number != FieldKey.shortID.number
                    && (words.mayStand(in: value.bytes) || words.mayStand(in: value.item))
            }
            .map { value in
                let field = kind.field(number: value.number)
                let key = FieldKey(value.number, item: Array(value.item))
                return (
                    field: Self.name(of: value.number, field),
                    text: self.text(key, Array(value.bytes), field)
                )
            }
    }

    private func name(of glance: RecordGlance) throws -> String {
        let short = glance.values.first { $0.number == FieldKey.shortID.number }
        guard let short else { return glance.uid.description }
        return try name(
            String(decoding: short.bytes, as: UTF8.self),
            of: glance.uid,
            row: glance.row
        )
    }

    private func title(of glance: RecordGlance, _ kind: Kind) -> String {
        for number in kind.namingFields {
            for value in glance.values where value.number == number {
                if value.item.isEmpty { return String(decoding: value.bytes, as: UTF8.self) }
                let item = Item(key: Array(value.item), value: Array(value.bytes))
                let text = kind.field(number: number)?.parts(of: item)?.first?.text
                if let text { return text }
            }
        }
        return ""
    }
}

/// Words looked for in bytes, most of which do not hold them.
private struct SoughtBytes {
    private let words: [[UInt8]]
    private let areASCII: Bool

    init(_ words: [String]) {
        self.words = words.map { Array($0.utf8) }
        areASCII = words.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    }

    /// Whether one of the words may stand in bytes: for certain in ASCII; other letters are folded before
    /// they are compared, which is another's work.
    func mayStand(in bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            if bytes.contains(where: { $0 >= 0x80 }) { return true }
            guard areASCII else { return false }
            return words.contains { word in
                guard let first = word.first, word.count <= bytes.count else { return false }
                return (0...(bytes.count - word.count)).contains { start in
                    Self.lower(bytes[start]) == first
                        && (1..<word.count).allSatisfy { Self.lower(bytes[start + $0]) == word[$0] }
                }
            }
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}

/// A search while it goes on: what was found, and how more is looked for.
///
/// Records are read when they are taken in, and of those that might sound alike the names alone: most of
/// them turn out to be others.
private struct Search {
    private let reader: StoreReader
    private let words: [String]
    private let kind: Kind?
    private let limit: Int
    private(set) var hits: [SearchHit] = []
    private var seen: Set<RecordUID> = []
    private var rows: Set<Int64> = []

    /// With so many found, nobody is asked whether a word was meant otherwise.
    private static let enough = 5
    /// How many names are looked at whether they sound alike.
    private static let soundLimit = 500
    /// How many records of one word are looked at to find those that hold the others too.
    private static let wordLimit = 10_000
    /// The letters of the shortest word of which slips are looked for.
    private static let slipLetters = 5
    /// How many words count as slips of one.
    private static let slipLimit = 20

    init(_ reader: StoreReader, _ text: String, kind: Kind?, limit: Int) {
        self.reader = reader
        words = StoreReader.searchWords(text)
        self.kind = kind
        self.limit = limit
    }

    private var isFull: Bool { hits.count >= limit }

    /// How many rows are asked for: parts of one record and records of other kinds take places in the
    /// ranking.
    private var width: Int { kind == nil ? 2 * limit : 20 * limit }

    mutating func run() throws {
        if words.isEmpty { return }
        try takeWritten()
        if isFull { return }
        let isWritten = !hits.isEmpty
        try takeSounds()
        if !isWritten, hits.count < Self.enough { try takeSlips() }
    }

    /// Takes the record of a row in.
    private mutating func take(_ row: Int64, _ words: [String]) throws {
        guard !isFull, rows.insert(row).inserted, let glance = try reader.glance(row: row),
            kind.map({ $0.number == glance.kind }) ?? true, seen.insert(glance.uid).inserted
        else { return }
        if glance.isPlain, let kind = reader.schema.kind(number: glance.kind) {
            hits.append(SearchHit(subject: .plain(glance, kind), words: words))
            return
        }
        guard let held = try reader.held(glance.uid), !held.isHidden else { return }
        guard let survivor = try reader.survivor(of: held) else {
            hits.append(SearchHit(subject: .held(held, holder: held), words: words))
            return
        }
        guard !survivor.isHidden, seen.insert(survivor.uid).inserted else { return }
        hits.append(SearchHit(subject: .held(survivor, holder: held), words: words))
    }

    // MARK: As it is written

    /// Takes in the records in which all words stand, then those in which the last one begins a word; or
    /// else those whose parts together hold them.
    private mutating func takeWritten() throws {
        for row in try reader.search(words, limit: width) { try take(row, words) }
        if isFull { return }
        let begun = try reader.search(words, endsInABeginning: true, limit: width)
        for row in begun { try take(row, words) }
        guard begun.isEmpty, words.count > 1 else { return }
        var first: [(uid: RecordUID, row: Int64)] = []
        var common: Set<RecordUID> = []
        for (index, word) in words.enumerated() {
            let found = try reader.searchRecords(
                word,
                isBeginning: index == words.count - 1,
                limit: Self.wordLimit
            )
            if index == 0 { first = found }
            let uids = found.lazy.map(\.uid)
            common = index == 0 ? Set(uids) : common.intersection(uids)
            if common.isEmpty { return }
        }
        for (uid, row) in first where common.contains(uid) { try take(row, words) }
    }

    // MARK: Other spellings

    /// Takes in records whose names sound like the words, the nearest first.
    private mutating func takeSounds() throws {
        let sought = words.map(SoughtName.init)
        var near: [(row: Int64, words: [String], nearness: Double)] = []
        try reader.forEachSounding(
            words,
            hits.count < Self.enough ? .all : .otherScripts,
            limit: Self.soundLimit
        ) { part in
            guard !rows.contains(part.row), kind.map({ $0.number == part.kind }) ?? true,
                let match = try match(part, sought)
            else { return }
            near.append((part.row, match.words, match.nearness))
        }
        // Of equally near ones the one that came first.
        near.sort { ($1.nearness, $0.row) < ($0.nearness, $1.row) }
        for (row, words, _) in near where !isFull { try take(row, words) }
    }

    /// The words of a record's names that sound like those looked for; nil where one is too far.
    private func match(
        _ part: StoreReader.SoundingPart,
        _ sought: [SoughtName]
    ) throws -> (words: [String], nearness: Double)? {
        var matched: [String] = []
        var least = 1.0
        var isAmiss: [String] = []
        for name in sought {
            if let best = name.nearest(of: part.names) {
                matched.append(String(best.word))
                least = min(least, best.nearness)
            } else {
                isAmiss.append(name.word)
            }
        }
        if isAmiss.isEmpty { return (matched, least) }
        // A word that no name has may stand in other text; one alone is looked for in names only.
        guard words.count > isAmiss.count, let whole = try reader.record(row: part.row),
            reader.searchedWords(of: whole).isSuperset(of: isAmiss)
        else { return nil }
        return (matched + isAmiss, least)
    }

    // MARK: Slips

    /// Takes in records that hold a word one edit away.
    private mutating func takeSlips() throws {
        let alternatives = try words.map { word in [word] + (try slips(of: word)) }
        guard alternatives.contains(where: { $0.count > 1 }) else { return }
        let all = alternatives.flatMap(\.self)
        for row in try reader.search(alternatives: alternatives, limit: width) {
            try take(row, all)
        }
    }

    /// The indexed words that are one edit away from a word and begin alike: a first letter is seldom
    /// mistyped, and keeps the look-up to a part of the index.
    private func slips(of word: String) throws -> [String] {
        guard word.count >= Self.slipLetters, let first = word.first else { return [] }
        let units = Array(word.utf16)
        var near: [String] = []
        try reader.forEachSearchWord(startingWith: first) { other in
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

/// A word looked for, as it sounds.
private struct SoughtName {
    let word: String
    private let keys: Set<String>
    private let spelling: [UInt16]
    private let isLatin: Bool

    /// How near a name must sound to a word of its own script, and of another.
    private static let leastNearness = (own: 0.85, other: 0.7)

    init(_ word: String) {
        self.word = word
        keys = Set(ConsonantSkeleton.keys(of: word))
        spelling = Array(SoundSpelling.spelling(of: word).utf16)
        isLatin = Self.isLatin(word)
    }

    /// The word among names that sounds most like this one; nil where all are too far.
    func nearest(of names: [Substring]) -> (word: Substring, nearness: Double)? {
        var best: (word: Substring, nearness: Double)?
        for name in names {
            if name == word { return (name, 1) }
            let other = Array(SoundSpelling.spelling(of: name).utf16)
            let nearness = TextSimilarity.jaroWinkler(spelling, other)
            let isOwn = Self.isLatin(name) == isLatin
            let needed = isOwn ? Self.leastNearness.own : Self.leastNearness.other
            // Keys take longer to make than spellings, and most names are too far already.
            if nearness >= needed, nearness > best?.nearness ?? 0,
                !keys.isDisjoint(with: ConsonantSkeleton.keys(of: name))
            {
                best = (name, nearness)
            }
        }
        return best
    }

    private static func isLatin(_ word: some StringProtocol) -> Bool {
        word.utf8.allSatisfy { $0 < 0x80 }
    }
}
