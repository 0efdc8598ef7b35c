/// What forbids a schema to follow another, and in which line it stands.
public struct SchemaFinding: Error, Hashable, Sendable {
    /// The line of the later schema's file, counted from 1.
    public let line: Int
    /// What is wrong, and why.
    public let problem: String

    /// What is wrong and where, as a person reads it.
    public var message: String { "line \(line): \(problem)" }
}

/// Whether a schema may follow another while desks work with either.
///
/// A sound successor only adds: kinds, fields, parts at the end of items, words of enumerations. Then
/// every value that the earlier schema allows the later one allows too, bytes keep their meaning, and
/// what one side does not know it carries. Spec: `Protocol/decisions/0025-schemas-only-add.md`.
public struct SchemaSuccession: Sendable {
    /// What is wrong with the succession, by line; empty where it is sound.
    public private(set) var findings: [SchemaFinding] = []
    /// What the later schema adds: `kind`, `kind.field`, `kind.field.part`, `kind.field=word`.
    public private(set) var additions: [String] = []

    private let file: SchemaFile

    /// Compares a schema file with the schema that it is to follow.
    public init(of file: SchemaFile, after earlier: Schema) {
        self.file = file
        let later = file.schema
        for kind in earlier.kinds { compare(kind, in: later) }
        for kind in later.kinds where earlier.kind(number: kind.number) == nil {
            additions.append(kind.name)
            for field in kind.fields where !field.isCommon { checkName(of: field, in: kind) }
        }
        let isSame = earlier.notation == later.notation
        if later.version < earlier.version || later.version == earlier.version && !isSame {
            find(
                file.versionLine,
                "the version must be greater than \(earlier.version): by it replicas tell schemas apart"
            )
        }
        findings.sort { ($0.line, $0.problem) < ($1.line, $1.problem) }
    }

    private mutating func find(_ line: Int, _ problem: String) {
        let finding = SchemaFinding(line: line, problem: problem)
        // A common field stands in every kind and is found once.
        if !findings.contains(finding) { findings.append(finding) }
    }

    private mutating func add(_ name: String) {
        if !additions.contains(name) { additions.append(name) }
    }

    // MARK: Kinds

    private mutating func compare(_ kind: Kind, in later: Schema) {
        guard let successor = later.kind(number: kind.number) else {
            let line = later.kind(named: kind.name).flatMap { file.kindLines[$0.number] }
            find(
                line ?? file.versionLine,
                "kind \(kind.number) \(kind.name) is missing: its records are kept, and its number and "
                    + "name are never used for something else"
            )
            return
        }
        let line = file.kindLines[kind.number] ?? 0
        if successor.name != kind.name {
            find(
                line,
                "kind \(kind.number) was \(kind.name): numbers and names are never used for something "
                    + "else"
            )
        }
        if isMilder(successor.initialHandling, than: kind.initialHandling, in: later) {
            find(
                line,
                "a new \(kind.name) would start with \(successor.initialHandling), which is milder than "
                    + "\(kind.initialHandling)"
            )
        }
        let lost = kind.namingFields.filter { !successor.namingFields.contains($0) }
        for number in lost where successor.field(number: number) != nil {
            find(
                file.line(of: number, in: kind.number),
                "\(field(number, kind)) names records (!) of desks with the earlier schema"
            )
        }
        if kind.namingFields.isEmpty, let first = successor.namingFields.first {
            find(
                file.line(of: first, in: kind.number),
                "records of \(kind.name) have no name so far, and could not be changed without one"
            )
        }
        for field in kind.fields { compare(field, of: kind, in: successor) }
        for field in successor.fields where kind.field(number: field.number) == nil {
            add(place(field, kind))
            checkName(of: field, in: successor)
        }
    }

    private func isMilder(_ label: String, than other: String, in schema: Schema) -> Bool {
        let labels = schema.kinds.first?.fields.first { $0.number == Field.handlingNumber }?.type
        return labels?.isStricter(Array(other.utf8), than: Array(label.utf8)) ?? false
    }

    private func place(_ field: Field, _ kind: Kind) -> String {
        field.isCommon ? field.name : "\(kind.name).\(field.name)"
    }

