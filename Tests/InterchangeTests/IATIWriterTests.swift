import Foundation
import Interchange
import RecordModel
import TestSupport
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

struct IATIWriterTests {
    private func activity(title: String = "A programme") throws -> IATIActivity {
        let day = try #require(CivilDate(year: 2026, month: 1, day: 1))
        let end = try #require(CivilDate(year: 2026, month: 12, day: 31))
        let money = try Money("EUR 1200.50")
        return IATIActivity(
            identifier: "XM-TEST-1-0123456789abcdef",
            changed: Instant(seconds: 1_772_000_000),
            titles: [.init(title), .init("Программа", language: "ru")],
            description: "What it is about",
            objectives: "What it is to reach",
            organisations: [
                .init(ref: "XI-ROR-05bbbc791", type: "80", role: "4", name: "An institute")
            ],
            status: "2",
            dates: [.init(type: "2", day: day, text: "2026")],
            countries: [.init(code: "KZ", hundredths: 3334), .init(code: "UZ", hundredths: 6666)],
            sectors: [
                .init(code: "43082", vocabulary: "1"),
                .init(
                    code: "2.7",
                    vocabulary: "99",
                    vocabularyURI: "https://x.example",
                    name: "Water"
                ),
            ],
            goals: ["6", "6.4"],
            budgets: [.init(start: day, end: end, money: money)],
            transactions: [
                .init(
                    type: "2",
                    day: day,
                    money: money,
                    provider: .init(ref: nil, type: nil, name: "A fund"),
                    financeType: "110"
                )
            ],
            parent: "XM-TEST-1-fedcba9876543210"
        )
    }

    private func bytes(_ activities: [IATIActivity]) -> [UInt8] {
        var writer = IATIWriter(
            reporter: .init(ref: "XM-TEST-1", type: "10", name: "A ministry"),
            generated: Instant(seconds: 1_772_000_000)
        )
        for activity in activities { writer.write(activity) }
        writer.end()
        return writer.takeBytes()
    }

    /// Collects the elements of a document with their parents.
    private final class Elements: NSObject, XMLParserDelegate {
        var path: [String] = []
        var children: [(path: String, name: String, attributes: [String: String])] = []
        var texts: [String] = []
        private var open: [Int] = []

        func parser(
            _ parser: XMLParser,
            didStartElement name: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String]
        ) {
            children.append((path.joined(separator: "/"), name, attributes))
            path.append(name)
            open.append(texts.count)
            texts.append("")
        }

        func parser(
            _ parser: XMLParser,
            didEndElement name: String,
            namespaceURI: String?,
            qualifiedName: String?
        ) {
            path.removeLast()
            open.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            if let element = open.last { texts[element] += string }
        }
    }

    private func parse(_ bytes: [UInt8]) throws -> Elements {
        let elements = Elements()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = elements
        #expect(parser.parse(), "\(String(describing: parser.parserError))")
        return elements
    }

    /// The sequences of the standard's schema of 2018-02-19, as far as they are written.
    private static let sequences = [
        "iati-activities/iati-activity": [
            "iati-identifier", "reporting-org", "title", "description", "participating-org",
            "other-identifier", "activity-status", "activity-date", "contact-info",
            "activity-scope", "recipient-country", "recipient-region", "location", "sector", "tag",
            "budget", "planned-disbursement", "transaction", "document-link", "related-activity",
        ],
        "iati-activities/iati-activity/budget": ["period-start", "period-end", "value"],
        "iati-activities/iati-activity/transaction": [
            "transaction-type", "transaction-date", "value", "description", "provider-org",
            "receiver-org", "flow-type", "finance-type",
        ],
    ]

    @Test func elementsStandInTheOrderOfTheSchema() throws {
        let elements = try parse(bytes([try activity(), try activity()]))
        for (path, sequence) in Self.sequences {
            var last = 0
            for child in elements.children where child.path == path {
                let place = try #require(sequence.firstIndex(of: child.name), "\(child.name)")
                // A second activity begins again.
                if place == 0 { last = 0 }
                #expect(place >= last, "\(child.name)")
                last = place
            }
        }
        let required = [
            "iati-identifier", "reporting-org", "title", "description", "participating-org",
            "activity-status", "activity-date",
        ]
        for name in required { #expect(elements.children.contains { $0.name == name }) }
    }

    @Test func valuesAndSharesAreExact() throws {
        let elements = try parse(bytes([try activity()]))
        let countries = elements.children.filter { $0.name == "recipient-country" }
        #expect(countries.map { $0.attributes["percentage"] } == ["33.34", "66.66"])
        let value = try #require(elements.children.firstIndex { $0.name == "value" })
        #expect(elements.texts[value] == "1200.50")
        #expect(
            elements.children[value].attributes == ["currency": "EUR", "value-date": "2026-01-01"]
        )
        #expect(
            elements.children.filter { $0.name == "tag" }.map { $0.attributes["vocabulary"] } == [
                "2", "3",
            ]
        )
    }

    @Test(arguments: [
        "<&>\"'", "]]>", "a\u{0}\u{1B}\u{FFFE}b", "line\nline\tend\rend", "水 عائشہ 👩‍🔬", "<!-- x -->",
    ])
    func anyTextIsWellFormedAndComesBack(text: String) throws {
        let elements = try parse(bytes([try activity(title: text)]))
        let title = try #require(elements.children.firstIndex { $0.path.hasSuffix("/title") })
        let wanted = String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { scalar in
                    [0x9, 0xA, 0xD].contains(scalar.value)
                        || (scalar.value >= 0x20 && scalar.value != 0xFFFE)
                }
            )
        )
        #expect(elements.texts[title].unicodeScalars.elementsEqual(wanted.unicodeScalars))
    }

    @Test(.enabled(if: TestData.url("codes/iati/TransactionType.xml") != nil, dataIsAbsent))
    func codesAreOfTheStandardsLists() throws {
        let elements = try parse(bytes([try activity()]))
        let lists = [
            ("TransactionType", "transaction-type", "code"),
            ("OrganisationRole", "participating-org", "role"),
            ("OrganisationType", "participating-org", "type"),
            ("ActivityStatus", "activity-status", "code"),
            ("ActivityDateType", "activity-date", "type"), ("BudgetType", "budget", "type"),
            ("BudgetStatus", "budget", "status"),
            ("RelatedActivityType", "related-activity", "type"),
        ]
        for (list, element, attribute) in lists {
            let url = try #require(TestData.url("codes/iati/\(list).xml"))
            let codes = try String(contentsOf: url, encoding: .utf8)
            let used = elements.children.filter { $0.name == element }
                .compactMap { $0.attributes[attribute] }
            #expect(!used.isEmpty)
            for code in used { #expect(codes.contains("<code>\(code)</code>"), "\(list) \(code)") }
        }
    }
}
