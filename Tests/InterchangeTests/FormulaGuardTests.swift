import Testing

@testable import Interchange

struct FormulaGuardTests {
    /// Every text of up to four of the characters that the rule looks at.
    static let texts: [String] = {
        let alphabet = ["'", "=", "+", "-", "@", "\t", "\r", ";", ".", "1", "a", " "]
        var texts = [""]
        var longest = [""]
        for _ in 0..<4 {
            longest = longest.flatMap { text in alphabet.map { text + $0 } }
            texts += longest
        }
        return texts
    }()

    @Test func everyTextComesBackAsItWas() {
        for text in Self.texts {
            let read = FormulaGuard.unguarded(FormulaGuard.guarded(text))
            #expect(Array(read.utf8) == Array(text.utf8))
        }
    }

    @Test func whatIsWrittenBeginsAFormulaOnlyWhenItIsNumbers() {
        for text in Self.texts {
            let written = FormulaGuard.guarded(text)
            guard let first = written.utf8.first, "=+-@\t\r".utf8.contains(first) else { continue }
            #expect("+-".utf8.contains(first))
            #expect(written.utf8.allSatisfy { "+-.; 0123456789".utf8.contains($0) }, "\(written)")
        }
    }

    @Test(arguments: ["=1+1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-2+3", "\t=1", "\r=1", "-", "+"])
    func formulasAreGuarded(cell: String) {
        #expect(FormulaGuard.guarded(cell) == "'" + cell)
    }

    @Test(arguments: [
        "+493012345", "-14", "-14.50", "+4930123; +4989456", "-33.4;70", "a=b", "'tis",
    ])
    func numbersAndOrdinaryTextStay(cell: String) {
        #expect(FormulaGuard.guarded(cell) == cell)
        #expect(FormulaGuard.unguarded(cell) == cell)
    }

    @Test func anApostropheOfTheTextsOwnIsKept() {
        #expect(FormulaGuard.guarded("'=1") == "''=1")
        #expect(FormulaGuard.unguarded("''=1") == "'=1")
        #expect(FormulaGuard.unguarded("'\u{301}=1") == "'\u{301}=1")
    }
}
