/// A kind of record: its fields by stable number.
public struct Kind: Hashable, Sendable {
    /// The stable number.
    public let number: UInt32
    /// The name.
    public let name: String
    /// The handling label that a new record of the kind starts with.
    public let initialHandling: String
    /// All fields, those common to all kinds included, by number.
    public let fields: [Field]
    /// The numbers of the fields of which a record must have at least one, the first that it has
    /// being its name in lists; empty where a kind needs none.
    public let namingFields: [UInt32]

    /// The fields whose items have a beginning and perhaps an end.
    let periodFields: [Field]

    private let indexByNumber: [UInt32: Int]
    private let indexByName: [String: Int]

    /// Creates a kind of fields whose numbers and names do not repeat.
    init(
        number: UInt32,
        name: String,
        initialHandling: String,
        fields: [Field],
        namingFields: [UInt32]
    ) {
        self.number = number
        self.name = name
        self.initialHandling = initialHandling
        let fields = fields.sorted { $0.number < $1.number }
        self.fields = fields
        self.namingFields = namingFields
        periodFields = fields.filter { $0.part(named: "from") != nil }
        indexByNumber = places(of: fields.map(\.number))
        indexByName = places(of: fields.map(\.name))
    }

    /// Returns the field of a number, or nil where the kind has none such.
    /// - Complexity: O(1).
    public func field(number: UInt32) -> Field? {
        indexByNumber[number].map { fields[$0] }
    }

    /// Returns the field of a name, or nil where the kind has none such.
    /// - Complexity: O(1).
    public func field(named name: String) -> Field? {
        indexByName[name].map { fields[$0] }
    }

    /// The field that names the record in lists where it is there.
    public var titleField: Field? { namingFields.first.flatMap(field(number:)) }
}

/// The kinds of record with their fields: a versioned description that every replica reads.
///
/// Numbers and names are interface. Spec: `Protocol/schema/records.schema`.
public struct Schema: Hashable, Sendable {
    /// The version.
    public let version: UInt32
    /// The kinds by number.
    public let kinds: [Kind]

    private let indexByNumber: [UInt32: Int]
    private let indexByName: [String: Int]

    /// Creates a schema of kinds whose numbers and names do not repeat.
    init(version: UInt32, kinds: [Kind]) {
        self.version = version
        self.kinds = kinds
        indexByNumber = places(of: kinds.map(\.number))
        indexByName = places(of: kinds.map(\.name))
    }

    /// Returns the kind of a number, or nil where there is none such.
    /// - Complexity: O(1).
    public func kind(number: UInt32) -> Kind? {
        indexByNumber[number].map { kinds[$0] }
    }

    /// Returns the kind of a name, or nil where there is none such.
    /// - Complexity: O(1).
    public func kind(named name: String) -> Kind? {
        indexByName[name].map { kinds[$0] }
    }

    /// The schema of this version of the product.
    public static let builtIn: Schema = {
        do throws(SchemaError) {
            return try Schema(parsing: builtInSchemaText)
        } catch {
            preconditionFailure("the built-in schema: \(error.message)")
        }
    }()
}

private func places<Key: Hashable>(of keys: [Key]) -> [Key: Int] {
    Dictionary(zip(keys, keys.indices), uniquingKeysWith: { first, _ in first })
}
