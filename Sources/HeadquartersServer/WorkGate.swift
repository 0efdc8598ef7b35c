import Dispatch
import Synchronization

/// Runs blocking work beside the event loops: a bounded number of jobs at a time, the others wait
/// in order, and those for which that takes too long are turned away.
///
/// All of the state is behind one lock; continuations are resumed outside it.
final class WorkGate: Sendable {
    private struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var running = 0
        var waiting: [Waiter] = []
        var issued: UInt64 = 0
    }

    private enum Decision {
        case enter
        case refuse
        case wait(UInt64)
    }

    private let width: Int
    private let room: Int
    private let patience: Duration
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "attache.work", attributes: .concurrent)

    /// Creates a gate.
    ///
    /// - Parameters:
    ///   - width: How many jobs run at once.
    ///   - room: How many wait.
    ///   - patience: How long one waits.
    init(width: Int, room: Int, patience: Duration) {
        self.width = max(1, width)
        self.room = room
        self.patience = patience
    }

    /// How many jobs run and wait now.
    var load: (running: Int, waiting: Int) {
        state.withLock { ($0.running, $0.waiting.count) }
    }

    /// Runs a job on a thread of its own, or returns nil where there is no room or no time for it.
    func run<T: Sendable>(_ job: @escaping @Sendable () throws -> T) async throws -> T? {
        guard await enter() else { return nil }
        defer { leave() }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try job() }) }
        }
    }

    private func enter() async -> Bool {
        await withCheckedContinuation { continuation in
            let decision = state.withLock { state -> Decision in
                if state.running < width {
                    state.running += 1
                    return .enter
                }
                guard state.waiting.count < room else { return .refuse }
                state.issued += 1
                state.waiting.append(Waiter(number: state.issued, continuation: continuation))
                return .wait(state.issued)
            }
            switch decision {
            case .enter: continuation.resume(returning: true)
            case .refuse: continuation.resume(returning: false)
            case .wait(let number):
                queue.asyncAfter(deadline: .now() + patience.seconds) { [self] in giveUp(number) }
            }
        }
    }

    private func leave() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: false)
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
