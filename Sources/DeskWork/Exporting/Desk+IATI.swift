import Interchange
import RecordModel
import RecordStorage

/// Who publishes activities.
public struct IATIOptions: Sendable {
    /// The reporting organisation's identifier, as `XM-DAC-…`.
    public var reporter: String
    /// OrganisationType: 10 is a government.
    public var reporterType: String
    /// The reporting organisation's name.
    public var reporterName: String
    /// Whether records labelled INTERNAL are written too, for somebody to look over.
    public var includesInternal: Bool

    /// Creates options.
    public init(
        reporter: String,
        reporterType: String = "10",
        reporterName: String,
        includesInternal: Bool
    ) {
        self.reporter = reporter
        self.reporterType = reporterType
        self.reporterName = reporterName
        self.includesInternal = includesInternal
    }
}

/// What an export of activities came to.
public struct IATISummary: Hashable, Sendable {
    /// A record, and why it, or something of it, was not written.
    public struct Note: Hashable, Sendable {
        /// The record.
        public let id: String
        /// The reasons.
        public let reasons: [String]

        /// `{"id","reasons":[…]}`.
        public var json: JSONValue {
            .object([
                JSONMember("id", .string(id)),
                JSONMember("reasons", .array(reasons.map(JSONValue.string))),
            ])
        }
    }

    /// The number of activities written.
    public private(set) var activities = 0
    /// How many of them are not labelled PUBLIC.
    public private(set) var notPublic = 0
    /// The records that were not written.
    public private(set) var withheld: [Note] = []
    /// What of others was left out.
    public private(set) var leftOut: [Note] = []

    mutating func noteWritten(_ record: ReportRecord, leftOut reasons: [String]) {
        activities += 1
        notPublic += record.text("handling") == "PUBLIC" ? 0 : 1
        if !reasons.isEmpty { leftOut.append(Note(id: record.id, reasons: reasons)) }
    }

    mutating func noteWithheld(_ record: ReportRecord, _ reasons: [String]) {
        withheld.append(Note(id: record.id, reasons: reasons))
    }
}

extension Desk {
    /// Writes collaborations as activities of the International Aid Transparency Initiative 2.03.
    ///
    /// Two exports of the same records are equal: the moment of the file is that of the latest change.
    ///
    /// - Parameters:
    ///   - conditions: All of them must hold.
    ///   - options: Who publishes, and up to which label.
    ///   - write: Takes the bytes, in pieces.
    /// - Returns: How many were written, and why others were not.
    /// - Throws: `DeskError` (`unknown_field`, `usage`; `bad_value` for a reporter that can be no
    ///   identifier), and what `write` throws.
    public func exportIATI(
        where conditions: [String] = [],
        _ options: IATIOptions,
        to write: ([UInt8]) throws -> Void
    ) throws -> IATISummary {
        guard IATIMapping.isReference(options.reporter) else {
            throw DeskError(
                .badValue,
                "“\(options.reporter)” cannot identify who publishes",
                hint: "It is the agency's code and your number there, as XM-DAC-000-0, "
                    + "without spaces and / & | ?."
            )
        }
        let condition = try Condition(parsing: conditions, schema: schema)
        return try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let gate = ReportGate(isForPartners: false)
            let records = ReportReader(viewer, gate: gate, readsChanges: true)
            let mapping = IATIMapping(
                reporter: options.reporter,
                today: store.environment.now().day,
                names: ReportNames { try records.record($0, IATIMapping.sources) }
            )
            let reporter = IATIActivity.Organisation(
                ref: options.reporter,
                type: options.reporterType,
                name: options.reporterName
            )
            let latest = Int(min(try reader.latestTime.milliseconds / 1000, 253_402_300_799))
            var writer = IATIWriter(reporter: reporter, generated: Instant(seconds: latest))
            var summary = IATISummary()
            try records.forEach(
                IATIMapping.sources[0],
                where: { try condition.holds(for: $0, viewer, context) }
            ) { record in
                if let label = Self.label(of: record, withheldBy: options) {
                    return summary.noteWithheld(record, ["labelled \(label)"])
                }
                do {
                    let mapped = try mapping.activity(of: record)
                    writer.write(mapped.activity)
                    summary.noteWritten(record, leftOut: mapped.leftOut)
                    try write(writer.takeBytes())
                } catch let missing as IATIMapping.Missing {
                    summary.noteWithheld(record, missing.reasons)
                }
            }
            writer.end()
            try write(writer.takeBytes())
            return summary
        }
    }

    /// The label that keeps a record from being published; nil where none does.
    private static func label(of record: ReportRecord, withheldBy options: IATIOptions) -> String? {
        let label = record.text("handling") ?? "INTERNAL"
        let isAllowed = label == "PUBLIC" || (options.includesInternal && label == "INTERNAL")
        return isAllowed ? nil : label
    }

    /// Writes the deadlines of records as a calendar (RFC 5545), without those of RESTRICTED records.
    ///
    /// - Parameters:
    ///   - kind: The kind's name; nil for all that have deadlines.
    ///   - conditions: All of them must hold.
    ///   - write: Takes the bytes.
    /// - Returns: How many entries were written, and how many records were withheld.
    /// - Throws: `DeskError` (`unknown_kind`, `unknown_field`; `usage` for a kind without deadlines).
    public func exportCalendar(
        kind: String? = nil,
        where conditions: [String] = [],
        to write: ([UInt8]) throws -> Void
    ) throws -> ExportOutcome {
        let kind = try kind.map { try self.kind(named: $0).name }
        let known = Deadlines.sources.map(\.kind)
        if let kind, !known.contains(kind) {
            throw DeskError(
                .usage,
                "a record of kind \(kind) has no deadlines",
                hint: "Kinds with deadlines are \(known.joined(separator: ", "))."
            )
        }
        let condition = try Condition(parsing: conditions, schema: schema)
        return try store.read { reader in
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let gate = ReportGate(isForPartners: false)
            let records = ReportReader(viewer, gate: gate, readsChanges: true)
            var bytes: [UInt8] = []
            var outcome = ExportOutcome()
            var withheld: Set<String> = []
            outcome.written = try records.writeCalendar(
                of: kind.map { [$0] } ?? known,
                to: &bytes,
                where: { try condition.holds(for: $0, viewer, context) },
                writing: { record, _ in
                    // A calendar on a telephone shows no label.
                    guard record.text("handling").map(HandlingLabel.isRestricted) ?? false else {
                        return true
                    }
                    if withheld.insert(record.id).inserted {
                        outcome.withheld.add("labelled RESTRICTED")
                    }
                    return false
                }
            )
            try write(bytes)
            return outcome
        }
    }
}
