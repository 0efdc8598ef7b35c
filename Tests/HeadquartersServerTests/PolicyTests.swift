import Dispatch
import Testing

@testable import DeskSync
@testable import HeadquartersServer

struct RetryPolicyTests {
    private let policy = RetryPolicy(
        attempts: 5,
        first: .seconds(1),
        longest: .seconds(6)
    )
    private let failure = SyncFailure.unreachable(reason: "refused")

    @Test func delaysDoubleUpToTheLongestAndAreShortenedByAtMostAHalf() throws {
        for (attempt, full) in [(1, 1.0), (2, 2), (3, 4), (4, 6)] {
            for random: UInt64 in [0, .max, 1 << 63] {
                let delay = try #require(
                    policy.delay(after: failure, attempt: attempt, random: random)
                )
                #expect(delay / .seconds(1) >= full / 2)
                #expect(delay / .seconds(1) <= full)
            }
        }
    }

    @Test func theLastAttemptIsTheLast() {
        #expect(policy.delay(after: failure, attempt: 5, random: 0) == nil)
        #expect(policy.delay(after: failure, attempt: .max, random: 0) == nil)
    }

    @Test func onlyWhatMayPassIsTriedAgain() {
        #expect(policy.delay(after: .retired, attempt: 1, random: 0) == nil)
        #expect(policy.delay(after: .notHeadquarters(reason: ""), attempt: 1, random: 0) == nil)
    }

    @Test func headquartersWishIsALowerBound() {
        let soon = SyncFailure.overloaded(retryAfter: 5)
        #expect(policy.delay(after: soon, attempt: 1, random: 0) == .seconds(5))
        let late = SyncFailure.overloaded(retryAfter: 7)
        #expect(policy.delay(after: late, attempt: 1, random: 0) == nil)
    }
}

struct PageSizingTests {
    @Test func pagesComeToTakeFiveSecondsOnAnyLink() {
        for rate in [2_000.0, 8_000, 100_000] {
            var sizing = PageSizing()
            for _ in 1...8 {
                let wire = sizing.target
                sizing.note(wire: wire, raw: 4 * wire, seconds: 0.6 + Double(wire) / rate)
            }
            let seconds = Double(sizing.target) / rate
            #expect(seconds < 10)
            #expect(seconds > 2 || sizing.target == PageSizing.bounds.upperBound)
        }
    }

    @Test func anExchangeOfAFewBytesTeachesNothing() {
        var sizing = PageSizing()
        sizing.note(wire: 300, raw: 500, seconds: 2)
        #expect(sizing == PageSizing())
    }

    @Test func halvingEndsAtTheSmallestPage() {
        var sizing = PageSizing()
        sizing.note(wire: 64 << 10, raw: 256 << 10, seconds: 1)
        var count = 0
        while sizing.halve() { count += 1 }
        #expect(count == 2)
        #expect(sizing.target == PageSizing.bounds.lowerBound)
    }

    @Test func pagesAreShorterWhereTheLinkIsCutOften() {
        let rate = 8_000.0
        var sizing = PageSizing()
        func exchange() {
            let wire = sizing.target
            sizing.note(wire: wire, raw: 4 * wire, seconds: 0.6 + Double(wire) / rate)
        }
        for _ in 1...8 { exchange() }
        let steady = sizing.target
        for _ in 1...4 {
            sizing.noteCut()
            for _ in 1...3 { exchange() }
        }
        #expect(sizing.target < steady * 2 / 3)
        for _ in 1...20 { exchange() }
        #expect(sizing.target == steady)
    }

    @Test func uncompressedBytesFollowWhatCompressionDid() {
        var sizing = PageSizing()
        for _ in 1...2 { sizing.note(wire: 100_000, raw: 900_000, seconds: 5) }
        #expect(sizing.target == 100_000)
        #expect(sizing.byteLimit == 900_000)
    }
}

struct ProxySettingsTests {
    private func proxy(_ environment: [String: String], _ url: String) throws -> String? {
        let address = try HeadquartersAddress(url)
        return ProxySettings(environment: environment).proxy(for: address)
            .map { "\($0.host):\($0.port)" }
    }

    @Test func theEnvironmentNamesTheProxyOfEncryptedConnections() throws {
        let environment = ["HTTPS_PROXY": "http://proxy.example:3128"]
        #expect(try proxy(environment, "https://hq.example.org") == "proxy.example:3128")
        #expect(try proxy(environment, "http://hq.example.org") == nil)
        #expect(try proxy([:], "https://hq.example.org") == nil)
        #expect(
            try proxy(["https_proxy": "proxy.example"], "https://hq.example.org")
                == "proxy.example:8080"
        )
    }

    @Test(arguments: [
        ("*", true), ("hq.example.org", true), ("example.org", true), (".example.org", true),
        ("ample.org", false), ("other.org, hq.example.org", true), ("hq.example.org:443", true),
        ("hq.example.org:8443", false), ("", false), (",", false),
    ])
    func exceptionsGoStraight(_ exceptions: String, _ isException: Bool) throws {
        let environment = ["HTTPS_PROXY": "http://proxy:1", "NO_PROXY": exceptions]
        #expect((try proxy(environment, "https://HQ.example.org") == nil) == isException)
    }
}

