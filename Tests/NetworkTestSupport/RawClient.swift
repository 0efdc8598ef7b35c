import NIOCore
import NIOPosix

/// A client that sends just the bytes it is given, at the pace it is told.
public enum RawClient {
    /// What came back before the connection ended.
    public struct Outcome: Sendable {
        /// The bytes.
        public var bytes: [UInt8]
        /// How long the connection lasted.
        public var duration: Duration

        /// The bytes as text.
        public var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Sends pieces with a pause before each but the first, and reads until the server closes or
    /// the patience ends.
    public static func send(
        _ pieces: [[UInt8]],
        to port: Int,
        pause: Duration = .zero,
        patience: Duration = .seconds(10)
    ) async throws -> Outcome {
        let start = ContinuousClock.now
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        var bytes: [UInt8] = []
        try? await channel.executeThenClose { inbound, outbound in
            let sender = Task {
                for (index, piece) in pieces.enumerated() {
                    if index > 0 { try await Task.sleep(for: pause) }
                    try await outbound.write(ByteBuffer(bytes: piece))
                }
            }
            let closer = Task {
                try await Task.sleep(for: patience)
                try await channel.channel.close()
            }
            defer {
                sender.cancel()
                closer.cancel()
            }
            for try await buffer in inbound { bytes += buffer.readableBytesView }
        }
        return Outcome(bytes: bytes, duration: start.duration(to: .now))
    }

    /// Opens connections, sends bytes on each, and then neither reads nor closes until the body ends.
    public static func holding<Result>(
        _ count: Int = 1,
        sending bytes: [UInt8],
        to port: Int,
        _ body: () async throws -> Result
    ) async throws -> Result {
        var channels: [any Channel] = []
        for _ in 0..<count {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelOption(.autoRead, value: false)
                .channelOption(.socketOption(.so_rcvbuf), value: 4096)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
            channels.append(channel)
        }
        defer { for channel in channels { channel.close(promise: nil) } }
        return try await body()
    }
}
