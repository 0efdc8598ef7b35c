import CausalHistory
import RecordModel

/// What the indexes hold of one record's part: a function of its state and the schema.
struct IndexEntry: Equatable {
    /// The folded text of the names.
    var name: String
    /// The folded text of everything else that is searched.
    var body: String
    /// The consonant keys of the words of the names, by which other spellings and scripts find them.
    var sounds: String
    /// The identifiers that name the record.
    var keys: Set<LookupKey>
    /// The attachments that the record names, each with the size that it states, 0 where it states none.
    var attachments: [AttachmentHash: UInt64]
    /// The number of conflicts for a person.
    var conflicts: Int

    static let empty = IndexEntry(
        name: "",
        body: "",
        sounds: "",
        keys: [],
        attachments: [:],
        conflicts: 0
    )

    /// How many words of a record's names have keys.
    private static let soundedWords = 48

    /// A letter for the script of a folded word, which stands before its keys: those of one script
    /// are looked for without those of another.
    static func script(of word: some StringProtocol) -> String {
        switch word.unicodeScalars.first?.value ?? 0 {
        case ..<0x80: "l"
        case 0x0400...0x052f: "c"
        default: "a"
        }
    }

    /// The letters of all scripts that have keys.
    static let scripts = ["l", "c", "a"]

    /// Returns the keys of words of folded text, each once.
    static func sounds(of text: String) -> String {
        var seen: Set<String> = []
        var keys: [String] = []
        let words = text.split { !$0.isLetter && !$0.isNumber }
        for word in words.prefix(soundedWords) {
            let script = script(of: word)
            for bare in ConsonantSkeleton.keys(of: word) where bare.utf8.count > 1 {
                let key = script + bare
                if seen.insert(key).inserted { keys.append(key) }
            }
        }
        return keys.joined(separator: " ")
    }
}

/// Derives what the indexes hold of records.
///
/// The search index is contentless and takes the old text to forget it, so that these rules and the
/// schema by which a store was indexed are kept in it (`SchemaStamp`).
struct RecordIndexing {
    /// The number of these rules; whoever changes them raises it.
    static let version = 1

    let schema: Schema

    /// Where the search index takes a field's text.
    private enum Role {
        case name
        case body
        case none

        init(_ field: Field?) {
            switch field?.name {
            // Names are weighed higher in a search.
            case "preferred_name", "names", "name", "title", "titles", "subject": self = .name
            // Found by look-up.
            case "short_id", "import_ids": self = .none
            default: self = .body
            }
        }
    }

    /// Schemes of look-up by field name.
    private static let schemes = [
        "short_id": "short", "orcid": "orcid", "ror": "ror", "emails": "email",
        "import_ids": "import", "ids": "id", "merged_into": "merged",
    ]

    /// Returns what the indexes hold of a record; nothing for a hidden one.
    /// - Complexity: O(*n*) in the bytes of the record.
    func entry(of state: RecordState) -> IndexEntry {
        guard !state.isHidden else { return .empty }
        var entry = IndexEntry.empty
        let kind = schema.kind(orStandInFor: state.kind)
        var names: [UInt8] = []
        var body: [UInt8] = []
        var number: UInt32 = 0
        var field: Field?
        var scheme: String?
        var role = Role.body
        var namesAttachments = false
        for register in state.fields where register.key.number != FieldKey.life.number {
            if register.key.number != number {
                number = register.key.number
                field = kind.field(number: number)
                scheme = field.flatMap { Self.schemes[$0.name] }
                role = Role(field)
                if field?.namesAttachments ?? false { namesAttachments = true }
            }
            for sibling in register.siblings.siblings {
                guard case .value(let value) = sibling.version.content else { continue }
                if let scheme {
                    let identifier =
                        register.key.item.isEmpty ? value : bare(register.key.item, field)
                    entry.keys.insert(LookupKey(scheme: scheme, identifier))
                }
                switch role {
                case .name: append(register.key, value, field, to: &names)
                case .body: append(register.key, value, field, to: &body)
                case .none: break
                }
            }
        }
        entry.name = SearchFold.fold(String(decoding: names, as: UTF8.self))
        entry.sounds = IndexEntry.sounds(of: entry.name)
        entry.body = SearchFold.fold(String(decoding: body, as: UTF8.self))
        if namesAttachments { entry.attachments = state.attachments(of: kind) }
        entry.conflicts = conflictCount(of: state)
        return entry
    }

