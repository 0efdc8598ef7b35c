/// Bounds on vCards from outside: far above any real card, far below what fills a memory.
enum VCardLimits {
    /// Bytes kept of an unfolded line; only photos, sounds and keys may go on beyond.
    static let longestLine = 1 << 20
    /// Bytes of all lines of a card that are kept.
    static let largestCard = 4 << 20
    /// Properties of a card.
    static let properties = 5_000
    /// Parameters of a property.
    static let parameters = 200
    /// Cards within cards.
    static let depth = 8
}
