import ArgumentParser
import DeskWork
import RecordModel
import RecordStorage

/// `attache config`: settings, shown and changed.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show or change a setting of this replica.",
        discussion: """
            attache config officer "S. Iqbal"    who works here from now on
            attache config region DE             whose rules telephone numbers follow
            attache config hq https://hq.example where headquarters is
            attache config reporting-org XM-…    who publishes activities (export --format iati)
            attache config attachments-under 1MB up to which size sync fetches attachments unasked
            """
    )

    /// The settings.
    enum Name: String, ExpressibleByArgument, CaseIterable {
        case officer, region, mission
        case headquarters = "hq"
        case reportingOrg = "reporting-org"
        case reportingOrgType = "reporting-org-type"
        case reportingOrgName = "reporting-org-name"
        case attachmentsUnder = "attachments-under"

        /// What the desk keeps; headquarters' address is kept with what is known of it.
        var configuration: Desk.Configuration? {
            switch self {
            case .officer: .officer
            case .region: .region
            case .mission: .mission
            case .reportingOrg: .reportingOrg
            case .reportingOrgType: .reportingOrgType
            case .reportingOrgName: .reportingOrgName
            case .attachmentsUnder: .attachmentsUnder
            case .headquarters: nil
            }
        }
    }

    @OptionGroup var output: OutputOptions
    @OptionGroup var replica: ReplicaOptions

    @Argument(help: "The setting.")
    var name: Name

    @Argument(help: "The new value; without it the present one is shown.")
    var value: String?

    func run() throws {
        let desk = try replica.desk()
        if let value { try change(desk, to: value) }
        let present = try present(desk)
        try output.print(
            .object(present: [name.rawValue: present.map(JSONValue.string)]),
            text: SafeText.line(present ?? "")
        )
    }

    private func present(_ desk: Desk) throws -> String? {
        if name == .attachmentsUnder { return ByteSize(try desk.attachmentsUnder()).text }
        if let setting = name.configuration { return try desk.configuration(setting) }
        return try desk.store.read { try $0.peers().first?.url }
    }

    private func change(_ desk: Desk, to value: String) throws {
        if let setting = name.configuration { return try desk.configure(setting, value) }
        try desk.store.write { writer in
            guard let peer = try writer.reader.peers().first else { throw ErrorReport.notEnrolled }
            try writer.setURL(value, ofPeer: peer.row)
        }
    }
}

extension ErrorReport {
    /// A desk that headquarters does not know yet.
    static let notEnrolled = ErrorReport(
        .notEnrolled,
        "this replica is not enrolled; local work goes on without",
        hint: "Ask headquarters for a token, then: attache enrol --hq URL --token TOKEN"
    )
}
