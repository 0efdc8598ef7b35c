import RecordModel

/// The numbering of the names that a desk gives its records: `ber-214`.
///
/// A desk numbers on from the highest number that its store has ever held, so that a replica that
/// starts anew, or one of several at a desk, does not name two records alike once it has heard of
/// the first.
struct ShortIDs {
    /// The setting that keeps the highest number.
    static let setting = "short_ids"

    /// What the desk's names begin with; nil in a store of no desk.
    private let prefix: [UInt8]?
    /// The highest number so far.
    private(set) var highest: UInt64
    /// Whether the number rose in this transaction.
    private(set) var isChanged = false

    init(_ reader: StoreReader) throws {
        prefix = try reader.setting("desk").map { Array("\($0.lowercased())-".utf8) }
        highest = try reader.setting(Self.setting).flatMap { UInt64($0) } ?? 0
    }

    /// Takes notice of a record's name, whoever gave it.
    mutating func note(_ content: Content) {
        guard let prefix, case .value(let bytes) = content, bytes.starts(with: prefix),
            let number = UInt64(String(decoding: bytes.dropFirst(prefix.count), as: UTF8.self)),
            number > highest, number < Self.limit
        else { return }
        highest = number
        isChanged = true
    }

    /// Returns the next name.
    mutating func next() -> String {
        highest += 1
        isChanged = true
        return String(decoding: prefix ?? [], as: UTF8.self) + String(highest)
    }

    /// Ten digits, as names have at most; one that somebody made up must not exhaust the rest.
    private static let limit: UInt64 = 1_000_000_000
}
