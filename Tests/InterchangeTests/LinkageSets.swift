import Foundation
import Interchange
import RecordModel

/// A public set of records of which it is known who is who, as linkage reads it.
///
/// The labels are used to count, and for nothing else.
struct LinkageSet {
    let name: String
    var linkage: Linkage
    /// What says of each record who it is about.
    var entities: [String] = []

    init(_ name: String, _ subject: LinkageRecord.Subject) {
        self.name = name
        linkage = Linkage(subject)
    }

    mutating func add(_ record: LinkageRecord, entity: String) {
        linkage.add(record)
        entities.append(entity)
    }

    /// The number of pairs that are one.
    var truth: Int {
        Dictionary(grouping: entities, by: { $0 }).values.reduce(0) {
            $0 + $1.count * ($1.count - 1) / 2
        }
    }

    /// How well pairs were found.
    struct Score {
        let found: Int
        let right: Int
        let truth: Int

        var precision: Double { found == 0 ? 1 : Double(right) / Double(found) }
        var recall: Double { Double(right) / Double(truth) }
        var f1: Double {
            precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
        }
    }

    func score(_ pairs: some Collection<(first: Int, second: Int)>) -> Score {
        let right = pairs.count { entities[$0.first] == entities[$0.second] }
        return Score(found: pairs.count, right: right, truth: truth)
    }

    // MARK: Sets

    /// The sets of a folder of data, those that are there.
    static func all(in folder: URL) throws -> [LinkageSet] {
        let made = folder.appending(path: "linkage/febrl")
        return try [
            febrl("febrl1", [made.appending(path: "dataset1.csv")]),
            febrl("febrl4", ["a", "b"].map { made.appending(path: "dataset4\($0).csv") }),
            fake(folder.appending(path: "linkage/splink-fake_1000.csv")),
            restaurants(folder.appending(path: "linkage/restaurant-fodors-zagat.csv")),
        ].compactMap(\.self)
    }

    /// People made by FEBRL, their social security numbers left out.
    static func febrl(_ name: String, _ files: [URL]) throws -> LinkageSet? {
        var set = LinkageSet(name, .person)
        for file in files {
            guard let rows = try SetFile(file)?.rows else { return nil }
            for row in rows {
                var record = LinkageRecord(.person)
                record.names = [
                    PersonNames.name(given: row["given_name"] ?? "", family: row["surname"] ?? "")
                ]
                var address = LinkageRecord.Address()
                address.street = "\(row["street_number"] ?? "") \(row["address_1"] ?? "")"
                address.city = row["suburb"] ?? ""
                address.region = row["state"] ?? ""
                address.postcode = row["postcode"] ?? ""
                record.addresses = [address]
                record.birthDate = row["date_of_birth"]
                let number = row["rec_id"]?.split(separator: "-").dropFirst().first ?? ""
                set.add(record, entity: String(number))
            }
        }
        return set
    }

    /// People with many missing values.
    static func fake(_ file: URL) throws -> LinkageSet? {
        guard let rows = try SetFile(file)?.rows else { return nil }
        var set = LinkageSet("fake_1000", .person)
        for row in rows {
            var record = LinkageRecord(.person)
            record.names = [
                PersonNames.name(given: row["first_name"] ?? "", family: row["surname"] ?? "")
            ]
            record.birthDate = row["dob"]
            record.cities = [row["city"] ?? ""].filter { !$0.isEmpty }
            record.emails = [row["email"] ?? ""].filter { !$0.isEmpty }
            set.add(record, entity: row["cluster"] ?? "")
        }
        return set
    }

    /// Restaurants of two guides.
    static func restaurants(_ file: URL) throws -> LinkageSet? {
        guard let rows = try SetFile(file)?.rows else { return nil }
        var set = LinkageSet("fodors-zagat", .organisation)
        for row in rows {
            var record = LinkageRecord(.organisation)
            record.names = [OrganisationNames.name(row["name"] ?? "")]
            var address = LinkageRecord.Address()
            address.street = row["addr"] ?? ""
            address.city = row["city"] ?? ""
            record.addresses = [address]
            record.phones = [row["phone"] ?? ""]
            set.add(record, entity: row["class"] ?? "")
        }
        return set
    }
}

