import ReplicaSync
import SyncProtocol

/// Where headquarters listens, and what it grants to those who ask.
public struct HeadquartersConfiguration: Hashable, Sendable {
    /// The address or name to listen on.
    public var host: String
    /// The port; 0 for any that is free.
    public var port: Int
    /// Whether requests are taken without TLS.
    public var allowsPlainHTTP: Bool
    /// The bounds of what one request, one address and all requests together may take.
    public var limits: ServiceLimits

    /// Creates a configuration; by default one that listens on the loopback alone.
    public init(
        host: String = "127.0.0.1",
        port: Int = 8080,
        allowsPlainHTTP: Bool = false,
        limits: ServiceLimits = ServiceLimits()
    ) {
        self.host = host
        self.port = port
        self.allowsPlainHTTP = allowsPlainHTTP
        self.limits = limits
    }

    /// Whether nobody but this machine can reach the address.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}

/// What a request may cost in memory, time and connections before it is refused.
public struct ServiceLimits: Hashable, Sendable {
    /// Bytes of a body; by default the greatest frame with its prefix.
    public var bodyBytes = Limits.frameBytes + SignedRequest.prefixBytes
    /// Bytes of all bodies that are being read: their senders have proved nothing yet, and may hold
    /// every connection open just before a body's end.
    public var readingBytes = 128 << 20
    /// Bytes of a page in an answer, uncompressed; a desk on a thin link asks for less.
    public var pageBytes = 2 << 20
    /// What is taken and given of attachments.
    public var attachments = AttachmentLimits()
    /// How slow a body may arrive, in bytes a second: a quarter of the slowest modem.
    public var bytesPerSecond = 64
    /// How long a body may be slower than that.
    public var slowStart: Duration = .seconds(10)
    /// How long a connection may say nothing.
    public var idle: Duration = .seconds(60)
    /// How long a request and its answer may take together, whatever their rate.
    public var exchange: Duration = .seconds(900)
    /// How many connections are open at once.
    public var connections = 512
    /// How many requests are worked on at once; the store has one writer, so that more than a few
    /// only cost memory.
    public var parallelWork = 4
    /// How many requests wait for work to begin: every mission at once, and more.
    public var waitingWork = 512
    /// How many bytes those that wait hold together.
    public var waitingBytes = 64 << 20
    /// How long a request waits for work to begin.
    public var patience: Duration = .seconds(20)
    /// How many requests that fail to prove who asks are heard from one address at once, and
    /// afterwards in each minute.
    public var failuresPerMinute = 30
    /// How long a drain waits for requests under way when the service ends.
    public var drain: Duration = .seconds(30)

    /// Creates the limits that suit a ministry's headquarters.
    public init() {}
}
