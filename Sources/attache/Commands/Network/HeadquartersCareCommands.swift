import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync

/// `attache hq compact`.
struct HeadquartersCompact: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Give up for good what every active desk has seen deleted.",
        discussion: """
            A server does it once an hour by itself. A desk that was silent for 180 days is dormant from then \
            on: nobody waits for it, and it is told what it has missed when it comes back. Changes that everybody \
            has seen and that are 180 days old move from the journal to headquarters.journal beside it.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        let report = try headquarters.replica().compact()
        var lines = [
            "\(report.collected.records) deleted records given up, "
                + "\(report.collected.thinned) records thinned"
        ]
        if report.attachments.count > 0 {
            lines.append(
                "\(report.attachments.count) attachments that no record names any more freed, "
                    + ByteSize(report.attachments.bytes).text
            )
        }
        if report.archived.changes > 0 {
            lines.append(
                "\(report.archived.changes) changes and \(report.archived.versions) replaced values moved "
                    + "to the archive"
            )
        }
        if !report.dormant.isEmpty {
            lines.append("dormant from now on: \(report.dormant.joined(separator: ", "))")
        }
        try output.print(report.json, text: lines.joined(separator: "\n"))
    }
}

/// `attache hq audit`.
struct HeadquartersAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Go through the journal and its archive; exits with 5 if anything is missing."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        let report = try headquarters.replica().audit()
        var lines = report.problems.map { output.style.bad("ill  ") + SafeText.line($0) }
        if lines.isEmpty {
            let archived = report.archive.map { ", \($0.changes) of them in the archive" } ?? ""
            lines.append("\(report.changes) changes\(archived): none is missing")
        }
        try output.print(report.json, text: lines.joined(separator: "\n"))
        if !report.problems.isEmpty { throw ExitCode.refused }
    }
}

/// `attache hq status`.
struct HeadquartersStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how headquarters stands."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    func run() throws {
        let status = try headquarters.replica().status()
        var lines = [
            "\(status.records) records, \(status.desks) desks, \(status.conflicts) conflicts",
            status.uptimeSeconds.map { "serving for \($0) s" } ?? "not serving",
        ]
        for space in status.spaces {
            lines.append("  \(space.name)  \(space.records) records  \(space.fingerprint.hex)")
        }
        try output.print(status.json, text: lines.joined(separator: "\n"))
    }
}

/// `attache hq backup`.
struct HeadquartersBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write a consistent copy while headquarters serves."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Argument(help: "The file to write.", completion: .file())
    var file: String

    func run() throws {
        let replica = try headquarters.replica()
        try replica.store.copy(to: file)
        if let archive = try replica.archive() {
            try archive.copy(to: JournalArchive.path(ofStoreAt: file))
            try archive.close()
        }
        let copy = try ReplicaStore(opening: file, schema: .chosen())
        let records = try copy.read { try $0.recordCount() }
        copy.checkpoint()
        try copy.close()
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
        let bytes = size?.intValue ?? 0
        try output.print(
            .object([
                JSONMember("file", .string(file)), JSONMember("bytes", .number(bytes)),
                JSONMember("records", .number(records)),
            ]),
            text: SafeText.line("\(file): \(records) records, \(bytes) bytes")
        )
    }
}

/// `attache hq restore`.
struct HeadquartersRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in headquarters' place; what is there now is kept beside it.",
        discussion: """
            Stop the server first. The desks send again what headquarters lost, each at its next sync; \
            for 30 days, and until each has done so, any desk may send what others wrote.
            """
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var headquarters: HeadquartersOptions

    @Argument(help: "The file that attache hq backup wrote.", completion: .file())
    var file: String

    func run() throws {
        let path = headquarters.path
        let kept = try ReplicaStore.restore(file, to: path, schema: try .chosen())
        // An archive that is there has all that the backup's has, and more.
        let archive = JournalArchive.path(ofStoreAt: path)
        let saved = JournalArchive.path(ofStoreAt: file)
        if !FileManager.default.fileExists(atPath: archive),
            FileManager.default.fileExists(atPath: saved)
        {
            try FileManager.default.copyItem(atPath: saved, toPath: archive)
        }
        let replica = try headquarters.replica(saysSo: false)
        let records = try replica.store.read { try $0.recordCount() }
        let aside = kept.map { " What was there is kept at \($0)." } ?? ""
        try output.print(
            .restored(records, to: path, kept: kept),
            text: SafeText.line(
                "\(records) records are restored; the desks send again what is missing.\(aside)"
            )
        )
    }
}
