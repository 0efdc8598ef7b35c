import RecordModel
import SyncProtocol
import TestSupport
import Testing

@testable import SyncEngine

/// The desk's side of an exchange of attachments, with a headquarters of two dictionaries.
struct AttachmentSessionTests {
    /// A desk's and headquarters' bytes, and what passes between them.
    ///
    /// It does not model who may have what, nor sizes that are refused.
    private struct World {
        var desk: [AttachmentHash: [UInt8]] = [:]
        var headquarters: [AttachmentHash: [UInt8]] = [:]
        /// What each side is to hold in the end.
        let files: [AttachmentHash: [UInt8]]
        /// Bytes that passed, those of messages that were lost counted in.
        var passed = 0

        mutating func answer(
            _ parts: [AttachmentSession.PlannedPart],
            byteLimit: UInt32
        ) -> AttachmentResponse {
            var room = Int(byteLimit)
            return AttachmentResponse(
                parts: parts.map { part in
                    var answer = AttachmentAnswer(hash: part.hash)
                    let size = files[part.hash]?.count ?? 0
                    var held = headquarters[part.hash] ?? []
                    switch part.act {
                    case .ask: break
                    case .push(let start, let count):
                        let piece = (desk[part.hash] ?? []).dropFirst(Int(start)).prefix(count)
                        passed += piece.count
                        if Int(start) == held.count { held += piece }
                        headquarters[part.hash] = held
                    case .want(let start):
                        guard held.count == size else { break }
                        answer.bytes = Array(held.dropFirst(Int(start)).prefix(room))
                        room -= answer.bytes.count
                        passed += answer.bytes.count
                    }
                    answer.size = UInt64(size)
                    answer.held = UInt64(held.count)
                    return answer
                }
            )
        }

        mutating func keep(_ news: AttachmentNews) -> [AttachmentHash: KeptPiece] {
            var outcomes: [AttachmentHash: KeptPiece] = [:]
            for piece in news.pieces {
                var held = desk[piece.hash] ?? []
                if Int(piece.offset) == held.count { held += piece.bytes }
                desk[piece.hash] = held
                let isWhole = held.count == files[piece.hash]?.count
                outcomes[piece.hash] = isWhole ? .whole : .held(UInt64(held.count))
            }
            return outcomes
        }

        func session(
            outgoing: [AttachmentHash],
            incoming: [AttachmentHash],
            byteLimit: Int
        ) -> AttachmentSession {
            AttachmentSession(
                outgoing: outgoing.map {
                    .init(hash: $0, size: UInt64(desk[$0]?.count ?? 0))
                },
                incoming: incoming.filter { desk[$0]?.count != files[$0]?.count }.map {
                    .init(hash: $0, size: 0, held: UInt64(desk[$0]?.count ?? 0))
                },
                byteLimit: byteLimit
            )
        }
    }

    private static func hash(_ number: Int) -> AttachmentHash {
        var hasher = AttachmentHasher()
        hasher.update([UInt8(truncatingIfNeeded: number)])
        return hasher.finish()
    }

    @Test func everythingArrivesWhateverIsCutAndNoByteThatWasKeptPassesAgain() throws {
        for seed in Seeds.first(200) {
            var random = SeededGenerator(seed: seed)
            var files: [AttachmentHash: [UInt8]] = [:]
            let hashes = (0..<6).map(Self.hash)
            for hash in hashes {
                files[hash] = (0..<(1 + random.below(400))).map { _ in UInt8(random.below(256)) }
            }
            let (outgoing, incoming) = (Array(hashes[..<3]), Array(hashes[3...]))
            var world = World(files: files)
            for hash in outgoing { world.desk[hash] = files[hash] }
            for hash in incoming { world.headquarters[hash] = files[hash] }
            let limit = 1 + random.below(200)
            var lost = 0
            var isDone = false
            while !isDone {
                var session = world.session(
                    outgoing: outgoing,
                    incoming: incoming,
                    byteLimit: limit
                )
                var action = session.start()
                running: while true {
                    switch action {
                    case .send(let parts, let byteLimit):
                        let response = world.answer(parts, byteLimit: byteLimit)
                        if random.below(5) == 0 {
                            // The answer is lost on its way.
                            lost += response.parts.reduce(0) { $0 + $1.bytes.count }
                            break running
                        }
                        action = try session.didReceive(response)
                    case .keep(let news): action = session.didKeep(world.keep(news))
                    case .finish:
                        isDone = true
                        break running
                    }
                }
            }
            #expect(world.desk == files, "SEED=\(seed)")
            #expect(world.headquarters == files, "SEED=\(seed)")
            let all = files.values.reduce(0) { $0 + $1.count }
            #expect(world.passed == all + lost, "SEED=\(seed)")
        }
    }

    @Test func whatHeadquartersHasIsNotPushedAndWhatItLacksIsSaid() throws {
        let (had, lacked) = (Self.hash(1), Self.hash(2))
        var session = AttachmentSession(
            outgoing: [.init(hash: had, size: 10)],
            incoming: [.init(hash: lacked, size: 10)],
            byteLimit: 100
        )
        guard case .send(let parts, _) = session.start() else { return #expect(Bool(false)) }
        #expect(parts.map(\.act) == [.ask, .want(from: 0)])
        var answers = [AttachmentAnswer(hash: had), AttachmentAnswer(hash: lacked)]
        (answers[0].size, answers[0].held) = (10, 10)
        guard case .keep(let news) = try session.didReceive(AttachmentResponse(parts: answers))
        else { return #expect(Bool(false)) }
        #expect(news.sent == [had])
        #expect(news.missing == [lacked])
        #expect(session.didKeep([:]) == .finish)
        #expect(session.summary.sent == 0)
        #expect(session.summary.missing == [lacked])
    }

    @Test func aRefusalOfOneLeavesTheOthers() throws {
        let (refused, other) = (Self.hash(1), Self.hash(2))
        var session = AttachmentSession(
            outgoing: [.init(hash: refused, size: 10), .init(hash: other, size: 5)],
            incoming: [],
            byteLimit: 100
        )
        _ = session.start()
        var answers = [AttachmentAnswer(hash: refused), AttachmentAnswer(hash: other)]
        answers[0].code = "quota_exceeded"
        answers[1].size = 5
        _ = try session.didReceive(AttachmentResponse(parts: answers))
        guard case .send(let parts, _) = session.didKeep([:]) else { return #expect(Bool(false)) }
        #expect(parts.map(\.hash) == [other])
        #expect(parts.map(\.act) == [.push(from: 0, count: 5)])
        #expect(session.summary.refusals.map(\.code) == ["quota_exceeded"])
    }

    @Test func anAnswerThatIsNoneToTheRequestOrBringsNothingEndsTheSession() throws {
        let hash = Self.hash(1)
        var session = AttachmentSession(
            outgoing: [.init(hash: hash, size: 10)],
            incoming: [],
            byteLimit: 4
        )
        _ = session.start()
        #expect(throws: WireError.self) {
            try session.didReceive(
                AttachmentResponse(parts: [AttachmentAnswer(hash: Self.hash(2))])
            )
        }
        var answer = AttachmentAnswer(hash: hash)
        answer.size = 10
        _ = try session.didReceive(AttachmentResponse(parts: [answer]))
        _ = session.didKeep([:])
        // A piece was pushed, and headquarters holds as much as before.
        #expect(throws: WireError.self) {
            try session.didReceive(AttachmentResponse(parts: [answer]))
        }
    }
}
