import Testing

/// What fuzzing found once, in every test run.
struct ReplayTests {
    @Test(arguments: FuzzTarget.all.map { $0.name })
    func aPropertyHoldsOfAllThatFuzzingFound(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let inputs = try Corpus(of: target).inputs
        #expect(inputs.count > 5)
        for input in inputs + target.seeds() + [[]] {
            #expect(throws: Never.self, "\(name): \(input)") { try target.check(input) }
        }
    }

    /// The replay notices a property that does not hold.
    @Test func aViolationIsThrown() {
        let target = FuzzTarget("canary", seeds: []) { bytes in
            try require(bytes.isEmpty, "there are bytes")
        }
        #expect(throws: Never.self) { try target.check([]) }
        #expect(throws: Violation.self) { try target.check([1]) }
    }
}
