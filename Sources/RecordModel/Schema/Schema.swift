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
    /// Whether the schema describes the kind; of one that it does not, only the fields that are
    /// common to all kinds are known.
    public let isKnown: Bool

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
        namingFields: [UInt32],
        isKnown: Bool = true
    ) {
        self.number = number
        self.name = name
        self.initialHandling = initialHandling
        self.isKnown = isKnown
        let fields = fields.sorted { $0.number < $1.number }
        self.fields = fields
        self.namingFields = namingFields
        periodFields = fields.filter { $0.part(named: "from") != nil }
        indexByNumber = places(of: fields.map(\.number))
        indexByName = places(of: fields.map(\.name))
    }

    /// Creates the kind that stands for one of another number which the schema does not know.
    fileprivate init(standIn: Kind, number: UInt32) {
        self.number = number
        name = Self.unknownName(number)
        initialHandling = standIn.initialHandling
        fields = standIn.fields
        namingFields = []
        isKnown = false
        periodFields = standIn.periodFields
        indexByNumber = standIn.indexByNumber
        indexByName = standIn.indexByName
    }

    /// The name of a kind or field that the schema does not know: `#17`.
    public static func unknownName(_ number: UInt32) -> String { "#\(number)" }

    /// Returns the number in the name of a kind or field that a schema does not know, or nil for
    /// other text.
    public static func number(inUnknownName name: some StringProtocol) -> UInt32? {
        guard name.hasPrefix("#"), let number = UInt32(name.dropFirst()) else { return nil }
        return unknownName(number) == name ? number : nil
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

    /// Returns the numbers of the fields that another schema's kind of the same number describes
    /// otherwise, or does not have, or has alone.
    public func fieldsDescribedOtherwise(in other: Kind) -> Set<UInt32> {
        let numbers = Set(fields.map(\.number)).union(other.fields.map(\.number))
        return numbers.filter { field(number: $0) != other.field(number: $0) }
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
    /// What tells the schema from every other one: a hash of its notation.
    public let digest: Digest128

    private let indexByNumber: [UInt32: Int]
    private let indexByName: [String: Int]
    /// What is known of every kind.
    private let standIn: Kind

    /// Creates a schema of kinds whose numbers and names do not repeat.
    init(version: UInt32, kinds: [Kind]) {
        self.version = version
        self.kinds = kinds
        digest = Digest128(hashing: Array(Self.notation(version, kinds).utf8))
        standIn = Self.standIn(of: kinds)
        indexByNumber = places(of: kinds.map(\.number))
        indexByName = places(of: kinds.map(\.name))
    }

    /// Returns the kind of a number, or nil where there is none such.
    /// - Complexity: O(1).
    public func kind(number: UInt32) -> Kind? {
        indexByNumber[number].map { kinds[$0] }
    }

    /// Returns the kind of a number; of one that the schema does not know what is known of every
    /// kind: a kind that is called `#17` and has the common fields alone.
    /// - Complexity: O(1).
    public func kind(orStandInFor number: UInt32) -> Kind {
        kind(number: number) ?? Kind(standIn: standIn, number: number)
    }

    /// What is known of every kind: the fields that all have.
    ///
    /// In a kind that nobody here knows, a field is taken for sensitive that is so in any.
    private static func standIn(of kinds: [Kind]) -> Kind {
        let common = (kinds.first?.fields ?? []).filter { $0.isCommon }.map { field in
            let isSensitive = kinds.contains {
                $0.field(number: field.number)?.isSensitive ?? false
            }
            return field.isSensitive == isSensitive ? field : field.with(isSensitive: isSensitive)
        }
        // Of a record about which nothing is known the strictest label is the right one to begin with.
        var strictest = ""
        if case .enumeration(let labels)? = common.first(where: {
            $0.number == Field.handlingNumber
        })?.type {
            strictest = labels.last ?? ""
        }
        return Kind(
            number: 0,
            name: Kind.unknownName(0),
            initialHandling: strictest,
            fields: common,
            namingFields: [],
            isKnown: false
        )
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
