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
    /// The identifiers that name the record, each once and ascending.
    var keys: [LookupKey]
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

    /// Returns the identifiers that another entry lacks.
    func keys(beyond other: IndexEntry) -> [LookupKey] {
        if other.keys.isEmpty { return keys }
        let others = Set(other.keys)
        return keys.filter { !others.contains($0) }
    }

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
        for word in SearchFold.words(of: text).prefix(soundedWords) {
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

    /// Returns what the indexes hold of a record; nothing for a hidden one.
    /// - Complexity: O(*n*) in the bytes of the record.
    func entry(of state: RecordState) -> IndexEntry {
        entries(replacing: nil, with: state).after
    }

    /// Returns what the indexes hold of a record before and after a change of it; nothing for a
    /// hidden one.
    ///
    /// What the change left alone is read once for both.
    /// - Complexity: O(*n*) in the bytes of the two states.
    func entries(
        replacing old: RecordState?,
        with new: RecordState
    ) -> (before: IndexEntry, after: IndexEntry) {
        // Fields mean what the kind says.
        if let old, old.kind != new.kind { return (entry(of: old), entry(of: new)) }
        var before = IndexText()
        var after = IndexText()
        let kind = schema.kind(orStandInFor: new.kind)
        var reader = RegisterReader(kind: kind)
        let oldFields = old.map { $0.isHidden ? [] : $0.fields } ?? []
        let newFields = new.isHidden ? [] : new.fields
        var i = 0
        var j = 0
        while i < oldFields.count || j < newFields.count {
            if j == newFields.count || i < oldFields.count && oldFields[i].key < newFields[j].key {
                reader.read(oldFields[i])
                before.append(reader)
                i += 1
            } else {
                reader.read(newFields[j])
                after.append(reader)
                if i < oldFields.count, oldFields[i].key == newFields[j].key {
                    if oldFields[i].siblings != newFields[j].siblings { reader.read(oldFields[i]) }
                    before.append(reader)
                    i += 1
                }
                j += 1
            }
        }
        func attachments(of state: RecordState, _ text: IndexText) -> [AttachmentHash: UInt64] {
            text.namesAttachments ? state.attachments(of: kind) : [:]
        }
        var afterEntry = after.entry(conflicts: conflictCount(of: new))
        afterEntry.attachments = attachments(of: new, after)
        guard let old else { return (.empty, afterEntry) }
        let sounds = before.names == after.names ? afterEntry.sounds : nil
        var beforeEntry = before.entry(conflicts: conflictCount(of: old), sounds: sounds)
        beforeEntry.attachments = attachments(of: old, before)
        return (beforeEntry, afterEntry)
    }

    /// Reads the names of records from their rows, without the rest.
    struct NameReading {
        private let schema: Schema
        /// The naming fields of each kind, by number.
        private var fields: [UInt32: [UInt32: Field]] = [:]

        init(_ indexing: RecordIndexing) {
            schema = indexing.schema
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
                    SearchedText.append(of: field, key, Array(value), to: &names)
                }
                return true
            }
            return String(decoding: names, as: UTF8.self)
        }

        private mutating func namingFields(of kind: UInt32) -> [UInt32: Field] {
            if let known = fields[kind] { return known }
            let naming = (schema.kind(number: kind)?.fields ?? [])
                .filter { RegisterReader.Role($0) == .name }
            let found = Dictionary(uniqueKeysWithValues: naming.map { ($0.number, $0) })
            fields[kind] = found
            return found
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

/// The folded text and the identifiers of a record while they are gathered.
private struct IndexText {
    private(set) var names: [UInt8] = []
    private var body: [UInt8] = []
    private var keys: [LookupKey] = []
    /// Whether a register may name attachments.
    private(set) var namesAttachments = false

    mutating func append(_ register: RegisterReader) {
        keys += register.keys
        if register.namesAttachments { namesAttachments = true }
        if register.text.isEmpty { return }
        switch register.role {
        case .name: Self.append(register.text, to: &names)
        case .body: Self.append(register.text, to: &body)
        case .none: break
        }
    }

    private static func append(_ text: [UInt8], to whole: inout [UInt8]) {
        if !whole.isEmpty { whole.append(0x20) }
        whole += text
    }

    /// - Parameters:
    ///   - conflicts: The number of conflicts.
    ///   - sounds: The consonant keys of the names, where they are known.
    /// - Returns: What the indexes hold.
    func entry(conflicts: Int, sounds: String? = nil) -> IndexEntry {
        let name = String(decoding: names, as: UTF8.self)
        var distinct: [LookupKey] = []
        for key in keys.sorted() where distinct.last != key { distinct.append(key) }
        return IndexEntry(
            name: name,
            body: String(decoding: body, as: UTF8.self),
            sounds: sounds ?? IndexEntry.sounds(of: name),
            keys: distinct,
            attachments: [:],
            conflicts: conflicts
        )
    }
}

/// Reads what the indexes take of one register after the other.
private struct RegisterReader {
    /// Where the search index takes a field's text.
    enum Role {
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

    /// The scheme of look-up by a field's values.
    private static func scheme(of field: Field) -> String? {
        switch field.name {
        case "short_id": "short"
        case "orcid": "orcid"
        case "ror": "ror"
        case "emails": "email"
        case "import_ids": "import"
        case "ids": "id"
        case "merged_into": "merged"
        default: nil
        }
    }

    private let kind: Kind
    private var number: UInt32 = 0
    private var field: Field?
    private var scheme: String?
    private(set) var role = Role.body
    /// The folded text of the latest register's values, with spaces between.
    private(set) var text: [UInt8] = []
    /// The identifiers in the latest register.
    private(set) var keys: [LookupKey] = []
    /// Whether the latest register may name attachments.
    var namesAttachments: Bool { field?.namesAttachments ?? false }

    init(kind: Kind) {
        self.kind = kind
    }

    /// Reads a register; registers of one field are best read one after the other.
    mutating func read(_ register: FieldEntry) {
        text.removeAll(keepingCapacity: true)
        keys.removeAll(keepingCapacity: true)
        if register.key.number == FieldKey.life.number { return }
        if register.key.number != number {
            number = register.key.number
            field = kind.field(number: number)
            scheme = field.flatMap(Self.scheme)
            role = Role(field)
        }
        for sibling in register.siblings.siblings {
            guard case .value(let value) = sibling.version.content else { continue }
            if let scheme {
                let identifier = register.key.item.isEmpty ? value : bare(register.key.item)
                keys.append(LookupKey(scheme: scheme, identifier))
            }
            if role != .none { SearchedText.append(of: field, register.key, value, to: &text) }
        }
    }

    /// The first key part of an item, without its tag.
    private func bare(_ key: [UInt8]) -> [UInt8] {
        guard let field, !field.isSinglePart, !field.hasRandomKeys,
            let first = field.parts(of: Item(key: key, value: []))?.first
        else { return key }
        return Array(first.text.utf8)
    }
}

/// What of a value people search.
private enum SearchedText {
    /// Whether a type's values are words that people search, not codes, dates and numbers.
    private static func isSearched(_ type: ValueType) -> Bool {
        switch type {
        case .text, .longtext, .email, .phone, .refOrText, .id: true
        default: false
        }
    }

    /// Appends the folded text of a value to a text.
    static func append(
        of field: Field?,
        _ key: FieldKey,
        _ value: [UInt8],
        to text: inout [UInt8]
    ) {
        guard let field else {
            // A field of another schema: what of it reads as text can be found.
            for part in UnknownValue(key, value).parts { append(Array(part.text.utf8), to: &text) }
            return
        }
        if key.item.isEmpty {
            if isSearched(field.type) { append(value, to: &text) }
        } else if field.isSinglePart, !field.hasRandomKeys {
            if isSearched(field.type) { append(key.item, to: &text) }
        } else {
            for part in field.parts(of: Item(key: key.item, value: value)) ?? [] {
                let described = field.part(number: part.number)
                if described.map({ isSearched($0.type) }) ?? true {
                    append(Array(part.text.utf8), to: &text)
                }
            }
        }
    }

    private static func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        if !text.isEmpty { text.append(0x20) }
        SearchFold.appendFolded(bytes, to: &text)
    }
}
