import RecordModel

/// What an export came to.
public struct ExportOutcome: Hashable, Sendable {
    /// Why records were not written.
    public struct Withheld: Hashable, Sendable {
        /// How many, by reason, in the order in which the reasons came up.
        public private(set) var counts: [(reason: String, count: Int)] = []

        /// Creates the account of an export that withheld nothing.
        public init() {}

        /// How many in all.
        public var count: Int { counts.reduce(0) { $0 + $1.count } }
        /// Whether every record was written.
        public var isEmpty: Bool { counts.isEmpty }

        mutating func add(_ reason: String) {
            if let index = counts.firstIndex(where: { $0.reason == reason }) {
                counts[index].count += 1
            } else {
                counts.append((reason, 1))
            }
        }

        /// Whether two hold the same counts.
        public static func == (left: Withheld, right: Withheld) -> Bool {
            left.counts.elementsEqual(right.counts) { $0 == $1 }
        }

        /// Feeds the counts into a hasher.
        public func hash(into hasher: inout Hasher) {
            for (reason, count) in counts {
                hasher.combine(reason)
                hasher.combine(count)
            }
        }
    }

    /// How many records were written.
    public var written = 0
    /// Those that must not go out.
    public var withheld = Withheld()

    /// Creates the outcome of an export.
    public init(written: Int = 0, withheld: Withheld = Withheld()) {
        self.written = written
        self.withheld = withheld
    }
}

/// What a handling label means for what goes out.
enum HandlingLabel {
    /// The labels that are known to be milder than RESTRICTED.
    private static let milder: Set = ["PUBLIC", "INTERNAL", "PERSONAL"]

    /// Whether a record so labelled is kept from others: RESTRICTED, and a label of a newer version,
    /// of which nothing is known here.
    static func isRestricted(_ label: String) -> Bool { !milder.contains(label) }
}

/// Which records an export writes.
public enum ExportScope: Hashable, Sendable {
    /// Those that may leave: not those that are labelled RESTRICTED or restricted, nor people of whom
    /// every basis of consent was withdrawn.
    case released
    /// All, for another replica of this desk: what reads the file has to keep the labels.
    case whole
}

/// Which records may leave for programs and people that know no labels.
enum ExportRelease {
    /// Returns why a record must stay here, or nil where it may go out.
    ///
    /// A value in conflict counts by the stricter side, which is what the policies of these fields
    /// show.
    static func objection(to view: RecordView) -> String? {
        if let label = view.handling, HandlingLabel.isRestricted(label) {
            return "labelled \(label)"
        }
        if view.field("restricted")?.text == "true" {
            return "restricted (the person objected to use)"
        }
        let bases = view.field("consent")?.values.map(\.json) ?? []
        let isWithdrawn = bases.contains { $0["withdrawn"] != nil }
        if isWithdrawn, bases.allSatisfy({ $0["withdrawn"] != nil }) { return "consent withdrawn" }
        return nil
    }
}
