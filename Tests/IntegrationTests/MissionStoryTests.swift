import Foundation
import NetworkTestSupport
import RecordModel
import TestSupport
import Testing

/// What happens between missions, told as it happens (the people are invented).
@Suite(.serialized)
struct MissionStoryTests {
    private static let givenNames = [
        "Ayesha", "Bilal", "Dörte", "Élodie", "Farid", "Günther", "Hélène", "Imran", "Jürgen",
        "Kübra", "Löwe", "Märta", "Nadia", "Özlem", "Paweena", "Qasim", "René", "Söhnke", "Tariq",
        "Ümit", "Vérane", "Wafa", "Xenia", "Yusuf", "Zoë",
    ]
    private static let familyNames = [
        "Ahornthal", "Brückner", "Chaudhal", "Dörfler", "Eßling", "Farouqi", "Grünwald", "Hässler",
        "Ibrahimzad", "Jönsson", "Kühnast", "Löffelmann", "Müllerin", "Nøstdal", "Öhlund", "Pétain",
        "Qureshal", "Räikkö", "Säurich", "Tøndel",
    ]

    /// The name of a person by number: no two are alike.
    private static func name(_ number: Int) -> (given: String, family: String) {
        (givenNames[number % givenNames.count], familyNames[number / givenNames.count])
    }

    private static func address(_ number: Int) -> String { "person\(number)@haus\(number).example" }

    private static func phone(_ number: Int) -> String { "+49301\(2_000_000 + number)" }

