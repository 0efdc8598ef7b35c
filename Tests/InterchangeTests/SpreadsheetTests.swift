import Testing

@testable import Interchange

/// What spreadsheets make of cells, and dates as people write them.
struct SpreadsheetTests {
    @Test(arguments: [
        ("4.91757E+11", SpreadsheetDamage.rounded), ("4,91757E+11", .rounded), ("9E10", .rounded),
        ("#NAME?", .errorValue), ("#N/A", .errorValue), ("#BEZUG!", .errorValue),
        ("########", .hashes), ("###", .hashes),
    ])
    func damageIsRecognised(cell: String, damage: SpreadsheetDamage) {
        #expect(SpreadsheetDamage(cell) == damage)
    }

    @Test(arguments: [
        "", "#", "#1", "E5", "1E", "1.5E+2", "#hashtag", "12", "1E9999999999999999999",
    ])
    func otherCellsAreWhole(cell: String) {
        #expect(SpreadsheetDamage(cell) == nil)
    }

    @Test(arguments: [
        ("2021-03-14", "2021-03-14"), ("14.03.1970", "1970-03-14"), ("14/03/2021", "2021-03-14"),
        ("03/14/2021", "2021-03-14"), ("2021/3/4", "2021-03-04"), ("--04-15", "XXXX-04-15"),
        ("14 Mar 2024", "2024-03-14"), ("March 14, 2024", "2024-03-14"),
        ("14. März 1980", "1980-03-14"), ("3 août 1975", "1975-08-03"), ("avril 1980", "1980-04"),
        ("1st May 1999", "1999-05-01"), ("05/05/2021", "2021-05-05"), ("44269", "2021-03-14"),
        ("14/03/2021 10:22", "2021-03-14"), ("1.2.85", "1985-02-01"), ("1.2.05", "2005-02-01"),
    ])
    func datesAreRead(text: String, date: String) {
        guard case .date(let read, _) = SpreadsheetDate.read(text, order: nil) else {
            Issue.record("\(text) is no date")
            return
        }
        #expect(read == date)
    }

    @Test func aDateThatMayBeTwoIsNoneUntilTheColumnTells() {
        #expect(SpreadsheetDate.read("03/04/2021", order: nil) == .ambiguous)
        #expect(
            SpreadsheetDate.read("03/04/2021", order: .dayFirst)
                == .date("2021-04-03", remark: nil)
        )
        #expect(
            SpreadsheetDate.read("03/04/2021", order: .monthFirst)
                == .date("2021-03-04", remark: nil)
        )
        #expect(SpreadsheetDate.evidence(in: "13/04/2021") == .dayFirst)
        #expect(SpreadsheetDate.evidence(in: "04/13/2021") == .monthFirst)
        #expect(SpreadsheetDate.evidence(in: "04/12/2021") == nil)
    }

    @Test(arguments: ["", "soon", "31/31/2021", "1985~", "2021-03", "99/99/99", "12", "1/2/3/4"])
    func otherTextIsLeftToTheField(text: String) {
        #expect(SpreadsheetDate.read(text, order: nil) == .other)
    }

    @Test func anEmptyDateOfOutlookIsNothing() {
        #expect(SpreadsheetDate.read("0/0/00", order: nil) == .nothing)
    }

    @Test(arguments: [
        ("35202-1234567-1", true), ("3520212345671", true), ("35202 1234567 1", true),
        ("+923001234567", false), ("923001234567", false), ("35202-1234567", false),
    ])
    func numbersOfIdentityCardsAreRecognised(text: String, isOne: Bool) {
        #expect(IdentityNumber.isOne(text) == isOne)
    }
}
