import ArgumentParser
import DeskWork
import RecordModel

/// `attache status`: how the replica stands.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how the replica stands (also without a command)."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    func run() throws {
        let status = try replica.desk().status()
        try output.print(status.json, text: text(of: status))
    }

    private func text(of status: StatusReport) -> String {
        let style = output.style
        let title = "\(status.desk) · \(status.mission) · \(status.officer)"
        var lines = [style.bold(SafeText.line(title))]
        let unsent = status.unsent == 1 ? "1 change" : "\(status.unsent) changes"
        lines.append("  unsent      \(status.unsent == 0 ? "nothing" : unsent)")
        lines.append(
            status.conflicts == 0
                ? "  conflicts   none"
                : style.warning("  conflicts   \(status.conflicts)  attache review decides them")
        )
        let last = status.lastSync.map(LocalTime.text) ?? "never"
        let peer = status.headquarters.map { " with \(SafeText.line($0))" } ?? ""
        lines.append("  last sync   \(last)\(peer)")
        if status.headquarters == nil {
            lines.append(style.dim("  not enrolled: attache enrol --hq URL --token TOKEN"))
        }
        if let skew = status.clockSkewSeconds, abs(skew) > 120 {
            let direction = skew > 0 ? "behind" : "ahead of"
            lines.append(
                style.warning("  clock       \(abs(skew)) s \(direction) headquarters'; set it")
            )
        }
        for space in status.spaces {
            lines.append(SafeText.line("  space       \(space.name)  \(space.records) records"))
        }
        return lines.joined(separator: "\n")
    }
}

/// `attache spaces`: the spaces that this replica holds.
struct SpacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spaces",
        abstract: "List the spaces that this replica holds."
    )

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    func run() throws {
        let spaces = try replica.desk().spaces()
        if output.json { return try output.print(.array(spaces.map(\.json)), text: "") }
        var table = Table(["space", "records", "digest"])
        for space in spaces { table.append([space.name, "\(space.records)", space.digest]) }
        try output.print(table, whenEmpty: "There are none.")
    }
}
