import Dispatch
import Synchronization

/// Runs blocking work beside the event loops: a bounded number of jobs at a time, the others wait
/// in order, and those for which that takes too long are turned away.
///
/// All of the state is behind one lock; continuations are resumed outside it.
final class WorkGate: Sendable {
    private struct Waiter {
        let number: UInt64
        let bytes: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var running = 0
        var waiting: [Waiter] = []
        var waitingBytes = 0
        var issued: UInt64 = 0

        /// Takes a waiter out.
        mutating func remove(at index: Int) -> Waiter {
            let waiter = waiting.remove(at: index)
            waitingBytes -= waiter.bytes
            return waiter
        }
    }

    private enum Decision {
        case enter
        case refuse
        case wait(UInt64)
    }

    private let width: Int
    private let room: Int
    private let roomBytes: Int
    private let patience: Duration
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "attache.work", attributes: .concurrent)

    /// Creates a gate.
    ///
    /// - Parameters:
    ///   - width: How many jobs run at once.
    ///   - room: How many wait.
    ///   - roomBytes: How many bytes those that wait hold together; one that finds nobody waiting
    ///     may hold more.
    ///   - patience: How long one waits.
    init(width: Int, room: Int, roomBytes: Int = .max, patience: Duration) {
        self.width = max(1, width)
        self.room = room
        self.roomBytes = roomBytes
        self.patience = patience
    }

    /// How many jobs run and wait now.
    var load: (running: Int, waiting: Int) {
        state.withLock { ($0.running, $0.waiting.count) }
    }

    /// Runs a job on a thread of its own, or returns nil where there is no room or no time for it.
    ///
    /// - Parameters:
    ///   - bytes: What the job holds while it waits.
    ///   - job: What is run.
    /// - Returns: What the job returned.
    /// - Throws: What the job throws.
    func run<T: Sendable>(
        holding bytes: Int = 0,
        _ job: @escaping @Sendable () throws -> T
    ) async throws -> T? {
        guard await enter(bytes) else { return nil }
        defer { leave() }
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try job() }) }
        }
    }

    private func enter(_ bytes: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            let decision = state.withLock { state -> Decision in
                if state.running < width {
                    state.running += 1
                    return .enter
                }
                let fits = state.waiting.isEmpty || state.waitingBytes + bytes <= roomBytes
                guard state.waiting.count < room, fits else { return .refuse }
                state.issued += 1
                state.waitingBytes += bytes
                state.waiting.append(
                    Waiter(number: state.issued, bytes: bytes, continuation: continuation)
                )
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
            return state.remove(at: 0)
        }
        next?.continuation.resume(returning: true)
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.remove(at: $0) }
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
