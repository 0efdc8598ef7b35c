import RecordModel

extension ReportOptions {
    /// Returns a country's code as people type it.
    /// - Throws: `DeskError` (`bad_value`).
    public static func country(_ text: String) throws(DeskError) -> String {
        try code(text, .country, "country", "Countries are two letters of ISO 3166-1, as UZ.")
    }

    /// Returns a field of research as people type it.
    /// - Throws: `DeskError` (`bad_value`).
    public static func field(_ text: String) throws(DeskError) -> String {
        try code(
            text,
            .ford,
            "field of research",
            "Fields are areas or groups of FORD, as 2 or 2.7."
        )
    }

    private static func code(
        _ text: String,
        _ type: ValueType,
        _ what: String,
        _ hint: String
    ) throws(DeskError) -> String {
        var warnings: [ValueWarning] = []
        do throws(ValueError) {
            return try type.canonical(text, context: ValueContext(), warnings: &warnings)
        } catch {
            throw DeskError(.badValue, "“\(text)” is no \(what)", hint: hint)
        }
    }
}

extension ReportResult {
    /// What a reader has to know of how complete the data is, one sentence a line.
    public var asOfLines: [String] {
        let date = String(asOf.prefix(10))
        let behind = ages.behind
        let shown = behind.prefix(Self.shownMissions).map(\.sentence)
        let rest = behind.count - shown.count
        let more = rest > 0 ? ["and \(rest) more missions are behind"] : []
        let heard =
            ages.missions.isEmpty
            ? "" : "; every mission was heard of within \(DataAges.patienceDays) days"
        var lines = [
            "As of \(date)"
                + (behind.isEmpty ? heard : "; " + (shown + more).joined(separator: ", "))
        ]
        if !ages.isHeadquarters {
            if let last = ages.lastSync {
                let days = (CivilDate(reporting: asOf) ?? last.day).days(since: last.day)
                if days > DataAges.patienceDays {
                    lines.append("This desk last exchanged with headquarters \(days) days ago")
                }
            } else {
                lines.append(
                    "This desk has never exchanged with headquarters: only its own records are here"
                )
            }
        }
        return lines.map { $0 + "." }
    }

    /// How many missions are named; a line of more is not read.
    private static let shownMissions = 6
}
