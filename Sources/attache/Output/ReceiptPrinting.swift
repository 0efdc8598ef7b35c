import DeskWork
import RecordModel

extension OutputOptions {
    /// Prints what a change came to; `verb` says what was done, as “changed”.
    func print(_ receipt: ChangeReceipt, _ verb: String) throws {
        for warning in receipt.warnings { warn(warning) }
        try print(receipt.json, text: text(of: receipt, verb))
    }

    /// Prints what taking back changes came to.
    func print(_ result: UndoResult) throws {
        for place in result.kept { warn("left as it is, since later edits stand on it: \(place)") }
        try print(
            result.json,
            text: result.receipts.isEmpty
                ? "Nothing to take back."
                : result.receipts.map { text(of: $0, "taken back") }.joined(separator: "\n")
        )
    }

    private func text(of receipt: ChangeReceipt, _ verb: String) -> String {
        let record = style.bold(SafeText.line(receipt.id))
        guard let change = receipt.change else { return "\(record) is unchanged" }
        return "\(record) \(verb)  \(style.dim(SafeText.line(change)))"
    }
}
