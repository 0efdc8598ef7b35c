/// Why a text is no schema, and in which line.
public struct SchemaError: Error, Hashable, Sendable {
    /// The line, counted from 1.
    public let line: Int
    /// What is wrong.
    public let problem: String

    /// What is wrong and where, as a person reads it.
    public var message: String { "line \(line): \(problem)" }
}

extension Schema {
    /// Reads a schema file.
    ///
    /// The notation is described at the head of `Protocol/schema/records.schema`.
    /// - Throws: `SchemaError` with the line and what is wrong there.
    public init(parsing text: String) throws(SchemaError) {
        self = try SchemaFile(parsing: text).schema
    }
}

/// A schema with the lines of the file in which it stands.
public struct SchemaFile: Sendable {
    /// The schema.
    public let schema: Schema
    /// The line of the version.
    let versionLine: Int
    /// The line of each kind.
    let kindLines: [UInt32: Int]
    /// The line of each field by kind, of the common ones in each.
    private let fieldLines: [UInt32: [UInt32: Int]]

    /// Reads a schema file.
    /// - Throws: `SchemaError` with the line and what is wrong there.
    public init(parsing text: String) throws(SchemaError) {
        var parser = SchemaParser()
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            parser.line = index + 1
            try parser.read(line)
        }
        schema = try parser.schema()
        versionLine = parser.versionLine
        kindLines = parser.kindLines
        fieldLines = parser.fieldLines
    }

    /// The line of a field.
    func line(of field: UInt32, in kind: UInt32) -> Int { fieldLines[kind]?[field] ?? 0 }
}

/// Reads the lines of a schema file, one after the other.
private struct SchemaParser {
    var line = 0
    private var version: UInt32?
    private(set) var versionLine = 0
    private var common: [FieldLine] = []
    private var kinds: [KindLines] = []
    private var isInCommon = false

    /// A field and what the kinds make of it.
    private struct FieldLine {
        let line: Int
        let number: UInt32
        let name: String
        let declaration: TypeDeclaration
        let policy: Policy
        let winner: String?
        let names: Bool
        /// The kinds in which the field is sensitive; nil means all of them, none an empty set.
        let sensitiveIn: Set<String>?

        func field(in kind: String) -> Field {
            Field(
                number: number,
                name: name,
                shape: declaration.shape,
                type: declaration.type,
                parts: declaration.parts,
                policy: policy,
                winner: winner,
                isSensitive: sensitiveIn?.contains(kind) ?? true
            )
        }
    }

    private struct KindLines {
        let line: Int
        let number: UInt32
        let name: String
        let handling: String
        var fields: [FieldLine] = []
    }

    init() {}

    func problem(_ problem: String) -> SchemaError {
        SchemaError(line: line, problem: problem)
    }

    mutating func read(_ source: Substring) throws(SchemaError) {
        var words = source.prefix { $0 != "#" }.split(separator: " ")[...]
        guard let first = words.popFirst() else { return }
        switch first {
        case "schema": try readVersion(words)
        case "common":
            guard words.isEmpty else { throw problem("nothing follows “common”") }
            isInCommon = true
        case "kind": try readKind(words)
        default: try readField(number: first, words)
        }
    }

    private mutating func readVersion(_ words: ArraySlice<Substring>) throws(SchemaError) {
        guard version == nil, words.count == 1, let word = words.first, let number = UInt32(word)
        else { throw problem("expected one line “schema NUMBER”") }
        version = number
        versionLine = line
    }

    private mutating func readKind(_ words: ArraySlice<Substring>) throws(SchemaError) {
        let words = Array(words)
        guard words.count == 4, let number = UInt32(words[0]), isSchemaName(words[1]),
            words[2] == "handling", isSchemaWord(words[3])
        else { throw problem("expected “kind NUMBER NAME handling LABEL”") }
        guard !kinds.contains(where: { $0.number == number || $0.name == words[1] }) else {
            throw problem("the number or name of kind \(words[1]) is taken")
        }
        isInCommon = false
        kinds.append(
            KindLines(
                line: line,
                number: number,
                name: String(words[1]),
                handling: String(words[3])
            )
        )
    }

    private mutating func readField(
        number word: Substring,
        _ words: ArraySlice<Substring>
    ) throws(SchemaError) {
        guard let number = UInt32(word) else {
            throw problem("“\(word)” is no field number, “schema”, “common” or “kind”")
        }
        guard isInCommon || !kinds.isEmpty else {
            throw problem("a field stands before “common” and “kind”")
        }
        guard isInCommon == Field.commonNumbers.contains(number), (1...9999).contains(number) else {
            throw problem("numbers of common fields are 1 to 19, of others 20 to 9999")
        }
        var words = words
        guard let name = words.popFirst(), isSchemaName(name) else {
            throw problem("a field's name is missing or malformed")
        }
        let names = words.first == "!"
        if names { words.removeFirst() }
        let (sensitiveIn, rest) = sensitivity(of: words)
        guard let policyWord = rest.last else { throw problem("a type and a policy are missing") }
        let (policy, winner) = try readPolicy(policyWord)
        let declaration = try TypeDeclaration(rest.dropLast(), parser: self)
        let field = FieldLine(
            line: line,
            number: number,
            name: String(name),
            declaration: declaration,
            policy: policy,
            winner: winner,
            names: names,
            sensitiveIn: sensitiveIn
        )
        try add(field)
    }

