import Foundation
import RecordModel
import RecordStorage

/// A person's work at a desk: every use of a replica that needs no network.
///
/// Each call is one or a few transactions; what it returns is a value that outlives them.
public struct Desk: Sendable {
    /// The replica.
    public let store: ReplicaStore
    /// The desk's code, as `BER`.
    public let code: String
    /// The mission's own space, whose name is the mission's code.
    public let missionSpace: SpaceName
    /// The person who works here and is named in changes.
    public let officer: String
    /// What reading values takes from the surroundings: the mission's region and time zone.
    public let context: ValueContext

    /// The settings in which a replica keeps what it is.
    enum Setting {
        static let desk = "desk"
        static let replica = "replica"
        static let officer = "officer"
        static let mission = "mission"
        static let missionSpace = "mission_space"
        static let region = "region"
    }

    /// Opens a replica's desk.
    ///
    /// - Parameters:
    ///   - store: The replica.
    ///   - officer: Who works here; nil for the officer that the replica remembers.
    ///   - context: Surroundings; nil for the replica's region and the machine's time zone.
    /// - Throws: `StoreError.damaged` where the replica does not say what desk it is.
    public init(store: ReplicaStore, officer: String? = nil, context: ValueContext? = nil) throws {
        self.store = store
        let settings = try store.read { reader in
            try [Setting.desk, Setting.missionSpace, Setting.officer, Setting.region]
                .map(reader.setting)
        }
        guard let code = settings[0],
            let space = SpaceName(settings[1] ?? code.lowercased())
        else { throw StoreError.damaged(detail: "the replica does not say what desk it is") }
        self.code = code
        missionSpace = space
        self.officer = officer ?? settings[2] ?? code
        self.context = context ?? Self.surroundings(region: settings[3])
    }

    private static func surroundings(region: String?) -> ValueContext {
        let zone = TimeZone.current
        var context = ValueContext(
            region: region,
            utcOffset: { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0))) }
        )
        context.acceptsWithdrawnCurrencies = false
        return context
    }

    /// The present moment, in seconds since 1970.
    var nowInSeconds: Int { Int(clamping: store.environment.now().milliseconds / 1000) }

    /// The kinds and fields.
    public var schema: Schema { store.schema }

    /// A setting that people may change.
    public enum Configuration: String, Hashable, Sendable, CaseIterable {
        /// The officer's name.
        case officer
        /// The country whose rules telephone numbers without country code follow.
        case region
        /// The mission as it is displayed.
        case mission
        /// The identifier under which the ministry publishes activities (IATI).
        case reportingOrg = "reporting_org"
        /// The kind of organisation that it is there.
        case reportingOrgType = "reporting_org_type"
        /// Its name there.
        case reportingOrgName = "reporting_org_name"
        /// Up to which size attachments are fetched unasked, in bytes.
        case attachmentsUnder = "attachments_under"
    }

    /// Returns a setting, or nil where it was never set.
    public func configuration(_ name: Configuration) throws -> String? {
        try store.read { try $0.setting(name.rawValue) }
    }

    /// Changes a setting; an open desk goes on with the old one.
    /// - Throws: `DeskError` (`bad_value`) for a region that is no country, a size that is none, or an
    ///   empty name.
    public func configure(_ name: Configuration, _ value: String) throws {
        if name == .attachmentsUnder {
            guard let size = ByteSize(value) else {
                throw DeskError(
                    .badValue,
                    "“\(value)” is no size",
                    hint: "A size looks like 256 KB or 5 MB; 0 fetches nothing unasked."
                )
            }
            return try store.write { try $0.set(name.rawValue, to: "\(size.bytes)") }
        }
        let accepted = try Self.setting(
            value.trimmingCharacters(in: .whitespacesAndNewlines),
            of: name.rawValue,
            as: name == .region ? .country : .text,
            context
        )
        try store.write { try $0.set(name.rawValue, to: accepted) }
    }

    /// The name of a change as people say it: `ber@5f3a9c01`.
    static func changeName(desk: String, _ change: ChangeID) -> String {
        "\(desk.lowercased())@\(change.hex)"
    }

    /// Returns a kind; `#17` is one that the schema does not know.
    /// - Throws: `DeskError` (`unknown_kind`).
    public func kind(named name: String) throws(DeskError) -> Kind {
        if let kind = schema.kind(named: name) { return kind }
        if let number = Kind.number(inUnknownName: name) {
            return schema.kind(orStandInFor: number)
        }
        // “contacts” is what a person types for a list of them.
        if name.hasSuffix("s"), let kind = schema.kind(named: String(name.dropLast())) {
            return kind
        }
        let known = schema.kinds.map(\.name).joined(separator: ", ")
        throw DeskError(.unknownKind, "there is no kind “\(name)”", hint: "Kinds are \(known).")
    }

    /// Returns a space's name.
    /// - Throws: `DeskError` (`unknown_space`) where the text is none or this replica lacks it.
    func space(named text: String, _ reader: StoreReader) throws -> SpaceName {
        let names = try reader.spaces().map(\.name)
        if let name = SpaceName(text), names.contains(name) { return name }
        let known = names.map(\.text).joined(separator: ", ")
        throw DeskError(
            .unknownSpace,
            "this replica holds no space “\(text)”",
            hint: "It holds \(known)."
        )
    }
}
