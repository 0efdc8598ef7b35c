import DeskWork
import RecordModel
import RecordStorage
import Testing

/// The same file, or a newer one of the same source, beside what officers wrote meanwhile.
struct ImportAgainTests {
    private let row =
        #"{"kind":"contact","fields":{"preferred_name":"Ayesha Malik","city":"Berlin","tags":["a","b"],"emails":["a@b.org"],"import_ids":["p:1"]}}"#

    private func importLines(_ test: TestDesk, _ lines: String...) throws -> ImportSummary {
        let file = try test.file("people.jsonl", lines.joined(separator: "\n"))
        return try test.desk.importFiles(ImportOptions(files: [file]))
    }

    @Test func whatAnOfficerCorrectedStaysWhenTheFileComesAgain() throws {
        let test = try TestDesk()
        _ = try importLines(test, row)
        try test.set("ber-1", "city=Potsdam", "tags-=a", "emails[a@b.org].type=work")
        let again = try importLines(test, row)
        #expect(again.unchanged == 1)
        #expect(try test.text("ber-1", "city") == "Potsdam")
        #expect(try test.text("ber-1", "tags") == "b")
        #expect(try test.text("ber-1", "emails") == "a@b.org type=work")
    }

    @Test func whoStandsInTwoFilesOfOneImportIsOnePersonAndTwoRowsOfOneFileAreTwo() throws {
        let test = try TestDesk()
        let list = try test.file(
            "list.csv",
            "name,email\nAyesha Malik,a@b.org\nBilal Sheikh,b@b.org\n"
        )
        func card(_ name: String, _ address: String, _ id: Int) -> String {
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:\(id)\r\nFN:\(name)\r\nEMAIL:\(address)\r\nEND:VCARD\r\n"
        }
        let cards = try test.file(
            "cards.vcf",
            card("Ayesha Malik", "a@b.org", 1) + card("Sana Tariq", "s@b.org", 2)
                + card("Sana Tariq", "s@b.org", 3)
        )
        let summary = try test.desk.importFiles(
            ImportOptions(files: [list, cards], kind: "contact")
        )
        #expect(summary.created == 4)
        #expect(summary.updated == 1)
    }

