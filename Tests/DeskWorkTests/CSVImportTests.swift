import DeskWork
import Foundation
import RecordModel
import RecordStorage
import Testing

/// CSV files as they are found, at a desk: who is the same, what is done to rows, and undoing it.
struct CSVImportTests {
    private func take(
        _ test: TestDesk,
        _ text: String,
        isDryRun: Bool = false
    ) throws -> (summary: ImportSummary, rows: [ImportRowOutcome]) {
        let file = try test.file("people.csv", text)
        var rows: [ImportRowOutcome] = []
        let summary = try test.desk.importFiles(
            ImportOptions(files: [file], kind: "contact", isDryRun: isDryRun),
            row: { rows.append($0) }
        )
        return (summary, rows)
    }

    private func names(_ test: TestDesk) throws -> [String] {
        try test.desk.list(kind: "contact").map(\.title)
    }

    @Test(arguments: [
        "preferred_name,emails,notes\nA B,a@b.org,met\nC D,,\n",
        "First Name,Last Name,Company,Connected On\nAyesha,Malik,NUST,14 Mar 2024\nB,C,NUST,x\n",
        "Name,Phone,Birthday\nA B,4.9E+11,03/04/1980\nA B,030 123456,13.4.1980\n",
        "Name,E-mail\nA B,info@x.org\nC D,info@x.org\nA B,info@x.org\n",
        "Name,Company\nAli Khan,NUST\nAli Khan,NUST\nAli Khan,UET\n",
        "Name,Position,Company\nAli Khan,Dean,NUST\nAli Khan,Lecturer,NUST\n",
    ])
    func theSameFileAgainChangesNothing(text: String) throws {
        let test = try TestDesk()
        let first = try take(test, text).summary
        #expect(first.refused.isEmpty)
        #expect(first.held.isEmpty)
        let before = try test.desk.store.read { try $0.sequence }
        let again = try take(test, text).summary
        #expect(again.unchanged == again.rows)
        #expect(try test.desk.store.read { try $0.sequence } == before)
    }

    @Test func anAddressThatSeveralShareJoinsNobody() throws {
        let test = try TestDesk()
        let text = """
            Name,E-mail,Company
            Ayesha Malik,family@home.org,NUST
            Bilal Malik,family@home.org,NUST
            Office,info@nust.example,NUST
            Zeb Khan,info@nust.example,NUST
            """
        #expect(try take(test, text).summary.created == 4)
        // Of one name at one office there may be two.
        let other = "Name,E-mail,City\nZeb Khan,info@nust.example,Multan\n"
        #expect(try take(test, other).summary.created == 1)
    }