    private mutating func add(_ field: FieldLine) throws(SchemaError) {
        let others = common + (isInCommon ? [] : kinds[kinds.count - 1].fields)
        guard !others.contains(where: { $0.number == field.number || $0.name == field.name })
        else { throw problem("the number or name of field \(field.name) is taken") }
        if isInCommon {
            common.append(field)
        } else {
            kinds[kinds.count - 1].fields.append(field)
        }
    }

    /// Splits off a last word `s` (everywhere) or `s(kind,kind)`.
    private func sensitivity(
        of words: ArraySlice<Substring>
    ) -> (kinds: Set<String>?, rest: ArraySlice<Substring>) {
        guard let last = words.last else { return ([], words) }
        if last == "s" { return (nil, words.dropLast()) }
        guard last.hasPrefix("s("), last.hasSuffix(")") else { return ([], words) }
        let kinds = last.dropFirst(2).dropLast().split(separator: ",").map(String.init)
        return (Set(kinds), words.dropLast())
    }

    /// Reads `policy` or `policy(winner)`.
    private func readPolicy(_ word: Substring) throws(SchemaError) -> (Policy, String?) {
        let name = word.prefix { $0 != "(" }
        guard let policy = Policy(rawValue: String(name)) else {
            throw problem("“\(word)” is no policy")
        }
        guard name.count < word.count else { return (policy, nil) }
        let winner = word.dropFirst(name.count + 1).dropLast()
        guard word.hasSuffix(")"), isSchemaWord(winner) else {
            throw problem("“\(word)” is no policy")
        }
        return (policy, String(winner))
    }

    var kindLines: [UInt32: Int] {
        Dictionary(uniqueKeysWithValues: kinds.map { ($0.number, $0.line) })
    }

    var fieldLines: [UInt32: [UInt32: Int]] {
        Dictionary(
            uniqueKeysWithValues: kinds.map { kind in
                let fields = (common + kind.fields).map { ($0.number, $0.line) }
                return (kind.number, Dictionary(uniqueKeysWithValues: fields))
            }
        )
    }

    func schema() throws(SchemaError) -> Schema {
        guard let version else { throw problem("the line “schema NUMBER” is missing") }
        let built = kinds.sorted { $0.number < $1.number }.map { kind in
            let lines = common + kind.fields
            return Kind(
                number: kind.number,
                name: kind.name,
                initialHandling: kind.handling,
                fields: lines.map { $0.field(in: kind.name) },
                namingFields: kind.fields.filter(\.names).map(\.number)
            )
        }
        return Schema(version: version, kinds: built)
    }

    /// What stands between a field's name and its policy: `text`, `set lang`, `rows {…}`.
    private struct TypeDeclaration {
        let shape: FieldShape
        let type: ValueType
        let parts: [Part]

        init(_ words: ArraySlice<Substring>, parser: SchemaParser) throws(SchemaError) {
            var words = words
            guard let first = words.first else { throw parser.problem("a type is missing") }
            var shape = FieldShape(rawValue: String(first)) ?? .register
            if shape != .register { words.removeFirst() }
            guard let start = words.first else { throw parser.problem("a type is missing") }
            guard start.hasPrefix("{") else {
                guard words.count == 1, let type = ValueType(notation: String(start)) else {
                    throw parser.problem("“\(words.joined(separator: " "))” is no type")
                }
                let single = Part(
                    number: 1,
                    name: Part.singleName,
                    type: type,
                    isKey: shape == .set
                )
                guard shape != .rows else { throw parser.problem("rows have parts in { }") }
                self.init(shape: shape, type: type, parts: shape == .register ? [] : [single])
                return
            }
            if shape == .register { shape = .set }
            let parts = try Self.parts(words.joined(separator: " "), parser: parser)
            guard let first = parts.first, parts.contains(where: \.isKey) == (shape == .set) else {
                throw parser.problem("items of a set have a key part (*), rows and logs none")
            }
            guard first.isKey == (shape == .set) else {
                throw parser.problem("the first part of a set's items belongs to the key (*)")
            }
            self.init(shape: shape, type: first.type, parts: parts)
        }

        private init(shape: FieldShape, type: ValueType, parts: [Part]) {
            self.shape = shape
            self.type = type
            self.parts = parts
        }

        /// Reads `{name* type, name: word|word, name}`.
        private static func parts(
            _ text: String,
            parser: SchemaParser
        ) throws(SchemaError) -> [Part] {
            guard text.hasSuffix("}") else { throw parser.problem("a } is missing") }
            var parts: [Part] = []
            for source in text.dropFirst().dropLast().split(separator: ",") {
                let words = source.split { $0 == " " || $0 == ":" }
                guard let name = words.first, words.count <= 2 else {
                    throw parser.problem("“\(source)” is no part")
                }
                let isKey = name.hasSuffix("*")
                let bare = isKey ? name.dropLast() : name
                let type = words.count == 2 ? ValueType(notation: String(words[1])) : .text
                guard isSchemaName(bare), bare != "key", bare != "raw", let type,
                    !parts.contains(where: { $0.name == bare })
                else { throw parser.problem("“\(source)” is no part, or its name is taken") }
                parts.append(
                    Part(
                        number: UInt32(parts.count + 1),
                        name: String(bare),
                        type: type,
                        isKey: isKey
                    )
                )
            }
            guard parts.count < Part.raw.number else {
                throw parser.problem("an item has at most \(Part.raw.number - 1) parts")
            }
            return parts
        }
    }
}
