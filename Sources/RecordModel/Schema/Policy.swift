/// What settles the siblings of a field when it is read (causality: nothing is written by it).
///
/// For sets and rows it is the policy of one item whose other parts differ.
public enum Policy: String, Hashable, Sendable, CaseIterable {
    /// A person, unless the values are equal after normalising.
    case review
    /// The fuller text or the more precise partial date, else a person.
    case fuller
    /// Three-way by paragraph, else a person.
    case text
    /// The greatest hybrid time.
    case newest
    /// The greatest value.
    case max
    /// The least value.
    case min
    /// The most restrictive value.
    case strict
    /// The earliest hybrid time, for what is written once.
    case first
    /// Nothing: equal keys are equal items, or entries are only ever added.
    case none = "-"
}
