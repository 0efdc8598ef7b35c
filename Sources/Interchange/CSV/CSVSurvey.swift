import RecordModel

/// What a look through a file tells about its columns before a row is taken in.
struct CSVSurvey {
    /// The order of day and month, by column, where its dates settle it.
    private(set) var orders: [Int: SpreadsheetDate.Order] = [:]
    /// Columns that hold numbers of identity cards.
    private(set) var identityColumns: Set<Int> = []

    private var dayFirst: Set<Int> = []
    private var monthFirst: Set<Int> = []
    private var cardLike: [Int: (cards: Int, cells: Int)] = [:]

    /// Looks at the rows that a parser has yet to give.
    ///
    /// - Parameters:
    ///   - parser: The file from its beginning.
    ///   - skipped: How many rows stand before the first that is looked at.
    ///   - dates: The columns of dates.
    ///   - phones: The columns of telephone numbers, which may have 13 digits too.
    /// - Throws: the source's error when reading fails.
    /// - Complexity: O(*n*) in the bytes of the file; memory in the number of columns.
    init(
        _ parser: CSVParser,
        skipping skipped: Int,
        dates: Set<Int>,
        phones: Set<Int>
    ) throws {
        var parser = parser
        var index = 0
        while let row = try parser.next() {
            index += 1
            guard index > skipped, case .cells(_, let cells) = row else { continue }
            for (column, cell) in cells.enumerated() where !cell.isEmpty {
                if dates.contains(column), let order = SpreadsheetDate.evidence(in: cell) {
                    if order == .dayFirst {
                        dayFirst.insert(column)
                    } else {
                        monthFirst.insert(column)
                    }
                } else if !phones.contains(column) {
                    look(cell, in: column)
                }
            }
        }
        for column in dayFirst.symmetricDifference(monthFirst) {
            orders[column] = dayFirst.contains(column) ? .dayFirst : .monthFirst
        }
        for (column, count) in cardLike where count.cards * 2 > count.cells {
            identityColumns.insert(column)
        }
    }

    private mutating func look(_ cell: String, in column: Int) {
        let count = cardLike[column, default: (0, 0)]
        cardLike[column] = (count.cards + (IdentityNumber.isOne(cell) ? 1 : 0), count.cells + 1)
    }
}

/// Pakistan's numbers of identity cards (CNIC, NICOP): 13 digits, written 5-7-1.
enum IdentityNumber {
    /// Whether a cell is such a number; without its hyphens it might be another one.
    static func isOne(_ cell: String) -> Bool {
        guard (13...20).contains(cell.utf8.count) else { return false }
        let digits = cell.utf8.filter { (0x30...0x39).contains($0) }
        guard digits.count == 13 else { return false }
        return cell.utf8.allSatisfy {
            (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x20
        }
    }

    /// Whether a cell is such a number without doubt.
    static func isHyphenated(_ cell: String) -> Bool {
        guard (15...20).contains(cell.utf8.count) else { return false }
        let groups = cell.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
        return groups.map(\.utf8.count) == [5, 7, 1] && isOne(cell)
    }
}
