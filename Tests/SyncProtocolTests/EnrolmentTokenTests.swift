import SyncProtocol
import Testing
import TestSupport

/// Enrolment tokens as people copy and type them.
struct EnrolmentTokenTests {
    private func token() throws -> EnrolmentToken {
        try #require(EnrolmentToken(secret: Array(100..<116), publicKey: Array(0..<32)))
    }

    @Test func parsingGivesWhatWasPrinted() throws {
        for seed in Seeds.first(100) {
            var random = SeededGenerator(seed: seed)
            let secret = (0..<16).map { _ in UInt8(random.below(256)) }
            let token = try #require(
                EnrolmentToken(secret: secret, publicKey: [UInt8(random.below(256))])
            )
            #expect(token.text.utf8.count == 63)
            #expect(try EnrolmentToken(parsing: token.text) == token)
        }
    }

    @Test func caseSpacesHyphensAndLookalikesDoNotMatter() throws {
        let token = try token()
        let typed = token.text.uppercased().replacing("0", with: "O").replacing("1", with: "l")
        let parts = typed.enumerated().map {
            $0.offset % 5 == 0 ? " \($0.element)-" : "\($0.element)"
        }
        // The beginning has a 1 of its own, which is a lookalike as well.
        #expect(throws: EnrolmentToken.ParseError.notAToken) {
            try EnrolmentToken(parsing: "attl-" + token.text.dropFirst(5))
        }
        let text = "ATT1" + parts.joined().filter { $0 != " " && $0 != "-" }.dropFirst(4)
        #expect(try EnrolmentToken(parsing: "  \(text)\n") == token)
    }

    @Test func everyMistypedCharacterIsNoticed() throws {
        let token = try token()
        var characters = Array(token.text)
        for index in 5..<characters.count {
            let right = characters[index]
            characters[index] = right == "7" ? "8" : "7"
            #expect(throws: EnrolmentToken.ParseError.mistyped, "character \(index)") {
                try EnrolmentToken(parsing: String(characters))
            }
            characters[index] = right
        }
    }

    @Test func whatIsWrongIsSaid() throws {
        let text = try token().text
        #expect(throws: EnrolmentToken.ParseError.notAToken) { try EnrolmentToken(parsing: "") }
        #expect(throws: EnrolmentToken.ParseError.wrongLength(found: 57, expected: 58)) {
            try EnrolmentToken(parsing: String(text.dropLast()))
        }
        #expect(throws: EnrolmentToken.ParseError.badCharacter("u", position: 5)) {
            try EnrolmentToken(parsing: "att1-u" + text.dropFirst(6))
        }
    }

    @Test func aTokenKnowsItsHeadquarters() throws {
        let token = try token()
        #expect(token.matches(publicKey: Array(0..<32)))
        #expect(!token.matches(publicKey: Array(1..<33)))
        #expect(EnrolmentToken(secret: [1], publicKey: []) == nil)
    }
}
