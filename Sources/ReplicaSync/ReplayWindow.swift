import RecordModel
import Synchronization

/// The nonces of the requests that a server took within the window of their time.
///
/// A request older than the window is refused by its time, so that what is remembered is bounded
/// by the requests of two windows. After a restart the memory is empty: a request that is replayed
/// then is merged twice, which changes nothing.
public final class ReplayWindow: Sendable {
    private struct Seen: Hashable {
        let replica: ReplicaID
        let nonce: UInt64
    }

    private struct Memory {
        var current: Set<Seen> = []
        var previous: Set<Seen> = []
        var begun: UInt64 = 0
    }

    private let memory = Mutex(Memory())

    /// Creates an empty window.
    public init() {}

    /// Returns whether a replica's nonce was not seen before, and remembers it.
    public func isNew(
        _ nonce: UInt64,
        of replica: ReplicaID,
        at time: HybridTime,
        now: HybridTime
    ) -> Bool {
        memory.withLock { memory in
            // A request may lie a window ahead of the clock and stay valid for two.
            if now.milliseconds &- memory.begun > 2 * HeadquartersReplica.requestWindow {
                memory.previous = memory.current
                memory.current = []
                memory.begun = now.milliseconds
            }
            let seen = Seen(replica: replica, nonce: nonce)
            guard !memory.previous.contains(seen) else { return false }
            return memory.current.insert(seen).inserted
        }
    }
}
