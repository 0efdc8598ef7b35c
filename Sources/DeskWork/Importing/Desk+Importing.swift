import CausalHistory
import Foundation
import Interchange
import RecordModel
import RecordStorage

extension Desk {
    /// How many rows one transaction takes in, as one change for each space.
    private static let batchSize = 2_000

    /// Imports files: every row is accounted for, and the same file again changes nothing.
    ///
    /// A row is matched by its uid, an authority's identifier, an import id, an ORCID iD or a ROR id.
    /// A row without any of these is matched by the short id of an export, in the same space; a
    /// record that it makes gets an import id of the row's content.
    ///
    /// An import changes single values and adds items; it takes none away. What a source says
    /// unchanged since the last import gives way to what officers wrote meanwhile, and a conflict
    /// stays for a person.
    ///
    /// - Parameters:
    ///   - options: What and how.
    ///   - isCancelled: Asked between transactions; what is counted then is done.
    ///   - progress: Told after each transaction.
    /// - Returns: What became of every row.
    /// - Throws: `DeskError` (`usage`, `unknown_kind`, `unknown_space`, `unknown_field`), and what
    ///   reading the files reports. A row is never a reason to throw.
    public func importFiles(
        _ options: ImportOptions,
        isCancelled: () -> Bool = { false },
        progress: (ImportProgress) -> Void = { _ in }
    ) throws -> ImportSummary {
        var run = ImportRun(
            name: options.isDryRun ? "" : hexadecimal(surroundings.newKey().prefix(4)),
            files: options.files.map { ($0 as NSString).lastPathComponent }
        )
        let space = try options.space.map { text in
            try store.read { try self.space(named: text, $0) }
        }
        let readers = try options.files.map { try reader(of: $0, options) }
        let source = ImportSource(
            readers,
            parser: RowParser(desk: self, space: space ?? missionSpace),
            batchSize: Self.batchSize
        )
        if options.isDryRun {
            // What would happen is what happens, taken back: exact, whatever the rows have to do
            // with each other.
            struct DryRun: Error { let summary: ImportSummary }
            do {
                try store.write { writer in
                    while let batch = try source.next(), !isCancelled() {
                        try take(batch.rows, &run, writer)
                        progress(batch.progress)
                    }
                    throw DryRun(summary: run.summary)
                }
            } catch let end as DryRun {
                return end.summary
            }
        }
        let started = store.environment.now()
        while let batch = try source.next() {
            guard !isCancelled() else {
                run.summary.isInterrupted = true
                break
            }
            var next = run
            try store.write { writer in
                try take(batch.rows, &next, writer)
                try writer.putImportRun(
                    StoredImportRun(
                        run: next.name,
                        started: started,
                        files: options.files.joined(separator: "\n"),
                        summary: next.account.text
                    )
                )
            }
            run = next
            progress(batch.progress)
        }
        return run.summary
    }

    /// Returns the rows that a run held for a person.
    /// - Throws: `DeskError` (`not_found`).
    public func heldRows(ofRun run: String) throws -> [ImportRowNote] {
        guard let stored = try store.read({ try $0.importRun(run) }) else {
            throw DeskError(.notFound, "no import run is named “\(run)”")
        }
        let account = try stored.summary.map { try JSONValue(parsing: $0) }
        return (account?["held_rows"]?.array ?? []).compactMap { row in
            guard let file = row["file"]?.string, let reason = row["reason"]?.string,
                case .number(let line)? = row["line"], let line = Int(line)
            else { return nil }
            return ImportRowNote(file: file, line: line, reason: reason)
        }
    }

    private func reader(
        of file: String,
        _ options: ImportOptions
    ) throws -> (file: String, reader: any RecordReader) {
        let path = file == "-" ? "/dev/stdin" : file
        let source = try ByteSource(path: path)
        let ending = (file as NSString).pathExtension.lowercased()
        guard let format = options.format ?? ImportFormat(file: file, ending: ending) else {
            throw DeskError(
                .usage,
                "the format of \(file) cannot be told by its name",
                hint: "Say --format vcard, csv, jsonl, jcard or ror."
            )
        }
        switch format {
        case .jsonl:
            let kind = try options.kind.map { try self.kind(named: $0).name }
            return (file, try JSONLinesReader(source, kind: kind))
        case .ror: return (file, try RORReader(source))
        case .vcard: return (file, VCardReader(source, kind: try cardKind(options)))
        case .jcard: return (file, try VCardReader(jCard: source, kind: cardKind(options)))
        case .csv:
            guard let name = options.kind else {
                throw DeskError(
                    .usage,
                    "a CSV file does not say of what kind its rows are",
                    hint: "Say --kind contact, for example."
                )
            }
            do {
                return (file, try CSVReader(source, kind: kind(named: name), map: options.map))
            } catch let error as InterchangeError {
                throw DeskError(.usage, "\(file): \(error.sentence)")
            }
        }
    }

    /// The kind that cards are to become; nil where each says it.
    private func cardKind(_ options: ImportOptions) throws -> String? {
        guard let name = options.kind else { return nil }
        let kind = try self.kind(named: name).name
        guard ["contact", "organisation"].contains(kind) else {
            throw DeskError(
                .usage,
                "a card is of a contact or an organisation, not of kind \(kind)",
                hint: "Leave --kind out, or say --kind contact."
            )
        }
        return kind
    }

