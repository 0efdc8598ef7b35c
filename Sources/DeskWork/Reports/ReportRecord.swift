import RecordModel

/// What a report reads of one record: a value, so that reports are calculated apart from storage.
///
/// Of a field in conflict it holds the provisional value.
struct ReportRecord {
    /// One value of a field: a register, or an item of a set, rows or log.
    struct Item {
        /// The key of a row or entry, in hexadecimal digits; empty for other values.
        let key: String
        /// The register's text, or that of the item's first part.
        let text: String
        /// The texts of an item's parts, by name.
        let parts: [String: String]

        init(_ text: String, key: String = "", parts: [String: String] = [:]) {
            self.key = key
            self.text = text
            self.parts = parts
        }

        subscript(_ part: String) -> String? { parts[part] }
    }

    /// The name, as `ber-214`.
    let id: String
    /// The number, 16 hexadecimal digits.
    let uid: String
    /// The kind's name.
    let kind: String
    /// What names it in lists.
    let title: String
    /// The fields that were asked for and have a value, by name.
    let fields: [String: [Item]]
    /// When it was last changed; zero where that was not asked for.
    let changed: HybridTime
    /// Who made it; empty where that was not asked for.
    let author: String
    /// Those of the fields asked for in which a person has to decide; `life` may be among them.
    let conflicts: [String]

    init(
        _ kind: String,
        id: String,
        uid: String = "",
        title: String = "",
        fields: [String: [Item]] = [:],
        conflicts: [String] = [],
        changed: HybridTime = .zero,
        author: String = ""
    ) {
        self.id = id
        self.uid = uid
        self.kind = kind
        self.title = title
        self.fields = fields
        self.conflicts = conflicts
        self.changed = changed
        self.author = author
    }

    /// The values of a field, in the order of their keys.
    func items(_ field: String) -> [Item] { fields[field] ?? [] }

    /// The texts of a field's values: of items the first part.
    func texts(_ field: String) -> [String] { items(field).map(\.text) }

    /// The text of a register, or nil where it has none.
    func text(_ field: String) -> String? { fields[field]?.first?.text }

    /// Whether a register holds `true`.
    func isTrue(_ field: String) -> Bool { text(field) == "true" }

    /// The day of a date or instant, or nil where there is none.
    func day(_ field: String) -> CivilDate? { CivilDate(reporting: text(field)) }

    /// The last day that a partial date may mean; nil where there is none or it is open.
    func lastDay(_ field: String) -> CivilDate? {
        text(field).flatMap(EDTF.init)?.bounds.upper.day
    }

    /// The first day that a partial date may mean; nil where there is none or it is open.
    func firstDay(_ field: String) -> CivilDate? {
        text(field).flatMap(EDTF.init)?.bounds.lower.day
    }

    /// Whether a range of dates that both may be absent holds a day.
    func isValid(on day: CivilDate, from: String, to: String) -> Bool {
        self.day(from).map { $0 <= day } ?? true && self.day(to).map { $0 >= day } ?? true
    }

    /// The mission that owns the record.
    var owner: String { text("owner") ?? "" }

    /// The texts by which others may refer to the record.
    var references: [String] {
        [id, "uid:" + uid] + (text("orcid").map { ["orcid:" + $0] } ?? [])
            + (text("ror").map { ["ror:" + $0] } ?? [])
    }
}

extension Int {
    /// The day of a bound of `EDTF`; nil for an open one.
    fileprivate var day: CivilDate? { self == .min ? nil : CivilDate(daysSince1970: self) }
}

extension CivilDate {
    /// Creates the day of a date's or instant's canonical text; nil for other text.
    init?(reporting text: String?) {
        guard let text, let day = CivilDate(text.prefix(10)) else { return nil }
        self = day
    }

    /// Returns the days from another day to this one.
    func days(since other: CivilDate) -> Int { daysSince1970 - other.daysSince1970 }

    /// Returns the day so many days later, itself at the end of the calendar.
    func adding(days: Int) -> CivilDate { CivilDate(daysSince1970: daysSince1970 + days) ?? self }
}