    /// Reads the names of records from their rows, without the rest.
    struct NameReading {
        private let indexing: RecordIndexing
        /// The naming fields of each kind, by number.
        private var fields: [UInt32: [UInt32: Field]] = [:]

        init(_ indexing: RecordIndexing) {
            self.indexing = indexing
        }

        /// Returns the folded text of the names, as `IndexEntry.name` holds it.
        /// - Throws: `StoreError.damaged`.
        mutating func text(of state: [UInt8], kind: UInt32) throws -> String {
            let naming = namingFields(of: kind)
            let last = naming.keys.max() ?? 0
            var names: [UInt8] = []
            try StateCodec.forEachVersion(of: state) { version in
                if version.number > last { return false }
                if let field = naming[version.number], let value = version.value {
                    let key = FieldKey(version.number, item: Array(version.item))
                    indexing.append(key, Array(value), field, to: &names)
                }
                return true
            }
            return SearchFold.fold(String(decoding: names, as: UTF8.self))
        }

        private mutating func namingFields(of kind: UInt32) -> [UInt32: Field] {
            if let known = fields[kind] { return known }
            let naming = (indexing.schema.kind(number: kind)?.fields ?? [])
                .filter { Role($0) == .name }
            let found = Dictionary(uniqueKeysWithValues: naming.map { ($0.number, $0) })
            fields[kind] = found
            return found
        }
    }

    /// The first key part of an item, without its tag.
    private func bare(_ key: [UInt8], _ field: Field?) -> [UInt8] {
        guard let field, !field.isSinglePart, !field.hasRandomKeys,
            let first = field.parts(of: Item(key: key, value: []))?.first
        else { return key }
        return Array(first.text.utf8)
    }

    /// Whether a type's values are words that people search, not codes, dates and numbers.
    private func isSearched(_ type: ValueType) -> Bool {
        switch type {
        case .text, .longtext, .email, .phone, .refOrText, .id: true
        default: false
        }
    }

    private func append(
        _ key: FieldKey,
        _ value: [UInt8],
        _ field: Field?,
        to text: inout [UInt8]
    ) {
        func append(_ bytes: some Collection<UInt8>) {
            guard !bytes.isEmpty else { return }
            if !text.isEmpty { text.append(0x20) }
            text.append(contentsOf: bytes)
        }
        guard let field else {
            // A field of another schema: what of it reads as text can be found.
            for part in UnknownValue(key, value).parts { append(part.text.utf8) }
            return
        }
        if key.item.isEmpty {
            if isSearched(field.type) { append(value) }
        } else if field.isSinglePart, !field.hasRandomKeys {
            if isSearched(field.type) { append(key.item) }
        } else {
            for part in field.parts(of: Item(key: key.item, value: value)) ?? [] {
                let described = field.part(number: part.number)
                if described.map({ isSearched($0.type) }) ?? true { append(part.text.utf8) }
            }
        }
    }

    /// The number of registers that a person has to decide; a contested life is one.
    func conflictCount(
        of state: RecordState,
        base: (FieldKey, Dot) -> Content? = { _, _ in nil }
    ) -> Int {
        if state.isPlain { return 0 }
        let life = state.life
        if life == .deleted || life == .erased { return 0 }
        var count = life == .contested ? 1 : 0
        let kind = schema.kind(orStandInFor: state.kind)
        for entry in state.fields where entry.siblings.siblings.count > 1 && entry.key != .life {
            let field = kind.field(number: entry.key.number)
            let reading = RecordState.reading(of: entry, as: field) { base(entry.key, $0) }
            if reading.isConflict { count += 1 }
        }
        return count
    }
}
