import ArgumentParser
import Foundation
import RecordModel

/// The program: one command with its subcommands.
@main
struct Attache: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attache",
        abstract: "Records of the diaspora and of collaborations that every desk holds itself.",
        discussion: """
            Works without a network; attache sync exchanges with headquarters. Without a command \
            it says how the replica stands.

            attache demo                shows everything in one go
            attache help exit-codes     what scripts may rely on
            attache help values         how values are typed
            attache help where          how lists are narrowed
            """,
        version: ProductVersion.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Records",
                subcommands: [
                    AddCommand.self, SetCommand.self, EditCommand.self, ShowCommand.self,
                    ListCommand.self, FindCommand.self, DeleteCommand.self,
                    UndeleteCommand.self, EraseCommand.self,
                ]
            ),
            CommandGroup(
                name: "History",
                subcommands: [HistoryCommand.self, LogCommand.self, UndoCommand.self]
            ),
            CommandGroup(
                name: "Files",
                subcommands: [
                    ImportCommand.self, ExportCommand.self, AttachCommand.self,
                    AttachmentsCommand.self, SaveCommand.self, FetchCommand.self,
                    DetachCommand.self,
                ]
            ),
            CommandGroup(
                name: "Conflicts",
                subcommands: [ConflictsCommand.self, ReviewCommand.self, ResolveCommand.self]
            ),
            CommandGroup(name: "Reports", subcommands: [ReportCommand.self, HandoverCommand.self]),
            CommandGroup(
                name: "Doubles",
                subcommands: [
                    DuplicatesCommand.self, MergeCommand.self, UnmergeCommand.self,
                    NotSameCommand.self,
                ]
            ),
            CommandGroup(
                name: "The replica",
                subcommands: [
                    InitCommand.self, StatusCommand.self, SpacesCommand.self, ConfigCommand.self,
                    BackupCommand.self, RestoreCommand.self, DoctorCommand.self,
                    SchemaCommand.self,
                ]
            ),
            CommandGroup(name: "Headquarters", subcommands: networkCommands),
            CommandGroup(name: "Learning", subcommands: [DemoCommand.self, ProtocolCommand.self]),
        ],
        defaultSubcommand: StatusCommand.self
    )

    /// Runs the command that the arguments name and ends the process with its exit code.
    static func main() async {
        Platform.prepareSignals()
        let status = await run(Array(CommandLine.arguments.dropFirst()))
        Platform.exit(status.rawValue)
    }

    /// Runs a command line, prints what it says, and returns the exit code.
    private static func run(_ arguments: [String]) async -> ExitStatus {
        do {
            if arguments.count == 2, arguments[0] == "help",
                let topic = HelpTopic(rawValue: arguments[1])
            {
                try StandardStreams.print(topic.text)
                return .done
            }
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .done
        } catch {
            return report(error, asJSON: arguments.prefix { $0 != "--" }.contains("--json"))
        }
    }

    private static func report(_ error: any Error, asJSON: Bool) -> ExitStatus {
        switch error {
        // Nobody reads on: what was asked for is done.
        case is ClosedOutput: return .done
        case let code as ExitCode: return ExitStatus(rawValue: code.rawValue) ?? .failure
        default: break
        }
        if exitCode(for: error) == .success {
            // The parser's way of asking for help, the version or a completion script.
            return (try? StandardStreams.print(fullMessage(for: error))) == nil ? .failure : .done
        }
        let isUsage = exitCode(for: error) == .validationFailure
        let report = isUsage ? usageReport(error, asJSON: asJSON) : ErrorReport(error)
        StandardStreams.warn(asJSON ? SafeText.json(report.json.text) : report.text)
        if isUsage, !asJSON { StandardStreams.warn(usage(of: error)) }
        return report.code.exitStatus
    }

    private static func usageReport(_ error: any Error, asJSON: Bool) -> ErrorReport {
        var message = message(for: error)
        while message.hasSuffix(".") || message.hasSuffix("\n") { message.removeLast() }
        return ErrorReport(.usage, message, hint: asJSON ? usage(of: error) : nil)
    }

    /// The lines that show how the command is used.
    private static func usage(of error: any Error) -> String {
        let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.firstIndex { $0.hasPrefix("Usage:") }.map { lines[$0...] } ?? [])
            .joined(separator: "\n")
    }
}

extension ExitCode {
    /// The code of conflicts that wait.
    static let conflicts = ExitCode(ExitStatus.conflicts.rawValue)
    /// The code of a replica that is damaged or not proven equal.
    static let refused = ExitCode(ExitStatus.refused.rawValue)
}

/// The version of the product.
enum ProductVersion {
    /// As `attache --version` prints it.
    static let text = "0.1.0"
}
