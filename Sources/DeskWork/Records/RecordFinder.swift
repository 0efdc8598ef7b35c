import CausalHistory
import RecordModel
import RecordStorage

/// Finds the record that a person or a reference names.
struct RecordFinder {
    private let viewer: RecordViewer
    private var reader: StoreReader { viewer.reader }

    init(_ viewer: RecordViewer) {
        self.viewer = viewer
    }

    /// How many records an error names of those that a text fits.
    private static let shownLimit = 8

    /// Returns the record that a text names.
    ///
    /// It may be a short id (with `~` and digits of the uid), a uid or at least four of its first
    /// digits, an ORCID iD, a ROR id, or an e-mail address. Deleted records are found by short id
    /// and uid.
    /// - Throws: `DeskError` (`not_found`, `ambiguous_id`).
    func record(named text: String) throws -> HeldRecord {
        let found = try records(named: text)
        if found.count == 1 { return found[0] }
        let visible = found.filter { !$0.isHidden }
        if visible.count == 1 { return visible[0] }
        // Of a merged record and the one that stands for it, the latter is meant.
        let standing = try visible.filter { try reader.survivor(of: $0) == nil }
        if standing.count == 1 { return standing[0] }
        guard !found.isEmpty else {
            throw DeskError(
                .notFound,
                "no record is named “\(text)”",
                hint: "Look for it with: attache find \(text)"
            )
        }
        let meant = standing.isEmpty ? found : standing
        let names = try meant.prefix(Self.shownLimit).map { held in
            let title = viewer.title(of: held)
            return try viewer.name(of: held) + (title.isEmpty ? "" : " (\(title))")
        }
        throw DeskError(
            .ambiguousID,
            "“\(text)” fits \(meant.count) records: \(names.joined(separator: ", "))",
            hint: "Name one of them by its short id."
        )
    }

    private func records(named text: String) throws -> [HeldRecord] {
        let text = String(
            text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        )
        if let reference = Reference(text) {
            let found = try records(for: reference)
            if !found.isEmpty { return found }
        }
        for scheme in ["orcid", "ror"] {
            if let identifier = Identifier(scheme: scheme, text) {
                let found = try records(for: .identifier(identifier))
                if !found.isEmpty { return found }
            }
        }
        if text.contains("@") {
            var warnings: [ValueWarning] = []
            let address = try? ValueType.email.canonical(
                text,
                context: ValueContext(),
                warnings: &warnings
            )
            return try records(scheme: "email", address ?? text)
        }
        if text.utf8.count >= 4, text.allSatisfy(\.isHexDigit) {
            return try reader.records(uidPrefix: text, limit: 50).compactMap(reader.held)
        }
        return []
    }

    /// Returns the records that a reference fits.
    func records(for reference: Reference) throws -> [HeldRecord] {
        switch reference {
        case .uid(let uid): return try reader.held(uid).map { [$0] } ?? []
        case .identifier(let identifier):
            return try records(scheme: identifier.scheme, identifier.value)
        case .shortID(let text):
            let halves = text.split(separator: "~").map(String.init)
            var found = try records(scheme: "short", halves[0])
            if found.isEmpty {
                found = try reader.hiddenRecords()
                    .filter { viewer.shortID(of: $0) == halves[0] }
                    .compactMap { try reader.held($0.key.uid) }
            }
            guard halves.count == 2 else { return found }
            return found.filter { $0.uid.description.hasPrefix(halves[1]) }
        }
    }

    /// Returns the visible records that bear an identifier; the index is only a hint.
    func records(scheme: String, _ identifier: String) throws -> [HeldRecord] {
        var found: [HeldRecord] = []
        for row in try reader.candidates(for: LookupKey(scheme: scheme, identifier.utf8)) {
            guard let part = try reader.record(row: row),
                !found.contains(where: { $0.uid == part.key.uid }),
                Self.bears(part.state, scheme: scheme, identifier, reader.schema),
                let held = try reader.held(with: part)
            else { continue }
            found.append(held)
        }
        return found
    }

    /// The fields by which a scheme names records.
    private static let fields = [
        "short": "short_id", "orcid": "orcid", "ror": "ror", "email": "emails",
        "import": "import_ids", "merged": "merged_into",
    ]

    private static func bears(
        _ state: RecordState,
        scheme: String,
        _ identifier: String,
        _ schema: Schema
    ) -> Bool {
        guard let name = fields[scheme],
            let field = schema.kind(orStandInFor: state.kind).field(named: name)
        else { return false }
        let wanted = Array(identifier.utf8)
        return state.entries(of: field.number).contains { entry in
            entry.siblings.siblings.contains { sibling in
                guard case .value(let bytes) = sibling.version.content else { return false }
                if field.isRegister { return bytes == wanted }
                let first = field.parts(of: Item(key: entry.key.item, value: bytes))?.first
                return first.map { Array($0.text.utf8) == wanted } ?? false
            }
        }
    }
}