    @Test func aPersonIsKnownByNameAndAddress() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Dr Ayesha Malik", "emails+=ayesha@uni.org", "city=Berlin")
        let (summary, rows) = try take(
            test,
            "Name,E-mail,Company\n\"Malik, Ayesha\",AYESHA@uni.org,Charité\n"
        )
        #expect(summary.updated == 1)
        #expect(rows.first?.id == "ber-1")
        #expect(rows.first?.fields.contains("employer") == true)
        #expect(try test.text("ber-1", "employer") == "Charité")
    }

    @Test func aPersonIsKnownByNameAndEmployerUnlessAddressesDiffer() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Ali Khan", "employer=NUST", "emails+=ali@nust.example")
        #expect(try take(test, "Name,Company,City\nAli Khan,nust,Multan\n").summary.updated == 1)
        let other = "Name,Company,E-mail\nAli Khan,NUST,khan@nust.example\n"
        #expect(try take(test, other).summary.created == 1)
        // Now two fit, and a person has to say which is meant.
        let third = try take(test, "Name,Company,Phone\nAli Khan,NUST,030 123456\n")
        #expect(third.summary.held.count == 1)
        #expect(third.rows.first?.reason?.contains("ber-1, ber-2") == true)
    }

    @Test func aNameAloneIsNobody() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Ali Khan", "city=Multan")
        #expect(try take(test, "Name,City\nAli Khan,Multan\n").summary.created == 1)
    }

    @Test func rowsWithIdentifiersOfTheirOwnAreDifferentRecords() throws {
        let test = try TestDesk()
        let text = """
            preferred_name,emails,import_ids
            Ali Khan,ali@a.org,p:1
            Ali Khan,ali@a.org,p:2
            """
        #expect(try take(test, text).summary.created == 2)
        #expect(try take(test, text).summary.unchanged == 2)
    }

    @Test func aRecordThatAnOfficerDeletedIsHeldWhenTheFileComesAgain() throws {
        let test = try TestDesk()
        let text = "Name,City\nA B,Bonn\nC D,Kiel\n"
        _ = try take(test, text)
        _ = try test.desk.delete("ber-1")
        let again = try take(test, text).summary
        #expect(again.held.count == 1)
        #expect(again.unchanged == 1)
    }

    @Test func aRunIsTakenBackAndComesAgainAsItWas() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=Ayesha Malik", "emails+=am@uni.org", "city=Berlin")
        let text = """
            Name,E-mail,City,Notes,Shoe size
            Ayesha Malik,am@uni.org,Munich,met in May,38
            Bilal Khan,bk@uni.org,Bonn,new,44
            """
        let run = try take(test, text).summary
        #expect(run.updated == 1)
        #expect(run.created == 1)
        _ = try test.desk.undoImport(run.run)
        #expect(try names(test) == ["Ayesha Malik"])
        #expect(try test.text("ber-1", "city") == "Berlin")
        #expect(try test.text("ber-1", "notes") == nil)
        #expect(try test.text("ber-1", "extra") == nil)
        let again = try take(test, text).summary
        #expect(again.created == 1)
        #expect(again.updated == 1)
        #expect(try names(test) == ["Ayesha Malik", "Bilal Khan"])
        #expect(try test.desk.list(kind: "contact").map(\.id) == ["ber-1", "ber-2"])
        #expect(try test.desk.doctor().isOK)
    }

    @Test func aDryRunTellsEveryRow() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A B", "emails+=a@b.org", "import_ids+=p:1")
        let text = """
            preferred_name,emails,city,import_ids,birth_date
            A B,a@b.org,Bonn,p:1,
            A B,a@b.org,Bonn,p:1,
            C D,,Kiel,p:2,
            ,,Ulm,p:3,
            E F,,Ulm,p:4,soon
            """
        let before = try test.desk.store.read { try $0.sequence }
        let (_, rows) = try take(test, text, isDryRun: true)
        #expect(rows.map(\.action) == [.updated, .unchanged, .created, .refused, .refused])
        #expect(rows.map(\.line) == [2, 3, 4, 5, 6])
        #expect(rows[0].fields == ["city"])
        #expect(rows[2].fields == ["preferred_name", "city"])
        #expect(rows[4].reason?.contains("birth_date") == true)
        #expect(try test.desk.store.read { try $0.sequence } == before)
    }

    @Test func whatAFieldOfAnotherProgramCannotTakeIsKept() throws {
        let test = try TestDesk()
        let (summary, _) = try take(test, "Name,Land,Geburtstag\nA B,Atlantis,soon\n")
        #expect(summary.created == 1)
        #expect(summary.warnings.count == 2)
        let extra = try test.text("ber-1", "extra") ?? ""
        #expect(extra.contains("Atlantis") && extra.contains("soon"))
        // In the words of the schema the schema is the law.
        let strict = try take(test, "preferred_name,country_of_residence\nC D,Atlantis\n").summary
        #expect(strict.refused.count == 1)
    }

    @Test func namesOfCountriesAndLanguagesAreRead() throws {
        let test = try TestDesk()
        _ = try take(test, "Name,Land,Sprachen\nA B,Schweiz,\"Deutsch, Urdu\"\n")
        #expect(try test.text("ber-1", "country_of_residence") == "CH")
        #expect(try test.text("ber-1", "languages")?.contains("ur") == true)
    }

    @Test func whatIsDoubtfulAboutATypedRecordIsTold() throws {
        let test = try TestDesk()
        let receipt = try test.add("preferred_name=A B", "birth_date=2090")
        #expect(receipt.warnings.count == 1)
        #expect(receipt.json["warnings"]?.array?.count == 1)
        #expect(try test.set("ber-1", "city=Bonn").warnings.isEmpty)
        let late = try test.add(kind: "collaboration", "title=T", "start=2024", "end=2023")
        #expect(late.warnings.first?.hasPrefix("end:") == true)
        #expect(throws: DeskError.self) {
            try test.set(late.id, #"budget+={"amount":"DEM 5"}"#)
        }
    }

    @Test func numbersAreReadByTheMissionsRegionOrTheAddress() throws {
        let test = try TestDesk()
        try test.desk.configure(.region, "DE")
        let desk = try Desk(store: test.desk.store)
        let file = try test.file(
            "numbers.csv",
            """
            Name,Phone,Country
            A B,030 123456,Germany
            C D,491757123456,Germany
            E F,1757123456,Germany
            G H,8 (495) 123-45-67,Russia
            """
        )
        let summary = try desk.importFiles(ImportOptions(files: [file], kind: "contact"))
        let numbers = try (1...4).map { try desk.show("ber-\($0)").field("phones")?.text ?? "" }
        let expected = ["+4930123456", "+491757123456", "+491757123456", "+74951234567"]
        for (number, start) in zip(numbers, expected) {
            #expect(number.hasPrefix(start), "\(number)")
        }
        #expect(summary.warnings.map(\.line) == [3, 4, 5])
    }
}
