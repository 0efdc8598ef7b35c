import Logging
import ReplicaSync
import ServiceLifecycle

/// Gives up what every desk has seen deleted, once an hour while headquarters serves.
struct CompactionSchedule: Service {
    let replica: HeadquartersReplica
    let logger: Logger

    /// How long to wait between two times.
    private static let interval = Duration.seconds(3_600)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                compact()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    /// A failure leaves everything as it was; the next hour tries again.
    private func compact() {
        do {
            let report = try replica.compact()
            for desk in report.dormant {
                logger.warning("a desk was silent for 180 days", metadata: ["desk": "\(desk)"])
            }
        } catch {
            logger.warning("nothing was given up", metadata: ["error": "\(error)"])
        }
    }
}
