import CausalHistory
import Crypto
import Foundation
import RecordModel
import SyncProtocol
import Testing
import TestSupport

/// Signatures: each covers all that it should, so that nothing can be altered or used elsewhere.
struct SignatureTests {
    private let key = Curve25519.Signing.PrivateKey()
    private var publicKey: [UInt8] { [UInt8](key.publicKey.rawRepresentation) }
    private let replica = ReplicaID(0x0102_0304)
    private let frame: [UInt8] = [0, 9, 8, 7]

    private func request() throws -> SignedRequest {
        try SignedRequest.seal(
            frame,
            method: "POST",
            path: "/v1/sync",
            replica: replica,
            time: HybridTime(milliseconds: 1_773_480_000_000),
            nonce: 77,
            key: key
        )
    }

    @Test func aRequestComesBackAndVerifies() throws {
        let request = try request()
        #expect(request.body.count == SignedRequest.prefixBytes + frame.count)
        let parsed = try SignedRequest(parsing: request.body)
        #expect(parsed == request)
        #expect(parsed.replica == replica)
        #expect(parsed.time.milliseconds == 1_773_480_000_000)
        #expect(parsed.nonce == 77)
        #expect(parsed.frame == frame)
        try parsed.verify(publicKey: publicKey, method: "POST", path: "/v1/sync")
    }

    @Test func aRequestAlteredInAnyByteIsRefused() throws {
        let body = try request().body
        for offset in body.indices {
            var altered = body
            altered[offset] ^= 0x40
            #expect(throws: WireError.self, "byte \(offset)") {
                try SignedRequest(parsing: altered)
                    .verify(publicKey: publicKey, method: "POST", path: "/v1/sync")
            }
        }
    }

    @Test func aRequestServesForOneAddressAndOneKeyAlone() throws {
        let request = try request()
        let error = WireError.badSignature("request")
        #expect(throws: error) {
            try request.verify(publicKey: publicKey, method: "PUT", path: "/v1/sync")
        }
        #expect(throws: error) {
            try request.verify(publicKey: publicKey, method: "POST", path: "/v1/enrol")
        }
        let stranger = [UInt8](Curve25519.Signing.PrivateKey().publicKey.rawRepresentation)
        for wrong in [stranger, [], [UInt8](repeating: 0, count: 32)] {
            #expect(throws: error) {
                try request.verify(publicKey: wrong, method: "POST", path: "/v1/sync")
            }
        }
    }

    @Test func aRequestThatWasCutIsRefused() throws {
        let body = try request().body
        for count in 0..<body.count {
            #expect(throws: WireError.self) {
                try SignedRequest(parsing: Array(body.prefix(count)))
                    .verify(publicKey: publicKey, method: "POST", path: "/v1/sync")
            }
        }
    }

    @Test func anAnswerFitsOneRequestAlone() throws {
        let response = try SignedResponse.seal(
            frame,
            status: 200,
            nonce: 77,
            replica: replica,
            key: key
        )
        let parsed = try SignedResponse(parsing: response.body)
        #expect(parsed == response)
        #expect(parsed.frame == frame)
        try parsed.verify(publicKey: publicKey, status: 200, nonce: 77, replica: replica)
        let error = WireError.badSignature("answer")
        #expect(throws: error) {
            try parsed.verify(publicKey: publicKey, status: 202, nonce: 77, replica: replica)
        }
        #expect(throws: error) {
            try parsed.verify(publicKey: publicKey, status: 200, nonce: 78, replica: replica)
        }
        #expect(throws: error) {
            try parsed.verify(publicKey: publicKey, status: 200, nonce: 77, replica: ReplicaID(5))
        }
    }

    @Test func anAnswerAlteredOrCutInAnyByteIsRefused() throws {
        let body = try SignedResponse.seal(
            frame,
            status: 200,
            nonce: 77,
            replica: replica,
            key: key
        ).body
        for offset in body.indices {
            var altered = body
            altered[offset] ^= 0x40
            for bytes in [altered, Array(body.prefix(offset))] {
                #expect(throws: WireError.self, "byte \(offset)") {
                    try SignedResponse(parsing: bytes)
                        .verify(publicKey: publicKey, status: 200, nonce: 77, replica: replica)
                }
            }
        }
    }

    @Test func anIntroductionCoversAllThatItSays() throws {
        let actor: ActorID = "a"
        let introduction = try ActorIntroduction.signed(
            actor: actor,
            replica: replica,
            space: .allMissions,
            desk: "BER",
            key: key
        )
        try introduction.verify(space: .allMissions)
        let other = try #require(SpaceName("ber"))
        #expect(throws: WireError.badSignature("actor statement")) {
            try introduction.verify(space: other)
        }
        let changes: [(inout ActorIntroduction) -> Void] = [
            { $0.actor = "b" }, { $0.replica = ReplicaID(1) }, { $0.desk = "LON" },
            { $0.signature[0] ^= 1 }, { $0.publicKey[0] ^= 1 },
        ]
        for change in changes {
            var altered = introduction
            change(&altered)
            #expect(throws: WireError.self) { try altered.verify(space: .allMissions) }
        }
    }
}
