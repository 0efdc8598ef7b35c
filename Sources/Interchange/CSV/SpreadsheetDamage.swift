/// What spreadsheets do to cells that they take for numbers or formulas.
enum SpreadsheetDamage: Hashable {
    /// `#NAME?`, `#REF!`: the value of a formula that failed.
    case errorValue
    /// `########`: a number or date that did not fit into its column when it was printed.
    case hashes
    /// `4.91757E+11`: a long number of which most digits are lost.
    case rounded

    /// Tells the damage of a cell, or returns nil.
    init?(_ cell: String) {
        // Nearly every cell shows at once that it is whole.
        guard cell.utf8.count < 40,
            cell.utf8.contains(where: { $0 == 0x23 || $0 | 0x20 == 0x65 })
        else { return nil }
        let text = cell.filter { !$0.isWhitespace }
        if text.hasPrefix("#") {
            if text.utf8.count >= 3, text.allSatisfy({ $0 == "#" }) {
                self = .hashes
                return
            }
            guard Self.errors.contains(text.uppercased()) else { return nil }
            self = .errorValue
        } else if Self.isRounded(text) {
            self = .rounded
        } else {
            return nil
        }
    }

    /// What happened, for a person.
    var message: String {
        switch self {
        case .errorValue: "is the error of a formula"
        case .hashes: "is what a spreadsheet prints where a column is too narrow"
        case .rounded: "is a long number that a spreadsheet rounded; its digits are lost"
        }
    }

    private static let errors: Set = [
        "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
        "#GETTING_DATA", "#BEZUG!", "#WERT!", "#NV", "#ZAHL!", "#NOM?", "#VALEUR!", "#NOMBRE!",
        "#ИМЯ?", "#ЗНАЧ!", "#ССЫЛКА!", "#ERROR!",
    ]

    /// A figure with a decimal mark or none, `E`, and an exponent that makes it long.
    private static func isRounded(_ text: String) -> Bool {
        let halves = text.uppercased().split(separator: "E", omittingEmptySubsequences: false)
        guard halves.count == 2, let first = halves[0].utf8.first, (0x30...0x39).contains(first),
            halves[0].utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2C }),
            let exponent = Int(halves[1].hasPrefix("+") ? halves[1].dropFirst() : halves[1])
        else { return false }
        return (5...30).contains(exponent)
    }
}
