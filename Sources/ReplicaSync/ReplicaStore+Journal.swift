import CausalHistory
import RecordModel
import RecordStorage

extension ReplicaStore {
    /// How old a settled change is when it leaves the journal: 180 days, in milliseconds.
    public static let journalAge: UInt64 = 180 * 86_400_000

    /// How often to look for such changes: a day, in milliseconds.
    private static let journalInterval: UInt64 = 86_400_000

    /// The setting that says when the journal was last gone through to its end.
    private static let journalChecked = "journal_checked"

    /// Takes out of the journal what is settled and old, once a day; headquarters keeps it.
    ///
    /// - Parameters:
    ///   - age: How old it is at least, in milliseconds.
    ///   - batches: In how many transactions at most; the next time goes on from there.
    ///   - isDue: Whether it is time, however short the time since.
    /// - Returns: What left.
    /// - Throws: What the store reports.
    @discardableResult
    package func compactJournalDaily(
        age: UInt64 = journalAge,
        atMost batches: Int = 4,
        isDue: Bool = false
    ) throws -> JournalReport {
        let now = environment.now().milliseconds
        let last = try read { try $0.setting(Self.journalChecked) }.flatMap { UInt64($0) }
        // A clock that was put back must not put it off for years.
        if !isDue, let last, now >= last, now - last < Self.journalInterval {
            return JournalReport()
        }
        var report = JournalReport()
        for _ in 0..<batches where now > age {
            let limit = HybridTime(milliseconds: now - age)
            report.add(try write { try $0.compactJournal(before: limit) })
            if !report.isPartial { break }
        }
        if !report.isPartial { try write { try $0.set(Self.journalChecked, to: String(now)) } }
        return report
    }
}

/// Headquarters' journal of long ago.
///
/// Spec: `Protocol/spec/08-storage.md` §7.
extension HeadquartersReplica {
    /// The setting that says how far the archive had come when the journal was last moved there.
    private static let archiveMark = "archive_mark"

    /// The archive, nil where nothing was moved yet.
    public func archive() throws -> JournalArchive? {
        guard try store.read({ try $0.setting(Self.archiveMark) }) != nil else { return nil }
        return try JournalArchive(at: JournalArchive.path(ofStoreAt: store.path))
    }

    /// Moves what is settled and old from the journal to the archive.
    ///
    /// - Parameters:
    ///   - gone: Records that were given up: the archive forgets their values too.
    ///   - age: How old it is at least, in milliseconds.
    /// - Returns: What was moved.
    /// - Throws: What the store or the archive reports; then nothing left that is not in the archive.
    @discardableResult
    public func archiveJournal(
        besides gone: [RecordKey] = [],
        age: UInt64 = ReplicaStore.journalAge
    ) throws -> JournalReport {
        var report = JournalReport()
        var archive = try self.archive()
        try archive?.erase(gone)
        let now = store.environment.now()
        guard now.milliseconds > age else { return report }
        let limit = HybridTime(milliseconds: now.milliseconds - age)
        repeat {
            report.add(
                try store.write { writer in
                    try writer.compactJournal(before: limit) { history in
                        let path = JournalArchive.path(ofStoreAt: store.path)
                        let target = try archive ?? JournalArchive(at: path)
                        archive = target
                        let mark = try target.append(history, at: now)
                        try target.erase(history.erased)
                        try writer.set(Self.archiveMark, to: mark.text)
                    }
                }
            )
        } while report.isPartial
        try archive?.close()
        return report
    }

    /// Returns what is wrong about the journal: a change whose digest is missing, an archive that is not
    /// the one that was written.
    /// - Complexity: O(*n*) in all changes there ever were.
    public func audit() throws -> AuditReport {
        var report = AuditReport()
        try store.read { reader in
            for space in try reader.spaces() {
                for entry in try reader.knowledge(of: space.name).entries {
                    report.changes += Int(clamping: entry.counter)
                    let stretches = try reader.chains(of: entry.actor, after: 0)
                    // A branch begins where it was set apart.
                    let isBranch = try reader.root(of: entry.actor) != entry.actor
                    var expected = isBranch ? stretches.first?.first ?? 1 : 1
                    for stretch in stretches {
                        guard stretch.first <= expected else { break }
                        expected = stretch.first + UInt64(stretch.digests.count)
                    }
                    guard expected <= entry.counter else { continue }
                    let desk = try reader.desk(of: entry.actor) ?? "?"
                    report.problems.append(
                        "change \(expected) of desk \(desk) in \(space.name) is missing"
                    )
                }
            }
        }
        let mark = try store.read { try $0.setting(Self.archiveMark) }
        if let archive = try self.archive() {
            report.archive = try archive.mark
            report.problems += try archive.problems(remembered: mark)
            try archive.close()
        }
        return report
    }
}

/// What going through headquarters' journal came to.
public struct AuditReport: Hashable, Sendable {
    /// How many changes the chains count.
    public var changes = 0
    /// How far the archive has come; nil where there is none.
    public var archive: JournalArchive.Mark?
    /// What was found.
    public var problems: [String] = []

    /// Creates the report of nothing.
    public init() {}

    /// The object that scripts read.
    public var json: JSONValue {
        .object([
            JSONMember("changes", .number(changes)),
            JSONMember("archived_changes", .number(archive?.changes ?? 0)),
            JSONMember("archived_versions", .number(archive?.versions ?? 0)),
            JSONMember("problems", .array(problems.map { .string($0) })),
        ])
    }
}
