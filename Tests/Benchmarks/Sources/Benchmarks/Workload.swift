import Foundation
import RecordModel

/// The records that every measurement of one size works on.
struct Workload {
    /// One record as raw SQLite takes it.
    struct Row {
        /// The text of each column, in the order of `columns`; nil where the record has none.
        let values: [[UInt8]?]
        /// What the search index takes, which is what the product indexes too.
        let name: String
        let body: String
    }

    /// The bytes of the JSON Lines.
    let lines: [UInt8]
    /// The names of the fields in use.
    let columns: [String]
    let rows: [Row]

    /// Writes the file of a size: the first records of a file, or invented people.
    static func prepare(count: Int, from source: String?, at file: URL) throws {
        guard let source else { return try Data(People.lines(count)).write(to: file) }
        let all = try Data(contentsOf: URL(fileURLWithPath: source))
        let newline = UInt8(ascii: "\n")
        let lines = all.split(separator: newline, maxSplits: count).prefix(count)
        try Data(lines.joined(separator: [newline]) + [newline]).write(to: file)
    }

    /// Reads the records of a file.
    init(_ file: URL) throws {
        lines = [UInt8](try Data(contentsOf: file))
        let records = try lines.split(separator: UInt8(ascii: "\n")).map { line in
            try JSONValue(parsing: line)["fields"]?.object ?? []
        }
        let kind = Schema.builtIn.kind(named: "contact")
        var columns: [String] = []
        for member in records.lazy.flatMap({ $0 }) where !columns.contains(member.name) {
            columns.append(member.name)
        }
        self.columns = columns
        rows = records.map { members in
            var values = [[UInt8]?](repeating: nil, count: columns.count)
            var names: [String] = []
            var body: [String] = []
            for member in members {
                guard let column = columns.firstIndex(of: member.name) else { continue }
                values[column] = Array((member.value.string ?? member.value.text).utf8)
                guard let field = kind?.field(named: member.name) else { continue }
                if member.name.hasSuffix("name") {
                    names += Self.words(member.value, field)
                } else if member.name != "import_ids" {
                    body += Self.words(member.value, field)
                }
            }
            return Row(
                values: values,
                name: names.joined(separator: " "),
                body: body.joined(separator: " ")
            )
        }
    }

    /// The last words of names, of records spread over all.
    func searchWords(_ count: Int) -> [Substring] {
        let step = max(1, rows.count / count)
        return stride(from: 0, to: rows.count, by: step).compactMap { row in
            rows[row].name.split(separator: " ").last
        }
    }

    /// The text of a value that people search: no codes, dates and numbers.
    private static func words(_ value: JSONValue, _ field: Field) -> [String] {
        func isSearched(_ type: ValueType) -> Bool {
            switch type {
            case .text, .longtext, .email, .phone, .refOrText, .id: true
            default: false
            }
        }
        return (value.array ?? [value]).flatMap { element -> [String] in
            if let members = element.object {
                return members.compactMap { member in
                    let part = field.part(named: member.name)
                    let type = part?.type ?? (member.name == "value" ? field.type : nil)
                    return type.map(isSearched) == true ? member.value.string : nil
                }
            }
            return isSearched(field.type) ? element.string.map { [$0] } ?? [] : []
        }
    }
}

/// Invented people, the same for the same number.
enum People {
    private static let given = [
        "Amal", "Bilal", "Carla", "Dawit", "Elif", "Farah", "Goran", "Hana",
    ]
    private static let syllables = [
        "ka", "mi", "ro", "ta", "le", "na", "so", "vi", "do", "ra", "be", "lu", "an", "el", "or",
    ]
    private static let places = [
        ("Berlin", "DE"), ("London", "GB"), ("Geneva", "CH"), ("Boston", "US"), ("Lyon", "FR"),
        ("Toronto", "CA"), ("Osaka", "JP"), ("Uppsala", "SE"),
    ]
    private static let topics = [
        "oncology", "catalysis", "photonics", "hydrology", "robotics", "genomics", "seismology",
        "cryptography", "agronomy", "statistics", "oceanography", "pharmacology",
    ]
    private static let positions = [
        "Professor", "Lecturer", "Senior Scientist", "Research Engineer", "Head of Laboratory",
    ]
    private static let tags = ["mentor", "speaker", "reviewer", "returning", "newsletter", "press"]
    private static let words = """
        met at the science day and agreed to share slides wants a joint doctoral programme prefers
        contact by email would host two visiting students next year asked for the list of open calls
        collaboration draft sent waiting for the legal office moved laboratory in spring please
        confirm new address gave a talk on the pilot study keen to review proposals
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    /// Returns lines of about 730 bytes each.
    static func lines(_ count: Int) -> [UInt8] {
        var random = SplitMix(state: 7)
        var bytes: [UInt8] = []
        for number in 1...max(1, count) {
            contact(number, &random).write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }

    private static func contact(_ number: Int, _ random: inout SplitMix) -> JSONValue {
        let family = random.some(syllables, 2...4).joined().capitalized
        let first = random.pick(given)
        let (city, country) = random.pick(places)
        let mail = "\(first).\(family)\(number)@\(random.pick(syllables)).example".lowercased()
        let year = 2015 + random.below(10)
        func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
        return .object([
            JSONMember("kind", .string("contact")),
            JSONMember(
                "fields",
                .object([
                    JSONMember("preferred_name", .string("\(first) \(family)")),
                    JSONMember("emails", strings([mail, "lab-" + mail])),
                    JSONMember("phones", strings(["+49 30 90\(random.digits(6))"])),
                    JSONMember("country_of_residence", .string(country)),
                    JSONMember("city", .string(city)),
                    JSONMember("employer", .string("Institute of \(random.pick(topics)), \(city)")),
                    JSONMember("position", .string(random.pick(positions))),
                    JSONMember("keywords", strings(random.some(topics, 2...4))),
                    JSONMember(
                        "tags",
                        strings(random.some(tags, 1...3) + ["number \(random.digits(16))"])
                    ),
                    JSONMember(
                        "expertise_summary",
                        .string(random.some(words, 28...44).joined(separator: " "))
                    ),
                    JSONMember(
                        "consent",
                        .array([
                            .object([
                                JSONMember("basis", .string("consent")),
                                JSONMember("scope", .string("keep")),
                                JSONMember(
                                    "given",
                                    .string("\(year)-0\(1 + random.below(9))-1\(random.below(9))")
                                ),
                            ])
                        ])
                    ),
                    JSONMember("import_ids", strings(["p:\(number)"])),
                    JSONMember("last_contacted", .string("\(year + 1)-0\(1 + random.below(9))-15")),
                ])
            ),
        ])
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }

    mutating func some(_ values: [String], _ counts: ClosedRange<Int>) -> [String] {
        var rest = values
        let count = counts.lowerBound + below(counts.count)
        return (0..<min(count, rest.count)).map { _ in rest.remove(at: below(rest.count)) }
    }

    mutating func digits(_ count: Int) -> String {
        (0..<count).map { _ in String(below(10)) }.joined()
    }
}
