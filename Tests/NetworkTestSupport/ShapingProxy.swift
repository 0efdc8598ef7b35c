import NIOCore
import NIOPosix
import Synchronization

/// A proxy on the loopback that counts what passes, and makes a link of it that is slow, far away or
/// breaks.
///
/// It is transparent TCP: it models the rate, the delay, and the cut of a connection. It does not
/// model lost or reordered packets, which TCP hides, nor a limit of what is under way.
public final class ShapingProxy: Sendable {
    /// What is done to connections.
    public struct Shape: Sendable {
        /// Bytes a second, in each direction; nil for as fast as it goes.
        public var bytesPerSecond: Int?
        /// How long a byte takes to the other side.
        public var delay: Duration = .zero
        /// After how many bytes each way there is a stall, as a lost packet makes one.
        public var stallEvery: Int?
        /// How long such a stall lasts.
        public var stall: Duration = .zero
        /// How long a connection lives.
        public var life: Duration?
        /// The number of bytes to the server after which each connection is cut.
        public var cutUp: Int?
        /// The number of bytes from the server after which each connection is cut.
        public var cutDown: Int?
        /// The number of bytes from the server after which nothing more arrives.
        public var stallDown: Int?

        /// Creates the shape of a perfect link.
        public init() {}
    }

    private struct State {
        var shape: Shape
        var up = 0
        var down = 0
        var connections = 0
    }

    private struct Cut: Error {}

    private enum Direction {
        case up
        case down
    }

    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Where the proxy listens.
    public let port: Int
    private let target: Int
    private let listener: any Channel
    private let server: Task<Void, Never>
    private let state: Mutex<State>

    private init(
        target: Int,
        shape: Shape,
        channel: NIOAsyncChannel<Connection, Never>,
        serve: @escaping @Sendable (ShapingProxy) async -> Void
    ) {
        self.target = target
        state = Mutex(State(shape: shape))
        listener = channel.channel
        port = channel.channel.localAddress?.port ?? 0
        let (stream, continuation) = AsyncStream<ShapingProxy>.makeStream()
        server = Task {
            for await proxy in stream { await serve(proxy) }
        }
        continuation.yield(self)
        continuation.finish()
    }

    /// Starts a proxy to a port of the loopback.
    public static func start(to target: Int, shape: Shape = Shape()) async throws -> ShapingProxy {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(wrappingChannelSynchronously: channel)
                }
            }
        return ShapingProxy(target: target, shape: shape, channel: channel) { proxy in
            await proxy.serve(channel)
        }
    }

    /// Bytes that passed to the server.
    public var bytesUp: Int { state.withLock { $0.up } }
    /// Bytes that passed from the server.
    public var bytesDown: Int { state.withLock { $0.down } }
    /// How many connections were made.
    public var connections: Int { state.withLock { $0.connections } }

    /// What is done to connections, from the next byte on.
    public var shape: Shape {
        get { state.withLock { $0.shape } }
        set { state.withLock { $0.shape = newValue } }
    }

    /// Stops listening and cuts every connection.
    public func stop() async {
        server.cancel()
        try? await listener.close()
        await server.value
    }

    private func serve(_ channel: NIOAsyncChannel<Connection, Never>) async {
        try? await channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    state.withLock { $0.connections += 1 }
                    group.addTask { await self.pass(connection) }
                }
            }
        }
    }

    private func pass(_ near: Connection) async {
        // Whatever ends one side ends the other: that is what a cut is.
        try? await near.executeThenClose { nearIn, nearOut in
            let far = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: target) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Connection(wrappingChannelSynchronously: channel)
                    }
                }
            try await far.executeThenClose { farIn, farOut in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.pump(nearIn, farOut, .up) }
                    group.addTask { try await self.pump(farIn, nearOut, .down) }
                    if let life = shape.life {
                        group.addTask {
                            try await Task.sleep(for: life)
                            throw Cut()
                        }
                    }
                    _ = try await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    /// Passes bytes on, each when it is due.
    private func pump(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ sink: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ direction: Direction
    ) async throws {
        typealias Due = (bytes: ByteBuffer, at: ContinuousClock.Instant)
        let (queue, continuation) = AsyncStream<Due>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await due in queue {
                    try await Task.sleep(until: due.at, clock: .continuous)
                    try await sink.write(due.bytes)
                }
            }
            var passed = 0
            var free = ContinuousClock.now
            for try await var buffer in source {
                while let piece = buffer.readSlice(length: min(1024, buffer.readableBytes)),
                    piece.readableBytes > 0
                {
                    let shape = shape
                    let (allowed, isCut) = Self.allowed(piece, passed, shape, direction)
                    passed += allowed.readableBytes
                    count(allowed.readableBytes, direction)
                    free = max(free, .now + shape.delay)
                    if let rate = shape.bytesPerSecond {
                        free += .seconds(Double(allowed.readableBytes) / Double(rate))
                    }
                    if let every = shape.stallEvery,
                        passed / every > (passed - allowed.readableBytes) / every
                    {
                        free += shape.stall
                    }
                    if allowed.readableBytes > 0 { continuation.yield((allowed, free)) }
                    if isCut {
                        continuation.finish()
                        try await group.waitForAll()
                        throw Cut()
                    }
                }
            }
            continuation.finish()
            try await group.waitForAll()
        }
    }

    /// Returns what of a piece passes, and whether the connection ends behind it.
    private static func allowed(
        _ piece: ByteBuffer,
        _ passed: Int,
        _ shape: Shape,
        _ direction: Direction
    ) -> (ByteBuffer, Bool) {
        if direction == .down, let stall = shape.stallDown {
            let room = max(0, stall - passed)
            return (piece.getSlice(at: 0, length: min(room, piece.readableBytes)) ?? piece, false)
        }
        let limit = direction == .up ? shape.cutUp : shape.cutDown
        guard let limit, passed + piece.readableBytes >= limit else { return (piece, false) }
        return (piece.getSlice(at: 0, length: max(0, limit - passed)) ?? piece, true)
    }

    private func count(_ bytes: Int, _ direction: Direction) {
        state.withLock { state in
            if direction == .up { state.up += bytes } else { state.down += bytes }
        }
    }
}
