import CausalHistory
import Crypto
import RecordModel
import SyncProtocol
import Testing
import TestSupport

/// The readable account of messages.
struct WireDumpTests {
    private func request(value: String) -> SyncRequest {
        let cell = Cell(content: .text(value), attribution: .by("F. Khan", at: 5), parents: ["a1"])
        var space = SpaceRequest(
            space: .allMissions,
            knowledge: KnowledgeUpdate(from: "a1", to: "a1 b1")
        )
        space.page = Page(records: [
            RecordDelta(
                uid: RecordUID(0xabc),
                kind: 1,
                fields: [
                    FieldEntry(key: FieldKey(20), siblings: SiblingSet(dot: "b1", version: cell))
                ],
                context: "a1 b1",
                isComplete: false
            )
        ])
        var request = SyncRequest(schema: 3)
        request.spaces = [space]
        return request
    }

    @Test func messagesFramesAndBodiesAreAllDescribed() throws {
        let message = try request(value: "Lahore").encoded()
        let frame = try Frame.encode(message)
        let key = Curve25519.Signing.PrivateKey()
        let body = try SignedRequest.seal(
            frame,
            method: "POST",
            path: "/v1/sync",
            replica: ReplicaID(9),
            time: .zero,
            nonce: 1,
            key: key
        ).body
        for bytes in [message, frame, body] {
            let text = try WireDump(bytes).description
            #expect(text.contains("space all-missions"))
            #expect(text.contains("record 0000000000000abc kind 1 partial"))
            #expect(text.contains("\"Lahore\" by \"F. Khan\" at 5, edit"))
        }
        #expect(try WireDump(body).description.contains("request of replica 0000"))
    }

    @Test func answersAndEnrolmentsAreDescribed() throws {
        let key = Curve25519.Signing.PrivateKey()
        let answer = SyncResponse(token: [1], time: .zero, spaces: [], openConflicts: 4)
        let body = try SignedResponse.seal(
            Frame.encode(answer.encoded()),
            status: 200,
            nonce: 1,
            replica: ReplicaID(9),
            key: key
        ).body
        #expect(try WireDump(body).description.contains("4 conflicts open"))
        let enrol = EnrolRequest(
            secret: Array(200..<216),
            desk: "BER",
            replica: ReplicaID(7),
            publicKey: Array(0..<32)
        )
        let text = try WireDump(enrol.encoded()).description
        #expect(text.contains("desk \"BER\""))
        #expect(!text.contains("c8c9ca"), "the secret is not printed")
        let problem = Problem(.retired)
        #expect(try WireDump(problem.bytes).description.contains("problem 403 \"retired\""))
    }

    @Test func textCannotCommandATerminal() throws {
        let text = try WireDump(request(value: "\u{1b}[2J\u{202e}\"x").encoded()).description
        #expect(text.contains(#""\u{1b}[2J\u{202e}\"x""#))
        #expect(text.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0a })
    }

    @Test func whatIsNoMessageIsRefused() {
        #expect(throws: WireError.self) { try WireDump(Array("<html></html>".utf8)) }
        #expect(throws: WireError.self) { try WireDump([]) }
    }
}
