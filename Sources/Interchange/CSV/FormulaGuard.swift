/// The rule by which a CSV cell is kept from being run as a formula by a spreadsheet.
///
/// A cell is dangerous when it begins with `=`, `+`, `-`, `@`, tab or carriage return, except when
/// each of its items (parted by `;`) is a plain number: an optional sign, digits, and at most one
/// decimal point between digits. So phone numbers in E.164 and figures such as `-14` stay as they
/// are. Writing puts one apostrophe before a dangerous cell, and before one that is dangerous
/// behind apostrophes of its own; reading takes one such apostrophe away. Every text therefore
/// comes back as it was.
enum FormulaGuard {
    /// Returns the cell as it is written.
    static func guarded(_ cell: String) -> String {
        isDangerous(cell.utf8.drop { $0 == apostrophe }) ? "'" + cell : cell
    }

    /// Returns the cell as it was meant.
    static func unguarded(_ cell: String) -> String {
        guard cell.utf8.first == apostrophe,
            isDangerous(cell.utf8.drop { $0 == apostrophe })
        else { return cell }
        return String(cell.unicodeScalars.dropFirst())
    }

    private static let apostrophe = UInt8(ascii: "'")
    private static let openers: [UInt8] = [0x09, 0x0D] + "=+-@".utf8

    private static func isDangerous(_ cell: Substring.UTF8View) -> Bool {
        guard let first = cell.first, openers.contains(first) else { return false }
        return !cell.split(separator: UInt8(ascii: ";")).allSatisfy(isPlainNumber)
    }

    private static func isPlainNumber(_ item: Substring.UTF8View) -> Bool {
        var text = item.drop { $0 == 0x20 }
        if let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            text = text.dropFirst()
        }
        let parts = text.split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        return parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}
