import RecordModel

/// A reader of vCard files: version 2.1, 3.0 and 4.0, as the standards and exporters have them.
///
/// A card of a person becomes a contact, one of an organisation an organisation; a card of a group
/// is refused. A card with a `UID` is known by it when it comes again; one without by its name
/// with its first e-mail address or telephone number, else by its whole content.
public struct VCardReader: RecordReader {
    private var cards: any VCardElements
    private let kind: String?

    /// Opens a vCard file; cards become records of `kind` where it is given.
    public init(_ source: ByteSource, kind: String? = nil) {
        cards = VCardScanner(source)
        self.kind = kind
    }

    /// Opens a file of jCards (RFC 7095): one, several in an array, or one a line.
    /// - Throws: the source's error when reading fails.
    public init(jCard source: ByteSource, kind: String? = nil) throws {
        cards = JCardScanner(try jsonElements(of: source))
        self.kind = kind
    }

    /// The number of bytes read so far.
    public var bytesRead: Int { cards.source.bytesRead }
    /// The size of the file where it is known.
    public var totalBytes: Int? { cards.source.totalBytes }

    /// Returns what the next card came to, or nil at the end of the file.
    /// - Throws: the source's error when reading fails.
    public mutating func next() throws -> RowResult? {
        switch try cards.next() {
        case nil: return nil
        case .refused(let line, let reason)?: return .refused(line: line, reason: reason)
        case .warning(let line, let message)?: return .warning(line: line, message: message)
        case .card(let card)?:
            do throws(Refusal) {
                let mapping = try CardMapping(card, kind: kind)
                guard !mapping.fields.names.isEmpty else { throw Refusal("the card is empty") }
                return .record(
                    ImportedRow(
                        file: cards.source.name,
                        line: card.line,
                        kind: mapping.kind,
                        fields: mapping.fields.imported,
                        uid: mapping.uid,
                        warnings: mapping.warnings
                    )
                )
            } catch {
                return .refused(line: card.line, reason: error.reason)
            }
        }
    }

    /// Whether a file that begins with these bytes is a vCard file.
    public static func recognises(_ start: [UInt8]) -> Bool {
        String(decoding: start.filter { $0 != 0 }.prefix(256), as: UTF8.self)
            .drop { $0.isWhitespace || $0 == "\u{feff}" || $0 == "\u{fffd}" }
            .uppercased().hasPrefix("BEGIN:VCARD")
    }

    /// Whether a file that begins with these bytes is a file of jCards.
    public static func recognisesJCard(_ start: [UInt8]) -> Bool {
        let text = String(decoding: start.prefix(256), as: UTF8.self)
            .filter { !$0.isWhitespace && $0 != "\u{feff}" }.lowercased()
        return text.hasPrefix("[\"vcard\"") || text.hasPrefix("[[\"vcard\"")
    }
}
