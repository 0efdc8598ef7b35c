import CausalHistory
import Foundation
import RecordModel
import RecordStorage

/// What `--where` asks of a record: `country_of_residence=DE and research_fields:2.2`.
///
/// Comparisons are `F=V F!=V F<V F<=V F>V F>=V`, `F:V` (a set has it; codes also by prefix), `F~V`
/// (the text contains it, folded) and `F` (it has a value), joined by `and`, `or`, `not` and
/// parentheses. `F.PART` names a part of items. On a field in conflict any version may match.
struct Condition {
    /// How a field is compared.
    enum Operator: String {
        case equal = "="
        case unequal = "!="
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="
        case has = ":"
        case contains = "~"
        /// The field has a value.
        case present = ""
    }

    /// One comparison.
    struct Comparison {
        let field: String
        let part: String?
        let comparison: Operator
        let value: String
    }

    indirect enum Expression {
        case all([Expression])
        case any([Expression])
        case not(Expression)
        case comparison(Comparison)

        /// Whether a comparison is of this field.
        func names(_ field: String) -> Bool {
            switch self {
            case .all(let members), .any(let members): members.contains { $0.names(field) }
            case .not(let inner): inner.names(field)
            case .comparison(let comparison): comparison.field == field
            }
        }
    }

    private let expression: Expression
    /// Whether deleted records are asked too: where a condition names `life`.
    let includesDeleted: Bool
    /// Whether merged records are asked too: where a condition names `merged_into`.
    let includesMerged: Bool

    /// Reads conditions, all of which must hold.
    /// - Throws: `DeskError` (`usage` with the place, `unknown_field`).
    init(parsing conditions: [String], schema: Schema) throws(DeskError) {
        var expressions: [Expression] = []
        for text in conditions {
            var parser = ConditionParser(text, schema: schema)
            expressions.append(try parser.parse())
        }
        expression = .all(expressions)
        includesDeleted = expression.names("life")
        includesMerged = expression.names("merged_into")
    }

    /// Whether the conditions hold for a record.
    /// - Complexity: O(*n*) in the versions of the fields that are named.
    func holds(
        for held: HeldRecord,
        _ viewer: RecordViewer,
        _ context: ValueContext
    ) throws -> Bool {
        try ConditionJudge(held: held, viewer: viewer, context: context).holds(expression)
    }
}

/// Reads the text of a condition.
private struct ConditionParser {
    private let characters: [Character]
    private let schema: Schema
    private var position = 0
    private var depth = 0

    /// How deep parentheses and `not` may nest, so that a hostile text cannot use up the stack.
    private static let depthLimit = 64

    /// Names that are not fields of the schema.
    private static let properties: Set<String> = ["id", "uid", "kind", "space", "life"]

    init(_ text: String, schema: Schema) {
        characters = Array(text)
        self.schema = schema
    }

    mutating func parse() throws(DeskError) -> Condition.Expression {
        let expression = try disjunction()
        skipSpaces()
        guard position == characters.count else { throw failure("“and” or “or” is expected") }
        return expression
    }

    private mutating func disjunction() throws(DeskError) -> Condition.Expression {
        var members = [try conjunction()]
        while takeWord("or") { members.append(try conjunction()) }
        return members.count == 1 ? members[0] : .any(members)
    }

    private mutating func conjunction() throws(DeskError) -> Condition.Expression {
        var members = [try negation()]
        while takeWord("and") { members.append(try negation()) }
        return members.count == 1 ? members[0] : .all(members)
    }