    /// Runs a command line of the built program with JSON as its output.
    private func json(_ officer: Officer, _ arguments: String...) throws -> JSONValue {
        let quoted = arguments.map { "'" + $0.replacingOccurrences(of: "'", with: #"'\''"#) + "'" }
        let line = quoted.joined(separator: " ")
        let outcome = try officer.binary.run(
            shell: "exec \"$0\" \(line) --replica \(officer.replica) --json"
        )
        #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
        return try outcome.json()
    }

    private func count(_ json: JSONValue, _ name: String) -> Int {
        if case .number(let digits)? = json[name] { return Int(digits) ?? -1 }
        return json[name]?.array?.count ?? -1
    }

    /// Story a: after the science day a desk takes in the list of 140 who came, an Excel file of a German
    /// office, and the 300 contacts of a telephone; 37 of them it knows.
    @Test func theListOfAttendeesAndTheTelephoneAreTakenInAndNobodyIsDoubled() throws {
        let binary = Binary()
        let made = try binary.run(
            "init",
            "--desk",
            "BER",
            "--officer",
            "H. Raza",
            "--region",
            "DE",
            "--replica",
            "ber"
        )
        #expect(made.status == 0, "\(made.errors)")
        let officer = Officer(binary: binary, replica: "ber")
        func write(_ name: String, _ data: Data?) throws {
            try #require(data).write(to: URL(fileURLWithPath: binary.directory.path(name)))
        }

        // Persons 0 to 36 are known: 25 of them came, 12 are in the telephone.
        let known = (0..<37).map { number -> String in
            let (given, family) = Self.name(number)
            return #"{"kind":"contact","fields":{"preferred_name":"\#(given) \#(family)","#
                + #""emails":["\#(Self.address(number))"],"employer":"Haus \#(number)"}}"#
        }
        try write("known.jsonl", known.joined(separator: "\n").data(using: .utf8))
        #expect(count(try json(officer, "import", "known.jsonl"), "created") == 37)
        let before = try officer.types("export", "contact", "--format", "csv").output

        // The list as Excel saves it in Germany: semicolons, Windows-1252. One row has no name.
        let came = Array(0..<25) + Array(37..<151)
        var rows = ["Vorname;Nachname;E-Mail;Firma;Telefon"]
        for number in came {
            let (given, family) = Self.name(number)
            let address = Self.address(number).uppercased()
            rows.append("\(given);\(family);\(address);Haus \(number);\(Self.phone(number))")
        }
        rows.append(";;;;")
        rows.append(";;;Haus ohne Namen;")
        try write(
            "teilnehmer.csv",
            rows.joined(separator: "\r\n").data(using: .windowsCP1252)
        )

        // The telephone: 12 who are known, 30 who came too, and 258 others.
        let called = Array(25..<37) + Array(37..<67) + Array(151..<409)
        let cards = called.map { number -> String in
            let (given, family) = Self.name(number)
            return """
                BEGIN:VCARD\r
                VERSION:3.0\r
                N:\(family);\(given);;;\r
                FN:\(given) \(family)\r
                TEL;TYPE=CELL:\(Self.phone(number))\r
                EMAIL:\(Self.address(number))\r
                END:VCARD\r
                """
        }
        try write("telefon.vcf", cards.joined(separator: "\n").data(using: .utf8))

        // Every row is accounted for (140 and 300, those who did both twice), and nobody is doubled.
        let run = try json(officer, "import", "teilnehmer.csv", "telefon.vcf", "--kind", "contact")
        #expect(count(run, "created") == 114 + 258)
        #expect(count(run, "updated") + count(run, "unchanged") == 25 + 12 + 30)
        #expect(count(run, "refused") == 1)
        #expect(run["refused"]?.array?.first?["line"] == .number("142"))
        #expect(count(run, "held") == 0)
        let people = try officer.types("list", "contact", "--json").lines()
        let names = people.compactMap { $0["fields"]?["preferred_name"]?.string }
        #expect(names.count == 37 + 114 + 258)
        #expect(Set(names).count == names.count)
        #expect(names.contains("Jürgen Brückner"), "the file's letters were read as they are")

        // The same file again changes nothing.
        let again = try json(officer, "import", "telefon.vcf")
        #expect(count(again, "created") + count(again, "updated") == 0)

        // The wrong list, it turns out: one command takes all of it back.
        try officer.types("import", "--undo", try #require(run["run"]?.string))
        let after = try officer.types("export", "contact", "--format", "csv").output
        #expect(after == before)
    }

    /// Story b: a desk was without a network for three weeks, and meanwhile headquarters and another mission
    /// worked on the same people.
    @Test func threeWeeksOfWorkMeetTheWorkOfOthersOverAThinLink() async throws {
        let binary = Binary()
        let address = try binary.ministry("BER", "LON")
        let port = try #require(Int(address.split(separator: ":").last ?? ""))
        let berlin = Officer(binary: binary, replica: "ber")
        let london = Officer(binary: binary, replica: "lon")
        let made = try binary.run(
            "init",
            "--desk",
            "HQ",
            "--officer",
            "A. Shah",
            "--replica",
            "staff"
        )
        #expect(made.status == 0)
        let staff = Officer(binary: binary, replica: "staff")
        let token = try binary.run("hq", "token", "--data", "hq", "--desk", "HQ", "--all-spaces")
        try staff.types(
            "enrol",
            "--hq",
            address,
            "--token",
            token.output.trimmingCharacters(in: .newlines)
        )

        // Twelve people whom all know.
        let people = (0..<12).map { number -> String in
            let (given, family) = Self.name(number)
            return #"{"kind":"contact","fields":{"preferred_name":"\#(given) \#(family)","#
                + #""employer":"Haus \#(number)","city":"Ort \#(number)"}}"#
        }
        try people.joined(separator: "\n").data(using: .utf8)?
            .write(to: URL(fileURLWithPath: binary.directory.path("people.jsonl")))
        try berlin.types("import", "people.jsonl", "--space", "all-missions")
        for officer in [berlin, london, staff] { try officer.types("sync") }

        // Berlin's line is down. Sixty values change there in three weeks …
        for number in 1...12 {
            try berlin.types(
                "set",
                "ber-\(number)",
                "position=Position \(number)",
                "last_contacted=2026-11-\(9 + number)",
                "keywords+=wasser \(number)",
                "willing_to+=mentor",
                number <= 2 ? "employer=Berliner Haus \(number)" : "country_of_residence=DE"
            )
        }
        // … and eight of the people change elsewhere: of two the same field in another way, of one to the
        // same value, of the others something else.
        try staff.types("set", "ber-1", "employer=Haus der Zentrale")
        try london.types("set", "ber-2", "employer=Londoner Haus")
        try staff.types("set", "ber-3", "country_of_residence=DE")
        for number in 4...6 { try london.types("set", "ber-\(number)", "city=London \(number)") }
        for number in 7...8 { try staff.types("set", "ber-\(number)", "city=Islamabad \(number)") }
        for officer in [london, staff] { try officer.types("sync") }

        // The line is back: 40 kbit/s, a fifth of a second away, and it breaks in the middle.
        let proxy = try await ShapingProxy.start(to: port)
        var shape = ShapingProxy.Shape()
        shape.bytesPerSecond = 5_000
        shape.delay = .milliseconds(200)
        shape.cutUp = 400
        proxy.shape = shape
        let mending = Task {
            while proxy.connections < 2 { try await Task.sleep(for: .milliseconds(5)) }
            proxy.shape.cutUp = nil
        }
        let sync = try json(berlin, "sync", "--hq", "http://127.0.0.1:\(proxy.port)")
        mending.cancel()
        #expect(proxy.connections > 1, "it broke, and the same command went on")
        #expect(sync["verified"] == .bool(true))
        #expect(sync["sent"]?["records"] == .number("12"))
        #expect(sync["received"]?["records"] == .number("8"))
        #expect(sync["conflicts"]?["open"] == .number("2"))
        await proxy.stop()

        // Two true conflicts stand side by side, with who and when; everything else has merged.
        let shown = try binary.run("conflicts", "--json", "--replica", "ber")
        #expect(shown.status == 3)
        let conflicts = try #require(try shown.json().array)
        #expect(conflicts.compactMap { $0["id"]?.string }.sorted() == ["ber-1", "ber-2"])
        for conflict in conflicts {
            #expect(conflict["field"] == .string("employer"))
            #expect(conflict["base"]?["value"]?.string?.hasPrefix("Haus ") == true)
            let siblings = try #require(conflict["siblings"]?.array)
            #expect(siblings.count == 2)
            #expect(siblings.allSatisfy { $0["by"] != nil && $0["at"] != nil && $0["desk"] != nil })
        }
        let merged = try json(berlin, "show", "ber-4")
        #expect(merged["fields"]?["city"] == .string("London 4"))
        #expect(merged["fields"]?["position"] == .string("Position 4"))

        // The officer decides with two keys, and all agree.
        let decided = try binary.run("review", "--plain", "--replica", "ber", input: "1\n2\n")
        #expect(decided.output.contains("2 decided, 0 left."))
        try berlin.types("sync", "--hq", address)
        for officer in [london, staff, berlin] {
            #expect(try json(officer, "sync")["verified"] == .bool(true))
        }
        let digests = try [berlin, london, staff].map { officer in
            try json(officer, "spaces").array?.first { $0["name"] == .string("all-missions") }?[
                "digest"
            ]
        }
        #expect(Set(digests).count == 1)
        #expect(try binary.run("conflicts", "--replica", "lon").status == 0)
    }

    /// Story c: a scientist in Berlin withdraws her consent, and is forgotten everywhere.
    @Test func aScientistWithdrawsHerConsentAndIsForgotten() throws {
        let binary = Binary()
        _ = try binary.ministry("BER", "LON", "TAS")
        let berlin = Officer(binary: binary, replica: "ber")
        let london = Officer(binary: binary, replica: "lon")
        let tashkent = Officer(binary: binary, replica: "tas")
        /// Whether one of the files of a store has her name in it.
        func knowHer(_ stores: [String]) throws -> [String] {
            try stores.filter { store in
                try ["", "-wal"].contains { suffix in
                    let url = URL(fileURLWithPath: binary.directory.path(store + suffix))
                    guard FileManager.default.fileExists(atPath: url.path) else { return false }
                    let bytes = try Data(contentsOf: url)
                    return ["Quellwasser", "quellwasser"].contains {
                        bytes.range(of: Data($0.utf8)) != nil
                    }
                }
            }
        }
        let stores = ["ber", "lon", "tas", "hq/headquarters"]

        // Berlin has met her, and all missions know her; London keeps her telephone number to itself.
        let her = try berlin.adds(
            "contact",
            "preferred_name=Dr Zeenat Quellwasser",
            "employer=Institut Nord",
            #"consent={"basis":"consent","scope":"share_with_other_missions","given":"2025-05-01"}"#
        )
        _ = try berlin.adds("contact", "preferred_name=Dr B. Stays")
        try "Her portrait, Quellwasser".write(
            toFile: binary.directory.path("portrait.txt"),
            atomically: true,
            encoding: .utf8
        )
        let shared = try binary.run(
            "add",
            "contact",
            "preferred_name=Dr Zeenat Quellwasser-Khan",
            "--space",
            "all-missions",
            "--replica",
            "ber"
        ).output.trimmingCharacters(in: .newlines)
        try berlin.types("set", shared, "city=Berlin", "notes+=Quellwasser is her maiden name")
        try berlin.types("set", shared, "preferred_name=Dr Zeenat Quellwasser")
        try berlin.types("attach", shared, "portrait.txt")
        for officer in [berlin, london, tashkent] { try officer.types("sync") }
        try london.types("set", shared, "phones+=+44 20 7946 0958")
        try london.types("sync")
        #expect(try knowHer(stores) == stores)
        try berlin.types("backup", "before")

        // She takes her consent back, and nothing else allows to keep what is held of her.
        for id in [her, shared] {
            #expect(try json(berlin, "erase", id, "--reason", "consent")["change"] != nil)
        }
        #expect(try knowHer(["ber"]) == [], "not even in what SQLite has freed")
        try berlin.types("sync")

        // London is at work on her record at that hour; it makes no difference.
        try london.types("set", shared, "city=London")
        try london.types("sync")
        #expect(try london.types("list", "contact", "--json").lines().isEmpty)

        // Within one round all but one have confirmed, and headquarters says who has not.
        func unconfirmed() throws -> [String: JSONValue] {
            let desks = try #require(
                try binary.run("hq", "desks", "--data", "hq", "--json").json().array
            )
            return Dictionary(
                uniqueKeysWithValues: try desks.map {
                    (try #require($0["desk"]?.string), try #require($0["unconfirmed_erasures"]))
                }
            )
        }
        #expect(
            try unconfirmed() == ["BER": .number("0"), "LON": .number("0"), "TAS": .number("1")]
        )
        let health = try binary.run("report", "health", "--data", "hq", "--json").json()
        let waiting = health["rows"]?.array?.filter { $0["section"] == .string("erasures") }
        #expect(waiting?.compactMap { $0["desk"]?.string } == ["TAS"])

        // Tashkent follows, London's number went too, and the name is in no file.
        for officer in [tashkent, berlin, london] { try officer.types("sync") }
        #expect(try unconfirmed().values.allSatisfy { $0 == .number("0") })
        try binary.run("hq", "compact", "--data", "hq")
        #expect(try knowHer(stores) == [])

        // The backup of the week before is put back: it does not bring her back, neither at once nor later.
        try berlin.types("restore", "before")
        func names() throws -> [String] {
            try berlin.types("list", "contact", "--json").lines()
                .compactMap { $0["fields"]?["preferred_name"]?.string }
        }
        #expect(try names() == ["Dr B. Stays"])
        try berlin.types("sync")
        #expect(try names() == ["Dr B. Stays"])
        #expect(try knowHer(["ber"]) == [])
        for officer in [berlin, london, tashkent] { try officer.types("doctor") }
    }
}
