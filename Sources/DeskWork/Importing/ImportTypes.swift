import RecordModel

/// The format of a file to import.
public enum ImportFormat: String, Hashable, Sendable, CaseIterable {
    /// JSON Lines: the objects that `show --json` prints.
    case jsonl
    /// CSV with a header that names fields.
    case csv
    /// Data of the Research Organization Registry.
    case ror
    /// vCard 2.1, 3.0 or 4.0.
    case vcard
    /// jCard: vCard as JSON (RFC 7095).
    case jcard
}

/// What to import and how.
public struct ImportOptions: Sendable {
    /// The files; `-` is standard input.
    public var files: [String]
    /// The format; nil tells it by the file's name.
    public var format: ImportFormat?
    /// The kind of rows that name none.
    public var kind: String?
    /// The space of new records; nil for the mission's own.
    public var space: String?
    /// The field, or `FIELD.PART`, for columns that do not bear its name.
    public var map: [String: String]
    /// The encoding of CSV files, as people call it; nil finds it out.
    public var encoding: String?
    /// The row of CSV files that is the header, from 1, blank ones not counted; 0 where there is
    /// none; nil finds it out.
    public var headerRow: Int?
    /// Whether to say what would happen and write nothing.
    public var isDryRun: Bool

    /// Creates options.
    public init(
        files: [String],
        format: ImportFormat? = nil,
        kind: String? = nil,
        space: String? = nil,
        map: [String: String] = [:],
        encoding: String? = nil,
        headerRow: Int? = nil,
        isDryRun: Bool = false
    ) {
        self.files = files
        self.format = format
        self.kind = kind
        self.space = space
        self.map = map
        self.encoding = encoding
        self.headerRow = headerRow
        self.isDryRun = isDryRun
    }
}

/// How far an import is.
public struct ImportProgress: Hashable, Sendable {
    /// Bytes read of all files.
    public var bytes: Int
    /// The size of all files; nil where one is a pipe.
    public var totalBytes: Int?
    /// Rows that are done with.
    public var rows: Int
}

/// A row that an import did not take in, and why.
public struct ImportRowNote: Hashable, Sendable {
    /// The file as it was named.
    public let file: String
    /// The line on which the row begins, from 1.
    public let line: Int
    /// Why.
    public let reason: String

    /// The object that scripts read.
    public var json: JSONValue {
        .object([
            JSONMember("file", .string(file)), JSONMember("line", .number(line)),
            JSONMember("reason", .string(reason)),
        ])
    }
}

/// What became of one row, or would.
public struct ImportRowOutcome: Hashable, Sendable {
    /// What became of it.
    public enum Action: String, Hashable, Sendable {
        case created, updated, unchanged, held, refused
    }

    /// The file as it was named.
    public let file: String
    /// The line on which the row begins, from 1.
    public let line: Int
    /// What became of it.
    public let action: Action
    /// The record's short id, where it is known.
    public var id: String?
    /// The names of the fields that were written.
    public var fields: [String] = []
    /// Why it was held or refused.
    public var reason: String?

    /// The object that scripts read.
    public var json: JSONValue {
        var members = [
            JSONMember("file", .string(file)), JSONMember("line", .number(line)),
            JSONMember("action", .string(action.rawValue)),
        ]
        if let id { members.append(JSONMember("id", .string(id))) }
        if !fields.isEmpty {
            members.append(JSONMember("fields", .array(fields.map { .string($0) })))
        }
        if let reason { members.append(JSONMember("reason", .string(reason))) }
        return .object(members)
    }
}

/// What an import came to: every row is in one of the counts.
public struct ImportSummary: Hashable, Sendable {
    /// The run's name, by which it is undone; empty in a dry run.
    public var run: String
    /// Rows that made a record.
    public var created = 0
    /// Rows that changed a record.
    public var updated = 0
    /// Rows whose record says all that they say.
    public var unchanged = 0
    /// Rows that a person must look at: several records fit, or theirs was deleted.
    public var held: [ImportRowNote] = []
    /// Rows that cannot be read or that the schema does not accept.
    public var refused: [ImportRowNote] = []
    /// What was noticed about rows and files that were taken in all the same.
    public var warnings: [ImportRowNote] = []
    /// Whether the import was stopped before its end; what is counted is done.
    public var isInterrupted = false

    /// All rows.
    public var rows: Int { created + updated + unchanged + held.count + refused.count }

    /// The object that scripts read.
    public var json: JSONValue {
        .object([
            JSONMember("run", .string(run)), JSONMember("created", .number(created)),
            JSONMember("updated", .number(updated)), JSONMember("unchanged", .number(unchanged)),
            JSONMember("held", .number(held.count)),
            JSONMember("refused", .array(refused.map(\.json))),
        ])
    }
}
