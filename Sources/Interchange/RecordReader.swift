import RecordModel

/// A reader that turns a file of some format into rows, one at a time and in bounded memory.
public protocol RecordReader {
    /// Returns what the next row of the file came to, or nil at its end.
    ///
    /// A bad row is a result and not an error: the rows after it are read all the same.
    /// - Throws: the source's error when reading fails.
    mutating func next() throws -> RowResult?

    /// The number of bytes read so far.
    var bytesRead: Int { get }
    /// The size of the file where it is known.
    var totalBytes: Int? { get }
}

/// What a row of an imported file came to.
public enum RowResult: Hashable, Sendable {
    /// The row describes a record.
    case record(ImportedRow)
    /// The row cannot be read; `line` is its first line, from 1.
    case refused(line: Int, reason: String)
    /// Something that concerns the file as a whole and that its reader should know.
    case warning(line: Int, message: String)
}

/// A record as a file describes it, before the schema has judged its values.
public struct ImportedRow: Hashable, Sendable {
    /// The file's name as the user gave it.
    public var file: String
    /// The line on which the row begins, from 1.
    public var line: Int
    /// The name of the record's kind.
    public var kind: String
    /// The fields of which the row says something.
    public var fields: [ImportedField]
    /// The outside register whose identifier determines the record's own.
    public var authority: Authority?
    /// The short id that the row gives, if it does.
    public var shortID: String?
    /// The uid that the row gives, if it does.
    public var uid: String?
    /// What is doubtful in the row though it was kept.
    public var warnings: [String]

    /// Creates a row.
    public init(
        file: String,
        line: Int,
        kind: String,
        fields: [ImportedField],
        authority: Authority? = nil,
        shortID: String? = nil,
        uid: String? = nil,
        warnings: [String] = []
    ) {
        self.file = file
        self.line = line
        self.kind = kind
        self.fields = fields
        self.authority = authority
        self.shortID = shortID
        self.uid = uid
        self.warnings = warnings
    }
}

/// A field of an imported row.
public struct ImportedField: Hashable, Sendable {
    /// The field's name, or `#` and a number for a field of another schema.
    public var name: String
    /// The value in the syntax of the file's format.
    public var value: RowValue
    /// The column from which the value comes, where the file is in another program's words: a
    /// value that the field does not accept is then kept in `extra` and does not refuse the row.
    public var column: String?

    /// Creates a field.
    public init(name: String, value: RowValue, column: String? = nil) {
        self.name = name
        self.value = value
        self.column = column
    }
}

/// A value as a file gives it.
public enum RowValue: Hashable, Sendable {
    /// A value in the form of JSON Lines.
    case json(JSONValue)
    /// A CSV cell: items are parted by `;`, a cell that begins with `[` is a JSON list.
    case text(String)
}

/// An identifier in an outside register, such as ROR, that names the same thing at every desk.
public struct Authority: Hashable, Sendable {
    /// The register, in lower case, such as `ror`.
    public var scheme: String
    /// The bare identifier, such as `05bbbc791`.
    public var id: String

    /// Creates an identifier.
    public init(scheme: String, id: String) {
        self.scheme = scheme
        self.id = id
    }
}

/// Why a file as a whole cannot be imported.
public enum InterchangeError: Error, Hashable, Sendable {
    /// None of the header's columns names a field of the kind.
    case noKnownColumn(header: [String], kind: String)
    /// The column that was to be mapped is not in the header.
    case unknownColumn(String, header: [String])
    /// The field to which a column was to be mapped is not one of the kind.
    case unknownField(String, kind: String)
    /// The header of a CSV file cannot be read.
    case unreadableHeader(reason: String)
}

/// Why a row cannot be taken in.
struct Refusal: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// Bounds on what is read from outside.
enum InterchangeLimits {
    /// The longest row in bytes: far above any real record, far below what fills a memory.
    static let longestRow = 4 << 20
    /// Columns of a table: as many as a spreadsheet has.
    static let columns = 16_384
    static let tooLong = "longer than \(longestRow >> 20) MiB"
}
