import CausalHistory
import GRDB
import RecordModel

/// Asks the search index.
extension StoreReader {
    /// Returns the words of a text as a search compares them.
    public static func searchWords(_ text: String) -> [String] {
        words(ofFolded: SearchFold.fold(text)).map(String.init)
    }

    /// Returns the words of text that is folded already.
    static func words(ofFolded text: String) -> [Substring] {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            // Of ASCII the bytes tell letters and digits, at a small part of what characters take.
            return text.utf8.split { !isLetterOrDigit($0) }.map(Substring.init)
        }
        return text.split { !$0.isLetter && !$0.isNumber }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        byte | 0x20 &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
    }

    /// Returns the rows of the records that hold all of some words, best first.
    ///
    /// - Parameters:
    ///   - words: Folded words.
    ///   - endsInABeginning: Whether the last one may be the beginning of a word.
    ///   - limit: How many rows at most.
    /// - Returns: The rows, best first.
    /// - Throws: What the store reports.
    public func search(
        _ words: [String],
        endsInABeginning: Bool = false,
        limit: Int
    ) throws -> [Int64] {
        if words.isEmpty { return [] }
        return try search(pattern: Self.pattern(words, endsInABeginning), limit: limit)
    }

    private static func pattern(_ words: [String], _ endsInABeginning: Bool) -> String {
        let terms = words.map { "\"\($0)\"" }.joined(separator: " ")
        return "{name body} : (\(terms)\(endsInABeginning ? "*" : ""))"
    }

    /// Returns the records, each with the row of a part, that hold a word or a beginning, best first.
    ///
    /// - Parameters:
    ///   - word: The folded word.
    ///   - isBeginning: Whether it may be the beginning of a word.
    ///   - limit: How many at most.
    /// - Returns: The records and rows.
    /// - Throws: What the store reports.
    public func searchRecords(
        _ word: String,
        isBeginning: Bool,
        limit: Int
    ) throws -> [(uid: RecordUID, row: Int64)] {
        let select = try db.cachedStatement(
            sql: """
                SELECT record.uid, record.id FROM search CROSS JOIN record ON record.id = search.rowid
                WHERE search MATCH ? ORDER BY \(Self.rank) LIMIT ?
                """
        )
        return try Row.fetchAll(select, arguments: [Self.pattern([word], isBeginning), limit])
            .map { row in (RecordUID(UInt64(bitPattern: row[0])), row[1]) }
    }

    /// Returns the rows of the records that hold for each word one of its alternatives, best first.
    ///
    /// - Parameters:
    ///   - words: For each word the folded words of which one has to be there.
    ///   - limit: How many rows at most.
    /// - Returns: The rows, best first.
    /// - Throws: What the store reports.
    public func search(alternatives words: [[String]], limit: Int) throws -> [Int64] {
        let terms = words.map { alternatives in
            "(" + alternatives.map { "\"\($0)\"" }.joined(separator: " OR ") + ")"
        }
        guard !terms.isEmpty else { return [] }
        let pattern = "{name body} : (\(terms.joined(separator: " AND ")))"
        return try search(pattern: pattern, limit: limit)
    }

    private func search(pattern: String, limit: Int) throws -> [Int64] {
        let select = try db.cachedStatement(
            sql: "SELECT rowid FROM search WHERE search MATCH ? ORDER BY \(Self.rank) LIMIT ?"
        )
        return try Int64.fetchAll(select, arguments: [pattern, limit])
    }

    /// A word in a name counts eight times one in other text.
    private static let rank = "bm25(search, 8.0, 1.0, 2.0)"

    /// Calls a body with each word of the search index that begins with a character.
    /// - Complexity: O(*n*) in the occurrences of such words, of which each word is told once for names
    ///   and once for other text.
    public func forEachSearchWord(startingWith first: Character, _ body: (String) -> Void) throws {
        // The order of words is that of their UTF-8: what begins with a character comes before the
        // character followed by the greatest scalar.
        let start = String(first)
        let words = try String.fetchCursor(
            db.cachedStatement(
                sql: "SELECT term FROM search_word WHERE term >= ? AND term < ? AND col < 'sounds'"
            ),
            arguments: [start, start + "\u{10ffff}"]
        )
        while let word = try words.next() { body(word) }
    }

    // MARK: Sounds

    /// Which names are found by their sound.
    public enum SoundScope: Sendable {
        /// Those in another script than the word, which are few and seldom mistaken.
        case otherScripts
        /// All.
        case all
    }

    /// A part of a record that has a name with a sound that was looked for.
    public struct SoundingPart: Sendable {
        /// The row.
        public let row: Int64
        /// The number of the record's kind.
        public let kind: UInt32
        /// The words of its names, folded.
        public let names: [Substring]
    }

    /// Calls a body with each record's part that holds for each word the word itself or a name that has
    /// one of its consonant keys, in the order of arrival.
    ///
    /// Of a record the names alone are read. A single word that is written so is not told: that is
    /// `search(_:limit:)`.
    /// - Parameters:
    ///   - words: Folded words.
    ///   - scope: Which names count.
    ///   - limit: How many parts at most.
    ///   - body: Takes a part.
    /// - Throws: What the body throws; what the store reports.
    public func forEachSounding(
        _ words: [String],
        _ scope: SoundScope,
        limit: Int,
        _ body: (SoundingPart) throws -> Void
    ) throws {
        let keys = words.map { Self.soundKeys(of: $0, scope) }
        if keys.allSatisfy(\.isEmpty) { return }
        let terms = zip(words, keys).map { word, keys in
            let heard = "sounds : (" + keys.map { "\"\($0)\"" }.joined(separator: " OR ") + ")"
            if words.count == 1 { return heard }
            let written = "{name body} : \"\(word)\""
            return keys.isEmpty ? "(\(written))" : "(\(written) OR \(heard))"
        }
        let indexing = RecordIndexing(schema: schema)
        var names = RecordIndexing.NameReading(indexing)
        let sql = """
            SELECT record.id, record.kind, record.state
            FROM search CROSS JOIN record ON record.id = search.rowid
            WHERE search MATCH ? LIMIT ?
            """
        try DirectQuery.forEach(
            sql,
            in: db,
            isKept: false,
            bind: {
                $0.bind(terms.joined(separator: " AND "))
                $0.bind(Int64(limit))
            }
        ) { columns in
            let kind = UInt32(truncatingIfNeeded: columns.number(1))
            let text = try names.text(of: columns.bytes(2) ?? [], kind: kind)
            let row = columns.number(0)
            try body(SoundingPart(row: row, kind: kind, names: Self.words(ofFolded: text)))
            return true
        }
    }

    private static func soundKeys(of word: String, _ scope: SoundScope) -> [String] {
        let own = IndexEntry.script(of: word)
        let scripts = IndexEntry.scripts.filter { scope == .all || $0 != own }
        return ConsonantSkeleton.keys(of: word).filter { $0.utf8.count > 1 }
            .flatMap { key in scripts.map { $0 + key } }
    }

    /// Returns the words of everything that is searched of a record's part.
    /// - Complexity: O(*n*) in the bytes of the record.
    public func searchedWords(of part: StoredRecord) -> Set<String> {
        let entry = RecordIndexing(schema: schema).entry(of: part.state)
        let words = Self.words(ofFolded: entry.name) + Self.words(ofFolded: entry.body)
        return Set(words.map(String.init))
    }
}
