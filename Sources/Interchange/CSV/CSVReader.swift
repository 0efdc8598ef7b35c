import RecordModel

/// How a CSV file is to be read, where that is not to be found out.
public struct CSVOptions: Hashable, Sendable {
    /// The field, or `FIELD.PART`, that takes a column, by the column's name or position from 1.
    public var map: [String: String]
    /// The encoding; nil finds it out.
    public var encoding: TextEncoding?
    /// Which row that is not blank is the header, from 1; 0 where there is none; nil finds it out.
    public var headerRow: Int?

    /// Creates options.
    public init(
        map: [String: String] = [:],
        encoding: TextEncoding? = nil,
        headerRow: Int? = nil
    ) {
        self.map = map
        self.encoding = encoding
        self.headerRow = headerRow
    }
}

/// A reader of CSV whose header names the fields of a kind, or is one of another program.
///
/// An empty cell means that the row says nothing of that field. Columns that no field takes go to
/// the field `extra`, under the header's name, and are told once. The columns `id`, `uid` and
/// `kind` are those of `show --json`. What ``CSVWriter`` wrote reads back as it was.
public struct CSVReader: RecordReader {
    private var parser: CSVParser
    private let kind: Kind
    private let header: CSVHeader?
    private var survey: CSVSurvey?
    private var notices: [RowResult] = []
    /// A first row that is no header and has to be given yet.
    private var firstRow: CSVParser.Row?
    private var isGuessTold = false

    /// Opens a source and reads its header.
    /// - Throws: ``InterchangeError`` when the header cannot be read, names no field, or has not
    ///   what `map` names; the source's error when reading fails.
    public init(_ source: ByteSource, kind: Kind, map: [String: String] = [:]) throws {
        try self.init(source, kind: kind, options: CSVOptions(map: map))
    }

    /// Opens a source and reads its header, after a look through the file where it can be read
    /// twice.
    /// - Throws: ``InterchangeError`` when the header cannot be read, names no field, or has not
    ///   what the map names; the source's error when reading fails.
    public init(_ source: ByteSource, kind: Kind, options: CSVOptions) throws {
        let again = try source.reopened()
        self.kind = kind
        parser = try CSVParser(source, encoding: options.encoding) {
            CSVHeader.known($0, of: kind, map: options.map)
        }
        let headerRow = Self.headerRow(parser.layout, options)
        let rows = try Self.upToHeader(&parser, headerRow)
        guard let last = rows.last else {
            header = nil
            return
        }
        guard case .cells(let line, let cells) = last else {
            if case .malformed(_, let reason) = last {
                throw InterchangeError.unreadableHeader(reason: reason)
            }
            preconditionFailure("a row is cells or malformed")
        }
        guard cells.count <= InterchangeLimits.columns else {
            throw InterchangeError.unreadableHeader(
                reason: "it has \(cells.count) columns, more than \(InterchangeLimits.columns)"
            )
        }
        let header = try CSVHeader(
            cells.map(FormulaGuard.unguarded),
            kind: kind,
            map: options.map,
            isNamed: headerRow > 0
        )
        self.header = header
        if headerRow == 0 { firstRow = last }
        let isSupposed = headerRow == 0 && options.headerRow == nil
        let isSeparator = { (row: CSVParser.Row) in
            if case .cells(_, let cells) = row { cells[0].hasPrefix("sep=") } else { false }
        }
        let before = rows.dropLast().filter { !isSeparator($0) }
        notices = Self.notices(header, line: line, before: before)
        if isSupposed {
            let message =
                "no heading is known, so line \(line) was taken as a row; --header 1 says it is one"
            notices.append(.warning(line: line, message: message))
        }
        if let again {
            let columns = Self.roles(header, kind)
            survey = try CSVSurvey(
                CSVParser(again, encoding: options.encoding, layout: parser.layout),
                skipping: headerRow == 0 ? 0 : rows.count,
                dates: columns.dates,
                phones: columns.phones
            )
            notices += Self.notices(of: survey, header, line: line)
        }
    }

    /// The number of bytes read so far.
    public var bytesRead: Int { parser.source.bytesRead }
    /// The size of the file where it is known.
    public var totalBytes: Int? { parser.source.totalBytes }

