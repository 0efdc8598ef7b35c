/// One word of a name as comparison sees it.
public struct NamePart: Hashable, Sendable {
    /// What a word is in its name.
    public enum Role: UInt8, Hashable, Sendable {
        /// A word of no known place.
        case plain
        /// A given name, where the source says so.
        case given
        /// A family name, where the source says so.
        case family
        /// A word that many bear and leave out as often, as Muhammad or Syed before a name.
        case common
        /// A word that is there in one writing of the name and missing in another, as a patronymic.
        case optional
        /// A word that introduces a part of an organisation, as Department.
        case unit
    }

    /// The word, folded.
    public let text: String
    /// Its role.
    public let role: Role

    /// Creates a part.
    public init(_ text: String, _ role: Role) {
        self.text = text
        self.role = role
    }

    /// Whether the word is the first letter of one.
    var isInitial: Bool { text.utf8.count <= 2 && text.unicodeScalars.count == 1 }
}

/// A name in the form in which it is compared: its words in any order, without what is not name.
public struct ComparableName: Hashable, Sendable {
    /// The words.
    public let parts: [NamePart]
    /// An organisation's legal form in one writing for all, where the name has one.
    public let legalForm: String?

    /// Creates a name.
    public init(parts: [NamePart], legalForm: String? = nil) {
        self.parts = parts
        self.legalForm = legalForm
    }
}
