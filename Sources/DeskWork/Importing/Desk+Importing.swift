import CausalHistory
import Foundation
import Interchange
import RecordModel
import RecordStorage

extension Desk {
    /// How many rows one transaction takes in, as one change for each space.
    private static let batchSize = 2_000
    /// From so many on the search index is put in order.
    private static let manyRecords = 5_000

    /// Imports files: every row is accounted for, and the same file again changes nothing.
    ///
    /// A row is matched by its uid, an authority's identifier, an import id, an ORCID iD or a ROR id.
    /// A row without any of these is matched by the short id of an export, in the same space; a
    /// record that it makes gets an import id of the row's content. Where that finds nothing, a
    /// record of the same name is it if they share an e-mail address or telephone number that is
    /// one person's, or the employer; of several such a person has to choose.
    ///
    /// An import changes single values and adds items; it takes none away. What a source says
    /// unchanged since the last import gives way to what officers wrote meanwhile, and a conflict
    /// stays for a person.
    ///
    /// - Parameters:
    ///   - options: What and how.
    ///   - isCancelled: Asked between transactions; what is counted then is done.
    ///   - progress: Told after each transaction.
    ///   - row: Told what becomes of each row, in the order of the files; what it throws ends the
    ///     import at the last transaction. Nil where nobody wants to know.
    /// - Returns: What became of every row.
    /// - Throws: `DeskError` (`usage`, `unknown_kind`, `unknown_space`, `unknown_field`), and what
    ///   reading the files reports. A row is never a reason to throw.
    public func importFiles(
        _ options: ImportOptions,
        isCancelled: () -> Bool = { false },
        progress: (ImportProgress) -> Void = { _ in },
        row: ((ImportRowOutcome) throws -> Void)? = nil
    ) throws -> ImportSummary {
        var run = ImportRun(
            name: options.isDryRun ? "" : hexadecimal(surroundings.newKey().prefix(4)),
            files: options.files.map { ($0 as NSString).lastPathComponent },
            tellsRows: row != nil
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
                        try take(batch.rows, &run, writer, row)
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
                try take(batch.rows, &next, writer, row)
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
        if run.summary.created + run.summary.updated >= Self.manyRecords {
            store.mergeSearchIndex()
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
            return (file, try csvReader(of: file, source, kind(named: name), options))
        }
    }

    private func csvReader(
        of file: String,
        _ source: ByteSource,
        _ kind: Kind,
        _ options: ImportOptions
    ) throws -> CSVReader {
        let encoding = try options.encoding.map { name in
            guard let encoding = TextEncoding(named: name) else {
                let known = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
                throw DeskError(
                    .usage,
                    "there is no encoding “\(name)”",
                    hint: "Encodings are \(known)."
                )
            }
            return encoding
        }
        do {
            return try CSVReader(
                source,
                kind: kind,
                options: CSVOptions(
                    map: options.map,
                    encoding: encoding,
                    headerRow: options.headerRow
                )
            )
        } catch let error as InterchangeError {
            throw DeskError(.usage, "\(file): \(error.sentence)", hint: error.hint)
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
        _ writer: StoreWriter,
        _ tell: ((ImportRowOutcome) throws -> Void)?
    ) throws {
        let viewer = RecordViewer(writer.reader, missionSpace: missionSpace)
        let planner = ImportPlanner(desk: self, viewer: viewer, memory: run.memory)
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
            run.memory.didCommit()
        }
        for row in rows {
            switch row {
            case .refused(let note):
                let outcome = run.refuse(note.file, note.line, note.reason)
                try tell?(outcome)
            case .warning(let note): run.summary.warnings.append(note)
            case .parsed(let row):
                do {
                    if pending.touches(row) { try commit() }
                    var outcome = try plan(row, planner, &pending, &run, writer)
                    if outcome == nil {
                        try commit()
                        outcome = try plan(row, planner, &pending, &run, writer)
                    }
                    for message in row.warnings { run.warn(row.file, row.line, message) }
                    if let outcome { try tell?(outcome) }
                } catch let error as DeskError {
                    let outcome = run.refuse(row.file, row.line, error.message)
                    try tell?(outcome)
                }
            }
        }
        try commit()
    }

    /// Plans what a row does; nil where what waits has to be committed first.
    private func plan(
        _ row: ParsedRow,
        _ planner: ImportPlanner,
        _ pending: inout PendingImport,
        _ run: inout ImportRun,
        _ writer: StoreWriter
    ) throws -> ImportRowOutcome? {
        func outcome(
            _ action: ImportRowOutcome.Action,
            _ id: String,
            _ draft: RecordDraft
        ) -> ImportRowOutcome {
            let fields =
                run.tellsRows
                ? draft.writtenFields.filter { !Self.ownFields.contains($0) } : []
            return ImportRowOutcome(
                file: row.file,
                line: row.line,
                action: action,
                id: id,
                fields: fields
            )
        }
        switch try planner.match(row) {
        case .pending: return nil
        case .held(let reason): return run.hold(row.file, row.line, reason)
        case .new(let uid):
            try planner.requireKnown(row, of: nil)
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
            let shortID = writer.nextShortID()
            draft.write(.value(Array(shortID.utf8)), to: .shortID, in: draft.space)
            pending.add(draft, row)
            run.remember(uid, row, isNew: true)
            run.summary.created += 1
            return outcome(.created, shortID, draft)
        case .existing(let held), .takenBack(let held):
            try planner.requireKnown(row, of: held)
            let isBack = held.isHidden
            let draft = try update(held, row, planner, &run)
            let name = try planner.viewer.name(of: held)
            if !draft.isEmpty { pending.add(draft, row) }
            run.remember(held.uid, row, isNew: false)
            if isBack {
                run.summary.created += 1
            } else if draft.isEmpty {
                run.summary.unchanged += 1
            } else {
                run.summary.updated += 1
            }
            return outcome(isBack ? .created : draft.isEmpty ? .unchanged : .updated, name, draft)
        }
    }

    /// Fields that an import writes of itself.
    private static let ownFields: Set = [
        "life", "short_id", "owner", "handling", "sources", "import_ids",
    ]

    /// Returns what a row has to say to its record.
    private func update(
        _ held: HeldRecord,
        _ row: ParsedRow,
        _ planner: ImportPlanner,
        _ run: inout ImportRun
    ) throws -> RecordDraft {
        var draft = RecordDraft(held, missionSpace: missionSpace)
        if held.isHidden { draft.undelete() }
        let conflicts = try planner.update(&draft, of: held, with: row, surroundings)
        for field in Set(conflicts).sorted() {
            let name = try planner.viewer.name(of: held)
            run.warn(row.file, row.line, "\(field) of \(name) is in conflict and was left so")
        }
        return draft
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
    /// Whether somebody wants to know what becomes of each row.
    let tellsRows: Bool
    /// Shared by all batches of the run, which come one after the other.
    let memory = ImportMemory()
    var summary: ImportSummary

    init(name: String, files: [String], tellsRows: Bool) {
        self.name = name
        self.files = files
        self.tellsRows = tellsRows
        summary = ImportSummary(run: name)
    }

    mutating func refuse(_ file: String, _ line: Int, _ reason: String) -> ImportRowOutcome {
        summary.refused.append(ImportRowNote(file: file, line: line, reason: reason))
        return ImportRowOutcome(file: file, line: line, action: .refused, reason: reason)
    }

    mutating func hold(_ file: String, _ line: Int, _ reason: String) -> ImportRowOutcome {
        summary.held.append(ImportRowNote(file: file, line: line, reason: reason))
        return ImportRowOutcome(file: file, line: line, action: .held, reason: reason)
    }

    /// Remembers which record a row was about.
    func remember(_ uid: RecordUID, _ row: ParsedRow, isNew: Bool) {
        guard let portrait = row.portrait else { return }
        memory.remember(uid, portrait, of: row.source, isNew: isNew)
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
            "no column is a field of \(kind): \(Self.list(header, 8))"
        case .unknownColumn(let name, []): "the file has no column \(name), counted from 1"
        case .unknownColumn(let name, let header):
            "there is no column “\(name)”; there are \(Self.list(header, 12))"
        case .unknownField(let name, let kind): "\(kind) has no field “\(name)”"
        case .unreadableHeader(let reason): "the header cannot be read: \(reason)"
        }
    }

    /// What to do about it.
    var hint: String? {
        switch self {
        case .noKnownColumn(_, let kind):
            "Name columns with --map COLUMN=FIELD; if the file has no header, number them: "
                + "--map 1=preferred_name --map 2=emails. attache schema show \(kind) lists fields."
        case .unknownColumn:
            "Columns are named as the header has them, or numbered from 1: --map 3=city."
        case .unknownField(_, let kind): "attache schema show \(kind) lists its fields."
        case .unreadableHeader: nil
        }
    }

    private static func list(_ header: [String], _ limit: Int) -> String {
        header.prefix(limit).joined(separator: ", ") + (header.count > limit ? ", …" : "")
    }
}
