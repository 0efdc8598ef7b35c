import RecordModel

/// An error as a person and a script read it: what happened, and what to do.
struct ErrorReport: Error {
    /// The stable code.
    let code: ErrorCode
    /// What happened and what is safe, without the full stop.
    let message: String
    /// What to do, as a sentence.
    let hint: String?

    /// Creates a report.
    init(_ code: ErrorCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The report as a person reads it.
    var text: String {
        let sentence = SafeText.line("attache: \(message).")
        return hint.map { sentence + " " + SafeText.line($0) } ?? sentence
    }

    /// The report as a script reads it.
    var json: JSONValue {
        .object([
            JSONMember(
                "error",
                .object(present: [
                    "code": .string(code.rawValue), "message": .string(message),
                    "hint": hint.map(JSONValue.string),
                ])
            )
        ])
    }
}