    private func field(_ number: UInt32, _ kind: Kind) -> String {
        kind.field(number: number).map { place($0, kind) } ?? Kind.unknownName(number)
    }

    // MARK: Fields

    private mutating func compare(_ field: Field, of kind: Kind, in later: Kind) {
        let name = place(field, kind)
        guard let successor = later.field(number: field.number) else {
            find(
                file.kindLines[kind.number] ?? 0,
                "field \(field.number) \(name) is missing: its values are kept, and its number and name "
                    + "are never used for something else"
            )
            return
        }
        let line = file.line(of: field.number, in: kind.number)
        if successor.name != field.name {
            find(
                line,
                "field \(field.number) was \(name): numbers and names are never used for something else"
            )
        }
        if successor.isSensitive != field.isSensitive {
            find(
                line,
                field.isSensitive
                    ? "\(name) is sensitive: new values would go where all can read them. Add a field "
                        + "with a number of its own"
                    : "\(name) is not sensitive: its values lie where all can read them, and would stay "
                        + "there. Add a field with a number of its own"
            )
        }
        if successor.shape != field.shape
            || !field.isRegister && successor.isSinglePart != field.isSinglePart
        {
            find(line, "\(name) was \(field.notation): values would lose their meaning")
            return
        }
        if field.isRegister {
            compare(field.type, successor.type, name, line)
        } else {
            compare(field.parts, successor.parts, name, line)
        }
        if !isPolicyAllowed(successor, after: field) {
            find(
                line,
                "\(name) was settled by \(field.settlement): a policy may only give way to review, else "
                    + "desks would see different values, and a conflict would be decided unseen"
            )
        }
    }

    /// A person may decide what a policy decided, not the other way round.
    private func isPolicyAllowed(_ later: Field, after field: Field) -> Bool {
        later.policy == field.policy && later.winner == field.winner
            || later.policy == .review && later.winner == nil
    }

    private mutating func compare(
        _ type: ValueType,
        _ later: ValueType,
        _ name: String,
        _ line: Int
    ) {
        if type == later { return }
        guard case .enumeration(let words) = type, case .enumeration(let others) = later else {
            return find(
                line,
                "\(name) was \(type.notation): the type of a value never changes"
            )
        }
        for word in words where !others.contains(word) {
            find(line, "\(name) has values “\(word)”, which would not be allowed any more")
        }
        let kept = others.filter(words.contains)
        if kept != words.filter(others.contains) {
            find(line, "the words of \(name) stand in another order, by which strictness is told")
        }
        for word in others where !words.contains(word) { add("\(name)=\(word)") }
    }

    private mutating func compare(_ parts: [Part], _ later: [Part], _ name: String, _ line: Int) {
        for (index, part) in parts.enumerated() {
            let place = "\(name).\(part.name)"
            guard index < later.count else {
                find(line, "part \(place) is missing: its values are kept")
                continue
            }
            let other = later[index]
            guard other.name == part.name else {
                find(
                    line,
                    "part \(part.number) of \(name) was \(part.name): parts are numbered as they stand, "
                        + "and new ones come last"
                )
                return
            }
            if other.isKey != part.isKey {
                find(
                    line,
                    "\(place) \(part.isKey ? "belongs" : "does not belong") to the key of an item"
                )
            }
            compare(part.type, other.type, place, line)
        }
        for part in later.dropFirst(parts.count) {
            add("\(name).\(part.name)")
            if part.isKey {
                find(
                    line,
                    "\(name).\(part.name) cannot belong to the key: items that are there lack it"
                )
            }
        }
    }

    /// Names that every record has besides its fields.
    private static let properties: Set = ["id", "uid", "kind", "space", "changed", "conflicts"]

    private mutating func checkName(of field: Field, in kind: Kind) {
        if Self.properties.contains(field.name) {
            find(
                file.line(of: field.number, in: kind.number),
                "\(field.name) is what every record says of itself, not a field"
            )
        }
    }
}

extension Field {
    /// The number of the field that bears the handling label.
    static let handlingNumber: UInt32 = 4

    /// The policy with the word that wins.
    fileprivate var settlement: String { policy.rawValue + (winner.map { "(\($0))" } ?? "") }
}