    private mutating func negation() throws(DeskError) -> Condition.Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw failure("parentheses and “not” nest too deep")
        }
        if takeWord("not") { return .not(try negation()) }
        skipSpaces()
        guard position < characters.count, characters[position] == "(" else {
            return .comparison(try comparison())
        }
        position += 1
        let inner = try disjunction()
        skipSpaces()
        guard position < characters.count, characters[position] == ")" else {
            throw failure("“)” is expected")
        }
        position += 1
        return inner
    }

    private mutating func comparison() throws(DeskError) -> Condition.Comparison {
        skipSpaces()
        let start = position
        let name = word()
        guard !name.isEmpty else { throw failure("a field is expected") }
        let halves = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        try check(halves, at: start)
        let comparison = try comparisonOperator()
        let value = comparison == .present ? "" : try self.value()
        return Condition.Comparison(
            field: halves[0],
            part: halves.count == 2 ? halves[1] : nil,
            comparison: comparison,
            value: value
        )
    }

    private func check(_ names: [String], at start: Int) throws(DeskError) {
        if Self.properties.contains(names[0]), names.count == 1 { return }
        if Kind.number(inUnknownName: names[0]) != nil, names.count == 1 { return }
        let fields = schema.kinds.compactMap { $0.field(named: names[0]) }
        guard !fields.isEmpty else {
            throw DeskError(
                .unknownField,
                "no kind has a field “\(names[0])” (at character \(start + 1))",
                hint: "Fields are listed by: attache schema show"
            )
        }
        guard names.count == 1 || fields.contains(where: { $0.part(named: names[1]) != nil }) else {
            throw DeskError(
                .unknownField,
                "\(names[0]) has no part “\(names[1])”",
                hint: "It has: \(fields[0].parts.map(\.name).joined(separator: ", "))."
            )
        }
    }

    private mutating func comparisonOperator() throws(DeskError) -> Condition.Operator {
        let spaceless = position
        skipSpaces()
        guard position < characters.count else { return .present }
        let two = String(characters[position..<min(position + 2, characters.count)])
        if let found = Condition.Operator(rawValue: two), two.count == 2 {
            position += 2
            return found
        }
        if let found = Condition.Operator(rawValue: String(characters[position])) {
            position += 1
            return found
        }
        position = spaceless
        return .present
    }

    private mutating func value() throws(DeskError) -> String {
        skipSpaces()
        guard position < characters.count else { throw failure("a value is expected") }
        guard characters[position] == "\"" else {
            let start = position
            while position < characters.count, !characters[position].isWhitespace,
                characters[position] != ")"
            {
                position += 1
            }
            guard position > start else { throw failure("a value is expected") }
            return String(characters[start..<position])
        }
        position += 1
        var text = ""
        while position < characters.count, characters[position] != "\"" {
            if characters[position] == "\\", position + 1 < characters.count { position += 1 }
            text.append(characters[position])
            position += 1
        }
        guard position < characters.count else { throw failure("the closing quote is missing") }
        position += 1
        return text
    }

    private mutating func word() -> String {
        let start = position
        if position < characters.count, characters[position] == "#" { position += 1 }
        while position < characters.count,
            characters[position].isLetter || characters[position].isNumber
                || "_.".contains(characters[position])
        {
            position += 1
        }
        return String(characters[start..<position])
    }

    private mutating func takeWord(_ wanted: String) -> Bool {
        let start = position
        skipSpaces()
        if word().lowercased() == wanted {
            // A field may be called so too: then an operator follows.
            let next = position < characters.count ? characters[position] : " "
            if next.isWhitespace || next == "(" { return true }
        }
        position = start
        return false
    }

    private mutating func skipSpaces() {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
    }

    private func failure(_ what: String) -> DeskError {
        DeskError(
            .usage,
            "the condition “\(String(characters))”: \(what) at character \(position + 1)",
            hint: "attache help where shows how conditions are written."
        )
    }
}

/// Judges one record by a condition.
private struct ConditionJudge {
    let held: HeldRecord
    let viewer: RecordViewer
    let context: ValueContext

    func holds(_ expression: Condition.Expression) throws -> Bool {
        switch expression {
        case .all(let members): try members.allSatisfy(holds)
        case .any(let members): try members.contains(where: holds)
        case .not(let inner): try !holds(inner)
        case .comparison(let comparison): try holds(comparison)
        }
    }

    private func holds(_ comparison: Condition.Comparison) throws -> Bool {
        if let property = try property(comparison.field) {
            let isEqual = property.lowercased() == comparison.value.lowercased()
            switch comparison.comparison {
            case .present: return true
            case .unequal: return !isEqual
            case .contains: return property.contains(comparison.value)
            default: return isEqual
            }
        }
        guard let field = held.kind.field(named: comparison.field) else {
            if let number = Kind.number(inUnknownName: comparison.field) {
                return try holds(comparison, ofUnknown: number)
            }
            // A kind without the field has no value there.
            return comparison.comparison == .unequal
        }
        if comparison.comparison == .unequal {
            return try !values(of: field, comparison.part).contains { type, bytes in
                try isEqual(bytes, comparison.value, type)
            }
        }
        return try values(of: field, comparison.part).contains { type, bytes in
            try matches(bytes, comparison, type)
        }
    }

