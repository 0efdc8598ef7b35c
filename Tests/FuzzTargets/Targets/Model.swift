import CausalHistory
import RecordModel

/// What values, items and their descriptions are made of.
let modelTargets = [
    FuzzTarget("json", seeds: Seeds.json) { bytes in
        guard let value = accepted({ try JSONValue(parsing: bytes) }) else { return }
        for text in [value.text, value.prettyText] {
            let again = try must("its text") { try JSONValue(parsing: text) }
            try require(again == value, "the value reads as another")
        }
    },
    FuzzTarget("schema", seeds: Seeds.schemas) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let schema = accepted({ try Schema(parsing: text) }) else { return }
        for kind in schema.kinds {
            try require(schema.kind(number: kind.number) == kind, "a kind's number is taken")
            try require(schema.kind(named: kind.name) == kind, "a kind's name is taken")
            for field in kind.fields {
                try require(kind.field(number: field.number) == field, "a number is taken")
                try require(kind.field(named: field.name) == field, "a name is taken")
                for type in [field.type] + field.parts.map(\.type) {
                    try require(ValueType(notation: type.notation) == type, "a type is another")
                }
            }
        }
    },
    FuzzTarget("value", seeds: Seeds.values) { bytes in
        guard bytes.count > 1 else { return }
        let type = valueTypes[Int(bytes[0]) % valueTypes.count]
        let text = String(decoding: bytes[2...], as: UTF8.self)
        var warnings: [ValueWarning] = []
        let context = valueContext(bytes[1])
        _ = (type.normalForm(Array(text.utf8)), type.order(Array(text.utf8), Array("1".utf8)))
        guard
            let canonical = accepted({
                try type.canonical(text, context: context, warnings: &warnings)
            })
        else { return }
        _ = warnings.map(\.message)
        let value = Array(canonical.utf8)
        try require(type.isCanonical(value), "“\(canonical)” is not canonical")
        // Composition makes a text at most three times as long.
        try require(value.count <= 3 * text.utf8.count + 64, "“\(text)” became “\(canonical)”")
        let order = type.order(value, value)
        try require(order == nil || order == .same || order == .overlapping, "unequal to itself")
        _ = (type.normalForm(value), type.isStricter(value, than: value), SearchFold.fold(text))
    },
    FuzzTarget("item", seeds: Seeds.items) { bytes in
        guard bytes.count > 2 else { return }
        let kinds = Schema.builtIn.kinds
        let fields = kinds[Int(bytes[0]) % kinds.count].fields
        let field = fields[Int(bytes[1]) % fields.count]
        let rest = Array(bytes[3...])
        switch bytes[2] % 3 {
        case 0:
            guard let json = accepted({ try JSONValue(parsing: rest) }) else { return }
            var warnings: [ValueWarning] = []
            let input = accepted {
                try field.input(json: json, context: ValueContext(), warnings: &warnings)
            }
            if let input { try check(input, of: field) }
        case 1:
            let text = String(decoding: rest, as: UTF8.self)
            var warnings: [ValueWarning] = []
            let input = accepted {
                try field.input(
                    text: text,
                    splitting: true,
                    context: ValueContext(),
                    warnings: &warnings
                )
            }
            if let input { try check(input, of: field) }
        default:
            let length = min(Int(rest.first ?? 0), rest.count)
            let item = Item(key: Array(rest.prefix(length)), value: Array(rest.dropFirst(length)))
            _ = (field.text(item: item), field.json(item: item), field.cell(items: [item]))
            guard field.isCanonical(item: item), !field.hasRandomKeys else { return }
            try checkJSON(.items([ItemInput(key: item.key, value: item.value)]), of: field)
        }
    },
]

/// Checks that what was read is canonical, and that what is shown of it reads as the same.
private func check(_ input: FieldInput, of field: Field) throws {
    switch input {
    case .cleared: return
    case .register(let bytes):
        try require(field.isCanonical(register: bytes), "a register is not canonical")
    case .items(let inputs):
        for input in inputs {
            let key = input.key ?? [UInt8](repeating: 0, count: Field.randomKeyLength)
            let item = Item(key: key, value: input.value)
            try require(field.isCanonical(item: item), "an item is not canonical")
        }
        try checkCell(inputs, of: field)
    }
    try checkJSON(input, of: field)
}

/// Checks that what `show --json` prints reads as the same.
private func checkJSON(_ input: FieldInput, of field: Field) throws {
    let shown: JSONValue
    switch input {
    case .cleared: return
    case .register(let bytes): shown = field.json(register: bytes)
    case .items(let inputs): shown = .array(items(inputs).map { field.json(item: $0) })
    }
    var warnings: [ValueWarning] = []
    let again = try must("reading \(shown.text)") {
        try field.input(json: shown, context: ValueContext(), warnings: &warnings)
    }
    try require(again == plain(input), "\(shown.text) reads as another value")
}

/// Checks that a cell of a CSV file reads as the same.
private func checkCell(_ inputs: [ItemInput], of field: Field) throws {
    let cell = field.cell(items: items(inputs))
    var warnings: [ValueWarning] = []
    let again = try must("reading the cell “\(cell)”") {
        try field.input(
            text: cell,
            splitting: true,
            context: ValueContext(),
            warnings: &warnings
        )
    }
    try require(again == plain(.items(inputs)), "the cell “\(cell)” reads as another value")
}

private func items(_ inputs: [ItemInput]) -> [Item] {
    inputs.map { Item(key: $0.key ?? [], value: $0.value) }
}

/// The input without the keys by which it named rows.
private func plain(_ input: FieldInput) -> FieldInput {
    guard case .items(let items) = input else { return input }
    return .items(items.map { ItemInput(key: $0.key, value: $0.value) })
}

/// Every type of value.
private let valueTypes: [ValueType] =
    [
        .text, .longtext, .int, .bool, .date, .edtf, .instant, .money, .country, .lang, .ford,
        .sdg, .email, .phone, .url, .ref, .refOrText, .blob, .id(scheme: nil),
        .enumeration(["yes", "No_way", "A1"]),
    ]
    + ["orcid", "ror", "isni", "doi", "other"].map { .id(scheme: $0) }

private func valueContext(_ choice: UInt8) -> ValueContext {
    var context = ValueContext(region: [nil, "DE", "GB", "US", "PK", "IT"][Int(choice) % 6])
    context.otherRegion = choice & 0x40 == 0 ? nil : "FR"
    context.readsNames = choice & 0x80 != 0
    return context
}
