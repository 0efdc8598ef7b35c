import RecordModel

/// A reader of JSON Lines: the objects that `show --json` prints, one a line or in one array.
///
/// Only `kind` and `fields` are needed; `id` and `uid` are handed on, other members are passed
/// over. A member of `fields` that is null counts as absent.
public struct JSONLinesReader: RecordReader {
    private var elements: any JSONElements
    private let defaultKind: String?

    /// Opens a source; objects that name no kind are of `kind`.
    /// - Throws: the source's error when reading fails.
    public init(_ source: ByteSource, kind: String? = nil) throws {
        elements = try jsonElements(of: source)
        defaultKind = kind
    }

    /// The number of bytes read so far.
    public var bytesRead: Int { elements.source.bytesRead }
    /// The size of the file where it is known.
    public var totalBytes: Int? { elements.source.totalBytes }

    /// Returns what the next object came to, or nil at the end of the file.
    /// - Throws: the source's error when reading fails.
    public mutating func next() throws -> RowResult? {
        try elements.next()?.rowResult { line, value in
            do throws(Refusal) {
                return .record(try row(value, line: line))
            } catch {
                return .refused(line: line, reason: error.reason)
            }
        }
    }

    private func row(_ value: JSONValue, line: Int) throws(Refusal) -> ImportedRow {
        guard value.object != nil else { throw Refusal("not a JSON object") }
        guard let kind = try text("kind", of: value) ?? defaultKind else {
            throw Refusal("names no “kind”, and none was given")
        }
        guard let fields = value["fields"]?.object else {
            throw Refusal("has no “fields” object")
        }
        return ImportedRow(
            file: elements.source.name,
            line: line,
            kind: kind,
            fields: fields.compactMap { member in
                member.value == .null
                    ? nil : ImportedField(name: member.name, value: .json(member.value))
            },
            shortID: try text("id", of: value),
            uid: try text("uid", of: value)
        )
    }

    private func text(_ name: String, of value: JSONValue) throws(Refusal) -> String? {
        switch value[name] {
        case nil, .null: nil
        case .string(let text): text
        default: throw Refusal("“\(name)” is not a string")
        }
    }
}

/// A writer of JSON Lines: one object a line, in UTF-8 with LF line ends.
public struct JSONLinesWriter: Sendable {
    /// Creates a writer.
    public init() {}

    /// Appends an object and its line end to `bytes`.
    public func write(_ object: JSONValue, to bytes: inout [UInt8]) {
        object.write(to: &bytes)
        bytes.append(0x0A)
    }
}
