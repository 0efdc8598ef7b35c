import NIOCore
import NIOPosix
import Synchronization

/// A server on the loopback that answers every request with bytes that were fixed beforehand,
/// whatever is asked: a captive portal, a proxy without a server, a stranger.
///
/// It reads a request up to the end of its headers and its `Content-Length`; it does not know
/// chunked bodies.
public final class CannedServer: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Where the server listens.
    public let port: Int
    private let listener: any Channel
    private let answers: Mutex<(next: Int, all: [[UInt8]])>

    private init(listener: any Channel, answers: [[UInt8]]) {
        self.listener = listener
        self.answers = Mutex((0, answers))
        port = listener.localAddress?.port ?? 0
    }

    /// Starts a server that gives these answers in order, the last one again and again.
    public static func start(answers: [[UInt8]]) async throws -> CannedServer {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(wrappingChannelSynchronously: channel)
                }
            }
        let server = CannedServer(listener: channel.channel, answers: answers)
        Task { await server.serve(channel) }
        return server
    }

    /// How many requests were answered.
    public var requests: Int { answers.withLock { $0.next } }

    /// Stops listening.
    public func stop() async {
        try? await listener.close()
    }

    /// An HTTP answer as bytes.
    public static func answer(
        status: String,
        mediaType: String = "text/html",
        extra: [String] = [],
        body: [UInt8]
    ) -> [UInt8] {
        let head =
            ["HTTP/1.1 \(status)", "Content-Type: \(mediaType)", "Content-Length: \(body.count)"]
            + extra
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    private func serve(_ channel: NIOAsyncChannel<Connection, Never>) async {
        try? await channel.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { try? await self.answer(connection) }
                }
            }
        }
    }

    private func answer(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var pending: [UInt8] = []
            for try await buffer in inbound {
                pending += buffer.readableBytesView
                while let length = Self.requestLength(pending), pending.count >= length {
                    pending.removeFirst(length)
                    try await outbound.write(ByteBuffer(bytes: next()))
                }
            }
        }
    }

    private func next() -> [UInt8] {
        answers.withLock { answers in
            defer { answers.next += 1 }
            return answers.all[min(answers.next, answers.all.count - 1)]
        }
    }

    private static func requestLength(_ bytes: [UInt8]) -> Int? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
        let length = head.split(separator: "\r\n").compactMap { line -> Int? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
            return Int(parts[1].filter { $0 != " " })
        }
        return end.upperBound + (length.first ?? 0)
    }
}
