import RecordModel

/// A writer of activity files of the International Aid Transparency Initiative, version 2.03.
///
/// Elements stand in the order of the standard's schema (`iati-activities-schema.xsd`, 2018-02-19), which
/// is a sequence.
public struct IATIWriter: Sendable {
    private let reporter: IATIActivity.Organisation
    private var xml = XMLWriter()

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - reporter: Who publishes, with reference and type.
    ///   - generated: The moment of which the file tells.
    public init(reporter: IATIActivity.Organisation, generated: Instant) {
        self.reporter = reporter
        xml.begin(
            "iati-activities",
            ["version": "2.03", "generated-datetime": Instant(seconds: generated.seconds).text]
        )
    }

    /// Takes what was written since it was last taken.
    public mutating func takeBytes() -> [UInt8] {
        let bytes = xml.bytes
        xml.bytes.removeAll(keepingCapacity: true)
        return bytes
    }

    /// Ends the file.
    public mutating func end() {
        xml.end()
    }

    /// Writes an activity.
    public mutating func write(_ activity: IATIActivity) {
        xml.begin(
            "iati-activity",
            [
                "last-updated-datetime": Instant(seconds: activity.changed.seconds).text,
                "xml:lang": "en",
            ]
        )
        xml.text("iati-identifier", activity.identifier)
        write(reporter, as: "reporting-org")
        write(activity.titles, in: "title", [:])
        write([.init(activity.description)], in: "description", ["type": "1"])
        if let objectives = activity.objectives {
            write([.init(objectives)], in: "description", ["type": "2"])
        }
        for organisation in activity.organisations { write(organisation, as: "participating-org") }
        xml.empty("activity-status", ["code": activity.status])
        for date in activity.dates { write(date) }
        for country in activity.countries { write(country, as: "recipient-country") }
        for sector in activity.sectors { write(sector, as: "sector") }
        for goal in activity.goals {
            // Vocabulary 2 has the goals, 3 the targets.
            xml.empty("tag", ["vocabulary": goal.contains(".") ? "3" : "2", "code": goal])
        }
        for budget in activity.budgets { write(budget) }
        for transaction in activity.transactions { write(transaction) }
        if let parent = activity.parent {
            xml.empty("related-activity", ["ref": parent, "type": "1"])
        }
        xml.end()
    }

    private mutating func write(
        _ narratives: [IATIActivity.Narrative],
        in name: String,
        _ attributes: KeyValuePairs<String, String?>
    ) {
        xml.begin(name, attributes)
        for narrative in narratives {
            xml.text("narrative", narrative.text, ["xml:lang": narrative.language])
        }
        xml.end()
    }

    private mutating func write(_ organisation: IATIActivity.Organisation, as name: String) {
        write(
            [.init(organisation.name)],
            in: name,
            ["ref": organisation.ref, "role": organisation.role, "type": organisation.type]
        )
    }

    private mutating func write(_ date: IATIActivity.ActivityDate) {
        let attributes: KeyValuePairs<String, String?> = [
            "iso-date": date.day.text, "type": date.type,
        ]
        if let text = date.text {
            write([.init(text)], in: "activity-date", attributes)
        } else {
            xml.empty("activity-date", attributes)
        }
    }

    private mutating func write(_ share: IATIActivity.Share, as name: String) {
        let attributes: KeyValuePairs<String, String?> = [
            "vocabulary": share.vocabulary, "vocabulary-uri": share.vocabularyURI,
            "code": share.code, "percentage": share.hundredths.map(Self.percentage),
        ]
        if let text = share.name {
            write([.init(text)], in: name, attributes)
        } else {
            xml.empty(name, attributes)
        }
    }

    private static func percentage(_ hundredths: Int) -> String {
        let part = String(hundredths % 100)
        let padded = part.utf8.count < 2 ? "0" + part : part
        return hundredths.isMultiple(of: 100)
            ? "\(hundredths / 100)" : "\(hundredths / 100).\(padded)"
    }

    private mutating func write(_ budget: IATIActivity.Budget) {
        // Original and committed.
        xml.begin("budget", ["type": "1", "status": "2"])
        xml.empty("period-start", ["iso-date": budget.start.text])
        xml.empty("period-end", ["iso-date": budget.end.text])
        write(budget.money, on: budget.start)
        xml.end()
    }

    private mutating func write(_ money: Money, on day: CivilDate) {
        xml.text("value", money.amount, ["currency": money.currency, "value-date": day.text])
    }

    private mutating func write(_ transaction: IATIActivity.Transaction) {
        xml.begin("transaction")
        xml.empty("transaction-type", ["code": transaction.type])
        xml.empty("transaction-date", ["iso-date": transaction.day.text])
        write(transaction.money, on: transaction.day)
        if let provider = transaction.provider { write(provider, as: "provider-org") }
        if let type = transaction.financeType { xml.empty("finance-type", ["code": type]) }
        xml.end()
    }
}