    /// Takes rows in; where one meets what another of the same batch wrote, that is committed first.
    private func take(
        _ rows: [ReadRow],
        _ run: inout ImportRun,
        _ writer: StoreWriter
    ) throws {
        let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
        let planner = ImportPlanner(desk: self, viewer: viewer)
        var pending = PendingImport()
        func commit() throws {
            guard !pending.isEmpty else { return }
            let attribution = Attribution(
                time: writer.nextTime(),
                author: officer,
                reason: .importing,
                note: run.name
            )
            for (space, edits) in pending.edits.sorted(by: { $0.key < $1.key }) {
                try writer.commit(edits, in: space, attribution: attribution)
            }
            pending = PendingImport()
        }
        for row in rows {
            switch row {
            case .refused(let note): run.summary.refused.append(note)
            case .warning(let note): run.summary.warnings.append(note)
            case .parsed(let row):
                do {
                    if pending.touches(row) { try commit() }
                    try plan(row, planner, &pending, &run, writer)
                } catch let error as DeskError {
                    run.refuse(row.file, row.line, error.message)
                }
            }
        }
        try commit()
    }

    private func plan(
        _ row: ParsedRow,
        _ planner: ImportPlanner,
        _ pending: inout PendingImport,
        _ run: inout ImportRun,
        _ writer: StoreWriter
    ) throws {
        for message in row.warnings { run.warn(row.file, row.line, message) }
        switch try planner.match(row) {
        case .held(let reason):
            run.hold(row.file, row.line, reason)
        case .new(let uid):
            var draft = RecordDraft(
                new: uid,
                kind: row.kind,
                space: row.space,
                missionSpace: missionSpace
            )
            let owner = row.authority == nil ? missionSpace.text : nil
            begin(&draft, shortID: "", owner: owner)
            planner.fill(&draft, with: row, surroundings)
            try requireName(draft)
            // Numbered last, so that a refused row takes no number.
            draft.write(.value(Array(writer.nextShortID().utf8)), to: .shortID, in: draft.space)
            pending.add(draft, row)
            run.summary.created += 1
        case .existing(let held):
            if try update(held, row, planner, &pending, &run) {
                run.summary.updated += 1
            } else {
                run.summary.unchanged += 1
            }
        case .takenBack(let held):
            _ = try update(held, row, planner, &pending, &run)
            run.summary.created += 1
        }
    }

    /// Returns whether a row had something to say to its record.
    private func update(
        _ held: HeldRecord,
        _ row: ParsedRow,
        _ planner: ImportPlanner,
        _ pending: inout PendingImport,
        _ run: inout ImportRun
    ) throws -> Bool {
        var draft = RecordDraft(held, kind: row.kind, missionSpace: missionSpace)
        if held.isHidden { draft.undelete() }
        let conflicts = try planner.update(&draft, of: held, with: row, surroundings)
        for field in Set(conflicts).sorted() {
            let name = try planner.viewer.name(of: held)
            run.warn(row.file, row.line, "\(field) of \(name) is in conflict and was left so")
        }
        if draft.isEmpty { return false }
        pending.add(draft, row)
        return true
    }
}

/// The edits of a batch that are not committed yet, and what they are about.
private struct PendingImport {
    private(set) var edits: [SpaceName: [RecordEdit]] = [:]
    private var keys: Set<LookupKey> = []
    private var uids: Set<RecordUID> = []

    var isEmpty: Bool { edits.isEmpty }

    func touches(_ row: ParsedRow) -> Bool {
        row.uid.map(uids.contains) ?? false || !keys.isDisjoint(with: row.keys.map(\.lookup))
    }

    mutating func add(_ draft: RecordDraft, _ row: ParsedRow) {
        for space in draft.spaces {
            if let edit = draft.edit(in: space) { edits[space, default: []].append(edit) }
        }
        uids.insert(draft.uid)
        if let uid = row.uid { uids.insert(uid) }
        keys.formUnion(row.keys.map(\.lookup))
    }
}

/// An import while it goes on.
struct ImportRun {
    let name: String
    let files: [String]
    var summary: ImportSummary

    init(name: String, files: [String]) {
        self.name = name
        self.files = files
        summary = ImportSummary(run: name)
    }

    mutating func refuse(_ file: String, _ line: Int, _ reason: String) {
        summary.refused.append(ImportRowNote(file: file, line: line, reason: reason))
    }

    mutating func hold(_ file: String, _ line: Int, _ reason: String) {
        summary.held.append(ImportRowNote(file: file, line: line, reason: reason))
    }

    mutating func warn(_ file: String, _ line: Int, _ message: String) {
        summary.warnings.append(ImportRowNote(file: file, line: line, reason: message))
    }

    /// What the replica remembers of the run.
    var account: JSONValue {
        var members = summary.json.object ?? []
        members.append(JSONMember("held_rows", .array(summary.held.map(\.json))))
        return .object(members)
    }
}

extension InterchangeError {
    /// What is wrong, for a person.
    var sentence: String {
        switch self {
        case .noKnownColumn(let header, let kind):
            "no column is a field of \(kind): \(header.prefix(8).joined(separator: ", "))"
        case .unknownColumn(let name, let header):
            "there is no column “\(name)”; there are \(header.prefix(12).joined(separator: ", "))"
        case .unknownField(let name, let kind): "\(kind) has no field “\(name)”"
        case .unreadableHeader(let reason): "the header cannot be read: \(reason)"
        }
    }
}