    @Test func whatTheSourceChangedIsTakenIn() throws {
        let test = try TestDesk()
        _ = try importLines(test, row)
        try test.set("ber-1", "emails[a@b.org].type=work")
        let newer = row.replacing("\"Berlin\"", with: "\"Munich\"")
            .replacing(#""a@b.org""#, with: #"{"value":"a@b.org","primary":true}"#)
        #expect(try importLines(test, newer).updated == 1)
        #expect(try test.text("ber-1", "city") == "Munich")
        #expect(try test.text("ber-1", "emails") == "a@b.org type=work primary=true")
    }

    @Test func filesThatDisagreeSettleAndChangeNothingAgain() throws {
        let test = try TestDesk()
        let one = try test.file("one.jsonl", row)
        let other = try test.file("other.jsonl", row.replacing("\"Berlin\"", with: "\"Munich\""))
        func read(_ files: String...) throws -> [Int] {
            let summary = try test.desk.importFiles(ImportOptions(files: files))
            return [summary.created, summary.updated, summary.unchanged]
        }
        #expect(try read(one, other) == [1, 1, 0])
        for files in [[one, other], [other, one], [one], [other], [one]] {
            let summary = try test.desk.importFiles(ImportOptions(files: files))
            #expect(summary.unchanged == files.count)
            #expect(try test.text("ber-1", "city") == "Munich")
        }
        // What one of them says anew is taken in, also where it was said before.
        for city in ["Potsdam", "Berlin"] {
            let edition = row.replacing("\"Berlin\"", with: "\"\(city)\"")
            _ = try test.file("one.jsonl", edition)
            #expect(try read(one) == [0, 1, 0])
            #expect(try test.text("ber-1", "city") == city)
            #expect(try read(other) == [0, 0, 1])
        }
    }

    @Test func anImportDecidesNoConflict() throws {
        let ber = try TestDesk("BER", seed: 1)
        let lon = try TestDesk("LON", seed: 2)
        _ = try ber.add(in: "all-missions", "preferred_name=A", "import_ids+=p:1", "city=Berlin")
        try send(from: ber.desk, to: lon.desk)
        try ber.set("ber-1", "city=Potsdam")
        try lon.set("ber-1", "city=London")
        try exchange(ber.desk, lon.desk)
        let row =
            #"{"kind":"contact","fields":{"preferred_name":"A","city":"Munich","import_ids":["p:1"]}}"#
        let summary = try importLines(ber, row)
        #expect(try ber.desk.conflicts().map(\.field) == ["city"])
        #expect(summary.warnings.contains { $0.reason.contains("city") })
    }

    @Test func aRunThatWasTakenBackCanBeImportedAgain() throws {
        let test = try TestDesk()
        let organisation =
            #"{"id":"https://ror.org/024ghrf67","names":[{"value":"X","types":["ror_display"],"lang":"en"}],"status":"active"}"#
        let file = try test.file("ror.jsonl", organisation)
        let options = ImportOptions(files: [file], format: .ror, space: "all-missions")
        let first = try test.desk.importFiles(options)
        #expect(first.created == 1)
        #expect(try test.desk.undoImport(first.run).receipts.count == 1)
        #expect(try test.desk.list(kind: "organisation").isEmpty)
        let again = try test.desk.importFiles(options)
        #expect(again.held.isEmpty)
        #expect(try test.desk.list(kind: "organisation").count == 1)
        // What a person deleted stays deleted.
        _ = try test.desk.delete("ber-1")
        #expect(try test.desk.importFiles(options).held.count == 1)
    }

    @Test func takingARunBackLeavesRecordsThatOfficersWorkedOn() throws {
        let test = try TestDesk()
        let run = try importLines(
            test,
            row,
            row.replacing("p:1", with: "p:2").replacing("Ayesha", with: "Bilal")
        ).run
        try test.set("ber-2", "position=Professor")
        let result = try test.desk.undoImport(run)
        #expect(result.receipts.map(\.id) == ["ber-1"])
        #expect(result.kept.contains { $0.hasPrefix("ber-2") })
        #expect(try test.desk.list(kind: "contact").map(\.id) == ["ber-2"])
        #expect(try test.text("ber-2", "preferred_name") == "Bilal Malik")
    }

    @Test func undoOfTheCreationIsRefusedOnceSomethingWasAdded() throws {
        let test = try TestDesk()
        let change = try #require(
            try test.add(in: "all-missions", "preferred_name=A").change
        )
        try test.set("ber-1", "notes+=added later, in the mission's own part")
        #expect(throws: DeskError.self) { try test.desk.undo(change) }
        #expect(try test.desk.list(kind: "contact").map(\.id) == ["ber-1"])
        #expect(try test.text("ber-1", "preferred_name") == "A")
    }

    @Test func aSheetThatLostItsUIDsIsMatchedByShortIDInItsSpace() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A", "city=Berlin")
        let file = try test.file("sheet.csv", "id,preferred_name,city\r\nber-1,A,Munich\r\n")
        let summary = try test.desk.importFiles(ImportOptions(files: [file], kind: "contact"))
        #expect(summary.updated == 1)
        #expect(try test.text("ber-1", "city") == "Munich")
    }

    @Test func deletedRecordsAreListedWhereTheConditionAsksForThem() throws {
        let test = try TestDesk()
        _ = try test.add("preferred_name=A")
        _ = try test.add("preferred_name=B")
        _ = try test.desk.delete("ber-2")
        #expect(try test.desk.list(kind: "contact").map(\.id) == ["ber-1"])
        #expect(try test.desk.list(kind: "contact", where: ["life=deleted"]).map(\.id) == ["ber-2"])
    }

    @Test func wordsInSeveralPartsOfARecordAreFoundTogether() throws {
        let test = try TestDesk()
        _ = try test.add(in: "all-missions", "preferred_name=Ayesha Malik", "emails+=am@uni.org")
        #expect(try test.desk.find("malik am@uni.org").map(\.id) == ["ber-1"])
    }
}
