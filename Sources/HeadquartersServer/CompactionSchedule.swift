import Logging
import RecordModel
import RecordStorage
import ReplicaSync
import ServiceLifecycle

/// What headquarters does once an hour while it serves: it gives up what every desk has seen deleted, archives
/// the journal of long ago, and looks at the next of its records.
struct CompactionSchedule: Service {
    let replica: HeadquartersReplica
    let logger: Logger

    /// How long to wait between two times.
    private static let interval = Duration.seconds(3_600)
    /// For how long to look at records each time.
    private static let look = Duration.milliseconds(500)

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
            if report.collected != CollectionReport() || report.archived != JournalReport() {
                logger.info(
                    "what is settled was compacted",
                    metadata: [
                        "records": "\(report.collected.records)",
                        "thinned": "\(report.collected.thinned)",
                        "archived_changes": "\(report.archived.changes)",
                        "archived_versions": "\(report.archived.versions)",
                    ]
                )
            }
            let end = ContinuousClock.now + Self.look
            for key in try replica.findDamage(while: { ContinuousClock.now < end }) {
                logger.error(
                    "a record is not as it was written",
                    metadata: ["record": "\(key.uid)", "space": "\(key.space)"]
                )
            }
        } catch {
            logger.warning("what is due every hour failed", metadata: ["error": "\(error)"])
        }
    }
}
