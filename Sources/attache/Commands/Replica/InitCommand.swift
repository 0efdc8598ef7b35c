import ArgumentParser
import DeskWork
import Foundation
import RecordModel
import RecordStorage
import ReplicaSync

/// `attache init`: a new replica.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a new replica for a desk.",
        discussion: "attache init --desk BER --officer \"H. Raza\" --mission Berlin"
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Option(help: "The desk's code: 2 to 8 letters and digits, a letter first.")
    var desk: String

    @Option(help: "Who works here and is named in changes.")
    var officer: String

    @Option(help: "The mission as it is displayed; by default the code.")
    var mission: String?

    @Option(help: "The country whose rules telephone numbers without country code follow, as DE.")
    var region: String?

    func run() throws {
        let path = replica.path
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent()
        if !FileManager.default.fileExists(atPath: directory.path) {
            try FileManager.default.createDirectory(
                at: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        let desk = try DeskSetup.create(
            at: path,
            desk: desk,
            officer: officer,
            mission: mission,
            schema: .chosen()
        )
        do {
            _ = try ReplicaIdentity.create(besideStoreAt: path)
            if let region { try desk.configure(.region, region) }
        } catch {
            // Nothing was written in it yet: the next attempt begins afresh.
            try? desk.store.close()
            for suffix in ["", "-wal", "-shm", ".key"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
            throw error
        }
        let status = try desk.status()
        try output.print(
            .deskSummary(status),
            text: SafeText.line(
                "Desk \(status.desk) (\(status.mission)) is ready at \(path). "
                    + "Add a record with attache add, or join headquarters with attache enrol."
            )
        )
    }
}

extension JSONValue {
    /// What `init` and `enrol` print of a desk.
    static func deskSummary(_ status: StatusReport) -> JSONValue {
        .object([
            JSONMember("desk", .string(status.desk)),
            JSONMember("replica", .string(status.replica)),
            JSONMember("mission", .string(status.mission)),
            JSONMember("spaces", .array(status.spaces.map { .string($0.name) })),
        ])
    }
}
