/// The identity of one sequential writer: a random 128-bit number.
///
/// A replica has one actor for each space and each incarnation of its database; an actor's events
/// are numbered densely from 1. The order of actors is that of their bytes and has no causal
/// meaning; it only makes encodings and ties deterministic.
///
/// Spec: `Protocol/spec/01-terms.md`.
public struct ActorID: Hashable, Comparable, Sendable {
    /// The identity as a number, whose big-endian bytes are the encoded form.
    public let value: UInt128

    /// Creates an actor's identity from its number.
    public init(_ value: UInt128) {
        self.value = value
    }

    /// Creates an actor's identity from its 16 big-endian bytes, or nil where the count differs.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        value = bytes.reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// The 16 big-endian bytes of the identity.
    public var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: value >> (120 - 8 * UInt128($0))) }
    }

    /// Orders actors by their bytes.
    public static func < (left: ActorID, right: ActorID) -> Bool {
        left.value < right.value
    }
}

/// One event: the *counter*-th transaction of an actor.
///
/// The order of dots (by actor, then counter) serves encodings; it says nothing about causality.
///
/// Source: Almeida, Baquero, Fonte, "Dotted version vectors".
public struct Dot: Hashable, Comparable, Sendable {
    /// The writer.
    public let actor: ActorID
    /// The number of the event among those of its actor, from 1.
    public let counter: UInt64

    /// Creates the dot of an actor's event.
    public init(_ actor: ActorID, _ counter: UInt64) {
        self.actor = actor
        self.counter = counter
    }

    /// Orders dots by actor and then by counter.
    public static func < (left: Dot, right: Dot) -> Bool {
        left.actor == right.actor ? left.counter < right.counter : left.actor < right.actor
    }
}
