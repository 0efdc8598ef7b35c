import RecordModel
import SyncProtocol
import Testing

/// What crosses the wire when something is wrong, and which version is spoken.
struct ErrorTests {
    @Test func aProblemComesBack() {
        for code in WireErrorCode.allCases {
            let problem = Problem(code, detail: "“ber” ist gesperrt\n", retryAfter: 30)
            #expect(Problem(parsing: problem.bytes) == problem)
            #expect(problem.knownCode == code)
            #expect((400...599).contains(problem.status))
        }
    }

    @Test func aProblemOfALaterPeerIsUnderstoodByItsStatus() throws {
        let text = #"{"code":"moon_phase","status":503,"later":[1]}"#
        let problem = try #require(Problem(parsing: Array(text.utf8)))
        #expect(problem.knownCode == nil)
        #expect(problem.status == 503)
        #expect(problem.type == "about:blank")
        #expect(problem.retryAfter == nil)
    }

    @Test(arguments: ["", "<html>", "{}", "[]", #"{"code":"x"}"#, #"{"code":"x","status":1e9}"#])
    func anAnswerThatIsNotOursIsNoProblemDocument(_ text: String) {
        #expect(Problem(parsing: Array(text.utf8)) == nil)
    }

    @Test func everyErrorHasItsCode() {
        #expect(WireError.truncated("x").code == .truncated)
        #expect(WireError.malformed("x").code == .malformed)
        #expect(WireError.unknownEncoding(3).code == .malformed)
        #expect(WireError.tooLarge("x", limit: 1).code == .tooLarge)
        #expect(WireError.badSignature("x").code == .badSignature)
        #expect(WireError.unknownDictionary(1).code == .unknownDictionary)
        #expect(WireError.unsupportedVersion(offered: [0]).code == .protocolTooOld)
        #expect(WireError.unsupportedVersion(offered: [2]).code == .unsupportedVersion)
    }

    @Test func theGreatestCommonVersionIsSpoken() {
        #expect(ProtocolVersion.choose(offered: [1, 2, 3], spoken: [2, 3, 4]) == .speak(3))
        #expect(ProtocolVersion.choose(offered: [1], spoken: [2, 3]) == .peerTooOld)
        #expect(ProtocolVersion.choose(offered: [4], spoken: [2, 3]) == .peerTooNew)
        #expect(ProtocolVersion.choose(offered: [], spoken: [1]) == .peerTooOld)
    }

    @Test func aRequestInUnknownVersionsIsRefusedWithThem() throws {
        var request = SyncRequest(schema: 1)
        request.versions = [8, 9]
        let bytes = try request.encoded()
        #expect(throws: WireError.unsupportedVersion(offered: [8, 9])) {
            try SyncRequest(decoding: bytes)
        }
    }
}
