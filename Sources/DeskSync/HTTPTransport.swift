import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import SyncProtocol

/// An answer as it came over HTTP; nothing of it is believed yet.
struct HTTPReply: Sendable {
    var status: UInt16
    var mediaType: String
    var retryAfter: Int?
    var body: [UInt8]
}

/// Posts bodies to a headquarters and waits as long as bytes move.
final class HTTPTransport: Sendable {
    /// What passed so far.
    let count = ByteCount()

    private let address: HeadquartersAddress
    private let client: HTTPClient
    private let timeouts: SyncTimeouts

    /// The slowest upload that is waited for.
    ///
    /// What the system's buffers hold is not seen leaving, so that the wait for an answer allows for
    /// the whole body at this rate.
    private static let bytesPerSecond = 1_000.0
    /// Bytes of an answer that is none of ours, which is only looked at to say so.
    private static let foreignBytes = 64 << 10

    /// Creates a transport to an address.
    ///
    /// - Parameters:
    ///   - address: Where headquarters is.
    ///   - timeouts: How long to wait.
    ///   - proxies: What the environment asks for.
    init(address: HeadquartersAddress, timeouts: SyncTimeouts, proxies: ProxySettings) {
        self.address = address
        self.timeouts = timeouts
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(timeouts.connect)),
            proxy: proxies.proxy(for: address).map(Self.proxy)
        )
        configuration.httpVersion = .http1Only
        // Trying again is decided above, where it is also told.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { [count] in count.attach(to: $0) }
        client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: configuration
        )
    }

    private static func proxy(_ proxy: ProxySettings.Proxy) -> HTTPClient.Configuration.Proxy {
        guard let user = proxy.user else { return .server(host: proxy.host, port: proxy.port) }
        return .server(
            host: proxy.host,
            port: proxy.port,
            authorization: .basic(username: user, password: proxy.password ?? "")
        )
    }

    /// Closes the connections.
    func shutdown() async {
        // A connection that does not close properly is of no interest any more.
        try? await client.shutdown()
    }

    /// Posts a body and returns what came back.
    /// - Throws: `SyncFailure.unreachable`, `.timeout`; `CancellationError`.
    func post(_ body: [UInt8], to path: String) async throws -> HTTPReply {
        var request = HTTPClientRequest(url: address.text + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: Endpoint.mediaType)
        request.body = .bytes(body)
        let patience = timeouts.stall + .seconds(Double(body.count) / Self.bytesPerSecond)
        count.touch()
        do {
            return try await whileMoving(patience) { [request] in
                try await self.reply(to: request)
            }
        } catch {
            try Task.checkCancellation()
            throw failure(error)
        }
    }

    private func reply(to request: HTTPClientRequest) async throws -> HTTPReply {
        let response = try await client.execute(request, deadline: .distantFuture)
        let mediaType = response.headers.first(name: "Content-Type") ?? ""
        let limit =
            mediaType == Endpoint.mediaType
            ? Limits.frameBytes + SignedResponse.prefixBytes : Self.foreignBytes
        var body: [UInt8] = []
        for try await chunk in response.body {
            body.append(contentsOf: chunk.readableBytesView)
            // More than any answer of ours: what is cut off here does not verify.
            if body.count > limit { break }
        }
        return HTTPReply(
            status: UInt16(clamping: response.status.code),
            mediaType: mediaType,
            retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) },
            body: body
        )
    }

    /// Runs an operation until no bytes have moved for a time.
    private func whileMoving<T: Sendable>(
        _ patience: Duration,
        _ operation: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await operation() }
            group.addTask { [count] in
                while true {
                    let deadline = count.lastMoved + patience
                    guard deadline > .now else { return nil }
                    try await Task.sleep(until: deadline, clock: .continuous)
                }
            }
            guard let value = try await group.next() ?? nil else {
                throw SyncFailure.timeout(seconds: Int(patience.components.seconds))
            }
            return value
        }
    }

    private func failure(_ error: any Error) -> SyncFailure {
        switch error {
        case let failure as SyncFailure: failure
        case let error as HTTPClientError where error == .connectTimeout:
            .timeout(seconds: Int(timeouts.connect.components.seconds))
        case let error as HTTPClientError: .unreachable(reason: error.shortDescription)
        case let error as NIOConnectionError:
            .unreachable(reason: Self.reason(error))
        case let error as IOError: .unreachable(reason: error.description)
        default: .unreachable(reason: "\(error)")
        }
    }

    /// What a person can use of the attempts at each address of a name.
    private static func reason(_ error: NIOConnectionError) -> String {
        if let attempt = error.connectionErrors.first {
            if let cause = attempt.error as? IOError { return cause.description }
            return "\(attempt.error)"
        }
        return "the name \(error.host) is not known"
    }
}
