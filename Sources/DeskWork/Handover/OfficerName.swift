import RecordModel

/// Whom a text such as `BER`, `H. Raza` or `BER H. Raza` names, in fields that hold a desk's code, or a
/// desk's code and an officer.
struct OfficerName {
    /// The text as it was given.
    let text: String
    private let code: String?
    private let person: [String]

    /// Reads a name.
    ///
    /// - Parameters:
    ///   - text: A desk's code, an officer's name, or both.
    ///   - desks: The codes of the desks that there are, in capitals.
    init(_ text: String, desks: Set<String>) {
        self.text = text
        let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let isCode = words.first.map { desks.contains($0.uppercased()) } ?? false
        code = isCode ? words.first?.uppercased() : nil
        person = words.dropFirst(isCode ? 1 : 0).map { SearchFold.fold($0) }
    }

    /// Whether this is a desk, with all its officers.
    var isDesk: Bool { code != nil && person.isEmpty }

    /// The mission's code of the desk, where one is named.
    var mission: String? { code?.lowercased() }

    /// Whether another text names this officer, or this desk or one of its officers.
    func covers(_ other: OfficerName) -> Bool {
        if isDesk { return other.code == code }
        guard !person.isEmpty, other.person == person else { return false }
        return code == nil || other.code == nil || code == other.code
    }

    /// Returns what stands in the place of another name once this officer has taken over: the other's
    /// desk stays where this name has none.
    func succeeding(_ other: OfficerName) -> String {
        guard code == nil, let desk = other.code else { return text }
        return "\(desk) \(text)"
    }
}