    /// Returns what the next row came to, or nil at the end of the file; rows without any text
    /// are passed over.
    /// - Throws: the source's error when reading fails.
    public mutating func next() throws -> RowResult? {
        tellGuess()
        if !notices.isEmpty { return notices.removeFirst() }
        while let row = try firstRow ?? parser.next() {
            firstRow = nil
            switch row {
            case .malformed(let line, let reason):
                return .refused(line: line, reason: reason)
            case .cells(let line, let cells):
                guard cells.contains(where: { !$0.isBlankCell }) else { continue }
                do throws(Refusal) {
                    return .record(try self.row(cells, line: line))
                } catch {
                    return .refused(line: line, reason: error.reason)
                }
            }
        }
        tellGuess()
        return notices.isEmpty ? nil : notices.removeFirst()
    }

    // MARK: The header

    /// Which row is the header, from 1; 0 where there is none.
    private static func headerRow(_ layout: CSVLayout, _ options: CSVOptions) -> Int {
        if let said = options.headerRow { return max(0, said) }
        if let found = layout.headerIndex { return found + 1 }
        // Positions are named where there are no names.
        let isByPosition = !options.map.isEmpty && options.map.keys.allSatisfy { Int($0) != nil }
        return isByPosition ? 0 : 1
    }

    /// Reads the rows up to the header, or the first one where there is none.
    private static func upToHeader(_ parser: inout CSVParser, _ row: Int) throws -> [CSVParser.Row]
    {
        var rows: [CSVParser.Row] = []
        while rows.count < max(row, 1), let next = try parser.next() { rows.append(next) }
        return rows
    }

    /// The columns of dates and of telephone numbers.
    private static func roles(
        _ header: CSVHeader,
        _ kind: Kind
    ) -> (dates: Set<Int>, phones: Set<Int>) {
        var dates: Set<Int> = []
        var phones: Set<Int> = []
        for (index, column) in header.columns.enumerated() {
            switch column {
            case .field(let name):
                guard let type = kind.field(named: name)?.type else { continue }
                if type.isDate { dates.insert(index) }
                if type == .phone { phones.insert(index) }
            case .part(_, let part):
                if part.type.isDate { dates.insert(index) }
                if part.type == .phone { phones.insert(index) }
            case .heading(let heading):
                if heading.concept == .birthday || heading.isDate(of: kind) { dates.insert(index) }
                if heading.concept == .phone { phones.insert(index) }
            default: continue
            }
        }
        return (dates, phones)
    }

    private static func notices(
        _ header: CSVHeader,
        line: Int,
        before: [CSVParser.Row]
    ) -> [RowResult] {
        var notices: [RowResult] = []
        func note(_ message: String) { notices.append(.warning(line: line, message: message)) }
        if !before.isEmpty {
            note(
                "the header was found on line \(line); what stands before it was passed over "
                    + "(--header says otherwise)"
            )
        }
        if !header.unknown.isEmpty {
            let list = header.unknown.joined(separator: ", ")
            note("no field takes these columns, kept in extra: \(list)")
        }
        if !header.forbidden.isEmpty {
            let list = header.forbidden.joined(separator: ", ")
            note("dropped, since this is not kept about people: \(list)")
        }
        return notices
    }

    private static func notices(
        of survey: CSVSurvey?,
        _ header: CSVHeader,
        line: Int
    ) -> [RowResult] {
        let columns = (survey?.identityColumns ?? []).sorted().filter { index in
            index < header.columns.count && header.columns[index] != .forbidden
        }
        guard !columns.isEmpty else { return [] }
        let list = columns.map { header.names[$0] }.joined(separator: ", ")
        let message = "dropped, since it holds numbers of identity cards: \(list)"
        return [.warning(line: line, message: message)]
    }

    /// Tells once of an encoding that was found out.
    private mutating func tellGuess() {
        guard !isGuessTold, parser.isEncodingGuessed, let encoding = parser.encoding else { return }
        isGuessTold = true
        let message = "read as \(encoding.label); where letters are wrong, say --encoding"
        notices.append(.warning(line: 1, message: message))
    }

    // MARK: Rows