    /// Compares what can be read of a field that the schema does not know, as text.
    private func holds(_ comparison: Condition.Comparison, ofUnknown number: UInt32) throws -> Bool
    {
        var texts: [[UInt8]] = []
        for entry in held.parts.flatMap({ $0.state.entries(of: number) }) {
            for sibling in entry.siblings.siblings {
                guard let bytes = sibling.version.content.bytes else { continue }
                let parts = UnknownValue(entry.key, bytes).parts
                texts += parts.isEmpty ? [[]] : parts.map { Array($0.text.utf8) }
            }
        }
        if comparison.comparison == .unequal {
            return try !texts.contains { try isEqual($0, comparison.value, .text) }
        }
        return try texts.contains { try matches($0, comparison, .text) }
    }

    private func property(_ name: String) throws -> String? {
        switch name {
        case "id": try viewer.name(of: held)
        case "uid": held.uid.description
        case "kind": held.kindName
        case "space": held.main.key.space.text
        case "life": held.life.text
        default: nil
        }
    }

    /// The values of a field, or of a part of its items; without one the items' key parts.
    private func values(of field: Field, _ part: String?) -> [(ValueType, [UInt8])] {
        var result: [(ValueType, [UInt8])] = []
        for stored in held.parts {
            for entry in stored.state.entries(of: field.number) {
                for sibling in entry.siblings.siblings {
                    guard case .value(let bytes) = sibling.version.content else { continue }
                    if field.isRegister {
                        result.append((field.type, bytes))
                        continue
                    }
                    let item = Item(key: entry.key.item, value: bytes)
                    for text in field.parts(of: item) ?? [] {
                        guard let described = field.part(number: text.number) else { continue }
                        let isAsked =
                            part.map { $0 == described.name }
                            ?? (described.isKey || field.hasRandomKeys)
                        if isAsked { result.append((described.type, Array(text.text.utf8))) }
                    }
                }
            }
        }
        return result
    }

    private func matches(
        _ bytes: [UInt8],
        _ comparison: Condition.Comparison,
        _ type: ValueType
    ) throws -> Bool {
        switch comparison.comparison {
        case .present: return true
        case .equal: return try isEqual(bytes, comparison.value, type)
        case .unequal: return try !isEqual(bytes, comparison.value, type)
        case .contains:
            return SearchFold.fold(type.text(bytes)).contains(SearchFold.fold(comparison.value))
        case .has:
            if try isEqual(bytes, comparison.value, type) { return true }
            switch type {
            case .ford, .sdg, .country, .lang, .id:
                return type.text(bytes).lowercased().hasPrefix(comparison.value.lowercased())
            default: return false
            }
        case .less, .atMost, .greater, .atLeast:
            guard let order = type.order(bytes, canonical(comparison.value, type)) else {
                return false
            }
            switch comparison.comparison {
            case .less: return order == .before
            case .greater: return order == .after
            case .atMost: return order != .after
            default: return order != .before
            }
        }
    }

    private func isEqual(_ bytes: [UInt8], _ value: String, _ type: ValueType) throws -> Bool {
        let canonical = canonical(value, type)
        if type.normalForm(bytes) == type.normalForm(canonical) { return true }
        switch type {
        case .date, .edtf, .instant:
            // A year equals every day in it.
            guard let wanted = EDTF(value)?.bounds else { return false }
            let day = String(type.text(bytes).prefix { $0 != "T" })
            guard let found = EDTF(day)?.bounds else { return false }
            return wanted.lower <= found.lower && found.upper <= wanted.upper
        case .ref, .refOrText:
            guard let reference = Reference(type.text(bytes)) else { return false }
            if reference.text == value { return true }
            guard let label = try viewer.label(of: reference) else { return false }
            return label.shortID == value.lowercased()
                || label.name.map { SearchFold.fold($0) == SearchFold.fold(value) } ?? false
        default: return false
        }
    }

    /// The value in its canonical form where it has one: `de` is `DE`; else as it is typed.
    private func canonical(_ value: String, _ type: ValueType) -> [UInt8] {
        var warnings: [ValueWarning] = []
        let text = try? type.canonical(value, context: context, warnings: &warnings)
        return Array((text ?? value).utf8)
    }
}
