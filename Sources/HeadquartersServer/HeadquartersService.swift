import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ReplicaSync
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Why headquarters does not serve.
public enum ServiceError: Error, Hashable, Sendable {
    /// TLS is not there yet, and plain HTTP was not allowed.
    case plainHTTPNotAllowed
    /// The address cannot be listened on.
    case cannotListen(host: String, port: Int, reason: String)
}

/// Headquarters on HTTP: a service that listens until it is told to stop, and then lets the
/// requests under way end.
public struct HeadquartersService: Service {
    private let replica: HeadquartersReplica
    private let configuration: HeadquartersConfiguration
    private let logger: Logger
    private let onListening: @Sendable (String) -> Void

    /// Creates a service of headquarters' replica.
    ///
    /// - Parameters:
    ///   - replica: The replica; it stays open after the service ends.
    ///   - configuration: Where to listen, and the limits.
    ///   - logger: What takes a line for each request.
    ///   - onListening: Is told the URL when the first connection can be made.
    /// - Throws: `ServiceError.plainHTTPNotAllowed`.
    public init(
        replica: HeadquartersReplica,
        configuration: HeadquartersConfiguration,
        logger: Logger,
        onListening: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(ServiceError) {
        guard configuration.allowsPlainHTTP else { throw .plainHTTPNotAllowed }
        self.replica = replica
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the process is told to end (SIGTERM, SIGINT), and drains.
    /// - Throws: `ServiceError.cannotListen`.
    public func runUntilSignalled() async throws {
        var group = ServiceGroupConfiguration(
            services: [self, CompactionSchedule(replica: replica, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = configuration.limits.drain
        try await ServiceGroup(configuration: group).run()
    }

    /// Serves until the surrounding service group or task ends.
    /// - Throws: `ServiceError.cannotListen`.
    public func run() async throws {
        if !configuration.isLoopback {
            logger.warning(
                """
                plain HTTP on \(configuration.host): whoever is on the way can read what desks \
                send; use it only behind something that adds TLS
                """
            )
        }
        let wasListening = Mutex(false)
        let application = Application(
            responder: responder,
            server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.limits.connections,
                    logger: logger
                )
            ),
            onServerRunning: { [replica, configuration, onListening, logger] channel in
                wasListening.withLock { $0 = true }
                Self.note(isServing: true, replica, logger)
                let port = channel.localAddress?.port ?? configuration.port
                onListening(Self.url(host: configuration.host, port: port))
            },
            logger: logger
        )
        defer {
            if wasListening.withLock({ $0 }) { Self.note(isServing: false, replica, logger) }
        }
        do {
            try await application.run()
        } catch let error where !wasListening.withLock({ $0 }) && !(error is CancellationError) {
            throw ServiceError.cannotListen(
                host: configuration.host,
                port: configuration.port,
                reason: "\(error)"
            )
        }
    }

    /// Lets `hq status` in another process know; serving does not depend on it.
    private static func note(
        isServing: Bool,
        _ replica: HeadquartersReplica,
        _ logger: Logger
    ) {
        do {
            try replica.noteServing(isServing)
        } catch {
            logger.warning(
                "the start or end of serving was not noted",
                metadata: ["error": "\(error)"]
            )
        }
    }

    private var responder: RequestResponder {
        RequestResponder(
            exchange: SignedExchange(
                replica: replica,
                pageBytes: configuration.limits.pageBytes,
                attachmentLimits: configuration.limits.attachments
            ),
            limits: configuration.limits
        )
    }

    /// How connections are spoken on: the one place that TLS changes.
    private var server: HTTPServerBuilder {
        .http1(configuration: .init(idleTimeout: TimeAmount(configuration.limits.idle)))
    }

    private static func url(host: String, port: Int) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return "http://\(host):\(port)"
    }
}