    private func row(_ cells: [String], line: Int) throws(Refusal) -> ImportedRow {
        let columns = header?.columns ?? []
        let names = header?.names ?? []
        if let excess = cells.dropFirst(columns.count).first(where: { !$0.isBlankCell }) {
            throw Refusal(
                "has \(cells.count) cells where the header has \(columns.count): "
                    + "“\(excess.prefix(40))”"
            )
        }
        var row = ImportedRow(file: parser.source.name, line: line, kind: kind.name, fields: [])
        var items = ItemColumns()
        var composer = CSVComposer(kind: kind)
        for (index, cell) in cells.enumerated() where !cell.isBlankCell {
            let text = FormulaGuard.unguarded(cell)
            let column = columns[index]
            let name = names[index]
            if isForbidden(text, column, index) {
                if survey?.identityColumns.contains(index) != true, column != .forbidden {
                    row.warnings.append("“\(name)”: a number of an identity card was dropped")
                }
                continue
            }
            if let damage = SpreadsheetDamage(text), damage.harms(column, of: kind) {
                composer.keep(text, of: name, "“\(text)” \(damage.message)")
                continue
            }
            switch column {
            case .field(let field):
                let type = kind.field(named: field)?.type ?? .text
                guard let value = composer.date(text, as: type, of: name, survey?.orders[index])
                else { continue }
                row.fields.append(ImportedField(name: field, value: .text(value)))
            case .part(let field, let part):
                guard
                    let value = composer.date(text, as: part.type, of: name, survey?.orders[index])
                else { continue }
                items.add(part, text: value, to: field)
            case .heading(let heading):
                composer.take(text, heading, name, survey?.orders[index])
            case .shortID: row.shortID = text
            case .uid: row.uid = text
            case .kind where text != kind.name:
                throw Refusal("is of kind “\(text)”, not “\(kind.name)”")
            case .kind, .passedOver, .forbidden: break
            case .extra(let name): composer.keep(text, of: name)
            }
        }
        row.fields += items.fields + composer.fields(beside: row.fields)
        row.warnings += composer.warnings
        return row
    }

    private func isForbidden(_ text: String, _ column: CSVHeader.Column, _ index: Int) -> Bool {
        if column == .forbidden || survey?.identityColumns.contains(index) == true { return true }
        if IdentityNumber.isHyphenated(text) { return true }
        if case .extra = column { return IdentityNumber.isOne(text) }
        return false
    }
}

extension SpreadsheetDamage {
    /// Whether a damaged cell is of no use in a column; a rounded number may be a figure elsewhere.
    fileprivate func harms(_ column: CSVHeader.Column, of kind: Kind) -> Bool {
        switch column {
        case .extra, .passedOver, .forbidden, .kind: return false
        case .shortID, .uid: return true
        case .heading(let heading):
            return self != .rounded || [.phone, .birthday].contains(heading.concept)
        case .part(_, let part): return self != .rounded || part.type == .phone
        case .field(let name):
            guard let field = kind.field(named: name) else { return true }
            return self != .rounded || field.type == .phone || name == "import_ids"
        }
    }
}

extension CSVHeading {
    /// Whether the column is one of a field of dates.
    fileprivate func isDate(of kind: Kind) -> Bool {
        guard case .field(let name) = concept else { return false }
        return kind.field(named: name)?.type.isDate == true
    }
}

extension ValueType {
    /// Whether values are days or partial dates.
    var isDate: Bool {
        switch self {
        case .date, .edtf, .instant: true
        default: false
        }
    }
}

extension String {
    /// Whether a cell holds nothing that can be seen.
    var isBlankCell: Bool {
        utf8.isEmpty || unicodeScalars.allSatisfy { $0.properties.isWhitespace || $0 == "\u{feff}" }
    }
}

/// The single items that a row gives part by part.
private struct ItemColumns {
    private var items: [(field: String, parts: [JSONMember])] = []

    mutating func add(_ part: Part, text: String, to field: String) {
        let member = JSONMember(part.name, .string(text))
        if let index = items.firstIndex(where: { $0.field == field }) {
            items[index].parts.append(member)
        } else {
            items.append((field, [member]))
        }
    }

    var fields: [ImportedField] {
        items.map { item in
            ImportedField(name: item.field, value: .json(.array([.object(item.parts)])))
        }
    }
}
