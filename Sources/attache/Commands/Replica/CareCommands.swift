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
        abstract: "Check the replica's file, counters, digests and indexes; exits with 5 if ill."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Flag(help: "Build again what can be built from the records.")
    var repair = false

    func run() throws {
        let report = try replica.desk().doctor(repair: repair)
        let style = output.style
        let lines = report.checks.map { check in
            (check.isOK ? style.good("ok   ") : style.bad("ill  "))
                + SafeText.line("\(check.name): \(check.detail)")
        }
        try output.print(report.json, text: lines.joined(separator: "\n"))
        if !report.isOK { throw ExitCode.refused }
    }
}
