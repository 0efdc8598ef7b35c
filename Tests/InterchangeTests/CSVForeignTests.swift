import Foundation
import RecordModel
import TestSupport
import Testing

@testable import Interchange

/// Files of other programs, with the headings that they have.
struct CSVForeignTests {
    private func read(
        _ text: String,
        kind: String = "contact",
        _ options: CSVOptions = CSVOptions()
    ) throws -> CSVReader {
        let kind = try #require(Schema.builtIn.kind(named: kind))
        return try CSVReader(ByteSource(text), kind: kind, options: options)
    }

    /// The rows' fields as `name: value`, a field that stands several times joined.
    private func fields(_ row: ImportedRow) -> [String: String] {
        var fields: [String: String] = [:]
        for field in row.fields {
            let value =
                switch field.value {
                case .text(let text): text
                case .json(.string(let text)): text
                case .json(let json): json.text
                }
            fields[field.name] = fields[field.name].map { "\($0) \(value)" } ?? value
        }
        return fields
    }

    private func warnings(_ reader: CSVReader) throws -> [String] {
        try reader.results().flatMap { result -> [String] in
            switch result {
            case .warning(_, let message): return [message]
            case .record(let row): return row.warnings
            case .refused: return []
            }
        }
    }

    @Test func linkedInBeginsWithNotes() throws {
        let reader = try read(
            """
            Notes:
            "When exporting, some e-mail addresses are missing, since ""x"" did not share."

            First Name,Last Name,URL,Email Address,Company,Position,Connected On
            Ayesha,Malik,https://www.linkedin.com/in/am,,Charité,Group Leader,14 Mar 2024
            """
        )
        let row = try #require(try reader.rows().first)
        #expect(row.line == 5)
        let fields = fields(row)
        #expect(fields["preferred_name"] == "Ayesha Malik")
        #expect(fields["employer"] == "Charité")
        #expect(fields["position"] == "Group Leader")
        #expect(
            fields["urls"] == #"[{"value":"https://www.linkedin.com/in/am","type":"profile"}]"#
        )
        #expect(fields["extra"] == #"[{"name":"Connected On","value":"14 Mar 2024"}]"#)
        #expect(try warnings(reader).contains { $0.contains("line 4") })
    }

    @Test(arguments: ["Type", "Label"]) func googleJoinsWhatIsNumbered(label: String) throws {
        let reader = try read(
            """
            First Name,Middle Name,Last Name,Birthday,Labels,E-mail 1 - \(label),E-mail 1 - Value,\
            Phone 1 - \(label),Phone 1 - Value,Address 1 - \(label),Address 1 - Street,\
            Address 1 - City,Address 1 - Country,Organization 1 - Name,Organization 1 - Title
            Sana,B,Tariq,--04-15,* myContacts ::: Water,* Work,a@b.org ::: c@d.org,Mobile,\
            +41 79 123 45 67,Home,Rue 1,Genève,CH,CERN,Physicist
            """
        )
        let fields = fields(try #require(try reader.rows().first))
        #expect(fields["preferred_name"] == "Sana B Tariq")
        #expect(
            fields["names"]
                == #"[{"text":"Sana B Tariq","given":"Sana B","family":"Tariq"}]"#
        )
        #expect(fields["birth_date"] == "XXXX-04-15")
        #expect(fields["tags"] == #"["Water"]"#)
        #expect(
            fields["emails"]
                == #"[{"value":"a@b.org","type":"work","primary":true}] "#
                + #"[{"value":"c@d.org","type":"work"}]"#
        )
        #expect(fields["phones"] == #"[{"value":"+41 79 123 45 67","type":"mobile"}]"#)
        #expect(fields["employer"] == "CERN")
        #expect(fields["country_of_residence"] == "CH")
        #expect(
            fields["addresses"]
                == #"[{"text":"Rue 1, Genève, CH","type":"home","street":"Rue 1","city":"Genève","#
                + #""country":"CH"}]"#
        )
    }

    @Test func outlookHasAColumnForEachKindOfEverything() throws {
        let reader = try read(
            """
            First Name,Last Name,Title,Suffix,E-mail Address,E-mail 2 Address,Business Phone,\
            Business Fax,Mobile Phone,Company,Job Title,Business Street,Business Street 2,\
            Business City,Business Country/Region,Home Address,Home Street,Home City,\
            Categories,Birthday,Gender
            Omar,Farooq,Dr.,Jr.,o@a.org,o@b.org,030 1,030 2,0170 3,IBM,Engineer,1 Main St,Floor 2,\
            Armonk,USA,"2 Elm
            Bonn",2 Elm,Bonn,Alumni;Water,0/0/00,Unspecified
            """
        )
        let fields = fields(try #require(try reader.rows().first))
        #expect(fields["preferred_name"] == "Omar Farooq Jr.")
        #expect(fields["honorific"] == "Dr.")
        #expect(fields["position"] == "Engineer")
        #expect(
            fields["phones"]
                == #"[{"value":"030 1","type":"work"}] [{"value":"030 2","type":"fax"}] "#
                + #"[{"value":"0170 3","type":"mobile"}]"#
        )
        #expect(
            fields["addresses"]
                == #"[{"text":"1 Main St, Floor 2, Armonk, USA","type":"work","#
                + #""street":"1 Main St, Floor 2","city":"Armonk","country":"US"}] "#
                + #"[{"text":"2 Elm, Bonn","type":"home","street":"2 Elm","city":"Bonn"}]"#
        )
        #expect(fields["city"] == "Bonn")
        #expect(fields["tags"] == #"["Alumni"] ["Water"]"#)
        #expect(fields["birth_date"] == nil)
        #expect(fields["gender"] == nil)
    }

    @Test func aPortalSaysWhatPeopleOffer() throws {
        let reader = try read(
            """
            Full Name;Area of Expertise;Country of Residence;Current Employer;Willing to mentor;\
            Willing to review proposals;Highest Degree
            Imran Shah;AI, Water;United Arab Emirates;ADNOC;Yes;no;PhD
            Zeb Ali;AI;Pakistan;NUST;perhaps;ja;PhD
            """
        )
        let rows = try reader.rows()
        let first = fields(rows[0])
        #expect(first["keywords"] == #"["AI"] ["Water"]"#)
        #expect(first["country_of_residence"] == "United Arab Emirates")
        #expect(first["willing_to"] == #"[{"what":"mentor"}]"#)
        #expect(first["extra"] == #"[{"name":"Highest Degree","value":"PhD"}]"#)
        #expect(fields(rows[1])["willing_to"] == #"[{"what":"review"}]"#)
        #expect(rows[1].warnings.contains { $0.contains("perhaps") })
    }

    @Test(arguments: [
        ("Name,Vorname\nMalik,Ayesha\n", "Ayesha Malik"),
        ("Nom,Prénom\nMalik,Ayesha\n", "Ayesha Malik"),
        ("Nom,Ville\nAyesha Malik,Lyon\n", "Ayesha Malik"), ("NAME\tE-MAIL\nA B\ta@b.org\n", "A B"),
        ("Display Name|First Name|Last Name\nDr A B|A|B\n", "Dr A B"),
        ("sep=;\nName;Ort\nA;Bonn\n", "A"),
        ("氏名,会社\n山田太郎,東京大学\n", "山田太郎"), ("نام,شہر\nعائشہ ملک,لاہور\n", "عائشہ ملک"),
    ])
    func namesAreFoundUnderManyHeadings(text: String, name: String) throws {
        let row = try #require(try read(text).rows().first)
        #expect(fields(row)["preferred_name"] == name)
    }

    @Test func aFileWithoutAHeaderIsReadByPositions() throws {
        let text = "John Doe,John,Doe,john@doe.example\nJane Roe,Jane,Roe,jane@roe.example\n"
        #expect(throws: InterchangeError.self) { try read(text) }
        let map = ["1": "preferred_name", "4": "emails"]
        let rows = try read(text, CSVOptions(map: map)).rows()
        #expect(rows.map(\.line) == [1, 2])
        #expect(fields(rows[0])["emails"] == "john@doe.example")
        #expect(fields(rows[0])["extra"]?.contains("column 2") == true)
        let skipping = try read(text, CSVOptions(map: map, headerRow: 1)).rows()
        #expect(skipping.map(\.line) == [2])
        #expect(throws: InterchangeError.unknownColumn("9", header: [])) {
            try read(text, CSVOptions(map: ["9": "city"], headerRow: 0))
        }
    }

    @Test func positionsNameColumnsOfAHeaderToo() throws {
        let rows = try read("Name,Wo\nA,Bonn\n", CSVOptions(map: ["2": "city"])).rows()
        #expect(fields(rows[0])["city"] == "Bonn")
    }

    @Test func whatMustNotBeKeptIsDroppedAndTold() throws {
        let reader = try read(
            """
            Name,CNIC,Religion,Reference,Remarks
            A,35202-1234567-1,x,3520212345671,fine
            B,,y,3520212345672,35202-7654321-2
            """
        )
        for row in try reader.rows() {
            let text = row.fields.map { "\($0.value)" }.joined()
            #expect(!text.contains("35202") && !text.contains("\"x\"") && !text.contains("\"y\""))
        }
        let told = try warnings(reader)
        #expect(told.contains { $0.contains("CNIC, Religion") })
        #expect(told.contains { $0.contains("Reference") })
        #expect(told.contains { $0.contains("“Remarks”") })
    }

    @Test func damagedCellsAreKeptAsTheyStand() throws {
        let reader = try read(
            "Name,Phone,City,phones,Size\nA,4.91757E+11,#NAME?,########,4.91757E+11\n"
        )
        let row = try #require(try reader.rows().first)
        let fields = fields(row)
        #expect(fields["phones"] == nil)
        #expect(fields["city"] == nil)
        #expect(fields["extra"]?.contains(#"{"name":"Phone","value":"4.91757E+11"}"#) == true)
        #expect(row.warnings.count == 3)
    }

    @Test func theColumnSettlesTheOrderOfItsDates() throws {
        let rows = "Name,Birthday\nA,03/04/1980\nB,25/12/1979\n"
        #expect(fields(try read(rows).rows()[0])["birth_date"] == "1980-04-03")
        let other = "Name,Birthday\nA,03/04/1980\nB,12/25/1979\n"
        #expect(fields(try read(other).rows()[0])["birth_date"] == "1980-03-04")
        let open = try #require(try read("Name,Birthday\nA,03/04/1980\n").rows().first)
        #expect(fields(open)["birth_date"] == nil)
        #expect(fields(open)["extra"] == #"[{"name":"Birthday","value":"03/04/1980"}]"#)
        #expect(open.warnings.count == 1)
        let both = "Name,Birthday\nA,03/04/1980\nB,25/12/1979\nC,12/25/1979\n"
        #expect(fields(try read(both).rows()[0])["birth_date"] == nil)
    }

    @Test func organisationsHaveWordsOfTheirOwn() throws {
        let reader = try read(
            "Institution,Country,Website,City\nNUST,Pakistan,nust.example,Islamabad\n",
            kind: "organisation"
        )
        let fields = fields(try #require(try reader.rows().first))
        #expect(fields["name"] == "NUST")
        #expect(fields["country"] == "Pakistan")
        #expect(fields["urls"]?.contains("https://nust.example") == true)
    }

    // MARK: Public files

    @Test(.enabled(if: TestData.url("expected/csv.python.json") != nil, dataIsAbsent))
    func publicFilesHaveTheRowsThatAnotherReaderFinds() throws {
        let list = try #require(TestData.url("expected/csv.python.json"))
        let expected = try JSONValue(parsing: [UInt8](Data(contentsOf: list)))
        let contact = try #require(Schema.builtIn.kind(named: "contact"))
        let files = try #require(expected["files"]?.object)
        #expect(files.count > 10)
        for file in files {
            let url = try #require(TestData.url(file.name), "\(file.name)")
            var parser = try CSVParser(ByteSource(path: url.path)) {
                CSVHeader.known($0, of: contact, map: [:])
            }
            var widths: Set<Int> = []
            var first: [String]?
            var count = 0
            while let row = try parser.next() {
                guard case .cells(_, let cells) = row else { continue }
                count += 1
                widths.insert(cells.count)
                first = first ?? cells
            }
            #expect(file.value["rows"] == .number(count), "\(file.name)")
            let listed = (file.value["widths"]?.array ?? []).compactMap { width -> Int? in
                if case .number(let text) = width { Int(text) } else { nil }
            }
            #expect(Set(listed) == widths, "\(file.name)")
            let names = (file.value["first"]?.array ?? []).compactMap(\.string)
            #expect(first?.prefix(names.count) == names[...], "\(file.name)")
        }
    }

    @Test(
        .enabled(if: TestData.url("csv/thunderbird/export.csv") != nil, dataIsAbsent),
        arguments: ["export", "basic_csv_addressbook", "csv_semicolon", "quote"]
    )
    func everyRowOfThunderbirdHasAName(name: String) throws {
        let url = try #require(TestData.url("csv/thunderbird/\(name).csv"))
        let contact = try #require(Schema.builtIn.kind(named: "contact"))
        let reader = try CSVReader(ByteSource(path: url.path), kind: contact)
        #expect(try reader.refusals().isEmpty)
        for row in try reader.rows() { #expect(row["preferred_name"] != nil) }
    }

    @Test(
        .enabled(if: TestData.url("csv/export-headers") != nil, dataIsAbsent),
        arguments: ["google-classic", "outlook-desktop"]
    )
    func knownHeadersAreKnown(name: String) throws {
        let url = try #require(TestData.url("csv/export-headers/\(name).csv"))
        let contact = try #require(Schema.builtIn.kind(named: "contact"))
        var parser = try CSVParser(ByteSource(path: url.path))
        guard case .cells(_, let header)? = try parser.next() else { return }
        let found = try CSVHeader(header, kind: contact, map: [:])
        for known in [
            "Notes", "Birthday", "Phone 1 - Value", "E-mail 2 Address", "Business Fax", "Company",
            "Home Address PO Box", "Other Country", "Mobile Phone", "Given Name", "Last Name",
        ] { #expect(!found.unknown.contains(known), "\(known)") }
    }
}
