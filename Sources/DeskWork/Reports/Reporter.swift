import CausalHistory
import RecordModel
import RecordStorage

/// Makes reports of a replica: a desk's, or headquarters' own.
public struct Reporter: Sendable {
    let store: ReplicaStore
    let missionSpace: SpaceName

    /// Creates a reporter of a replica's records.
    /// - Throws: What the store reports.
    public init(store: ReplicaStore) throws {
        self.store = store
        let code = try store.read { reader in
            try reader.setting(Desk.Setting.missionSpace) ?? reader.setting(Desk.Setting.desk)
        }
        missionSpace = code.flatMap { SpaceName($0.lowercased()) } ?? .allMissions
    }

    /// Today by the store's clock, UTC.
    public var today: CivilDate { store.environment.now().day }

    /// Calculates a report, on one consistent snapshot.
    /// - Parameters:
    ///   - name: The report.
    ///   - options: What it is asked for.
    /// - Returns: Its rows, and how complete what they stand on is.
    /// - Throws: `DeskError` (`usage`) where an option is missing or the report is not for partners.
    /// - Complexity: O(*n*) in the records of the kinds that it reads; memory as its rows need.
    public func report(_ name: ReportName, _ options: ReportOptions) throws -> ReportResult {
        try check(name, options)
        return try store.read { reader in
            let ages = try reader.dataAges(names: missionNames(reader), today: options.today)
            let clock = store.environment.now()
            let isNow = clock.day == options.today
            let asOf = isNow ? clock.text : "\(options.today.text)T00:00:00Z"
            var gate = ReportGate(isForPartners: options.isForPartners)
            gate.readsWithdrawn = name == .stale
            let viewer = RecordViewer(reader, missionSpace: missionSpace)
            let records = ReportReader(viewer, gate: gate)
            func result(
                _ sections: [ReportSection],
                _ handling: String? = nil,
                notes: [String] = []
            ) -> ReportResult {
                ReportResult(
                    report: name.rawValue,
                    asOf: asOf,
                    ages: ages,
                    sections: sections,
                    handling: handling,
                    notes: notes
                )
            }
            if let type = name.report {
                var report = type.init(options)
                let taken = try records.run(&report)
                return result(taken.sections, taken.handling, notes: report.notes)
            }
            if name == .duplicates {
                let report = try DuplicatesReport(records)
                return result(report.sections, report.handling)
            }
            return result(try HealthReport(reader, ages, options).sections)
        }
    }

    private func check(_ name: ReportName, _ options: ReportOptions) throws(DeskError) {
        if options.isForPartners, !name.isForPartners {
            let fit = ReportName.allCases.filter(\.isForPartners).map(\.rawValue)
            throw DeskError(
                .usage,
                "the report \(name.rawValue) names people or says how the ministry works, "
                    + "so there is none for partners",
                hint: "For partners there are \(fit.joined(separator: ", "))."
            )
        }
        if name == .country, options.country == nil {
            throw DeskError(
                .usage,
                "the page on a country needs one",
                hint: "attache report country --country UZ"
            )
        }
        if name == .region, options.group == nil {
            let groups = CountryGroup.allCases.map(\.rawValue).joined(separator: ", ")
            throw DeskError(
                .usage,
                "the report region needs a group of countries",
                hint: "--group is one of \(groups)."
            )
        }
    }

    /// What people call the missions, by code.
    private func missionNames(_ reader: StoreReader) throws -> [String: String] {
        let viewer = RecordViewer(reader, missionSpace: missionSpace)
        let records = ReportReader(viewer, gate: ReportGate(isForPartners: false))
        var names: [String: String] = [:]
        try records.forEach(ReportSource("mission", "code")) { mission in
            if let code = mission.text("code") { names[code.lowercased()] = mission.title }
        }
        return names
    }
}

extension ReportReader {
    /// Lets a report take in what it reads, and returns its sections and the label that they bear.
    func run<Calculated: Report>(
        _ report: inout Calculated
    ) throws -> (sections: [ReportSection], handling: String?) {
        var restricted: Set<String> = []
        for source in Calculated.sources {
            try forEach(source) { record in
                if record.text("handling").map(HandlingLabel.isRestricted) ?? false {
                    restricted.insert(record.id)
                }
                report.take(record)
            }
        }
        let names = ReportNames { try self.record($0, Calculated.sources) }
        let sections = try report.sections(names)
        return (sections, restricted.label(of: sections))
    }
}

extension Set<String> {
    /// The label that a report bears whose rows name one of these records, which are RESTRICTED.
    func label(of sections: [ReportSection]) -> String? {
        let isRestricted = sections.contains { section in
            section.columns.firstIndex(of: "id").map { column in
                section.rows.contains { contains($0.cells[column].text) }
            } ?? false
        }
        return isRestricted ? "RESTRICTED" : nil
    }
}
