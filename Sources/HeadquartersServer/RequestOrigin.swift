import Hummingbird
import Logging
import NIOCore

/// Where a request comes from: its connection.
struct RequestOrigin: InitializableFromSource {
    let channel: any Channel
    let logger: Logger

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        logger = source.logger
    }

    /// The address that failed attempts are counted by.
    var address: String { channel.remoteAddress?.ipAddress ?? "local" }

    /// Whether the other end is on this machine.
    var isLoopback: Bool {
        ["127.", "::ffff:127."].contains { address.hasPrefix($0) }
            || address == "::1" || address == "local"
    }

    /// Closes the connection after a time, unless that is cancelled.
    func close(after delay: Duration) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: TimeAmount(delay)) { [channel] in
            channel.close(promise: nil)
        }
    }
}