/// A file of comma-separated values with a header, as these sets have it: blanks after commas, single
/// or double quotes.
struct SetFile {
    let rows: [[String: String]]

    init?(_ file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let lines = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline)
        guard let header = lines.first.map(Self.cells) else { return nil }
        rows = lines.dropFirst().map { line in
            Dictionary(zip(header, Self.cells(line)), uniquingKeysWith: { first, _ in first })
        }
    }

    private static func cells(_ line: Substring) -> [String] {
        var cells: [String] = [""]
        var quote: Character?
        for character in line {
            switch (character, quote) {
            case (let end, let open?) where end == open: quote = nil
            case ("\"", nil): quote = "\""
            case (",", nil): cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells.map { cell in
            let cell = cell.trimmingCharacters(in: .whitespaces)
            let isQuoted = cell.count > 1 && cell.hasPrefix("'") && cell.hasSuffix("'")
            return isQuoted ? String(cell.dropFirst().dropLast()) : cell
        }
    }
}

/// Pairs of names of which it is known whether they are one.
struct NamePairSet {
    struct Pair {
        let first: String
        let second: String
        let isSame: Bool
        let agreement: Double
    }

    let pairs: [Pair]

    init?(_ file: URL) throws {
        guard let rows = try SetFile(file)?.rows else { return nil }
        pairs = rows.map { row in
            let isPerson = row["schema"] == "Person"
            let (first, second) = (row["name1"] ?? "", row["name2"] ?? "")
            let read = isPerson ? PersonNames.name : OrganisationNames.name
            let subject: LinkageRecord.Subject = isPerson ? .person : .organisation
            return Pair(
                first: first,
                second: second,
                isSame: row["is_match"] == "true",
                agreement: read(first).agreement(with: read(second), as: subject)
            )
        }
    }

    var score: LinkageSet.Score {
        LinkageSet.Score(
            found: pairs.count { $0.agreement > 0 },
            right: pairs.count { $0.agreement > 0 && $0.isSame },
            truth: pairs.count(where: \.isSame)
        )
    }
}

/// Words of names in Latin and in Arabic letters.
struct TransliterationSet {
    /// How many of the Latin words share a key with their Arabic one.
    let sharing: Double
    /// How many of the Latin words find their Arabic one first, among all.
    let recallAtOne: Double

    init?(_ file: URL) throws {
        guard let rows = try SetFile(file)?.rows else { return nil }
        let pairs = rows.map { row in
            (
                latin: SearchFold.fold(row["latin"] ?? ""),
                arabic: SearchFold.fold(row["arabic"] ?? "")
            )
        }
        var byKey: [String: Set<String>] = [:]
        var spellings: [String: [UInt16]] = [:]
        var answers: [String: Set<String>] = [:]
        for pair in pairs {
            for key in ConsonantSkeleton.keys(of: pair.arabic) {
                byKey[key, default: []].insert(pair.arabic)
            }
            spellings[pair.arabic] = Array(SoundSpelling.spelling(of: pair.arabic).utf16)
            answers[pair.latin, default: []].insert(pair.arabic)
        }
        var shared = 0
        var first = 0
        for pair in pairs {
            let candidates = Set(
                ConsonantSkeleton.keys(of: pair.latin).flatMap { byKey[$0] ?? [] }
            )
            if candidates.contains(pair.arabic) { shared += 1 }
            let spelling = Array(SoundSpelling.spelling(of: pair.latin).utf16)
            let best = candidates.map { word in
                (word: word, nearness: TextSimilarity.jaroWinkler(spelling, spellings[word] ?? []))
            }.max { ($0.nearness, $1.word) < ($1.nearness, $0.word) }
            if let best, answers[pair.latin]?.contains(best.word) == true { first += 1 }
        }
        sharing = Double(shared) / Double(pairs.count)
        recallAtOne = Double(first) / Double(pairs.count)
    }
}
