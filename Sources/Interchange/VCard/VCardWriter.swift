import RecordModel

/// A writer of contacts and organisations as vCard 4.0 or jCard.
///
/// A vCard has lines of at most 75 octets that end in CR LF. What no property of the standards
/// holds is in properties `X-ATTACHE-…`, so that a reader of this package gets every field back.
public struct VCardWriter: Sendable {
    /// The two notations.
    public enum Notation: Hashable, Sendable {
        /// vCard 4.0 (RFC 6350).
        case vCard
        /// jCard (RFC 7095): the card alone where there is one, else a list of cards.
        case jCard
    }

    private let notation: Notation
    private let count: Int
    private var written = 0

    /// Creates a writer of so many cards.
    public init(_ notation: Notation, count: Int) {
        self.notation = notation
        self.count = count
    }

    /// Appends a record's card to `bytes`.
    ///
    /// - Parameters:
    ///   - kind: `contact`; any other kind is written as an organisation.
    ///   - uid: The record's number as 16 hexadecimal digits.
    ///   - fields: The fields, as `show --json` prints them.
    ///   - changed: When the record was changed, in RFC 3339, UTC.
    ///   - bytes: Takes the card.
    public mutating func write(
        kind: String,
        uid: String,
        fields: [JSONMember],
        changed: String? = nil,
        to bytes: inout [UInt8]
    ) {
        let card = CardComposer(
            kind: kind,
            uid: uid,
            fields: fields,
            changed: changed,
            reading: reread
        ).card
        switch notation {
        case .vCard: Self.write(card, to: &bytes)
        case .jCard:
            if count != 1 { bytes.append(contentsOf: written == 0 ? "[\n".utf8 : ",\n".utf8) }
            JCardWriter.json(card).write(to: &bytes)
        }
        written += 1
    }

    /// Appends what ends the file.
    public func finish(to bytes: inout [UInt8]) {
        guard notation == .jCard else { return }
        if count != 1 { bytes.append(contentsOf: written == 0 ? "[]".utf8 : "\n]".utf8) }
        bytes.append(0x0a)
    }

    /// Returns a card as it is read again.
    private func reread(_ card: VCard) -> VCard {
        switch notation {
        case .vCard:
            var bytes: [UInt8] = []
            Self.write(card, to: &bytes)
            var scanner = VCardScanner(ByteSource(bytes: bytes, name: ""))
            guard case .card(let read)? = try? scanner.next() else { return card }
            return read
        case .jCard: return JCardScanner.card(JCardWriter.json(card), line: 1) ?? card
        }
    }

    static func write(_ card: VCard, to bytes: inout [UInt8]) {
        writeLine("BEGIN:VCARD", to: &bytes)
        for property in card.properties {
            var header = CardExtra.header(of: property)
            // Names are of any case, but this one is known in its own.
            if property.name == CardGroups.label { header = property.group + ".X-ABLabel" }
            writeLine(
                header + ":" + VCardText.withoutLineEnds(property.value),
                to: &bytes
            )
        }
        writeLine("END:VCARD", to: &bytes)
    }

    /// The longest line in octets, without its end (RFC 6350 §3.2).
    private static let longestLine = 75

    private static func writeLine(_ line: String, to bytes: inout [UInt8]) {
        var room = longestLine
        for scalar in line.unicodeScalars {
            let size = UTF8.width(scalar)
            if size > room {
                bytes.append(contentsOf: [0x0d, 0x0a, 0x20])
                room = longestLine - 1
            }
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            room -= size
        }
        bytes.append(contentsOf: [0x0d, 0x0a])
    }
}
