/// What a stretch of a vCard file came to; `line` is its first line, from 1.
enum VCardElement: Hashable {
    case card(VCard)
    case refused(line: Int, reason: String)
    case warning(line: Int, message: String)
}

/// Cards of a file, one at a time, whatever their format.
protocol VCardElements {
    mutating func next() throws -> VCardElement?
    var source: ByteSource { get }
}

/// The cards of a vCard file of version 2.1, 3.0 or 4.0, one at a time.
///
/// What stands between cards is passed over with a warning. A card that is not closed is taken for
/// what it says, without the line within which the file ends.
struct VCardScanner: VCardElements {
    private var lines: VCardLines
    private let keepsBinary: Bool
    /// The line that begins the next card where the one before was not closed.
    private var pending: VCardLines.Line?

    init(_ source: ByteSource, keepsBinary: Bool = false) {
        lines = VCardLines(source)
        self.keepsBinary = keepsBinary
    }

    var source: ByteSource { lines.source }

    /// Returns the next card, or nil at the end of the file.
    /// - Throws: the source's error when reading fails.
    mutating func next() throws -> VCardElement? {
        var stray: (line: Int, count: Int, hasVersion: Bool)?
        while let line = try take() {
            let mark = Mark(line)
            if mark == .begin {
                if let stray {
                    pending = line
                    return .warning(line: stray.line, message: Self.strayMessage(stray.count))
                }
                return try card(from: line)
            }
            if mark == .end, let stray {
                return .refused(
                    line: stray.line,
                    reason: "a card ends here that BEGIN:VCARD does not begin"
                )
            }
            stray = (stray?.line ?? line.number, (stray?.count ?? 0) + 1, false)
        }
        return stray.map { .warning(line: $0.line, message: Self.strayMessage($0.count)) }
    }

    private static func strayMessage(_ count: Int) -> String {
        count == 1 ? "a line that is part of no card" : "\(count) lines that are part of no card"
    }

    private mutating func take() throws -> VCardLines.Line? {
        if let line = pending {
            pending = nil
            return line
        }
        return try lines.next()
    }

    private enum Mark {
        case begin, end, other

        init(_ line: VCardLines.Line) {
            guard line.bytes.count < 64 else {
                self = .other
                return
            }
            let text = String(decoding: line.bytes, as: UTF8.self).uppercased()
                .filter { !$0.isWhitespace }
            self = text == "BEGIN:VCARD" ? .begin : text == "END:VCARD" ? .end : .other
        }
    }

    private mutating func card(from first: VCardLines.Line) throws -> VCardElement {
        var card = VCard(line: first.number)
        var size = 0
        var reason: String?
        while let line = try take() {
            switch Mark(line) {
            case .end:
                return Self.finished(card, reason)
            case .begin:
                if card.properties.last?.name == "AGENT", card.properties.last?.isBlank == true {
                    let agent = try nested(depth: 1)
                    card.properties[card.properties.count - 1].value = VCardText.escaped(agent)
                    size += agent.utf8.count
                    continue
                }
                pending = line
                card.warnings.append("line \(line.number): another card begins in this one")
                return Self.finished(card, reason)
            case .other: break
            }
            if !line.isEnded, reason == nil {
                card.warnings.append("line \(line.number): the file ends within this line")
                continue
            }
            var warnings: [String] = []
            guard
                let property = VCardProperty(line, keepsBinary: keepsBinary, warnings: &warnings)
            else {
                let text = VCardCharset.guessed(Array(line.bytes.prefix(40))).text
                warnings.append(
                    "line \(line.number): “\(VCardText.line(text))” is no property, left out"
                )
                Self.add(warnings, to: &card)
                continue
            }
            Self.add(warnings, to: &card)
            if property.omittedBytes == nil {
                if line.isTooLong {
                    reason = reason ?? "line \(line.number) is longer than 1 MiB"
                }
                size += line.bytes.count
            }
            if size > VCardLimits.largestCard {
                reason = reason ?? "is larger than \(VCardLimits.largestCard >> 20) MiB"
            } else if card.properties.count >= VCardLimits.properties {
                reason = reason ?? "has more than \(VCardLimits.properties) properties"
            }
            if reason == nil { card.properties.append(property) }
        }
        card.warnings.append("the card is not closed: the file may be cut short")
        return Self.finished(card, reason)
    }

    /// Bounds what a damaged card has to say.
    private static func add(_ warnings: [String], to card: inout VCard) {
        if card.warnings.count < 20 { card.warnings += warnings }
    }

    private static func finished(_ card: VCard, _ reason: String?) -> VCardElement {
        if let reason { return .refused(line: card.line, reason: reason) }
        var card = card
        // In 2.1, and in cards of no version, a comma is a character as any other.
        if !["3.0", "4.0"].contains(card.version) {
            for index in card.properties.indices
            where !["CATEGORIES", "NICKNAME"].contains(card.properties[index].name) {
                let value = card.properties[index].value
                card.properties[index].value = VCardText.withEscapedCommas(value)
            }
        }
        return .card(card)
    }

    /// Reads the card of an agent up to its end and returns it as the text that 3.0 would hold.
    private mutating func nested(depth: Int) throws -> String {
        var text = "BEGIN:VCARD\n"
        while let line = try take() {
            let mark = Mark(line)
            if mark == .begin, depth < VCardLimits.depth {
                let inner = try nested(depth: depth + 1)
                if text.utf8.count + inner.utf8.count <= VCardLimits.longestLine { text += inner }
            } else if mark == .end {
                break
            } else if text.utf8.count + line.bytes.count <= VCardLimits.longestLine {
                text += VCardCharset.guessed(line.bytes).text + "\n"
            }
        }
        return text + "END:VCARD\n"
    }
}