struct HeadquartersAddressTests {
    @Test func portsFollowTheScheme() throws {
        #expect(try HeadquartersAddress("https://hq.example.org/").port == 443)
        #expect(try HeadquartersAddress("http://127.0.0.1:8080").port == 8080)
        #expect(
            try HeadquartersAddress("https://hq.example.org/sync/").text
                == "https://hq.example.org/sync"
        )
    }

    @Test func plainHTTPIsExposedExceptOnTheLoopback() throws {
        #expect(try !HeadquartersAddress("http://127.0.0.1:1").isExposed)
        #expect(try !HeadquartersAddress("https://hq.example.org").isExposed)
        #expect(try HeadquartersAddress("http://hq.example.org").isExposed)
    }

    @Test(arguments: [
        "", "hq.example.org", "ftp://hq", "http://", "http://h:0", "http://h:70000",
        "http://user:secret@h", "http://h/?q", "http://h/#f", "http://h h/",
    ])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(throws: SyncFailure.badAddress(text)) { try HeadquartersAddress(text) }
    }
}

struct FailureLimiterTests {
    @Test func failuresFillTheBucketAndTimeEmptiesIt() {
        var limiter = FailureLimiter(failuresPerMinute: 6)
        for _ in 1...6 {
            #expect(limiter.wait(for: "a", at: 100) == nil)
            limiter.noteFailure(of: "a", at: 100)
        }
        #expect(limiter.wait(for: "a", at: 100) == 10)
        #expect(limiter.wait(for: "b", at: 100) == nil)
        #expect(limiter.wait(for: "a", at: 110) == nil)
        limiter.noteFailure(of: "a", at: 110)
        #expect(limiter.wait(for: "a", at: 110) == 10)
    }

    @Test func aClockThatGoesBackFreesNobody() {
        var limiter = FailureLimiter(failuresPerMinute: 1)
        limiter.noteFailure(of: "a", at: 100)
        #expect(limiter.wait(for: "a", at: 0) != nil)
    }

    @Test func whatIsRememberedIsBounded() {
        var limiter = FailureLimiter(failuresPerMinute: 1)
        for number in 0...FailureLimiter.addressLimit {
            limiter.noteFailure(of: "\(number)", at: Double(number) / 1000)
        }
        #expect(limiter.addressCount <= FailureLimiter.addressLimit)
        #expect(limiter.wait(for: "\(FailureLimiter.addressLimit)", at: 10) != nil)
    }
}

struct WorkGateTests {
    @Test func noMoreJobsRunAtOnceThanTheGateIsWide() async throws {
        let gate = WorkGate(width: 2, room: 100, patience: .seconds(30))
        let peak = Peak()
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...20 {
                group.addTask { _ = try? await gate.run { peak.pass() } }
            }
        }
        #expect(peak.highest == 2)
        #expect(peak.passed == 20)
        #expect(gate.load == (0, 0))
    }

    @Test func whoWaitsTooLongIsTurnedAwayAndTheOthersGoOn() async throws {
        let gate = WorkGate(width: 1, room: 1, patience: .milliseconds(1))
        let held = DispatchSemaphore(value: 0)
        async let first = gate.run { held.wait() }
        while gate.load.running == 0 { await Task.yield() }
        #expect(try await gate.run {} == nil, "there is no time")
        held.signal()
        #expect(try await first != nil)
        #expect(try await gate.run {} != nil)
    }

    @Test func whoFindsNoRoomIsTurnedAwayAtOnce() async throws {
        let gate = WorkGate(width: 1, room: 1, patience: .seconds(3600))
        let held = DispatchSemaphore(value: 0)
        async let first = gate.run { held.wait() }
        while gate.load.running == 0 { await Task.yield() }
        async let second = gate.run {}
        while gate.load.waiting == 0 { await Task.yield() }
        #expect(try await gate.run {} == nil)
        held.signal()
        #expect(try await first != nil)
        #expect(try await second != nil)
    }

    @Test func thoseThatWaitHoldNoMoreTogetherThanThereIsRoomFor() async throws {
        let gate = WorkGate(width: 1, room: 10, roomBytes: 100, patience: .seconds(3600))
        let held = DispatchSemaphore(value: 0)
        async let first = gate.run(holding: 1_000) { held.wait() }
        while gate.load.running == 0 { await Task.yield() }
        async let second = gate.run(holding: 90) {}
        while gate.load.waiting == 0 { await Task.yield() }
        #expect(try await gate.run(holding: 11) {} == nil)
        async let third = gate.run(holding: 10) {}
        while gate.load.waiting == 1 { await Task.yield() }
        held.signal()
        #expect(try await first != nil)
        #expect(try await second != nil)
        #expect(try await third != nil)
        // Who left holds nothing any more.
        #expect(try await gate.run(holding: 1_000) {} != nil)
    }

    @Test func aJobThatFailsLeavesTheGate() async throws {
        struct Failure: Error {}
        let gate = WorkGate(width: 1, room: 0, patience: .zero)
        await #expect(throws: Failure.self) { try await gate.run { throw Failure() } }
        #expect(gate.load == (0, 0))
    }
}
