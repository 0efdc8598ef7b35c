import Foundation

/// How long an exchange waits for the network.
public struct SyncTimeouts: Hashable, Sendable {
    /// For a connection.
    public var connect: Duration
    /// For the next byte of an answer.
    public var stall: Duration

    /// Creates timeouts; by default such that suit a satellite link.
    public init(connect: Duration = .seconds(10), stall: Duration = .seconds(60)) {
        self.connect = connect
        self.stall = stall
    }
}

/// Which attachments an exchange moves unasked.
public enum AttachmentPolicy: Hashable, Sendable {
    /// None, in either direction.
    case none
    /// Those that headquarters lacks, and from there those up to a size in bytes.
    case under(UInt64)
}

/// What an exchange takes from its surroundings.
public struct SyncSettings: Sendable {
    /// How long to wait for the network.
    public var timeouts = SyncTimeouts()
    /// How often to try.
    public var retry = RetryPolicy()
    /// The environment variables, in which a proxy may be named.
    public var environment: [String: String]
    /// Whether every record is compared with headquarters', however equal the fingerprints are.
    public var comparesAll = false
    /// Which attachments are exchanged after the records.
    public var attachments = AttachmentPolicy.none
    /// Is told what the exchange waits for and how far it has come.
    public var onEvent: @Sendable (SyncEvent) -> Void

    /// Creates the settings of this process.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        onEvent: @escaping @Sendable (SyncEvent) -> Void = { _ in }
    ) {
        self.environment = environment
        self.onEvent = onEvent
    }
}
