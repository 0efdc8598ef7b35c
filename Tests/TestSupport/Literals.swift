import CausalHistory
import RecordModel

// Actors, dots and vectors as short texts, so that a test can be read beside its drawing: `"a"` is
// the first actor, `"b3"` the third event of the second, `"a2 b3"` a vector. A literal that is none
// of these is a mistake in the test and stops it.

extension ActorID: ExpressibleByStringLiteral {
    /// Creates an actor from a letter, `"a"` being number 1.
    public init(stringLiteral text: String) {
        let letters = Array(text.utf8)
        precondition(letters.count == 1 && (0x61...0x7a).contains(letters[0]), "actor: \(text)")
        self.init(UInt128(letters[0] - 0x60))
    }
}

extension Dot: ExpressibleByStringLiteral {
    /// Creates a dot from an actor's letter and a counter.
    public init(stringLiteral text: String) {
        guard let counter = UInt64(text.dropFirst()) else { preconditionFailure("dot: \(text)") }
        self.init(ActorID(stringLiteral: String(text.prefix(1))), counter)
    }
}

extension VersionVector: ExpressibleByStringLiteral {
    /// Creates the least vector that covers the dots, which spaces part.
    public init(stringLiteral text: String) {
        self.init(covering: text.split(separator: " ").map { Dot(stringLiteral: String($0)) })
    }
}

extension Attribution {
    /// Creates the attribution of a change by a fictional officer at a number of milliseconds.
    public static func by(_ author: String, at milliseconds: UInt64 = 0) -> Attribution {
        Attribution(time: HybridTime(milliseconds: milliseconds), author: author)
    }
}

extension Content {
    /// Creates the content of a text value.
    public static func text(_ text: String) -> Content { .value(Array(text.utf8)) }
}
