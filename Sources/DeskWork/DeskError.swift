import RecordModel

/// Why a piece of a desk's work could not be done: what happened and what to do next.
public struct DeskError: Error, Hashable, Sendable {
    /// The stable code that scripts read.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// No record, change or import run has the name.
        case notFound = "not_found"
        /// The name fits several records or changes.
        case ambiguousID = "ambiguous_id"
        /// The schema has no such kind.
        case unknownKind = "unknown_kind"
        /// The kind has no such field.
        case unknownField = "unknown_field"
        /// The value is not accepted, or what was asked for does not fit the record's state.
        case badValue = "bad_value"
        /// Entries of a log are only ever added.
        case appendOnly = "append_only"
        /// The field has no such item.
        case noSuchItem = "no_such_item"
        /// The bytes of the attachment are not in this replica.
        case notHere = "not_here"
        /// The record is deleted.
        case deleted
        /// This replica holds no such space.
        case unknownSpace = "unknown_space"
        /// The expression or option cannot be read.
        case usage
    }

    /// The code.
    public let code: Code
    /// What happened, in one sentence without its full stop.
    public let message: String
    /// What to do, where something can be said.
    public let hint: String?

    /// Creates an error.
    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// Creates the error of a value that the schema does not accept.
    init(_ error: ValueError, field: String) {
        let code: Code = if case .appendOnly = error { .appendOnly } else { .badValue }
        self.init(code, "\(field): \(error.message)")
    }
}
