import Foundation

/// The target that `FUZZ_TARGET` names.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget.named(name) else {
        let names = FuzzTarget.all.map(\.name).joined(separator: " ")
        // Nothing calls this program but a person at libFuzzer's command line.
        fatalError("FUZZ_TARGET is none of: \(names)")
    }
    return target
}()

/// Writes the target's seeds into the folder that `FUZZ_SEEDS` names, where it names one.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_: UnsafeMutableRawPointer?, _: UnsafeMutableRawPointer?) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    for (index, seed) in target.seeds().enumerated() {
        let file = URL(fileURLWithPath: folder).appendingPathComponent("seed-\(index)")
        do {
            try Data(seed).write(to: file)
        } catch {
            // Without its seeds the run would be a poor one, and say nothing of it.
            fatalError("\(error)")
        }
    }
    return 0
}

/// Runs one input; a violation stops the fuzzer, which keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try target.check(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        // A process that dies is how libFuzzer learns of a finding.
        fatalError("\(target.name): \(error)")
    }
    return 0
}
