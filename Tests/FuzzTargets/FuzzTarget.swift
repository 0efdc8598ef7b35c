/// A decoder with what must hold of it whatever bytes it is given.
///
/// The same targets run under libFuzzer (`make fuzz TARGET=…`) and, over the inputs that it found,
/// in every test run.
struct FuzzTarget: Sendable {
    /// The name, which is also that of its corpus.
    let name: String
    /// Inputs to begin with, beside those found in earlier runs.
    let seeds: @Sendable () -> [[UInt8]]
    /// Decodes bytes and throws `Violation` where the property does not hold; a refusal is none.
    let check: @Sendable ([UInt8]) throws -> Void

    init(
        _ name: String,
        seeds: @autoclosure @escaping @Sendable () -> [[UInt8]],
        check: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.name = name
        self.seeds = seeds
        self.check = check
    }

    /// All targets: one for each decoder of bytes from outside.
    static let all =
        messageTargets + modelTargets + storageTargets + fileTargets + notationTargets

    /// Returns the target of a name.
    static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// A property that does not hold.
struct Violation: Error, CustomStringConvertible {
    let description: String
}

/// Throws where a condition does not hold.
func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    guard condition else { throw Violation(description: what()) }
}

/// Returns what decoding gives, or nil where the bytes are refused.
func accepted<Value>(_ decode: () throws -> Value) -> Value? {
    try? decode()
}

/// Runs what must succeed on what was accepted before.
func must<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let violation as Violation {
        throw violation
    } catch {
        throw Violation(description: "\(what): \(error)")
    }
}
