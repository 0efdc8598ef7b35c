import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync

/// `attache backup`: a copy while work goes on.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the replica into a new file while work goes on.",
        discussion: """
            attache restore puts it back. The key is not copied: a replica that is restored on \
            another machine enrols anew.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The file, which must not be there yet.", completion: .file())
    var file: String

    func run() throws {
        let desk = try replica.desk()
        let bar = ProgressBar("backup")
        defer { bar.finish() }
        let report = try desk.backup(to: file) { done, total in
            bar.update(done: done, of: total, count: done, unit: "pages")
        }
        bar.finish()
        try output.print(
            report.json,
            text: SafeText.line(
                "\(report.records) records, \(report.bytes) bytes in \(report.file)"
            )
        )
    }
}

/// `attache restore`: a backup in the replica's place.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the replica's place; what is there now is kept beside it.",
        discussion: """
            The restored replica goes on under a new identity, so that nothing it writes can be taken \
            for what it wrote before. The next sync brings back what headquarters has of the time since.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The file that attache backup wrote.", completion: .file())
    var file: String

    func run() throws {
        let path = replica.path
        let kept = try ReplicaStore.restore(file, to: path, schema: try .chosen())
        let store = try ReplicaStore(opening: path, schema: .chosen())
        let erasures = try kept.map(Self.erasures) ?? []
        let erased = try store.write { writer in
            try writer.takeNewIdentity()
            return try writer.eraseAgain(erasures)
        }
        try store.purgeErased()
        try store.keepWitness { _ in }
        let desk = try Desk(store: store)
        let records = try store.read { try $0.recordCount() }
        let keyPath = ReplicaIdentity.keyPath(ofStoreAt: path)
        let hasKey = FileManager.default.fileExists(atPath: keyPath)
        var lines = ["\(records) records of desk \(desk.code) are restored at \(path)."]
        if let kept { lines.append("What was there is kept at \(kept).") }
        if erased > 0 {
            lines.append("\(erased) of them had been erased since, and were erased again.")
        }
        lines.append(
            hasKey
                ? "The next attache sync brings back what headquarters has."
                : "There is no key: attache enrol joins headquarters, and brings back what it has."
        )
        try output.print(
            .restored(records, to: path, kept: kept),
            text: lines.map(SafeText.line).joined(separator: "\n")
        )
    }

    /// What the file that was replaced knew to be erased; nothing where it cannot be read any more.
    private static func erasures(knownTo kept: String) throws -> [StoredErasure] {
        guard let store = try? ReplicaStore(opening: kept) else { return [] }
        let erasures = try? store.read { try $0.erasures() }
        try store.close()
        return erasures ?? []
    }
}

extension JSONValue {
    /// What `restore` and `hq restore` print.
    static func restored(_ records: Int, to path: String, kept: String?) -> JSONValue {
        .object(present: [
            "file": .string(path), "records": .number(records), "kept": kept.map { .string($0) },
        ])
    }
}

/// `attache doctor`: whether the replica is sound.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the replica's file, counters, digests and indexes; exits with 5 if ill.",
        discussion: """
            With --repair, what can be built from the records is built again, and a file with malformed pages \
            is put together anew from all that can be read of it. The malformed file is kept, and what was \
            sent once comes back with the next attache sync.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Flag(help: "Mend what can be mended.")
    var repair = false

    func run() throws {
        let salvage = repair ? try ReplicaStore.salvage(replica.path) : nil
        var report = try checked()
        report.repairs = (salvage?.sentences ?? []) + report.repairs
        let style = output.style
        let repairs = report.repairs.map { style.warning("mended ") + SafeText.line($0) }
        let lines = report.checks.map { check in
            (check.isOK ? style.good("ok   ") : style.bad("ill  "))
                + SafeText.line("\(check.name): \(check.detail)")
        }
        try output.print(report.json, text: (repairs + lines).joined(separator: "\n"))
        if !report.isOK { throw ExitCode.refused }
    }

    private func checked() throws -> DoctorReport {
        do {
            return try replica.desk().doctor(repair: repair)
        } catch let error as StoreError {
            // A file of ours that cannot even be opened is ill, too; the key shows whose it is.
            let isOurs = FileManager.default.fileExists(
                atPath: ReplicaIdentity.keyPath(ofStoreAt: replica.path)
            )
            switch error {
            case .damaged: break
            case .foreignFile where isOurs: break
            default: throw error
            }
            let problems = try ReplicaStore.malformations(of: replica.path)
            if problems.isEmpty { throw error }
            let detail = problems.prefix(5).joined(separator: "; ")
            return DoctorReport(checks: [DoctorCheck(name: "file", isOK: false, detail: detail)])
        }
    }
}

extension SalvageReport {
    /// What was done, a sentence each.
    fileprivate var sentences: [String] {
        var lines = [
            "the file was malformed (\(problems.first ?? "")): it was put together anew, with "
                + "\(records) records; the malformed one is kept at \(kept)"
        ]
        let sent = lost.filter { !$0.isUnsent }
        if !sent.isEmpty {
            lines.append(
                "\(sent.count) records could not be read, and come back with the next attache sync: "
                    + Self.names(sent)
            )
        }
        let unsent = lost.filter(\.isUnsent)
        if !unsent.isEmpty {
            lines.append(
                "\(unsent.count) records with changes that were never sent could not be read; a backup "
                    + "may hold these: \(Self.names(unsent))"
            )
        }
        if !Set(incomplete).isDisjoint(with: ["past", "change", "change_record"]) {
            lines.append("a part of the history could not be read; headquarters keeps it")
        }
        if incomplete.contains("setting") {
            lines.append(
                "the settings were lost and told from what was written: see attache config"
            )
        }
        if incomplete.contains("peer") || incomplete.contains("peer_space") {
            lines.append(
                "what is remembered of headquarters could not be read: attache enrol joins it anew"
            )
        }
        if hasNewIdentity {
            lines.append(
                "the replica goes on under a new identity, since it cannot be sure of the old one"
            )
        }
        return lines
    }

    private static func names(_ lost: [LostRecord]) -> String {
        let names = lost.prefix(20).map { "\($0.record.uid) of \($0.record.space)" }
        let more = lost.count > names.count ? ", and \(lost.count - names.count) more" : ""
        return names.joined(separator: ", ") + more
    }
}
