import Interchange
import TestSupport
import Testing

/// What linkage says of records that a person can judge.
struct LinkageTests {
    private func person(
        _ name: String,
        email: String? = nil,
        phone: String? = nil,
        birth: String? = nil,
        orcid: String? = nil,
        city: String? = nil
    ) -> LinkageRecord {
        var record = LinkageRecord(.person)
        record.names = [PersonNames.name(name)]
        record.emails = email.map { [$0] } ?? []
        record.phones = phone.map { [$0] } ?? []
        record.birthDate = birth
        record.identifiers = orcid.map { [("orcid", $0)] } ?? []
        record.cities = city.map { [$0] } ?? []
        return record
    }

    private func verdict(_ one: LinkageRecord, _ other: LinkageRecord) -> LinkageVerdict {
        var linkage = Linkage(one.subject)
        linkage.add(one)
        linkage.add(other)
        let pairs = linkage.pairs().pairs
        return pairs.first?.comparison.verdict ?? .different
    }

    @Test func comparisonDoesNotAskWhichRecordIsFirst() {
        let records = [
            person("Ayesha Malik", email: "a@malik.example", birth: "1980-01-02", city: "Berlin"),
            person("A. Malik", email: "a.malik@tu.example", birth: "1980-02-01"),
            person("عائشہ ملک", city: "Berlin"), person("Malik, Ayesha K.", birth: "1980"),
        ]
        var linkage = Linkage(.person)
        for record in records { linkage.add(record) }
        for one in records.indices {
            for other in records.indices {
                let (left, right) = (linkage.compare(one, other), linkage.compare(other, one))
                #expect(abs(left.score - right.score) < 1e-9)
                #expect(left.verdict == right.verdict)
            }
        }
    }

    @Test func anORCIDDecides() {
        let (one, other) = ("0000-0002-1825-0097", "0000-0001-5109-3700")
        #expect(verdict(person("A. Malik", orcid: one), person("Ayesha Khan", orcid: one)) == .same)
        let mail = "zeb@qureshi.example"
        #expect(
            verdict(
                person("Zeb Qureshi", email: mail, orcid: one),
                person("Zeb Qureshi", email: mail, orcid: other)
            ) == .different
        )
    }

    @Test func aPersonalAddressWithACompatibleNameIsOnePerson() {
        let mail = "zeb.qureshi@tu.example"
        #expect(
            verdict(person("Dr Zeb Qureshi", email: mail), person("QURESHI, Zeb", email: mail))
                == .same
        )
        #expect(
            verdict(person("Zeb Qureshi", email: mail), person("Nadia Qureshi", email: mail))
                != .same
        )
    }

    @Test func theAddressOfAnOfficeIsNobodysOwn() {
        let mail = "info@tu.example"
        #expect(
            verdict(person("Muhammad Ali", email: mail), person("Muhammad Ali", email: mail))
                != .same
        )
    }

    @Test func twinsAreTwo() {
        let (mail, phone) = ("family@home.example", "+49 30 123456")
        let one = person("Sara Khan", email: mail, phone: phone, birth: "1990-04-05", city: "Bonn")
        let other = person(
            "Sana Khan",
            email: mail,
            phone: phone,
            birth: "1990-04-05",
            city: "Bonn"
        )
        #expect(verdict(one, other) != .same)
    }

    @Test func namesAcrossScriptsMeet() {
        let one = person("Dr. Muhammad Yusuf Rahman", birth: "1971-06-24")
        let other = person("محمد یوسف رحمان", birth: "1971-06-24")
        #expect(verdict(one, other) == .same)
        #expect(
            PersonNames.name("Ayesha Malik").agreement(
                with: PersonNames.name("عائشہ ملک"),
                as: .person
            )
                > 0
        )
    }

    @Test(
        arguments: [
            ("Dr. Abdul Rehman Khan", "Khan, Abdur Rahman"), ("Habib-ur-Rehman", "Habibur Rahman"),
            ("Zia-ud-Din Ahmed", "Ziauddin Ahmad"), ("Md. Saif Iqbal", "Muhammad Saif Iqbal"),
            ("Syed Asim Raza", "Asim Raza"), ("Asim Raza s/o Karim Raza", "Asim Raza"),
            ("J. C. Weber", "Jean-Claude Weber"), ("Bob Miller", "Robert Miller"),
            ("Ivan Petrovich Sidorov", "Sidorov Ivan"), ("Иван Сидоров", "Ivan Sidorov"),
            ("Prof. Dr.-Ing. Jürgen Müller", "Jurgen Mueller"),
        ]
    )
    func writingsOfOneNameAgree(_ one: String, _ other: String) {
        #expect(PersonNames.name(one).agreement(with: PersonNames.name(other), as: .person) > 0)
    }

    @Test(
        arguments: [
            ("Ali Khan", "Bilal Khan"), ("Murad Ivanovich Orlov", "Murad Petrovich Orlov"),
            ("Fatima Noor", "Farah Noor"), ("Asim Raza s/o Karim", "Asim Raza s/o Nadeem"),
        ]
    )
    func namesOfTwoPeopleDoNot(_ one: String, _ other: String) {
        #expect(PersonNames.name(one).agreement(with: PersonNames.name(other), as: .person) <= 0)
    }

    @Test(
        arguments: [
            ("Siemens AG", "Siemens Aktiengesellschaft", true),
            ("Universität Karatschi", "University of Karachi", true),
            ("2nd Institute of Physics", "Second Inst. of Physics", true),
            ("Second Institute of Physics", "Third Institute of Physics", false),
            ("Acme GmbH", "Acme AG", false),
            ("University of Lahore", "University of Karachi", false),
        ]
    )
    func organisationsAreToldApart(_ one: String, _ other: String, isSame: Bool) {
        let agreement = OrganisationNames.name(one)
            .agreement(with: OrganisationNames.name(other), as: .organisation)
        #expect((agreement > 0) == isSame)
    }

    @Test func aRareNameSaysMoreThanAFrequentOne() {
        var linkage = Linkage(.person)
        for _ in 0..<200 { linkage.add(person("Muhammad Ali")) }
        linkage.add(person("Zarmina Yousafzai"))
        linkage.add(person("Zarmina Yousafzai"))
        #expect(linkage.compare(200, 201).score > linkage.compare(0, 1).score + 10)
        #expect(linkage.pairs().pairs.map(\.first) == [200])
    }

    @Test func groupsDoNotFollowChains() {
        var linkage = Linkage(.person)
        let mails = ["bo@one.example", "bo@two.example"]
        var middle = person("Bo Lindqvist", email: mails[0])
        middle.emails = mails
        linkage.add(person("Bo Lindqvist", email: mails[0], birth: "1950-01-02"))
        linkage.add(middle)
        linkage.add(person("Bo Lindqvist", email: mails[1], birth: "1988-11-23"))
        let result = linkage.pairs()
        #expect(result.groups.count == 1)
        #expect(result.groups.first?.count == 2)
    }

    @Test func whatWasDecidedIsLeftOut() {
        var linkage = Linkage(.person)
        for _ in 0..<3 { linkage.add(person("Zarmina Yousafzai", email: "z@y.example")) }
        let pairs = linkage.pairs(excluding: { $0 == 0 && $1 == 1 }).pairs
        #expect(pairs.map(\.second) == [2, 2])
    }

    @Test func hostileTextIsComparedInBoundedTime() {
        let long = String(repeating: "ab ", count: 20_000)
        let odd = ["", " ", "\u{202e}\u{0}", "🦀", long, "s/o s/o", "ا", "- - -"]
        var linkage = Linkage(.person)
        for text in odd {
            var record = person(text, email: text, phone: text, birth: text, city: text)
            record.employers = [text]
            linkage.add(record)
        }
        _ = linkage.pairs()
        for one in odd.indices { for other in odd.indices { _ = linkage.compare(one, other) } }
    }
}

