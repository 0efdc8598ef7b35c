import DeskWork
import RecordModel

/// What a key does in a review.
enum ReviewKey: Hashable {
    case take(Int)
    case base
    case edit
    case both
    case mergeText
    case history
    case skip
    case undo
    case help
    case quit

    /// Creates the meaning of a key, or nil where it has none.
    init?(_ key: Character) {
        switch key {
        case "1"..."9": self = .take(key.wholeNumberValue ?? 0)
        case "b": self = .base
        case "e": self = .edit
        case "k": self = .both
        case "m": self = .mergeText
        case "h": self = .history
        case "s", "n": self = .skip
        case "u": self = .undo
        case "?": self = .help
        case "q", "\u{3}", "\u{4}": self = .quit
        default: return nil
        }
    }
}

/// Goes through conflicts, one at a time; each decision is one change, at once durable.
struct ReviewSession {
    private let desk: Desk
    private let kind: String?
    private let space: String?
    private var items: [ReviewItem]
    private var index = 0
    private var decided: [(change: String, index: Int)] = []
    private var skipped = 0

    /// Begins a review of what waits.
    init(_ desk: Desk, kind: String?, space: String?) throws {
        self.desk = desk
        self.kind = kind
        self.space = space
        items = try desk.reviewItems(kind: kind, space: space)
    }

    /// The conflict to decide; nil at the end.
    var current: ReviewItem? { index < items.count ? items[index] : nil }

    /// `Conflict 2 of 5`.
    var place: String { "Conflict \(index + 1) of \(items.count)" }

    /// What was done, in a sentence.
    var summary: String {
        if items.isEmpty { return "No conflicts are waiting." }
        let open = items.count - decided.count
        return "\(decided.count) decided, \(open) left."
    }

    /// The keys that the current conflict offers.
    var keys: String {
        guard let item = current else { return "[u] undo   [q] quit" }
        var keys =
            item.conflict.siblings.prefix(9).map { "[\($0.n)]" }.joined(separator: " ") + " take"
        if item.conflict.base != nil { keys += "   [b] base" }
        if item.conflict.field != "life" { keys += "   [e] edit" }
        if item.canKeepBoth { keys += "   [k] keep both" }
        if item.merge != nil { keys += "   [m] merge text" }
        return keys + "   [h] history   [s] skip   [u] undo   [?] [q]"
    }

    static let help = """
        1 2 …  take that version          b  take what stood there before
        e      type another value         k  keep both (sets, text)
        m      merge text by paragraph    h  history of the field
        s      skip, decide later         u  take the last decision back
        q      end; what was decided is saved
        """

    /// Decides the current conflict and goes to the next.
    /// - Returns: what was done.
    mutating func decide(_ choice: ConflictChoice, reason: String? = nil) throws -> String {
        guard let item = current else { return "" }
        let conflict = item.conflict
        let place = conflict.item.map { "\(conflict.field)[\($0)]" } ?? conflict.field
        let receipt = try desk.resolve(conflict.uid.description, place, choice, reason: reason)
        decided.append((receipt.change ?? "", index))
        index += 1
        return SafeText.line("decided \(conflict.id) \(place)  \(receipt.change ?? "")")
    }

    /// Leaves the current conflict for another time.
    mutating func skip() -> String {
        skipped += 1
        index = min(index + 1, items.count)
        return "skipped"
    }

    /// Takes the last decision back and returns to its conflict.
    mutating func undo() throws -> String {
        guard let last = decided.popLast() else {
            if index > 0 { index -= 1 }
            return "nothing was decided yet"
        }
        let result = try desk.undo(last.change)
        index = last.index
        // The versions have the dots of the undo now; they are read anew.
        let fresh = try desk.reviewItems(kind: kind, space: space)
        let conflict = items[index].conflict
        if let item = fresh.first(where: {
            $0.conflict.uid == conflict.uid && $0.conflict.key == conflict.key
        }) {
            items[index] = item
        }
        return "took back \(last.change) by \(result.receipts.first?.change ?? "")"
    }

    /// The history of the current conflict's field.
    func history(_ style: Style) throws -> [String] {
        guard let conflict = current?.conflict else { return [] }
        let field = conflict.field == "life" ? nil : conflict.field
        let text = HistoryText(style: style)
        return try desk.history(conflict.uid.description, field: field)
            .map { text.line($0, namesRecord: false) }
    }
}
