import Foundation
import Synchronization

/// Counts how many threads pass at once.
final class Peak: Sendable {
    private let state = Mutex((now: 0, highest: 0, passed: 0))

    var highest: Int { state.withLock { $0.highest } }
    var passed: Int { state.withLock { $0.passed } }

    func pass(seconds: Double = 0.01) {
        state.withLock { state in
            state.now += 1
            state.highest = max(state.highest, state.now)
        }
        Thread.sleep(forTimeInterval: seconds)
        state.withLock { state in
            state.now -= 1
            state.passed += 1
        }
    }
}
