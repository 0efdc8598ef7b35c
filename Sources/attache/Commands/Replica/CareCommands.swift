import ArgumentParser
import DeskWork
import RecordModel

/// `attache backup`: a copy while work goes on.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the replica into a new file while work goes on.",
        discussion: "The key is not copied: a restored replica enrols anew."
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
