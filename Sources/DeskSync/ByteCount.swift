import NIOCore
import NIOHTTP1
import Synchronization

/// The bytes of a client's HTTP messages, and when the last of them passed.
final class ByteCount: Sendable {
    private struct State {
        var sent = 0
        var received = 0
        var last = ContinuousClock.now
    }

    private let state = Mutex(State())

    /// Bytes to headquarters.
    var sent: Int { state.withLock { $0.sent } }
    /// Bytes from headquarters.
    var received: Int { state.withLock { $0.received } }
    /// When bytes passed last.
    var lastMoved: ContinuousClock.Instant { state.withLock { $0.last } }

    /// Begins a wait: what passed before does not count for it.
    func touch() { state.withLock { $0.last = .now } }

    fileprivate func add(sent: Int = 0, received: Int = 0) {
        state.withLock { state in
            state.sent += sent
            state.received += received
            state.last = .now
        }
    }

    /// Counts what passes a connection between the HTTP codec and TLS.
    func attach(to channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTPRequestEncoder.self)
            try pipeline.addHandler(ByteCounter(count: self), position: .before(codec))
        }
    }
}

/// Adds what passes a connection to a count.
private final class ByteCounter: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    private let count: ByteCount

    init(count: ByteCount) {
        self.count = count
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        count.add(received: unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        count.add(sent: unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }
}
