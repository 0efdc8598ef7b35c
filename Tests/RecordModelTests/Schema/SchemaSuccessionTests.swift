import RecordModel
import TestSupport
import Testing

/// What a schema may change that desks work by beside an earlier one.
struct SchemaSuccessionTests {
    private func succession(
        _ replacements: [(old: String, new: String)],
        version: Int = 2
    ) throws -> SchemaSuccession {
        let text = Schema.builtInNotation(
            replacing: [("schema 1\n", "schema \(version)\n")] + replacements
        )
        return SchemaSuccession(of: try SchemaFile(parsing: text), after: .builtIn)
    }

    @Test func aSchemaReadsBackFromItsNotation() throws {
        for schema in [Schema.builtIn, .later] {
            let read = try Schema(parsing: schema.notation)
            #expect(read == schema)
            #expect(read.notation == schema.notation)
            #expect(read.digest == schema.digest)
        }
        #expect(Schema.builtIn.digest != Schema.later.digest)
    }

    @Test func everySchemaFollowsItself() throws {
        let file = try SchemaFile(parsing: Schema.builtIn.notation)
        let succession = SchemaSuccession(of: file, after: .builtIn)
        #expect(succession.findings.isEmpty)
        #expect(succession.additions.isEmpty)
    }

    @Test func aSchemaMayAdd() throws {
        let file = try SchemaFile(parsing: Schema.laterNotation)
        let succession = SchemaSuccession(of: file, after: .builtIn)
        #expect(succession.findings.isEmpty, "\(succession.findings.map(\.message))")
        #expect(
            succession.additions == [
                "handling=SECRET", "contact.languages.tested", "contact.standing=honorary",
                "contact.liaison", "contact.nicknames", "contact.grants", "contact.background",
                "contact.remarks", "treaty_body",
            ]
        )
    }

    @Test func aPersonMayDecideWhatAPolicyDecided() throws {
        #expect(
            try succession([("20 preferred_name ! text fuller", "20 preferred_name ! text review")])
                .findings.isEmpty
        )
    }

    /// Each line takes the place of the one that begins alike; the finding names it.
    @Test(arguments: [
        ("30 employer text review", "30 firm text review", "was contact.employer"),
        ("30 employer text review", "30 employer longtext review", "type of a value never changes"),
        ("30 employer text review", "30 employer set text review", "lose their meaning"),
        ("30 employer text review", "30 employer text newest", "may only give way to review"),
        ("30 employer text review", "30 employer text review s", "is not sensitive"),
        ("37 birth_date edtf fuller s", "37 birth_date edtf fuller", "is sensitive"),
        (
            "41 keywords set text -\n42 themes set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -\n43 expertise_summary",
            "41 keywords {value*, weight int} -\n42 themes set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -\n43 expertise_summary",
            "lose their meaning"
        ),
        (
            "38 gender female|male|other|undisclosed", "38 gender female|male|other",
            "would not be allowed any more"
        ),
        ("PUBLIC|INTERNAL|PERSONAL", "INTERNAL|PUBLIC|PERSONAL", "stand in another order"),
        (
            "21 names ! {text*, lang lang, script", "21 names ! {text*, script, lang lang",
            "new ones come last"
        ),
        (
            "47 standing prospect|active|dormant|former|deceased review(deceased)",
            "47 standing prospect|active|dormant|former|deceased review(former)",
            "may only give way to review"
        ),
        (
            "kind 1 contact handling PERSONAL", "kind 1 contact handling PUBLIC",
            "milder than PERSONAL"
        ),
        ("kind 1 contact handling", "kind 1 person handling", "kind 1 was contact"),
        ("20 preferred_name ! text", "20 preferred_name text", "names records"),
        ("20 survivor ref", "20 survivor ! ref", "could not be changed without one"),
    ])
    func whatWouldLoseAMeaningIsFoundInItsLine(
        _ old: String,
        _ new: String,
        _ reason: String
    ) throws {
        let succession = try succession([(old, new)])
        let text = Schema.builtInNotation(replacing: [(old, new)])
        let line = text.split(separator: "\n", omittingEmptySubsequences: false)
            .firstIndex { $0.contains(new.split(separator: "\n")[0]) }
        let found = succession.findings.filter { $0.problem.contains(reason) }
        #expect(found.count == 1, "\(succession.findings.map(\.message))")
        #expect(found.first?.line == line.map { $0 + 1 })
    }

    @Test func whatIsTakenAwayIsFound() throws {
        let field = try succession([("31 position text review\n", "")]).findings
        #expect(field.map(\.problem).allSatisfy { $0.contains("31 contact.position is missing") })
        #expect(field.count == 1)
        let shorter = Schema.builtInNotation(replacing: [("schema 1\n", "schema 2\n")])
            .split(separator: "kind 16 merge")[0]
        let last = SchemaSuccession(
            of: try SchemaFile(parsing: String(shorter)),
            after: .builtIn
        )
        #expect(last.findings.map(\.problem).contains { $0.contains("kind 16 merge is missing") })
    }

    @Test func aNewPartCannotBelongToTheKey() throws {
        let found = try succession([
            (
                "26 participants {contact* ref|text, role} newest",
                "26 participants {contact* ref|text, role, seat*} newest"
            )
        ]).findings
        #expect(
            found.map(\.problem) == [
                "engagement.participants.seat cannot belong to the key: items that are there lack it"
            ]
        )
    }

    @Test func theVersionTellsSchemasApart() throws {
        let found = try succession(
            [("31 position text review\n", "31 position text review\n60 room text review\n")],
            version: 1
        ).findings
        #expect(found.map(\.line) == [1])
        #expect(found[0].problem.contains("greater than 1"))
    }

    @Test func aFieldIsNotCalledLikeWhatEveryRecordHas() throws {
        let found = try succession([
            ("31 position text review\n", "31 position text review\n60 space text review\n")
        ]).findings
        #expect(found.map(\.problem) == ["space is what every record says of itself, not a field"])
    }

    /// The law behind the rules: what a desk of the earlier schema writes, the later one allows.
    @Test func whatTheEarlierSchemaAllowsTheLaterAllows() throws {
        var generator = SeededGenerator(seed: 12)
        let texts = [
            "A", "2", "true", "2026-03-14", "DE", "ur", "2.2", "EUR 5.00", "text", "ber-1",
        ]
        var compared = 0
        for kind in Schema.builtIn.kinds {
            let later = try #require(Schema.later.kind(number: kind.number))
            for field in kind.fields {
                let other = try #require(later.field(number: field.number))
                for _ in 0..<20 {
                    var words = texts
                    if case .enumeration(let list) = field.type { words += list }
                    let text = words[generator.below(words.count)]
                    var warnings: [ValueWarning] = []
                    let read = try? field.input(
                        text: text,
                        context: ValueContext(),
                        warnings: &warnings
                    )
                    switch read {
                    case .register(let bytes)?:
                        #expect(other.isCanonical(register: bytes), "\(kind.name).\(field.name)")
                        compared += 1
                    case .items(let items)?:
                        for item in items {
                            let key = item.key ?? [1, 2, 3, 4, 5, 6, 7, 8]
                            let item = Item(key: key, value: item.value)
                            #expect(other.isCanonical(item: item), "\(kind.name).\(field.name)")
                            compared += 1
                        }
                    default: break
                    }
                }
            }
        }
        #expect(compared > 1_000)
    }
}
