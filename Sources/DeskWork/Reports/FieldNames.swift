/// The names of the fields of research and of the sustainable development goals, and how codes stand to
/// each other.
enum FieldNames {
    /// The six areas and their groups, in the order of their numbers (OECD, Frascati Manual 2015,
    /// table 2.2).
    private static let areas: [(name: String, groups: [String])] = [
        (
            "Natural sciences",
            [
                "Mathematics", "Computer and information sciences", "Physical sciences",
                "Chemical sciences", "Earth and environmental sciences", "Biological sciences",
                "Other natural sciences",
            ]
        ),
        (
            "Engineering and technology",
            [
                "Civil engineering", "Electrical and electronic engineering",
                "Mechanical engineering", "Chemical engineering", "Materials engineering",
                "Medical engineering", "Environmental engineering",
                "Environmental biotechnology", "Industrial biotechnology", "Nano-technology",
                "Other engineering",
            ]
        ),
        (
            "Medical and health sciences",
            [
                "Basic medicine", "Clinical medicine", "Health sciences",
                "Medical biotechnology", "Other medical science",
            ]
        ),
        (
            "Agricultural and veterinary sciences",
            [
                "Agriculture, forestry and fisheries", "Animal and dairy science",
                "Veterinary science", "Agricultural biotechnology",
                "Other agricultural sciences",
            ]
        ),
        (
            "Social sciences",
            [
                "Psychology and cognitive sciences", "Economics and business", "Education",
                "Sociology", "Law", "Political science", "Social and economic geography",
                "Media and communications", "Other social sciences",
            ]
        ),
        (
            "Humanities and the arts",
            [
                "History and archaeology", "Languages and literature",
                "Philosophy, ethics and religion", "Arts", "Other humanities",
            ]
        ),
    ]

    private static let goals = [
        "No poverty", "Zero hunger", "Good health and well-being", "Quality education",
        "Gender equality", "Clean water and sanitation", "Affordable and clean energy",
        "Decent work and economic growth", "Industry, innovation and infrastructure",
        "Reduced inequalities", "Sustainable cities and communities",
        "Responsible consumption and production", "Climate action", "Life below water",
        "Life on land", "Peace, justice and strong institutions", "Partnerships for the goals",
    ]

    /// Returns the name of a field of research, or nil for other text.
    static func research(_ code: String) -> String? {
        let numbers = code.split(separator: ".").map { Int($0) ?? 0 }
        guard let area = numbers.first, areas.indices.contains(area - 1) else { return nil }
        guard numbers.count == 2 else { return areas[area - 1].name }
        let groups = areas[area - 1].groups
        return groups.indices.contains(numbers[1] - 1) ? groups[numbers[1] - 1] : nil
    }

    /// Returns the name of the goal of a goal or target, or nil for other text.
    static func goal(_ code: String) -> String? {
        guard let number = Int(top(code)), goals.indices.contains(number - 1) else { return nil }
        return goals[number - 1]
    }

    /// The area or goal of a code.
    static func top(_ code: String) -> String { String(code.prefix { $0 != "." }) }

    /// Whether a code is another, or stands below it.
    static func isWithin(_ code: String, _ other: String) -> Bool {
        code == other || code.hasPrefix(other + ".")
    }

    /// Whether one of two codes is within the other.
    static func overlap(_ one: String, _ other: String) -> Bool {
        isWithin(one, other) || isWithin(other, one)
    }

    /// Codes in the order of their numbers: `2.9` before `2.10`.
    static func precedes(_ left: String, _ right: String) -> Bool {
        func key(_ code: String) -> [Int] {
            code.split(separator: ".").map { part in
                // A means of implementation (`9.a`) stands behind the outcome targets.
                Int(part) ?? 1000 + Int(part.unicodeScalars.first?.value ?? 0)
            }
        }
        let (left, right) = (key(left), key(right))
        return left.lexicographicallyPrecedes(right)
    }
}
