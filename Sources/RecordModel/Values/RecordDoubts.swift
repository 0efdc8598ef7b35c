/// What is doubtful about a record's values seen together: accepted, and told.
///
/// Pure: what day it is, is a parameter.
public struct RecordDoubts {
    /// A doubt, and the fields of which it speaks.
    public struct Doubt: Hashable, Sendable {
        /// The fields' names; the first leads the message.
        public let fields: [String]
        /// What is doubtful, as a person reads it.
        public let message: String
    }

    private let kind: Kind
    private let today: Int
    private let text: (Field) -> String?
    private let items: (Field) -> [Item]
    private var found: [Doubt] = []

    /// Returns what is doubtful about a record.
    ///
    /// - Parameters:
    ///   - kind: The record's kind.
    ///   - now: The present moment, in seconds since 1970.
    ///   - text: The value of a register in canonical text.
    ///   - items: The items of a set, rows or log.
    /// - Returns: The doubts, in the order of the rules.
    /// - Complexity: O(*n*) in the items of the record.
    public static func doubts(
        of kind: Kind,
        now: Int,
        text: @escaping (Field) -> String?,
        items: @escaping (Field) -> [Item]
    ) -> [Doubt] {
        var doubts = RecordDoubts(kind: kind, now: now, text: text, items: items)
        doubts.look()
        return doubts.found
    }

    private init(
        kind: Kind,
        now: Int,
        text: @escaping (Field) -> String?,
        items: @escaping (Field) -> [Item]
    ) {
        self.kind = kind
        today = floorDivision(now, by: 86_400)
        self.text = text
        self.items = items
    }

    private mutating func look() {
        for name in ["birth_date", "last_contacted", "established"] { lookAtFuture(of: name) }
        for (start, end) in Self.periods { lookAtPeriod(from: start, to: end) }
        for field in kind.periodFields { lookAtPeriods(of: field) }
        lookAtPhones()
        if let code = value("subdivision"), !Subdivisions.isKnown(code) {
            note(["subdivision"], "“\(code)” is no subdivision of ISO 3166-2, as PK-PB")
        } else if let code = value("subdivision"), let country = value("country"),
            !code.hasPrefix(country + "-")
        {
            note(["subdivision", "country"], "\(code) does not lie in \(country)")
        }
    }

    /// Fields of which the first must not come after the second.
    private static let periods = [
        ("start", "end"), ("signed", "expires"), ("in_force", "expires"),
        ("signed", "in_force"),
    ]

    /// A day beyond today in every time zone.
    private mutating func lookAtFuture(of name: String) {
        guard let date = value(name), let bounds = EDTF(date)?.bounds, bounds.lower > today + 1
        else { return }
        note([name], "\(date) lies in the future")
    }

    private mutating func lookAtPeriod(from start: String, to end: String) {
        guard let first = value(start), let last = value(end), Self.ends(last, before: first) else {
            return
        }
        note([end, start], "\(last) is before \(start) \(first)")
    }

    private mutating func lookAtPeriods(of field: Field) {
        guard let from = field.part(named: "from"), let to = field.part(named: "to") else { return }
        for item in items(field) {
            guard let first = field.text(of: from, in: item),
                let last = field.text(of: to, in: item), Self.ends(last, before: first)
            else { continue }
            note([field.name], "the end \(last) is before the start \(first)")
        }
    }

    private static func ends(_ last: String, before first: String) -> Bool {
        guard let first = EDTF(first)?.bounds, let last = EDTF(last)?.bounds else { return false }
        return last.upper < first.lower
    }

    /// A person abroad may well keep a number from home; but one number at least is expected to be
    /// of the country where they live.
    private mutating func lookAtPhones() {
        let home =
            kind.field(named: "country_of_residence") == nil ? "country" : "country_of_residence"
        guard let country = value(home), let code = CallingCodes.regions[country]?.code,
            let phones = kind.field(named: "phones")
        else { return }
        let numbers = items(phones).compactMap { phones.parts(of: $0)?.first?.text }
            .filter { $0.hasPrefix("+") }
        guard let first = numbers.first, !numbers.contains(where: { $0.hasPrefix("+" + code) })
        else { return }
        note(["phones", home], "\(first) is no number of \(country), the \(home)")
    }

    private func value(_ name: String) -> String? {
        guard let field = kind.field(named: name), field.isRegister else { return nil }
        return text(field)
    }

    private mutating func note(_ fields: [String], _ message: String) {
        found.append(Doubt(fields: fields, message: "\(fields[0]): \(message)"))
    }
}