/// How near words are.
struct TextSimilarityTests {
    private func units(_ text: String) -> [UInt16] { Array(text.utf16) }

    @Test func jaroWinklerGivesThePublishedValues() {
        for (one, other, expected) in [
            ("martha", "marhta", 0.9611), ("dixon", "dicksonx", 0.8133), ("dwayne", "duane", 0.84),
            ("abc", "xyz", 0), ("same", "same", 1),
        ] {
            let found = TextSimilarity.jaroWinkler(units(one), units(other))
            #expect(abs(found - expected) < 0.0001, "\(one) \(other)")
        }
    }

    @Test func editsAreCountedUpToALimit() {
        #expect(TextSimilarity.edits(units("khan"), units("khna"), limit: 2) == 1)
        #expect(TextSimilarity.edits(units("khan"), units("kahn"), limit: 1) == 1)
        #expect(TextSimilarity.edits(units("kitten"), units("sitting"), limit: 3) == 3)
        #expect(TextSimilarity.edits(units("kitten"), units("sitting"), limit: 2) == nil)
        #expect(TextSimilarity.edits(units(""), units("a"), limit: 1) == 1)
    }

    @Test(arguments: Seeds.first(50))
    func editsAgreeWithTheWholeTable(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let (one, other) = (word(&random), word(&random))
        let whole = distance(one, other)
        for limit in 0...3 {
            let found = TextSimilarity.edits(one, other, limit: limit)
            #expect(found == (whole <= limit ? whole : nil))
        }
    }

    private func word(_ random: inout SeededGenerator) -> [UInt16] {
        (0..<Int.random(in: 0...7, using: &random)).map { _ in
            UInt16.random(in: 97...99, using: &random)
        }
    }

    /// Optimal string alignment, the plain way.
    private func distance(_ one: [UInt16], _ other: [UInt16]) -> Int {
        var table = [[Int]](
            repeating: [Int](repeating: 0, count: other.count + 1),
            count: one.count + 1
        )
        for i in 0...one.count {
            for j in 0...other.count {
                if i == 0 || j == 0 {
                    table[i][j] = max(i, j)
                    continue
                }
                let cost = one[i - 1] == other[j - 1] ? 0 : 1
                var best = min(table[i - 1][j - 1] + cost, table[i - 1][j] + 1, table[i][j - 1] + 1)
                if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                    best = min(best, table[i - 2][j - 2] + 1)
                }
                table[i][j] = best
            }
        }
        return table[one.count][other.count]
    }
}
